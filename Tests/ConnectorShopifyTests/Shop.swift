import Connector
import ConnectorTesting
import HandoffCore
import Signing

@testable import ConnectorShopify

/// The shop all tests are about.
enum Shop {
  static let secret = "countersign-test-app-secret"
  static let domain = "example.myshopify.com"
  static let instant = Timestamp(iso8601: "2026-11-23T10:00:00Z") ?? .distantPast

  static func configuration(
    _ transport: any HTTPTransport = ScriptedTransport([]), secrets: [String] = [secret],
    token: String? = "shpat_test"
  ) -> ShopifyConfiguration {
    ShopifyConfiguration(shop: domain, webhookSecrets: secrets, accessToken: token, transport: transport)
  }

  static let storefront = ShopifyStorefront(configuration())

  static func key(_ id: String) -> OrderKey { OrderKey(storefront: StorefrontName("main"), orderID: id) }

  static func signature(_ body: [UInt8], secret: String = secret) -> String {
    Base64.encode(hmacSHA256(body, key: Array(secret.utf8)))
  }

  /// A rightly signed delivery.
  static func delivery(_ body: [UInt8], topic: String = "orders/create", _ more: [HTTPField] = []) -> WebhookDelivery {
    let headers = [
      HTTPField("X-Shopify-Topic", topic), HTTPField("X-Shopify-Hmac-Sha256", signature(body)),
      HTTPField("X-Shopify-Shop-Domain", domain),
    ]
    return WebhookDelivery(headers: headers + more, body: body, receivedAt: instant)
  }

  /// Reads a body as a rightly signed delivery.
  static func read(_ body: [UInt8], topic: String = "orders/create", _ more: [HTTPField] = []) throws -> WebhookReading
  {
    try storefront.read(delivery(body, topic: topic, more))
  }

  static func read(_ body: String, topic: String = "orders/create", _ more: [HTTPField] = []) throws -> WebhookReading {
    try read(Array(body.utf8), topic: topic, more)
  }

  static func digest(_ order: Order) -> ContentDigest { ContentDigest(bytes: sha256(order.canonicalForm)) }

  /// An order body with members replaced; nil takes a member out.
  static func body(_ changes: [String: JSONValue?] = [:]) -> [UInt8] {
    var members: [String: JSONValue] = [
      "id": .number("820982911946154508"), "name": "#1001", "currency": "USD", "total_price": "100.00",
      "current_total_price": "100.00", "total_tax": "8.00", "financial_status": "paid",
      "email": "ann@example.com", "updated_at": "2026-11-23T09:00:00-05:00",
      "created_at": "2026-11-23T08:00:00-05:00", "customer_locale": "de-AT", "source_name": "web", "test": false,
      "line_items": .array([line()]),
    ]
    for (key, value) in changes { members[key] = value }
    return JSONValue.object(members).bytes
  }

  static func line(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .number("866550311766439020"), "sku": "MUG", "name": "Mug - red", "title": "Mug", "quantity": 2,
      "current_quantity": 2, "price": "50.00", "discount_allocations": [],
    ]
    for (key, value) in changes { members[key] = value }
    return .object(members)
  }
}

extension WebhookReading {
  var order: Order? { if case .order(let capture) = self { capture.order } else { nil } }
  var capture: OrderCapture? { if case .order(let capture) = self { capture } else { nil } }
  var quarantineReason: String? { if case .unreadable(_, let reason, _) = self { reason } else { nil } }
  var noticeOrderID: String? { if case .notice(_, let id, _) = self { id } else { nil } }
  var isNotice: Bool { if case .notice = self { true } else { false } }
  var dedupeID: String? {
    switch self {
    case .order(let capture): capture.dedupeID
    case .notice(_, _, let id), .unreadable(_, _, let id), .erasure(_, _, let id): id
    case .ping: nil
    }
  }
}

/// Canned answers of a shop in good order.
enum Replies {
  static let handle = "countersign-h1"

  /// Order 1 has an open fulfilment order, order 2 one that we hold.
  static func shop(_ call: HTTPCall) -> ScriptedTransport.Reply {
    let body = (try? JSONValue(parsing: call.body)) ?? .null
    let query = body["query"]?.string ?? ""
    if query.contains("ChangedOrders") {
      return .json(200, #"{"data":{"orders":{"nodes":[],"pageInfo":{"hasNextPage":false,"endCursor":null}}}}"#)
    }
    if query.contains("OneOrder") { return .json(200, #"{"data":{"order":null}}"#) }
    if query.contains("Probe") { return .json(200, probe) }
    if query.contains("Subscriptions") {
      return .json(
        200, #"{"data":{"webhookSubscriptions":{"nodes":[],"pageInfo":{"hasNextPage":false,"endCursor":null}}}}"#)
    }
    if query.contains("Subscribe") {
      return .json(200, #"{"data":{"webhookSubscriptionCreate":{"webhookSubscription":{"id":"x"},"userErrors":[]}}}"#)
    }
    if query.contains("FulfillmentOrders") {
      let isHeld = body["variables"]?["id"]?.string == "gid://shopify/Order/2"
      return .json(200, fulfillment([isHeld ? ("ON_HOLD", [handle]) : ("OPEN", [])]))
    }
    if query.contains("mutation Hold") { return .json(200, held) }
    if query.contains("mutation Release") { return .json(200, released) }
    return .json(200, marked)
  }

  static let probe = """
    {"data":{"shop":{"name":"E","myshopifyDomain":"example.myshopify.com","currencyCode":"USD"},
    "currentAppInstallation":{"accessScopes":[{"handle":"read_orders"},{"handle":"write_customers"},
    {"handle":"write_orders"},{"handle":"write_merchant_managed_fulfillment_orders"}]}}}
    """

  static let held = """
    {"data":{"fulfillmentOrderHold":{"fulfillmentHold":{"id":"gid://shopify/FulfillmentHold/1",
    "handle":"countersign-h1","heldByRequestingApp":true},"fulfillmentOrder":{"id":"f","status":"ON_HOLD"},
    "userErrors":[]}}}
    """

  static let released = """
    {"data":{"fulfillmentOrderReleaseHold":{"fulfillmentOrder":{"id":"f","status":"OPEN","fulfillmentHolds":[]},
    "userErrors":[]}}}
    """

  static let marked = """
    {"data":{"tagsAdd":{"node":{"id":"o"},"userErrors":[]},"metafieldsSet":{"metafields":[{"key":"status"}],
    "userErrors":[]}}}
    """

  /// Fulfilment orders by status and the handles of our holds on each.
  static func fulfillment(
    _ orders: [(status: String, handles: [String])], display: String = "UNFULFILLED", cancelledAt: String = "null"
  ) -> String {
    let nodes = orders.enumerated().map { index, order in
      let holds = order.handles.enumerated().map { number, handle in
        #"{"id":"gid://shopify/FulfillmentHold/\#(index)\#(number)","handle":"\#(handle)","heldByRequestingApp":true}"#
      }
      return """
        {"id":"gid://shopify/FulfillmentOrder/\(index)","status":"\(order.status)","requestStatus":"UNSUBMITTED",
        "fulfillmentHolds":[\(holds.joined(separator: ","))]}
        """
    }
    return """
      {"data":{"order":{"id":"gid://shopify/Order/1","cancelledAt":\(cancelledAt),
      "displayFulfillmentStatus":"\(display)","fulfillmentOrders":{"nodes":[\(nodes.joined(separator: ","))],
      "pageInfo":{"hasNextPage":false,"endCursor":null}}}}}
      """
  }
}
