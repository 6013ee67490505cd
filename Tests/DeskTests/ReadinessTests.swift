import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import HummingbirdTesting
import Signing
import Synchronization
import Testing

@testable import Desk

/// A store in memory whose disk can be full.
private final class FillingStore: HandoffStore {
  private let inner = MemoryStore()
  private let room = Mutex(2)

  /// 2: everything fits; 1: small rows do; 0: nothing.
  func leave(_ room: Int) { self.room.withLock { $0 = room } }

  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value {
    let room = room.withLock { $0 }
    // What the coordinator tries writes no value of interest; an order's transaction returns what came of it.
    if room == 0 || (room == 1 && Value.self != Void.self) {
      throw StoreFailure.unavailable("database or disk is full")
    }
    return try await inner.transact(body)
  }

  func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws -> Value {
    try await inner.read(body)
  }
}

/// What `/readyz` says.
@Suite struct ReadinessTests {
  private let clock = StillClock(Timestamp(seconds: 1_795_000_000))
  private let store = FillingStore()
  private let coordinator: Coordinator
  private let server: DeskServer

  init() {
    let shop = Storefront(
      name: StorefrontName("shop"), source: FakeSource(), sender: FakeSender(), policy: HandoffPolicy(),
      erp: ERPName("books"), backfillInterval: nil)
    coordinator = Coordinator(
      CoordinatorSetting(storefronts: [shop], erps: [ERPName("books"): FakeERP()], defaultOwner: "ops@example.com"),
      store: store, time: DeskTime(clock: clock), sha256: { sha256($0) }, logger: DeskFixture.logger)
    server = DeskServer(DeskSetting(), coordinator: coordinator, clock: clock, logger: DeskFixture.logger)
  }

  private func readiness() async throws -> HTTPResponse.Status {
    try await server.application.test(.router) { client in try await client.ask("GET", "/readyz").status }
  }

  private func order(_ id: String) async -> ReceptionAnswer {
    let delivery = WebhookDelivery(
      headers: [FakeSource.signature, HTTPField("webhook-id", "w-\(id)")], body: DeskFixture.order(id),
      receivedAt: clock.now)
    return await coordinator.receive(delivery, at: StorefrontName("shop"))
  }

  @Test func `a store that cannot be written is not ready, before an order finds out`() async throws {
    await coordinator.tryWriting()
    #expect(try await readiness() == .ok)
    store.leave(0)
    await coordinator.tryWriting()
    #expect(try await readiness() == .serviceUnavailable)
    clock.advance(by: .seconds(3600))
    #expect(try await readiness() == .serviceUnavailable)
    store.leave(2)
    await coordinator.tryWriting()
    #expect(try await readiness() == .ok)
  }

  @Test func `an order that does not fit counts, until one does or half a minute has passed`() async throws {
    store.leave(1)
    guard case .unavailable = await order("1") else {
      Issue.record("taken")
      return
    }
    await coordinator.tryWriting()
    #expect(try await readiness() == .serviceUnavailable)
    clock.advance(by: .seconds(29))
    #expect(try await readiness() == .serviceUnavailable)
    clock.advance(by: .seconds(1))
    #expect(try await readiness() == .ok)
    _ = await order("1")
    #expect(try await readiness() == .serviceUnavailable)
    store.leave(2)
    guard case .taken = await order("1") else {
      Issue.record("not taken")
      return
    }
    #expect(try await readiness() == .ok)
  }
}
