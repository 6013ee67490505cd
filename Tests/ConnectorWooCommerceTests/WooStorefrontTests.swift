import Connector
import ConnectorTesting
import ConnectorWooCommerce
import HandoffCore
import Signing
import Testing

@Suite struct WooStorefrontTests {
  @Test func `the vectors come out as they say, the unsigned ping among them`() throws {
    guard let bytes = try SharedFiles.bytes("payloads/hmac-vectors.json") else { return }
    let vectors = try JSONValue(parsing: bytes)["woocommerce"]?.array ?? []
    #expect(vectors.count >= 3)
    for vector in vectors {
      let body = Array(try #require(vector["body_json_string"]?.string).utf8)
      guard let secret = vector["secret"]?.string else {
        let ping = WebhookDelivery(headers: [], body: body, receivedAt: Fixtures.now)
        guard case .ping = try Fixtures.shop().read(ping) else {
          Issue.record("no ping")
          continue
        }
        continue
      }
      let shop = try WooStorefront(Fixtures.configuration(secrets: [secret]))
      var headers = [HTTPField("X-WC-Webhook-Topic", "product.updated")]
      headers.append(HTTPField("X-WC-Webhook-Signature", try #require(vector["hmac_b64"]?.string)))
      _ = try shop.read(WebhookDelivery(headers: headers, body: body, receivedAt: Fixtures.now))
      #expect(throws: WebhookRejection.self) {
        try shop.read(WebhookDelivery(headers: headers, body: body + [0x0A], receivedAt: Fixtures.now))
      }
    }
  }

  @Test func `only the exact ping may come unsigned`() throws {
    let shop = try Fixtures.shop()
    for body in [
      "webhook_id=", "webhook_id=12&x=1", "webhook_id=1a", "webhook_id=-1", " webhook_id=12", "webhook_id=12\n", "{}",
      "", "webhook_id=" + String(repeating: "1", count: 21),
    ] {
      #expect(throws: WebhookRejection.self) {
        try shop.read(WebhookDelivery(headers: [], body: Array(body.utf8), receivedAt: Fixtures.now))
      }
    }
  }

  @Test func `any of several secrets signs, nothing else does`() throws {
    let body = Fixtures.order().bytes
    let both = try WooStorefront(Fixtures.configuration(secrets: ["an old secret", Fixtures.secret]))
    for secret in ["an old secret", Fixtures.secret] { _ = try both.read(Fixtures.delivery(body, secret: secret)) }
    #expect(throws: WebhookRejection.self) { try both.read(Fixtures.delivery(body, secret: "another secret")) }
    for signature in ["", "!", "AAAA", Base64.encode(Array(repeating: 0, count: 32))] {
      let headers = [
        HTTPField("X-WC-Webhook-Signature", signature), HTTPField("X-WC-Webhook-Topic", "order.updated"),
      ]
      #expect(throws: WebhookRejection.self) {
        try both.read(WebhookDelivery(headers: headers, body: body, receivedAt: Fixtures.now))
      }
    }
  }

  @Test func `another shop's delivery is told apart, and the source may be missing`() throws {
    let body = Fixtures.order().bytes
    let shop = try Fixtures.shop()
    for source in ["http://shop.example/store/", "https://SHOP.example/store", nil] {
      _ = try shop.read(Fixtures.delivery(body, source: source))
    }
    for source in ["https://shop.example/", "https://evil.example/store", ""] {
      let delivery = Fixtures.delivery(body, source: source)
      guard (try? shop.read(delivery)) == nil else {
        Issue.record("taken from \(source)")
        continue
      }
    }
    let elsewhere = try Fixtures.shop { $0.webhookSource = "https://shop.example" }
    _ = try elsewhere.read(Fixtures.delivery(body, source: "https://shop.example/"))
    #expect(throws: WebhookRejection.malformed("The field X-WC-Webhook-Topic is missing.")) {
      try shop.read(Fixtures.delivery(body, topic: nil))
    }
  }

  @Test func `the three order topics bring orders, deleted brings a notice with its id`() throws {
    for topic in ["order.created", "order.updated", "order.restored"] {
      guard case .order(let capture) = try Fixtures.read(Fixtures.order(), topic: topic) else {
        Issue.record("\(topic)")
        continue
      }
      #expect(capture.topic == topic)
    }
    guard case .notice("order.deleted", "727", _) = try Fixtures.read(["id": 727], topic: "order.deleted"),
      case .unreadable = try Fixtures.read(["id": "x"], topic: "order.deleted"),
      case .notice("product.created", nil, _) = try Fixtures.read(["id": 1], topic: "product.created")
    else {
      Issue.record("a topic was misread")
      return
    }
  }

  @Test func `the delivery id names the content, not the delivery`() throws {
    let first = try Fixtures.capture(Fixtures.order())
    #expect(first.dedupeID == (try Fixtures.capture(Fixtures.order())).dedupeID)
    #expect(first.dedupeID?.contains("d41d8") == false)
    var ids: Set<String?> = [first.dedupeID]
    for change: [String: JSONValue?] in [
      ["id": 728], ["status": "processing"], ["date_modified_gmt": "2026-11-23T10:00:09"],
      ["billing": ["email": "other@example.com"]],
    ] {
      ids.insert(try Fixtures.capture(Fixtures.order(change)).dedupeID)
    }
    #expect(ids.count == 5)
  }

  @Test func `clocks without a zone are UTC in the gmt members and nothing in the others`() throws {
    let capture = try Fixtures.capture(Fixtures.order())
    #expect(capture.updatedAt == Timestamp(iso8601: "2026-11-23T10:00:08Z"))
    #expect(capture.order.placedAt == Timestamp(iso8601: "2026-11-23T10:00:00Z"))
    let local = Fixtures.order(["date_modified_gmt": nil, "date_created_gmt": nil])
    guard case .unreadable(_, let reason, _) = try Fixtures.read(local) else {
      Issue.record("a local time was taken for an instant")
      return
    }
    #expect(reason.hasPrefix("date_modified_gmt:"))
  }

  @Test func `the two real orders are read to the cent`() throws {
    guard let hold = try SharedFiles.bytes("payloads/woo-rest-v3-order-205-onhold-cod.json"),
      let paid = try SharedFiles.bytes("payloads/woo-rest-v3-order-727-processing.json")
    else { return }
    let cod = try Fixtures.capture(try JSONValue(parsing: hold)).order
    #expect(cod.id == "205")
    #expect(cod.total.decimalText == "17.70")
    #expect(cod.currency.text == "INR")
    #expect(cod.payment == .pending)
    #expect(cod.lines.map(\.sku) == ["woo-album"])
    #expect(cod.lines.map(\.unitPrice.decimalText) == ["15.00"])
    #expect(cod.shippingAddress == nil)
    #expect(cod.email == "strange@erpnext.com")
    #expect(cod.explained == cod.total.minorUnits)
    let bacs = try Fixtures.capture(try JSONValue(parsing: paid))
    #expect(bacs.order.lines.map(\.quantity) == [2, 1])
    #expect(bacs.order.lines.map(\.unitPrice.decimalText) == ["3.00", "12.00"])
    #expect(bacs.order.lines.map(\.sku) == [nil, "Bar3"])
    #expect(bacs.order.explained == 2935)
    #expect(bacs.updatedAt == Timestamp(iso8601: "2017-03-22T19:28:08Z"))
  }

  @Test func `what cannot be read is quarantined under its path, never dropped`() throws {
    let faults: [([String: JSONValue?], String)] = [
      (["id": nil], "id:"), (["id": "0"], "id:"), (["id": "../1"], "id:"), (["id": -5], "id:"),
      (["status": nil], "status:"), (["status": "wc-shipped"], "status:"), (["currency": "EURO"], "currency:"),
      (["total": nil], "total:"), (["total": .number("29.35")], "total:"), (["total": "29.351"], "total:"),
      (["total": "-29.35"], "total:"), (["total": "29.10"], "total:"), (["total_tax": "x"], "total_tax:"),
      (["line_items": [["id": 1, "quantity": -1, "total": "1"]]], "line_items[0].quantity:"),
      (["line_items": [["id": 1, "quantity": .number("1.5"), "total": "1"]]], "line_items[0].quantity:"),
      (["line_items": [["id": 1, "quantity": 1]]], "line_items[0].total:"),
      (["line_items": [["id": 1, "quantity": 0, "total": "6.00"]]], "line_items[0].quantity:"),
      (["line_items": [["quantity": 1, "total": "1"]]], "line_items[0].id:"),
      (["line_items": [["id": 1, "quantity": 1, "total": "9223372036854775807"]]], "line_items[0].total:"),
      (["fee_lines": [["id": 1]]], "fee_lines[0].total:"),
    ]
    for (change, path) in faults {
      guard case .unreadable(_, let reason, _) = try Fixtures.read(Fixtures.order(change)) else {
        Issue.record("taken: \(change)")
        continue
      }
      #expect(reason.hasPrefix(path), "\(change) gave \(reason)")
    }
    guard case .unreadable = try Fixtures.shop().read(Fixtures.delivery(Array("{\"id\":1,\"id\":2}".utf8))) else {
      Issue.record("duplicate keys")
      return
    }
  }

  @Test func `a weak secret, half a key pair or an open address refuses to start`() {
    let wrong: [(inout WooConfiguration) -> Void] = [
      { $0.secrets = [] }, { $0.secrets = ["short"] }, { $0.consumerSecret = nil }, { $0.consumerKey = "" },
      { $0.siteURL = "http://shop.example" }, { $0.siteURL = "shop.example" }, { $0.siteURL = "https://" },
      { $0.siteURL = "http://localhost.evil.example" },
    ]
    for change in wrong {
      #expect(throws: WooSetupFault.self) { try Fixtures.shop(ScriptedTransport([]), change) }
    }
    #expect(throws: Never.self) { try Fixtures.shop { $0.siteURL = "http://127.0.0.1:8090" } }
  }
}
