import Connector
import ConnectorTesting
import Testing

@testable import ConnectorNetSuite

@Suite struct ProbeTests {
  private func configuration() -> NetSuiteConfiguration {
    var configuration = Fixture.configuration()
    configuration.items = .table(["SKU-1": "501", "SKU-2": "502"])
    configuration.shippingItem = .externalID("SHIP")
    return configuration
  }

  private func probe(_ replies: [ScriptedTransport.Reply]) async throws -> [Bool] {
    await (try Fixture.erp(Fixture.script(replies), configuration())).probe().map(\.isHealthy)
  }

  private let customer = ScriptedTransport.Reply.json(200, "{\"id\":\"3327\"}")
  private let limits = ScriptedTransport.Reply.json(200, "{\"accountConcurrencyLimit\":5}")
  private let none = Fixture.rows()
  private let ship = Fixture.rows("{\"id\":\"9\",\"externalid\":\"SHIP\"}")
  private let items = Fixture.rows("{\"id\":\"501\"}", "{\"id\":\"502\"}")

  @Test func `a good account passes every check`() async throws {
    #expect(
      try await probe([customer, limits, none, none, none, ship, items, none]) == [true, true, true, true, true])
  }

  @Test func `a refused sign-in ends the probe`() async throws {
    #expect(try await probe([Fixture.invalidLogin]) == [false])
  }

  @Test func `a customer that is not there is named, and the rest is tried`() async throws {
    let forbidden = Fixture.error(403, "INSUFFICIENT_PERMISSION", "x")
    #expect(
      try await probe([Fixture.absent, forbidden, none, none, none, ship, items, none])
        == [false, true, true, true, true])
  }

  @Test func `too few permits, missing columns and missing items are found`() async throws {
    let few = ScriptedTransport.Reply.json(200, "{\"accountConcurrencyLimit\":2}")
    let column = Fixture.error(400, "INVALID_PARAMETER", "Unknown column.")
    #expect(try await probe([customer, few, column, none, none, column]) == [true, false, false, false, false])
    let findings = await
      (try Fixture.erp(
        Fixture.script([customer, limits, none, none, none, ship, Fixture.rows("{\"id\":\"501\"}"), none]),
        configuration()))
      .probe()
    #expect(findings.map(\.finding).contains("NetSuite has no item 502"))
  }
}
