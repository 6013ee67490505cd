import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorNetSuite

@Suite struct LookupTests {
  private static let header =
    "{\"links\":[],\"id\":\"144060\",\"tranid\":\"SO369206\",\"externalid\":\"CS-main-1001\",\"status\":\"STATUS\","
    + "\"statusname\":\"Word\",\"foreigntotal\":\"24.98\"}"
  private static let lines = [
    "{\"id\":\"1\",\"item\":\"501\",\"itemid\":\"x\",\"itemexternalid\":\"SKU-1\",\"quantity\":\"-2\"}",
    "{\"id\":\"2\",\"item\":\"502\",\"itemid\":\"y\",\"itemexternalid\":\"SKU-2\",\"quantity\":\"-1\"}",
  ]
  private static func header(_ status: String) -> ScriptedTransport.Reply {
    Fixture.rows(header.split(separator: "STATUS").joined(separator: status))
  }
  private static var lineRows: ScriptedTransport.Reply { Fixture.rows(lines[0], lines[1]) }

  private func find(
    _ replies: [ScriptedTransport.Reply], _ submission: Submission = Fixture.submission(),
    _ configuration: NetSuiteConfiguration = Fixture.configuration()
  ) async throws -> (LookupOutcome, ScriptedTransport) {
    let transport = Fixture.script(replies)
    return (await (try Fixture.erp(transport, configuration)).findReceipt(submission), transport)
  }

  @Test(arguments: ["B", "D", "E", "F", "G"])
  func `accepted states are accepted`(status: String) async throws {
    guard case .accepted = try await find([.json(200, Fixture.record(status: status))]).0 else {
      Issue.record("\(status)")
      return
    }
  }

  @Test func `pending approval is recorded, cancelled and closed are void`() async throws {
    #expect(
      try await find([.json(200, Fixture.record(status: "A"))]).0
        == .recorded(recordID: "144060", state: "A Word for A"))
    for status in ["C", "H"] {
      guard case .void("144060", _) = try await find([.json(200, Fixture.record(status: status))]).0 else {
        Issue.record("\(status)")
        return
      }
    }
  }

  @Test func `a known record is read by its id, another one by its external id`() async throws {
    #expect(
      try await find([.json(200, Fixture.record())], Fixture.submission(recordID: "144060")).1.asked
        == ["GET record/v1/salesOrder/144060?expandSubResources=true"])
    #expect(
      try await find([.json(200, Fixture.record())]).1.asked
        == ["GET record/v1/salesOrder/eid:CS-main-1001?expandSubResources=true"])
  }

  @Test func `only NetSuite's own 404 says that there is none`() async throws {
    #expect(try await find([Fixture.absent]).0 == .notFound)
    for reply in [
      Fixture.page(404), .json(404, "{}"), Fixture.page(200), .json(200, "{}"), .json(204, ""), .json(200, "[]"),
      .failure(.noAnswer("x")), .failure(.notSent("x")), Fixture.page(503),
      Fixture.error(429, "CONCURRENCY_LIMIT_EXCEEDED", "x"), .json(200, Fixture.record(id: "<b>")),
    ] {
      guard case .failed = try await find([reply]).0 else {
        Issue.record("\(reply)")
        return
      }
    }
  }

  @Test func `an answer about another record than the one asked for is no answer`() async throws {
    let reply = ScriptedTransport.Reply.json(200, Fixture.record(id: "7"))
    guard case .failed = try await find([reply], Fixture.submission(recordID: "144060")).0 else {
      Issue.record("Record 7 is not record 144060.")
      return
    }
  }

  @Test(arguments: ["cs-main-1001", "CS-MAIN-1001", "CS-main-10010", "X"])
  func `another external id, even in another case, is not ours`(id: String) async throws {
    guard case .differs("144060", _) = try await find([.json(200, Fixture.record(externalID: id))]).0 else {
      Issue.record("\(id)")
      return
    }
  }

  @Test func `lines, quantities and total are compared`() async throws {
    let one = Fixture.recordLine(1, "SKU-1", "2.0")
    let cases: [([String], String, String)] = [
      ([one], "24.98", "SKU-2: submitted 1, NetSuite has 0"),
      ([], "24.98", "SKU-1: submitted 2, NetSuite has 0; SKU-2: submitted 1, NetSuite has 0"),
      (Fixture.goodLines + [Fixture.recordLine(3, "Gift", "1.0")], "24.98", "an additional line of item 503 Gift"),
      ([one, Fixture.recordLine(2, "SKU-2", "1.5")], "24.98", "SKU-2: NetSuite names no whole quantity"),
      (Fixture.goodLines, "24.97", "its total is 24.97, submitted 24.98"),
      (Fixture.goodLines, "24.985", "its total is 24.985, submitted 24.98"),
    ]
    for (lines, total, detail) in cases {
      let items = Fixture.rows("{\"id\":\"501\",\"externalid\":\"SKU-1\"}", "{\"id\":\"502\",\"externalid\":\"SKU-2\"}")
      let (outcome, _) = try await find([.json(200, Fixture.record(lines: lines, total: total)), items])
      #expect(outcome == .differs(recordID: "144060", detail: detail))
    }
  }

  @Test func `a total within the configured tolerance is accepted as it is`() async throws {
    var configuration = Fixture.configuration()
    configuration.moneyTolerance = 1
    let (outcome, _) = try await find(
      [.json(200, Fixture.record(total: "24.97"))], Fixture.submission(), configuration)
    guard case .accepted(let receipt) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(receipt.total == Fixture.money(2497))
  }

  @Test func `an item whose name does not tell its unit is looked up`() async throws {
    let lines = [Fixture.recordLine(1, "Band saw", "2.0"), Fixture.recordLine(2, "Plate", "1.0")]
    let (outcome, transport) = try await find([
      .json(200, Fixture.record(lines: lines)),
      Fixture.rows("{\"id\":\"501\",\"externalid\":\"SKU-1\"}", "{\"id\":\"502\",\"externalid\":\"SKU-2\"}"),
    ])
    guard case .accepted = outcome else {
      Issue.record("\(outcome)")
      return
    }
    let call = try #require(transport.orderCalls.last)
    #expect(call.headers["Prefer"] == "transient")
    #expect(try JSONValue(parsing: call.body)["params"] == ["SKU-1", "SKU-2"])
  }

  @Test func `with a table, lines are compared by internal id`() async throws {
    var configuration = Fixture.configuration()
    configuration.items = .table(["SKU-1": "501", "SKU-2": "502"])
    let lines = [Fixture.recordLine(1, "any", "2.0"), Fixture.recordLine(2, "name", "1.0")]
    let reply = ScriptedTransport.Reply.json(200, Fixture.record(lines: lines))
    guard case .accepted = try await find([reply], Fixture.submission(), configuration).0 else {
      Issue.record("Ids 501 and 502 are configured.")
      return
    }
  }

  @Test(arguments: ["B", "SalesOrd:B"])
  func `a locked order is read through SuiteQL`(status: String) async throws {
    let (outcome, transport) = try await find([Fixture.locked, Self.header(status), Self.lineRows])
    guard case .accepted(let receipt) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(receipt.recordNumber == "SO369206" && receipt.total == Fixture.money(2498))
    #expect(
      transport.asked.dropFirst() == [
        "POST query/v1/suiteql?limit=1000&offset=0", "POST query/v1/suiteql?limit=1000&offset=0",
      ])
    let header = try JSONValue(parsing: transport.orderCalls[1].body)
    #expect(header["params"] == ["CS-main-1001"] && header["q"]?.string?.contains("externalid IN (?)") == true)
    #expect(try JSONValue(parsing: transport.orderCalls[2].body)["params"] == ["144060"])
  }

  @Test func `a closed order behind a lock is void`() async throws {
    guard case .void = try await find([Fixture.locked, Self.header("SalesOrd:H"), Self.lineRows]).0 else {
      Issue.record("H is closed.")
      return
    }
  }

  @Test func `a locked order that SuiteQL does not see is not "not found"`() async throws {
    guard case .failed = try await find([Fixture.locked, Fixture.rows()]).0 else {
      Issue.record("The lock says that the order exists.")
      return
    }
  }

  @Test func `a refusal to read for another reason asks SuiteQL, whose emptiness counts`() async throws {
    let refusal = Fixture.error(400, "USER_ERROR", "Something else.")
    #expect(try await find([refusal, Fixture.rows()]).0 == .notFound)
    for reply in [
      Fixture.rows("7"), Fixture.rows("{}", "{}"), .json(200, "{}"), Fixture.page(200), .json(200, "{\"items\":{}}"),
      .json(200, "{\"items\":[],\"hasMore\":true}"), Fixture.error(400, "INVALID_PARAMETER", "no such column"),
    ] {
      guard case .failed = try await find([refusal, reply]).0 else {
        Issue.record("\(reply)")
        return
      }
    }
  }

  @Test func `an answer without its lines gets them through SuiteQL`() async throws {
    let short =
      "{\"id\":\"144060\",\"externalId\":\"CS-main-1001\",\"total\":24.98,\"status\":{\"id\":\"B\"},"
      + "\"item\":{\"links\":[]}}"
    guard case .accepted = try await find([.json(200, short), Self.lineRows]).0 else {
      Issue.record("The lines come from SuiteQL.")
      return
    }
    let part = Fixture.record(extra: ",\"x\":1").split(separator: "\"item\":{\"items\"").joined(
      separator: "\"item\":{\"totalResults\":3,\"items\"")
    let (_, transport) = try await find([.json(200, part), Self.lineRows])
    #expect(transport.orderCalls.count == 2)
  }

  @Test func `missing rights and refused sign-ins are a matter of set-up`() async throws {
    for reply in [Fixture.error(403, "INSUFFICIENT_PERMISSION", "x"), Fixture.invalidLogin] {
      guard case .misconfigured = try await find([reply]).0 else {
        Issue.record("\(reply)")
        return
      }
    }
  }

  @Test func `the collected answer of a live account is read`() throws {
    guard let bytes = try SharedFiles.bytes("payloads/netsuite/salesorder-get.json") else { return }
    let record = try #require(SalesOrderRecord(try JSONValue(parsing: bytes)))
    #expect(record.id == "144060" && record.number == "SO369206" && record.externalID == "3DCART_1057113")
    #expect(record.status == .pendingApproval && record.statusText == "A Pending Approval")
    #expect(record.total.flatMap { Money(decimal: $0, currency: Fixture.dollars) } == Fixture.money(819_700))
    #expect(record.lines == nil && record.currencyID == "1")
  }

  @Test func `expanded lines and a status in words are read from a live answer`() throws {
    guard let bytes = try SharedFiles.bytes("payloads/netsuite/purchaseorder-get-expanded.json") else { return }
    let json = try JSONValue(parsing: bytes)
    let record = try #require(SalesOrderRecord(json))
    // Its status is words; the letter stands in orderStatus. It says three lines and holds two.
    #expect(record.status == .partlyFulfilled && record.lines == nil)
    let items = try #require(json["item"]?["items"]?.array)
    let lines = items.compactMap(SalesOrderRecord.Line.init(record:))
    #expect(
      lines.map(\.quantity) == [8, 32] && lines.map(\.number) == [1, 2] && lines.map(\.itemID) == ["14485", "11103"])
    #expect(lines.allSatisfy { $0.itemType == "InvtPart" && !$0.isClosed })
  }

  @Test func `the collected Location of a live answer gives its id`() throws {
    guard let bytes = try SharedFiles.bytes("payloads/netsuite/salesorder-upsert-204.json") else { return }
    let json = try JSONValue(parsing: bytes)
    #expect(NetSuiteERP.recordID(location: json["_headers"]?["Location"]?.string) == "144060")
  }
}
