import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import HummingbirdTesting
import Logging
import Signing

@testable import Desk

/// A clock that a test moves, and waiting that ends when it is cancelled.
struct DeskTime: CoordinatorTime {
  let clock: StillClock
  var now: Timestamp { clock.now }
  func sleep(for duration: Duration) async { try? await Task.sleep(for: duration) }
}

/// A desk over a coordinator over a store in memory, with one storefront and one ERP.
struct DeskFixture {
  static let token = "a-token-that-is-long-enough"

  let store = MemoryStore()
  let clock = StillClock(Timestamp(seconds: 1_795_000_000))
  let coordinator: Coordinator
  let server: DeskServer

  init(
    _ setting: DeskSetting = DeskSetting(), erp: FakeERP = FakeERP(), policy: HandoffPolicy = HandoffPolicy(),
    routes: [DeskRoute] = []
  ) {
    let shop = Storefront(
      name: StorefrontName("shop"), source: FakeSource(), sender: FakeSender(), policy: policy,
      erp: ERPName("books"), backfillInterval: nil)
    coordinator = Coordinator(
      CoordinatorSetting(storefronts: [shop], erps: [ERPName("books"): erp], defaultOwner: "ops@example.com"),
      store: store, time: DeskTime(clock: clock), sha256: { sha256($0) }, logger: DeskFixture.logger)
    server = DeskServer(
      setting, coordinator: coordinator, clock: clock, logger: DeskFixture.logger, extraRoutes: routes)
  }

  static var logger: Logger { Logger(label: "desk tests") { _ in SwiftLogNoOpLogHandler() } }

  static var guarded: DeskSetting { DeskSetting(token: token) }

  /// Runs a test against the routes, with the coordinator at work when `working`.
  func run(
    working: Bool = false, _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
  ) async throws {
    guard working else { return try await server.application.test(.router, test) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await coordinator.run() }
      defer { coordinator.stop() }
      try await server.application.test(.router, test)
    }
  }

  /// The members of an order with changes.
  static func order(_ id: String = "1001", _ changes: [String: JSONValue] = [:]) -> [UInt8] {
    let members: [String: JSONValue] = [
      "id": .string(id), "number": .string("#" + id), "currency": "EUR", "total": "12.50",
      "email": "anna@example.org",
      "lines": [["id": "1", "sku": "MUG", "title": "Mug", "quantity": 2, "unitPrice": "6.25"]],
    ]
    return JSONValue.object(members.merging(changes) { $1 }).bytes
  }

  /// Takes an order in and performs nothing.
  @discardableResult func capture(_ id: String = "1001", _ changes: [String: JSONValue] = [:]) async -> Handoff? {
    let delivery = WebhookDelivery(
      headers: [FakeSource.signature, HTTPField("webhook-id", "w-\(id)")], body: DeskFixture.order(id, changes),
      receivedAt: clock.now)
    guard case .taken(_, let handoff) = await coordinator.receive(delivery, at: StorefrontName("shop")) else {
      return nil
    }
    return handoff
  }

  /// An order whose receipt is overdue, and the number of its exception.
  func overdue(_ id: String = "1001", _ changes: [String: JSONValue] = [:]) async throws -> (Handoff?, String) {
    let handoff = await capture(id, changes)
    clock.advance(by: .seconds(3600))
    let now = clock.now
    _ = try await store.transact { [coordinator] in try coordinator.moves.sweep(at: now, limit: 10, in: $0) }
    var filter = ExceptionFilter()
    filter.handoff = handoff?.id
    let found = try await store.read { [filter] in try $0.exceptions(filter) }
    return (handoff, String(found.first?.id ?? 0))
  }
}

extension TestClientProtocol {
  /// Sends a request; header fields by name.
  func ask(
    _ method: String, _ path: String, _ fields: [String: String] = [:], body: [UInt8]? = nil
  ) async throws -> TestResponse {
    var headers = HTTPFields()
    for (name, value) in fields { if let name = HTTPFields.Element.Name(name) { headers[name] = value } }
    return try await execute(
      uri: path, method: HTTPRequest.Method(rawValue: method) ?? .get, headers: headers,
      body: body.map { ByteBuffer(bytes: $0) })
  }

  /// Sends JSON to the API.
  func post(_ path: String, _ json: JSONValue, _ fields: [String: String] = [:]) async throws -> TestResponse {
    try await ask(
      "POST", path, ["content-type": "application/json"].merging(fields) { $1 }, body: json.bytes)
  }
}

extension TestResponse {
  var text: String { String(buffer: body) }
  var json: JSONValue { (try? JSONValue(parsing: Array(buffer: body))) ?? .null }
  func field(_ name: String) -> String? { HTTPFields.Element.Name(name).flatMap { headers[$0] } }
}
