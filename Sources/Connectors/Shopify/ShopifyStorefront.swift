public import Connector
import HandoffCore
import Signing

/// A Shopify shop as intake needs it: webhooks read, recent orders listed, one order fetched.
///
/// Webhooks are the fast path and no more: Shopify promises neither delivery nor order, ends a subscription after eight
/// failures, and retries with the original body. The listing finds what never came.
/// Source: shopify.dev, "About webhooks", "Troubleshoot webhooks".
public struct ShopifyStorefront: OrderSource {
  let configuration: ShopifyConfiguration
  let api: AdminAPI

  /// Connects to a shop.
  public init(_ configuration: ShopifyConfiguration) {
    self.configuration = configuration
    api = AdminAPI(configuration)
  }

  /// Whether listing is possible: it needs an access token.
  public var canList: Bool { configuration.accessToken != nil }

  /// Verifies a delivery over its raw bytes, then reads it.
  ///
  /// The shop's domain is compared when the header is there. It may be absent: the signature does not cover it, so its
  /// absence proves nothing, and the path and secret already name the shop.
  public func read(_ delivery: WebhookDelivery) throws(WebhookRejection) -> WebhookReading {
    let headers = WebhookHeaders(delivery.headers)
    try authenticate(delivery.body, signature: headers.signature)
    if let shop = headers.shop, shop != configuration.shop {
      throw .wrongShop("the delivery names the shop \(Words.clipped(shop, to: 100)), not \(configuration.shop)")
    }
    guard let topic = headers.topic else {
      throw .malformed("the header X-Shopify-Topic is missing or is no topic")
    }
    let body: JSONValue
    do throws(JSONFault) { body = try JSONValue(parsing: delivery.body) } catch {
      return unreadable(topic, "the body is no JSON: \(error)", headers)
    }
    if let shop = (body["shop_domain"] ?? body["myshopify_domain"])?.string,
      ShopifyTopics.compliance.contains(topic)
        || topic == "app/uninstalled", ShopDomain.normalised(shop) != configuration.shop
    {
      throw .wrongShop("the signed body is about the shop \(Words.clipped(shop, to: 100)), not \(configuration.shop)")
    }
    if ShopifyTopics.orders.contains(topic) { return capture(body, topic, headers, delivery.receivedAt) }
    if ShopifyTopics.erasure.contains(topic) { return erasure(body, topic, headers) }
    if ShopifyTopics.compliance.contains(topic) {
      return .notice(topic: topic, orderID: nil, dedupeID: headers.dedupeID)
    }
    let orderID = ShopifyIdentity.orderID(concernedBy: body, topic: topic)
    if ShopifyTopics.concerningOrder.contains(topic), orderID == nil {
      return unreadable(topic, "the body names no order id that is a whole number", headers)
    }
    return .notice(topic: topic, orderID: orderID, dedupeID: headers.dedupeID)
  }

  /// Base64 of HMAC-SHA-256 under a client secret's UTF-8 bytes, over the body as it came.
  private func authenticate(_ body: [UInt8], signature: String?) throws(WebhookRejection) {
    guard let signature, !signature.isEmpty else {
      throw .unauthenticated("the header X-Shopify-Hmac-Sha256 is missing")
    }
    guard !configuration.webhookSecrets.isEmpty else {
      throw .unauthenticated("no webhook secret is configured, so no signature can be right")
    }
    guard signature.utf8.count <= 64, let code = Base64.decode(signature), code.count == 32 else {
      throw .unauthenticated("the signature is not the base64 of 32 bytes")
    }
    let keys = configuration.webhookSecrets.map { Array($0.utf8) }
    guard isValidHMACSHA256(code, of: body, keys: keys) else {
      throw .unauthenticated("the signature does not match the body under any configured secret")
    }
  }

  private func capture(
    _ body: JSONValue, _ topic: String, _ headers: WebhookHeaders, _ receivedAt: Timestamp
  ) -> WebhookReading {
    do throws(OrderFault) {
      var order = try OrderReader.order(body)
      if topic == "orders/cancelled" { order.isCancelled = true }
      // The header is unsigned: it may make a clock older than now, never one from the future that no update passes.
      let claimed = headers.triggeredAt.map { min($0, receivedAt) }
      return .order(
        OrderCapture(
          order: order, updatedAt: order.updatedAt ?? claimed ?? receivedAt, topic: topic, dedupeID: headers.dedupeID))
    } catch {
      return unreadable(topic, "no order this connector understands: \(error)", headers)
    }
  }

  /// `customers/redact` names the orders of a customer; `shop/redact` comes two days after the app was taken out.
  /// Source: shopify.dev, "Privacy law compliance".
  private func erasure(_ body: JSONValue, _ topic: String, _ headers: WebhookHeaders) -> WebhookReading {
    if topic == "shop/redact" { return .erasure(topic: topic, orderIDs: nil, dedupeID: headers.dedupeID) }
    let named = body["orders_to_redact"]?.array ?? []
    let ids = named.compactMap { $0.scalarText }.filter { !$0.isEmpty && $0.utf8.count <= 64 }
    guard ids.count == named.count else {
      return .unreadable(
        topic: topic, reason: "orders_to_redact holds what is no order id", dedupeID: headers.dedupeID)
    }
    return .erasure(topic: topic, orderIDs: ids, dedupeID: headers.dedupeID)
  }

  private func unreadable(_ topic: String, _ reason: String, _ headers: WebhookHeaders) -> WebhookReading {
    // An unknown topic is stored as it came; nobody waits for its content.
    let isOurs = ShopifyTopics.orders.contains(topic) || ShopifyTopics.concerningOrder.contains(topic)
    if !isOurs { return .notice(topic: topic, orderID: nil, dedupeID: headers.dedupeID) }
    return .unreadable(topic: topic, reason: Words.clipped(reason), dedupeID: headers.dedupeID)
  }
}
