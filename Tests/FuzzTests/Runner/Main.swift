import Foundation

/// libFuzzer's main loop, without its `main`.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ feed: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The target that FUZZ_TARGET names; libFuzzer's function has no other way to be told.
private let chosen = FuzzTarget.all.first { $0.name == ProcessInfo.processInfo.environment["FUZZ_TARGET"] }

/// `FUZZ_TARGET=json countersign-fuzz [libFuzzer's options] [corpus…]`; without a target it lists them.
/// `countersign-fuzz pack FOLDER` writes the files of a folder as lines, `unpack FOLDER` makes files of lines.
@main struct Main {
  static func main() throws {
    let words = CommandLine.arguments
    if words.count == 3, words[1] == "pack" { return try pack(URL(filePath: words[2])) }
    if words.count == 3, words[1] == "unpack" { return try unpack(URL(filePath: words[2])) }
    guard chosen != nil else {
      for target in FuzzTarget.all { print(target.name) }
      exit(FuzzTarget.all.isEmpty ? 1 : 0)
    }
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    let status = runDriver(&count, &arguments) { start, size in
      do throws(Finding) {
        try chosen?.feed(Array(UnsafeBufferPointer(start: start, count: size)))
      } catch {
        FileHandle.standardError.write(Data("FINDING: \(error)\n".utf8))
        abort()
      }
      return 0
    }
    exit(status)
  }

  /// Shortest first, so that two packings of the same inputs are the same file.
  private static func pack(_ folder: URL) throws {
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    let lines = try files.map { KeptInput.line(Array(try Data(contentsOf: $0))) }
    let sorted = lines.sorted {
      ($0.count, String(decoding: $0, as: UTF8.self)) < ($1.count, String(decoding: $1, as: UTF8.self))
    }
    for line in sorted { FileHandle.standardOutput.write(Data(line + [0x0A])) }
  }

  private static func unpack(_ folder: URL) throws {
    guard let inputs = KeptInput.inputs(Array(FileHandle.standardInput.readDataToEndOfFile())) else {
      FileHandle.standardError.write(Data("The standard input is no list of kept inputs.\n".utf8))
      exit(1)
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (index, input) in inputs.enumerated() {
      try Data(input).write(to: folder.appending(path: String(index + 1)))
    }
  }
}
