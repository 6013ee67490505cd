import Connector
import ConnectorGeneric
import ConnectorTesting
import HandoffCore
import Signing
import Testing

@Suite struct WebhookSenderTests {
  private let clock = StillClock(Fixtures.now)

  private func sender(_ transport: ScriptedTransport, secrets: [String] = [Fixtures.secret]) throws -> WebhookSender {
    try WebhookSender(
      WebhookSender.Configuration(
        url: "https://shop.example/hooks?x=1", secrets: secrets, transport: transport, clock: clock))
  }

  private func facts(_ kind: MessageKind, recordID: String? = "SO-1", key: String = "abc123") throws -> MessageFacts {
    let order = try Fixtures.order()
    return MessageFacts(
      kind: kind, handoffID: HandoffID("h1"),
      key: OrderKey(storefront: StorefrontName("main"), orderID: order.id), recordID: recordID, recordNumber: "S1",
      order: order, decidedAt: Fixtures.now, messageKey: key)
  }

  @Test func `the three events carry the storefront's id as text and no personal data`() throws {
    let sender = try sender(ScriptedTransport([]))
    let types: [MessageKind: String] = [
      .acknowledgement: "order.pending", .confirmation: "order.confirmed", .cannotFulfil: "order.cannot_fulfil",
    ]
    for kind in MessageKind.allCases {
      let message = try sender.compose(try facts(kind))
      let event = try JSONValue(parsing: message.content)
      #expect(event["type"]?.string == types[kind])
      #expect(event["data"]?["orderId"]?.string == "9007199254740993")
      #expect(event["data"]?["erpId"]?.string == "SO-1")
      #expect(event["data"]?["number"]?.string == "#1001")
      #expect(event["data"]?["storefront"]?.string == "main")
      #expect(!event.text.contains("example.com"))
      #expect(message.content == (try sender.compose(try facts(kind))).content)
    }
  }

  @Test func `a confirmation without a record and a key with a dot are not written`() throws {
    let sender = try sender(ScriptedTransport([]))
    let noRecord = try facts(.confirmation, recordID: nil)
    #expect(throws: CompositionFailure.self) { try sender.compose(noRecord) }
    _ = try sender.compose(try facts(.acknowledgement, recordID: nil))
    for key in ["", "a.b", "a b", String(repeating: "x", count: 257)] {
      let facts = try facts(.confirmation, key: key)
      #expect(throws: CompositionFailure.self) { try sender.compose(facts) }
    }
  }

  @Test func `every attempt has the same id and bytes and a signature of its own time under every key`() async throws {
    let second = "whsec_" + Base64.encode(Array(repeating: 9, count: 32))
    let transport = ScriptedTransport { _ in .json(500, "") }
    let sender = try sender(transport, secrets: [Fixtures.secret, second])
    let message = try sender.compose(try facts(.confirmation))
    _ = await sender.send(message)
    clock.advance(by: .seconds(3600))
    _ = await sender.send(message)
    let calls = transport.calls
    #expect(Set(calls.map { $0.headers["webhook-id"] }) == ["abc123"])
    #expect(Set(calls.map(\.body)).count == 1)
    #expect(calls.map { $0.headers["webhook-timestamp"] } == ["1795428000", "1795431600"])
    for (call, now) in zip(calls, [Int64(1_795_428_000), 1_795_431_600]) {
      for secret in [Fixtures.secret, second] {
        let headers = StandardWebhooks.Headers(
          id: call.headers["webhook-id"] ?? "", timestamp: call.headers["webhook-timestamp"] ?? "",
          signature: call.headers["webhook-signature"] ?? "")
        let key = try #require(StandardWebhooks.key(secret: secret))
        try StandardWebhooks.verify(headers, body: call.body, keys: [key], now: now)
      }
    }
  }

  @Test func `each answer has one meaning`() async throws {
    func send(_ reply: ScriptedTransport.Reply) async throws -> MessageOutcome {
      let sender = try sender(ScriptedTransport([reply]))
      return await sender.send(try sender.compose(try facts(.confirmation)))
    }
    for status in [200, 201, 202, 204, 299] { #expect(try await send(.json(status, "")) == .accepted) }
    for status in [408, 409, 425, 429, 500, 502, 503, 504, 599, 100] {
      guard case .deferred = try await send(.json(status, "")) else {
        Issue.record("\(status)")
        continue
      }
    }
    for status in [301, 302, 307, 308, 401, 403, 404, 405, 410] {
      guard case .misconfigured = try await send(.json(status, "")) else {
        Issue.record("\(status)")
        continue
      }
    }
    for status in [400, 413, 422] {
      guard case .refused = try await send(.json(status, "")) else {
        Issue.record("\(status)")
        continue
      }
    }
    guard case .deferred = try await send(.failure(.notSent("x"))),
      case .deferred = try await send(.failure(.noAnswer("x")))
    else {
      Issue.record("no answer is no no")
      return
    }
  }

  @Test func `the probe sends one signed ping`() async throws {
    let transport = ScriptedTransport([.json(204, "")])
    #expect(await (try sender(transport)).probe().map(\.isHealthy) == [true])
    #expect(try JSONValue(parsing: transport.calls.first?.body ?? [])["type"]?.string == "ping")
    #expect(throws: GenericSetupFault.self) { try sender(transport, secrets: ["short"]) }
  }
}
