import Connector
import ConnectorTesting
import ConnectorWooCommerce
import HandoffCore
import Signing
import Testing

/// Values the tests of this target share.
enum Fixtures {
  static let secret = "wc-test-secret & 'quote'"
  static let now = Timestamp(seconds: 1_795_428_000)

  /// A small order as the REST API writes it; members can be replaced or taken away.
  static func order(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": 727, "number": "727", "status": "on-hold", "currency": "EUR", "total": "29.35", "total_tax": "1.35",
      "shipping_total": "10.00", "discount_total": "0.00", "payment_method": "stripe", "transaction_id": "",
      "date_created": "2026-11-23T11:00:00", "date_created_gmt": "2026-11-23T10:00:00",
      "date_modified": "2026-11-23T11:00:08", "date_modified_gmt": "2026-11-23T10:00:08",
      "date_paid": "2026-11-23T11:00:07", "date_paid_gmt": "2026-11-23T10:00:07", "date_completed_gmt": .null,
      "customer_note": "", "created_via": "checkout",
      "billing": ["first_name": "Zoë", "last_name": "Doe", "email": "zoe@example.com", "city": "", "country": "DE"],
      "shipping": ["first_name": "", "last_name": "", "city": "", "country": ""],
      "line_items": [
        line(1, quantity: 2, subtotal: "6.00", total: "6.00"), line(2, quantity: 1, subtotal: "12.00", total: "12.00"),
      ],
      "fee_lines": [], "coupon_lines": [], "refunds": [], "meta_data": [["id": 1, "key": "x", "value": ["any": 1]]],
    ]
    for (key, value) in changes { members[key] = value }
    return .object(members)
  }

  static func line(_ id: Int, quantity: Int, subtotal: String, total: String, sku: String = "SKU") -> JSONValue {
    [
      "id": .number(String(id)), "name": "Thing", "quantity": .number(String(quantity)), "subtotal": .string(subtotal),
      "total": .string(total), "sku": .string(sku + String(id)), "price": .number("3.3333333333333335"),
    ]
  }

  static func meta(_ entries: [String: String]) -> JSONValue {
    .array(entries.map { ["key": .string($0.key), "value": .string($0.value)] })
  }

  static func configuration(
    _ transport: ScriptedTransport = ScriptedTransport([]), secrets: [String] = [secret],
    _ change: (inout WooConfiguration) -> Void = { _ in }
  ) -> WooConfiguration {
    var configuration = WooConfiguration(siteURL: "https://Shop.example/store/", secrets: secrets, transport: transport)
    configuration.consumerKey = "ck_1"
    configuration.consumerSecret = "cs_2"
    change(&configuration)
    return configuration
  }

  static func shop(
    _ transport: ScriptedTransport = ScriptedTransport([]), _ change: (inout WooConfiguration) -> Void = { _ in }
  ) throws -> WooStorefront { try WooStorefront(configuration(transport, change)) }

  static func delivery(
    _ body: [UInt8], topic: String? = "order.updated", source: String? = "https://shop.example/store",
    secret: String = secret
  ) -> WebhookDelivery {
    var headers = [
      HTTPField("x-wc-webhook-signature", Base64.encode(hmacSHA256(body, key: Array(secret.utf8)))),
      HTTPField("X-WC-Webhook-Delivery-ID", "d41d8cd98f00b204"),
    ]
    if let topic { headers.append(HTTPField("X-WC-Webhook-Topic", topic)) }
    if let source { headers.append(HTTPField("X-WC-Webhook-Source", source)) }
    return WebhookDelivery(headers: headers, body: body, receivedAt: now)
  }

  static func read(
    _ json: JSONValue, topic: String = "order.updated", _ change: (inout WooConfiguration) -> Void = { _ in }
  ) throws -> WebhookReading { try shop(ScriptedTransport([]), change).read(delivery(json.bytes, topic: topic)) }

  static func capture(
    _ json: JSONValue, _ change: (inout WooConfiguration) -> Void = { _ in }
  ) throws -> OrderCapture {
    let reading = try read(json, change)
    guard case .order(let capture) = reading else { throw NoOrder(reading: "\(reading)") }
    return capture
  }
}

/// A delivery that should have been an order was none.
struct NoOrder: Error { let reading: String }

extension Order {
  /// What lines, shipping and tax add up to, in minor units.
  var explained: Int64 {
    lines.reduce(0) { $0 + $1.unitPrice.minorUnits * Int64($1.quantity) - ($1.discount?.minorUnits ?? 0) }
      + (shipping?.minorUnits ?? 0) + (tax?.minorUnits ?? 0)
  }
}

/// SplitMix64: a seeded source, so that a failing run is repeated by its seed.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
