package import HandoffCore

/// One content of an order, as its storefront has it.
struct Content {
  let order: Int
  let value: Order
  /// The first content of the order that means the same; by construction, not by a digest of the product's.
  let meaning: Int
  let updatedAt: Timestamp
  let isCancelled: Bool
  let isVoid: Bool
}

/// What is wrong with one order for good, until somebody mends it.
enum Poison: Int {
  case none, refused, silent, noAddress, noTemplate, shippingRefused, totalWrong, neverInStock, unreadable
}

/// One order in the world: what its storefront knows of it, and what the ERP made of it.
struct WorldOrder {
  let key: OrderKey
  let shop: Int
  let erp: Int
  let isOld: Bool
  let isTest: Bool
  var poison: Poison
  var contents: [Int] = []
  var isCancelled = false
  var isVoid = false
  var records: [Int] = []
  /// The stock comes at this instant.
  var stockAt: Int64 = 0
  /// How often its stock was asked for and told.
  var stockAsks: Int32 = 0
  var shortage = 0
  /// Creates, updates and cancels that are on their way.
  var underWay = 0
  /// A request of this order was on its way for longer than the declared life.
  var outlived = false
  var handoff: HandoffID?
}

/// The world outside: storefronts, ERPs, carriers and customers, with everything that goes wrong there, and the one
/// history of what happened.
///
/// It knows nothing of the product's flags; it sees requests and answers.
package final class World: Sendable {
  /// The instant at which a simulation begins.
  package static let beginning = Timestamp(seconds: 1_780_000_000)
  /// Orders placed before it are only watched.
  package static let watermark = beginning - .seconds(3600)

  let plan: Plan
  let loop: SeededLoop
  nonisolated(unsafe) var dice: Dice
  nonisolated(unsafe) var rates: FaultRates
  nonisolated(unsafe) var faults = [Int](repeating: 0, count: FaultKind.allCases.count)
  nonisolated(unsafe) var history = History()
  nonisolated(unsafe) var contents: [Content] = []
  nonisolated(unsafe) var orders: [WorldOrder] = []
  nonisolated(unsafe) var records: [Record] = []
  nonisolated(unsafe) var keys: [String: (record: Int, at: Int64)] = [:]
  nonisolated(unsafe) var byHandoff: [HandoffID: Int] = [:]
  nonisolated(unsafe) var isHealed = false
  nonisolated(unsafe) var isOver = false
  nonisolated(unsafe) var healedAt: Int64 = 0
  /// What is wrong with single orders stays wrong for a while after the healing (L8).
  nonisolated(unsafe) var isPoisonMended = false
  /// Nobody works the queue of exceptions before this instant (L2).
  nonisolated(unsafe) var peopleBackAt: Int64?
  nonisolated(unsafe) var violations: [Violation] = []
  /// The policies now in force; they change in mid-flight.
  nonisolated(unsafe) var policies: [HandoffPolicy]
  /// Storefronts that ever acted, and whether a clock was ever moved.
  nonisolated(unsafe) var everGated: Set<Int> = []
  nonisolated(unsafe) var isClockMoved = false
  /// ERPs that are down, until when.
  nonisolated(unsafe) var downUntil: [Int64]
  nonisolated(unsafe) var misconfiguredUntil: [Int64]
  /// The processes, dead ones included, and how this world's desk answers.
  nonisolated(unsafe) var nodes: [Node] = []
  /// The processes that follow a script.
  nonisolated(unsafe) var hands: [Hand] = []
  nonisolated(unsafe) var reception = Sabotage.Reception.honest
  /// Deliveries that are still to be made or repeated.
  nonisolated(unsafe) var deliveriesDue = 0
  /// The distinct contents the carrier saw under each key.
  nonisolated(unsafe) var mailBytes: [String: Set<UInt64>] = [:]

  init(_ plan: Plan, loop: SeededLoop, dice: Dice) {
    self.plan = plan
    self.loop = loop
    self.dice = dice
    rates = plan.rates
    policies = plan.shops.map(\.policy)
    everGated = Set(plan.shops.indices.filter { plan.shops[$0].policy.mode == .gate })
    downUntil = plan.erps.map { _ in 0 }
    misconfiguredUntil = plan.erps.map { _ in 0 }
  }

  /// True when a fault strikes now; counted.
  func strikes(_ kind: FaultKind) -> Bool {
    guard !isHealed, dice.chance(rates[kind]) else { return false }
    faults[kind.rawValue] += 1
    return true
  }

  func note(_ kind: FaultKind) { faults[kind.rawValue] += 1 }

  func record(_ kind: FactKind, _ order: Int = -1, _ first: Int = 0, _ second: Int = 0, _ text: String = "") {
    record(kind, order, first, second, history.texts.keep(text))
  }

  func record(_ kind: FactKind, _ order: Int, _ first: Int, _ second: Int, _ text: FactText) {
    history.append(
      Fact(
        at: loop.now, kind: kind, order: Int32(truncatingIfNeeded: order), first: Int32(truncatingIfNeeded: first),
        second: Int32(truncatingIfNeeded: second), text: text))
  }

  func violate(_ property: Property, _ order: Int?, _ text: String) {
    violations.append(Violation(property: property, order: order, at: loop.now, text: text))
  }

  /// Lets go of the processes: each knows the world that knows it, and a run is thousands of worlds.
  func dissolve() {
    for node in nodes {
      node.life.onDeath = {}
      node.life.seat.forgetAlarm()
    }
    nodes = []
    hands = []
  }

  /// The order a storefront id stands for.
  func order(_ orderID: String) -> Int? {
    guard let number = Int(orderID), number >= World.firstID, number - World.firstID < orders.count else { return nil }
    return number - World.firstID
  }

  static let firstID = 5_000_000

  /// The content an order value came from: it travels in the note, which no digest covers.
  func content(of order: Order) -> Int { order.note.flatMap { Int($0) } ?? -1 }

  /// Whether an order belongs to a script, and so to nobody else until the world is healed.
  func isScripted(_ order: Int) -> Bool { !isHealed && orders[order].shop >= plan.openShops }

  /// The newest content of an order.
  func newest(_ order: Int) -> Content? { orders[order].contents.last.map { contents[$0] } }
}

/// A process as the world sees it: it can die at any instant, and then nothing of it reaches anybody.
final class Life: Sendable {
  let number: Int
  let seat: Seat
  nonisolated(unsafe) var isAlive = true
  nonisolated(unsafe) var skew: Int64 = 0
  nonisolated(unsafe) var onDeath: () -> Void = {}

  init(number: Int, seat: Seat) {
    self.number = number
    self.seat = seat
  }

  func die() {
    guard isAlive else { return }
    isAlive = false
    onDeath()
    seat.leave()
  }
}
