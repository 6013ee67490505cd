import Foundation
import Synchronization

/// The sandbox's own face under `/_sandbox` and `/mailbox`: ledgers are read and vendors are set up here. No fault
/// touches it.
extension SandboxWorld {
  func control(_ request: SandboxRequest) async -> SandboxReply {
    if let parts = request.parts(after: "/mailbox") { return readMail(request, parts) }
    let parts = request.parts(after: "/_sandbox") ?? []
    switch (request.method, parts.first) {
    case ("GET", nil), ("GET", "healthz"): return .json(200, ["ok": true, "entries": JSON(ledger.count)])
    case ("PUT", "clock"): return moveClock(request)
    case (_, let name?):
      guard let vendor = SandboxVendor(rawValue: name) else { return .nowhere }
      return await control(request, vendor, Array(parts.dropFirst()))
    default: return .nowhere
    }
  }

  private func control(_ request: SandboxRequest, _ vendor: SandboxVendor, _ parts: [String]) async -> SandboxReply {
    if parts == ["faults"] { return setFaults(request, vendor) }
    switch vendor {
    case .netsuite: return netsuite.control(request, parts)
    case .erp: return erp.control(request, parts)
    case .shopify: return await shopify.control(request, parts)
    case .woo: return await woo.control(request, parts)
    case .mailbox, .sink: return .nowhere
    }
  }

  private func setFaults(_ request: SandboxRequest, _ vendor: SandboxVendor) -> SandboxReply {
    if request.method == "PUT" {
      do {
        faults(of: vendor).set(try JSONDecoder().decode(Faults.self, from: Data(request.body)))
      } catch {
        return .text(400, Faults.words(error) + "\n")
      }
    } else if request.method == "DELETE" {
      faults(of: vendor).set(Faults())
    }
    guard let data = try? JSONEncoder().encode(faults(of: vendor).faults) else { return .nowhere }
    return SandboxReply(status: 200, headers: [("Content-Type", "application/json")], body: Array(data))
  }

  private func moveClock(_ request: SandboxRequest) -> SandboxReply {
    guard let text = request.json()?["advanceSeconds"]?.text, let seconds = Double(text) else {
      return .text(400, "advanceSeconds is missing\n")
    }
    clock.advance(seconds: seconds)
    return .json(200, ["unix": JSON(clock.unixSeconds)])
  }

  private func readMail(_ request: SandboxRequest, _ parts: [String]) -> SandboxReply {
    guard request.method == "GET", parts == ["messages"] else { return .nowhere }
    let found = mailbox.messages(
      to: request.query("to"), messageId: request.query("message-id"), order: request.query("order"))
    return .json(200, ["count": JSON(found.count), "messages": .array(found.map(\.json))])
  }
}

extension NetSuiteVendor {
  func control(_ request: SandboxRequest, _ parts: [String]) -> SandboxReply {
    let body = request.json()
    func text(_ name: String) -> String { body?[name]?.text ?? "" }
    switch (request.method, parts.first, parts.count) {
    case ("POST", "clients", 1):
      register(
        NetSuiteClient(
          clientId: text("clientId"), certificateId: text("certificateId"), publicKeyPEM: text("publicKeyPEM")))
    case ("POST", "tokens", 1):
      register(
        NetSuiteToken(
          consumerKey: text("consumerKey"), consumerSecret: text("consumerSecret"), token: text("token"),
          tokenSecret: text("tokenSecret")))
    case ("PUT", "orders", 3) where parts[2] == "lock":
      guard setWorkflowLock(parts[1], locked: body?["locked"]?.bool ?? true) else { return .nowhere }
    case ("PUT", "stock", 1):
      for member in body?.members ?? [] { setStock(sku: member.key, onHand: member.value.int ?? 0) }
    default: return .nowhere
    }
    return SandboxReply(status: 204)
  }

  func register(_ client: NetSuiteClient) {
    state.withLock { $0.login.clients[client.certificateId] = client }
  }

  func register(_ token: NetSuiteToken) {
    state.withLock { $0.login.tokens[token.consumerKey + "&" + token.token] = token }
  }

  func setStock(sku: String, onHand: Int) {
    state.withLock { state in
      guard let id = state.itemBySku[sku.lowercased()] else { return }
      state.stock.setOnHand(id, onHand, unix: tools.clock.unixSeconds)
    }
  }
}

extension GenericERP {
  func control(_ request: SandboxRequest, _ parts: [String]) -> SandboxReply {
    guard request.method == "PUT", parts == ["stock"] else { return .nowhere }
    for member in request.json()?.members ?? [] { setStock(sku: member.key, onHand: member.value.int ?? 0) }
    return SandboxReply(status: 204)
  }
}
