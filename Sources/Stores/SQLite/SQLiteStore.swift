import GRDB
public import HandoffStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The embedded store: one SQLite file, write-ahead log, every commit synced.
///
/// Bodies that arrive while a commit is being synced share the next one (group commit); each succeeds or fails alone,
/// and none returns before the disk has all of them. `synchronous=FULL` is not a choice: with `NORMAL` a power cut took
/// every acknowledged order in our measurement.
public final class SQLiteStore: HandoffStore {
  /// What a process opens the file for.
  public enum Role: Sendable {
    /// The one process that acts; a second one is refused (F78).
    case coordinator
    /// Looks only.
    case reader
  }

  private let pool: DatabasePool
  private let queue: CommitQueue
  private let lock: Int32?

  /// Opens or makes the file.
  /// - Parameters:
  ///   - path: the database file; `-wal`, `-shm` and `.lock` files lie beside it.
  ///   - onDiskFailure: called when a write or a sync failed at the disk. The state of the file is then unknown and the
  ///     process should end (S2a): a supervisor starts it again and recovery decides.
  /// - Throws: ``HandoffStore/StoreFailure`` in words.
  public init(
    path: String, role: Role = .coordinator, onDiskFailure: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
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
      if role == .coordinator { try FilePrivacy.secure(path) }
      if role == .coordinator { try LogRewrite.makeDurable(path + "-wal") }
      pool = try DatabasePool(path: path, configuration: configuration)
      var checkpoints: LogCheckpoints?
      if role == .coordinator {
        // The pool sets NORMAL on its writer when it turns the log on, and that is after `prepareDatabase`.
        try pool.writeWithoutTransaction { db in
          try db.execute(sql: "PRAGMA synchronous = FULL")
          guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else {
            throw DatabaseError(message: "The writer would not sync each commit.")
          }
        }
        try SQLiteSchema.migrator.migrate(pool)
        let made = LogCheckpoints(try DatabaseQueue(path: path, configuration: configuration)) { error in
          if let error = error as? DatabaseError, error.isOfTheDisk { onDiskFailure("\(error)") }
        }
        pool.writeWithoutTransaction { made.follow($0) }
        checkpoints = made
      }
      queue = CommitQueue(pool, checkpoints: checkpoints, onDiskFailure: onDiskFailure)
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
      throw FilePrivacy.unmade(path + ".lock")
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      throw StoreFailure.unavailable(
        "Another coordinator works on \(path). Two would act twice; end the other one first.")
    }
    return file
  }

  /// Commits made and bodies they carried, since the start.
  public var commitCounts: (commits: Int, bodies: Int) { queue.counts }

  /// See ``HandoffStore/HandoffStore/transact(_:)``.
  public func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value {
    try await queue.transact(body)
  }

  /// See ``HandoffStore/HandoffStore/read(_:)``.
  public func read<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreReading) throws -> Value
  ) async throws -> Value {
    do {
      return try await pool.read { db in try body(SQLiteTransaction(db)) }
    } catch {
      throw error.asStoreFailure
    }
  }

  /// Moves the log into the database file as far as readers allow, and waits for it.
  public func checkpoint() async throws {
    _ = try await pool.writeWithoutTransaction { db in try db.checkpoint(.passive) }
  }

  /// A consistent copy of the database, taken while it is in use (SQLite backup API).
  public func backup(to path: String) async throws {
    do {
      try FilePrivacy.make(path)
      let target = try DatabaseQueue(path: path)
      try pool.backup(to: target)
    } catch {
      throw StoreFailure.unavailable("The backup to \(path) failed: \(error)")
    }
  }
}
