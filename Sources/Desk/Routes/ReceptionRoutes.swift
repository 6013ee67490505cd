import Connector
import Coordinator
import HandoffCore
import HandoffStore
import Logging
import ServiceLifecycle

extension FrontOffice {
  /// Where orders come in; both routes verify the signature over the raw body.
  var receptionRoutes: [DeskRoute] {
    [
      DeskRoute("POST", "/webhooks/{storefront}", .signed) { request in try await webhook(request) },
      DeskRoute("POST", "/v1/storefronts/{storefront}/orders", .signed) { request in try await order(request) },
    ]
  }

  private func receive(_ request: DeskRequest) async -> ReceptionAnswer {
    let delivery = WebhookDelivery(headers: request.headers, body: request.body, receivedAt: clock.now)
    return await coordinator.receive(delivery, at: StorefrontName(request.parameters["storefront"] ?? ""))
  }

  /// A vendor's webhook. Unreadable is 200: it is kept and owned, and vendors answer a 4xx with repetition and, in the
  /// end, with the loss of the subscription.
  private func webhook(_ request: DeskRequest) async throws(Problem) -> DeskAnswer {
    switch await receive(request) {
    case .taken(_, let handoff):
      return DeskAnswer(type: "application/json", body: Array("{\"handoff\":\"\(handoff.id.text)\"}".utf8))
    case .noted, .ping, .unreadable: return DeskAnswer(type: "application/json", body: Array("{}".utf8))
    case .rejected(let rejection): throw problem(of: rejection, request)
    case .unknownStorefront: throw Problem(.unknownStorefront, "The configuration has no storefront of this name.")
    case .unavailable: throw .unavailable("The delivery could not be made durable; send it again.")
    }
  }

  /// An order of the generic storefront; with `Prefer: wait=N` the answer is held until the customer can be told.
  private func order(_ request: DeskRequest) async throws -> DeskAnswer {
    switch await receive(request) {
    case .taken(let disposition, let handoff):
      guard let seconds = Preference.wait(in: request.headers) else {
        return .json(OrderAnswer.json(handoff, disposition), status: 202)
      }
      let applied = HTTPField("preference-applied", "wait=\(seconds)")
      // A stop of the desk ends the wait, not the order.
      let settled = await cancelWhenGracefulShutdown {
        await coordinator.settled(handoff.id, within: .seconds(seconds))
      }
      let latest = settled ?? handoff
      let status = latest.isSettledForCustomer ? 200 : 202
      return .json(OrderAnswer.json(latest, disposition), status: status, headers: [applied])
    case .noted, .ping: return .json([:], status: 202)
    case .unreadable(let reason): throw Problem(.orderNotUnderstood, reason)
    case .rejected(let rejection): throw problem(of: rejection, request)
    case .unknownStorefront: throw Problem(.unknownStorefront, "The configuration has no storefront of this name.")
    case .unavailable: throw Problem.unavailable("The order could not be made durable; send it again.")
    }
  }

  private func problem(of rejection: WebhookRejection, _ request: DeskRequest) -> Problem {
    let (kind, reason): (Problem.Kind, String) =
      switch rejection {
      case .malformed(let reason): (.malformed, reason)
      case .unauthenticated(let reason), .wrongShop(let reason): (.badSignature, reason)
      }
    // One line a second at most: whoever sends forgeries must not fill the disk.
    if pace.mayLogRejection() {
      logger.notice(
        "delivery rejected",
        metadata: [
          "storefront": "\(request.parameters["storefront"] ?? "")",
          "reason": "\(Mask.emails(in: String(reason.prefix(300))))",
        ])
    }
    if kind == .malformed { return Problem(.malformed, reason) }
    return Problem(
      .badSignature, "The signature is missing, stale, or not this storefront's over these bytes. Nothing was stored.",
      headers: [HTTPField("www-authenticate", "Webhook-Signature")])
  }
}

/// What the generic storefront is told of its order.
enum OrderAnswer {
  static func json(_ handoff: Handoff, _ disposition: DeliveryDisposition) -> JSONValue {
    var members: [String: JSONValue] = [
      "handoff": .string(handoff.id.text), "orderId": .string(handoff.key.orderID),
      "stage": .string(handoff.stage.rawValue), "confirmed": .bool(handoff.stage.isPastDecision),
      "delivery": .string(disposition.rawValue), "version": .number(String(handoff.version.number)),
    ]
    if let receipt = handoff.receipt { members["erpId"] = .string(receipt.recordID) }
    if let exception = handoff.exception { members["exception"] = .string(exception.kind.rawValue) }
    return .object(members)
  }
}

/// The `Prefer` field (RFC 7240).
enum Preference {
  static let longestWait = 60

  /// The seconds of `wait`, at most ``longestWait``; nil when there is no such preference or it is no number.
  static func wait(in headers: [HTTPField]) -> Int? {
    for field in headers where field.name.lowercased() == "prefer" {
      for item in field.value.split(separator: ",") {
        let pair = item.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map { part in
          String(part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" })
        }
        guard pair.count == 2, pair[0].lowercased() == "wait" else { continue }
        let digits = pair[1].drop { $0 == "\"" }.prefix { $0 != "\"" }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { continue }
        return min(Int(digits) ?? longestWait, longestWait)
      }
    }
    return nil
  }
}

extension Handoff {
  /// Whether the customer's final word is decided, whichever it is.
  var isSettledForCustomer: Bool { stage.isTerminal || stage == .decided || stage == .declining }
}
