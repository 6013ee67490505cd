import Foundation

/// The reference material beside the checkout. Its absence skips a comparison with a printed message, but fails in CI.
enum Shared {
  struct Missing: Error { var path: String }

  /// The bytes of a file, or nil when the material is not there and this is not CI.
  static func read(_ path: String) throws -> Data? {
    let environment = ProcessInfo.processInfo.environment
    let root = environment["COUNTERSIGN_SHARED"] ?? "../shared"
    let file = "\(root)/\(path)"
    if let data = FileManager.default.contents(atPath: file) { return data }
    if environment["CI"] != nil { throw Missing(path: file) }
    print("skipped: \(file) is not there")
    return nil
  }
}
