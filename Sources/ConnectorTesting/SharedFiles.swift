#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Real payloads, recordings and specifications that lie beside the checkout and are never part of it.
public enum SharedFiles {
  /// The folder; nil when it is not there.
  public static let root: String? = {
    let environment = ProcessInfo.processInfo.environment
    let beside = FileManager.default.currentDirectoryPath + "/../shared"
    let path = environment["COUNTERSIGN_SHARED"] ?? beside
    return FileManager.default.fileExists(atPath: path + "/payloads") ? path : nil
  }()

  /// Whether a missing folder is a failure rather than a reason to skip.
  public static let isRequired = ProcessInfo.processInfo.environment["CI"] != nil

  /// The bytes of a file below the folder; nil (with a message) when the folder is not there and need not be.
  public static func bytes(_ path: String) throws -> [UInt8]? {
    guard let root else {
      if isRequired { throw SharedFilesMissing() }
      print("skipped: no shared folder beside the checkout, so \(path) was not read")
      return nil
    }
    return Array(try Data(contentsOf: URL(filePath: root + "/" + path)))
  }

  /// The names of the files in a folder below the shared one, sorted.
  public static func names(in path: String) throws -> [String] {
    guard let root else {
      if isRequired { throw SharedFilesMissing() }
      return []
    }
    return try FileManager.default.contentsOfDirectory(atPath: root + "/" + path).sorted()
  }
}

/// The shared folder is missing where it must not be.
public struct SharedFilesMissing: Error {}
