import HandoffStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Who may read a database: it holds customers' names, addresses and orders.
enum FilePrivacy {
  /// Makes a file that only its owner can read, when it is not there; SQLite gives `-wal`, `-shm` and journals the mode
  /// of the file they belong to.
  static func make(_ path: String) throws {
    // Exclusively: closing a file that SQLite has open already would let go of its locks.
    let file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if file >= 0 {
      close(file)
    } else if errno != EEXIST {
      throw unmade(path)
    }
  }

  /// Why a file is not there, in the words of whoever set the database's path.
  static func unmade(_ path: String) -> StoreFailure {
    let code = errno
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let advice =
      code == ENOENT
      ? "there is no folder \(folder). Make the folder, or change store.sqlite"
      : "\(String(cString: strerror(code))). store.sqlite must be in a folder that this user may write to"
    return StoreFailure.unavailable("\(path) cannot be made: \(advice).")
  }

  /// The same, and takes a database of an earlier version and its companions away from everybody else. What a group may
  /// do is left as its operator has set it.
  static func secure(_ path: String) throws {
    try make(path)
    for name in [path, path + "-wal", path + "-shm"] {
      var status = stat()
      guard stat(name, &status) == 0, status.st_mode & 0o007 != 0 else { continue }
      guard chmod(name, status.st_mode & 0o770) == 0 else {
        throw StoreFailure.unavailable(
          "\(name) can be read by everybody, and that cannot be changed: \(String(cString: strerror(errno)))")
      }
    }
  }
}
