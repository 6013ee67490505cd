import Foundation
import Testing

@testable import Audit

/// Exports in a folder of their own, gone when the test is over.
final class Workbench: Sendable {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "audit-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  func audit(_ change: (inout AuditOptions) throws -> Void = { _ in }) async throws -> FinishedAudit {
    var options = AuditOptions()
    options.paths = [folder]
    try change(&options)
    return try await Audit(options).run()
  }
}

@Suite struct PlantedWorldTests {
  private func planted(_ world: World, seed: UInt64 = 7, orders: Int = 5000) async throws -> (Truth, AuditResult) {
    let bench = try Workbench()
    let truth = try AuditGenerator(orders: orders, seed: seed, world: world, folder: bench.folder).run()
    return (truth, try await bench.audit { $0.assumptions.listLimit = 100_000 }.result)
  }

  @Test(arguments: World.allCases) func `all findings equal what was planted`(world: World) async throws {
    let (truth, result) = try await planted(world)
    #expect(result.verdict.kind == truth.verdict, "\(result.verdict)")
    #expect(result.verdict.scope == truth.scope, "\(result.verdict)")
    #expect(result.verdict.hop == truth.hop, "\(result.verdict) \(result.hops.map(\.sentence))")
    #expect(result.verdict.hours == (world == .nightlyQueue ? [1, 2, 3, 4] : []))
    #expect(result.foundGap == (truth.verdict != .healthy))
    expectCounts(truth, result)
    if truth.skewSeconds == 0 {
      try expectGap(truth, result)
      if world != .reimport { expectSignals(truth, result) }
    } else {
      try expectSkew(truth, result)
    }
    try expectUnreadable(truth, result)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `other dirt is read as well`(seed: UInt64) async throws {
    let (truth, result) = try await planted(.dirt, seed: seed, orders: 2500)
    expectCounts(truth, result)
    try expectGap(truth, result)
    try expectUnreadable(truth, result)
  }

  private func expectCounts(_ truth: Truth, _ result: AuditResult) {
    #expect(result.orders.captured == truth.captured)
    #expect(result.orders.confirmed == truth.confirmed)
    #expect(result.orders.received == truth.received)
    #expect(result.orders.joined == truth.joined)
    #expect(result.orders.cancelled == truth.cancelled)
    #expect(result.orders.receivedTwice == truth.receivedTwice)
    #expect(result.orders.repeated == truth.repeated)
    #expect(result.reimports.reduce(0) { $0 + $1.orders } == truth.reimported)
  }

  private func expectGap(_ truth: Truth, _ result: AuditResult) throws {
    #expect(result.affected.never.orders.map(\.orderID) == truth.never.map(String.init))
    #expect(result.affected.late.orders.map(\.orderID) == truth.late.map(String.init))
    #expect(result.gap.confirmedFirst == truth.confirmedFirst)
    #expect(result.gap.undecided == truth.undecided)
    let gap = try #require(result.gap.overall)
    #expect([gap.p50, gap.p90, gap.p99, gap.max] == truth.gapQuantiles)
    #expect(result.clockSkews.isEmpty)
  }

  private func expectSkew(_ truth: Truth, _ result: AuditResult) throws {
    let skew = try #require(result.clockSkews.first)
    #expect(skew.system == .erp)
    #expect(skew.isCertain)
    #expect(abs(skew.offsetSeconds - Double(truth.skewSeconds)) <= 6)
    #expect(result.gap.asRecorded != nil)
    #expect(result.notes.contains(skew.sentence))
  }

  private func expectSignals(_ truth: Truth, _ result: AuditResult) {
    let evidence = Dictionary(result.signals.flatMap(\.evidence).map { ($0.name, $0.value) }) { $1 }
    #expect(evidence["tickets-in-gap"] == Double(truth.ticketsInGap))
    #expect(evidence["tickets-about-orders"] == Double(truth.tickets))
    #expect(evidence["cancellations-with-units-in-flight"] == Double(truth.cancellationsInFlight))
    #expect(result.affected.cancellationCount == truth.stockCancellations)
    #expect(evidence["demand-difference-units"] == Double(truth.demandDifference))
    #expect(result.affected.oversold.map(\.sku) == truth.oversoldSKUs)
  }

  private func expectUnreadable(_ truth: Truth, _ result: AuditResult) throws {
    var counted: [String: [String: Int]] = [:]
    for input in result.inputs where !input.unreadable.isEmpty {
      let name = try #require(input.path.split(separator: "/").last.map(String.init))
      counted[name] = Dictionary(input.unreadable.map { ($0.reason, $0.count) }) { $1 }
    }
    #expect(counted == truth.unreadable)
  }

  @Test func `a result survives its JSON`() async throws {
    let (_, result) = try await planted(.dirt, orders: 1000)
    let data = try JSONEncoder().encode(result)
    #expect(try JSONDecoder().decode(AuditResult.self, from: data) == result)
  }
}
