import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorShopify

@Suite struct WebhookReadingTests {
  @Test(arguments: Array(ShopifyTopics.orders)) func `every order topic carries an order`(_ topic: String) throws {
    let capture = try #require(try Shop.read(Shop.body(), topic: topic).capture)
    #expect(capture.topic == topic)
    #expect(capture.order.isCancelled == (topic == "orders/cancelled"))
  }

  @Test func `what changes an order without sending it is a notice with the order's id`() throws {
    let cases: [(topic: String, body: String, id: String?)] = [
      (
        "orders/edited", #"{"order_edit":{"id":78912328793123782,"order_id":820982911946154508}}"#, "820982911946154508"
      ),
      ("orders/delete", #"{"id":820982911946154508}"#, "820982911946154508"),
      ("refunds/create", #"{"id":890088186047892319,"order_id":820982911946154508}"#, "820982911946154508"),
      ("order_transactions/create", #"{"id":1,"order_id":"820982911946154508"}"#, "820982911946154508"),
      ("orders/risk_assessment_changed", #"{"order_id":5,"risk_level":"HIGH"}"#, "5"),
      ("orders/risk_assessment_changed", #"{"admin_graphql_api_order_id":"gid://shopify/Order/6"}"#, "6"),
      ("fulfillments/create", #"{"id":123456,"order_id":820982911946154508}"#, "820982911946154508"),
      ("fulfillments/update", #"{"id":123456,"order_id":7}"#, "7"),
      (
        "fulfillment_orders/order_routing_complete",
        #"{"fulfillment_order":{"id":"gid://shopify/FulfillmentOrder/1"}}"#, nil
      ),
      ("fulfillment_orders/moved", #"{"fulfillment_order":{"id":1,"order_id":8}}"#, "8"),
      ("inventory_levels/update", #"{"inventory_item_id":1,"location_id":2,"available":3}"#, nil),
      ("app/uninstalled", #"{"id":1,"myshopify_domain":"example.myshopify.com"}"#, nil),
      ("a_topic/of_next_year", #"{"id":1}"#, nil),
      ("a_topic/of_next_year", "not json at all", nil),
    ]
    for (topic, body, id) in cases {
      let reading = try Shop.read(body, topic: topic)
      #expect(reading.isNotice, "\(topic) \(body)")
      #expect(reading.noticeOrderID == id, "\(topic) \(body)")
    }
  }

  @Test func `a body that is not what its topic says is quarantined with a reason, never dropped`() throws {
    let cases: [(topic: String, body: String)] = [
      ("orders/create", ""), ("orders/create", "{}"), ("orders/create", "[]"), ("orders/create", "null"),
      ("orders/create", #"{"order_edit":{"order_id":1}}"#), ("orders/paid", #"{"order":"x"}"#),
      ("orders/updated", #"{"id":1,"id":2}"#), ("orders/create", "\u{FEFF}{}"),
      ("orders/edited", #"{"order_edit":{}}"#),
      ("refunds/create", #"{"id":1}"#), ("refunds/create", #"{"order_id":8.2e+17}"#), ("orders/delete", "[]"),
      ("order_transactions/create", #"{"order_id":null}"#), ("orders/delete", #"{"id":-5}"#),
    ]
    for (topic, body) in cases {
      let reading = try Shop.read(body, topic: topic, [HTTPField("X-Shopify-Webhook-Id", "w")])
      #expect(reading.quarantineReason?.isEmpty == false, "\(topic) \(body)")
      #expect(reading.dedupeID == topic + ":w")
    }
  }

  @Test func `the delivery id is the topic and the webhook id, and is missing when there is none`() throws {
    let with = try Shop.read(Shop.body(), [HTTPField("X-Shopify-Webhook-Id", "b54557e4")])
    #expect(with.dedupeID == "orders/create:b54557e4")
    let other = try Shop.read(Shop.body(), topic: "orders/paid", [HTTPField("X-Shopify-Webhook-Id", "b54557e4")])
    #expect(other.dedupeID == "orders/paid:b54557e4")
    #expect(try Shop.read(Shop.body()).dedupeID == nil)
    #expect(try Shop.read(Shop.body(), [HTTPField("X-Shopify-Webhook-Id", " ")]).dedupeID == nil)
    let long = String(repeating: "x", count: 5000)
    #expect(try Shop.read(Shop.body(), [HTTPField("X-Shopify-Webhook-Id", long)]).dedupeID == nil)
  }

  @Test func `a repetition and a second subscription tell the same content`() throws {
    let first = try #require(try Shop.read(Shop.body(), [HTTPField("X-Shopify-Webhook-Id", "a")]).capture)
    let again = try #require(try Shop.read(Shop.body(), [HTTPField("X-Shopify-Webhook-Id", "a")]).capture)
    let twin = try #require(
      try Shop.read(Shop.body(), topic: "orders/updated", [HTTPField("X-Shopify-Webhook-Id", "b")]).capture)
    #expect(first.dedupeID == again.dedupeID)
    #expect(first.dedupeID != twin.dedupeID)
    #expect(Shop.digest(first.order) == Shop.digest(twin.order))
    #expect(first.updatedAt == twin.updatedAt)
  }

  @Test func `the clock of a capture is updated_at, then the time it was triggered, then that of arrival`() throws {
    let triggered = HTTPField("X-Shopify-Triggered-At", "2026-11-23T09:59:58.123456789Z")
    let own = try #require(try Shop.read(Shop.body(), [triggered]).capture)
    #expect(own.updatedAt.iso8601 == "2026-11-23T14:00:00Z")
    #expect(own.updatedAt == own.order.updatedAt)
    for missing in [JSONValue?.none, .some(.null), .some("")] {
      let body = Shop.body(["updated_at": missing])
      #expect(try Shop.read(body, [triggered]).capture?.updatedAt.iso8601 == "2026-11-23T09:59:58.123456Z")
      #expect(try Shop.read(body).capture?.updatedAt == Shop.instant)
      let future = HTTPField("X-Shopify-Triggered-At", "2999-01-01T00:00:00Z")
      #expect(try Shop.read(body, [future]).capture?.updatedAt == Shop.instant)
    }
  }

  @Test func `deliveries out of order keep their own clocks, so the newest can be told`() throws {
    let stamps = ["2026-11-23T09:00:02-05:00", "2026-11-23T14:00:01Z", "2026-11-23T23:00:03+09:00"]
    let clocks = try stamps.map { stamp in
      try #require(try Shop.read(Shop.body(["updated_at": .string(stamp)])).capture).updatedAt
    }
    #expect(clocks.sorted() == [clocks[1], clocks[0], clocks[2]])
  }

  @Test func `every collected body is read as what it is`() throws {
    for (file, expectation) in Payloads.expectations {
      guard let bytes = try SharedFiles.bytes("payloads/" + file) else { return }
      switch expectation {
      case .order(let total, let currency, let payment, let skus, let discounts):
        let order = try #require(try Shop.read(bytes).order, "\(file)")
        #expect(order.total.decimalText == total, "\(file)")
        #expect(order.currency.text == currency)
        #expect(order.payment == payment)
        #expect(order.lines.map(\.sku) == skus, "\(file)")
        #expect(order.lines.map { $0.discount?.decimalText } == discounts, "\(file)")
      case .notice(let topic, let id):
        let reading = try Shop.read(bytes, topic: topic)
        #expect(reading.isNotice, "\(file)")
        #expect(reading.noticeOrderID == id, "\(file)")
        if topic != "inventory_levels/update" {
          #expect(try Shop.read(bytes, topic: "orders/create").quarantineReason != nil, "\(file)")
        }
      }
    }
    let files = try SharedFiles.names(in: "payloads").filter { $0.hasPrefix("shopify-") && $0.hasSuffix(".json") }
    #expect(Set(files).isSubset(of: Payloads.expectations.map(\.file)))
  }
}

/// What each collected body must be read as.
enum Payloads {
  enum Expectation {
    case order(total: String, currency: String, payment: PaymentState, skus: [String?], discounts: [String?])
    case notice(topic: String, id: String?)
  }

  /// The bodies that are orders.
  static var orders: [String] {
    expectations.compactMap { if case .order = $0.expectation { $0.file } else { nil } }
  }

  static let expectations: [(file: String, expectation: Expectation)] = [
    (
      "shopify-rest-2008-shape-order.json",
      .order(
        total: "409.94", currency: "USD", payment: .authorized,
        skus: ["IPOD2008GREEN", "IPOD2008RED", "IPOD2008BLACK"], discounts: [nil, nil, nil])
    ),
    (
      "shopify-rest-2024-10-pln-unicode-draft.json",
      .order(
        total: "2147.58", currency: "PLN", payment: .paid, skus: ["gtp3-ref-2", "guit1-sku-bl"], discounts: [nil, nil])
    ),
    (
      "shopify-rest-2025-04-authorized.json",
      .order(
        total: "199.65", currency: "USD", payment: .authorized,
        skus: ["IPOD2008GREEN", "IPOD2008RED", "IPOD2008BLACK"], discounts: [nil, "3.33", nil])
    ),
    (
      "shopify-rest-2025-04-discount-code.json",
      .order(total: "181.09", currency: "USD", payment: .paid, skus: ["IPOD2009BLACK"], discounts: ["17.91"])
    ),
    (
      "shopify-rest-2025-04-eur-custom-line-null-sku.json",
      .order(total: "238.47", currency: "EUR", payment: .paid, skus: [nil], discounts: [nil])
    ),
    (
      "shopify-rest-2025-04-partially-paid.json",
      .order(total: "199.00", currency: "USD", payment: .partiallyPaid, skus: ["IPOD2009BLACK"], discounts: [nil])
    ),
    (
      "shopify-webhook-2016-test-order.json",
      .order(total: "9.50", currency: "USD", payment: .voided, skus: [nil, nil], discounts: ["5.00", nil])
    ),
    (
      "shopify-webhook-2024-06-multicurrency-usd-eur-test-mode.json",
      .order(total: "124.36", currency: "USD", payment: .paid, skus: ["KRSB", "PACH"], discounts: [nil, nil])
    ),
    (
      "shopify-webhook-2025-01-orders-create-hkd-stacked-discounts.json",
      .order(total: "186.90", currency: "HKD", payment: .paid, skus: [nil, nil], discounts: ["19.10", "15.00"])
    ),
    (
      "shopify-webhook-sample-2019-06-cancelled-test.json",
      .order(
        total: "403.00", currency: "USD", payment: .voided, skus: ["IPOD2008PINK", "IPOD2008PINK"],
        discounts: ["5.00", nil])
    ),
    ("shopify-webhook-sample-2020-04-refund.json", .notice(topic: "refunds/create", id: "82098291194")),
    ("shopify-webhook-sample-2022-04-inventory-level.json", .notice(topic: "inventory_levels/update", id: nil)),
    ("shopify-webhook-sample-2022-04-order-edit.json", .notice(topic: "orders/edited", id: "820982911946154508")),
    (
      "shopify-webhook-sample-2022-04-order-transaction.json",
      .notice(topic: "order_transactions/create", id: "820982911946154508")
    ),
  ]
}
