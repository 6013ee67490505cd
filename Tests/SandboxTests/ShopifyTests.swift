import ConnectorTesting
import Foundation
import Testing

@testable import Sandbox

private let path = "/shopify/demo/admin/api/2026-07/graphql.json"

private func ask(
  _ sandbox: Running, _ query: String, _ variables: JSON = [:], token: String = "shpat_sandbox"
) async throws -> JSON {
  let reply = try await sandbox.send(
    "POST", path, [("X-Shopify-Access-Token", token)], json: ["query": .string(query), "variables": variables])
  return reply.json ?? .null
}

private let changed = """
  query Changed($q: String!, $after: String, $n: Int = 100) {
    orders(first: $n, after: $after, sortKey: UPDATED_AT, query: $q) {
      nodes { id legacyResourceId name updatedAt tags
        currentTotalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } } }
      pageInfo { hasNextPage endCursor }
    }
  }
  """
private let one = """
  query OneOrder($id: ID!) { order(id: $id) { id tags
    lineItems(first: 1) { nodes { sku quantity } pageInfo { hasNextPage } }
    fulfillmentOrders(first: 20) { nodes { id status fulfillmentHolds { id handle heldByRequestingApp reason } } }
    status: metafield(namespace: "countersign", key: "status") { id value compareDigest } } }
  """
private let hold = """
  mutation Hold($id: ID!, $h: FulfillmentOrderHoldInput!) {
    fulfillmentOrderHold(id: $id, fulfillmentHold: $h) {
      fulfillmentHold { id handle heldByRequestingApp reason } fulfillmentOrder { id status }
      remainingFulfillmentOrder { id } userErrors { field message code } } }
  """
private let release = """
  mutation Release($id: ID!, $holds: [ID!]) { fulfillmentOrderReleaseHold(id: $id, holdIds: $holds) {
    fulfillmentOrder { id status fulfillmentHolds { id handle } } userErrors { field message code } } }
  """

@Suite struct `Shopify Admin API` {
  @Test func `a token is checked and every answer carries its cost`() async throws {
    try await Running.with { sandbox in
      let refused = try await sandbox.send("POST", path, json: ["query": "{ shop { name } }"])
      #expect(refused.status == 401)
      let reply = try await ask(sandbox, "{ shop { name myshopifyDomain } }")
      #expect(reply.at("data.shop.myshopifyDomain") == "demo.myshopify.com")
      #expect(reply.at("extensions.cost.throttleStatus")?.members?.count == 3)
    }
  }

  @Test func `orders are paged by key and nothing is skipped when one is inserted between pages`() async throws {
    try await Running.with { sandbox in
      let placed = sandbox.server.placeShopifyOrders(shop: "demo", count: 7)
      var seen: [String] = []
      var after: JSON = .null
      repeat {
        let reply = try await ask(
          sandbox, changed, ["q": "updated_at:>='2020-01-01T00:00:00Z'", "after": after, "n": 3])
        let nodes = reply.at("data.orders.nodes")?.array ?? []
        seen += nodes.compactMap { $0["legacyResourceId"]?.string }
        if seen.count == 3 { sandbox.server.placeShopifyOrders(shop: "demo", count: 1) }
        after = reply.at("data.orders.pageInfo.endCursor") ?? .null
        if reply.at("data.orders.pageInfo.hasNextPage")?.bool != true { break }
      } while true
      #expect(seen.prefix(7) == placed.map { String($0.id) }[...])
      #expect(seen.count == 8)
      #expect(sandbox.server.world.shopify.edit(shop: "demo", id: seen[0], line: 0, quantity: 0))
      let again = try await ask(sandbox, changed, ["q": "updated_at:>=2020-01-01", "n": 250])
      let order = again.at("data.orders.nodes")?.array?.compactMap { $0["legacyResourceId"]?.string } ?? []
      #expect(order == Array(seen.dropFirst()) + [seen[0]])
      let cursor = try #require(after.string.flatMap(Authentic.fromBase64))
      #expect(try JSON(parsing: cursor).members?.map(\.key) == ["last_id", "last_value"])
      let none = try await ask(sandbox, changed, ["q": "updated_at:>='2999-01-01T00:00:00Z'"])
      #expect(none.at("data.orders.nodes") == [])
    }
  }

  @Test func `a hold is unique by handle, limited to ten, and released by id only`() async throws {
    try await Running.with { sandbox in
      let order = try #require(sandbox.server.placeShopifyOrders(shop: "demo").first)
      let gid = JSON.string("gid://shopify/Order/\(order.id)")
      let before = try await ask(sandbox, one, ["id": gid])
      let id = try #require(before.at("data.order.fulfillmentOrders.nodes.0.id"))
      func hold(_ handle: String, token: String = "shpat_sandbox") async throws -> JSON {
        let input: JSON = ["reason": "OTHER", "handle": .string(handle)]
        let reply = try await ask(sandbox, SandboxTests.hold, ["id": id, "h": input], token: token)
        return reply.at("data.fulfillmentOrderHold") ?? .null
      }
      let first = try await hold("countersign:1")
      #expect(first.at("fulfillmentOrder.status") == "ON_HOLD")
      #expect(first["userErrors"] == [])
      let again = try await hold("countersign:1")
      #expect(again.at("userErrors.0.code") == "DUPLICATE_FULFILLMENT_HOLD_HANDLE")
      let other = try await hold("countersign:1", token: "shpat_other")
      #expect(other["userErrors"] == [])
      for number in 2...10 { _ = try await hold("countersign:\(number)") }
      #expect(try await hold("countersign:11").at("userErrors.0.code") == "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED")
      let mine = try #require(first.at("fulfillmentHold.id"))
      let released = try await ask(sandbox, release, ["id": id, "holds": [mine]])
      #expect(released.at("data.fulfillmentOrderReleaseHold.fulfillmentOrder.fulfillmentHolds")?.array?.count == 10)
      let all = try await ask(sandbox, release, ["id": id])
      #expect(all.at("data.fulfillmentOrderReleaseHold.fulfillmentOrder.status") == "OPEN")
      #expect(sandbox.entries(.shopifyHold).count == 11)
      #expect(sandbox.entries(.shopifyRelease).count == 11)
      #expect(sandbox.entries(.shopifyHold).first?.ref == String(order.id))
    }
  }

  @Test func `a hold comes too late once somebody ships`() async throws {
    try await Running.with { sandbox in
      let order = try #require(sandbox.server.placeShopifyOrders(shop: "demo").first)
      let control = "/_sandbox/shopify/demo/orders/\(order.id)/progress"
      #expect(try await sandbox.send("POST", control).status == 204)
      let id = JSON.string("gid://shopify/FulfillmentOrder/\(order.id * 10 + 1)")
      let reply = try await ask(sandbox, hold, ["id": id, "h": ["reason": "OTHER", "handle": "h"]])
      #expect(reply.at("data.fulfillmentOrderHold.userErrors")?.array?.count == 1)
      #expect(sandbox.entries(.shopifyHold).isEmpty)
    }
  }

  @Test func `a field the caller may not see gives errors beside the data of a hold that was made`() async throws {
    try await Running.with { sandbox in
      let order = try #require(sandbox.server.placeShopifyOrders(shop: "demo").first)
      let text = """
        mutation { fulfillmentOrderHold(id: "gid://shopify/FulfillmentOrder/\(order.id * 10 + 1)",
          fulfillmentHold: {reason: OTHER, handle: "h"}) {
          fulfillmentOrder { fulfillmentHolds { id heldByApp { id } } } userErrors { message } } }
        """
      let reply = try await ask(sandbox, text)
      #expect(reply.at("errors.0.extensions.code") == "ACCESS_DENIED")
      #expect(reply.at("data.fulfillmentOrderHold.fulfillmentOrder.fulfillmentHolds.0.heldByApp") == .null)
      #expect(sandbox.entries(.shopifyHold).count == 1)
    }
  }

  @Test func `a mistyped field is refused before anything is done`() async throws {
    try await Running.with { sandbox in
      let order = try #require(sandbox.server.placeShopifyOrders(shop: "demo").first)
      let text = """
        mutation { tagsAdd(id: "gid://shopify/Order/\(order.id)", tags: ["x"]) {
          node { id nonsense } userErrors { message } } }
        """
      #expect(try await ask(sandbox, text).at("errors.0.extensions.code") == "undefinedField")
      #expect(try await ask(sandbox, "{ orders(first: 1) { nodes { id }").at("errors.0.message") != nil)
      #expect(sandbox.entries(.shopifyTag).isEmpty)
    }
  }

  @Test func `tags are a set and metafields compare and set`() async throws {
    try await Running.with { sandbox in
      let order = try #require(sandbox.server.placeShopifyOrders(shop: "demo").first)
      let gid = JSON.string("gid://shopify/Order/\(order.id)")
      let tag =
        "mutation T($id: ID!, $tags: [String!]!) { tagsAdd(id: $id, tags: $tags) {"
        + " node { id } userErrors { message } } }"
      _ = try await ask(sandbox, tag, ["id": gid, "tags": ["A", "b"]])
      let node = try await ask(sandbox, tag, ["id": gid, "tags": ["a"]])
      #expect(node.at("data.tagsAdd.node.id") == gid)
      let set =
        "mutation M($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) {"
        + " metafields { id value compareDigest } userErrors { field message code elementIndex } } }"
      func write(_ value: String, _ digest: JSON) async throws -> JSON {
        let field: JSON = [
          "ownerId": gid, "namespace": "countersign", "key": "status", "type": "single_line_text_field",
          "value": .string(value), "compareDigest": digest,
        ]
        return try await ask(sandbox, set, ["m": [field]]).at("data.metafieldsSet") ?? .null
      }
      let first = try await write("pending", .null)
      #expect(first["userErrors"] == [])
      let digest = try #require(first.at("metafields.0.compareDigest"))
      let stale = try await write("confirmed", .null)
      #expect(stale.at("userErrors.0.code") == "STALE_OBJECT")
      #expect(try await write("confirmed", digest)["userErrors"] == [])
      let read = try await ask(sandbox, one, ["id": gid])
      #expect(read.at("data.order.tags") == ["A", "b"])
      #expect(read.at("data.order.status.value") == "confirmed")
    }
  }

  @Test func `an empty bucket throttles without doing anything`() async throws {
    for status in [200, 429] {
      try await Running.with({
        $0.shopify.bucket = 15
        $0.shopify.restorePerSecond = 0.001
        $0.shopify.throttleWith429 = status == 429
      }) { sandbox in
        let order = try #require(sandbox.server.placeShopifyOrders(shop: "demo").first)
        let text =
          "mutation { tagsAdd(id: \"gid://shopify/Order/\(order.id)\", tags: [\"x\"]) { userErrors { message } } }"
        _ = try await ask(sandbox, text)
        let reply = try await sandbox.send(
          "POST", path, [("X-Shopify-Access-Token", "shpat_sandbox")], json: ["query": .string(text)])
        #expect(reply.status == status)
        #expect(reply.json?.at("errors.0.extensions.code") == "THROTTLED")
        #expect(reply.json?["data"] == nil)
        #expect(reply.json?.at("extensions.cost.actualQueryCost") == .null)
        #expect(sandbox.entries(.shopifyTag).count == 1)
      }
    }
  }

  @Test func `subscriptions are refused as recorded`() async throws {
    try await Running.with { sandbox in
      let text = """
        mutation Sub($topic: WebhookSubscriptionTopic!, $s: WebhookSubscriptionInput!) {
          webhookSubscriptionCreate(topic: $topic, webhookSubscription: $s) {
            webhookSubscription { id topic uri format name apiVersion { handle } } userErrors { field message } } }
        """
      func create(_ uri: String) async throws -> JSON {
        try await ask(sandbox, text, ["topic": "ORDERS_CREATE", "s": ["uri": .string(uri), "format": "JSON"]])
          .at("data.webhookSubscriptionCreate") ?? .null
      }
      #expect(try await create("http://127.0.0.1:9/hook")["userErrors"] == [])
      let taken = try await create("http://127.0.0.1:9/hook")
      #expect(taken.at("userErrors.0.message") == "Address for this topic has already been taken")
      let plain = try await create("http://example.com/hook")
      #expect(
        plain.at("userErrors.0") == [
          "field": ["webhookSubscription", "callbackUrl"], "message": "Address protocol http:// is not supported",
        ])
      let own = try await create("https://demo.myshopify.com/hook")
      #expect(own.at("userErrors.0.message") == "Address cannot be a Shopify or an internal domain")
      let list = try await ask(
        sandbox, "{ webhookSubscriptions(first: 100) { nodes { topic uri } pageInfo { hasNextPage } } }")
      #expect(
        list.at("data.webhookSubscriptions.nodes") == [["topic": "ORDERS_CREATE", "uri": "http://127.0.0.1:9/hook"]])
    }
  }
}

@Suite struct `Shopify against published material` {
  @Test func `every simulated type and field exists in both published schemas`() throws {
    for version in ["2026-04", "2026-07"] {
      guard let data = try SharedFiles.bytes("specs/shopify/\(version).schema.graphql") else { return }
      let types = SDL.fields(String(decoding: data, as: UTF8.self))
      #expect(types.count > 100)
      for (type, fields) in ShopifySchema.types {
        let published = try #require(types[type], "\(type) in \(version)")
        for field in fields.keys where !published.contains(field) {
          Issue.record("\(type).\(field) is not in \(version)")
        }
      }
    }
  }

  @Test func `refusals and payloads of holds agree with the recording`() throws {
    let file = "payloads/graphql/2026-04-shipping-fulfillments-fulfillment-order-hold-validation.json"
    guard let data = try SharedFiles.bytes(file) else { return }
    let recorded = try #require(try JSON(parsing: data).at("workflows.validation"))
    let vendor = SandboxServer().world.shopify
    let order = vendor.place(shop: "demo")
    let call = ShopifyVendor.Call(shop: "demo", app: 0)
    let id = JSON.string("gid://shopify/FulfillmentOrder/\(order.id * 10 + 1)")
    func replay(_ name: String) -> (ours: JSON?, theirs: JSON?) {
      let variables = recorded.at("\(name).variables") ?? .null
      var input = variables["fulfillmentHold"] ?? .null
      if name == "firstHold" { input["fulfillmentOrderLineItems"] = [] }
      let ours = vendor.hold(["id": id, "fulfillmentHold": input], call)
      return (ours, recorded.at("\(name).response.payload.data.fulfillmentOrderHold"))
    }
    let first = replay("firstHold")
    for member in first.theirs?.at("fulfillmentHold")?.members ?? [] where member.key != "id" {
      #expect(first.ours?.at("fulfillmentHold")?[member.key] == member.value, "\(member.key)")
    }
    #expect(
      first.ours?.at("fulfillmentOrder.supportedActions") == first.theirs?.at("fulfillmentOrder.supportedActions"))
    for name in ["duplicateHandle", "notSplittable", "zeroQuantity", "duplicateLineItems"] {
      let both = replay(name)
      #expect(both.ours == both.theirs, "\(name)")
    }
    for number in 2...10 {
      _ = vendor.hold(["id": id, "fulfillmentHold": ["reason": "OTHER", "handle": .string("x\(number)")]], call)
    }
    let limit = replay("limitReached")
    #expect(limit.ours == limit.theirs)
  }

  @Test func `a webhook body has the keys of a recorded one`() throws {
    guard let data = try SharedFiles.bytes("payloads/shopify-webhook-2025-01-orders-create-hkd-stacked-discounts.json")
    else {
      return
    }
    let recorded = try JSON(parsing: data)
    var generator = SandboxOrderGenerator(seed: 1)
    let ours = generator.next().shopifyJSON()
    let known = Set(recorded.members?.map(\.key) ?? [])
    #expect(ours.members?.filter { !known.contains($0.key) }.map(\.key) == [])
    let line = Set(recorded.at("line_items.0")?.members?.map(\.key) ?? [])
    #expect(ours.at("line_items.0")?.members?.filter { !line.contains($0.key) }.map(\.key) == [])
  }

  @Test func `every document of the fact sheet that concerns orders is understood`() throws {
    guard let data = try SharedFiles.bytes("facts/shopify-queries.graphql") else { return }
    let document = try GraphQLParser.parse(String(decoding: data, as: UTF8.self))
    for name in ["Hold", "Release", "Changed", "Hooks", "OneOrder", "Tag", "Meta", "Cancel", "Sub"] {
      let operation = try #require(document.operations.first { $0.name == name })
      try ShopifySchema.check(
        operation.selections, on: operation.isMutation ? "Mutation" : "QueryRoot", document.fragments)
    }
  }
}

/// Field names by type of a schema in GraphQL's definition language, descriptions left out.
enum SDL {
  static func fields(_ text: String) -> [String: Set<String>] {
    var types: [String: Set<String>] = [:]
    var type = ""
    var inText = false
    var depth = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let bare = line.trimmed
      let quotes = bare.components(separatedBy: "\"\"\"").count - 1
      if quotes == 1 { inText.toggle() }
      if inText || quotes > 0 { continue }
      if line.hasPrefix("type ") {
        type = bare.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        types[type] = []
      } else if line.hasPrefix("}") {
        type = ""
      } else if !type.isEmpty, depth == 0, let end = bare.firstIndex(where: { $0 == "(" || $0 == ":" }) {
        types[type]?.insert(String(bare[..<end]))
      }
      if !type.isEmpty, !bare.hasPrefix("\"") {
        depth += bare.filter { $0 == "(" }.count - bare.filter { $0 == ")" }.count
        depth = max(0, depth)
      }
    }
    return types
  }
}
