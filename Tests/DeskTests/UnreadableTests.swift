import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Desk

@Suite struct UnreadableTests {
  private static let signed = ["webhook-signature": "right", "webhook-id": "w-7"]

  /// A desk whose storefront could not read anything, and can from now on read what holds an order.
  private func fixture(_ body: [UInt8]) async throws -> DeskFixture {
    let fixture = DeskFixture()
    let arrived = fixture.clock.now
    let headers = UnreadableTests.signed.map { "\($0): \($1)\n" }.sorted().joined()
    try await fixture.store.transact { [moves = fixture.coordinator.moves] in
      _ = try moves.keep(
        storefront: StorefrontName("shop"), topic: "order", dedupeID: "w-7", headers: headers, body: body,
        receivedAt: arrived, unreadable: "currency: anna@example.org is none", in: $0)
    }
    fixture.clock.advance(by: .seconds(2 * 86_400))
    return fixture
  }

  @Test func `the list says whose it is and that it is overdue, and masks; the one shows its body`() async throws {
    try await fixture(Array("{oops".utf8)).run { client in
      let list = try await client.ask("GET", "/v1/unreadable").json["unreadable"]?.array
      #expect(list?.count == 1)
      #expect(list?.first?["id"] == 1)
      #expect(list?.first?["owner"] == "ops@example.com")
      #expect(list?.first?["overdue"] == true)
      #expect(list?.first?["reason"]?.string?.contains("anna@") == false)
      #expect(list?.first?["body"] == nil)
      let one = try await client.ask("GET", "/v1/unreadable/1").json
      #expect(one["body"] == "{oops")
      #expect(one["headers"]?.array?.contains("webhook-id: w-7") == true)
      let exceptions = try await client.ask("GET", "/v1/exceptions").json["unreadable"]
      #expect(exceptions?["open"] == 1)
      #expect(exceptions?["overdue"] == 1)
      let lines = try await client.ask("GET", "/metrics").text.split(separator: "\n")
      #expect(lines.contains("countersign_unreadable_open 1"))
      #expect(lines.contains("countersign_unreadable_overdue 1"))
    }
  }

  @Test(arguments: [([0x7B, 0x00], "ewA="), ([0xFF, 0xFE], "//4=")] as [([UInt8], String)])
  func `a body that is no text is shown as base64`(body: [UInt8], shown: String) async throws {
    try await fixture(body).run { client in
      let one = try await client.ask("GET", "/v1/unreadable/1").json
      #expect(one["bodyBase64"]?.string == shown)
      #expect(one["body"] == nil)
    }
  }

  @Test func `a replay takes the order in as if it had come now, and closes the delivery`() async throws {
    let fixture = try await fixture(DeskFixture.order("7"))
    try await fixture.run { client in
      #expect(try await client.post("/v1/unreadable/1/replay", [:]).status == .badRequest)
      let answer = try await client.post("/v1/unreadable/1/replay", ["by": "Ann"])
      #expect(answer.json["outcome"] == "understood")
      let key = OrderKey(storefront: StorefrontName("shop"), orderID: "7")
      let row = try #require(try await fixture.store.read { try $0.row(of: key) })
      #expect(row.handoff.id.text == answer.json["handoff"]?.string)
      #expect(row.handoff.capturedAt == fixture.clock.now, "no deadline has passed before it begins")
      let body = try await fixture.store.read { try $0.version(1, of: row.handoff.id)?.body ?? [] }
      let order = try OrderJSON.read(JSONValue(parsing: body))
      #expect(order.placedAt == fixture.clock.now - .seconds(2 * 86_400), "it is as old as its delivery (S4c)")
      let again = try await client.post("/v1/unreadable/1/replay", ["by": "Ann"])
      #expect(again.status == .conflict)
      #expect(again.json["detail"]?.string?.contains("replayed by Ann: order #7, applied") == true)
      #expect(try await client.ask("GET", "/v1/unreadable").json["unreadable"]?.array?.isEmpty == true)
      #expect(try await client.ask("GET", "/v1/unreadable?all=1").json["unreadable"]?.array?.count == 1)
      #expect(try await client.ask("GET", "/metrics").text.contains("countersign_unreadable_open 0"))
      let report = try await fixture.store.read {
        try Verification(sha256: fixture.coordinator.moves.setting.sha256).report(on: $0)
      }
      #expect(report.findings.isEmpty)
    }
  }

  @Test func `what still cannot be understood stays open`() async throws {
    try await fixture(Array("{".utf8)).run { client in
      let answer = try await client.post("/v1/unreadable/1/replay", ["by": "Ann"])
      #expect(answer.status == .ok)
      #expect(answer.json["outcome"] == "unreadable")
      #expect(answer.json["reason"]?.string?.isEmpty == false)
      #expect(try await client.ask("GET", "/v1/unreadable").json["unreadable"]?.array?.count == 1)
    }
  }

  @Test func `it is closed with a name and a reason, once`() async throws {
    try await fixture(Array("{".utf8)).run { client in
      let path = "/v1/unreadable/1/close"
      #expect(try await client.post(path, ["by": "Ann"]).status == .badRequest)
      #expect(try await client.post(path, ["reason": "a test"]).status == .badRequest)
      let closed = try await client.post(path, ["by": "Ann", "reason": "a test"])
      #expect(closed.json["resolution"] == "closed by Ann: a test")
      #expect(closed.json["closedAt"]?.string != nil)
      #expect(try await client.post(path, ["by": "Ann", "reason": "a test"]).status == .conflict)
      #expect(try await client.post("/v1/unreadable/2/close", ["by": "Ann", "reason": "x"]).status == .notFound)
      #expect(try await client.ask("GET", "/v1/unreadable/x").status == .notFound)
    }
  }

  @Test func `the page replays and closes with the form token of its session`() async throws {
    let fixture = try await fixture(DeskFixture.order("7"))
    try await fixture.run { client in
      let page = try await client.ask("GET", "/unreadable")
      #expect(page.text.contains("overdue"))
      let cookie = ["cookie": String((page.field("set-cookie") ?? "").prefix { $0 != ";" })]
      let token = try #require(page.text.firstMatch(of: /name="csrf" value="([0-9a-f]{64})"/)).1
      let one = try await client.ask("GET", "/unreadable/1", cookie)
      #expect(one.text.contains("&quot;#7&quot;"))
      let bare = try await client.ask("POST", "/unreadable/1/replay", cookie, body: Array("by=Ann".utf8))
      #expect(bare.status == .forbidden)
      let form = Array("by=Ann&csrf=\(token)".utf8)
      let done = try await client.ask("POST", "/unreadable/1/replay", cookie, body: form)
      #expect(done.status == .seeOther)
      #expect(done.field("location")?.hasPrefix("/orders/h") == true)
      let closing = Array("by=Ann&reason=x&csrf=\(token)".utf8)
      #expect(try await client.ask("POST", "/unreadable/1/close", cookie, body: closing).status == .conflict)
      #expect(try await client.ask("GET", "/unreadable?all=1").text.contains("replayed by Ann"))
    }
  }
}
