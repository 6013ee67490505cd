import HandoffCore
import Synchronization

/// A store in memory: the stand-in for tests and simulations, held to the same suite as the databases.
///
/// Nothing in it survives the process. A body that throws is undone step by step, so that a transaction here behaves as
/// one on disk.
public final class MemoryStore: HandoffStore {
  private let tables = Mutex(MemoryTables())

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
    try tables.withLock { tables in
      let transaction = MemoryTransaction(tables)
      tables = MemoryTables()
      do {
        let value = try body(transaction)
        tables = transaction.tables
        return value
      } catch {
        transaction.undo()
        tables = transaction.tables
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

struct MemoryTables {
  var rows: [HandoffID: HandoffRow] = [:]
  var keys: [OrderKey: HandoffID] = [:]
  var order = OrderedKeys<HandoffOrder>()
  var deadlines = OrderedKeys<DeadlineOrder>()
  var versions: [HandoffID: [StoredVersion]] = [:]
  var deliveries: [StoredDelivery] = []
  var deliveryIndex: [String: Int] = [:]
  var deliveriesOf: [HandoffID: [Int]] = [:]
  var journal: [HandoffID: [JournalEntry]] = [:]
  var tasks: [Int64: StoredTask] = [:]
  var tasksOf: [HandoffID: [Int64]] = [:]
  var lanes: [String: OrderedKeys<TaskOrder>] = [:]
  var nextTask: Int64 = 1
  var messages: [String: StoredMessage] = [:]
  var messagesOf: [HandoffID: [String]] = [:]
  var exceptions: [StoredException] = []
  var openExceptions: [HandoffID: Int] = [:]
  var inFlight: [HandoffID: [InFlightLine]] = [:]
  var markers: [String: String] = [:]
  var unreadable: [StoredUnreadable] = []
  var alerts: [(alert: Alert, batch: String?)] = []
}

struct HandoffOrder: Comparable {
  let id: HandoffID
  static func < (left: Self, right: Self) -> Bool { left.id.text < right.id.text }
}

struct DeadlineOrder: Comparable {
  let deadline: Timestamp
  let id: HandoffID
  static func < (left: Self, right: Self) -> Bool { (left.deadline, left.id.text) < (right.deadline, right.id.text) }
}

struct TaskOrder: Comparable {
  let availableAt: Timestamp
  let id: Int64
  static func < (left: Self, right: Self) -> Bool { (left.availableAt, left.id) < (right.availableAt, right.id) }
}

extension MemoryTables {
  mutating func setRow(_ row: HandoffRow?, _ id: HandoffID) {
    let old = rows[id]
    rows[id] = row
    if row == nil, old != nil { order.remove(HandoffOrder(id: id)) }
    if row != nil, old == nil { order.insert(HandoffOrder(id: id)) }
    let (before, after) = (old?.handoff.deadline, row?.handoff.deadline)
    if before == after { return }
    if let before { deadlines.remove(DeadlineOrder(deadline: before, id: id)) }
    if let after { deadlines.insert(DeadlineOrder(deadline: after, id: id)) }
  }

  mutating func setTask(_ task: StoredTask?, _ id: Int64) {
    let old = tasks[id]
    tasks[id] = task
    if let old, old.planned.disposition == .perform {
      lanes[old.lane]?.remove(TaskOrder(availableAt: old.availableAt, id: id))
    }
    if let task, task.planned.disposition == .perform {
      lanes[task.lane, default: OrderedKeys()].insert(TaskOrder(availableAt: task.availableAt, id: id))
    }
    if let task, old == nil {
      var ids = tasksOf[task.handoffID] ?? []
      ids.insert(id, at: ids.firstIndex { $0 > id } ?? ids.endIndex)
      tasksOf[task.handoffID] = ids
    }
    if let old, task == nil { tasksOf[old.handoffID]?.removeAll { $0 == id } }
  }
}

/// The tables in the hands of one transaction, with the way back.
final class MemoryTransaction {
  var tables: MemoryTables
  private var undoSteps: [(inout MemoryTables) -> Void] = []

  init(_ tables: consuming MemoryTables) { self.tables = tables }

  func onUndo(_ step: @escaping (inout MemoryTables) -> Void) { undoSteps.append(step) }

  func undo() {
    for step in undoSteps.reversed() { step(&tables) }
    undoSteps = []
  }
}
