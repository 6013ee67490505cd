import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorNetSuite

@Suite struct StockTests {
  private func check(_ replies: [ScriptedTransport.Reply]) async throws -> InventoryOutcome {
    await (try Fixture.erp(Fixture.script(replies))).checkInventory(Fixture.submission(), receipt: Fixture.receipt)
  }

  private func check(_ one: String, _ two: String, status: String = "B") async throws -> InventoryOutcome {
    try await check([.json(200, Fixture.record(status: status, lines: [one, two]))])
  }

  private let full = Fixture.recordLine(2, "SKU-2", "1.0", committed: "1.0")

  @Test func `every line committed is allocated`() async throws {
    #expect(try await check(Fixture.recordLine(1, "SKU-1", "2.0", committed: "2.0"), full) == .allocated)
  }

  @Test func `missing units are named by stock keeping unit`() async throws {
    let outcome = try await check(Fixture.recordLine(1, "SKU-1", "2.0", committed: "1.0", backOrdered: "1.0"), full)
    #expect(outcome == .partlyShort([Shortage(sku: "SKU-1", ordered: 2, allocated: 1)]))
  }

  @Test func `nothing committed at all is short`() async throws {
    let outcome = try await check(
      Fixture.recordLine(1, "SKU-1", "2.0", committed: "0.0"), Fixture.recordLine(2, "SKU-2", "1.0", backOrdered: "1.0")
    )
    #expect(
      outcome
        == .short([
          Shortage(sku: "SKU-1", ordered: 2, allocated: 0), Shortage(sku: "SKU-2", ordered: 1, allocated: 0),
        ]))
  }

  @Test func `a service has nothing to commit, goods without a commitment are short`() async throws {
    let one = Fixture.recordLine(1, "SKU-1", "2.0", committed: "2.0")
    #expect(try await check(one, Fixture.recordLine(2, "SKU-2", "1.0", type: "Service")) == .allocated)
    #expect(
      try await check(one, Fixture.recordLine(2, "SKU-2", "1.0"))
        == .partlyShort([Shortage(sku: "SKU-2", ordered: 1, allocated: 0)]))
  }

  @Test func `a line split over two counts together, and half a unit is none`() async throws {
    let lines = [
      Fixture.recordLine(1, "SKU-1", "1.0", committed: "1.0"), Fixture.recordLine(3, "SKU-1", "1.0", committed: "0.5"),
      full,
    ]
    let outcome = try await check([.json(200, Fixture.record(lines: lines))])
    #expect(outcome == .partlyShort([Shortage(sku: "SKU-1", ordered: 2, allocated: 1)]))
  }

  @Test func `what has left is allocated`() async throws {
    let one = Fixture.recordLine(1, "SKU-1", "2.0", committed: "1.0", fulfilled: "1.0")
    #expect(try await check(one, full, status: "D") == .allocated)
    let gone = Fixture.recordLine(1, "SKU-1", "2.0", committed: "0.0")
    #expect(try await check(gone, full, status: "F") == .allocated)
  }

  @Test func `a vanished, cancelled or closed order is void`() async throws {
    guard case .void = try await check([Fixture.absent]), case .void = try await check(full, full, status: "C"),
      case .void = try await check(full, full, status: "H")
    else {
      Issue.record("It is void.")
      return
    }
  }

  @Test func `what cannot be read, or is no longer what was submitted, is unknown`() async throws {
    for replies in [
      [Fixture.page(502)], [.failure(.noAnswer("x"))], [.json(200, "{}")],
      [.json(200, Fixture.record(status: "A"))], [.json(200, Fixture.record(lines: [full])), Fixture.rows()],
    ] {
      guard case .unknown = try await check(replies) else {
        Issue.record("\(replies)")
        return
      }
    }
    guard case .misconfigured = try await check([Fixture.error(403, "INSUFFICIENT_PERMISSION", "x")]) else {
      Issue.record("Missing rights are a matter of set-up.")
      return
    }
  }

  @Test func `availability is summed by external id, else by name`() async throws {
    let transport = Fixture.script([
      Fixture.rows(
        "{\"id\":\"1\",\"itemid\":\"X\",\"externalid\":\"SKU-1\",\"available\":\"12.7\"}",
        "{\"id\":\"2\",\"itemid\":\"SKU-2\",\"available\":\"0\"}",
        "{\"id\":\"3\",\"itemid\":\"SKU-1\",\"available\":\"99\"}")
    ])
    var configuration = Fixture.configuration()
    configuration.availabilityLocations = ["4", "5"]
    let erp = try Fixture.erp(transport, configuration)
    #expect(
      await erp.availability(of: ["SKU-2", "SKU-1", "SKU-9", "SKU-1", ""])
        == .levels([StockLevel(sku: "SKU-1", available: 12), StockLevel(sku: "SKU-2", available: 0)]))
    let body = try JSONValue(parsing: try #require(transport.orderCalls.first).body)
    #expect(body["params"] == ["SKU-1", "SKU-2", "SKU-9", "SKU-1", "SKU-2", "SKU-9", "4", "5"])
  }

  @Test func `availability by table asks for internal ids`() async throws {
    let transport = Fixture.script([Fixture.rows("{\"id\":\"501\",\"itemid\":\"X\",\"available\":\"3\"}")])
    var configuration = Fixture.configuration()
    configuration.items = .table(["SKU-1": "501"])
    let outcome = await (try Fixture.erp(transport, configuration)).availability(of: ["SKU-1", "SKU-2"])
    #expect(outcome == .levels([StockLevel(sku: "SKU-1", available: 3)]))
  }

  @Test func `two items of one name have no availability`() async throws {
    let transport = Fixture.script([
      Fixture.rows(
        "{\"id\":\"1\",\"itemid\":\"SKU-1\",\"available\":\"1\"}",
        "{\"id\":\"2\",\"itemid\":\"SKU-1\",\"available\":\"2\"}")
    ])
    #expect(await (try Fixture.erp(transport)).availability(of: ["SKU-1"]) == .levels([]))
  }

  @Test func `many units are asked for in parts`() async throws {
    let transport = Fixture.script([Fixture.rows(), Fixture.rows(), Fixture.rows()])
    let skus = (0..<900).map { "S\($0)" }
    #expect(await (try Fixture.erp(transport)).availability(of: skus) == .levels([]))
    #expect(transport.orderCalls.count == 3)
  }

  @Test func `availability fails or is misconfigured, never empty by mistake`() async throws {
    for reply in [Fixture.page(502), .failure(.noAnswer("x")), .failure(.notSent("x")), .json(200, "{}")] {
      guard case .failed = await (try Fixture.erp(Fixture.script([reply]))).availability(of: ["A"]) else {
        Issue.record("\(reply)")
        return
      }
    }
    let wrong = Fixture.error(400, "INVALID_PARAMETER", "Invalid search type: aggregateitemlocation.")
    guard case .misconfigured = await (try Fixture.erp(Fixture.script([wrong]))).availability(of: ["A"]) else {
      Issue.record("A query this account does not know is a matter of set-up.")
      return
    }
  }
}
