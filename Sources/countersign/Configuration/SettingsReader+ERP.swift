import HandoffCore

extension SettingsReader {
  func readERP(_ name: String, _ map: ConfigMap) -> ERPSettings {
    defer { map.finish() }
    let kind: ERPSettings.Kind
    switch map.required("kind", "netsuite") {
    case "netsuite": kind = .netsuite(readNetSuite(map))
    case "tryton": kind = .tryton(readTryton(map))
    case "generic":
      kind = .generic(
        url: map.required("url", "http://127.0.0.1:9000"), token: map.text("token"),
        concurrency: map.int("concurrency", in: 1...1000, default: 32))
    case let other:
      if !other.isEmpty { map.fault("kind", "\"\(other)\" is not one of netsuite, tryton, generic") }
      kind = .generic(url: "", token: nil, concurrency: 1)
    }
    return ERPSettings(name: ERPName(name), kind: kind)
  }

  private func readNetSuite(_ map: ConfigMap) -> NetSuiteSettings {
    NetSuiteSettings(
      account: map.required("account", "\"1234567_SB1\""), auth: readNetSuiteAuth(map), baseURL: map.text("baseURL"),
      customer: map.required("customer", "\"12345\""), currency: map.text("currency"),
      currencies: map.dictionary("currencies"),
      subsidiary: map.text("subsidiary"), location: map.text("location"),
      concurrency: map.int("concurrency", in: 1...20, default: 3), items: map.dictionary("items"),
      shippingItem: map.text("shippingItem"), taxItem: map.text("taxItem"), discountItem: map.text("discountItem"))
  }

  private func readNetSuiteAuth(_ map: ConfigMap) -> NetSuiteSettings.Auth {
    let auth = map.section("auth")
    guard auth.isPresent else {
      map.fault("auth", "credentials are needed: kind oauth2 (recommended) or tokenBased")
      return .tokenBased(consumerKey: "", consumerSecret: "", token: "", tokenSecret: "")
    }
    defer { auth.finish() }
    if auth.text("kind") == "tokenBased" {
      return .tokenBased(
        consumerKey: auth.required("consumerKey", "${NS_CONSUMER_KEY}"),
        consumerSecret: auth.required("consumerSecret", "${NS_CONSUMER_SECRET}"),
        token: auth.required("token", "${NS_TOKEN}"), tokenSecret: auth.required("tokenSecret", "${NS_TOKEN_SECRET}"))
    }
    return .oauth2(
      clientID: auth.required("clientId", "${NS_CLIENT_ID}"),
      certificateID: auth.required("certificateId", "${NS_CERTIFICATE_ID}"),
      privateKey: auth.required("privateKey", "file:/etc/countersign/netsuite.pem"),
      algorithm: auth.text("algorithm") ?? "ES256")
  }

  private func readTryton(_ map: ConfigMap) -> TrytonSettings {
    let ids = 1...Int(Int32.max)
    func id(_ key: String) -> Int {
      if !map.has(key) { map.fault(key, "the number of this record in Tryton is needed") }
      return map.int(key, in: ids, default: 1)
    }
    return TrytonSettings(
      url: map.required("url", "http://127.0.0.1:8765/erp"), key: map.required("key", "${TRYTON_KEY}"),
      company: id("company"), party: id("party"), invoiceAddress: id("invoiceAddress"),
      shipmentAddress: id("shipmentAddress"), warehouse: id("warehouse"), webShop: id("webShop"),
      shippingProduct: map.text("shippingProduct"), discountProduct: map.text("discountProduct"),
      taxProduct: map.text("taxProduct"),
      concurrency: map.int("concurrency", in: 1...16, default: 2))
  }
}
