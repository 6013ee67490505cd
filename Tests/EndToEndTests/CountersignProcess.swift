import Foundation

/// The real binary as a process of its own.
final class CountersignProcess {
  private let process = Process()
  let logFile: String

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

  init(_ arguments: [String], logFile: String, environment: [String: String] = [:]) throws {
    self.logFile = logFile
    if !FileManager.default.fileExists(atPath: logFile) {
      _ = FileManager.default.createFile(atPath: logFile, contents: nil)
    }
    process.executableURL = URL(filePath: Self.executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    if let log = FileHandle(forWritingAtPath: logFile) {
      log.seekToEndOfFile()
      process.standardOutput = log
      process.standardError = log
    }
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

  /// SIGKILL, and waits until it is gone.
  func crash() async {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    await gone()
  }

  /// SIGTERM; the exit status.
  func end() async -> Int32 {
    if process.isRunning { process.terminate() }
    await gone()
    return process.terminationStatus
  }

  /// Waits without holding a thread: the sandbox that this process talks to needs them.
  private func gone() async {
    while process.isRunning { try? await Task.sleep(for: .milliseconds(2)) }
  }
}

/// A free port of the loopback interface.
func freePort() throws -> Int {
  let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(socket) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let bound = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
  }
  guard bound == 0 else { throw POSIXError(.EADDRINUSE) }
  _ = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
  }
  return Int(UInt16(bigEndian: address.sin_port))
}

/// A folder that is gone after the test.
final class ScratchFolder {
  let path: String

  init(_ name: String) throws {
    path = NSTemporaryDirectory() + "countersign-\(name)-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
