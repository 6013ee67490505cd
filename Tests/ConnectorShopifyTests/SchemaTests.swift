import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorShopify

@Suite struct SchemaTests {
  /// The schemas, read once for all tests of this suite: each is close to four megabytes.
  static let schemas: [String: PublishedSchema] = {
    var found: [String: PublishedSchema] = [:]
    for version in ["2026-04", "2026-07"] {
      if let bytes = try? SharedFiles.bytes("specs/shopify/\(version).schema.graphql") {
        found[version] = PublishedSchema(bytes)
      }
    }
    return found
  }()

  private func schema(_ version: String) throws -> PublishedSchema? {
    if Self.schemas[version] == nil, try SharedFiles.bytes("specs/shopify/\(version).schema.graphql") != nil {
      Issue.record("the schema \(version) is there and was not read")
    }
    return Self.schemas[version]
  }

  @Test(arguments: ["2026-04", "2026-07"])
  func `every document fits the published schema`(_ version: String) throws {
    guard let schema = try schema(version) else { return }
    #expect(schema.types.count > 1000)
    for text in Documents.all {
      let document = GraphQLDocument(text)
      #expect(document.faults(under: schema).isEmpty, "\(document.faults(under: schema)) in \(text)")
      #expect(!document.selections.isEmpty)
    }
  }

  @Test func `the check itself finds a wrong field, argument, enum value and a missing argument`() throws {
    guard let schema = try schema("2026-07") else { return }
    for text in [
      "query Q { orders(first: 1) { nodes { nonsense } } }",
      "query Q { orders(firsts: 1) { nodes { id } } }",
      "query Q { orders(first: 1, sortKey: UPDATED) { nodes { id } } }",
      "query Q { order { id } }",
      "query Q($id: String!) { order(id: $id) { id } }",
      "query Q($id: ID!) { order(id: $id) }",
      "query Q($id: ID!) { order(id: $id) { name { x } } }",
    ] { #expect(!GraphQLDocument(text).faults(under: schema).isEmpty, "\(text)") }
    let bad: JSONValue = ["hold": ["reason": "BECAUSE", "handles": "x"]]
    #expect(schema.faults(in: bad, declared: ["hold": "FulfillmentOrderHoldInput!"]).count == 2)
  }

  @Test(arguments: ["2026-04", "2026-07"])
  func `the variables of every request fit the types they are declared with`(_ version: String) async throws {
    guard let schema = try schema(version) else { return }
    let transport = ScriptedTransport { Replies.shop($0) }
    let storefront = ShopifyStorefront(Shop.configuration(transport))
    let gate = ShopifyFulfillmentGate(Shop.configuration(transport))
    _ = await storefront.listChanged(BackfillCursor(since: Shop.instant), until: Shop.instant)
    _ = await storefront.fetch(orderID: "1")
    _ = await storefront.probe()
    _ = await storefront.ensureSubscriptions(
      at: "https://hooks.example.com/webhooks/main", topics: ShopifyTopics.required + ShopifyTopics.gate)
    #expect(await gate.hold(Shop.key("1"), handoffID: HandoffID("h1")) == .done)
    #expect(await gate.release(Shop.key("2"), handoffID: HandoffID("h1"), recordID: "7") == .done)
    var names: Set<String> = []
    for call in transport.calls {
      let body = try JSONValue(parsing: call.body)
      let document = GraphQLDocument(body["query"]?.string ?? "")
      names.formUnion(document.selections.map(\.field))
      let faults = schema.faults(in: body["variables"] ?? .null, declared: document.variables)
      #expect(faults.isEmpty, "\(faults) in \(body["variables"]?.text ?? "")")
      #expect(call.headers["X-Shopify-Access-Token"] == "shpat_test")
      #expect(call.url == "https://example.myshopify.com/admin/api/2026-07/graphql.json")
    }
    #expect(
      names.isSuperset(of: [
        "orders", "order", "shop", "webhookSubscriptions", "webhookSubscriptionCreate", "fulfillmentOrderHold",
        "fulfillmentOrderReleaseHold", "tagsAdd", "metafieldsSet",
      ]))
  }

  @Test func `every topic this connector subscribes to exists`() throws {
    guard let topics = try schema("2026-07")?.enums["WebhookSubscriptionTopic"] else { return }
    for topic in ShopifyTopics.required + ShopifyTopics.gate + Array(ShopifyTopics.orders) {
      #expect(topics.contains(ShopifyTopics.enumName(topic)), "\(topic)")
    }
  }

  @Test func `every financial status of the schema is a payment state`() throws {
    guard let states = try schema("2026-07")?.enums["OrderDisplayFinancialStatus"] else { return }
    #expect(states.count == 8)
    for state in states { #expect(PaymentState(shopify: state) != .unknown, "\(state)") }
  }
}
