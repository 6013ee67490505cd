import Connector
import ConnectorTesting
import HandoffCore
import Signing

@testable import ConnectorGeneric
@testable import ConnectorNetSuite
@testable import ConnectorTryton
@testable import ConnectorWooCommerce

extension FuzzTarget {
  /// A canonical order on its way into every ERP and to the customer.
  static let downstream = FuzzTarget(name: "downstream") { bytes throws(Finding) in
    guard let json = try? JSONValue(parsing: bytes), let order = try? CanonicalOrderCheck.read(json) else { return }
    try Accepted.order(order)
    let submission = Submission(
      handoffID: HandoffID("h1"), key: OrderKey(storefront: StorefrontName("main"), orderID: order.id),
      externalID: ExternalID("CS-1"), order: order, version: 1,
      digest: ContentDigest(bytes: sha256(order.canonicalForm)))
    let body = OrderBody.bytes(for: submission)
    guard let written = try? JSONValue(parsing: body) else { throw Finding("the ERP's body is no JSON") }
    try must(written.bytes == body, "the ERP's body has another order of members than JSON of ours")
    try must((try? OrderJSON.read(written)) == order, "the ERP is told another order")
    for erp in erps {
      _ = try Blocking.run { await erp.submit(submission) }
      _ = try Blocking.run { await erp.findReceipt(submission) }
      _ = try Blocking.run { await erp.checkInventory(submission, receipt: Sample.receipt) }
    }
    for kind in MessageKind.allCases {
      let facts = Sample.facts(kind, order)
      _ = try? release?.compose(facts)
      _ = try? hook?.compose(facts)
    }
  }

  private static let silent = OtherEnd { _, call in
    call.method == "GET" ? .json(200, "[]") : .failure(.noAnswer("silence"))
  }

  private static let erps: [any ERPConnector] = {
    let keys = TokenBasedCredentials(consumerKey: "ck", consumerSecret: "cs", tokenID: "tk", tokenSecret: "ts")
    var netsuite = NetSuiteConfiguration(
      account: "1234567", credentials: .tokenBased(keys), customerID: "3327", baseCurrency: .usDollar)
    netsuite.shippingItem = .externalID("SHIP")
    netsuite.discountItem = .externalID("OFF")
    netsuite.taxItem = .externalID("TAX")
    var tryton = TrytonERP.Configuration(
      baseURL: "https://erp.example/db", key: "key", company: 1, party: 2, invoiceAddress: 3, shipmentAddress: 4,
      warehouse: 5, webShop: 6)
    tryton.shippingProduct = "SHIP"
    tryton.discountProduct = "OFF"
    tryton.taxProduct = "TAX"
    let first = try? NetSuiteERP(netsuite, transport: silent, clock: Sample.clock)
    let second = TrytonERP(tryton, transport: silent, clock: Sample.clock)
    let third = try? GenericERP(GenericERP.Configuration(baseURL: "https://erp.example", transport: silent))
    let all: [(any ERPConnector)?] = [first, second, third]
    return all.compactMap { $0 }
  }()

  private static let release = try? WooRelease(Shops.woo(silent))
  private static let hook = try? WebhookSender(
    WebhookSender.Configuration(
      url: "https://shop.example/hook", secrets: [Shops.secret], transport: silent, clock: Sample.clock))
}
