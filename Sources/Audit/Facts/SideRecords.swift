/// A ticket and the order it names.
struct Ticket: Sendable {
  var id: String
  var opened: Int64
  /// Position of the order; nil when it names none that is known.
  var order: Int?
}

/// An order of a marketplace, as small as it can be: there may be millions.
struct MarketplaceOrder: Sendable {
  var time: Int64
  var key: Int64
  var sku: UInt32
  var marketplace: UInt8
  var isCancelled: Bool
}

/// A cancellation or return at a marketplace.
struct Cancellation: Sendable {
  var orderID: String
  var key: Int64
  var marketplace: UInt8
  var cancelled: Int64
  /// When it was ordered, if the file or the orders say so.
  var ordered: Int64?
  var sku: UInt32
  var isForWantOfStock: Bool
}

/// A demand figure of the ERP.
struct DemandFigure: Sendable {
  var sku: UInt32
  /// Days since 1970 of the week's Monday.
  var week: Int
  var units: Int64
}

/// Everything that was read.
struct AuditFacts: Sendable {
  var orders = OrderTable()
  var catalog = Catalog()
  var marketplaces = Catalog()
  var tickets: [Ticket] = []
  var ticketRows = 0
  var marketplaceOrders: [MarketplaceOrder] = []
  var cancellations: [Cancellation] = []
  /// Units on hand by SKU; the last snapshot of a SKU counts.
  var stock: [UInt32: Int64] = [:]
  var demand: [DemandFigure] = []
  /// How the storefronts write their numbers, each from an order on.
  private(set) var keyShapes: [(from: Int, shape: KeyShape)] = []
  var roles: Set<FileRole> = []
  /// When the files of a role begin and end.
  var extents: [FileRole: TimeExtent] = [:]
  /// The resolution of the coarsest file of a role, in milliseconds.
  var resolutions: [FileRole: Int64] = [:]
  var unmatchedReceipts = 0
  var unmatchedConfirmations = 0
  var repeatedRecords = 0
  var tests = 0

  /// The orders from here on are of a storefront that writes its numbers so.
  mutating func begin(_ shape: KeyShape) { keyShapes.append((orders.count, shape)) }

  /// How the order's storefront writes its number.
  func keyShape(of order: Int) -> KeyShape { keyShapes.last { $0.from <= order }?.shape ?? .plain }

  mutating func note(_ extent: TimeExtent, of role: FileRole) {
    guard extent.count > 0 else { return }
    extents[role, default: TimeExtent()].add(extent)
    resolutions[role] = max(resolutions[role] ?? 0, extent.resolution)
  }

  mutating func append(_ batch: StorefrontBatch, input: inout FileProgress, defaultChannel: UInt8?) {
    orders.append(batch, to: &catalog, input: &input, defaultChannel: defaultChannel)
  }
}

/// The records of a small file, with all their fields.
struct RowBatch: Sendable {
  var rows: [Row] = []
  var rejections = Rejections()
  var count = 0
  var extent = TimeExtent()

  struct Row: Sendable {
    var key: Int64?
    var time: Int64?
    var secondTime: Int64?
    var day: Int64?
    var quantity: Int32?
    var units: Int64?
    var line: Int
    var texts: [Field: [UInt8]]
  }
}

/// Reads tickets, marketplace records, stock and demand.
struct RowTaker: RecordTaker {
  var batch = RowBatch()
  private var times: TimeReader
  private let keyReader: KeyReader
  private static let kept: [Field] = [
    .orderID, .orderName, .channel, .sku, .status, .label, .ticketID, .text, .reason,
  ]

  init(context: ReadingContext) {
    times = context.times
    keyReader = context.keyReader
  }

  mutating func reject(_ reason: Rejection, line: Int) {
    batch.count += 1
    batch.rejections.add(reason, line: line)
  }

  /// The batch with what was learnt about its times.
  consuming func finished() -> RowBatch {
    batch.extent = TimeExtent(batch.rows.compactMap(\.time), times.grain)
    return batch
  }

  mutating func take(_ record: borrowing Record) {
    batch.count += 1
    var texts: [Field: [UInt8]] = [:]
    for field in Self.kept where !record[field].isEmpty { texts[field] = Array(record[field]) }
    batch.rows.append(
      RowBatch.Row(
        key: keyReader.key(record[.orderID]), time: times.read(record[.time]),
        secondTime: times.read(record[.secondTime]),
        day: times.read(record[.day]) ?? Self.isoWeek(record[.day]), quantity: Quantity.read(record[.quantity]),
        units: Quantity.read(record[.count]).map(Int64.init), line: record.line, texts: texts))
  }

  /// `2026-W41`: the instant of its Monday.
  private static func isoWeek(_ bytes: Bytes) -> Int64? {
    guard bytes.count == 8, bytes[4] == 0x2D, bytes[5] | 0x20 == 0x77 else { return nil }
    guard let year = Int(String(decoding: bytes[0..<4], as: UTF8.self)),
      let week = Int(String(decoding: bytes[6..<8], as: UTF8.self)), (1...53).contains(week),
      (1970...2200).contains(year)
    else { return nil }
    let fourth = CivilTime.daysSinceEpoch(year: year, month: 1, day: 4)
    return Int64(Week.monday(fourth) + (week - 1) * 7) * CivilTime.millisecondsPerDay
  }
}

/// Weeks begin on Monday.
enum Week {
  /// The Monday of a day's week, both as days since 1970 (a Thursday).
  static func monday(_ day: Int) -> Int { day - ((day + 3) % 7 + 7) % 7 }
}
