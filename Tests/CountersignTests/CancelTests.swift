import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Logging
import Signing
import Testing

@testable import countersign

/// A cancel of each storefront, older by its clock than what is known of the order.
@Suite struct CancelTests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  private func settings() throws -> Settings {
    try Settings.parse(
      """
      storefronts:
        web: { kind: generic, webhookSecret: \(CancelTests.secret), erp: office }
        shop: { kind: shopify, shop: a.myshopify.com, webhookSecret: s3cret-of-a-shop, erp: office }
        woo: { kind: woocommerce, site: "https://shop.example.com", webhookSecret: s3cret-of-a-shop, erp: office }
      erps: { office: { kind: generic, url: "http://127.0.0.1:9" } }
      confirmation: { kind: webhook, url: "http://127.0.0.1:9", secret: \(CancelTests.secret) }
      owners: { default: ops@example.com }
      """, file: "t.yaml", environment: [:], flags: [:])
  }

  @Test(arguments: ["web", "shop", "woo"])
  func `a cancel with an older clock cancels the order`(name: String) async throws {
    let settings = try settings()
    let storefront = try #require(settings.storefronts.first { $0.name.text == name })
    let coordinator = try Assembly(settings: settings, transport: ScriptedTransport([])).coordinator(
      store: MemoryStore(), logger: Logger(label: "cancel") { _ in SwiftLogNoOpLogHandler() })
    let now = SystemTime().now
    let sample = SampleEvent.order(for: storefront, id: "1001", sku: "A", email: "a@example.com", at: now)
    let create = name == "web" ? try event(sample, now, "w1") { $0["updatedAt"] = nil } : sample
    guard case .taken(.applied, let handoff) = await coordinator.receive(delivery(create, now), at: storefront.name)
    else {
      Issue.record("the order was not taken")
      return
    }
    #expect(handoff.stage == .captured)
    let cancel = try cancel(sample, of: name, at: now - .seconds(3600), sentAt: now)
    guard case .taken(.applied, let cancelled) = await coordinator.receive(delivery(cancel, now), at: storefront.name)
    else {
      Issue.record("the cancel was not applied")
      return
    }
    #expect(cancelled.stage == .cancelled)
    // Where the storefront's own clock shows a later content that is not cancelled, a person is asked as well.
    #expect(cancelled.exception?.kind == (name == "web" ? nil : .unexpected))
  }

  private func delivery(_ event: SampleEvent, _ now: Timestamp) -> WebhookDelivery {
    WebhookDelivery(headers: event.headers, body: event.body, receivedAt: now)
  }

  private func cancel(
    _ sample: SampleEvent, of name: String, at instant: Timestamp, sentAt now: Timestamp
  ) throws -> SampleEvent {
    let text = JSONValue.string(instant.iso8601)
    switch name {
    case "web":
      return try event(sample, now, "w2") { order in
        order["updatedAt"] = nil
        order = ["type": "order.cancelled", "timestamp": text, "data": .object(order)]
      }
    case "shop":
      return try event(sample, now, "s2", ["X-Shopify-Topic": "orders/cancelled", "X-Shopify-Webhook-Id": "s2"]) {
        $0["updated_at"] = text
        $0["cancelled_at"] = text
      }
    default:
      return try event(sample, now, "", ["X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Event": "updated"]) {
        $0["date_modified_gmt"] = .string(String(instant.iso8601.prefix(19)))
        $0["status"] = "cancelled"
      }
    }
  }

  /// A sample with another body and other headers, signed again as its storefront signs.
  private func event(
    _ sample: SampleEvent, _ now: Timestamp, _ id: String, _ headers: [String: String] = [:],
    _ change: (inout [String: JSONValue]) -> Void
  ) throws -> SampleEvent {
    var members = try #require(try JSONValue(parsing: sample.body).object)
    change(&members)
    let body = JSONValue.object(members).bytes
    let code = Base64.encode(hmacSHA256(body, key: Array("s3cret-of-a-shop".utf8)))
    let key = try #require(StandardWebhooks.key(secret: CancelTests.secret))
    let seconds = now.microseconds / 1_000_000
    let fields = sample.headers.map { field -> HTTPField in
      switch field.name {
      case "X-Shopify-Hmac-Sha256", "X-WC-Webhook-Signature": HTTPField(field.name, code)
      case "webhook-id": HTTPField(field.name, id)
      case "webhook-signature":
        HTTPField(field.name, StandardWebhooks.sign(id: id, timestamp: seconds, body: body, keys: [key]))
      default: HTTPField(field.name, headers[field.name] ?? field.value)
      }
    }
    return SampleEvent(path: sample.path, headers: fields, body: body)
  }
}
