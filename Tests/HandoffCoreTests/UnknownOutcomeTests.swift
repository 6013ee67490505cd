import HandoffCore
import Testing

/// How an unknown outcome is resolved, by what the ERP offers.
@Suite struct UnknownOutcomeTests {
  private static let unknown = HandoffEvent.submissionOutcomeUnknown(reason: "connection lost")

  private func isSubmit(_ effect: Effect?) -> Bool {
    if case .submitOrder = effect { true } else { false }
  }

  @Test(arguments: [ReceiptClass.unique, .draft, .none])
  func `a lost reply leads to a look-up, not to a second create`(receiptClass: ReceiptClass) throws {
    let walk = try Walk.submitting(Fixture.policy(receiptClass)).taking(Self.unknown)
    #expect(walk.stage == .unresolved)
    #expect(walk.handoff.mayExist)
    #expect(walk.effects == [.findReceipt(version: 1)])
  }

  @Test func `class K sends the same key and content again`() throws {
    var walk = try Walk.submitting(Fixture.policy(.key))
    try walk.take(.orderEdited(Fixture.version(2)))
    try walk.take(Self.unknown)
    #expect(walk.effects == [.submitOrder(version: 1, resuming: true)])
    try walk.take(.submissionStarted)
    #expect(walk.handoff.submittedVersion == 1)
    try walk.take(walk.receipt(1))
    #expect(walk.effects == [.updateOrder(version: 2)])
  }

  @Test(arguments: ReceiptClass.allCases)
  func `no class sends a create a third time without having looked`(receiptClass: ReceiptClass) throws {
    var walk = try Walk.submitting(Fixture.policy(receiptClass))
    var creates = 1
    var looks = 0
    for _ in 1...12 {
      try walk.take(walk.stage == .submitting ? Self.unknown : .receiptNotFound)
      switch try #require(walk.effects.first) {
      case .submitOrder:
        creates += 1
        // A key may be repeated once before anybody has looked; without one, each create but the first follows a look.
        #expect(creates - looks <= (receiptClass == .key ? 2 : 1))
        try walk.take(.submissionStarted)
      case .findReceipt: looks += 1
      default: Issue.record("planned \(walk.effects)")
      }
      if receiptClass == .none, looks == walk.policy.lookupBudget { break }
    }
    #expect(looks > 3)
    #expect(receiptClass == .none ? creates == 1 : creates > 3)
  }

  @Test func `class K: what a key answers a second time and cannot be read is looked up, and a person told`() throws {
    var walk = try Walk.unresolved(Fixture.policy(.key)).taking(.submissionStarted, Self.unknown)
    #expect(walk.stage == .unresolved)
    #expect(walk.effects == [.findReceipt(version: 1)])
    // What certainly did nothing is no repetition that was answered.
    let busy = try walk.taking(.receiptNotFound, .submissionStarted, .submissionDeferred(reason: "429"))
    #expect(busy.effects == [.submitOrder(version: 1, resuming: true)])
    try walk.take(.receiptDiffers(recordID: Fixture.record, detail: "other lines"))
    #expect(walk.stage == .recorded)
    #expect(walk.handoff.exception?.kind == .mismatch)
    #expect(walk.effects.isEmpty)
  }

  @Test(arguments: ReceiptClass.allCases)
  func `whatever a try comes to, it does not close what says that the receipt is late`(
    receiptClass: ReceiptClass
  ) throws {
    let tries: [HandoffEvent] = [
      Self.unknown, .submissionDeferred(reason: "busy"), .connectorMisconfigured(.submitOrder, reason: "401"),
      .receiptNotFound, .lookupFailed(reason: "502"), .submissionStarted, .deadlinePassed,
    ]
    for first in tries {
      for second in tries {
        for third in tries {
          var walk = Walk(Fixture.policy(receiptClass))
          try walk.take(.submissionStarted)
          try walk.take(.deadlinePassed, after: walk.policy.deadlines.receipt)
          let opened = try #require(walk.handoff.exception).openedAt
          for event in [first, second, third] {
            do { try walk.take(event) } catch is Refusal { continue }
            let open = try #require(walk.handoff.exception, "closed by \(event.name)")
            // A set-up fault or a quarantine says more than "late", and has its own owner.
            #expect(open.kind != .receiptOverdue || open.openedAt == opened, "opened anew by \(event.name)")
          }
        }
      }
    }
  }

  @Test func `class K stops repeating when the key may have been forgotten, then a person decides`() throws {
    var walk = try Walk.submitting(Fixture.policy(.key))
    try walk.take(Self.unknown, after: walk.policy.keyRetention)
    #expect(walk.effects == [.findReceipt(version: 1)])
    try walk.take(.receiptNotFound)
    #expect(walk.effects.isEmpty)
    #expect(walk.handoff.exception?.kind == .quarantined)
    #expect(!walk.handoff.stillWants(.submitOrder(version: 1, resuming: true)))
    try walk.take(.operatorDecided(.createAgain, by: "Ada"))
    #expect(walk.effects == [.submitOrder(version: 1, resuming: true)])
    try walk.take(.submissionStarted)
    #expect(walk.stage == .submitting)
  }

  @Test func `class K: a repetition planned in time and leased too late becomes a look-up`() throws {
    var walk = try Walk.submitting(Fixture.policy(.key)).taking(Self.unknown)
    #expect(isSubmit(walk.effects.first))
    try walk.take(.submissionStarted, after: walk.policy.keyRetention)
    #expect(walk.stage == .unresolved)
    #expect(walk.effects == [.findReceipt(version: 1)])
    #expect(walk.handoff.attempts == 1)
  }

  @Test(arguments: [ReceiptClass.unique, .draft])
  func `not found under a unique id or a draft: created again with the frozen content`(
    receiptClass: ReceiptClass
  ) throws {
    var walk = try Walk.unresolved(Fixture.policy(receiptClass)).taking(.orderEdited(Fixture.version(2)))
    try walk.take(.receiptNotFound)
    #expect(walk.effects == [.submitOrder(version: 1, resuming: true)])
    try walk.take(.submissionStarted)
    #expect(walk.handoff.submittedVersion == 1)
    #expect(walk.handoff.version.number == 2)
  }

  @Test func `class N: not found is no proof, and in the end a person decides`() throws {
    var walk = try Walk.unresolved(Fixture.policy(.none))
    for _ in 1..<walk.policy.lookupBudget {
      try walk.take(.receiptNotFound)
      #expect(walk.effects == [.findReceipt(version: 1)])
    }
    try walk.take(.receiptNotFound)
    #expect(walk.effects.isEmpty)
    #expect(walk.handoff.exception?.kind == .quarantined)
    try walk.take(.operatorDecided(.createAgain, by: "Ada"))
    #expect(walk.effects == [.submitOrder(version: 1, resuming: true)])
    #expect(walk.handoff.exception == nil)
  }

  @Test func `while the ERP's search trails its creates, not found proves nothing`() throws {
    var walk = try Walk.submitting()
    walk.policy.searchLag = .seconds(60)
    let sent = walk.now
    try walk.take(Self.unknown)
    try walk.take(.receiptNotFound)
    #expect(walk.planned == [PlannedEffect(.findReceipt(version: 1), notBefore: sent + .seconds(60))])
    try walk.take(.receiptNotFound, after: .seconds(60))
    #expect(isSubmit(walk.effects.first))
  }

  @Test func `certain that nothing was done: the newest content is tried next`() throws {
    var walk = try Walk.submitting().taking(.orderEdited(Fixture.version(2)))
    try walk.take(.submissionDeferred(reason: "429"))
    #expect(walk.stage == .captured)
    #expect(walk.effects == [.submitOrder(version: 2, resuming: false)])
    try walk.take(.submissionStarted)
    #expect(walk.handoff.submittedVersion == 2)
  }

  @Test func `a deferral after an unknown outcome keeps what may exist`() throws {
    var walk = try Walk.unresolved().taking(.receiptNotFound, .submissionStarted)
    try walk.take(.submissionDeferred(reason: "429"))
    #expect(walk.stage == .unresolved)
    #expect(walk.effects == [.submitOrder(version: 1, resuming: true)])
  }

  @Test func `refused content gives way to what the customer wants now`() throws {
    let walk = try Walk.submitting().taking(
      .orderEdited(Fixture.version(2)), .submissionRefused(reason: "unknown SKU"))
    #expect(walk.stage == .captured)
    #expect(walk.effects == [.submitOrder(version: 2, resuming: false)])
    #expect(walk.handoff.exception == nil)
  }

  @Test func `a refusal of a repeated create does not prove that the first one failed`() throws {
    var walk = try Walk.unresolved().taking(.receiptNotFound, .submissionStarted, .submissionRefused(reason: "no"))
    #expect(walk.stage == .refused)
    try walk.take(.operatorDecided(.retry, by: "Ada"))
    #expect(walk.stage == .unresolved)
    #expect(walk.effects == [.findReceipt(version: 1)])
  }

  @Test func `a draft is a record, not a receipt`() throws {
    var walk = try Walk.at(.recorded)
    #expect(walk.handoff.recordID == Fixture.record)
    #expect(walk.handoff.receipt == nil)
    #expect(walk.effects == [.findReceipt(version: 1)])
    try walk.take(.submissionIncomplete(recordID: Fixture.record, state: "draft"))
    #expect(walk.effects == [.submitOrder(version: 1, resuming: true)])
    try walk.take(.submissionStarted)
    try walk.take(walk.receipt())
    #expect(walk.stage == .receipted)
  }

  @Test func `an implausible record id is refused wherever it comes from`() throws {
    var walk = try Walk.submitting()
    let page = "<html>login</html>"
    for event: HandoffEvent in [
      .receiptIssued(Fixture.receipt(Fixture.version(1), record: page)),
      .orderRecorded(recordID: page, state: "draft"),
    ] {
      #expect(throws: Refusal.self) { try walk.take(event) }
      #expect(walk.handoff.recordID == nil)
    }
    #expect(throws: Refusal.self) { try walk.take(.operatorDecided(.adopt(recordID: ""), by: "Ada")) }
  }

  @Test func `a second record under one order is a mismatch, never a new receipt`() throws {
    let first = try Walk.at(.recorded)
    for event: HandoffEvent in [
      .receiptFound(Fixture.receipt(Fixture.version(1), record: "SO-2")),
      .orderRecorded(recordID: "SO-2", state: "draft"), .submissionIncomplete(recordID: "SO-2", state: "draft"),
    ] {
      let walk = try first.taking(event)
      #expect(walk.handoff.recordID == Fixture.record)
      #expect(walk.handoff.exception?.kind == .mismatch)
      #expect(walk.handoff.receipt == nil)
      #expect(walk.effects.isEmpty)
    }
  }

  @Test func `a submission never stays without a deadline, however late it is`() throws {
    var walk = Walk()
    try walk.take(.deadlinePassed, after: walk.policy.deadlines.receipt)
    #expect(walk.handoff.exception?.kind == .receiptOverdue)
    try walk.take(.submissionStarted)
    #expect(walk.handoff.deadline != nil)
    try walk.take(Self.unknown)
    try walk.take(.operatorDecided(.retry, by: "Ada"))
    #expect(walk.handoff.exception == nil)
    #expect(walk.handoff.deadline != nil)
  }

  @Test func `another attempt does not close what says that the receipt is late; the receipt does`() throws {
    var walk = Walk()
    try walk.take(.deadlinePassed, after: walk.policy.deadlines.receipt)
    let open = try #require(walk.handoff.exception)
    for event: HandoffEvent in [
      .submissionStarted, .submissionDeferred(reason: "busy"), .submissionStarted, Self.unknown, .receiptNotFound,
      .submissionStarted, .orderRecorded(recordID: Fixture.record, state: "pending"),
    ] {
      try walk.take(event)
      #expect(walk.handoff.exception == open, "after \(event.name)")
    }
    try walk.take(.deadlinePassed, after: walk.policy.deadlines.exception)
    #expect(walk.handoff.exception?.escalations == 1)
    try walk.take(.receiptFound(Fixture.receipt(Fixture.version(1))))
    #expect(walk.handoff.exception == nil)
  }

  @Test func `a set-up fault stays open over further attempts, until the ERP has a record`() throws {
    var walk = try Walk.submitting()
    try walk.take(.connectorMisconfigured(.submitOrder, reason: "no rights"))
    try walk.take(.submissionStarted)
    #expect(walk.handoff.exception?.kind == .misconfigured)
    try walk.take(.orderRecorded(recordID: Fixture.record, state: "pending"))
    #expect(walk.handoff.exception == nil)
  }

  @Test func `nothing between capture and receipt starts the wait again`() throws {
    var walk = Walk()
    let due = walk.handoff.deadline
    for event: HandoffEvent in [.submissionStarted, Self.unknown, .receiptNotFound, .submissionStarted] {
      try walk.take(event)
      #expect(walk.handoff.deadline == due)
    }
  }

  /// Sent, unknown, not found, sent again and refused: the first create may land yet.
  private func declinedUnseen() throws -> Walk {
    try Walk.unresolved(Fixture.policy(.unique)).taking(
      .receiptNotFound, .submissionStarted, .submissionRefused(reason: "unknown item"),
      .operatorDecided(.decline, by: "Ada"))
  }

  @Test func `what was declined and may have landed is looked for, and cancelled when it is found`() throws {
    let walk = try declinedUnseen()
    #expect(walk.effects == [.sendCannotFulfil, .findReceipt(version: 1)])
    for found in [
      walk.receipt(1), .orderRecorded(recordID: Fixture.record, state: "draft"),
      .receiptDiffers(recordID: Fixture.record, detail: "other lines"),
    ] {
      let cancelled = try walk.taking(.cannotFulfilSent, found)
      #expect(cancelled.stage == .declined)
      #expect(cancelled.effects == [.cancelOrder])
      #expect(cancelled.handoff.recordID == Fixture.record)
    }
    let failed = try walk.taking(.cannotFulfilSent, .lookupFailed(reason: "503"))
    #expect(failed.effects == [.findReceipt(version: 1)])
  }

  @Test func `nothing found settles a decline only when no create can be on its way any more`() throws {
    var walk = try declinedUnseen().taking(.cannotFulfilSent, .receiptNotFound)
    #expect(walk.handoff.mayExist)
    #expect(walk.effects == [.findReceipt(version: 1)])
    try walk.take(.receiptNotFound, after: walk.policy.requestLife + walk.policy.searchLag)
    #expect(!walk.handoff.mayExist)
    #expect(walk.effects.isEmpty)
    #expect(!walk.handoff.stillWants(.findReceipt(version: 1)))
    #expect(try declinedUnseen().taking(.receiptRevoked(reason: "void")).handoff.mayExist == false)
  }

  @Test func `a cancel that the ERP refused is asked for again, also before the apology has left`() throws {
    let declining = try Walk.at(.receipted).taking(
      .operatorDecided(.decline, by: "Ada"), .cancellationRefused(reason: "being picked"))
    #expect(declining.handoff.exception?.kind == .cancellation)
    for walk in [declining, try declining.taking(.cannotFulfilSent)] {
      #expect(try walk.taking(.operatorDecided(.retry, by: "Ada")).effects == [.cancelOrder])
    }
  }
}
