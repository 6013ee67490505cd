import HandoffStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Makes what an unclean end left in the write-ahead log durable, before anybody believes it.
///
/// When a sync fails, Linux counts the pages as clean: they can be read until the power goes, and nobody will ever
/// write them. Recovery would believe such frames, and the next commits would stand behind a hole in the log on the
/// disk: the next power cut takes them all, however well they were synced ("fsyncgate"; T-2 in
/// `docs/evidence/torture-findings.md`).
/// Written once more, byte for byte, the pages reach the disk, or the error comes again.
enum LogRewrite {
  private static let pieceLength = 1 << 20

  /// Rewrites and syncs a log in place. The caller holds the coordinator's lock and has not opened the database.
  /// - Throws: ``HandoffStore/StoreFailure`` when the log cannot be made durable; the database must not be opened then.
  static func makeDurable(_ path: String) throws {
    let file = open(path, O_RDWR | O_CLOEXEC)
    if file < 0 {
      // After a clean end there is no log.
      if errno == ENOENT { return }
      throw failure(path)
    }
    defer { close(file) }
    var piece = [UInt8](repeating: 0, count: pieceLength)
    var offset: off_t = 0
    while true {
      let count = pread(file, &piece, pieceLength, offset)
      guard count >= 0 else { throw failure(path) }
      if count == 0 { break }
      guard pwrite(file, piece, count, offset) == count else { throw failure(path) }
      offset += off_t(count)
    }
    if offset > 0, fdatasync(file) != 0 { throw failure(path) }
  }

  private static func failure(_ path: String) -> StoreFailure {
    StoreFailure.unavailable("\(path) cannot be made durable: \(String(cString: strerror(errno)))")
  }
}
