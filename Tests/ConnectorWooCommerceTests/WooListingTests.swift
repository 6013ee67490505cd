import Connector
import ConnectorTesting
import ConnectorWooCommerce
import HandoffCore
import Testing

@Suite struct WooListingTests {
  private let start = BackfillCursor(since: Timestamp(seconds: 1_795_428_000))

  private func page(_ orders: [JSONValue], total: Int? = nil, pages: Int? = nil) -> ScriptedTransport.Reply {
    var headers: [HTTPField] = []
    if let total { headers.append(HTTPField("x-wp-total", String(total))) }
    if let pages { headers.append(HTTPField("X-WP-TotalPages", String(pages))) }
    return .json(200, JSONValue.array(orders).text, headers)
  }

  private func list(
    _ shop: WooStorefront, _ cursor: BackfillCursor
  ) async throws -> (orders: [String], unreadable: [String], next: BackfillCursor?) {
    let outcome = await shop.listChanged(cursor, until: Fixtures.now)
    guard case .page(let orders, let unreadable, let next) = outcome else { throw NoOrder(reading: "\(outcome)") }
    return (orders.map(\.order.id), unreadable, next)
  }

  @Test func `the window overlaps, asks in UTC, by id, with the key in a header field only`() async throws {
    let transport = ScriptedTransport([page([Fixtures.order()], total: 1, pages: 1)])
    let result = try await list(try Fixtures.shop(transport), start)
    #expect(result.orders == ["727"])
    #expect(result.next == nil)
    let call = try #require(transport.calls.first)
    #expect(
      call.url == "https://Shop.example/store/wp-json/wc/v3/orders?per_page=100&page=1&orderby=id&order=asc&status=any"
        + "&dates_are_gmt=true&modified_after=2026-11-23T09:58:00")
    #expect(call.headers["authorization"] == "Basic Y2tfMTpjc18y")
  }

  @Test func `pages follow until the last one and keep the start of their window`() async throws {
    let transport = ScriptedTransport([
      page([Fixtures.order(["id": 1])], total: 201, pages: 3), page([Fixtures.order(["id": 2])], total: 203, pages: 3),
      page([], total: 203, pages: 3),
    ])
    let shop = try Fixtures.shop(transport)
    var cursor: BackfillCursor? = start
    var seen: [String] = []
    while let here = cursor {
      let result = try await list(shop, here)
      seen += result.orders
      cursor = result.next
      if let cursor { #expect(cursor.since == start.since) }
    }
    #expect(seen == ["1", "2"])
    #expect(transport.calls.count == 3)
  }

  @Test func `a row that left while paging starts the window again`() async throws {
    let transport = ScriptedTransport([page([], total: 199, pages: 2)])
    let result = try await list(try Fixtures.shop(transport), BackfillCursor(since: start.since, page: "2/200"))
    #expect(result.next == BackfillCursor(since: start.since, page: "1/199"))
  }

  @Test func `without the count fields only a page that is not full is the last`() async throws {
    let full = (1...100).map { Fixtures.order(["id": .number(String($0))]) }
    let shop = try Fixtures.shop(ScriptedTransport([page(full), page([Fixtures.order()])]))
    let first = try await list(shop, start)
    #expect(first.orders.count == 100)
    #expect(first.next?.page == "2")
    #expect(try await list(shop, try #require(first.next)).next == nil)
  }

  @Test func `unreadable orders are named, baskets are passed over`() async throws {
    let orders: [JSONValue] = [
      Fixtures.order(["status": "checkout-draft"]), Fixtures.order(["id": 8, "currency": .null]), 5, Fixtures.order(),
    ]
    let result = try await list(try Fixtures.shop(ScriptedTransport([page(orders, total: 4, pages: 1)])), start)
    #expect(result.orders == ["727"])
    #expect(result.unreadable.count == 2)
    #expect(result.unreadable.first?.hasPrefix("order 8: currency:") == true)
  }

  @Test func `a page that cannot be had never looks like the last page`() async throws {
    let replies: [ScriptedTransport.Reply] = [
      .failure(.notSent("refused")), .failure(.noAnswer("reset")), .json(500, ""), .json(502, "<html>"),
      .json(429, "{}"), .json(200, "{}"), .json(200, ""), .json(200, "<br />Warning: x in y.php [] "),
      .json(400, #"{"code":"rest_post_invalid_page_number","message":"m","data":{"status":400}}"#),
      .json(200, #"{"code":"internal_server_error","message":"m"}"#),
    ]
    for reply in replies {
      let outcome = await (try Fixtures.shop(ScriptedTransport([reply]))).listChanged(start, until: Fixtures.now)
      guard case .failed = outcome else {
        Issue.record("\(reply) gave \(outcome)")
        continue
      }
    }
    for status in [301, 401, 403, 404] {
      let shop = try Fixtures.shop(ScriptedTransport([.json(status, "{}")]))
      guard case .misconfigured = await shop.listChanged(start, until: Fixtures.now) else {
        Issue.record("\(status)")
        continue
      }
    }
  }

  @Test func `cursors that make no sense do no harm`() async throws {
    let shop = try Fixtures.shop(ScriptedTransport { _ in page([], total: 0, pages: 0) })
    for marker in ["", "x", "-1/2", "99999999999999999999", "1/", "/", "2/x"] {
      #expect(try await list(shop, BackfillCursor(since: .distantPast, page: marker)).next == nil)
    }
    #expect(try await list(shop, BackfillCursor(since: .distantFuture)).next == nil)
  }

  @Test func `one order is fetched, one that is gone is named`() async throws {
    let gone = #"{"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID.","data":{"status":404}}"#
    let transport = ScriptedTransport([
      .json(200, Fixtures.order(["status": "trash"]).text), .json(404, gone),
      .json(200, Fixtures.order(["id": 9]).text),
    ])
    let shop = try Fixtures.shop(transport)
    guard case .page(let orders, _, nil) = await shop.fetch(orderID: "727"),
      case .page(let none, let unreadable, nil) = await shop.fetch(orderID: "727"),
      case .failed = await shop.fetch(orderID: "727"), case .failed = await shop.fetch(orderID: "7/../8")
    else {
      Issue.record("a fetch was misread")
      return
    }
    #expect(orders.map(\.order.isCancelled) == [true])
    #expect(none.isEmpty && unreadable.count == 1)
    #expect(transport.calls.count == 3)
  }

  @Test func `without credentials nothing is sent and the probe says what is missing`() async throws {
    let transport = ScriptedTransport([])
    let shop = try Fixtures.shop(transport) {
      $0.consumerKey = nil
      $0.consumerSecret = nil
    }
    #expect(!shop.canList)
    guard case .misconfigured = await shop.listChanged(start, until: Fixtures.now) else {
      Issue.record("listed without credentials")
      return
    }
    #expect(await shop.probe().map(\.isHealthy) == [false])
    #expect(transport.calls.isEmpty)
  }

  @Test func `the probe looks at orders, webhooks and the mail`() async throws {
    func hook(_ topic: String, _ status: String) -> String { #"{"topic":"\#(topic)","status":"\#(status)"}"# }
    let topics = ["order.created", "order.updated", "order.deleted", "order.restored"]
    func probe(_ lastStatus: String) async throws -> [ProbeFinding] {
      let hooks = topics.map { hook($0, $0 == "order.restored" ? lastStatus : "active") }.joined(separator: ",")
      let transport = ScriptedTransport([
        .json(200, "[]"), .json(200, "[\(hooks)]"), .json(200, #"[{"id":"enabled","value":"yes"}]"#),
      ])
      return await (try Fixtures.shop(transport)).probe()
    }
    #expect(try await probe("active").map(\.isHealthy) == [true, true, true])
    let disabled = try await probe("disabled")
    #expect(disabled.map(\.isHealthy) == [true, false, true])
    #expect(disabled[1].finding.contains("order.restored: disabled"))
  }

  @Test func `twenty thousand mutated orders never stop the process and never stay unexplained`() throws {
    let shop = try Fixtures.shop()
    var numbers = SeededNumbers(state: 20_261_123)
    let seed = Fixtures.order([
      "fee_lines": [["id": 9, "total": "0.00"]], "gift_cards": [["id": 4, "code": "A", "amount": "0"]],
      "refunds": [["id": 1]], "meta_data": Fixtures.meta(["_countersign_state": "waiting"]),
    ]).bytes
    let hostile = [
      "-1", "1e400", "9223372036854775807", "-9223372036854775808", "null", "\"\"", "{}", "[]", "\u{0}", "0.005",
      "\"\\ud800\"", "999999999999999999",
    ]
    var orders = 0
    for _ in 0..<20_000 {
      var body = seed
      for _ in 0..<Int.random(in: 1...3, using: &numbers) {
        let place = Int.random(in: 0..<body.count, using: &numbers)
        let end = min(body.count, place + Int.random(in: 0...30, using: &numbers))
        switch Int.random(in: 0..<5, using: &numbers) {
        case 0: body[place] = UInt8.random(in: 0...255, using: &numbers)
        case 1: body[place] = UInt8.random(in: 48...57, using: &numbers)
        case 2: body.insert(contentsOf: (hostile.randomElement(using: &numbers) ?? "").utf8, at: place)
        case 3: body.removeSubrange(place..<end)
        default: body.insert(contentsOf: body[place..<end], at: place)
        }
      }
      if case .order(let capture) = try shop.read(Fixtures.delivery(body)) {
        orders += 1
        let gap = capture.order.explained - capture.order.total.minorUnits
        #expect(gap.magnitude <= 4)
      }
    }
    #expect(orders > 1000)
    #expect(orders < 20_000)
  }
}
