import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Testing

@testable import Desk

@Suite struct ExplanationTests {
  private func sentences(_ fixture: DeskFixture, _ id: String = "1001") async throws -> [String] {
    let now = fixture.clock.now
    return try await fixture.store.read { store in
      guard let row = try store.row(of: OrderKey(storefront: StorefrontName("shop"), orderID: id)) else { return [] }
      return try OrderReport(of: row, in: store).explanation(now: now) { $0 }
    }
  }

  @Test func `an overdue order says who owns it, why, and until when`() async throws {
    let fixture = DeskFixture()
    _ = try await fixture.overdue()
    let text = try await sentences(fixture).joined(separator: " ")
    #expect(text.contains("ops@example.com"))
    #expect(text.contains("no receipt within its deadline"))
    #expect(text.contains("If nobody acts within 4 h, it goes up."))
  }

  @Test func `a watched order says that nothing is done`() async throws {
    let fixture = DeskFixture(policy: HandoffPolicy(mode: .observe))
    await fixture.capture()
    #expect(try await sentences(fixture).first?.contains("mode observe") == true)
  }

  @Test func `an order in the ERP's hands says that nobody knows yet`() async throws {
    let fixture = DeskFixture()
    await fixture.capture()
    let text = try await sentences(fixture).joined(separator: " ")
    #expect(text.contains("books"))
    #expect(text.contains("a person is asked"))
  }

  @Test func `every stage and every exception has words`() {
    for kind in ExceptionKind.allCases { #expect(!Words.exception(kind).isEmpty) }
    let version = OrderVersion(
      number: 1, digest: ContentDigest(hex: "00"), updatedAt: Timestamp(seconds: 0),
      total: Money(minorUnits: 100, currency: .usDollar))
    for stage in Stage.allCases {
      let record = HandoffRecord(
        id: HandoffID("h1"), key: OrderKey(storefront: StorefrontName("shop"), orderID: "1"),
        externalID: ExternalID("CS-1"), erp: ERPName("books"), pattern: .erpGated, mode: .gate,
        capturedAt: Timestamp(seconds: 0), stage: stage, version: version, stageSince: Timestamp(seconds: 0),
        revision: 1)
      let row = HandoffRow(
        handoff: Handoff(restoring: record), number: "#1", email: nil, entries: 0, chainHead: "")
      let text = Explanation.sentences(for: row, tasks: [], exceptions: [], now: Timestamp(seconds: 100))
      #expect(text.first?.isEmpty == false, "\(stage)")
    }
  }

  @Test(arguments: [
    (0, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (3660, "1 h 1 min"), (86_400, "1 d"), (90_000, "1 d 1 h"),
    (-5, "0 s"),
  ])
  func `a span has at most two units`(seconds: Int, text: String) {
    #expect(Words.span(.seconds(seconds)) == text)
  }

  @Test func `the picture of a way survives an empty one, a long one and hostile words`() {
    #expect(Swimlane.draw([]) { $0 }.hasSuffix("</svg>"))
    let events = (0..<500).map { index in
      TimelineEvent(
        at: Timestamp(seconds: Int64(index)), lane: TimelineEvent.Lane.allCases[index % 4], event: "<e>\(index)",
        detail: "<script>\"\u{301}", actor: "x", stageBefore: "", stageAfter: "", tone: .plain)
    }
    let svg = Swimlane.draw(events) { $0 }
    #expect(!svg.contains("<script") && !svg.contains("<e>"))
    #expect(svg.contains("420 earlier left out"))
  }

  @Test func `equal events in a row are drawn once with their number`() {
    let event = TimelineEvent(
      at: Timestamp(seconds: 0), lane: .erp, event: "lookup_failed", detail: "", actor: "erp", stageBefore: "",
      stageAfter: "", tone: .unsure)
    let svg = Swimlane.draw([event, event, event]) { $0 }
    #expect(svg.contains("lookup failed × 3"))
  }
}
