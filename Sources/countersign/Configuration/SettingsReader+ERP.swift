import Connector
import ConnectorGeneric
import ConnectorNetSuite
import HandoffCore

extension SettingsReader {
  /// The longest a request to an ERP may take: a step that is done twice after the lease has ended must not overlap.
  private static let requests: ClosedRange<Duration> = .milliseconds(100) ... .seconds(110)

  func readERP(_ name: String, _ map: ConfigMap) -> ERPSettings {
    defer { map.finish() }
    let kind: ERPSettings.Kind
    let name = ERPName(name)
    let vendor = map.required("kind", "netsuite")
    let watch = readWatch(vendor, map)
    switch vendor {
    case "netsuite": kind = .netsuite(readNetSuite(map))
    case "tryton": kind = .tryton(readTryton(map))
    case "generic": kind = .generic(readGenericERP(map))
    case let other:
      map.stopJudging()
      if !other.isEmpty { map.fault("kind", "\"\(other)\" is not one of netsuite, tryton, generic") }
      kind = .generic(GenericERPSettings(url: ""))
    }
    return ERPSettings(name: name, kind: kind, watch: watch)
  }

  private func readGenericERP(_ map: ConfigMap) -> GenericERPSettings {
    GenericERPSettings(
      url: map.address("url", map.required("url", "http://127.0.0.1:9000")) ?? "", token: map.secret("token"),
      concurrency: map.int("concurrency", in: 1...1000, default: 32),
      timeout: map.duration("timeout", in: Self.requests, default: .seconds(30)),
      inventory: map.choice("inventory", default: GenericERP.InventorySource.automatic),
      levelsCountOrder: map.bool("levelsCountOrder", default: false))
  }

  private func readNetSuite(_ map: ConfigMap) -> NetSuiteSettings {
    map.judgePort("baseURL", map.text("baseURL"))
    return NetSuiteSettings(
      account: map.required("account", "\"1234567_SB1\""), credentials: readNetSuiteAuth(map),
      baseURL: map.text("baseURL"), customer: map.required("customer", "\"12345\""),
      currency: map.text("currency").flatMap { readCurrency($0, "currency", map) },
      currencies: readCurrencies(map), subsidiary: map.text("subsidiary"), location: map.text("location"),
      orderStatus: map.text("orderStatus"), extraFields: readExtraFields(map),
      availabilityLocations: map.texts("availabilityLocations"),
      concurrency: map.int("concurrency", in: 1...20, default: 3),
      timeout: map.duration("timeout", in: Self.requests, default: .seconds(60)),
      tokenMargin: map.duration("tokenMargin", in: .seconds(1) ... .seconds(1800), default: .seconds(60)),
      signInPause: map.duration("signInPause", in: .seconds(1) ... .seconds(86_400), default: .seconds(1800)),
      items: map.dictionary("items"), shippingItem: readItem("shippingItem", map), taxItem: readItem("taxItem", map),
      discountItem: readItem("discountItem", map))
  }

  private func readCurrency(_ code: String, _ key: String, _ map: ConfigMap) -> CurrencyCode? {
    let currency = CurrencyCode(code)
    if currency == nil { map.fault(key, "\"\(code.prefix(40))\" is no ISO 4217 code of three letters") }
    return currency
  }

  private func readCurrencies(_ map: ConfigMap) -> [CurrencyCode: String] {
    var currencies: [CurrencyCode: String] = [:]
    for (code, id) in map.dictionary("currencies").sorted(by: { $0.key < $1.key }) {
      if let currency = readCurrency(code, code, map.section("currencies")) { currencies[currency] = id }
    }
    return currencies
  }

  /// An item by its external id, or as `id:123` by its internal one.
  private func readItem(_ key: String, _ map: ConfigMap) -> RecordReference? {
    guard let text = map.text(key) else { return nil }
    guard text.hasPrefix("id:") else {
      if text.isEmpty { map.fault(key, "an item's external id, or id: and its internal id, is needed") }
      return .externalID(text)
    }
    let id = String(text.dropFirst(3))
    if id.isEmpty || id.count > 19 || !id.allSatisfy({ $0.isASCII && $0.isNumber }) {
      map.fault(key, "after id: the item's internal id, a number, is needed")
    }
    return .id(id)
  }

  /// What this connector writes itself: a fixed field of the same name would overwrite it.
  private static let ownFields: Set<String> = [
    "currency", "entity", "externalId", "item", "location", "memo", "orderStatus", "otherRefNum", "shippingAddress",
    "subsidiary", "toBeEmailed", "tranDate",
  ]

  private func readExtraFields(_ map: ConfigMap) -> [String: JSONValue] {
    let fields = map.values("extraFields")
    for name in fields.keys.sorted() where Self.ownFields.contains(name) {
      map.section("extraFields").fault(name, "this field is written by Countersign itself")
    }
    return fields
  }

  private func readNetSuiteAuth(_ map: ConfigMap) -> NetSuiteCredentials {
    let auth = map.section("auth")
    guard auth.isPresent else {
      map.fault("auth", "credentials are needed: kind oauth2 (recommended) or tokenBased")
      return .tokenBased(TokenBasedCredentials(consumerKey: "", consumerSecret: "", tokenID: "", tokenSecret: ""))
    }
    defer { auth.finish() }
    let kind = auth.text("kind") ?? "oauth2"
    if kind == "tokenBased" {
      return .tokenBased(
        TokenBasedCredentials(
          consumerKey: auth.required("consumerKey", "${NS_CONSUMER_KEY}"),
          consumerSecret: auth.required("consumerSecret", "${NS_CONSUMER_SECRET}"),
          tokenID: auth.required("token", "${NS_TOKEN}"),
          tokenSecret: auth.required("tokenSecret", "${NS_TOKEN_SECRET}")))
    }
    if kind != "oauth2" {
      auth.stopJudging()
      auth.fault("kind", "\"\(kind.prefix(40))\" is not one of oauth2, tokenBased")
    }
    return .clientCredentials(
      ClientCredentials(
        clientID: auth.required("clientId", "${NS_CLIENT_ID}"),
        certificateID: auth.required("certificateId", "${NS_CERTIFICATE_ID}"),
        privateKeyPEM: auth.required("privateKey", "file:/etc/countersign/netsuite.pem"),
        algorithm: auth.choice("algorithm", default: AssertionAlgorithm.es256)))
  }

  private func readTryton(_ map: ConfigMap) -> TrytonSettings {
    let ids = 1...Int(Int32.max)
    func id(_ key: String) -> Int {
      if !map.has(key) { map.fault(key, "the number of this record in Tryton is needed") }
      return map.int(key, in: ids, default: 1)
    }
    return TrytonSettings(
      url: map.address("url", map.required("url", "http://127.0.0.1:8765/erp")) ?? "",
      key: map.required("key", "${TRYTON_KEY}"),
      company: id("company"), party: id("party"), invoiceAddress: id("invoiceAddress"),
      shipmentAddress: id("shipmentAddress"), warehouse: id("warehouse"), webShop: id("webShop"),
      shippingProduct: map.text("shippingProduct"), discountProduct: map.text("discountProduct"),
      taxProduct: map.text("taxProduct"), concurrency: map.int("concurrency", in: 1...16, default: 2),
      timeout: map.duration("timeout", in: Self.requests, default: .seconds(20)))
  }
}
