import HandoffCore
import Synchronization

/// A store in memory: the stand-in for tests and simulations, held to the same suite as the databases.
///
/// Nothing in it survives the process. A body that throws is undone step by step, so that a transaction here behaves as
/// one on disk.
public final class MemoryStore: HandoffStore {
  private let turn = Mutex(())
  /// Touched only by whoever has the turn.
  private nonisolated(unsafe) let transaction = MemoryTransaction()

  /// Makes an empty store.
  public init() {}

  /// See ``HandoffStore/transact(_:)``.
  public func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value {
    try transactNow(body)
  }

  /// The same without a suspension, for a simulator that must own every scheduling decision.
  public func transactNow<Value: Sendable>(_ body: (any StoreTransaction) throws -> Value) throws -> Value {
    try turn.withLock { _ in
      do {
        let value = try body(transaction)
        transaction.keep()
        return value
      } catch {
        transaction.undo()
        throw error
      }
    }
  }

  /// See ``HandoffStore/read(_:)``.
  public func read<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreReading) throws -> Value
  ) async throws -> Value {
    try transactNow { try body($0) }
  }
}

/// Everything of one handoff: a transaction nearly always stays with one.
final class Shelf {
  let id: HandoffID
  /// A box of its own, so that the way back is a reference.
  var row: Row?
  var versions: [StoredVersion] = []
  var deliveries: [Int] = []
  var journal: [JournalEntry] = []
  /// By id.
  var tasks: [StoredTask] = []
  var messages: [StoredMessage] = []
  var openException: Int?
  var inFlight: [InFlightLine] = []
  var sighting: Sighting?

  /// A row as it was written.
  final class Row {
    let value: HandoffRow
    init(_ value: HandoffRow) { self.value = value }
  }

  init(_ id: HandoffID) { self.id = id }

  /// One of its tasks; the others are not copied on the way.
  func task(_ id: Int64) -> StoredTask? {
    for place in tasks.indices where tasks[place].id == id { return tasks[place] }
    return nil
  }

  /// Whether a task of it is being performed in a lane.
  func isBusy(lane: String, now: Timestamp) -> Bool {
    for place in tasks.indices {
      if let until = tasks[place].leasedUntil, until > now, tasks[place].lane == lane { return true }
    }
    return false
  }
}

/// What a storefront calls one delivery.
struct DeliveryKey: Hashable {
  let storefront: StorefrontName
  let dedupeID: String
}

struct HandoffOrder: Comparable {
  let shelf: Shelf
  static func < (left: Self, right: Self) -> Bool { left.shelf.id.text < right.shelf.id.text }
  static func == (left: Self, right: Self) -> Bool { left.shelf === right.shelf }
}

struct DeadlineOrder: Comparable {
  let deadline: Timestamp
  let shelf: Shelf
  static func < (left: Self, right: Self) -> Bool {
    left.deadline != right.deadline ? left.deadline < right.deadline : left.shelf.id.text < right.shelf.id.text
  }
  static func == (left: Self, right: Self) -> Bool { left.deadline == right.deadline && left.shelf === right.shelf }
}

struct TaskOrder: Comparable {
  let availableAt: Timestamp
  let id: Int64
  let shelf: Shelf
  static func < (left: Self, right: Self) -> Bool {
    left.availableAt != right.availableAt ? left.availableAt < right.availableAt : left.id < right.id
  }
  static func == (left: Self, right: Self) -> Bool { left.id == right.id && left.availableAt == right.availableAt }
}

/// The tables in the hands of the one transaction there is at a time, with the way back.
final class MemoryTransaction {
  private(set) var shelves: [HandoffID: Shelf] = [:]
  var keys: [OrderKey: Shelf] = [:]
  var order = OrderedKeys<HandoffOrder>()
  var deadlines = OrderedKeys<DeadlineOrder>()
  var deliveries: [StoredDelivery] = []
  var deliveryIndex: [DeliveryKey: Int] = [:]
  var taskShelves: [Int64: Shelf] = [:]
  /// By name; so few that looking through them costs less than a hash.
  private var lanes: [(name: String, tasks: OrderedKeys<TaskOrder>)] = []
  var nextTask: Int64 = 1
  var messageShelves: [String: Shelf] = [:]
  var exceptions: [StoredException] = []
  var openExceptions: Set<Int> = []
  var markers: [String: String] = [:]
  var unreadable: [StoredUnreadable] = []
  var alerts: [(alert: Alert, batch: String?)] = []

  private var undoSteps: [Undo] = []
  private var last: Shelf?

  /// One step of the way back. What every order takes has a case of its own: a closure for each would be an allocation
  /// for each, and hardly any is ever called.
  enum Undo {
    case row(Shelf.Row, Shelf)
    case newRow(Shelf)
    case version(Shelf)
    case journal(Shelf)
    case delivery(Shelf?, key: DeliveryKey?)
    case task(StoredTask, Shelf)
    case newTask(Int64, Shelf)
    case message(Shelf)
    case step(() -> Void)
  }

  func onUndo(_ step: @escaping () -> Void) { undoSteps.append(.step(step)) }

  func onUndo(_ step: Undo) { undoSteps.append(step) }

  func keep() { undoSteps.removeAll(keepingCapacity: true) }

  func undo() {
    for step in undoSteps.reversed() { undo(step) }
    undoSteps = []
  }

  private func undo(_ step: Undo) {
    switch step {
    case .row(let old, let shelf): setRow(old, shelf)
    case .newRow(let shelf):
      if let key = shelf.row?.value.handoff.key { keys[key] = nil }
      setRow(nil, shelf)
    case .version(let shelf): shelf.versions.removeLast()
    case .journal(let shelf): shelf.journal.removeLast()
    case .delivery(let shelf, let key):
      deliveries.removeLast()
      shelf?.deliveries.removeLast()
      if let key { deliveryIndex[key] = nil }
    case .task(let old, let shelf): setTask(old, old.id, shelf)
    case .newTask(let id, let shelf):
      nextTask = id
      setTask(nil, id, shelf)
    case .message(let shelf): messageShelves[shelf.messages.removeLast().key] = nil
    case .step(let step): step()
    }
  }

  func shelf(_ id: HandoffID) -> Shelf? {
    if let last, last.id == id { return last }
    let found = shelves[id]
    if let found { last = found }
    return found
  }

  /// The shelf of a handoff, a new one if need be: contents and journal come before their row.
  func madeShelf(_ id: HandoffID) -> Shelf {
    if let known = shelf(id) { return known }
    let new = Shelf(id)
    shelves[id] = new
    last = new
    return new
  }

  func setRow(_ row: Shelf.Row?, _ shelf: Shelf) {
    let old = shelf.row
    shelf.row = row
    if row == nil, old != nil { order.remove(HandoffOrder(shelf: shelf)) }
    if row != nil, old == nil { order.insert(HandoffOrder(shelf: shelf)) }
    let (before, after) = (old?.value.handoff.deadline, row?.value.handoff.deadline)
    if before == after { return }
    if let before { deadlines.remove(DeadlineOrder(deadline: before, shelf: shelf)) }
    if let after { deadlines.insert(DeadlineOrder(deadline: after, shelf: shelf)) }
  }

  /// Puts a task on its shelf, replaces it there or takes it away.
  func setTask(_ task: StoredTask?, _ id: Int64, _ shelf: Shelf) {
    let place = shelf.tasks.indices.first { shelf.tasks[$0].id >= id } ?? shelf.tasks.endIndex
    let isKnown = place < shelf.tasks.endIndex && shelf.tasks[place].id == id
    if isKnown { unline(shelf.tasks[place], shelf) }
    if let task, task.planned.disposition == .perform {
      lanes[madeLane(task.lane)].tasks.insert(TaskOrder(availableAt: task.availableAt, id: id, shelf: shelf))
    }
    switch (task, isKnown) {
    case (let task?, true): shelf.tasks[place] = task
    case (let task?, false):
      shelf.tasks.insert(task, at: place)
      taskShelves[id] = shelf
    case (nil, true):
      shelf.tasks.remove(at: place)
      taskShelves[id] = nil
    case (nil, false): break
    }
  }

  private func unline(_ task: StoredTask, _ shelf: Shelf) {
    guard task.planned.disposition == .perform else { return }
    lanes[madeLane(task.lane)].tasks.remove(TaskOrder(availableAt: task.availableAt, id: task.id, shelf: shelf))
  }

  private func madeLane(_ name: String) -> Int {
    if let place = lanes.firstIndex(where: { $0.name == name }) { return place }
    lanes.append((name, OrderedKeys()))
    return lanes.count - 1
  }

  /// The tasks of a lane in the order in which they may be leased.
  func lane(_ name: String) -> OrderedKeys<TaskOrder>? { lanes.first { $0.name == name }?.tasks }
}
