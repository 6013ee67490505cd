import Synchronization

/// A receiver of outbound Standard Webhooks under `/sink`: verifies the signature over the raw bytes, remembers ids.
///
/// Source: Standard Webhooks specification 1.0.0, "Verifying webhooks": any `v1` signature that matches is enough, the
/// timestamp must be within five minutes, and the id repeats across retries.
final class ConfirmationSink: VendorFace {
  private let settings: SinkSettings
  private let tools: VendorTools
  private let seen = Mutex<Set<String>>([])
  static let toleranceSeconds = 300

  init(_ settings: SinkSettings, tools: VendorTools) {
    self.settings = settings
    self.tools = tools
  }

  func failure(_ failure: VendorFailure) -> SandboxReply {
    switch failure {
    case .tooManyRequests: SandboxReply(status: 429, headers: [("Retry-After", "1")])
    case .serverError: .text(500, "internal error\n")
    case .errorWith200: .json(200, ["ok": false])
    }
  }

  func respond(to request: SandboxRequest) async -> SandboxReply {
    guard request.method == "POST" else { return SandboxReply(status: 405) }
    if let problem = problem(request) {
      tools.record(.sinkRefused, ref: "", detail: ["reason": .string(problem)])
      return .text(problem == "no such event" ? 400 : 401, problem + "\n")
    }
    let id = request.header("webhook-id") ?? ""
    let event = request.json()
    let type = event?["type"]?.string ?? ""
    seen.withLock { seen in
      let first = seen.insert(id).inserted
      let kind: LedgerKind =
        switch (first, type) {
        case (false, _): .sinkRepeated
        case (true, "order.confirmed"): .sinkConfirmed
        case (true, "order.pending"): .sinkPending
        default: .sinkOther
        }
      tools.record(
        kind, ref: event?.at("data.orderId")?.text ?? "", erpId: event?.at("data.erpId")?.text ?? "",
        detail: ["type": .string(type), "webhookId": .string(id), "path": .string(request.path)])
    }
    return SandboxReply(status: 204)
  }

  /// Why an event is not believed; nil when it is.
  private func problem(_ request: SandboxRequest) -> String? {
    guard let id = request.header("webhook-id"), let stamp = request.header("webhook-timestamp"),
      let signatures = request.header("webhook-signature"), !id.isEmpty
    else { return "a webhook header is missing" }
    guard let seconds = Int(stamp), seconds >= tools.clock.unixSeconds - Self.toleranceSeconds,
      seconds <= tools.clock.unixSeconds + Self.toleranceSeconds
    else { return "timestamp outside five minutes" }
    let text = settings.secret.hasPrefix("whsec_") ? String(settings.secret.dropFirst(6)) : settings.secret
    guard let key = Authentic.fromBase64(text) else { return "the sink's own secret is not base64" }
    let expected = Authentic.hmacSHA256(key: key, Array("\(id).\(stamp).".utf8) + request.body)
    let matches = signatures.split(separator: " ").contains { entry in
      guard entry.hasPrefix("v1,"), let given = Authentic.fromBase64(String(entry.dropFirst(3))) else { return false }
      return Authentic.same(given, expected)
    }
    guard matches else { return "no signature matches" }
    return request.json()?["type"]?.string == nil ? "no such event" : nil
  }
}
