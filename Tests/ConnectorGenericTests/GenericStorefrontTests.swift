import Connector
import ConnectorGeneric
import ConnectorTesting
import HandoffCore
import Signing
import Testing

@Suite struct GenericStorefrontTests {
  private func capture(_ reading: WebhookReading) throws -> OrderCapture {
    guard case .order(let capture) = reading else {
      Issue.record("no order: \(reading)")
      throw NoOrder()
    }
    return capture
  }

  private func quarantine(_ shop: GenericStorefront, _ body: String) throws -> String {
    guard case .unreadable(_, let reason, let id) = try shop.read(try Fixtures.delivery(body)) else {
      Issue.record("taken: \(body)")
      return ""
    }
    #expect(id == "msg_1")
    return reason
  }

  @Test func `a bare signed order is taken with the webhook id as its delivery id`() throws {
    let taken = try capture(try Fixtures.shop().read(try Fixtures.delivery(Fixtures.orderText)))
    #expect(taken.order.id == "9007199254740993")
    #expect(taken.dedupeID == "msg_1")
    #expect(taken.updatedAt == Timestamp(iso8601: "2026-11-23T09:59:00Z"))
    #expect(!taken.order.isCancelled)
  }

  @Test func `an event around the order is taken, and order cancelled cancels`() throws {
    let body = #"{"type":"order.cancelled","timestamp":"2026-11-23T09:00:00Z","data":"# + Fixtures.orderText + "}"
    let taken = try capture(try Fixtures.shop().read(try Fixtures.delivery(body)))
    #expect(taken.topic == "order.cancelled")
    #expect(taken.order.isCancelled)
  }

  @Test func `without its own clock an order has the clock of its event, else of its delivery`() throws {
    let bare = #"{"id":7,"currency":"usd","total":"0","lines":[]}"#
    let first = try capture(try Fixtures.shop().read(try Fixtures.delivery(bare)))
    #expect(first.updatedAt == Fixtures.now)
    let event = #"{"type":"order.created","timestamp":"2026-11-23T09:00:00Z","data":"# + bare + "}"
    let second = try capture(try Fixtures.shop().read(try Fixtures.delivery(event)))
    #expect(second.updatedAt == Timestamp(iso8601: "2026-11-23T09:00:00Z"))
  }

  @Test func `a malformed order is quarantined under the path of its first fault`() throws {
    let shop = try Fixtures.shop()
    let faults: [(String, String)] = [
      ("{", "$:"), ("[]", "$:"), ("null", "$:"), (#"{"id":"1"}"#, "currency:"),
      (#"{"id":"1","currency":"EURO","total":"1","lines":[]}"#, "currency:"),
      (#"{"id":"1","currency":"EUR","total":"-1","lines":[]}"#, "total:"),
      (#"{"id":"1","currency":"EUR","total":"1.001","lines":[]}"#, "total:"),
      (#"{"id":"1","currency":"EUR","total":"1e3","lines":[]}"#, "total:"),
      (#"{"id":"1","currency":"EUR","total":"1","lines":{}}"#, "lines:"),
      (#"{"id":"1","currency":"EUR","total":"1","lines":[{"quantity":-1,"unitPrice":"1"}]}"#, "lines[0].quantity:"),
      (#"{"id":"1","currency":"EUR","total":"1","lines":[{"quantity":1.5,"unitPrice":"1"}]}"#, "lines[0].quantity:"),
      (#"{"id":"1","currency":"EUR","total":"1","lines":[{"quantity":1}]}"#, "lines[0].unitPrice:"),
      (
        #"{"id":"1","currency":"EUR","total":"1","lines":[{"quantity":1,"unitPrice":"1","currency":"USD"}]}"#,
        "lines[0].currency:"
      ),
      (#"{"id":"1","currency":"EUR","total":"1","lines":[],"payment":"payed"}"#, "payment:"),
      (#"{"id":"1","currency":"EUR","total":"1","lines":[],"test":"true"}"#, "test:"),
      (
        #"{"id":"1","currency":"EUR","total":"1","lines":[],"shippingAddress":{"postalCode":80331}}"#,
        "shippingAddress.postalCode:"
      ),
      (#"{"id":"1","id":"2","currency":"EUR","total":"1","lines":[]}"#, "$:"),
      (#"{"type":"order.shipped","data":{"id":"1"}}"#, "type:"),
    ]
    for (body, path) in faults {
      let reason = try quarantine(shop, body)
      #expect(reason.hasPrefix(path), "\(body) gave \(reason)")
    }
  }

  @Test func `a total that lines do not explain is not a fault of the sender`() throws {
    let body = #"{"id":"1","currency":"EUR","total":"999","lines":[{"quantity":1,"unitPrice":"1"}]}"#
    #expect(try capture(try Fixtures.shop().read(try Fixtures.delivery(body))).order.total.minorUnits == 99_900)
  }

  @Test func `a ping is answered and an event about something else is noticed`() throws {
    let shop = try Fixtures.shop()
    guard case .ping = try shop.read(try Fixtures.delivery(#"{"type":"ping","data":{}}"#)) else {
      Issue.record("no ping")
      return
    }
    guard
      case .notice("product.updated", nil, "msg_1") = try shop.read(
        try Fixtures.delivery(#"{"type":"product.updated","data":{}}"#))
    else {
      Issue.record("no notice")
      return
    }
  }

  @Test func `the signature is demanded, over the raw bytes, under any configured secret`() throws {
    let other = "whsec_" + Base64.encode(Array(repeating: 7, count: 32))
    let both = try Fixtures.shop(secrets: [other, Fixtures.secret])
    for secret in [other, Fixtures.secret] {
      _ = try both.read(try Fixtures.delivery(Fixtures.orderText, secret: secret))
    }
    let old = try Fixtures.delivery(Fixtures.orderText, secret: other)
    #expect(throws: WebhookRejection.self) { try Fixtures.shop().read(old) }
    let good = try Fixtures.delivery(Fixtures.orderText)
    let touched = WebhookDelivery(headers: good.headers, body: good.body + [0x20], receivedAt: good.receivedAt)
    #expect(throws: WebhookRejection.unauthenticated("No signature matches a configured secret.")) {
      try Fixtures.shop().read(touched)
    }
    for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
      let headers = good.headers.filter { $0.name.lowercased() != missing }
      let delivery = WebhookDelivery(headers: headers, body: good.body, receivedAt: good.receivedAt)
      #expect(throws: WebhookRejection.self) { try Fixtures.shop().read(delivery) }
    }
  }

  @Test func `a timestamp is tolerated up to 300 seconds either way, not longer`() throws {
    let shop = try Fixtures.shop()
    for offset in [-300, 0, 300] {
      let received = Fixtures.now + .seconds(offset)
      _ = try shop.read(try Fixtures.delivery(Fixtures.orderText, received: received))
    }
    for offset in [-301, 301, 1_000_000_000] {
      let delivery = try Fixtures.delivery(Fixtures.orderText, received: Fixtures.now + .seconds(offset))
      #expect(throws: WebhookRejection.self) { try shop.read(delivery) }
    }
  }

  @Test func `the published and the own vectors come out as they say`() throws {
    guard let bytes = try SharedFiles.bytes("payloads/hmac-vectors.json") else { return }
    let vectors = try JSONValue(parsing: bytes)["standard_webhooks"]?.array ?? []
    #expect(vectors.count >= 5)
    for vector in vectors {
      let expected = vector["expect"]?.string ?? ""
      let seconds = try #require(vector["timestamp"]?.string.flatMap { Int64($0) })
      let shop = try Fixtures.shop(secrets: [try #require(vector["secret"]?.string)])
      let delivery = WebhookDelivery(
        headers: [
          HTTPField("webhook-id", try #require(vector["id"]?.string)),
          HTTPField("webhook-timestamp", String(seconds)),
          HTTPField("webhook-signature", try #require(vector["signature"]?.string)),
        ], body: Array(try #require(vector["body"]?.string).utf8), receivedAt: Timestamp(seconds: seconds))
      if expected.hasPrefix("accept") {
        _ = try shop.read(delivery)
      } else {
        #expect(throws: WebhookRejection.self) { try shop.read(delivery) }
      }
    }
  }

  @Test func `a weak or unreadable secret refuses to start`() {
    for secret in [
      "", "whsec_", "whsec_AAAA", "not base64 !", "whsec_" + Base64.encode(Array(repeating: 1, count: 65)),
    ] {
      #expect(throws: GenericSetupFault.self) { try Fixtures.shop(secrets: [secret]) }
    }
    #expect(throws: GenericSetupFault.self) { try Fixtures.shop(secrets: []) }
    #expect(throws: GenericSetupFault.self) { try Fixtures.shop(listURL: "ftp://x") }
  }

  @Test func `a listing is paged by its own cursor and keeps the start of its window`() async throws {
    let transport = ScriptedTransport([
      .json(200, #"{"orders":["# + Fixtures.orderText + #",{"id":5}],"next":"p 2"}"#),
      .json(200, #"{"orders":[],"next":null}"#),
    ])
    let shop = try Fixtures.shop(transport, listURL: "https://shop.example/orders?tenant=1")
    let start = BackfillCursor(since: Fixtures.now - .seconds(60))
    guard case .page(let orders, let unreadable, let next?) = await shop.listChanged(start, until: Fixtures.now) else {
      Issue.record("no page")
      return
    }
    #expect(orders.map(\.order.id) == ["9007199254740993"])
    #expect(unreadable == ["orders[1] (id 5): currency: this member is missing"])
    #expect(next == BackfillCursor(since: start.since, page: "p 2"))
    guard case .page(_, _, nil) = await shop.listChanged(next, until: Fixtures.now) else {
      Issue.record("no last page")
      return
    }
    #expect(transport.calls.first?.url.hasPrefix("https://shop.example/orders?tenant=1&since=2026-11-23T") == true)
    #expect(transport.calls.last?.url.hasSuffix("&cursor=p%202") == true)
  }

  @Test func `a page that cannot be had never looks like the last page`() async throws {
    let replies: [ScriptedTransport.Reply] = [
      .failure(.notSent("refused")), .failure(.noAnswer("reset")), .json(500, "{}"), .json(200, "{}"),
      .json(200, "<html>"), .json(302, ""), .json(429, "{}"), .json(200, #"{"orders":[],"next":"p"}"#),
      .json(200, #"{"orders":[],"next":{}}"#),
    ]
    for reply in replies {
      let shop = try Fixtures.shop(ScriptedTransport([reply]), listURL: "https://shop.example/orders")
      let outcome = await shop.listChanged(BackfillCursor(since: Fixtures.now, page: "p"), until: Fixtures.now)
      guard case .failed = outcome else {
        Issue.record("\(reply) gave \(outcome)")
        continue
      }
    }
    let denied = try Fixtures.shop(ScriptedTransport([.json(401, "{}")]), listURL: "https://shop.example/orders")
    guard case .misconfigured = await denied.listChanged(BackfillCursor(since: Fixtures.now), until: Fixtures.now)
    else {
      Issue.record("401 is a matter of configuration")
      return
    }
    #expect(try !Fixtures.shop().canList)
  }

  @Test func `a fetch asks for one id and hands out no other order`() async throws {
    let transport = ScriptedTransport { _ in .json(200, #"{"orders":["# + Fixtures.orderText + "]}") }
    let shop = try Fixtures.shop(transport, listURL: "https://shop.example/orders")
    guard case .page(let own, _, nil) = await shop.fetch(orderID: "9007199254740993"),
      case .page(let foreign, _, nil) = await shop.fetch(orderID: "a&b")
    else {
      Issue.record("no page")
      return
    }
    #expect(own.count == 1)
    #expect(foreign.isEmpty)
    #expect(transport.calls.last?.url == "https://shop.example/orders?id=a%26b")
  }

  @Test func `twenty thousand mutated bodies never stop the process`() throws {
    let shop = try Fixtures.shop()
    var numbers = SeededNumbers(state: 20_261_123)
    let seeds = [
      Array(Fixtures.orderText.utf8),
      Array((#"{"type":"order.updated","timestamp":"2026-11-23T09:00:00Z","data":"# + Fixtures.orderText + "}").utf8),
    ]
    var orders = 0
    for round in 0..<20_000 {
      let body = mutated(seeds[round % 2], &numbers)
      if case .order(let capture) = try shop.read(try Fixtures.delivery(body)) {
        orders += 1
        #expect(capture.order.total.minorUnits >= 0)
        #expect(capture.order.lines.allSatisfy { $0.quantity >= 0 })
      }
    }
    #expect(orders > 100)
    #expect(orders < 20_000)
  }
}
