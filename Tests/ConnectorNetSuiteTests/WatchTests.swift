import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorNetSuite

/// Sales orders that another integration books, seen by SuiteQL.
@Suite struct WatchTests {
  private func watch(
    _ replies: [ScriptedTransport.Reply], field: String = "otherrefnum", knowsZone: Bool = true
  ) throws -> (NetSuiteWatch, ScriptedTransport) {
    let transport = Fixture.script(replies)
    let watch = try NetSuiteWatch(try Fixture.erp(transport), field: field) { text in
      knowsZone ? Timestamp(iso8601: text + "-08:00") : nil
    }
    return (watch, transport)
  }

  @Test func `a query names every reference and tells when each record was made`() async throws {
    let (watch, transport) = try watch([
      Fixture.rows(
        "{\"id\":\"7\",\"tranid\":\"SO7\",\"reference\":\"1001\",\"created\":\"2026-11-24 01:02:03\"}",
        "{\"id\":\"8\",\"reference\":\"1002\"}")
    ])
    let outcome = await watch.records(under: ["1001", "1002", "1003"])
    #expect(
      outcome
        == .records([
          SeenRecord(
            reference: "1001", recordID: "7", recordNumber: "SO7",
            recordedAt: Timestamp(iso8601: "2026-11-24T09:02:03Z")),
          SeenRecord(reference: "1002", recordID: "8"),
        ]))
    let body = try #require(transport.calls.last?.body)
    let query = try JSONValue(parsing: body)
    #expect(query["q"]?.string?.contains("otherrefnum IN (?, ?, ?)") == true)
    #expect(query["params"]?.array?.count == 3)
  }

  @Test func `without the account's zone no time is made up`() async throws {
    let row = "{\"id\":\"7\",\"reference\":\"1\",\"created\":\"2026-11-24 01:02:03\"}"
    let (watch, _) = try watch([Fixture.rows(row)], knowsZone: false)
    #expect(await watch.records(under: ["1"]) == .records([SeenRecord(reference: "1", recordID: "7")]))
  }

  @Test func `a row that is no order, and a refused query, are failures`() async throws {
    let (odd, _) = try watch([Fixture.rows("{\"id\":\"x\"}")])
    guard case .failed = await odd.records(under: ["1"]) else {
      Issue.record("a row without a reference was taken")
      return
    }
    let (busy, _) = try watch([.json(500, "{\"title\":\"Internal Server Error\"}")])
    guard case .failed = await busy.records(under: ["1"]) else {
      Issue.record("an error was taken for an answer")
      return
    }
  }

  @Test(arguments: ["", "1field", "externalid) OR (1=1", "a b", "tranid--"])
  func `a field that is no column's name is refused`(field: String) throws {
    #expect(throws: NetSuiteSetupFault.self) { try watch([], field: field) }
  }
}
