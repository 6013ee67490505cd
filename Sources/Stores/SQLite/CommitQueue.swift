import GRDB
import GRDBSQLite
import HandoffStore
import Synchronization

/// One body on its way into a commit.
///
/// It is touched by the writer's queue only, from the moment it is queued until it reports: hence unchecked.
private class Job: @unchecked Sendable {
  /// Runs the body; false when it threw.
  func run(_ transaction: SQLiteTransaction) -> Bool { false }
  /// Tells the caller, once the commit is known.
  func report(_ failure: StoreFailure?) {}
}

private final class BodyJob<Value: Sendable>: Job, @unchecked Sendable {
  private let body: @Sendable (any StoreTransaction) throws -> Value
  private let continuation: UnsafeContinuation<Value, any Error>
  private var result: Result<Value, any Error>?

  init(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value,
    _ continuation: UnsafeContinuation<Value, any Error>
  ) {
    self.body = body
    self.continuation = continuation
  }

  override func run(_ transaction: SQLiteTransaction) -> Bool {
    do {
      result = .success(try body(transaction))
      return true
    } catch {
      result = .failure(error.asStoreFailure)
      return false
    }
  }

  override func report(_ failure: StoreFailure?) {
    switch result {
    case .failure(let error): continuation.resume(throwing: error)
    case .success(let value):
      if let failure { continuation.resume(throwing: failure) } else { continuation.resume(returning: value) }
    case nil: continuation.resume(throwing: failure ?? .unavailable("The transaction broke off."))
    }
  }
}

/// Group commit: bodies that arrive while a commit is being synced share the next one, and none returns before the disk
/// has all of them.
///
/// Bodies hardly ever fail, so they first run one after the other without a savepoint. When one fails after it wrote,
/// all are undone and run once more, each within its own savepoint, so that it fails alone.
final class CommitQueue: @unchecked Sendable {
  private struct Pending {
    var jobs: [Job] = []
    var isDraining = false
    var commits = 0
    var committed = 0
  }

  private let pool: DatabasePool
  private let pending = Mutex(Pending())
  private let checkpoints: LogCheckpoints?
  private let onDiskFailure: @Sendable (String) -> Void
  /// Touched by the writer's queue only.
  private let memory = WriterMemory()

  /// At most this many bodies share a commit.
  private static let batchLimit = 512

  init(_ pool: DatabasePool, checkpoints: LogCheckpoints?, onDiskFailure: @escaping @Sendable (String) -> Void) {
    self.pool = pool
    self.checkpoints = checkpoints
    self.onDiskFailure = onDiskFailure
  }

  /// Compiled statements must be gone before their connection closes.
  deinit { memory.letGo() }

  var counts: (commits: Int, bodies: Int) { pending.withLock { ($0.commits, $0.committed) } }

  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value {
    try await withUnsafeThrowingContinuation { enqueue(BodyJob(body, $0)) }
  }

  private func enqueue(_ job: Job) {
    let starts = pending.withLock { pending in
      pending.jobs.append(job)
      if pending.isDraining { return false }
      pending.isDraining = true
      return true
    }
    guard starts else { return }
    pool.asyncWriteWithoutTransaction { db in self.drain(db) }
  }

  private func drain(_ db: Database) {
    while true {
      let batch = pending.withLock { pending in
        let batch = Array(pending.jobs.prefix(CommitQueue.batchLimit))
        pending.jobs.removeFirst(batch.count)
        if batch.isEmpty { pending.isDraining = false }
        return batch
      }
      if batch.isEmpty { return }
      let failure = commit(batch, db)
      pending.withLock { pending in
        pending.commits += 1
        pending.committed += batch.count
      }
      for job in batch { job.report(failure) }
      checkpoints?.committed(on: db)
    }
  }

  /// Returns why the batch is not durable; nil when it is.
  private func commit(_ batch: [Job], _ db: Database) -> StoreFailure? {
    do {
      if try !attempt(batch, db, alone: false) {
        try undo(db)
        _ = try attempt(batch, db, alone: true)
      }
      return nil
    } catch {
      try? undo(db)
      return fail(error)
    }
  }

  private static let begin = SQL("BEGIN IMMEDIATE")
  private static let dataVersion = SQL("PRAGMA data_version")
  private static let save = SQL("SAVEPOINT body")
  private static let release = SQL("RELEASE body")
  private static let back = SQL("ROLLBACK TO body")
  private static let end = SQL("COMMIT")

  /// Runs the bodies and commits; false when one failed after it wrote and was not alone.
  private func attempt(_ batch: [Job], _ db: Database, alone: Bool) throws -> Bool {
    let transaction = SQLiteTransaction(db, memory: memory)
    try transaction.run(CommitQueue.begin)
    memory.rows.begin(dataVersion: try transaction.first(CommitQueue.dataVersion, []) { $0[0] as Int64 })
    for job in batch {
      let before = db.totalChangesCount
      if alone { try transaction.run(CommitQueue.save) }
      let stands = job.run(transaction)
      _ = try transaction.database()
      if !stands, db.totalChangesCount != before {
        if !alone { return false }
        try transaction.run(CommitQueue.back)
        memory.rows.empty()
      }
      if alone { try transaction.run(CommitQueue.release) }
    }
    try transaction.run(CommitQueue.end)
    return true
  }

  private func undo(_ db: Database) throws {
    memory.rows.empty()
    if db.isInsideTransaction { try db.cachedStatement(sql: "ROLLBACK").execute() }
  }

  private func fail(_ error: any Error) -> StoreFailure {
    if let error = error as? DatabaseError, error.isOfTheDisk { onDiskFailure("\(error)") }
    return .unavailable("The write was not made durable: \(error)")
  }
}

extension DatabaseError {
  /// After a failed sync the kernel may have dropped the pages: nothing here can be believed any more.
  var isOfTheDisk: Bool { [.SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB].contains(resultCode) }
}

extension Error {
  /// What a caller above the store is told.
  var asStoreFailure: any Error {
    guard let error = self as? DatabaseError else { return self }
    switch error.resultCode {
    case .SQLITE_CONSTRAINT
    where [.SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_NOTNULL, .SQLITE_CONSTRAINT_DATATYPE]
      .contains(error.extendedResultCode):
      return StoreFailure.corrupt(error.message ?? "\(error)")
    case .SQLITE_CONSTRAINT: return StoreFailure.conflict(error.message ?? "\(error)")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: return StoreFailure.corrupt("\(error)")
    default: return StoreFailure.unavailable("\(error)")
    }
  }
}
