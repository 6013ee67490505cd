import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Desk

@Suite struct ReceptionTests {
  private let signed = ["webhook-signature": "right", "webhook-id": "w1"]

  @Test func `a webhook is durable when it is answered, and a repetition gets the same answer`() async throws {
    let fixture = DeskFixture()
    try await fixture.run { client in
      let first = try await client.ask("POST", "/webhooks/shop", signed, body: DeskFixture.order())
      let again = try await client.ask("POST", "/webhooks/shop", signed, body: DeskFixture.order())
      #expect(first.status == .ok && again.status == .ok)
      #expect(first.text == again.text)
      let id = HandoffID(first.json["handoff"]?.string ?? "")
      #expect(try await fixture.store.read { try $0.row(id) } != nil)
      #expect(try await fixture.store.read { try $0.deliveries(of: id).count } == 2)
    }
  }

  @Test(arguments: [
    ("shop", "right", "", 200), ("shop", "right", "ping", 200), ("shop", "right", "notice", 200),
    ("shop", "wrong", "", 401), ("shop", "other", "", 401), ("shop", "stale", "", 400), ("nobody", "right", "", 404),
  ])
  func `every way a delivery can end has its status`(
    storefront: String, signature: String, topic: String, status: Int
  ) async throws {
    try await DeskFixture().run { client in
      let answer = try await client.ask(
        "POST", "/webhooks/\(storefront)", ["webhook-signature": signature, "webhook-topic": topic],
        body: DeskFixture.order())
      #expect(answer.status.code == status)
      if status >= 400 {
        #expect(answer.field("content-type") == "application/problem+json")
        #expect(answer.json["status"]?.int == status)
        #expect(answer.json["instance"]?.string == "/webhooks/\(storefront)")
      }
    }
  }

  @Test func `another shop's signature and no signature get the same words`() async throws {
    try await DeskFixture().run { client in
      let other = try await client.ask("POST", "/webhooks/shop", ["webhook-signature": "other"], body: [1])
      let none = try await client.ask("POST", "/webhooks/shop", body: [1])
      #expect(other.text == none.text)
    }
  }

  @Test func `what is authentic and not understood is kept, and a vendor is not told to come again`() async throws {
    let fixture = DeskFixture()
    try await fixture.run { client in
      let answer = try await client.ask("POST", "/webhooks/shop", signed, body: Array("{".utf8))
      #expect(answer.status == .ok)
      #expect(try await fixture.store.read { try $0.unreadableCount(now: .distantPast).open } == 1)
    }
  }

  @Test func `a store that is away is 503 with a time to come again`() async throws {
    let fixture = DeskFixture()
    let shop = Storefront(
      name: StorefrontName("shop"), source: FakeSource(), sender: nil, policy: HandoffPolicy(), erp: ERPName("books"))
    let coordinator = Coordinator(
      CoordinatorSetting(storefronts: [shop], erps: [:], defaultOwner: "ops@example.com"), store: AwayStore(),
      time: DeskTime(clock: fixture.clock), sha256: { $0 }, logger: DeskFixture.logger)
    let server = DeskServer(
      DeskSetting(), coordinator: coordinator, clock: fixture.clock, logger: DeskFixture.logger)
    try await server.application.test(.router) { client in
      for path in ["/webhooks/shop", "/v1/storefronts/shop/orders"] {
        let answer = try await client.ask("POST", path, signed, body: DeskFixture.order())
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.field("retry-after") == "5")
      }
      for path in ["/readyz", "/v1/orders", "/metrics", "/"] {
        #expect(try await client.ask("GET", path).status == .serviceUnavailable)
      }
      #expect(try await client.ask("GET", "/healthz").status == .ok)
    }
  }

  @Test func `a body beyond the limit is 413, whether its length is told or not`() async throws {
    var setting = DeskSetting()
    setting.maxBodyBytes = 2048
    try await DeskFixture(setting).run { client in
      let answer = try await client.ask("POST", "/webhooks/shop", signed, body: [UInt8](repeating: 32, count: 2049))
      #expect(answer.status == .contentTooLarge)
      #expect(answer.field("content-type") == "application/problem+json")
    }
    var reader = DeskSetting()
    reader.maxBodyBytes = 2048
    func chunks(_ count: Int, _ size: Int) -> AsyncStream<ByteBuffer> {
      AsyncStream { continuation in
        for _ in 0..<count { continuation.yield(ByteBuffer(bytes: [UInt8](repeating: 32, count: size))) }
        continuation.finish()
      }
    }
    await #expect(throws: Problem.self) { try await BodyReader(reader).collect(chunks(3, 1000)) }
    #expect(try await BodyReader(reader).collect(chunks(2, 1024)).count == 2048)
    #expect(await BodyReader(reader).drop(chunks(4, 1024)))
    #expect(await !BodyReader(reader).drop(chunks(5, 1024)))
  }

  @Test func `a webhook is taken under any host name, because its signature proves it`() async throws {
    let fixture = DeskFixture()
    #expect(throws: Problem.self) { try fixture.server.responder.door.check(host: "hooks.example.com") }
    #expect(fixture.server.responder.table.routes.filter { $0.access == .signed }.count == 2)
  }
}

/// A store that cannot be reached.
struct AwayStore: HandoffStore {
  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value { throw StoreFailure.unavailable("gone") }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreReading) throws -> Value
  ) async throws -> Value { throw StoreFailure.unavailable("gone") }
}

@Suite struct GenericStorefrontTests {
  private let path = "/v1/storefronts/shop/orders"
  private let signed = ["webhook-signature": "right", "webhook-id": "w1"]

  @Test func `without a preference an order is 202 with its handoff`() async throws {
    try await DeskFixture().run { client in
      let answer = try await client.ask("POST", path, signed, body: DeskFixture.order())
      #expect(answer.status == .accepted)
      #expect(answer.json["confirmed"] == false)
      #expect(answer.json["orderId"] == "1001")
      #expect(answer.json["delivery"] == "applied")
      #expect(answer.field("preference-applied") == nil)
    }
  }

  @Test func `with a wait the answer is held until the gate opens`() async throws {
    try await DeskFixture().run(working: true) { client in
      var headers = signed
      headers["prefer"] = "respond-async, wait=30"
      let answer = try await client.ask("POST", path, headers, body: DeskFixture.order())
      #expect(answer.status == .ok)
      #expect(answer.json["confirmed"] == true)
      #expect(["decided", "confirmed"].contains(answer.json["stage"]?.string))
      #expect(answer.json["erpId"] == "R-1001")
      #expect(answer.field("preference-applied") == "wait=30")
    }
  }

  @Test func `an order that is not decided within the wait is 202 and says where it stands`() async throws {
    var erp = FakeERP()
    erp.onSubmit = { _ in .refused(reason: "The customer is locked.") }
    try await DeskFixture(erp: erp).run(working: true) { client in
      var headers = signed
      headers["prefer"] = "wait=0"
      let answer = try await client.ask("POST", path, headers, body: DeskFixture.order())
      #expect(answer.status == .accepted)
      #expect(answer.json["confirmed"] == false)
      #expect(answer.field("preference-applied") == "wait=0")
    }
  }

  @Test func `an order that waits for a person does not hold the answer`() async throws {
    var erp = FakeERP()
    erp.onSubmit = { _ in .refused(reason: "The customer is locked.") }
    try await DeskFixture(erp: erp).run(working: true) { client in
      var headers = signed
      headers["prefer"] = "wait=60"
      let answer = try await client.ask("POST", path, headers, body: DeskFixture.order())
      #expect(answer.status == .accepted)
      #expect(answer.json["exception"] == "refused" && answer.json["confirmed"] == false)
    }
  }

  @Test func `an order that is only observed is settled at once`() async throws {
    try await DeskFixture(policy: HandoffPolicy(mode: .observe)).run { client in
      var headers = signed
      headers["prefer"] = "wait=10"
      let answer = try await client.ask("POST", path, headers, body: DeskFixture.order())
      #expect(answer.status == .ok)
      #expect(answer.json["stage"] == "observed")
      #expect(answer.json["confirmed"] == false)
    }
  }

  @Test func `an order that cannot be understood is 422 and names the member`() async throws {
    try await DeskFixture().run { client in
      let order = DeskFixture.order("1001", ["lines": [["quantity": -1, "unitPrice": "1"]]])
      let answer = try await client.ask("POST", path, signed, body: order)
      #expect(answer.status == .unprocessableContent)
      #expect(answer.json["detail"]?.string?.contains("lines[0].quantity") == true)
    }
  }

  @Test(
    arguments: [
      ("wait=5", 5), ("wait=600", 60), ("wait=\"7\"", 7), ("WAIT = 9 ; x=1", 9), ("respond-async,wait=3", 3),
      ("wait", nil), ("wait=", nil), ("wait=-1", nil), ("wait=1.5", nil), ("waiting=5", nil),
      ("wait=99999999999999999999", 60),
    ] as [(String, Int?)])
  func `the wait of a Prefer field is read as the RFC writes it`(field: String, seconds: Int?) {
    #expect(Preference.wait(in: [HTTPField("Prefer", field)]) == seconds)
  }
}
