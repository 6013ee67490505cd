import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Logging
import StoreSQLite
import Testing

@testable import countersign

/// What a start finds in the database: since when a storefront is known, and whether it ever was gated.
@Suite struct FirstStartTests {
  private static let early = Timestamp(iso8601: "2026-11-01T10:00:00.75Z") ?? .distantPast

  private func settings(mode: String = "gate", flags: [String: String] = [:]) throws -> Settings {
    try Settings.parse(
      ServedDesk.configuration(mode: mode), file: "t.yaml", environment: [:], flags: flags)
  }

  private func coordinator(
    _ settings: Settings, _ store: MemoryStore, erpIsUp: Bool = true, at now: Timestamp = SystemTime().now
  ) async throws -> Coordinator {
    let history = try await StorefrontHistory.begin(settings, on: store, at: now)
    let transport = ScriptedTransport { call in
      if call.url.hasSuffix("/sink") { return .json(200, "{}") }
      guard erpIsUp else { return .failure(.notSent("down")) }
      return call.method == "POST" ? .json(201, #"{"internalId":"R-1"}"#) : .json(404, "{}")
    }
    return try Assembly(settings: settings.watermarked(by: history), transport: transport, history: history)
      .coordinator(store: store, logger: Logger(label: "start") { _ in SwiftLogNoOpLogHandler() })
  }

  private func take(_ id: String, _ coordinator: Coordinator, placedAt: Timestamp) async throws -> Handoff {
    let storefront = try #require(try settings().storefronts.first)
    let event = SampleEvent.order(for: storefront, id: id, sku: "A", email: "a@example.com", at: placedAt)
    let delivery = WebhookDelivery(headers: event.headers, body: event.body, receivedAt: placedAt)
    guard case .taken(_, let handoff) = await coordinator.receive(delivery, at: storefront.name) else {
      throw CommandFault("not taken")
    }
    return handoff
  }

  @Test func `orders from before the first start are only observed, at every later start too`() async throws {
    let store = MemoryStore()
    let start = Self.early
    let first = try await coordinator(settings(), store, at: start)
    #expect(try await take("1", first, placedAt: start - .seconds(1)).stage == .observed)
    // Storefronts give whole seconds: this one may have been placed after the start.
    #expect(try await take("2", first, placedAt: start - .milliseconds(750)).stage == .captured)
    let later = try await coordinator(settings(), store, at: start + .seconds(86_400))
    #expect(try await take("3", later, placedAt: start + .seconds(1)).stage == .captured)
    #expect(try await take("4", later, placedAt: start - .seconds(60)).stage == .observed)
    let flags = ["rollout.web.watermark": "2000-01-01T00:00:00Z"]
    let explicit = try await coordinator(settings(flags: flags), store)
    #expect(try await take("5", explicit, placedAt: start - .seconds(60)).stage == .captured)
  }

  @Test func `observing is a start, and says when to the gate that follows`() async throws {
    let store = MemoryStore()
    let watching = try await coordinator(settings(mode: "observe"), store, at: Self.early)
    #expect(watching.setting.storefronts.values.allSatisfy { $0.sender == nil })
    let gating = try await coordinator(settings(), store, at: Self.early + .seconds(3600))
    #expect(try await take("1", gating, placedAt: Self.early + .seconds(60)).stage == .captured)
    #expect(try await take("2", gating, placedAt: Self.early - .seconds(60)).stage == .observed)
  }

  @Test func `a database that was used before has no instant, and is not given one of today`() async throws {
    let store = MemoryStore()
    let assembly = Assembly(settings: try settings(), transport: ScriptedTransport([]))
    let old = try assembly.coordinator(store: store, logger: Logger(label: "old") { _ in SwiftLogNoOpLogHandler() })
    let placed = SystemTime().now - .seconds(60)
    _ = try await take("1", old, placedAt: placed)
    let history = try await StorefrontHistory.begin(settings(mode: "observe"), on: store, at: SystemTime().now)
    let name = StorefrontName("web")
    #expect(history.started.contains(name) && history.firstStarts[name] == nil && history.gated.contains(name))
    #expect(try await take("2", coordinator(settings(), store), placedAt: placed).stage == .captured)
  }

  @Test(arguments: ["observe", "shadow"])
  func `what the gate took in is finished outside it, and what comes then is only watched`(mode: String) async throws {
    let store = MemoryStore()
    let gating = try await coordinator(settings(), store, erpIsUp: false)
    let under = try await take("1", gating, placedAt: SystemTime().now)
    #expect(under.stage == .captured)
    let watching = try await coordinator(settings(mode: mode), store)
    let working = Task { await watching.run() }
    let confirmed = await watching.settled(under.id, within: .seconds(120))
    #expect(confirmed?.stage == .decided || confirmed?.stage == .confirmed)
    #expect(try await take("2", watching, placedAt: SystemTime().now).stage == .observed)
    for _ in 0..<20_000 where try await store.read({ try $0.row(under.id)?.handoff.stage }) != .confirmed {
      await pause()
    }
    #expect(try await store.read { try $0.row(under.id)?.handoff.stage } == .confirmed)
    watching.stop()
    await working.value
  }

  @Test func `the watermark in force is shown, with where it comes from`() async throws {
    let folder = try ScratchFolder()
    try folder.write(ServedDesk.configuration())
    func shown(_ arguments: String...) async throws -> String {
      arguments.isEmpty
        ? try await CommandRun("config", "show", in: folder).out
        : try await CommandRun("config", "show", "--set", arguments[0], in: folder).out
    }
    #expect(try await shown().contains("watermark: the instant of its first start\n"))
    do {
      let store = try SQLiteStore(path: folder.path + "/countersign.db")
      _ = try await StorefrontHistory.begin(settings(), on: store, at: Self.early)
    }
    #expect(try await shown().contains("watermark 2026-11-01T10:00:00Z, its first start on this database\n"))
    let explicit = try await shown("rollout.web.watermark=2026-12-01T06:00:00Z")
    #expect(explicit.contains("watermark 2026-12-01T06:00:00Z, as configured\n"))
    let doctor = try await CommandRun("doctor", in: folder)
    #expect(doctor.out.contains("✔ storefront web: watermark 2026-11-01T10:00:00Z, its first start on this"))
  }
}
