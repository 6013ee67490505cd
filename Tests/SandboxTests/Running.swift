import Testing

@testable import Sandbox

/// A sandbox that runs for the length of a test, and a client to talk to it.
struct Running: Sendable {
  let server: SandboxServer
  let ports: SandboxPorts
  let client = LoopbackClient()

  /// Starts a sandbox on free ports, runs the body, and stops the sandbox.
  static func with(
    _ configure: (inout SandboxConfiguration) -> Void = { _ in }, _ body: (Running) async throws -> Void
  ) async throws {
    var configuration = SandboxConfiguration()
    configure(&configuration)
    let server = SandboxServer(configuration: configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      let running = Running(server: server, ports: try await server.boundPorts())
      defer {
        running.client.close()
        group.cancelAll()
      }
      try await body(running)
    }
  }

  func send(
    _ method: String, _ path: String, _ headers: [(String, String)] = [], json: JSON? = nil, text: String? = nil
  ) async throws -> LoopbackReply {
    let body = json?.bytes() ?? Array((text ?? "").utf8)
    let type = json == nil ? [] : [("Content-Type", "application/json")]
    return try await client.send(
      method, ports.baseURL + path, headers: type + headers, body: body, timeoutSeconds: 20)
  }

  func entries(_ kind: LedgerKind) -> [LedgerEntry] { server.ledger.entries(of: kind) }

  /// Waits until the ledger holds `count` entries of a kind; effects of background work come when they come.
  func wait(for count: Int, _ kind: LedgerKind) async throws -> [LedgerEntry] {
    for _ in 0..<2_000 {
      let found = entries(kind)
      if found.count >= count { return found }
      try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("the ledger never held \(count) entries of \(kind.rawValue)")
    return entries(kind)
  }
}

extension LoopbackReply {
  var json: JSON? { try? JSON(parsing: body) }
  var text: String { String(decoding: body, as: UTF8.self) }
}
