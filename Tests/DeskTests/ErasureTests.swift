import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import HummingbirdTesting
import Signing
import Testing

@testable import Desk

/// The person is taken out of an order that has ended; what was bought and what happened stays.
@Suite struct ErasureTests {
  private func redact(_ fixture: DeskFixture, _ orders: [String]?) async -> ReceptionAnswer {
    let body: JSONValue = orders.map { ["orders": .array($0.map { .string($0) })] } ?? [:]
    let headers = [FakeSource.signature, HTTPField("webhook-topic", "redact"), HTTPField("webhook-id", "r1")]
    let delivery = WebhookDelivery(headers: headers, body: body.bytes, receivedAt: fixture.clock.now)
    return await fixture.coordinator.receive(delivery, at: StorefrontName("shop"))
  }

  /// Whether anything in the store still names the customer.
  private func names(_ fixture: DeskFixture) async throws -> Bool {
    try await fixture.store.read { store in
      var text = ""
      for row in try store.handoffs(after: nil, limit: 100) {
        text += row.email ?? ""
        for number in 1...row.handoff.version.number {
          text += String(decoding: try store.version(number, of: row.handoff.id)?.body ?? [], as: UTF8.self)
        }
        for message in try store.messages(of: row.handoff.id) {
          text += message.recipient + String(decoding: message.content, as: UTF8.self)
        }
      }
      return text.contains("anna")
    }
  }

  private func ended(_ fixture: DeskFixture) async throws -> Handoff {
    let handoff = try #require(await fixture.capture())
    for _ in 0..<4000 where try await fixture.store.read({ try $0.row(handoff.id)?.handoff.stage }) != .confirmed {
      try await Task.sleep(for: .milliseconds(2))
    }
    return handoff
  }

  private func verify(_ fixture: DeskFixture) async throws {
    let report = try await fixture.store.read { try Verification(sha256: { sha256($0) }).report(on: $0) }
    #expect(report.findings.isEmpty, "\(report.findings)")
  }

  @Test func `an order that has ended loses the person and keeps its figures`() async throws {
    let fixture = DeskFixture()
    try await fixture.run(working: true) { client in
      let handoff = try await ended(fixture)
      #expect(try await names(fixture) == true)
      let path = "/v1/orders/\(handoff.id.text)/erase"
      let bare = try await client.post(path, [:])
      #expect(bare.status == .badRequest)
      let unknown = try await client.post("/v1/orders/h0/erase", ["by": "Ann"])
      #expect(unknown.status == .notFound)
      let answer = try await client.post(path, ["by": "Ann"])
      #expect(answer.status == .ok && answer.json["total"] == "12.50", "\(answer.text)")
      #expect(try await names(fixture) == false)
      let shown = try await client.ask("GET", "/v1/orders/1001?content=1").json
      #expect(shown["stage"] == "confirmed" && shown["email"]?.isNull == true)
      #expect(shown["timeline"]?.array?.last?["event"] == "personal_data_erased")
      let again = try await client.post(path, ["by": "Ann"])
      #expect(again.status == .ok)
      let journal = try await fixture.store.read { try $0.journal(of: handoff.id).map(\.event) }
      #expect(journal.filter { $0 == "personal_data_erased" } == ["personal_data_erased"])
      try await verify(fixture)
    }
  }

  @Test func `an order under way keeps what it needs`() async throws {
    let fixture = DeskFixture()
    let handoff = try #require(await fixture.capture())
    try await fixture.run { client in
      let answer = try await client.post("/v1/orders/\(handoff.id.text)/erase", ["by": "Ann"])
      #expect(answer.status == .conflict && answer.text.contains("still under way, captured"), "\(answer.text)")
      #expect(try await names(fixture) == true)
    }
  }

  @Test func `a storefront's wish is carried out for what has ended, and leaves nothing of itself`() async throws {
    let fixture = DeskFixture()
    try await fixture.run(working: true) { _ in
      _ = try await ended(fixture)
      guard case .noted(.noticed) = await redact(fixture, ["1001", "unknown"]) else {
        Issue.record("not noted")
        return
      }
      #expect(try await names(fixture) == false)
      let open = try await fixture.store.read { try $0.unreadable(UnreadableFilter()) }
      #expect(open.isEmpty)
      guard case .noted(.duplicate) = await redact(fixture, ["1001"]) else {
        Issue.record("not recognised")
        return
      }
      try await verify(fixture)
    }
  }

  @Test(arguments: [["1001"], nil])
  func `a wish about an order under way has an owner, and is carried out later`(orders: [String]?) async throws {
    let fixture = DeskFixture()
    let handoff = try #require(await fixture.capture())
    _ = await redact(fixture, orders)
    let open = try #require(try await fixture.store.read { try $0.unreadable(UnreadableFilter()) }.first)
    #expect(open.delivery.owner == "ops@example.com" && open.delivery.deadline > fixture.clock.now)
    let early = try await fixture.coordinator.replay(unreadable: open.id, by: "Ann")
    guard case .unreadable(let reason) = early else {
      Issue.record("\(String(describing: early))")
      return
    }
    #expect(reason.contains("order #1001 is still under way"))
    let other = OrderKey(storefront: StorefrontName("shop"), orderID: "1001")
    let cancel = IntakeRequest(
      key: other, order: try cancelled(), updatedAt: fixture.clock.now, topic: "cancel", dedupeID: "c1", headers: "",
      body: DeskFixture.order(), receivedAt: fixture.clock.now)
    _ = try await fixture.store.transact { [moves = fixture.coordinator.moves] in
      try moves.intake(cancel, in: $0, desk: ClosedDesk())
    }
    let stage = try await fixture.store.read { try $0.row(handoff.id)?.handoff.stage }
    #expect(stage == .cancelled)
    let late = try await fixture.coordinator.replay(unreadable: open.id, by: "Ann")
    guard case .understood = late else {
      Issue.record("\(String(describing: late))")
      return
    }
    #expect(try await names(fixture) == false)
    try await verify(fixture)
  }

  private func cancelled() throws -> Order {
    var order = try OrderJSON.read(JSONValue(parsing: DeskFixture.order()))
    order.isCancelled = true
    return order
  }
}
