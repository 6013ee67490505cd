import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorShopify

@Suite struct SubscriptionTests {
  private let address = "https://hooks.example.com/webhooks/main"

  private func list(_ topics: [String], address: String? = nil, filter: String = "") -> ScriptedTransport.Reply {
    let nodes = topics.map { topic -> JSONValue in
      [
        "id": "s", "topic": .string(ShopifyTopics.enumName(topic)), "uri": .string(address ?? self.address),
        "format": "JSON", "filter": .string(filter), "includeFields": [], "apiVersion": ["handle": "2026-07"],
      ]
    }
    let page: JSONValue = ["nodes": .array(nodes), "pageInfo": ["hasNextPage": false, "endCursor": .null]]
    return .json(200, JSONValue.object(["data": ["webhookSubscriptions": page]]).text)
  }

  private func created(_ message: String? = nil) -> ScriptedTransport.Reply {
    let errors = message.map { #"{"field":["webhookSubscription","callbackUrl"],"message":"\#($0)"}"# } ?? ""
    let made = message == nil ? #"{"id":"gid://shopify/WebhookSubscription/1"}"# : "null"
    return .json(
      200, #"{"data":{"webhookSubscriptionCreate":{"webhookSubscription":\#(made),"userErrors":[\#(errors)]}}}"#)
  }

  private func ensure(_ replies: [ScriptedTransport.Reply], dryRun: Bool = false) async -> SubscriptionReport {
    await ShopifyStorefront(Shop.configuration(ScriptedTransport(replies))).ensureSubscriptions(
      at: address, topics: ["orders/create", "orders/updated", "orders/paid"], dryRun: dryRun)
  }

  @Test func `missing topics are subscribed to, those that are there are left alone`() async {
    let report = await ensure([
      list(["orders/create"]), created(), created("Address for this topic has already been taken"),
    ])
    #expect(report.existing == ["orders/create", "orders/paid"])
    #expect(report.created == ["orders/updated"])
    #expect(report.isComplete)
  }

  @Test func `the same topic at another address does not count`() async {
    let report = await ensure([
      list(["orders/create"], address: "https://old.example.com"), created(), created(), created(),
    ])
    #expect(report.created.count == 3)
  }

  @Test func `a dry run only lists`() async {
    let report = await ensure([list(["orders/create"])], dryRun: true)
    #expect(report.created == ["orders/updated", "orders/paid"])
    #expect(report.failed.isEmpty)
  }

  @Test func `refusals and faults are told in Shopify's words`() async {
    let report = await ensure([
      list([]), created("Address protocol http:// is not supported"), .json(429, "{}"), .failure(.noAnswer("cut")),
    ])
    #expect(report.failed.map(\.topic) == ["orders/create", "orders/updated", "orders/paid"])
    #expect(report.failed.first?.reason == "Address protocol http:// is not supported")
    #expect(!report.isComplete)
    let stopped = await ensure([.json(401, "{}")])
    #expect(stopped.stopped?.contains("401") == true)
  }

  @Test func `doctor is content with a shop in good order`() async {
    let transport = ScriptedTransport([
      .json(200, Replies.probe, [HTTPField("x-shopify-api-version", "2026-07")]), list(ShopifyTopics.required),
    ])
    let findings = await ShopifyStorefront(Shop.configuration(transport)).probe()
    #expect(findings.count == 5)
    #expect(findings.filter { !$0.isHealthy } == [])
  }

  @Test func `doctor finds what is wrong`() async {
    func unhealthy(_ configuration: ShopifyConfiguration) async -> [String] {
      await ShopifyStorefront(configuration).probe().filter { !$0.isHealthy }.map(\.check)
    }
    let token = "Shopify access token"
    #expect(await unhealthy(Shop.configuration(secrets: [], token: nil)) == ["Shopify webhook secrets", token])
    #expect(await unhealthy(Shop.configuration(ScriptedTransport([.json(401, "{}")]))) == [token])
    let other = Replies.probe.replacing("example.myshopify.com", with: "other.myshopify.com")
    #expect(
      await unhealthy(Shop.configuration(ScriptedTransport([.json(200, other), list(ShopifyTopics.required)]))) == [
        token
      ])
    let old = [HTTPField("X-Shopify-API-Version", "2026-10")]
    let script = [.json(200, Replies.probe, old), list(["orders/create"])] as [ScriptedTransport.Reply]
    #expect(
      await unhealthy(Shop.configuration(ScriptedTransport(script)))
        == ["Shopify API version", "Shopify webhook subscriptions"])
    let bare =
      #"{"data":{"shop":{"myshopifyDomain":"example.myshopify.com"},"currentAppInstallation":{"accessScopes":[]}}}"#
    #expect(
      await unhealthy(Shop.configuration(ScriptedTransport([.json(200, bare), list(ShopifyTopics.required)])))
        == ["Shopify scopes"])
    let filtered = list(ShopifyTopics.required, filter: "total_price:>100")
    #expect(
      await unhealthy(Shop.configuration(ScriptedTransport([.json(200, Replies.probe), filtered]))).count
        == ShopifyTopics.required.count)
  }

  @Test func `recorded lists and refusals of subscriptions are understood`() async throws {
    guard let bytes = try SharedFiles.bytes("payloads/graphql/2026-04-webhooks-webhook-subscription-conformance.json")
    else { return }
    let file = try JSONValue(parsing: bytes)
    let listed = try #require(file["catalog"]?["response"]?["payload"])
    let report = await ensure([.json(200, listed.text)], dryRun: true)
    #expect(report.created.count == 3)
    #expect(report.stopped == nil)
  }
}
