import Foundation
import Testing

/// Every input that was worth keeping, once more: what broke something is named after the bug.
@Suite struct ReplayTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "corpus")

  private func inputs(of name: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: Self.folder.appending(path: name), includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  @Test(arguments: FuzzTarget.all.map(\.name)) func `no kept input breaks what it is fed to`(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let inputs = try inputs(of: name)
    #expect(!inputs.isEmpty, "\(name) has no corpus")
    for input in inputs {
      let bytes = Array(try Data(contentsOf: input))
      #expect(throws: Never.self, "\(name)/\(input.lastPathComponent)") { try target.feed(bytes) }
    }
  }

  @Test func `every folder of the corpus belongs to a target, and no file in it is large`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    for name in folders {
      for input in try inputs(of: name) {
        #expect(try Data(contentsOf: input).count <= 70_000, "\(name)/\(input.lastPathComponent)")
      }
    }
  }
}
