import Audit
import Connector
import ConnectorTesting
import Coordinator
import Foundation
import HandoffCore
import HandoffStore
import Logging
import StoreSQLite
import Testing

@testable import countersign

/// `countersign audit --live`: the audit's figures from Countersign's own journal.
@Suite struct LiveAuditTests {
  private static let configuration = """
    store: { sqlite: ./countersign.db }
    storefronts:
      web: { kind: generic, webhookSecret: \(ServedDesk.secret), erp: office, backfill: off, tolerance: 3600s }
    erps:
      office: { kind: generic, url: "http://127.0.0.1:9", watch: { reference: "shop-{digits}", every: 1s } }
    rollout: { web: { mode: observe } }
    owners: { default: ops@example.com }

    """

  private func decoded(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

  /// Sixty orders that are only observed; another integration books each two minutes after it was placed, but loses
  /// every twelfth.
  private func observed(
    in folder: ScratchFolder, from start: Timestamp = SystemTime().now - .seconds(3000)
  ) async throws -> [String] {
    try folder.write(Self.configuration)
    let settings = try Settings.parse(Self.configuration, file: "t.yaml", environment: [:], flags: [:])
    let storefront = try #require(settings.storefronts.first)
    let store = try SQLiteStore(path: folder.path + "/countersign.db")
    let transport = ScriptedTransport { call in
      let reference = call.url.split(separator: "=").last.map(String.init) ?? ""
      guard let number = Int(reference.split(separator: "-").last ?? ""), !number.isMultiple(of: 12) else {
        return .json(404, "{}")
      }
      let made = (start + .seconds(number * 20 + 120)).iso8601
      return .json(
        200, "{\"internalId\":\"SO\(number)\",\"externalId\":\"\(reference)\",\"createdAt\":\"\(made)\"}")
    }
    let logger = Logger(label: "live") { _ in SwiftLogNoOpLogHandler() }
    let coordinator = try Assembly(settings: settings, transport: transport).coordinator(store: store, logger: logger)
    for number in 1...60 {
      let placed = start + .seconds(number * 20)
      let event = SampleEvent.order(
        for: storefront, id: String(number), sku: "SKU-1", email: "kim@example.com", at: placed)
      let delivery = WebhookDelivery(headers: event.headers, body: event.body, receivedAt: SystemTime().now)
      guard case .taken = await coordinator.receive(delivery, at: storefront.name) else {
        Issue.record("order \(number) was not taken")
        return []
      }
    }
    let working = Task { await coordinator.run() }
    for _ in 0..<2000 where coordinator.meter.reading.counters["watch.seen"] != 55 { await pause() }
    coordinator.stop()
    await working.value
    return transport.calls.map(\.method)
  }

  @Test func `observed orders show the gap of today's integration, and nothing was written anywhere`() async throws {
    let folder = try ScratchFolder()
    let methods = try await observed(in: folder)
    #expect(!methods.isEmpty && methods.allSatisfy { $0 == "GET" })
    let run = try await CommandRun("audit", "--live", "-o", "json", "--out", "findings", in: folder)
    #expect(run.status == 1, "\(run.err)")
    let result = try decoded(run.out)
    #expect(result["verdict"]?["kind"]?.string == "handoffFailure")
    #expect(result["orders"]?["captured"]?.int == 60)
    #expect(result["orders"]?["received"]?.int == 55)
    #expect(result["orders"]?["neverReceived"]?.int == 5)
    #expect(result["gap"]?["overall"]?["p50"]?.int == 120_000)
    #expect(result["notes"]?.array?.first?.string?.contains("60 orders, 0 of them gated and 60 only observed") == true)
    let hops = result["hops"]?.array ?? []
    #expect(!hops.isEmpty && !hops.contains { $0["name"]?.string == "integrationQueue" })
    #expect(result["verdict"]?["hop"]?.string != "integrationQueue")
    #expect(result["inputs"]?.array?.first?["path"]?.string?.hasSuffix("countersign.db: storefront") == true)
    #expect(!run.out.contains("kim@example.com"))
    let leftOver = try FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path)
    #expect(!leftOver.contains { $0.hasPrefix("countersign-audit-") && $0.hasSuffix(folder.path) })
    let verified = try await CommandRun("verify", in: folder)
    #expect(verified.status == 0, "\(verified.out)")
  }

  @Test func `the log of confirmations takes the place of the assumption`() async throws {
    let folder = try ScratchFolder()
    let start = SystemTime().now - .seconds(3000)
    _ = try await observed(in: folder, from: start)
    var log = "order_id,confirmed_at,template\n"
    for number in 1...60 { log += "web/\(number),\((start + .seconds(number * 20 + 600)).iso8601),confirmation\n" }
    try Data(log.utf8).write(to: URL(filePath: folder.path + "/mails.csv"))
    let run = try await CommandRun(
      "audit", "--live", "--no-assumed-confirmations", "mails.csv", "-o", "json", in: folder)
    let result = try decoded(run.out)
    #expect(result["gap"]?["overall"]?["p50"]?.int == -480_000)
  }

  @Test func `gated orders show that nobody was told before the receipt`() async throws {
    try await ServedDesk.run { desk in
      for number in 1...32 { _ = try await desk.capture(String(number)) }
      let run = try await CommandRun("audit", "--live", "-o", "json", in: desk.folder)
      let result = try self.decoded(run.out)
      #expect(run.status == 0, "\(run.out.prefix(400)) \(run.err)")
      #expect(result["orders"]?["joined"]?.int == 32)
      #expect(result["gap"]?["confirmedFirst"]?.int == 0)
      #expect(result["hops"]?.array?.contains { $0["name"]?.string == "integrationQueue" } == true)
    }
  }

  @Test func `a plain day is the beginning of that day in the zone of the findings`() async throws {
    for (zone, instant) in [("America/New_York", "2026-11-24T05:00:00Z"), ("UTC", "2026-11-24T00:00:00Z")] {
      let rules = try #require(ZoneRules(named: zone))
      #expect(LiveAuditOptions.instant("2026-11-24", rules) == Timestamp(iso8601: instant))
    }
    #expect(LiveAuditOptions.instant("2026-11-31", .utc) == nil && LiveAuditOptions.instant("24/11/2026", .utc) == nil)
    let folder = try ScratchFolder()
    _ = try await observed(in: folder)
    for (day, count) in [("2020-01-01", 60), ("2100-01-01", 0)] {
      let run = try await CommandRun("audit", "--live", "--since", day, "-o", "json", in: folder)
      #expect(try decoded(run.out)["orders"]?["captured"]?.int == count, "\(run.err)")
    }
  }

  @Test func `wrong use says how it is used`() async throws {
    let folder = try ScratchFolder()
    for arguments in [
      ["audit"], ["audit", "--live", "--since", "2026-11-31"],
      ["audit", "--live", "--since", "2026-11-24", "--until", "2026-11-24T00:00:00Z"],
      ["audit", "x", "--since", "2026-11-24T00:00:00Z"], ["audit", "--live", "--since", "yesterday"],
      ["audit", "--live", "--every", "0"],
    ] {
      let command = try RunningCommand(arguments, in: folder)
      #expect(await command.end() == 2)
      #expect(command.err.contains("Error:"))
    }
    let unconfigured = try await CommandRun("audit", "--live", in: folder)
    #expect(unconfigured.status == 2 && unconfigured.err.contains("name the database with --database"))
    try folder.write(Self.configuration)
    let none = try await CommandRun("audit", "--live", in: folder)
    #expect(none.status == 3 && none.err.contains("There is no database"))
  }
}
