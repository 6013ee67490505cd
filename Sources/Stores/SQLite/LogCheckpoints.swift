import GRDB
import GRDBSQLite
import Synchronization

/// Moves the write-ahead log into the database file, and sees to it that the log begins anew.
///
/// A connection of its own copies the log while the writer goes on writing; what the writer added meanwhile is copied
/// in a second, short round. Only when nothing is left does SQLite begin the log at its start again, and a writer that
/// never pauses always leaves something: so the last, small rest is moved by the writer itself between two commits.
/// Without that the log grew by 30 kB an order on a busy day (sqlite.org/wal.html, "checkpoint starvation").
final class LogCheckpoints: Sendable {
  private struct State {
    var isMoving = false
    var needsRest = false
  }

  /// Pages in the log before it is moved: 32 MB.
  private static let enough: Int32 = 8000

  private let mover: DatabaseQueue
  private let pages = Mutex<Int32>(0)
  private let state = Mutex(State())
  private let onFailure: @Sendable (any Error) -> Void

  init(_ mover: DatabaseQueue, onFailure: @escaping @Sendable (any Error) -> Void) {
    self.mover = mover
    self.onFailure = onFailure
  }

  /// Counts the log's pages at each commit of a connection (sqlite3_wal_hook).
  func follow(_ db: Database) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_wal_hook(
      db.sqliteConnection,
      { context, _, _, pages in
        if let context {
          Unmanaged<LogCheckpoints>.fromOpaque(context).takeUnretainedValue().pages.withLock { $0 = pages }
        }
        return SQLITE_OK
      }, context)
  }

  /// Called by the writer after each commit.
  func committed(on db: Database) {
    let pages = pages.withLock { $0 }
    guard pages >= LogCheckpoints.enough else { return }
    let (begins, rest) = state.withLock { state in
      defer { state.needsRest = false }
      if state.isMoving { return (false, false) }
      if state.needsRest { return (false, true) }
      state.isMoving = true
      return (true, false)
    }
    if rest { move(on: db) }
    if begins {
      mover.asyncWriteWithoutTransaction { db in
        self.move(on: db)
        self.move(on: db)
        self.state.withLock { $0 = State(isMoving: false, needsRest: true) }
      }
    }
  }

  private func move(on db: Database) {
    do { _ = try db.checkpoint(.passive) } catch { onFailure(error) }
  }
}
