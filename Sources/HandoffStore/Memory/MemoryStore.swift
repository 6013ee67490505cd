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
  var order: [HandoffID] = []
  var versions: [HandoffID: [StoredVersion]] = [:]
  var deliveries: [StoredDelivery] = []
  var deliveryIndex: [String: Int] = [:]
  var journal: [HandoffID: [JournalEntry]] = [:]
  var tasks: [Int64: StoredTask] = [:]
  var tasksOf: [HandoffID: [Int64]] = [:]
  var lanes: [String: [Int64]] = [:]
  var nextTask: Int64 = 1
  var messages: [String: StoredMessage] = [:]
  var messagesOf: [HandoffID: [String]] = [:]
  var exceptions: [StoredException] = []
  var openExceptions: [HandoffID: Int] = [:]
  var inFlight: [HandoffID: [InFlightLine]] = [:]
  var markers: [String: String] = [:]
  var quarantine: [QuarantineRecord] = []
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
