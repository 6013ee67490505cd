import Connector
import Foundation
import Logging
import Sandbox
import Testing
import Transport

@testable import countersign

/// The commands that turn to the shop itself, against the sandbox and the configuration it writes.
@Suite struct SandboxShopTests {
  /// Runs a body with a sandbox, the configuration written for it, and a coordinator in front of it.
  private func serving(_ body: (SandboxServer, String, Int) async throws -> Void) async throws {
    let folder = try ScratchFolder("shop")
    let port = try freePort()
    let wiring = SandboxWiring()
    var configuration = SandboxConfiguration()
    wiring.configure(&configuration)
    var logger = Logger(label: "sandbox")
    logger.logLevel = .error
    let sandbox = SandboxServer(configuration: configuration, logger: logger)
    let running = Task { try await sandbox.run() }
    defer { running.cancel() }
    let file = try wiring.write(into: folder.path, ports: try await sandbox.boundPorts(), coordinatorPort: port)
    let process = try CountersignProcess(["serve", "--config", file], logFile: folder.path + "/serve.log")
    for _ in 0..<4000 where process.isRunning && !process.log.contains("url=http") {
      try await Task.sleep(for: .milliseconds(5))
    }
    let result: Result<Void, any Error>
    do {
      try await body(sandbox, file, port)
      result = .success(())
    } catch { result = .failure(error) }
    let status = await process.end()
    #expect(status == 0, "\(process.log)")
    withExtendedLifetime(folder) {}
    try result.get()
  }

  private func run(_ arguments: String..., config: String) async throws -> (status: Int32, text: String) {
    let log = config + "-\(UUID().uuidString).log"
    let process = try CountersignProcess(arguments + ["--config", config], logFile: log)
    while process.isRunning { try? await Task.sleep(for: .milliseconds(5)) }
    return (await process.end(), process.log)
  }

  @Test(arguments: ["woo", "shopify"])
  func `subscriptions are missing, made, and then there`(name: String) async throws {
    try await serving { _, file, port in
      let address = "http://127.0.0.1:\(port)"
      let missing = try await run("subscribe", name, "--at", address, "--dry-run", config: file)
      #expect(missing.status == 1 && missing.text.contains("is missing"), "\(missing)")
      let made = try await run("subscribe", name, "--at", address + "/", config: file)
      #expect(made.status == 0 && made.text.contains("at \(address)/webhooks/\(name)\n"), "\(made)")
      #expect(made.text.contains(name == "woo" ? "✔ order.restored: made" : "✔ orders/create: made"))
      let there = try await run("subscribe", name, "--at", address, "--dry-run", config: file)
      #expect(there.status == 0 && !there.text.contains("made"), "\(there)")
      let none = try await run("subscribe", "web", "--at", address, config: file)
      #expect(none.status == 3 && none.text.contains("A generic storefront has no subscriptions"))
      let plain = try await run("subscribe", name, "--at", "http://shop.example.com", config: file)
      #expect(plain.status == 2)
    }
  }

  @Test func `a triggered WooCommerce order is in the shop, and is released there`() async throws {
    try await serving { sandbox, file, port in
      let dry = try await run("trigger", "woo", "--dry-run", config: file)
      #expect(dry.status == 0 && dry.text.contains("/_sandbox/woo/orders"), "\(dry)")
      #expect(sandbox.ledger.entries(of: .shopOrderPlaced).isEmpty)
      let subscribed = try await run("subscribe", "woo", "--at", "http://127.0.0.1:\(port)", config: file)
      #expect(subscribed.status == 0, "\(subscribed)")
      let sent = try await run("trigger", "woo", "--email", "kim@example.com", config: file)
      #expect(sent.status == 0 && sent.text.contains("placed in the sandbox's shop"), "\(sent)")
      let placed = try #require(sandbox.ledger.entries(of: .shopOrderPlaced).first)
      var isReleased = false
      for _ in 0..<2000 where !isReleased {
        isReleased = sandbox.ledger.entries(of: .wooStatus).contains {
          $0.ref == placed.ref && $0.detail.contains("\"to\":\"processing\"")
        }
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(isReleased)
      #expect(sandbox.ledger.entries(of: .webhookAnswered).contains { $0.ref == placed.ref })
    }
  }

  /// A sandbox as a process, until its log or a file fulfils a condition or it ends by itself.
  private func sandbox(
    _ arguments: [String], in folder: ScratchFolder, until isDone: (String) -> Bool
  ) async throws -> (status: Int32, text: String) {
    let process = try CountersignProcess(
      ["sandbox", "--dir", folder.path] + arguments, logFile: folder.path + "/\(UUID().uuidString).log")
    for _ in 0..<4000 where process.isRunning && !isDone(process.log) {
      try await Task.sleep(for: .milliseconds(5))
    }
    return (await process.end(), process.log)
  }

  @Test func `a port that is taken is named, whichever of the two it is`() async throws {
    let folder = try ScratchFolder("ports")
    var logger = Logger(label: "sandbox")
    logger.logLevel = .error
    let other = SandboxServer(logger: logger)
    let running = Task { try await other.run() }
    defer { running.cancel() }
    let ports = try await other.boundPorts()
    let smtp = try await sandbox(["--port", "0", "--smtp-port", "\(ports.smtp)"], in: folder) { _ in false }
    #expect(smtp.status == 3)
    #expect(smtp.text.contains("Port \(ports.smtp) on 127.0.0.1 is taken by another program."), "\(smtp.text)")
    #expect(smtp.text.contains("another port with --smtp-port."))
    let http = try await sandbox(["--port", "\(ports.http)", "--smtp-port", "0"], in: folder) { _ in false }
    #expect(http.status == 3)
    #expect(http.text.contains("Port \(ports.http) on 127.0.0.1 is taken by another program."), "\(http.text)")
    #expect(http.text.contains("another port with --port."))
  }

  @Test func `a second sandbox in a folder says that numbers go on, or that they cannot`() async throws {
    let folder = try ScratchFolder("again")
    let ledger = folder.path + "/ledger.jsonl"
    let ports = ["--port", "0", "--smtp-port", "0", "--coordinator-port", String(try freePort())]
    func start() async throws -> String {
      try await sandbox(ports, in: folder) { log in
        log.contains("sandbox ready") && FileManager.default.contents(atPath: ledger)?.isEmpty == false
      }.text
    }
    let first = try await start()
    #expect(first.contains("sandbox ready") && !first.contains("ledger.jsonl"), "\(first)")
    #expect(try await start().contains("sequence and order numbers go on after it."))
    try FileManager.default.removeItem(atPath: ledger)
    _ = FileManager.default.createFile(atPath: folder.path + "/countersign.db", contents: nil)
    #expect(try await start().contains("knows the orders of an earlier sandbox"))
  }
}
