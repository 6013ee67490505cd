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

  /// What is said of an order after a person's decision about its refusal.
  private func told(after decision: OperatorDecision, holds: Bool = true) async throws -> String {
    var erp = FakeERP()
    erp.onSubmit = { _ in .refused(reason: "The customer is locked.") }
    let policy = HandoffPolicy(pattern: .acknowledgmentGated, holdsFulfillment: holds)
    let fixture = DeskFixture(erp: erp, policy: policy)
    let (handoff, _) = try await fixture.overdue()
    _ = try await fixture.coordinator.decide(decision, on: try #require(handoff?.id), by: "Ann")
    return try await sentences(fixture).joined(separator: " ")
  }

  @Test func `a cancel of a person says who, and what is left to do in the storefront`() async throws {
    let text = try await told(after: .cancel)
    #expect(text.hasPrefix("Ann cancelled it here. It is no longer pursued here since "))
    #expect(text.contains("ERP books: it has no record of it."))
    #expect(text.contains("cancel and refund it in shop yourself. Our hold on its shipping stays there"))
    #expect(text.contains("The customer was told nothing here, and Countersign does not tell them"))
    #expect(!text.contains("everywhere"))
    let unheld = try await told(after: .cancel, holds: false)
    #expect(!unheld.contains("hold"))
  }

  @Test func `a decline says what is left to do in the storefront`() async throws {
    let text = try await told(after: .decline)
    #expect(text.contains("ERP books has no record of it."))
    #expect(text.contains("cancel and refund it in shop yourself. Our hold on its shipping stays there"))
  }

  @Test func `what was handed back says what the ERP has, what the customer knows, and that the hold is let go`()
    async throws
  {
    let text = try await told(after: .handBack)
    #expect(text.contains("ERP books has no record of it. Our hold on its shipping is let go"))
    #expect(text.contains("The customer was told nothing here, and Countersign tells them nothing more."))
    let unheld = try await told(after: .handBack, holds: false)
    #expect(!unheld.contains("hold"))
  }

  @Test func `a cancel of the storefront, also after a person's, leaves nothing to be done there`() async throws {
    let fixture = DeskFixture()
    let (handoff, _) = try await fixture.overdue()
    _ = try await fixture.coordinator.decide(.cancel, on: try #require(handoff?.id), by: "Ann")
    let delivery = WebhookDelivery(
      headers: [FakeSource.signature, HTTPField("webhook-id", "w-2")],
      body: DeskFixture.order("1001", ["cancelled": true]), receivedAt: fixture.clock.now)
    _ = await fixture.coordinator.receive(delivery, at: StorefrontName("shop"))
    let text = try await sentences(fixture).joined(separator: " ")
    #expect(text.hasPrefix("The storefront cancelled it. It is no longer pursued here since "))
    #expect(text.contains("that is the storefront's to do") && !text.contains("yourself"))
  }

  @Test func `every decision says what it does, and a decline that the customer is told`() {
    let effects = Set(DecisionWords.table.map { $0.effect })
    #expect(DecisionWords.table.count == 8 && effects.count == 8)
    #expect(DecisionWords.effect(of: .decline).hasPrefix("Mails the customer"))
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

  @Test func `the last words of an ERP that gives no answer are told, until it is over`() {
    let words = "erp 503: down for maintenance"
    #expect(told(.unresolved, .receiptOverdue, trouble: words).contains("led to nothing: \(words)."))
    #expect(!told(.confirmed, nil, trouble: words).contains(words))
  }

  /// The sentences about an order in a stage with an exception.
  private func told(_ stage: Stage, _ kind: ExceptionKind?, lookups: Int = 1, trouble: String? = nil) -> String {
    let now = Timestamp(seconds: 100)
    let version = OrderVersion(
      number: 1, digest: ContentDigest(hex: "00"), updatedAt: now, total: Money(minorUnits: 100, currency: .usDollar))
    var record = HandoffRecord(
      id: HandoffID("h1"), key: OrderKey(storefront: StorefrontName("shop"), orderID: "1"),
      externalID: ExternalID("CS-1"), erp: ERPName("office"), pattern: .erpGated, mode: .gate, capturedAt: now,
      stage: stage, version: version, stageSince: now, revision: 1)
    record.recordID = "999999"
    record.lookups = lookups
    record.exception = kind.map { OpenException(kind: $0, reason: "", openedAt: now, deadline: now + .seconds(60)) }
    let row = HandoffRow(handoff: Handoff(restoring: record), number: "#1", email: nil, entries: 0, chainHead: "")
    return Explanation.sentences(for: row, tasks: [], exceptions: [], lastTrouble: trouble, now: now)
      .joined(separator: " ")
  }

  @Test(arguments: [Stage.decided, .declining])
  func `a refused message is not on its way, and what a person can do is said`(stage: Stage) {
    #expect(told(stage, nil).contains("the message is on its way"))
    let refused = told(stage, .messageRefused)
    #expect(!refused.contains("on its way") && !refused.contains("Nothing more happens"))
    #expect(refused.contains("the message was refused, so the customer does not know"))
    #expect(refused.contains("`retry` sends the same words"))
    #expect(!told(stage, .messageOverdue).contains("on its way"))
  }

  @Test func `an adopted record is a claim until it is found`() {
    #expect(told(.recorded, nil, lookups: 0).contains("ERP office is asked for record 999999"))
    #expect(told(.recorded, .receiptRevoked, lookups: 0).contains("asked for record 999999 and does not have it"))
    #expect(told(.recorded, nil).contains("has not said yet that it accepted"))
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
