import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorNetSuite

@Suite struct ChangeTests {
  private func update(_ replies: [ScriptedTransport.Reply]) async throws -> (SubmissionOutcome, ScriptedTransport) {
    let transport = Fixture.script(replies)
    return (await (try Fixture.erp(transport)).update(Fixture.submission(), receipt: Fixture.receipt), transport)
  }

  private func cancel(_ replies: [ScriptedTransport.Reply]) async throws -> (CancellationOutcome, ScriptedTransport) {
    let transport = Fixture.script(replies)
    return (await (try Fixture.erp(transport)).cancel(Fixture.submission(), recordID: "144060"), transport)
  }

  private var record: ScriptedTransport.Reply { .json(200, Fixture.record()) }
  private static let closed = [
    Fixture.recordLine(1, "SKU-1", "2.0", isClosed: true), Fixture.recordLine(2, "SKU-2", "1.0", isClosed: true),
  ]

  @Test func `an update replaces the lines of the record and reads it back`() async throws {
    let old = Fixture.record(lines: [Fixture.recordLine(1, "SKU-1", "1.0")], total: "9.99")
    let (outcome, transport) = try await update([.json(200, old), Fixture.noContent, record])
    guard case .accepted(let receipt) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(receipt.recordID == "144060" && receipt.total == Fixture.money(2498))
    #expect(transport.asked[1] == "PATCH record/v1/salesOrder/144060?replace=item")
    let body = try JSONValue(parsing: transport.orderCalls[1].body)
    #expect(body["item"]?["items"]?.array?.count == 2)
    #expect(body["externalId"] == nil && body["entity"] == nil && body["tranDate"] == nil)
  }

  @Test func `a record that is not ours, void or gone is never written to`() async throws {
    for reply in [
      ScriptedTransport.Reply.json(200, Fixture.record(externalID: "Z")), .json(200, Fixture.record(status: "C")),
      .json(200, Fixture.record(lines: Self.closed)), Fixture.absent,
    ] {
      let (outcome, transport) = try await update([reply])
      guard case .refused = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(transport.orderCalls.count == 1)
    }
  }

  @Test func `an update without a definite answer is unknown`() async throws {
    for reply in [Fixture.page(502), .failure(.noAnswer("x")), .json(200, "{}"), .json(202, "{}")] {
      guard case .unknown = try await update([record, reply]).0 else {
        Issue.record("\(reply)")
        return
      }
    }
    guard case .unknown = try await update([record, Fixture.noContent, Fixture.page(502)]).0 else {
      Issue.record("an update that could not be read back")
      return
    }
  }

  @Test func `an update that needs approval again is recorded, so that it is looked up and not repeated`() async throws
  {
    let pending = ScriptedTransport.Reply.json(200, Fixture.record(status: "A"))
    guard case .recorded("144060", _) = try await update([record, Fixture.noContent, pending]).0 else {
      Issue.record("not recorded")
      return
    }
  }

  @Test func `an update that could not be prepared or was turned away is busy`() async throws {
    let limit = Fixture.error(429, "CONCURRENCY_LIMIT_EXCEEDED", "x")
    for replies in [[Fixture.page(502)], [limit], [record, limit], [record, .failure(.notSent("x"))]] {
      guard case .busy = try await update(replies).0 else {
        Issue.record("\(replies)")
        return
      }
    }
  }

  @Test func `a refused update and one that did not take are refused with the words`() async throws {
    let (outcome, _) = try await update([record, Fixture.error(400, "USER_ERROR", "The line is fulfilled.")])
    #expect(outcome == .refused(reason: "NetSuite answered 400: The line is fulfilled. (USER_ERROR)"))
    let other = ScriptedTransport.Reply.json(200, Fixture.record(lines: [Fixture.goodLines[0]]))
    let (second, _) = try await update([record, Fixture.noContent, other, Fixture.rows()])
    #expect(second == .refused(reason: "NetSuite saved the update, but SKU-2: submitted 1, NetSuite has 0."))
  }

  @Test func `a cancellation closes every line and reads the result`() async throws {
    let (outcome, transport) = try await cancel([
      record, Fixture.noContent, .json(200, Fixture.record(lines: Self.closed)),
    ])
    #expect(outcome == .cancelled)
    #expect(transport.asked[1] == "PATCH record/v1/salesOrder/144060")
    #expect(
      try JSONValue(parsing: transport.orderCalls[1].body)
        == ["item": ["items": [["line": 1, "isClosed": true], ["line": 2, "isClosed": true]]]])
  }

  @Test func `what is cancelled, closed or gone already needs nothing`() async throws {
    for reply in [
      Fixture.absent, .json(200, Fixture.record(status: "C")), .json(200, Fixture.record(status: "H")),
      .json(200, Fixture.record(lines: Self.closed)),
    ] {
      let (outcome, transport) = try await cancel([reply])
      #expect(outcome == .cancelled && transport.orderCalls.count == 1)
    }
  }

  @Test func `what has left, is not ours or is locked cannot be cancelled`() async throws {
    for status in ["D", "E", "F", "G", "Z"] {
      let (outcome, transport) = try await cancel([.json(200, Fixture.record(status: status))])
      guard case .refused = outcome else {
        Issue.record("\(status)")
        return
      }
      #expect(transport.orderCalls.count == 1)
    }
    guard case .refused = try await cancel([.json(200, Fixture.record(externalID: "Z"))]).0,
      case .refused = try await cancel([record, Fixture.locked]).0
    else {
      Issue.record("Refused.")
      return
    }
  }

  @Test func `a cancellation that may not have happened is deferred`() async throws {
    for replies in [
      [Fixture.page(502)], [record, Fixture.page(502)], [record, .failure(.notSent("x"))],
      [record, Fixture.noContent, Fixture.page(502)], [record, Fixture.noContent, record],
    ] {
      guard case .deferred = try await cancel(replies).0 else {
        Issue.record("\(replies)")
        return
      }
    }
  }
}
