import Foundation
import Testing

@testable import Audit

/// The page a director reads.
@Suite struct ReportTests {
  private let origin = ReportOrigin(
    version: "1.2.3", commandLine: ["countersign", "audit", "my exports", "--cost", "lost-order=80"])

  private func page(_ world: World, orders: Int = 3000) async throws -> (FinishedAudit, String) {
    let bench = try Workbench()
    try AuditGenerator(orders: orders, seed: 3, world: world, folder: bench.folder).run()
    let finished = try await bench.audit()
    return (finished, finished.html(origin))
  }

  @Test(arguments: World.allCases) func `the report leads with the verdict and has every part`(
    world: World
  ) async throws {
    let (finished, page) = try await page(world)
    let verdict = HTML("\(finished.result.verdict.sentence)").source
    #expect(page.contains("</span>\(verdict)</h1>"))
    let sections = [
      "figures", "exposure", "when", "channels", "hops", "signals", "marketplaces", "clocks", "unreadable",
    ]
    for id in sections + ["method"] { #expect(page.contains("<section id=\"\(id)\""), "\(id)") }
    #expect(page.components(separatedBy: "<article").count == 4)
    for skew in finished.result.clockSkews { #expect(page.contains(HTML("\(skew.sentence)").source)) }
    for note in finished.result.notes { #expect(page.contains(HTML("\(note)").source)) }
    #expect(page.contains("countersign audit &#39;my exports&#39; --cost lost-order=80"))
    #expect(page.contains("Countersign 1.2.3"))
  }

  @Test func `it needs no network and no script`() async throws {
    let (_, page) = try await page(.dirt)
    for word in ["<script", "<link", "<img", "<iframe", "http:", "https:", "url(", "@import", "src=", "href="] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("default-src 'none'"))
  }

  @Test func `it is for dark and light, paper, telephones and screen readers`() async throws {
    let (_, page) = try await page(.brokenAtPeaks)
    for part in ["prefers-color-scheme: dark", "@media print", "max-width: 600px", "width=device-width", "lang=\"en\""]
    {
      #expect(page.contains(part), "\(part)")
    }
    let pictures = page.components(separatedBy: "role=\"img\" aria-labelledby=\"").dropFirst()
    #expect(pictures.count >= 8)
    for picture in pictures {
      for id in picture.prefix(while: { $0 != "\"" }).split(separator: " ") {
        #expect(page.components(separatedBy: "id=\"\(id)\"").count == 2, "\(id)")
      }
    }
    #expect(page.contains("<th scope=\"col\">") && page.contains("<th scope=\"row\">"))
  }

  @Test func `its size does not grow with the orders or the period`() async throws {
    let (_, small) = try await page(.brokenFastWebhooks, orders: 2000)
    let (_, large) = try await page(.brokenFastWebhooks, orders: 40_000)
    #expect(abs(large.utf8.count - small.utf8.count) < 8000)
    let bench = try Workbench()
    var long = AuditGenerator(orders: 5000, seed: 3, world: .dirt, folder: bench.folder)
    long.days = 4000
    try long.run()
    let page = try await bench.audit().html(origin)
    #expect(page.utf8.count < 300_000)
  }

  @Test func `the worst orders are the worst`() async throws {
    let bench = try Workbench()
    try AuditGenerator(orders: 3000, seed: 3, world: .brokenAtPeaks, folder: bench.folder).run()
    let finished = try await bench.audit { $0.assumptions.listLimit = 100_000 }
    let all = finished.result.affected.late.orders.compactMap(\.gap).sorted(by: >)
    #expect(WorstOrders(finished).late.compactMap(\.gap) == Array(all.prefix(10)))
    let first = try #require(WorstOrders(finished).late.first)
    #expect(finished.html(origin).contains(first.orderID))
  }

  @Test func `the curve tells the same as the findings`() async throws {
    let (finished, _) = try await page(.brokenFastWebhooks)
    let exposure = Exposure(finished.result)
    #expect(exposure.share(after: 1) == finished.result.gap.confirmedFirstShare)
    #expect(exposure.parts.reduce(0) { $0 + $1.count } == exposure.judged)
    let over = Double(finished.result.gap.overall?.over5Minutes ?? 0)
    let late = over + Double(finished.result.orders.neverReceivedButConfirmed)
    #expect(exposure.share(after: 300) == late / Double(exposure.judged))
    #expect(zip(exposure.curve, exposure.curve.dropFirst()).allSatisfy { $0.share >= $1.share })
  }

  @Test func `a report about nothing is a report`() async throws {
    let bench = try Workbench()
    try bench.write("storefront.csv", "order_id,created_at\n1,2026-10-01T00:00:00Z\n")
    let page = try await bench.audit().html(origin)
    #expect(page.contains("cannot be judged"))
    for comfort in ["0 %", "told first</th>", "no clock was found wrong"] {
      #expect(!page.contains(comfort), "\(comfort)")
    }
    #expect(!page.contains("nan") && !page.contains("inf\""))
  }

  @Test func `ticks are round and few`() {
    #expect(Ticks.step(0.149) == 0.05)
    #expect(Ticks.step(1) == 0.5)
    #expect(Ticks.positions(0, 0.149, step: 0.05).count == 4)
    #expect(Ticks.durationStep(3200) == 900)
    #expect(Ticks.positions(0, .infinity, step: 1).count == 2)
    #expect(Words.tenths(-0.5) == "-0.5")
  }
}
