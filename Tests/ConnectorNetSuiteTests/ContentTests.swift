import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorNetSuite

@Suite struct ContentTests {
  private func lines(
    _ order: Order, _ change: (inout NetSuiteConfiguration) -> Void = { _ in }
  ) throws -> [JSONValue] {
    var configuration = Fixture.configuration()
    change(&configuration)
    return try SalesOrderContent(order, configuration).lines.map(\.json)
  }

  private func reason(
    _ order: Order, _ change: (inout NetSuiteConfiguration) -> Void = { _ in }
  ) -> String {
    do {
      _ = try lines(order, change)
      return ""
    } catch let fault as ContentFault { return fault.reason } catch { return "\(error)" }
  }

  private func order(_ lines: [OrderLine], total: Int64) -> Order {
    var order = Fixture.order
    order.lines = lines
    order.total = Fixture.money(total)
    return order
  }

  @Test func `removed lines are left out`() throws {
    #expect(try lines(order([Fixture.line("A", 1, 100), Fixture.line("B", 0, 100)], total: 100)).count == 1)
    #expect(reason(order([Fixture.line("B", 0, 100)], total: 0)).contains("no line with a quantity"))
  }

  @Test func `a line without a unit, and a unit without an item, are refused before anything is sent`() async throws {
    #expect(reason(order([Fixture.line(nil, 1, 100)], total: 100)).contains("has no stock keeping unit"))
    #expect(reason(Fixture.order) { $0.items = .table(["SKU-1": "5"]) }.contains("stock keeping unit SKU-2"))
    let transport = Fixture.script([])
    let outcome = await (try Fixture.erp(transport)).submit(
      Fixture.submission(order([Fixture.line("", 1, 1)], total: 1)))
    guard case .refused = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(transport.calls.isEmpty)
  }

  @Test func `a table names items by internal id`() throws {
    let written = try lines(Fixture.order) { $0.items = .table(["SKU-1": "5", "SKU-2": "6"]) }
    #expect(written.map { $0["item"]?["id"] } == ["5", "6"])
  }

  @Test func `a discounted line is sent at its amount, or at its price with a discount line`() throws {
    let order = order([Fixture.line("A", 3, 1000, discount: 250)], total: 2750)
    #expect(try lines(order) == [["item": ["externalId": "A"], "quantity": 3, "amount": .number("27.50")]])
    #expect(
      try lines(order) { $0.discountItem = .id("4") } == [
        ["item": ["externalId": "A"], "quantity": 3, "rate": .number("10.00")],
        ["item": ["id": "4"], "quantity": 1, "rate": .number("-2.50")],
      ])
  }

  @Test func `a discount that belongs to no line needs the discount item`() throws {
    var order = order([Fixture.line("A", 1, 1000)], total: 900)
    order.discount = Fixture.money(100)
    #expect(reason(order).contains("no discount item"))
    #expect(try lines(order) { $0.discountItem = .id("4") }.last?["rate"] == .number("-1.00"))
  }

  @Test func `shipping is a line on its item, and an order with shipping needs that item`() throws {
    var order = order([Fixture.line("A", 1, 1000)], total: 1500)
    order.shipping = Fixture.money(500)
    #expect(reason(order).contains("no shipping item"))
    #expect(
      try lines(order) { $0.shippingItem = .externalID("SHIP") }.last
        == ["item": ["externalId": "SHIP"], "quantity": 1, "rate": .number("5.00")])
  }

  @Test func `tax is a line when it comes on top, and none when the prices contain it`() throws {
    var order = order([Fixture.line("A", 1, 1000)], total: 1190)
    order.tax = Fixture.money(190)
    #expect(try lines(order).count == 1)
    #expect(try lines(order) { $0.taxItem = .id("2") }.last?["rate"] == .number("1.90"))
    order.total = Fixture.money(1000)
    #expect(try lines(order) { $0.taxItem = .id("2") }.count == 1)
  }

  @Test func `stored value is a remark`() throws {
    var order = Fixture.order
    order.storedValue = [StoredValuePayment(kind: "gift_card", reference: "…4F2A", amount: Fixture.money(1000))]
    let content = try SalesOrderContent(order, Fixture.configuration())
    let body = content.createBody(Fixture.submission(order), Fixture.configuration())
    #expect(body["memo"] == "Order #1001 from main; paid with gift_card …4F2A: 10.00 USD")
    #expect(content.lines.count == 2)
  }

  @Test func `a further currency is named, an unknown one refused`() throws {
    let euros = try #require(CurrencyCode("EUR"))
    let order = Order(
      id: "1", number: "1", currency: euros, total: Money(minorUnits: 100, currency: euros),
      lines: [
        OrderLine(id: "1", sku: "A", title: "", quantity: 1, unitPrice: Money(minorUnits: 100, currency: euros))
      ])
    #expect(reason(order).contains("EUR"))
    var configuration = Fixture.configuration()
    configuration.currencies = [euros: "4"]
    let content = try SalesOrderContent(order, configuration)
    #expect(content.createBody(Fixture.submission(order), configuration)["currency"] == ["id": "4"])
    let record = try #require(
      SalesOrderRecord(try JSONValue(parsing: Fixture.record(extra: ",\"currency\":{\"id\":\"1\"}"))))
    guard case .differs(let detail) = record.judge(Fixture.submission(order), content, ItemResolver()) else {
      Issue.record("Dollars are no euros.")
      return
    }
    #expect(detail == "its currency is 1, submitted 4")
  }

  @Test func `header options are sent as configured`() throws {
    var configuration = Fixture.configuration()
    configuration.subsidiaryID = "1"
    configuration.locationID = "2"
    configuration.orderStatus = "B"
    configuration.extraFields = ["custbody_source": "countersign"]
    var order = Fixture.order
    order.placedAt = nil
    let body = try SalesOrderContent(order, configuration).createBody(Fixture.submission(order), configuration)
    #expect(body["subsidiary"] == ["id": "1"] && body["location"] == ["id": "2"] && body["orderStatus"] == ["id": "B"])
    #expect(body["custbody_source"] == "countersign" && body["tranDate"] == nil)
  }

  @Test func `absurd amounts are refused, not computed`() {
    #expect(reason(order([Fixture.line("A", .max, .max)], total: 1)).contains("out of range"))
    #expect(reason(order([Fixture.line("A", 1, .min, discount: .max)], total: 1)).contains("out of range"))
    #expect(reason(order([Fixture.line("A", 1, 1, discount: -1)], total: 1)).contains("out of range"))
  }

  @Test(arguments: [
    ("8197.0", "8197.0"), ("1.0E7", "10000000"), ("1.25e1", "12.5"), ("-1.5E-1", "-0.15"), ("12E0", "12"), (".5", ".5"),
    ("1E+2", "100"),
  ])
  func `numbers with an exponent are written out`(text: String, plain: String) {
    #expect(plainDecimal(text) == plain)
  }

  @Test(arguments: [
    "", "-", ".", "1E", "E5", "1E99", "1e9999999999999999999", "1.2.3", "NaN", "٣", "1E1E1", "0x10", "--1",
  ])
  func `what is no number stays none`(text: String) {
    #expect(plainDecimal(text) == nil && exactUnits(text) == nil && wholeUnits(text) == nil)
  }

  @Test func `units are whole, complete or started`() {
    #expect(exactUnits("8.0") == 8 && exactUnits("2.5") == nil && exactUnits("99999999999999999999") == nil)
    #expect(wholeUnits("2.9") == 2 && wholeUnits(".9") == 0 && startedUnits("0.1") == 1 && startedUnits("-0.5") == -1)
  }

  @Test func `a configuration that cannot work names every fault`() {
    var configuration = Fixture.configuration()
    configuration.account = ""
    configuration.customerID = "Jane"
    configuration.baseCurrency = nil
    configuration.orderStatus = "H"
    configuration.concurrency = 0
    configuration.baseURL = "https://x/"
    configuration.items = .table(["A": "x"])
    let fault = #expect(throws: NetSuiteSetupFault.self) {
      try NetSuiteERP(configuration, transport: ScriptedTransport([]), clock: StillClock(Fixture.start))
    }
    #expect(fault?.faults.count == 7)
  }
}
