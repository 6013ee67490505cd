import ConnectorTesting
import Testing

@testable import Sandbox

@Suite struct `Shopify webhooks` {
  @Test func `an event is signed over its raw bytes and carries the documented headers`() async throws {
    let receiver = Receiver()
    try await receiver.with { address in
      try await Running.with { sandbox in
        sandbox.server.subscribeShopify(shop: "demo", topic: "orders/create", to: address)
        let order = try #require(sandbox.server.placeShopifyOrders(shop: "demo").first)
        let answered = try await sandbox.wait(for: 1, .webhookAnswered)
        #expect(answered.first?.ref == String(order.id))
        let delivery = try #require(receiver.deliveries.first)
        let expected = Authentic.base64(Authentic.hmacSHA256(key: "shpss_sandbox".utf8, delivery.body))
        #expect(delivery.headers["x-shopify-hmac-sha256"] == expected)
        #expect(delivery.headers["x-shopify-topic"] == "orders/create")
        #expect(delivery.headers["x-shopify-shop-domain"] == "demo.myshopify.com")
        #expect(delivery.headers["x-shopify-webhook-id"]?.count == 36)
        #expect(delivery.text.contains("\"gid:\\/\\/shopify\\/Order\\/\(order.id)\""))
        #expect(try JSON(parsing: delivery.body)["id"]?.int == order.id)
      }
    }
  }

  @Test func `a failed delivery is repeated with the original body and id, redirects being failures`() async throws {
    let receiver = Receiver { [500, 302, 0, 200][min($0, 3)] }
    try await receiver.with { address in
      try await Running.with({ $0.shopify.delivery.timeScale = 0.00001 }) { sandbox in
        sandbox.server.subscribeShopify(shop: "demo", topic: "orders/create", to: address)
        let order = try #require(sandbox.server.placeShopifyOrders(shop: "demo").first)
        #expect(sandbox.server.world.shopify.edit(shop: "demo", id: String(order.id), line: 0, quantity: 0))
        let answered = try await sandbox.wait(for: 4, .webhookAnswered)
        #expect(try answered.map { try JSON(parsing: $0.detail)["status"]?.int } == [500, 302, 0, 200])
        #expect(Set(receiver.deliveries.map(\.body)).count == 1)
        #expect(Set(receiver.deliveries.compactMap { $0.headers["x-shopify-webhook-id"] }).count == 1)
        #expect(sandbox.entries(.webhookDropped).isEmpty)
      }
    }
  }

  @Test func `eight failures in a row delete the subscription`() async throws {
    let receiver = Receiver { _ in 503 }
    try await receiver.with { address in
      try await Running.with({ $0.shopify.delivery.timeScale = 0.000001 }) { sandbox in
        sandbox.server.subscribeShopify(shop: "demo", topic: "orders/create", to: address)
        sandbox.server.placeShopifyOrders(shop: "demo")
        _ = try await sandbox.wait(for: 1, .webhookDropped)
        #expect(receiver.deliveries.count == 8)
        #expect(sandbox.server.world.shopify.withShop("demo") { $0.subscriptions.count } == 0)
      }
    }
  }

  @Test func `deliveries can be doubled, lost and out of order`() async throws {
    let receiver = Receiver()
    try await receiver.with { address in
      try await Running.with({
        $0.shopify.delivery.duplicate = 0.5
        $0.shopify.delivery.drop = 0.2
        $0.shopify.delivery.shuffleMs = 2000
      }) { sandbox in
        sandbox.server.subscribeShopify(shop: "demo", topic: "orders/create", to: address)
        let placed = sandbox.server.placeShopifyOrders(shop: "demo", count: 100).map { String($0.id) }
        let lost = sandbox.entries(.webhookDropped).map(\.ref)
        #expect(!lost.isEmpty)
        let answered = try await sandbox.wait(for: 100 - lost.count + 1, .webhookAnswered)
        #expect(Set(answered.map(\.ref)).isDisjoint(with: lost))
        _ = try await sandbox.wait(for: 100 - lost.count + 20, .webhookAnswered)
        let order = receiver.deliveries.compactMap { $0.headers["x-shopify-order-id"] }
        #expect(order.count > Set(order).count)
        #expect(order != order.sorted())
        #expect(Set(order).isSubset(of: placed))
      }
    }
  }
}

private let basic = [("Authorization", "Basic " + Authentic.base64("ck_sandbox:cs_sandbox".utf8))]
private let orders = "/woo/wp-json/wc/v3/orders"

@Suite struct WooCommerce {
  @Test func `credentials, paging headers and the window by change`() async throws {
    try await Running.with { sandbox in
      sandbox.server.placeWooOrders(count: 25)
      #expect(try await sandbox.send("GET", orders).status == 401)
      let query = "?consumer_key=ck_sandbox&consumer_secret=cs_sandbox&per_page=10&page=3&order=asc&orderby=id"
      let page = try await sandbox.send("GET", orders + query)
      #expect(page.header("x-wp-total") == "25")
      #expect(page.header("x-wp-totalpages") == "3")
      #expect(page.json?.array?.count == 5)
      #expect(page.header("link") == nil)
      let first = try await sandbox.send("GET", orders + "?per_page=20", basic)
      #expect(first.header("link")?.contains("rel=\"next\"") == true)
      #expect(try await sandbox.send("GET", orders + "?per_page=101", basic).status == 400)
      let late = try await sandbox.send("GET", orders + "?modified_after=2999-01-01T00:00:00&dates_are_gmt=true", basic)
      #expect(late.json == [])
      let missing = try await sandbox.send("GET", orders + "/1", basic)
      #expect(missing.json?["code"] == "woocommerce_rest_shop_order_invalid_id")
    }
  }

  @Test func `the shop's own confirmation leaves when the order goes from on-hold to processing`() async throws {
    try await Running.with { sandbox in
      let order = try #require(sandbox.server.placeWooOrders().first)
      #expect(sandbox.entries(.wooMail).map { try? JSON(parsing: $0.detail)["mail"] } == ["customer_on_hold_order"])
      let meta: JSON = ["status": "processing", "meta_data": [["key": "_countersign_state", "value": "confirmed"]]]
      let put = try await sandbox.send("PUT", orders + "/\(order.id)", basic, json: meta)
      #expect(put.json?["status"] == "processing")
      #expect(put.json?.at("meta_data.0.key") == "_countersign_state")
      _ = try await sandbox.send("PUT", orders + "/\(order.id)", basic, json: ["status": "processing"])
      let mails = sandbox.entries(.wooMail).map { try? JSON(parsing: $0.detail)["mail"] }
      #expect(mails == ["customer_on_hold_order", "customer_processing_order"])
      #expect(try await sandbox.send("PUT", orders + "/\(order.id)", basic, json: ["status": "nonsense"]).status == 400)
      let note: JSON = ["note": "Confirmed", "customer_note": true]
      #expect(try await sandbox.send("POST", orders + "/\(order.id)/notes", basic, json: note).status == 201)
      #expect(sandbox.entries(.wooMail).count == 3)
    }
  }

  @Test func `a webhook pings first, shows the state at delivery, joins changes, and is never repeated`() async throws {
    let receiver = Receiver { $0 == 0 ? 200 : 500 }
    try await receiver.with { address in
      try await Running.with({ $0.woo.deliveryDelayMs = 150 }) { sandbox in
        sandbox.server.registerWooWebhook(topic: "order.created", to: address)
        _ = try await sandbox.wait(for: 1, .webhookAnswered)
        let ping = try #require(receiver.deliveries.first)
        #expect(ping.text == "webhook_id=1")
        #expect(ping.headers["x-wc-webhook-signature"] == nil)
        let order = try #require(sandbox.server.placeWooOrders().first)
        sandbox.server.world.woo.queue("order.created", order.id)
        _ = try await sandbox.send("PUT", orders + "/\(order.id)", basic, json: ["status": "processing"])
        _ = try await sandbox.wait(for: 2, .webhookAnswered)
        let delivery = try #require(receiver.deliveries.last)
        #expect(delivery.headers["x-wc-webhook-topic"] == "order.created")
        #expect(
          delivery.headers["x-wc-webhook-signature"]
            == Authentic.base64(Authentic.hmacSHA256(key: "woo_sandbox".utf8, delivery.body)))
        #expect(try JSON(parsing: delivery.body)["status"] == "processing")
        #expect(delivery.body.allSatisfy { $0 < 0x80 })
        #expect(receiver.deliveries.count == 2)
      }
    }
  }

  @Test func `a webhook that keeps failing is disabled`() async throws {
    let receiver = Receiver { $0 == 0 ? 200 : 500 }
    try await receiver.with { address in
      try await Running.with({ $0.woo.deliveryDelayMs = 0 }) { sandbox in
        sandbox.server.registerWooWebhook(topic: "order.created", to: address)
        _ = try await sandbox.wait(for: 1, .webhookAnswered)
        sandbox.server.placeWooOrders(count: 6)
        _ = try await sandbox.wait(for: 1, .webhookDropped)
        let list = try await sandbox.send("GET", "/woo/wp-json/wc/v3/webhooks", basic)
        #expect(list.json?.at("0.status") == "disabled")
      }
    }
  }

  @Test func `an order has the keys of a recorded one`() async throws {
    guard let data = try SharedFiles.bytes("payloads/woo-rest-v3-order-727-processing.json") else { return }
    let recorded = try JSON(parsing: data)
    try await Running.with { sandbox in
      let order = try #require(sandbox.server.placeWooOrders().first)
      let ours = try await sandbox.send("GET", orders + "/\(order.id)", basic)
      let keys = Set(ours.json?.members?.map(\.key) ?? [])
      let missing = (recorded.members ?? []).map(\.key).filter { !keys.contains($0) }
      #expect(missing.filter { !["cart_hash", "_links"].contains($0) } == [])
    }
  }
}

@Suite struct `order generator` {
  @Test func `the same seed gives the same orders, in several currencies and scripts`() throws {
    var first = SandboxOrderGenerator(seed: 9)
    var second = SandboxOrderGenerator(seed: 9)
    let orders = (0..<300).map { _ in first.next() }
    #expect(orders == (0..<300).map { _ in second.next() })
    #expect(Set(orders.map(\.currency)).isSuperset(of: ["USD", "EUR", "JPY"]))
    #expect(orders.allSatisfy { $0.lines.allSatisfy { $0.sku != nil } })
    #expect(Set(orders.map(\.lastName)).count > 8)
    let yen = try #require(orders.first { $0.currency == "JPY" })
    #expect(yen.shopifyJSON()["total_price"]?.string?.contains(".") == false)
    first.nullSku = 0.2
    #expect((0..<100).map { _ in first.next() }.contains { $0.lines.contains { $0.sku == nil } })
  }
}
