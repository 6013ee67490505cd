import HandoffCore
import Testing

/// Several things can wait for a person at once; none is lost because another came later (L1, L2).
@Suite struct CoveredExceptionTests {
  /// What can go wrong with a decided order, each with the exception it opens and what a retry then asks for.
  private static let wrongs: [(HandoffEvent, ExceptionKind, Effect)] = [
    (.messageRefused(.releaseConfirmation, reason: "full"), .messageRefused, .releaseConfirmation),
    (.fulfillmentRefused(.releaseFulfillment, reason: "no"), .fulfillment, .releaseFulfillment),
    (.submissionRefused(reason: "being picked"), .editRefused, .updateOrder(version: 2)),
    (.receiptRevoked(reason: "voided"), .receiptRevoked, .updateOrder(version: 2)),
    (.receiptDiffers(recordID: Fixture.record, detail: "a line"), .mismatch, .updateOrder(version: 2)),
    (.eventRefused(reason: "odd"), .unexpected, .releaseConfirmation),
  ]

  private static func decided() throws -> Walk {
    try Walk.at(.decided, Fixture.policy(holds: true)).taking(.orderEdited(Fixture.version(2)))
  }

  private static func open(_ handoff: Handoff) -> Set<ExceptionKind> {
    Set(([handoff.exception].compactMap { $0 } + handoff.covered).map(\.kind))
  }

  @Test func `whatever goes wrong in whatever order, a person is asked about each of it`() throws {
    for first in Self.wrongs {
      for second in Self.wrongs {
        for third in Self.wrongs {
          let all = [first, second, third]
          var walk = try Self.decided().taking(first.0, second.0, third.0)
          let expected = Set(all.map(\.1))
          #expect(Self.open(walk.handoff) == expected)
          var asked: Set<ExceptionKind> = []
          while let open = walk.handoff.exception {
            #expect(asked.insert(open.kind).inserted, "asked twice about \(open.kind)")
            #expect(open.deadline > walk.now)
            try walk.take(.operatorDecided(.retry, by: "Ada"))
            let wrong = try #require(all.first { $0.1 == open.kind })
            // A record that is doubted is asked about first, whatever else is retried.
            #expect(walk.effects == [wrong.2] || walk.effects == [.updateOrder(version: 2)])
          }
          #expect(asked == expected)
          #expect(walk.stage == .decided)
          #expect(walk.handoff.deadline != nil)
        }
      }
    }
  }

  @Test func `a refused release comes back when the refused edit that covered it is taken after all`() throws {
    var walk = try Self.decided().taking(
      .fulfillmentRefused(.releaseFulfillment, reason: "no"), .submissionRefused(reason: "being picked"))
    #expect(walk.handoff.exception?.kind == .editRefused)
    try walk.take(.confirmationSent)
    try walk.take(walk.receipt(2))
    #expect(walk.stage == .confirmed)
    #expect(walk.handoff.exception?.kind == .fulfillment)
    #expect(walk.handoff.exception?.reason == "no")
    #expect(walk.handoff.deadline == walk.now + walk.policy.deadlines.exception)
    try walk.take(.operatorDecided(.retry, by: "Ada"))
    #expect(walk.effects == [.releaseFulfillment])
    #expect(walk.handoff.exception == nil)
  }

  @Test func `what is settled while it is covered does not come back`() throws {
    var walk = try Self.decided().taking(
      .fulfillmentRefused(.releaseFulfillment, reason: "no"), .submissionRefused(reason: "being picked"),
      .fulfillmentChanged(.releaseFulfillment))
    #expect(Self.open(walk.handoff) == [.editRefused])
    try walk.take(walk.receipt(2))
    #expect(walk.handoff.exception == nil)
  }

  @Test func `a graver one stays in view, and the lesser is not lost`() throws {
    var walk = try Walk.at(.receipted).taking(.paymentVoided, .messageRefused(.sendAcknowledgement, reason: "550"))
    #expect(walk.handoff.exception?.kind == .paymentVoided)
    try walk.take(.eventRefused(reason: "odd"))
    #expect(walk.handoff.exception?.kind == .paymentVoided)
    try walk.take(.operatorDecided(.acceptVoidPayment, by: "Ada"))
    #expect(walk.handoff.exception?.kind == .unexpected)
    #expect(Self.open(walk.handoff) == [.unexpected, .messageRefused])
  }

  @Test func `a doubt that is covered keeps the gate shut`() throws {
    var walk = try Walk.at(.receipted).taking(
      .receiptDiffers(recordID: Fixture.record, detail: "a line"), .paymentVoided,
      .operatorDecided(.acceptVoidPayment, by: "Ada"))
    #expect(walk.handoff.decision == nil)
    #expect(walk.effects == [.findReceipt(version: 1)])
    walk = try Walk.at(.receipted).taking(
      .receiptDiffers(recordID: Fixture.record, detail: "a line"), .paymentVoided, .inventoryValidated)
    #expect(walk.handoff.decision == nil)
  }

  @Test func `a quarantined create is not sent because the payment is void as well`() throws {
    var walk = try Walk.unresolved(Fixture.policy(.none))
    for _ in 1...walk.policy.lookupBudget { try walk.take(.receiptNotFound) }
    try walk.take(.paymentVoided)
    #expect(walk.handoff.exception?.kind == .paymentVoided)
    #expect(!walk.handoff.stillWants(.submitOrder(version: 1, resuming: true)))
    // Who vouches for the record vouches for no money.
    try walk.take(.operatorDecided(.adopt(recordID: "SO-9"), by: "Ada"))
    #expect(Self.open(walk.handoff) == [.paymentVoided])
  }

  @Test func `what ends the handoff ends what is covered, but for what outlives it`() throws {
    let busy = try Self.decided().taking(
      .messageRefused(.releaseConfirmation, reason: "full"), .fulfillmentRefused(.releaseFulfillment, reason: "no"),
      .submissionRefused(reason: "being picked"))
    let returned = try busy.taking(.operatorDecided(.handBack, by: "Ada"))
    #expect(Self.open(returned.handoff).isEmpty)
    let cancelling = try busy.taking(.orderCancelled)
    #expect(Self.open(cancelling.handoff) == [.messageRefused])
    let confirmed = try busy.taking(.confirmationSent)
    #expect(Self.open(confirmed.handoff) == [.editRefused, .fulfillment])
  }

  @Test func `what only says late is not kept under what says more`() throws {
    var walk = Walk()
    try walk.take(.deadlinePassed, after: walk.policy.deadlines.receipt)
    try walk.take(.eventRefused(reason: "odd"))
    #expect(Self.open(walk.handoff) == [.unexpected])
    try walk.take(.connectorMisconfigured(.submitOrder, reason: "401"))
    #expect(Self.open(walk.handoff) == [.unexpected])
    try walk.take(.operatorDecided(.retry, by: "Ada"))
    #expect(walk.handoff.exception == nil)
    #expect(walk.handoff.deadline != nil)
  }
}
