import Foundation
import Synchronization

/// The real binary with some arguments, from start to end.
struct CommandRun {
  let status: Int32
  let out: String
  let err: String

  /// Where the build put the binary: beside the test bundle.
  static let executable: String = {
    if let named = ProcessInfo.processInfo.environment["COUNTERSIGN_BINARY"] { return named }
    let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path
    let besides = [bundle, FileManager.default.currentDirectoryPath + "/.build/debug"]
    for folder in besides where FileManager.default.isExecutableFile(atPath: folder + "/countersign") {
      return folder + "/countersign"
    }
    return "countersign"
  }()

  /// Runs a command in a folder and waits for its end without holding a thread.
  init(_ arguments: String..., in folder: ScratchFolder, environment: [String: String] = [:]) async throws {
    let command = try RunningCommand(arguments, in: folder, environment: environment)
    status = await command.end()
    out = command.out
    err = command.err
  }
}

/// A command that goes on until it is told to stop.
final class RunningCommand: Sendable {
  private let folder: ScratchFolder
  private let name = UUID().uuidString
  private let process: Mutex<Process>
  private let ended: AsyncStream<Int32>

  init(_ arguments: [String], in folder: ScratchFolder, environment: [String: String] = [:]) throws {
    self.folder = folder
    let process = Process()
    process.executableURL = URL(filePath: CommandRun.executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    for suffix in ["out", "err"] {
      _ = FileManager.default.createFile(atPath: "\(folder.path)/\(name).\(suffix)", contents: nil)
    }
    process.standardOutput = FileHandle(forWritingAtPath: "\(folder.path)/\(name).out")
    process.standardError = FileHandle(forWritingAtPath: "\(folder.path)/\(name).err")
    let (ended, continuation) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { continuation.yield($0.terminationStatus) }
    self.ended = ended
    try process.run()
    self.process = Mutex(process)
  }

  /// The status, once it has ended.
  func end() async -> Int32 {
    for await status in ended { return status }
    return -1
  }

  var out: String { read("out") }
  var err: String { read("err") }

  private func read(_ suffix: String) -> String {
    (try? String(contentsOfFile: "\(folder.path)/\(name).\(suffix)", encoding: .utf8)) ?? ""
  }
}

/// A folder that is gone after the test.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "countersign-commands-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file; its path.
  @discardableResult func write(_ text: String, as name: String = "countersign.yaml") throws -> String {
    try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
    return path + "/" + name
  }
}

/// A value that a closure leaves behind.
final class Mutexed<Value: Sendable>: Sendable {
  private let kept = Mutex<Value?>(nil)
  var value: Value? { kept.withLock { $0 } }
  func set(_ value: Value) { kept.withLock { $0 = value } }
}
