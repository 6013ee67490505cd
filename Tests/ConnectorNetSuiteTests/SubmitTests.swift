import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorNetSuite

@Suite struct SubmitTests {
  private func submit(
    _ replies: [ScriptedTransport.Reply], _ submission: Submission = Fixture.submission(),
    _ configuration: NetSuiteConfiguration = Fixture.configuration()
  ) async throws -> (SubmissionOutcome, ScriptedTransport) {
    let transport = Fixture.script(replies)
    let erp = try Fixture.erp(transport, configuration)
    return (await erp.submit(submission), transport)
  }

  @Test func `an order is created under its external id, read back and accepted`() async throws {
    let (outcome, transport) = try await submit([Fixture.created(), .json(200, Fixture.record())])
    let receipt = Fixture.submission().receipt(
      recordID: "144060", recordNumber: "SO369206", total: Fixture.money(2498))
    #expect(outcome == .accepted(receipt))
    #expect(
      transport.asked == [
        "POST record/v1/salesOrder", "GET record/v1/salesOrder/144060?expandSubResources=true",
      ])
    let call = try #require(transport.orderCalls.first)
    #expect(call.headers["X-NetSuite-PropertyNameValidation"] == "Error")
    #expect(call.headers["Prefer"] == nil)
    let body = try JSONValue(parsing: call.body)
    #expect(body["externalId"] == "CS-main-1001" && body["otherRefNum"] == "#1001" && body["tranDate"] == "2025-11-23")
    #expect(body["entity"] == ["id": "3327"] && body["toBeEmailed"] == false && body["memo"] == "Order #1001 from main")
    let first = try #require(body["item"]?["items"]?.array?.first)
    #expect(first == ["item": ["externalId": "SKU-1"], "quantity": 2, "rate": .number("9.99")])
    #expect(body["shippingAddress"]?["addressee"] == "Example Supply")
    #expect(body["shippingAddress"]?["country"] == ["id": "US"])
  }

  @Test func `the same submission has the same bytes each time`() async throws {
    let (_, one) = try await submit([Fixture.created()])
    let (_, two) = try await submit([Fixture.created()])
    #expect(one.orderCalls.first?.body == two.orderCalls.first?.body)
  }

  @Test func `saved is not accepted while it waits for approval`() async throws {
    let (outcome, _) = try await submit([Fixture.created(), .json(200, Fixture.record(status: "A"))])
    #expect(outcome == .recorded(recordID: "144060", state: "A Word for A"))
  }

  @Test func `an unknown status is not taken for an acceptance`() async throws {
    let (outcome, _) = try await submit([Fixture.created(), .json(200, Fixture.record(status: "Z"))])
    #expect(outcome == .recorded(recordID: "144060", state: "unknown status Z Word for Z"))
  }

  @Test(arguments: [
    Fixture.page(502), .failure(.noAnswer("timeout")), .failure(.notSent("x")), Fixture.absent, .json(200, "{}"),
    Fixture.error(429, "CONCURRENCY_LIMIT_EXCEEDED", "x"), Fixture.error(500, "UNEXPECTED_ERROR", "x"),
  ])
  func `once saved, the id is kept however the reading ends`(reply: ScriptedTransport.Reply) async throws {
    let (outcome, _) = try await submit([Fixture.created(), reply])
    guard case .recorded("144060", let state) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(state.hasPrefix("saved, not read back: "))
  }

  @Test func `a record that holds other lines is recorded, not accepted`() async throws {
    let lines = [Fixture.recordLine(1, "SKU-1", "1.0"), Fixture.recordLine(2, "SKU-2", "1.0")]
    let (outcome, _) = try await submit([
      Fixture.created(), .json(200, Fixture.record(lines: lines)),
      Fixture.rows("{\"id\":\"501\",\"externalid\":\"SKU-1\"}"),
    ])
    #expect(outcome == .recorded(recordID: "144060", state: "saved, but SKU-1: submitted 2, NetSuite has 1"))
  }

  @Test func `another total goes along with the receipt, for the rules to compare`() async throws {
    let (outcome, _) = try await submit([Fixture.created(), .json(200, Fixture.record(total: "27.00"))])
    guard case .accepted(let receipt) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(receipt.total == Fixture.money(2700))
  }

  @Test(arguments: [
    ScriptedTransport.Reply.json(200, "{\"id\":\"144060\"}"), .json(201, "{}"), .json(202, "{}"), Fixture.noContent,
    Fixture.created("https://x/services/rest/record/v1/salesOrder/eid:CS-1"), Fixture.created("/salesOrder/"),
    Fixture.created("https://x/services/rest/async/v1/job/42"),
    Fixture.created("https://x/salesOrder/12345678901234567890"),
    Fixture.created("https://x/salesOrder/<html>"), Fixture.page(200), Fixture.page(500), Fixture.page(502),
    Fixture.page(503), Fixture.page(504), Fixture.page(400), Fixture.page(302), .failure(.noAnswer("reset")),
    Fixture.error(500, "UNEXPECTED_ERROR", "Error ID: 1"), .json(400, "{\"o:errorDetails\":["),
    .json(400, "{\"error\":\"x\"}"), Fixture.error(400, "IDEMPOTENCY_ERROR", "x"),
  ])
  func `whatever is not 204 with a record's address is unknown`(reply: ScriptedTransport.Reply) async throws {
    let (outcome, transport) = try await submit([reply])
    guard case .unknown = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(transport.orderCalls.count == 1)
  }

  @Test func `the record's path is compared without regard to case`() async throws {
    let (outcome, _) = try await submit([
      Fixture.created("https://x/services/rest/record/v1/salesorder/144060"), .json(200, Fixture.record()),
    ])
    guard case .accepted = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test func `a refusal keeps NetSuite's words and their place`() async throws {
    let (outcome, _) = try await submit([
      Fixture.error(
        400, "USER_ERROR", "Invalid Field Value 5 for the following field: item", path: "item.items[0].item")
    ])
    #expect(
      outcome
        == .refused(
          reason: "NetSuite answered 400: Invalid Field Value 5 for the following field: item"
            + " [errorPath item.items[0].item] (USER_ERROR)"))
  }

  @Test func `limits and requests that never left are busy`() async throws {
    for reply in [
      Fixture.error(429, "CONCURRENCY_LIMIT_EXCEEDED", "x"), Fixture.error(400, "CONCURRENCY_LIMIT_EXCEEDED", "x"),
      .json(400, "{\"error\":{\"code\":\"SSS_REQUEST_LIMIT_EXCEEDED\",\"message\":\"m\"}}"), .failure(.notSent("x")),
    ] {
      guard case .busy = try await submit([reply]).0 else {
        Issue.record("\(reply)")
        return
      }
    }
  }

  @Test func `missing rights are a matter of set-up, with 403 and with 400`() async throws {
    for reply in [
      Fixture.error(403, "INSUFFICIENT_PERMISSION", "x"),
      Fixture.error(400, "USER_ERROR", "Your current role does not have permission to perform this action."),
    ] {
      guard case .misconfigured = try await submit([reply]).0 else {
        Issue.record("\(reply)")
        return
      }
    }
  }

  @Test(arguments: ["This record already exists.", "This entity already exists.", "THIS RECORD ALREADY EXISTS."])
  func `"already exists" leads to a look-up, and the equal record is adopted`(text: String) async throws {
    let (outcome, transport) = try await submit([
      Fixture.error(400, "USER_ERROR", "Error while accessing a resource. \(text)"), .json(200, Fixture.record()),
    ])
    guard case .accepted(let receipt) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(receipt.recordID == "144060")
    #expect(transport.asked.last == "GET record/v1/salesOrder/eid:CS-main-1001?expandSubResources=true")
  }

  @Test func `"already exists" is not believed when the record is another one`() async throws {
    let (outcome, _) = try await submit([
      Fixture.duplicate, .json(200, Fixture.record(total: "99.00")),
    ])
    #expect(
      outcome == .recorded(recordID: "144060", state: "differs: its total is 99.00, submitted 24.98"))
  }

  @Test func `"already exists" with nothing to be found is unknown`() async throws {
    let (outcome, transport) = try await submit([Fixture.duplicate, Fixture.absent, Fixture.rows()])
    guard case .unknown = outcome else {
      Issue.record("\(outcome)")
      return
    }
    let query = try JSONValue(parsing: try #require(transport.orderCalls.last).body)
    #expect(query["params"] == ["CS-MAIN-1001"])
  }

  @Test func `an external id that another kind of transaction holds is refused with its name`() async throws {
    let (outcome, _) = try await submit([
      Fixture.duplicate, Fixture.absent,
      Fixture.rows("{\"id\":\"9\",\"type\":\"CustInvc\",\"tranid\":\"INV7\",\"externalid\":\"cs-main-1001\"}"),
    ])
    guard case .refused(let reason) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.contains("CustInvc INV7 with the external id \"cs-main-1001\""))
  }

  @Test func `a lost reply after the commit is unknown, and the look-up finds the order`() async throws {
    let transport = Fixture.script([
      .failure(.noAnswer("reset")), .json(200, Fixture.record()), .json(200, Fixture.record()),
    ])
    let erp = try Fixture.erp(transport)
    guard case .unknown = await erp.submit(Fixture.submission()) else {
      Issue.record("A lost reply is unknown.")
      return
    }
    guard case .accepted(let found) = await erp.findReceipt(Fixture.submission()),
      case .accepted(let resumed) = await erp.submit(Fixture.submission(resuming: true))
    else {
      Issue.record("The order is there.")
      return
    }
    #expect(found == resumed && found.recordID == "144060")
    #expect(transport.orderCalls.filter { $0.method == "POST" }.count == 1)
  }

  @Test func `resuming looks first, and creates only what is certainly not there`() async throws {
    let (outcome, transport) = try await submit(
      [Fixture.absent, Fixture.created(), .json(200, Fixture.record())], Fixture.submission(resuming: true))
    guard case .accepted = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(transport.orderCalls.map(\.method) == ["GET", "POST", "GET"])
    for reply in [Fixture.page(404), Fixture.page(500), .failure(.noAnswer("x")), .failure(.notSent("x"))] {
      let (outcome, transport) = try await submit([reply], Fixture.submission(resuming: true))
      // Nothing left: whatever was unknown before is as unknown as it was, and what was not does not become so.
      guard case .busy = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(transport.orderCalls.allSatisfy { $0.method == "GET" })
    }
  }

  @Test func `nothing is created again for a record that is known and gone`() async throws {
    let (outcome, transport) = try await submit(
      [Fixture.absent], Fixture.submission(recordID: "144060", resuming: true))
    guard case .unknown = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(transport.orderCalls.count == 1)
  }
}
