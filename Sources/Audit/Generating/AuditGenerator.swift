import Foundation

/// Writes realistic exports of one shop with a planted fault, and what was planted beside them.
///
/// It streams: ten million orders need little more memory than a thousand, apart from the lists of the truth.
public struct AuditGenerator: Sendable {
  /// How many orders.
  public var orders: Int
  /// The same seed writes the same files.
  public var seed: UInt64
  /// What is wrong with the shop.
  public var world: World
  /// Where the files go; made when it is not there.
  public var folder: String
  /// Days the orders are spread over, from Monday 5 October 2026.
  public var days = 14

  /// Prepares a generator.
  public init(orders: Int, seed: UInt64, world: World, folder: String) {
    self.orders = orders
    self.seed = seed
    self.world = world
    self.folder = folder
  }

  /// Writes the files and `truth.json`.
  /// - Parameter progress: told the orders written so far, now and then.
  @discardableResult public func run(progress: (Int) -> Void = { _ in }) throws -> Truth {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var shop = try GeneratedShop(self)
    for index in 0..<orders {
      try shop.place(index)
      if index % 65_536 == 0 { progress(index) }
    }
    let truth = try shop.close()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(truth).write(to: URL(fileURLWithPath: folder + "/truth.json"))
    return truth
  }
}

/// An order as it was planted; instants in seconds since 1970.
struct PlantedOrder {
  var id: Int64
  var name: String
  var captured: Int64
  var isCancelled: Bool
  var lines: [(sku: Int, quantity: Int)]
  var delivered: Int64?
  var queued: Int64?
  /// As the ERP's record says, with its clock and after any re-import.
  var received: Int64?
  var confirmed: Int64?
  var isReimported = false
}

/// The shop while it is being written.
struct GeneratedShop {
  private let plan: AuditGenerator
  private var files: GeneratedFiles
  private var random: SeededRandom
  private var tally: TruthTally
  private var clock = 0.0
  private let rate: Double
  private let hourWeight: [Double]
  private let skus: Int

  /// Monday, 5 October 2026, 00:00 UTC.
  static let start: Int64 = 1_791_158_400
  private static let reimportDay: Int64 = 10

  init(_ plan: AuditGenerator) throws {
    self.plan = plan
    files = try GeneratedFiles(folder: plan.folder, isDirty: plan.world == .dirt)
    random = SeededRandom(seed: plan.seed)
    tally = TruthTally(plan)
    rate = Double(plan.orders) / Double(plan.days * 86_400)
    let raw = (0..<24).map { 1 + 0.5 * sin(Double($0 - 9) * .pi / 12) + ($0 == World.peakHour ? 3 : 0) }
    let mean = raw.reduce(0, +) / 24
    hourWeight = raw.map { $0 / mean }
    skus = max(50, min(20_000, plan.orders / 20))
  }

  mutating func place(_ index: Int) throws {
    let weight = hourWeight[Int(clock) / 3600 % 24]
    clock += -log(random.unit()) / (rate * weight)
    let second = Int64(clock)
    let order = order(index, second)
    try files.flush(until: order.captured)
    try files.capture(order, &random)
    files.schedule(order, &random, duplicates: &tally.truth.receivedTwice)
    tally.add(order)
    try sell(order)
    if plan.world == .dirt, random.chance(0.01) { try files.soil(order, &random, &tally.truth) }
  }

  private mutating func order(_ index: Int, _ second: Int64) -> PlantedOrder {
    let captured = Self.start + second
    var order = PlantedOrder(
      id: 7_000_000_000_000 + Int64(index) * 37, name: "#\(10_000 + index)", captured: captured,
      isCancelled: random.chance(0.01), lines: [])
    let count = random.chance(0.8) ? 1 : random.chance(0.75) ? 2 : 3
    for _ in 0..<count {
      let sku = random.below(skus)
      if !order.lines.contains(where: { $0.sku == sku }) { order.lines.append((sku, 1 + random.below(3))) }
    }
    let steps = plan.world.steps(
      hour: Int(second / 3600 % 24), secondOfDay: second % 86_400, random: &random)
    order.delivered = steps.delivered.map { captured + $0 }
    order.queued = steps.queued.map { captured + $0 }
    let resolution = plan.world.erpResolution
    order.received = steps.received.map { (captured + $0 + plan.world.skew) / resolution * resolution }
    order.confirmed = steps.confirmed.map { captured + $0 }
    let day = second / 86_400
    if plan.world == .reimport, (3..<8).contains(day), order.received != nil {
      order.received = Self.start + Self.reimportDay * 86_400 + random.seconds(0...299)
      order.isReimported = true
    }
    return order
  }

  /// Tickets and marketplace orders that meet this order while the ERP does not have it.
  private mutating func sell(_ order: PlantedOrder) throws {
    if random.chance(0.1) {
      try files.amazonOrder(at: order.captured, sku: "SKU-AMZ-\(random.below(500))", status: "Shipped", &random)
    }
    if random.chance(0.0005) {
      try files.amazonCancellation(at: order.captured, sku: "SKU-AMZ-\(random.below(500))", "NoInventory", &random)
      tally.truth.stockCancellations += 1
    }
    let until = order.received ?? order.captured + 7200
    guard !order.isCancelled, !order.isReimported else { return }
    if until - order.captured > 120, random.chance(0.05), let line = order.lines.first {
      let instant = order.captured + random.seconds(1...Int(min(3600, until - order.captured - 1)))
      try files.amazonCancellation(at: instant, sku: Self.sku(line.sku), "NoInventory", &random)
      tally.truth.stockCancellations += 1
      tally.truth.cancellationsInFlight += 1
    }
    guard let confirmed = order.confirmed else { return }
    if until - confirmed > 60, random.chance(0.2) {
      let opened = confirmed + random.seconds(30...Int(min(3600, until - confirmed - 1)))
      try files.ticket(order, at: opened)
      tally.truth.tickets += 1
      tally.truth.ticketsInGap += 1
    } else if let received = order.received, random.chance(0.005) {
      try files.ticket(order, at: max(received, confirmed) + random.seconds(3600...90_000))
      tally.truth.tickets += 1
    }
  }

  mutating func close() throws -> Truth {
    try files.flush(until: .max)
    let truth = tally.finished()
    try files.stock(tally.stock)
    try files.demand(tally.planned)
    try files.close()
    return truth
  }

  static func sku(_ number: Int) -> String {
    let digits = String(number)
    return "SKU-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}

/// Adds up what was planted, by the plainest means there are.
struct TruthTally {
  var truth: Truth
  private(set) var planned: [DemandCell: Int64] = [:]
  private(set) var stock: [(sku: String, onHand: Int)] = []
  private var sold: [Int: Int] = [:]
  private var captured: [DemandCell: Int64] = [:]
  private var gaps: [Int32] = []
  private var never: [(id: Int64, captured: Int64, isConfirmed: Bool)] = []
  private var end: Int64 = 0
  private let resolution: Int64
  private static let grace: Int64 = 900

  struct DemandCell: Hashable {
    let sku: Int
    let week: Int
  }

  init(_ plan: AuditGenerator) {
    truth = Truth(
      world: plan.world.rawValue, seed: plan.seed, verdict: plan.world.verdict, scope: plan.world.scope,
      hop: plan.world.hop)
    truth.skewSeconds = plan.world.skew
    resolution = plan.world.erpResolution
  }

  mutating func add(_ order: PlantedOrder) {
    truth.captured += 1
    if order.isCancelled { truth.cancelled += 1 }
    if order.confirmed != nil { truth.confirmed += 1 }
    if order.received != nil { truth.received += 1 }
    if order.isReimported { truth.reimported += 1 }
    // The ERP's log speaks of no later time.
    end = max(end, order.received ?? 0)
    if order.received == nil, !order.isCancelled {
      never.append((order.id, order.captured, order.confirmed != nil))
    } else if let received = order.received, let confirmed = order.confirmed, !order.isReimported {
      truth.joined += 1
      let gap = (received - confirmed) * 1000
      gaps.append(Int32(clamping: gap))
      if gap > 1000 { truth.confirmedFirst += 1 }
      if resolution > 1, gap <= 1000, gap + resolution * 1000 > 1000 { truth.undecided += 1 }
      if gap > 900_000 { truth.late.append(order.id) }
    }
    for line in order.lines {
      sold[line.sku, default: 0] += line.quantity
      guard !order.isCancelled else { continue }
      captured[DemandCell(sku: line.sku, week: Self.week(order.captured)), default: 0] += Int64(line.quantity)
      if let received = order.received {
        planned[DemandCell(sku: line.sku, week: Self.week(received)), default: 0] += Int64(line.quantity)
      }
    }
  }

  private static func week(_ second: Int64) -> Int { Week.monday(Int(second / 86_400)) }

  mutating func finished() -> Truth {
    for order in never where order.captured + Self.grace <= end {
      truth.never.append(order.id)
      if order.isConfirmed {
        truth.late.append(order.id)
        truth.confirmedFirst += 1
      }
    }
    truth.never.sort()
    truth.late.sort()
    gaps.sort()
    truth.gapQuantiles = gaps.isEmpty ? [] : [0.5, 0.9, 0.99, 1].map { quantile($0) }
    for cell in Set(captured.keys).union(planned.keys) {
      truth.demandDifference += abs(captured[cell, default: 0] - planned[cell, default: 0])
    }
    for (sku, units) in sold.sorted(by: { $0.key < $1.key }) {
      let isShort = sku % 37 == 0 && units > 2
      stock.append((GeneratedShop.sku(sku), isShort ? units - 2 : units + 5))
      if isShort { truth.oversoldSKUs.append(GeneratedShop.sku(sku)) }
    }
    return truth
  }

  private func quantile(_ share: Double) -> Double {
    let place = Double(gaps.count - 1) * share
    let below = Int(place)
    let above = min(gaps.count - 1, below + 1)
    return Double(gaps[below]) + (Double(gaps[above]) - Double(gaps[below])) * (place - Double(below))
  }
}
