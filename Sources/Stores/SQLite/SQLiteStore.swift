import GRDB
public import HandoffStore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The embedded store: one SQLite file, write-ahead log, every commit synced.
///
/// Bodies that arrive while a commit is being synced share the next one (group commit): each is a savepoint of one
/// transaction, so each succeeds or fails alone, and none returns before the disk has all of them. `synchronous=FULL`
/// is not a choice: with `NORMAL` a power cut took every acknowledged order in our measurement.
public final class SQLiteStore: HandoffStore {
  /// What a process opens the file for.
  public enum Role: Sendable {
    /// The one process that acts; a second one is refused (F78).
    case coordinator
    /// Looks only.
    case reader
  }

  private struct Job: Sendable {
    /// Runs the body; returns whether its writes stand, and how to report once the commit is known.
    let run: @Sendable (SQLiteTransaction) -> (stands: Bool, report: @Sendable (StoreFailure?) -> Void)
  }

  private struct Pending {
    var jobs: [Job] = []
    var isDraining = false
    var commits = 0
    var committed = 0
    var sinceCheckpoint = 0
    var isCheckpointing = false
  }

  private let pool: DatabasePool
  private let pending = Mutex(Pending())
  private let onDiskFailure: @Sendable (String) -> Void
  private let lock: Int32?
  /// A connection of its own moves the log into the file while the writer goes on writing.
  private let checkpointer: DatabaseQueue?

  /// Bodies between two checkpoints.
  private static let checkpointInterval = 3000

  /// At most this many bodies share a commit.
  private static let batchLimit = 512

  /// Opens or makes the file.
  /// - Parameters:
  ///   - path: the database file; `-wal`, `-shm` and `.lock` files lie beside it.
  ///   - onDiskFailure: called when a write or a sync failed at the disk. The state of the file is then unknown and the
  ///     process should end (S2a): a supervisor starts it again and recovery decides.
  /// - Throws: ``HandoffStore/StoreFailure`` in words.
  public init(
    path: String, role: Role = .coordinator, onDiskFailure: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    self.onDiskFailure = onDiskFailure
    lock = role == .coordinator ? try SQLiteStore.lock(path) : nil
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 4
    configuration.readonly = role == .reader
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA cache_size = -16000")
      try db.execute(sql: "PRAGMA temp_store = MEMORY")
      // A checkpoint inside a commit would make one order in a hundred wait for 16 MB of copying.
      if role == .coordinator { try db.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
    }
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      if role == .coordinator { try SQLiteSchema.migrator.migrate(pool) }
      checkpointer = role == .coordinator ? try DatabaseQueue(path: path, configuration: configuration) : nil
    } catch {
      // An object that was never finished has no deinit: without this, the next try would meet its own lock.
      if let lock { close(lock) }
      throw StoreFailure.unavailable("The database \(path) cannot be opened: \(error)")
    }
  }

  deinit { if let lock { close(lock) } }

  private static func lock(_ path: String) throws -> Int32 {
    let file = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw StoreFailure.unavailable("\(path).lock cannot be made: \(String(cString: strerror(errno)))")
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      throw StoreFailure.unavailable(
        "Another coordinator works on \(path). Two would act twice; end the other one first.")
    }
    return file
  }

  /// Commits made and bodies they carried, since the start.
  public var commitCounts: (commits: Int, bodies: Int) { pending.withLock { ($0.commits, $0.committed) } }

  /// See ``HandoffStore/HandoffStore/transact(_:)``.
  public func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value {
    try await withUnsafeThrowingContinuation { continuation in
      enqueue(
        Job { transaction in
          do {
            let value = try body(transaction)
            return (
              true,
              { failure in
                if let failure { continuation.resume(throwing: failure) } else { continuation.resume(returning: value) }
              }
            )
          } catch {
            let translated = SQLiteStore.translate(error)
            return (false, { _ in continuation.resume(throwing: translated) })
          }
        })
    }
  }

  /// See ``HandoffStore/HandoffStore/read(_:)``.
  public func read<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreReading) throws -> Value
  ) async throws -> Value {
    do {
      return try await pool.read { db in try body(SQLiteTransaction(db)) }
    } catch {
      throw SQLiteStore.translate(error)
    }
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
    let transaction = SQLiteTransaction(db)
    while true {
      let batch = pending.withLock { pending in
        let batch = Array(pending.jobs.prefix(SQLiteStore.batchLimit))
        pending.jobs.removeFirst(batch.count)
        if batch.isEmpty { pending.isDraining = false }
        return batch
      }
      if batch.isEmpty { return }
      commit(batch, transaction, db)
    }
  }

  private func commit(_ batch: [Job], _ transaction: SQLiteTransaction, _ db: Database) {
    var reports: [@Sendable (StoreFailure?) -> Void] = []
    reports.reserveCapacity(batch.count)
    var failure: StoreFailure?
    do {
      try db.execute(statement: "BEGIN IMMEDIATE")
      for job in batch {
        try transaction.run("SAVEPOINT body", [])
        let (stands, report) = job.run(transaction)
        reports.append(report)
        if !stands { try transaction.run("ROLLBACK TO body", []) }
        try transaction.run("RELEASE body", [])
      }
      try db.execute(statement: "COMMIT")
    } catch {
      failure = fail(error, db)
    }
    let isDue = pending.withLock { pending in
      pending.commits += 1
      pending.committed += batch.count
      pending.sinceCheckpoint += batch.count
      guard pending.sinceCheckpoint >= SQLiteStore.checkpointInterval, !pending.isCheckpointing else { return false }
      pending.sinceCheckpoint = 0
      pending.isCheckpointing = true
      return true
    }
    for report in reports { report(failure) }
    if isDue { moveLog() }
    // Bodies that never ran, because the transaction could not be begun or broke off, get the same answer.
    for job in batch.dropFirst(reports.count) {
      SQLiteStore.refuse(job, with: failure ?? .unavailable("The transaction broke off."))
    }
  }

  private static func refuse(_ job: Job, with failure: StoreFailure) { job.run(SQLiteTransaction(nil)).report(failure) }

  private func fail(_ error: any Error, _ db: Database) -> StoreFailure {
    if db.isInsideTransaction { try? db.execute(statement: "ROLLBACK") }
    if let error = error as? DatabaseError {
      switch error.resultCode {
      case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB:
        // After a failed sync the kernel may have dropped the pages: nothing here can be believed any more.
        onDiskFailure("\(error)")
      default: break
      }
    }
    return .unavailable("The write was not made durable: \(error)")
  }

  private static func translate(_ error: any Error) -> any Error {
    guard let error = error as? DatabaseError else { return error }
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

  /// Moves the log into the database file beside the writer; nothing waits for it. A checkpoint that cannot finish,
  /// for a
  /// reader's sake, leaves the rest to the next one.
  private func moveLog() {
    guard let checkpointer else { return }
    checkpointer.asyncWriteWithoutTransaction { db in
      do { _ = try db.checkpoint(.passive) } catch { _ = self.fail(error, db) }
      self.pending.withLock { $0.isCheckpointing = false }
    }
  }

  /// Moves the log into the database file as far as readers allow, and waits for it.
  public func checkpoint() async throws {
    _ = try await pool.writeWithoutTransaction { db in try db.checkpoint(.passive) }
  }

  /// A consistent copy of the database, taken while it is in use (SQLite backup API).
  public func backup(to path: String) async throws {
    do {
      let target = try DatabaseQueue(path: path)
      try pool.backup(to: target)
    } catch {
      throw StoreFailure.unavailable("The backup to \(path) failed: \(error)")
    }
  }
}

extension Database {
  /// Runs a statement without arguments from the statement cache.
  func execute(statement sql: String) throws { try cachedStatement(sql: sql).execute() }
}
