import Foundation
import Testing

/// A text file of the project. `code` is what `CodeView` leaves: the same lines without comments and string contents.
struct SourceFile: Sendable {
  let path: String
  let lines: [[UInt8]]
  let code: [[UInt8]]

  init(path: String, bytes: [UInt8]) {
    self.path = path
    lines = bytes.split(separator: Ascii.newline, omittingEmptySubsequences: false).map(Array.init)
    if path.hasSuffix(".swift") {
      var view = CodeView(bytes)
      code = view.blanked().split(separator: Ascii.newline, omittingEmptySubsequences: false).map(Array.init)
    } else {
      code = lines
    }
  }

  /// A file for the tests of the rules themselves.
  init(_ path: String, _ text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// As `wc -l` counts: the empty piece after the last newline is no line.
  var lineCount: Int { lines.last?.isEmpty == true ? lines.count - 1 : lines.count }

  var isSwift: Bool { path.hasSuffix(".swift") }

  func isBelow(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }

  func text(_ index: Int) -> String { String(decoding: lines[index], as: UTF8.self) }
}

/// Every text file of the checkout that git would keep; build products and run folders are left out.
enum Tree {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let files: [SourceFile] = load()

  static var sources: [SourceFile] { files.filter { $0.isSwift && $0.isBelow("Sources") } }

  static func file(_ path: String) -> SourceFile? { files.first { $0.path == path } }

  private static func load() -> [SourceFile] {
    guard let walk = FileManager.default.enumerator(atPath: root.path) else { return [] }
    var found: [SourceFile] = []
    while let path = walk.nextObject() as? String {
      if isIgnored(path) {
        walk.skipDescendants()
        continue
      }
      guard let data = FileManager.default.contents(atPath: root.appendingPathComponent(path).path),
        String(data: data, encoding: .utf8) != nil
      else { continue }
      found.append(SourceFile(path: path, bytes: Array(data)))
    }
    return found.sorted { $0.path < $1.path }
  }

  /// What `.gitignore` names, git's own folder, and what a fuzzer wrote: nobody's words.
  private static func isIgnored(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let isAtTop = name == path
    return [".git", "__pycache__", "Package.resolved"].contains(name) || name.hasPrefix(".build")
      || (isAtTop && name == "var") || name.contains(".db") || path == "Tests/FuzzTests/corpus"
  }
}

/// Something a rule does not allow, and how to mend it.
struct Violation: Equatable, CustomStringConvertible {
  let file: String
  let line: Int
  let what: String
  let mend: String

  var description: String { "\(file):\(line): \(what); \(mend)" }
}

/// Fails the test with one readable list.
func expectNone(_ violations: [Violation], sourceLocation: SourceLocation = #_sourceLocation) {
  guard !violations.isEmpty else { return }
  let list = violations.map(\.description).joined(separator: "\n")
  Issue.record("\(violations.count) to mend:\n\(list)", sourceLocation: sourceLocation)
}
