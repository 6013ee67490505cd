import Connector
import ConnectorTesting
import HandoffCore

@testable import ConnectorGeneric
@testable import ConnectorNetSuite
@testable import ConnectorTryton

extension FuzzTarget {
  /// Answers of NetSuite.
  static let netsuite = FuzzTarget(name: "netsuite") { bytes throws(Finding) in
    let keys = TokenBasedCredentials(consumerKey: "ck", consumerSecret: "cs", tokenID: "tk", tokenSecret: "ts")
    var configuration = NetSuiteConfiguration(
      account: "1234567", credentials: .tokenBased(keys), customerID: "3327", baseCurrency: .usDollar)
    configuration.shippingItem = .externalID("SHIP")
    let set = configuration
    try erp(bytes) { transport in try? NetSuiteERP(set, transport: transport, clock: Sample.clock) }
  }

  /// Answers of Tryton.
  static let tryton = FuzzTarget(name: "tryton") { bytes throws(Finding) in
    let configuration = TrytonERP.Configuration(
      baseURL: "https://erp.example/db", key: "key", company: 1, party: 2, invoiceAddress: 3, shipmentAddress: 4,
      warehouse: 5, webShop: 6)
    try erp(bytes) { transport in TrytonERP(configuration, transport: transport, clock: Sample.clock) }
  }

  /// Answers of an ERP behind the generic contract.
  static let genericERP = FuzzTarget(name: "generic-erp") { bytes throws(Finding) in
    try erp(bytes) { transport in
      try? GenericERP(GenericERP.Configuration(baseURL: "https://erp.example", transport: transport))
    }
    guard
      let hook = try? WebhookSender(
        WebhookSender.Configuration(
          url: "https://shop.example/hook", secrets: [Shops.secret], transport: Script.transport(bytes),
          clock: Sample.clock)), let message = try? hook.compose(Sample.facts(.confirmation, Sample.order))
    else { throw Finding("no sender") }
    _ = try Blocking.run { await hook.send(message) }
  }

  /// Every question of the gate, each with the same answers from their beginning.
  private static func erp(
    _ bytes: [UInt8], _ make: @Sendable (any HTTPTransport) -> (any ERPConnector)?
  ) throws(Finding) {
    func fresh() throws(Finding) -> any ERPConnector {
      guard let erp = make(Script.transport(bytes)) else { throw Finding("no ERP") }
      return erp
    }
    let first = try fresh()
    try Accepted.receipt(try Blocking.run { await first.submit(Sample.submission()) })
    let second = try fresh()
    try Accepted.receipt(try Blocking.run { await second.submit(Sample.submission(resuming: true)) })
    let third = try fresh()
    let found = try Blocking.run { await third.findReceipt(Sample.submission(recordID: "77")) }
    if case .accepted(let receipt) = found { try Accepted.receipt(.accepted(receipt)) }
    let fourth = try fresh()
    _ = try Blocking.run { await fourth.checkInventory(Sample.submission(), receipt: Sample.receipt) }
    let fifth = try fresh()
    try Accepted.receipt(try Blocking.run { await fifth.update(Sample.submission(), receipt: Sample.receipt) })
    let sixth = try fresh()
    _ = try Blocking.run { await sixth.cancel(Sample.submission(), recordID: "77") }
    let seventh = try fresh()
    _ = try Blocking.run { await seventh.availability(of: ["MUG", "TEA"]) }
    _ = try Blocking.run { await seventh.probe() }
    let eighth = try fresh()
    _ = try Blocking.run { await eighth.rehearse(Sample.submission()) }
  }
}
