import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import HummingbirdTesting
import Logging
import Signing
import Synchronization
import Testing

@testable import Desk

/// What must never stand in a log: whose order it is, and what proves who we are (F123).
@Suite struct RedactionTests {
  private static let personal = [
    "anna.exempel@example.org", "anna.exempel", "Anna Exempel", "Secret Lane", "0707-123456", "please ring twice",
  ]
  private static let secret = "right"
  private static let signature = "v1,c2lnbmF0dXJlLW9mLXRoZS1ib2R5"

  private static func order(_ id: String) -> [UInt8] {
    DeskFixture.order(
      id,
      [
        "email": "anna.exempel@example.org", "customerName": "Anna Exempel", "phone": "0707-123456",
        "note": "please ring twice",
        "shippingAddress": ["street1": "1 Secret Lane", "city": "Lund", "country": "SE", "name": "Anna Exempel"],
      ])
  }

  /// An ERP and a storefront that quote the order in everything they say.
  private static let echo = "HTTP 500: {\"customer\":\"Anna Exempel\",\"email\":\"anna.exempel@example.org\"}"

  private struct Quoting: OrderSource {
    func read(_ delivery: WebhookDelivery) throws(WebhookRejection) -> WebhookReading {
      try FakeSource().read(delivery)
    }
    func listChanged(_ cursor: BackfillCursor, until: Timestamp) async -> BackfillOutcome {
      .failed(reason: "The page for anna.exempel@example.org cannot be read: " + RedactionTests.echo)
    }
    func fetch(orderID: String) async -> BackfillOutcome { .failed(reason: RedactionTests.echo) }
    var canList: Bool { true }
    func probe() async -> [ProbeFinding] { [] }
  }

  @Test func `no log names a customer or a secret, whatever goes wrong`() async throws {
    let kept = KeptLog()
    let logger = Logger(label: "all") { _ in kept.handler }
    let clock = StillClock(Timestamp(seconds: 1_795_000_000))
    var erp = FakeERP()
    erp.onSubmit = { submission in
      switch submission.key.orderID {
      case "1": .refused(reason: RedactionTests.echo)
      case "2": .misconfigured(reason: RedactionTests.echo)
      case "3": .unknown(reason: RedactionTests.echo)
      default: .accepted(submission.receipt(recordID: "R-1"))
      }
    }
    let shop = Storefront(
      name: StorefrontName("shop"), source: Quoting(), sender: FakeSender(), policy: HandoffPolicy(),
      erp: ERPName("books"), backfillInterval: .seconds(300))
    let setting = CoordinatorSetting(
      storefronts: [shop], erps: [ERPName("books"): erp], defaultOwner: "ops@example.com")
    for store in [MemoryStore(), AwayStore()] as [any HandoffStore] {
      let coordinator = Coordinator(
        setting, store: store, time: DeskTime(clock: clock), sha256: { sha256($0) }, logger: logger)
      let server = DeskServer(DeskFixture.guarded, coordinator: coordinator, clock: clock, logger: logger)
      let working = Task { await coordinator.run() }
      try await server.application.test(.router) { client in try await provoke(client) }
      coordinator.stop()
      await working.value
    }
    let lines = kept.lines
    for message in ["delivery rejected", "request denied", "login failed", "intake failed", "backfill page failed"] {
      #expect(lines.contains { $0.contains(message) }, "nothing was logged about: \(message)")
    }
    for line in lines {
      for text in Self.personal + [Self.signature, DeskFixture.token, "a-wrong-token-1234567", "anna.exempel%40"] {
        #expect(!line.contains(text), "\(text) in: \(line)")
      }
    }
  }

  private func provoke(_ client: any TestClientProtocol) async throws {
    let signed = ["webhook-signature": Self.secret]
    for id in ["1", "2", "3", "4"] {
      _ = try await client.ask(
        "POST", "/v1/storefronts/shop/orders", signed.merging(["webhook-id": id, "prefer": "wait=0"]) { $1 },
        body: Self.order(id))
    }
    let forged = ["webhook-signature": Self.signature, "authorization": "Bearer a-wrong-token-1234567"]
    _ = try await client.ask("POST", "/webhooks/shop", forged, body: Self.order("5"))
    _ = try await client.ask(
      "POST", "/webhooks/shop", signed, body: Array("{ \"email\": \"anna.exempel@example.org\" ".utf8))
    for token in ["a-wrong-token-1234567", DeskFixture.token] {
      let bearer = ["authorization": "Bearer " + token]
      for path in ["/v1/orders/anna.exempel%40example.org", "/v1/orders?text=anna.exempel%40example.org", "/metrics"] {
        _ = try await client.ask("GET", path, bearer)
      }
    }
    let form = Array("token=a-wrong-token-1234567".utf8)
    _ = try await client.ask(
      "POST", "/login", ["content-type": "application/x-www-form-urlencoded"], body: form)
  }
}

/// Every line that was logged, with its metadata, at every level.
private final class KeptLog: Sendable {
  private let kept = Mutex<[String]>([])
  var lines: [String] { kept.withLock { $0 } }
  var handler: Handler { Handler(log: self) }

  struct Handler: LogHandler {
    let log: KeptLog
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level {
      get { .trace }
      set {}
    }

    init(log: KeptLog) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
      let text = ([event.message.description] + all.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
      log.kept.withLock { $0.append(text) }
    }
  }
}
