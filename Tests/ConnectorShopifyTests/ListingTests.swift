import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorShopify

@Suite struct ListingTests {
  private let cursor = BackfillCursor(since: Timestamp(microseconds: 1_795_428_000_500_000))

  private func page(_ nodes: [JSONValue], next: String? = nil) -> ScriptedTransport.Reply {
    let info: JSONValue = [
      "hasNextPage": .bool(next != nil), "endCursor": next.map { JSONValue.string($0) } ?? .null,
    ]
    let body: JSONValue = ["data": ["orders": ["nodes": .array(nodes), "pageInfo": info]]]
    return .json(200, body.text)
  }

  private func list(_ replies: [ScriptedTransport.Reply], _ cursor: BackfillCursor? = nil) async -> BackfillOutcome {
    let storefront = ShopifyStorefront(Shop.configuration(ScriptedTransport(replies)))
    return await storefront.listChanged(cursor ?? self.cursor, until: Shop.instant)
  }

  @Test func `a webhook and a backfill of every collected order have the same digest`() async throws {
    for file in Payloads.orders {
      guard let bytes = try SharedFiles.bytes("payloads/" + file) else { return }
      let document = try JSONValue(parsing: bytes)
      let body = document["id"] == nil ? document["order"] ?? document : document
      let told = try #require(try Shop.read(bytes).order)
      guard case .page(let orders, let unreadable, nil) = await list([page([GraphQLShape.node(body)])]) else {
        Issue.record("no page for \(file)")
        continue
      }
      #expect(unreadable.isEmpty, "\(file): \(unreadable)")
      let listed = try #require(orders.first)
      #expect(
        String(decoding: listed.order.canonicalForm, as: UTF8.self)
          == String(decoding: told.canonicalForm, as: UTF8.self), "\(file)")
      #expect(Shop.digest(listed.order) == Shop.digest(told), "\(file)")
      #expect(listed.updatedAt == told.updatedAt)
      #expect(listed.order == told, "\(file)")
      #expect(listed.topic == "backfill")
      #expect(listed.dedupeID == nil)
    }
  }

  @Test func `digests agree for edits, discounts, blank fields, other line orders and other currencies`() async throws {
    let address: JSONValue = [
      "first_name": "Żaneta ", "last_name": "", "address1": "Górna 1", "address2": "", "zip": "01-123",
      "country_code": "PL", "province_code": "", "province": "Mazowieckie",
    ]
    let lines: JSONValue = .array([
      Shop.line([
        "id": .number("99"), "quantity": 3, "current_quantity": 1, "discount_allocations": [["amount": "10.00"]],
      ]),
      Shop.line(["id": .number("100"), "sku": "", "current_quantity": 0]), Shop.line(["sku": .null]),
    ])
    let variations: [[String: JSONValue?]] = [
      [:], ["email": ""], ["email": "", "customer": ["email": "c@example.com", "first_name": "C", "last_name": "D"]],
      ["shipping_address": address, "billing_address": .null], ["billing_address": address], ["line_items": lines],
      [
        "currency": "JPY", "current_total_price": "6000", "total_price": nil, "total_tax": "0",
        "line_items": .array([Shop.line(["price": "3000"])]),
      ],
      ["currency": "KWD", "current_total_price": "1.250", "total_price": nil, "total_tax": "0.125"],
      ["financial_status": "partially_refunded"], ["financial_status": .null], ["financial_status": "brand_new"],
      ["shipping_lines": [["price": "9.00", "discounted_price": "4.50"]]], ["shipping_lines": []],
      ["cancelled_at": "2026-11-23T09:00:00-05:00"], ["test": true], ["note": "żółć"], ["total_discounts": "5.50"],
    ]
    for changes in variations {
      var body = Shop.body(changes)
      if changes["shipping_lines"] == nil { body = Shop.body(changes.merging(["shipping_lines": []]) { $1 }) }
      let withDiscount = try JSONValue(parsing: body).object ?? [:]
      var members = withDiscount
      if members["total_discounts"] == nil { members["total_discounts"] = "0.00" }
      let document = JSONValue.object(members)
      let told = try #require(try Shop.read(document.bytes).order)
      guard case .page(let orders, _, _) = await list([page([GraphQLShape.node(document)])]) else {
        Issue.record("no page for \(changes)")
        continue
      }
      let listed = try #require(orders.first?.order)
      #expect(listed == told, "\(changes)")
      #expect(Shop.digest(listed) == Shop.digest(told), "\(changes)")
    }
  }

  @Test func `the request asks for a window in whole seconds, oldest first, from the cursor's page`() async throws {
    let transport = ScriptedTransport([page([])])
    let storefront = ShopifyStorefront(Shop.configuration(transport))
    _ = await storefront.listChanged(
      BackfillCursor(since: cursor.since, page: "abc"), until: Timestamp(microseconds: 1_795_428_060_000_001))
    let body = try JSONValue(parsing: try #require(transport.calls.first?.body))
    #expect(body["query"]?.string?.contains("sortKey: UPDATED_AT") == true)
    #expect(body["variables"]?["first"]?.int == 100)
    #expect(body["variables"]?["after"] == "abc")
    #expect(
      body["variables"]?["query"] == "updated_at:>='2026-11-23T10:00:00Z' updated_at:<='2026-11-23T10:01:01Z'")
    #expect(ShopifyStorefront.searchable(.distantPast, up: false) == "1970-01-01T00:00:00Z")
    #expect(ShopifyStorefront.searchable(.distantFuture, up: true) == "9999-12-31T23:59:58Z")
  }

  @Test func `paging goes on from the cursor and ends with the window`() async throws {
    let node = GraphQLShape.node(try JSONValue(parsing: Shop.body()))
    guard case .page(let first, _, let next?) = await list([page([node], next: "p2")]) else {
      Issue.record("no page")
      return
    }
    #expect(first.count == 1)
    #expect(next == BackfillCursor(since: cursor.since, page: "p2"))
    guard case .page(_, _, nil) = await list([page([node])], next) else {
      Issue.record("no last page")
      return
    }
    if case .page = await list([page([node], next: "p2")], next) { Issue.record("a cursor that stands still") }
    if case .page = await list([page([node], next: "")]) { Issue.record("an empty cursor") }
  }

  @Test func `any reply that is not a whole page leaves the cursor where it was`() async throws {
    let throttled = """
      {"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":
      {"requestedQueryCost":202,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":2000.0,
      "currentlyAvailable":2.0,"restoreRate":100.0}}}}
      """
    let partial = """
      {"errors":[{"message":"boom","path":["orders","nodes",0,"customer"]}],"data":{"orders":{"nodes":[],
      "pageInfo":{"hasNextPage":false,"endCursor":null}}}}
      """
    let failing: [ScriptedTransport.Reply] = [
      .json(200, throttled), .json(429, throttled), .json(200, partial), .json(500, "{}"), .json(502, "Bad gateway"),
      .json(503, "{}"), .json(301, ""), .json(200, "{"), .json(200, "{}"), .json(200, "[]"),
      .json(200, #"{"data":null}"#), .json(200, #"{"data":{"orders":null}}"#),
      .json(200, #"{"data":{"orders":{"nodes":[]}}}"#),
      .json(200, #"{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#),
      .success(HTTPAnswer(status: 200, headers: [HTTPField("Content-Type", "text/html")], body: Array("{}".utf8))),
      .failure(.notSent("refused")), .failure(.noAnswer("reset")),
    ]
    for reply in failing {
      guard case .failed(let reason) = await list([reply]) else {
        Issue.record("not failed: \(reply)")
        continue
      }
      #expect(!reason.isEmpty)
      #expect(!reason.contains("shpat_test"))
    }
    guard case .failed(let reason) = await list([.json(200, throttled)]) else { return }
    #expect(reason == "THROTTLED: Throttled (202 points needed, 2 there, 2 s to wait)")
  }

  @Test func `a wrong token, scope, shop or request is our set-up, not the order`() async {
    let denied =
      #"""
      {"errors":[{"message":"Access denied for customer field.","extensions":{"code":"ACCESS_DENIED"}}],
      "data":{"orders":{"nodes":[]}}}
      """#
    for reply in [
      .json(401, #"{"errors":"[API] Invalid API key or access token"}"#), .json(402, "{}"), .json(403, "{}"),
      .json(404, #"{"errors":"Not Found"}"#), .json(423, "{}"), .json(200, denied),
      .json(200, #"{"errors":[{"message":"Field 'x' doesn't exist","extensions":{"code":"undefinedField"}}]}"#),
      .json(200, #"{"errors":[{"message":"too dear","extensions":{"code":"MAX_COST_EXCEEDED"}}]}"#),
    ] as [ScriptedTransport.Reply] {
      guard case .misconfigured = await list([reply]) else {
        Issue.record("not misconfigured: \(reply)")
        continue
      }
    }
    let without = ShopifyStorefront(Shop.configuration(token: nil))
    #expect(!without.canList)
    guard case .misconfigured = await without.listChanged(cursor, until: Shop.instant) else {
      Issue.record("listed without a token")
      return
    }
    #expect(Shop.storefront.canList)
  }

  @Test func `an order that cannot be understood does not keep the others back`() async throws {
    let good = GraphQLShape.node(try JSONValue(parsing: Shop.body()))
    let bad = GraphQLShape.node(try JSONValue(parsing: Shop.body(["id": 5, "current_total_price": "-1.00"])))
    guard case .page(let orders, let unreadable, _) = await list([page([bad, good, .null, [:]])]) else {
      Issue.record("no page")
      return
    }
    #expect(orders.count == 1)
    #expect(unreadable.count == 3)
    #expect(unreadable.first == "5 (#1001): current_total_price_set: a negative amount")
  }

  private func manyLines(_ count: Int) throws -> JSONValue {
    let lines = (1...count).map { Shop.line(["id": .number(String($0)), "sku": .string("S\($0)")]) }
    let more: [String: JSONValue?] = ["line_items": .array(lines), "shipping_lines": [], "total_discounts": "0.00"]
    return try JSONValue(parsing: Shop.body(more))
  }

  private func more(
    _ nodes: [JSONValue], next: String?, updatedAt: String = "2026-11-23T14:00:00Z"
  )
    -> ScriptedTransport.Reply
  {
    let info: JSONValue = ["hasNextPage": .bool(next != nil), "endCursor": next.map { .string($0) } ?? "end"]
    let order: JSONValue = ["updatedAt": .string(updatedAt), "lineItems": ["nodes": .array(nodes), "pageInfo": info]]
    return .json(200, JSONValue.object(["data": ["order": order]]).text)
  }

  @Test func `the lines beyond the first hundred are fetched, and the digest is that of the webhook`() async throws {
    let body = try manyLines(250)
    let nodes = GraphQLShape.lineNodes(body)
    let transport = ScriptedTransport([
      page([GraphQLShape.node(body, lineLimit: 100)]), more(Array(nodes[100..<200]), next: "c200"),
      more(Array(nodes[200...]), next: nil),
    ])
    let outcome = await ShopifyStorefront(Shop.configuration(transport)).listChanged(cursor, until: Shop.instant)
    guard case .page(let orders, let unreadable, _) = outcome else {
      Issue.record("no page")
      return
    }
    #expect(unreadable.isEmpty)
    #expect(orders.first?.order.lines.count == 250)
    let told = try OrderReader.order(body)
    #expect(orders.first.map { Shop.digest($0.order) } == Shop.digest(told))
    #expect(try JSONValue(parsing: transport.calls[2].body)["variables"]?["after"] == "c200")
  }

  @Test func `an order that changes while its lines are read, or whose lines do not come, stops the page`() async throws
  {
    let body = try manyLines(150)
    let nodes = GraphQLShape.lineNodes(body)
    let first = page([GraphQLShape.node(body, lineLimit: 100)])
    for second in [
      more(Array(nodes[100...]), next: nil, updatedAt: "2026-11-23T15:00:00Z"), .json(429, "{}"),
      .failure(.noAnswer("cut")), more([], next: "c100"), .json(200, #"{"data":{"order":null}}"#),
    ] {
      guard case .failed = await list([first, second]) else {
        Issue.record("not failed: \(second)")
        continue
      }
    }
    let endless = ScriptedTransport { call in
      String(decoding: call.body, as: UTF8.self).contains("ChangedOrders")
        ? first : self.more([], next: String(Int.random(in: 0..<Int.max)))
    }
    let outcome = await ShopifyStorefront(Shop.configuration(endless)).listChanged(cursor, until: Shop.instant)
    guard case .page(let orders, let unreadable, _) = outcome else {
      Issue.record("no page")
      return
    }
    #expect(orders.isEmpty)
    #expect(unreadable.first?.contains("more lines than can be read") == true)
    #expect(endless.calls.count == ShopifyStorefront.linePageLimit + 1)
  }

  @Test func `one order is fetched by its id, and another one's answer is not taken for it`() async throws {
    let node = GraphQLShape.node(try JSONValue(parsing: Shop.body()))
    let reply = ScriptedTransport.Reply.json(200, JSONValue.object(["data": ["order": node]]).text)
    func fetch(_ id: String, _ reply: ScriptedTransport.Reply) async -> BackfillOutcome {
      await ShopifyStorefront(Shop.configuration(ScriptedTransport([reply]))).fetch(orderID: id)
    }
    guard case .page(let orders, _, nil) = await fetch("820982911946154508", reply) else {
      Issue.record("not fetched")
      return
    }
    #expect(orders.first?.topic == "fetch")
    guard case .failed = await fetch("5", reply) else {
      Issue.record("took another order")
      return
    }
    guard case .page(_, let missing, nil) = await fetch("5", .json(200, #"{"data":{"order":null}}"#)) else {
      Issue.record("no page")
      return
    }
    #expect(missing.first?.hasPrefix("5: the shop has no such order") == true)
    guard case .page(_, let wrong, nil) = await fetch("5\"}", reply), wrong.count == 1 else {
      Issue.record("asked for something that is no id")
      return
    }
  }
}
