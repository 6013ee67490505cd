import Foundation

/// A file that is written beside its place and put there when it is whole: whoever reads the old one meanwhile, or is
/// left with a full disk, has the old one.
struct Replacement: ~Copyable {
  /// Where to write.
  let path: String
  /// Where it goes in the end; nil when it is written there at once.
  private let target: String?
  private var isDone = false

  /// - Throws: ``AuditFault`` when nothing can be written there.
  init(of path: String) throws {
    var status = stat()
    let isThere = lstat(path, &status) == 0
    // A link keeps its target, and what is no file (/dev/stdout, a pipe) cannot be replaced.
    let isLink = isThere && status.st_mode & S_IFMT == S_IFLNK
    let place = isLink ? URL(fileURLWithPath: path).resolvingSymlinksInPath().path : path
    if isLink { status.st_mode = stat(place, &status) == 0 ? status.st_mode : S_IFREG }
    let isFile = !isThere || status.st_mode & S_IFMT == S_IFREG
    let beside = "\(place).\(getpid()).part"
    if isFile, Self.make(beside) {
      self.path = beside
      target = place
      if isThere { chmod(beside, status.st_mode & 0o777) }
      return
    }
    // A folder that takes no new file can still hold one that may be written.
    guard !isFile || (isThere && access(place, W_OK) == 0) else {
      throw AuditFault(path, "cannot be written: \(String(cString: strerror(errno))).")
    }
    if isFile, truncate(place, 0) != 0 {
      throw AuditFault(path, "cannot be written: \(String(cString: strerror(errno))).")
    }
    self.path = place
    target = nil
  }

  private static func make(_ path: String) -> Bool {
    let descriptor = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    return true
  }

  deinit { if !isDone, target != nil { unlink(path) } }

  /// Puts what was written in its place.
  consuming func finish() throws {
    isDone = true
    guard let target, rename(path, target) != 0 else { return }
    isDone = false
    throw AuditFault(target, "cannot be written: \(String(cString: strerror(errno))).")
  }
}
