import Foundation
import Synchronization

/// The coordinator as a process of its own, so that it can be killed without mercy and started again.
final class CoordinatorProcess: Sendable {
  private struct State {
    var process: Process?
    var kills = 0
    var starts = 0
    var isEnding = false
    var startedAt = Date()
  }

  private let state = Mutex(State())
  private let executable: String
  private let arguments: [String]
  private let logFile: String

  init(arguments: [String], logFile: String) {
    executable =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    self.arguments = arguments
    self.logFile = logFile
    _ = FileManager.default.createFile(atPath: logFile, contents: nil)
  }

  var kills: Int { state.withLock { $0.kills } }

  /// How often it was started.
  var starts: Int { state.withLock { $0.starts } }

  /// Whether it has written that it is ready.
  var hasSaidReady: Bool { log.contains("ready") }

  /// The last line it wrote.
  var lastWords: String { log.split(separator: "\n").last.map { String($0) } ?? "it wrote nothing" }

  private var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

  var isRunning: Bool { state.withLock { $0.process?.isRunning ?? false } }

  /// Starts it; when it ends by itself or is killed, it is started again, as a supervisor would.
  func start() throws {
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["COUNTERSIGN_PARENT": "\(getpid())"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    if let log = FileHandle(forWritingAtPath: logFile) {
      log.seekToEndOfFile()
      process.standardError = log
      process.standardOutput = log
    }
    process.terminationHandler = { [weak self] _ in self?.restart() }
    try process.run()
    state.withLock { state in
      state.process = process
      state.starts += 1
      state.startedAt = Date()
    }
  }

  private func restart() {
    let pause: TimeInterval? = state.withLock { state in
      if state.isEnding { return nil }
      // A process that cannot start at all is not started a hundred times a second.
      return Date().timeIntervalSince(state.startedAt) < 1 ? 1 : 0.05
    }
    guard let pause else { return }
    Thread.sleep(forTimeInterval: pause)
    try? start()
  }

  /// SIGKILL: no handler runs, nothing is flushed.
  func crash() {
    state.withLock { state in
      guard let process = state.process, process.isRunning else { return }
      state.kills += 1
      kill(process.processIdentifier, SIGKILL)
    }
  }

  /// Asks it to end and waits for it.
  func end() {
    let process = state.withLock { state in
      state.isEnding = true
      return state.process
    }
    guard let process, process.isRunning else { return }
    process.terminate()
    for _ in 0..<100 where process.isRunning { Thread.sleep(forTimeInterval: 0.1) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }
}
