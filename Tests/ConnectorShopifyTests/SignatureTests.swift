import Connector
import ConnectorTesting
import HandoffCore
import Signing
import Testing

@testable import ConnectorShopify

@Suite struct SignatureTests {
  private func outcome(
    _ body: [UInt8], _ signature: String?, secrets: [String] = [Shop.secret]
  ) -> Result<
    Void, WebhookRejection
  > {
    var headers = [HTTPField("X-Shopify-Topic", "orders/create")]
    if let signature { headers.append(HTTPField("X-Shopify-Hmac-Sha256", signature)) }
    let storefront = ShopifyStorefront(Shop.configuration(secrets: secrets))
    do throws(WebhookRejection) {
      _ = try storefront.read(WebhookDelivery(headers: headers, body: body, receivedAt: Shop.instant))
      return .success(())
    } catch { return .failure(error) }
  }

  private func isAccepted(_ body: [UInt8], _ signature: String?, secrets: [String] = [Shop.secret]) -> Bool {
    if case .success = outcome(body, signature, secrets: secrets) { true } else { false }
  }

  private func isUnauthenticated(_ body: [UInt8], _ signature: String?, secrets: [String] = [Shop.secret]) -> Bool {
    if case .failure(.unauthenticated) = outcome(body, signature, secrets: secrets) { true } else { false }
  }

  private func vectors() throws -> JSONValue? {
    guard let bytes = try SharedFiles.bytes("payloads/hmac-vectors.json") else { return nil }
    return try JSONValue(parsing: bytes)
  }

  private func file(_ vector: JSONValue) throws -> [UInt8] {
    let path = vector["body_file"]?.string ?? vector["original_file"]?.string ?? ""
    let name = path.split(separator: "/").last.map { String($0) } ?? ""
    return try #require(try SharedFiles.bytes("payloads/" + name))
  }

  @Test func `every vector over a file is judged as it says`() throws {
    guard let vectors = try vectors()?["shopify_files"]?["vectors"]?.array else { return }
    #expect(vectors.count == 8)
    for vector in vectors {
      let body = try file(vector)
      let secret = try #require(vector["secret"]?.string)
      if let signature = vector["hmac_b64"]?.string {
        #expect(Shop.signature(body, secret: secret) == signature)
        #expect(isAccepted(body, signature, secrets: ["other", secret]))
        #expect(isUnauthenticated(body, signature, secrets: ["other"]))
        #expect(isUnauthenticated(body + [UInt8(ascii: "\n")], signature, secrets: [secret]))
      }
      if let original = vector["hmac_b64_of_original"]?.string {
        #expect(isAccepted(body, original))
        #expect(isUnauthenticated(try JSONValue(parsing: body).bytes, original))
        #expect(isUnauthenticated(body + [UInt8(ascii: "\n")], original))
      }
      if let other = vector["hmac_b64_with_newline"]?.string {
        #expect(isUnauthenticated(body, other))
        #expect(isAccepted(body + [UInt8(ascii: "\n")], other))
      }
    }
  }

  @Test func `every inline vector is judged as it says`() throws {
    guard let vectors = try vectors()?["shopify_inline"]?.array else { return }
    #expect(vectors.count == 11)
    for vector in vectors {
      let hex = Array(try #require(vector["body_hex"]?.string).utf8)
      let body = stride(from: 0, to: hex.count, by: 2).compactMap {
        UInt8(String(decoding: hex[$0..<$0 + 2], as: UTF8.self), radix: 16)
      }
      let accepts = vector["expect"]?.string == "accept"
      let signature = vector["hmac_b64"]?.string ?? vector["header"]?.string
      #expect(isAccepted(body, signature) == accepts, "\(vector["name"]?.string ?? "")")
      #expect(isUnauthenticated(body, signature) != accepts)
    }
  }

  @Test func `during a rotation the old and the new secret are right, afterwards only the new one`() {
    let body = Shop.body()
    let old = Shop.signature(body, secret: "old")
    let new = Shop.signature(body, secret: "new")
    #expect(isAccepted(body, old, secrets: ["new", "old"]))
    #expect(isAccepted(body, new, secrets: ["new", "old"]))
    #expect(isUnauthenticated(body, old, secrets: ["new"]))
  }

  @Test func `without a configured secret nothing is authentic, not even a signature under the empty key`() {
    let body = Shop.body()
    #expect(isUnauthenticated(body, Shop.signature(body), secrets: []))
    #expect(isUnauthenticated(body, Shop.signature(body, secret: ""), secrets: [""]))
  }

  @Test func `both header families and any spelling of the names are read`() throws {
    let body = Shop.body()
    for names in [
      ["x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-webhook-id"],
      ["X-SHOPIFY-HMAC-SHA256", "X-SHOPIFY-TOPIC", "X-SHOPIFY-WEBHOOK-ID"],
      ["shopify-hmac-sha256", "shopify-topic", "shopify-webhook-id"],
      ["Shopify-Hmac-Sha256", "Shopify-Topic", "Shopify-Webhook-Id"],
    ] {
      let headers = [
        HTTPField(names[0], Shop.signature(body)), HTTPField(names[1], "Orders/Create"), HTTPField(names[2], "w1"),
      ]
      let reading = try Shop.storefront.read(
        WebhookDelivery(headers: headers, body: body, receivedAt: Shop.instant))
      #expect(reading.order?.id == "820982911946154508")
      #expect(reading.dedupeID == "orders/create:w1")
    }
  }

  @Test func `another shop is told apart, in the header and in a signed body that names one`() throws {
    let body = Shop.body()
    var headers = Shop.delivery(body).headers
    headers.removeAll { $0.name == "X-Shopify-Shop-Domain" }
    _ = try Shop.storefront.read(WebhookDelivery(headers: headers, body: body, receivedAt: Shop.instant))
    for domain in ["EXAMPLE.myshopify.com", " example.myshopify.com"] {
      let fields = headers + [HTTPField("X-Shopify-Shop-Domain", domain)]
      _ = try Shop.storefront.read(WebhookDelivery(headers: fields, body: body, receivedAt: Shop.instant))
    }
    for domain in ["other.myshopify.com", "example.myshopify.com.evil.com", "other"] {
      let fields = headers + [HTTPField("X-Shopify-Shop-Domain", domain)]
      #expect {
        try Shop.storefront.read(WebhookDelivery(headers: fields, body: body, receivedAt: Shop.instant))
      } throws: { if case WebhookRejection.wrongShop = $0 { true } else { false } }
    }
    #expect {
      try Shop.read(#"{"shop_id":1,"shop_domain":"other.myshopify.com"}"#, topic: "shop/redact")
    } throws: { if case WebhookRejection.wrongShop = $0 { true } else { false } }
  }

  @Test func `a delivery without a topic, or with one that is none, is malformed`() {
    let body = Shop.body()
    for topic in [nil, "", "orders/create\u{0}", "orders create", String(repeating: "a", count: 200), "órders"] {
      var headers = [HTTPField("X-Shopify-Hmac-Sha256", Shop.signature(body))]
      if let topic { headers.append(HTTPField("X-Shopify-Topic", topic)) }
      #expect {
        try Shop.storefront.read(WebhookDelivery(headers: headers, body: body, receivedAt: Shop.instant))
      } throws: { if case WebhookRejection.malformed = $0 { true } else { false } }
    }
  }

  @Test(arguments: ["customers/data_request", "customers/redact", "shop/redact"])
  func `a compliance request is answered when signed and refused when not`(_ topic: String) throws {
    let body = Array(
      #"{"shop_id":954889,"shop_domain":"example.myshopify.com","orders_requested":[1],"orders_to_redact":[299938]}"#
        .utf8)
    let reading = try Shop.read(body, topic: topic, [HTTPField("X-Shopify-Webhook-Id", "c1")])
    if case .erasure(_, let orders, _) = reading {
      #expect(orders == (topic == "shop/redact" ? nil : ["299938"]))
    } else {
      #expect(reading.isNotice && topic == "customers/data_request")
    }
    #expect(reading.noticeOrderID == nil)
    #expect(reading.dedupeID == topic + ":c1")
    let unsigned = WebhookDelivery(
      headers: [HTTPField("X-Shopify-Topic", topic), HTTPField("X-Shopify-Hmac-Sha256", Shop.signature([1]))],
      body: body, receivedAt: Shop.instant)
    #expect { try Shop.storefront.read(unsigned) } throws: {
      if case WebhookRejection.unauthenticated = $0 { true } else { false }
    }
  }
}
