import Connector
import ConnectorGeneric
import ConnectorNetSuite
import Foundation
import HandoffCore
import JWTKit
import Testing
import Transport

@testable import Sandbox

/// The product's own connectors over the real transport: they and the sandbox were written apart from each other.
private struct SandboxTime: WallClock {
  let clock: SandboxClock
  var now: Timestamp { Timestamp(seconds: Int64(clock.unixSeconds)) }
}

private func submission(_ id: String, sku: String = "SKU-1", quantity: Int = 2) throws -> Submission {
  let text = """
    {"id":"\(id)","number":"#\(id)","currency":"EUR","total":"\(14 * quantity).50","shipping":"0.50","payment":"paid",
    "lines":[{"id":"1","sku":"\(sku)","title":"Żółw","quantity":\(quantity),"unitPrice":"14.00"}]}
    """
  let order = try OrderJSON.read(try JSONValue(parsing: text))
  return Submission(
    handoffID: HandoffID("h\(id)"), key: OrderKey(storefront: StorefrontName("main"), orderID: id),
    externalID: ExternalID("CS-main-\(id)"), order: order, version: 1,
    digest: ContentDigest(bytes: Array(repeating: 7, count: 32)))
}

private func exercise(_ erp: some ERPConnector, _ sandbox: Running) async throws {
  let first = try submission("1001")
  let absent = await erp.findReceipt(first)
  guard case .notFound = absent else {
    Issue.record("a look-up before the submit said \(absent)")
    return
  }
  let submitted = await erp.submit(first)
  guard case .accepted(let receipt) = submitted else {
    Issue.record("the submit said \(submitted)")
    return
  }
  let created = try #require(sandbox.entries(.erpOrderCreated).first)
  #expect(created.ref == "CS-main-1001")
  #expect(created.erpId == receipt.recordID)
  let again = await erp.submit(first)
  guard case .accepted(let same) = again, same.recordID == receipt.recordID else {
    Issue.record("a repeated submit said \(again)")
    return
  }
  #expect(sandbox.entries(.erpOrderCreated).count == 1)
  #expect(await erp.checkInventory(first, receipt: receipt) == .allocated)
  let levels = await erp.availability(of: ["SKU-RARE"])
  #expect(levels == .levels([StockLevel(sku: "SKU-RARE", available: 3)]))
  #expect(await erp.cancel(first, recordID: receipt.recordID) == .cancelled)
  #expect(sandbox.entries(.erpOrderCancelled).first?.ref == "CS-main-1001")
  for finding in await erp.probe() { #expect(finding.isHealthy, "\(finding)") }
}

/// The order that ``exercise(_:_:)`` made is seen under its external id, with the sandbox's own time.
private func seen(_ watch: some RecordWatch, _ sandbox: Running) async throws {
  let created = try #require(sandbox.entries(.erpOrderCreated).first)
  let outcome = await watch.records(under: ["CS-main-1001", "CS-main-none"])
  guard case .records(let records) = outcome, let record = records.first, records.count == 1 else {
    Issue.record("the watch said \(outcome)")
    return
  }
  #expect(record.reference == "CS-main-1001" && record.recordID == created.erpId)
  let made = try #require(record.recordedAt)
  let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  #expect(made <= now && now.since(made) < .seconds(120), "\(made.iso8601)")
}

@Suite struct `the product's connectors against the sandbox` {
  @Test func `generic ERP`() async throws {
    try await Running.with { sandbox in
      let transport = AHCTransport()
      let erp = try ConnectorGeneric.GenericERP(.init(baseURL: sandbox.ports.baseURL + "/erp", transport: transport))
      try await exercise(erp, sandbox)
      try await seen(GenericWatch(erp), sandbox)
      await transport.shutdown()
    }
  }

  @Test func `NetSuite with client credentials`() async throws {
    let key = ES256PrivateKey()
    try await Running.with({ configuration in
      configuration.netsuite.clients = [
        Sandbox.NetSuiteClient(
          clientId: "c", certificateId: "k", publicKeyPEM: key.publicKey.pemRepresentation)
      ]
    }) { sandbox in
      let transport = AHCTransport()
      let credentials = ClientCredentials(clientID: "c", certificateID: "k", privateKeyPEM: key.pemRepresentation)
      let erp = try netsuite(sandbox, .clientCredentials(credentials), transport)
      try await exercise(erp, sandbox)
      // The simulated account's clock is eight hours behind UTC.
      let watch = try NetSuiteWatch(erp, field: "externalid") { text in
        Timestamp(iso8601: text, assumingUTC: true).map { $0 + .seconds(8 * 3600) }
      }
      try await seen(watch, sandbox)
      await transport.shutdown()
    }
  }

  @Test func `NetSuite with signed requests, and an order that stock does not cover`() async throws {
    try await Running.with({ configuration in
      configuration.netsuite.tokens = [
        NetSuiteToken(consumerKey: "ck", consumerSecret: "cs", token: "tk", tokenSecret: "ts")
      ]
    }) { sandbox in
      let transport = AHCTransport()
      let tokens = TokenBasedCredentials(consumerKey: "ck", consumerSecret: "cs", tokenID: "tk", tokenSecret: "ts")
      let erp = try netsuite(sandbox, .tokenBased(tokens), transport)
      let short = try submission("7", sku: "SKU-RARE", quantity: 5)
      let submitted = await erp.submit(short)
      guard case .accepted(let receipt) = submitted else {
        Issue.record("the submit said \(submitted)")
        return
      }
      let shortage = Shortage(sku: "SKU-RARE", ordered: 5, allocated: 3)
      #expect(await erp.checkInventory(short, receipt: receipt) == .partlyShort([shortage]))
      await transport.shutdown()
    }
  }

  private func netsuite(
    _ sandbox: Running, _ credentials: NetSuiteCredentials, _ transport: AHCTransport
  ) throws -> NetSuiteERP {
    var configuration = NetSuiteConfiguration(
      account: "1234567_SB1", credentials: credentials, customerID: "12345", baseCurrency: CurrencyCode("EUR"))
    configuration.baseURL = sandbox.ports.baseURL + "/netsuite"
    configuration.shippingItem = .id("900")
    return try NetSuiteERP(
      configuration, transport: transport, clock: SandboxTime(clock: sandbox.server.world.clock))
  }
}
