import Connector
import HandoffCore
import Signing

/// A signed event as a storefront would send it; for `trigger` and `doctor`.
struct SampleEvent {
  let path: String
  let headers: [HTTPField]
  let body: [UInt8]

  /// An order with one line.
  static func order(
    for storefront: StorefrontSettings, id: String, sku: String, email: String, at now: Timestamp
  ) -> SampleEvent {
    switch storefront.kind {
    case .shopify(let settings):
      let body = shopifyOrder(id: id, sku: sku, email: email, at: now).bytes
      return shopify(storefront, settings, topic: "orders/create", body: body, id: id)
    case .woocommerce(let settings):
      let body = wooOrder(id: id, sku: sku, email: email, status: settings.waitingStatus, at: now).bytes
      return woo(storefront, settings, topic: "order.created", body: body)
    case .generic(let settings):
      let body = OrderJSON.write(canonical(id: id, sku: sku, email: email, at: now)).bytes
      return generic(storefront, settings.secrets, id: "trigger-" + id, body: body, at: now)
    }
  }

  /// Something authentic that is no order: it proves address and signature and leaves nothing behind but a note.
  static func probe(for storefront: StorefrontSettings, at now: Timestamp) -> SampleEvent {
    let id = "doctor-\(now.microseconds)"
    switch storefront.kind {
    case .shopify(let settings):
      return shopify(storefront, settings, topic: "countersign/doctor", body: Array("{}".utf8), id: id)
    // Not WooCommerce's own ping, which is not signed.
    case .woocommerce(let settings):
      return woo(storefront, settings, topic: "countersign.doctor", body: Array("{}".utf8))
    case .generic(let settings):
      let ping: JSONValue = ["type": "ping", "timestamp": .string(now.iso8601), "data": [:]]
      return generic(storefront, settings.secrets, id: id, body: ping.bytes, at: now)
    }
  }

  private static func woo(
    _ storefront: StorefrontSettings, _ settings: WooSettings, topic: String, body: [UInt8]
  ) -> SampleEvent {
    let parts = topic.split(separator: ".").map(String.init)
    return SampleEvent(
      path: "/webhooks/\(storefront.name)",
      headers: [
        HTTPField("X-WC-Webhook-Topic", topic),
        HTTPField("X-WC-Webhook-Source", (settings.webhookSource ?? settings.site) + "/"),
        HTTPField("X-WC-Webhook-Resource", parts.first ?? ""), HTTPField("X-WC-Webhook-Event", parts.last ?? ""),
        HTTPField(
          "X-WC-Webhook-Signature", Base64.encode(hmacSHA256(body, key: Array((settings.secrets.first ?? "").utf8)))),
      ], body: body)
  }

  private static func shopify(
    _ storefront: StorefrontSettings, _ settings: ShopifySettings, topic: String, body: [UInt8], id: String
  ) -> SampleEvent {
    SampleEvent(
      path: "/webhooks/\(storefront.name)",
      headers: [
        HTTPField("Content-Type", "application/json"), HTTPField("X-Shopify-Topic", topic),
        HTTPField("X-Shopify-Shop-Domain", settings.shop), HTTPField("X-Shopify-API-Version", settings.apiVersion),
        HTTPField("X-Shopify-Webhook-Id", "sample-\(id)"),
        HTTPField(
          "X-Shopify-Hmac-Sha256", Base64.encode(hmacSHA256(body, key: Array((settings.secrets.first ?? "").utf8)))),
      ], body: body)
  }

  private static func generic(
    _ storefront: StorefrontSettings, _ secrets: [String], id: String, body: [UInt8], at now: Timestamp
  ) -> SampleEvent {
    let seconds = now.microseconds / 1_000_000
    let keys = secrets.compactMap { StandardWebhooks.key(secret: $0) }
    return SampleEvent(
      path: "/v1/storefronts/\(storefront.name)/orders",
      headers: [
        HTTPField("Content-Type", "application/json"), HTTPField("webhook-id", id),
        HTTPField("webhook-timestamp", String(seconds)),
        HTTPField("webhook-signature", StandardWebhooks.sign(id: id, timestamp: seconds, body: body, keys: keys)),
      ], body: body)
  }

  static func canonical(id: String, sku: String, email: String, at now: Timestamp) -> Order {
    let currency = CurrencyCode.usDollar
    let price = Money(minorUnits: 1995, currency: currency)
    var order = Order(
      id: id, number: "#" + id, currency: currency, total: price,
      lines: [OrderLine(id: "1", sku: sku, title: "Sample item", quantity: 1, unitPrice: price)])
    order.placedAt = now
    order.updatedAt = now
    order.email = email
    order.customerName = "Sample Customer"
    order.payment = .paid
    return order
  }

  private static func shopifyOrder(id: String, sku: String, email: String, at now: Timestamp) -> JSONValue {
    [
      "id": .number(id), "name": .string("#" + id), "email": .string(email), "currency": "USD", "test": false,
      "created_at": .string(now.iso8601), "updated_at": .string(now.iso8601), "financial_status": "paid",
      "total_price": "19.95", "total_tax": "0.00", "source_name": "web",
      "customer": ["first_name": "Sample", "last_name": "Customer"],
      "line_items": [
        [
          "id": 1, "sku": .string(sku), "title": "Sample item", "quantity": 1, "price": "19.95",
          "requires_shipping": true, "gift_card": false,
        ]
      ],
    ]
  }

  private static func wooOrder(
    id: String, sku: String, email: String, status: String, at now: Timestamp
  ) -> JSONValue {
    let instant = JSONValue.string(String(now.iso8601.prefix(19)))
    return [
      "id": .number(id), "number": .string(id), "status": .string(status), "currency": "USD", "total": "19.95",
      "total_tax": "0.00", "shipping_total": "0.00", "discount_total": "0.00", "date_created_gmt": instant,
      "date_modified_gmt": instant, "date_paid_gmt": instant, "payment_method": "card",
      "billing": ["first_name": "Sample", "last_name": "Customer", "email": .string(email)], "shipping": [:],
      "line_items": [
        [
          "id": 1, "name": "Sample item", "sku": .string(sku), "quantity": 1, "subtotal": "19.95", "total": "19.95",
          "price": 19,
        ]
      ],
    ]
  }
}
