import Connector
import ConnectorTesting
import HandoffCore
import Signing

@testable import ConnectorGeneric
@testable import ConnectorShopify
@testable import ConnectorWooCommerce

/// The storefronts of the targets, and how their deliveries are signed.
enum Shops {
  static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  static let plainSecret = "a-plain-secret"
  private static let silent = OtherEnd { _, _ in .failure(.noAnswer("silence")) }

  static let generic = try? GenericStorefront(generic(silent))
  static let shopify = ShopifyStorefront(shopify(silent))
  static let woo = try? WooStorefront(woo(silent))

  static func generic(_ transport: any HTTPTransport) -> GenericStorefront.Configuration {
    var configuration = GenericStorefront.Configuration(secrets: [secret], transport: transport, clock: Sample.clock)
    configuration.listURL = "https://shop.example/orders"
    return configuration
  }

  static func shopify(_ transport: any HTTPTransport) -> ShopifyConfiguration {
    ShopifyConfiguration(
      shop: "mugs.myshopify.com", webhookSecrets: [plainSecret], accessToken: "token", transport: transport)
  }

  static func woo(_ transport: any HTTPTransport) -> WooConfiguration {
    var configuration = WooConfiguration(
      siteURL: "https://mugs.example", secrets: [plainSecret], transport: transport)
    configuration.consumerKey = "ck_1"
    configuration.consumerSecret = "cs_1"
    return configuration
  }

  /// Every vendor's signature over a body.
  static func signatures(_ body: [UInt8]) -> [HTTPField] {
    let plain = Base64.encode(hmacSHA256(body, key: Array(plainSecret.utf8)))
    let seconds = Sample.now.microseconds / 1_000_000
    let key = StandardWebhooks.key(secret: secret) ?? []
    return [
      HTTPField("x-shopify-hmac-sha256", plain), HTTPField("x-wc-webhook-signature", plain),
      HTTPField("webhook-id", "w1"), HTTPField("webhook-timestamp", String(seconds)),
      HTTPField("webhook-signature", StandardWebhooks.sign(id: "w1", timestamp: seconds, body: body, keys: [key])),
    ]
  }

  /// A signed body under a topic, and the same with its members in the opposite order: both must be the same order.
  static func check(_ body: [UInt8], _ topic: HTTPField, at shop: some OrderSource) throws(Finding) {
    let first = try capture(body, topic, at: shop)
    guard let first, let json = try? JSONValue(parsing: body) else { return }
    try Accepted.capture(first)
    guard let second = try capture(json.turned, topic, at: shop) else {
      throw Finding("the order of members decides whether it is an order")
    }
    try must(
      first.order.canonicalForm == second.order.canonicalForm, "the digest depends on the order of members")
  }

  private static func capture(
    _ body: [UInt8], _ topic: HTTPField, at shop: some OrderSource
  ) throws(Finding) -> OrderCapture? {
    let delivery = WebhookDelivery(headers: signatures(body) + [topic], body: body, receivedAt: Sample.now)
    let reading: WebhookReading
    do throws(WebhookRejection) { reading = try shop.read(delivery) } catch {
      if case .unauthenticated(let reason) = error { throw Finding("signed rightly, and \(reason)") }
      return nil
    }
    if case .erasure(_, let ids?, _) = reading {
      try must(ids.allSatisfy { !$0.isEmpty && $0.utf8.count <= 64 }, "an order nobody can name is to be erased")
    }
    guard case .order(let capture) = reading else { return nil }
    return capture
  }
}

extension FuzzTarget {
  /// A topic on the first line, then the body of a Shopify webhook.
  static let shopifyWebhook = FuzzTarget(name: "shopify-webhook") { bytes throws(Finding) in
    let (topic, body) = topicAndBody(bytes)
    try Shops.check(body, HTTPField("x-shopify-topic", topic), at: Shops.shopify)
  }

  /// A topic on the first line, then the body of a WooCommerce webhook.
  static let wooWebhook = FuzzTarget(name: "woo-webhook") { bytes throws(Finding) in
    guard let shop = Shops.woo else { throw Finding("no shop") }
    let (topic, body) = topicAndBody(bytes)
    try Shops.check(body, HTTPField("x-wc-webhook-topic", topic), at: shop)
  }

  /// The body of a generic storefront's order or event.
  static let genericWebhook = FuzzTarget(name: "generic-webhook") { bytes throws(Finding) in
    guard let shop = Shops.generic else { throw Finding("no shop") }
    try Shops.check(bytes, HTTPField("content-type", "application/json"), at: shop)
  }

  private static func topicAndBody(_ bytes: [UInt8]) -> (String, [UInt8]) {
    let end = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
    return (String(decoding: bytes[..<end], as: UTF8.self), Array(bytes[end...].dropFirst()))
  }
}
