/// Where a cell stands: in the chunk, or (with a negative start) in the scratch space when it had to be unescaped.
struct Cell: Sendable {
  var start: Int32 = 0
  var count: Int32 = -1

  static let absent = Cell()
}

/// The cells of one record, by field.
struct Record: ~Copyable {
  private let cells: UnsafeMutablePointer<Cell>
  private let base: UnsafePointer<UInt8>?
  private var scratch: UnsafeMutablePointer<UInt8>
  private var scratchCapacity = 256
  private var scratchCount = 0
  /// Line feeds before the record, counted from the start of the chunk.
  var line = 0
  /// Whether this is another line item of the order before.
  var isContinuation = false

  private static let slots = Field.allCases.count

  init(_ bytes: Bytes) {
    cells = .allocate(capacity: Self.slots)
    cells.initialize(repeating: .absent, count: Self.slots)
    scratch = .allocate(capacity: scratchCapacity)
    base = bytes.baseAddress
  }

  deinit {
    cells.deallocate()
    scratch.deallocate()
  }

  /// The bytes of a field; empty when the record does not have it. Valid until the record changes.
  @inline(__always)
  subscript(field: Field) -> Bytes {
    let cell = cells[Int(field.rawValue)]
    guard cell.count > 0, let base else { return Bytes(start: nil, count: 0) }
    let start = cell.start >= 0 ? base + Int(cell.start) : UnsafePointer(scratch + Int(-cell.start - 1))
    return Bytes(start: start, count: Int(cell.count))
  }

  /// The place of a field's bytes in the chunk; nil when it is empty or was unescaped.
  @inline(__always)
  func span(_ field: Field) -> (start: Int, count: Int)? {
    let cell = cells[Int(field.rawValue)]
    return cell.count > 0 && cell.start >= 0 ? (Int(cell.start), Int(cell.count)) : nil
  }

  @inline(__always)
  func cell(_ field: Field) -> Cell { cells[Int(field.rawValue)] }

  @inline(__always)
  mutating func put(_ cell: Cell, _ field: Field) { cells[Int(field.rawValue)] = cell }

  /// Whether no field was set.
  var isEmpty: Bool { (0..<Self.slots).allSatisfy { cells[$0].count < 0 } }

  @inline(__always)
  mutating func set(_ slot: Int, start: Int, end: Int) {
    cells[slot] = Cell(start: Int32(truncatingIfNeeded: start), count: Int32(truncatingIfNeeded: end - start))
  }

  /// A cell that does not stand in the chunk as such.
  mutating func set(_ slot: Int, unescaped: [UInt8]) {
    if scratchCount + unescaped.count > scratchCapacity {
      scratchCapacity = (scratchCount + unescaped.count) * 2
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: scratchCapacity)
      larger.update(from: scratch, count: scratchCount)
      scratch.deallocate()
      scratch = larger
    }
    for (index, byte) in unescaped.enumerated() { scratch[scratchCount + index] = byte }
    cells[slot] = Cell(start: Int32(-scratchCount - 1), count: Int32(unescaped.count))
    scratchCount += unescaped.count
  }

  @inline(__always)
  mutating func clear() {
    cells.update(repeating: .absent, count: Self.slots)
    scratchCount = 0
    isContinuation = false
  }
}

/// Takes records: the reader of one role.
protocol RecordTaker {
  mutating func take(_ record: borrowing Record)
  mutating func reject(_ reason: Rejection, line: Int)
}

/// Why a record cannot be read.
enum Rejection: UInt8, Sendable, CaseIterable {
  case fewColumns, manyColumns, badTime, noTime, noOrder, badQuantity, notJSON, openQuote, strayBytes, noSKU, nulBytes

  var text: String {
    switch self {
    case .fewColumns: "fewer columns than the heading"
    case .manyColumns: "more columns than the heading"
    case .badTime: "a timestamp that cannot be read"
    case .noTime: "no timestamp"
    case .noOrder: "no order number"
    case .badQuantity: "a quantity that cannot be read"
    case .notJSON: "not JSON"
    case .openQuote: "a quote that is never closed"
    case .strayBytes: "text after a closing quote"
    case .noSKU: "no SKU"
    case .nulBytes: "NUL bytes in a field that is needed"
    }
  }
}
