import Foundation
import Testing

/// Every input that was worth keeping, once more. `corpus/TARGET/` holds those written by hand and those that broke
/// something, named after the bug; `corpus/TARGET.txt` the fewest of a fuzzer's that reach everything it has reached.
@Suite struct ReplayTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "corpus")

  private func inputs(of name: String) throws -> [(name: String, bytes: [UInt8])] {
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.folder.appending(path: name), includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
    let found = try Data(contentsOf: Self.folder.appending(path: name + ".txt"))
    let lines = try #require(KeptInput.inputs(Array(found)), "\(name).txt is no list of inputs")
    return try files.map { (name + "/" + $0.lastPathComponent, Array(try Data(contentsOf: $0))) }
      + lines.enumerated().map { ("\(name).txt:\($0.offset + 1)", $0.element) }
  }

  @Test(arguments: FuzzTarget.all.map(\.name)) func `no kept input breaks what it is fed to`(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    for input in try inputs(of: name) {
      #expect(throws: Never.self, "\(input.name)") { try target.feed(input.bytes) }
    }
  }

  @Test func `every part of the corpus belongs to a target, and no input in it is large`() throws {
    let parts = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(parts) == Set(FuzzTarget.all.flatMap { [$0.name, $0.name + ".txt"] }))
    for target in FuzzTarget.all {
      for input in try inputs(of: target.name) { #expect(input.bytes.count <= 70_000, "\(input.name)") }
    }
  }

  @Test func `a kept input is the same after it was written as a line`() {
    let bytes = Array(UInt8.min...UInt8.max)
    for input in [[], [0x0A], Array("\\x41\\".utf8), bytes, bytes + bytes.reversed()] {
      let line = KeptInput.line(input)
      #expect(!line.contains(0x0A) && line.allSatisfy { $0 < 0x7F })
      #expect(KeptInput.inputs(line + [0x0A, 0x0A]) == [input, []])
    }
    for broken in ["\\", "\\y", "\\x4", "\\x4g"] { #expect(KeptInput.bytes(broken.utf8) == nil) }
  }
}
