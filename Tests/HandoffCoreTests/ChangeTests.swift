import HandoffCore
import Testing

/// Edits, cancels and people, at every stage (S3b, S3c, S7, S14).
@Suite struct ChangeTests {
  private static let edit = HandoffEvent.orderEdited(Fixture.version(2))

  /// Stage after an edit and what it plans.
  private static let edits: [(Stage, Stage, [Effect])] = [
    (.captured, .captured, []), (.submitting, .submitting, []), (.unresolved, .unresolved, []),
    (.recorded, .recorded, []), (.refused, .captured, [.submitOrder(version: 2, resuming: false)]),
    (.receipted, .updating, [.updateOrder(version: 2)]), (.held, .updating, [.updateOrder(version: 2)]),
    (.decided, .decided, [.updateOrder(version: 2)]), (.confirmed, .confirmed, [.updateOrder(version: 2)]),
    (.cancelling, .cancelling, []), (.cancelled, .cancelled, []), (.declining, .declining, []),
    (.declined, .declined, []), (.returned, .returned, []), (.observed, .observed, []),
  ]

  @Test(arguments: edits)
  func `an edit at every stage`(from: Stage, to: Stage, effects: [Effect]) throws {
    let walk = try Walk.at(from).taking(Self.edit)
    #expect(walk.stage == to)
    #expect(walk.effects == effects)
    #expect(walk.handoff.version.number == 2)
    if from == .receipted || from == .held { #expect(walk.handoff.validation == nil) }
  }

  @Test func `an edit while updating is updated next, and only its receipt opens the gate`() throws {
    var walk = try Walk.at(.updating).taking(.orderEdited(Fixture.version(3)))
    #expect(walk.effects == [.updateOrder(version: 3)])
    try walk.take(walk.receipt(2))
    #expect(walk.stage == .updating)
    #expect(walk.effects == [.updateOrder(version: 3)])
    try walk.take(walk.receipt(3))
    #expect(walk.stage == .receipted)
  }

  @Test func `an update after the decision that is not accepted yet is asked for again`() throws {
    let edited = try Walk.at(.confirmed).taking(Self.edit)
      .taking(.orderRecorded(recordID: Fixture.record, state: "pending"))
    #expect(edited.effects == [.updateOrder(version: 2)])
  }

  @Test func `a first create that was planned earlier does not follow the record of a later one`() throws {
    let walk = try Walk.at(.recorded)
    #expect(!walk.handoff.stillWants(.submitOrder(version: 1, resuming: false)))
    #expect(walk.handoff.stillWants(.submitOrder(version: 1, resuming: true)))
  }

  @Test func `an edit back to the first content must be countersigned again`() throws {
    var walk = try Walk.at(.updating).taking(.orderEdited(Fixture.version(3, content: 1)))
    // A late answer about version 1: the same content, but not what the ERP holds since version 2 was sent.
    try walk.take(.receiptIssued(Fixture.receipt(Fixture.version(1))))
    #expect(walk.stage == .updating)
    try walk.take(.receiptIssued(Fixture.receipt(Fixture.version(3, content: 1))))
    #expect(walk.stage == .receipted)
  }

  @Test func `a version never goes back`() throws {
    let walk = try Walk.at(.captured).taking(Self.edit)
    #expect(throws: Refusal.self) { _ = try walk.taking(Self.edit) }
    #expect(throws: Refusal.self) { _ = try walk.taking(.orderEdited(Fixture.version(1))) }
    let older = OrderVersion(number: 3, digest: Fixture.digest(3), updatedAt: Fixture.start, total: money(1))
    #expect(throws: Refusal.self) { _ = try walk.taking(.orderEdited(older)) }
  }

  @Test func `after an update a look-up compares with what the ERP was last asked to hold`() throws {
    var walk = try Walk.at(.updating)
    try walk.take(walk.receipt(2, total: money(999)))
    #expect(walk.handoff.exception?.kind == .moneyMismatch)
    try walk.take(.operatorDecided(.retry, by: "Ada"))
    #expect(walk.effects == [.findReceipt(version: 2)])
  }

  @Test func `an edit the ERP refuses after the confirmation goes to a person`() throws {
    var walk = try Walk.at(.confirmed).taking(Self.edit, .submissionRefused(reason: "shipped"))
    #expect(walk.stage == .confirmed)
    #expect(walk.handoff.exception?.kind == .editRefused)
    try walk.take(.operatorDecided(.retry, by: "Ada"))
    #expect(walk.effects == [.updateOrder(version: 2)])
    try walk.take(walk.receipt(2))
    #expect(walk.handoff.receipt?.version == 2)
  }

  /// Stage after a cancel and what it plans.
  private static let cancels: [(Stage, Stage, [Effect])] = [
    (.captured, .cancelled, []), (.submitting, .submitting, []),
    (.unresolved, .unresolved, [.findReceipt(version: 1)]), (.recorded, .cancelling, [.cancelOrder]),
    (.refused, .cancelled, []), (.receipted, .cancelling, [.cancelOrder]), (.updating, .cancelling, [.cancelOrder]),
    (.held, .cancelling, [.cancelOrder]), (.decided, .cancelling, [.cancelOrder]),
    (.confirmed, .cancelling, [.cancelOrder]), (.cancelling, .cancelling, []), (.cancelled, .cancelled, []),
    (.declining, .declining, []), (.declined, .declined, []), (.returned, .returned, []), (.observed, .observed, []),
  ]

  @Test(arguments: cancels)
  func `a cancel at every stage`(from: Stage, to: Stage, effects: [Effect]) throws {
    let walk = try Walk.at(from).taking(.orderCancelled)
    #expect(walk.stage == to)
    #expect(walk.effects == effects)
    #expect(walk.handoff.cancelRequested)
    #expect(!walk.handoff.stillWants(.releaseConfirmation))
    #expect(!walk.handoff.stillWants(.submitOrder(version: 1, resuming: false)) || from == .recorded)
  }

  @Test func `a cancel waits for the outcome of a create`() throws {
    let walk = try Walk.submitting().taking(.orderCancelled)
    #expect(try walk.taking(walk.receipt()).effects == [.cancelOrder])
    #expect(try walk.taking(.submissionDeferred(reason: "429")).stage == .cancelled)
    #expect(try walk.taking(.submissionRefused(reason: "no")).stage == .cancelled)
    #expect(try walk.taking(.connectorMisconfigured(.submitOrder, reason: "no key")).stage == .cancelled)
    #expect(try walk.taking(.orderRecorded(recordID: "SO-1", state: "draft")).effects == [.cancelOrder])
    let unknown = try walk.taking(.submissionOutcomeUnknown(reason: "lost"))
    #expect(unknown.stage == .unresolved)
    #expect(unknown.effects == [.findReceipt(version: 1)])
    #expect(!unknown.handoff.stillWants(.submitOrder(version: 1, resuming: true)))
  }

  @Test func `a cancelled order that may exist is cancelled only when no create can arrive any more`() throws {
    var walk = try Walk.unresolved(Fixture.policy(.key)).taking(.orderCancelled)
    let settled = (walk.handoff.lastSubmittedAt ?? walk.now) + walk.policy.requestLife
    try walk.take(.receiptNotFound)
    #expect(walk.stage == .unresolved)
    #expect(walk.planned == [PlannedEffect(.findReceipt(version: 1), notBefore: settled)])
    try walk.take(.receiptNotFound, after: walk.policy.requestLife)
    #expect(walk.stage == .cancelled)
  }

  @Test func `what lands after all in a cancelled order is undone`() throws {
    let walk = try Walk.at(.cancelled)
    for event: HandoffEvent in [walk.receipt(), .orderRecorded(recordID: "SO-1", state: "pending")] {
      var landed = try walk.taking(event)
      #expect(landed.stage == .cancelling)
      #expect(landed.effects == [.cancelOrder])
      try landed.take(.cancellationCompleted)
      #expect(landed.stage == .cancelled)
      try landed.take(event)
      #expect(landed.stage == .cancelled)
      // Another record of the same order is nothing we could undo.
      try landed.take(.receiptIssued(Fixture.receipt(Fixture.version(1), record: "SO-2")))
      #expect(landed.handoff.exception?.kind == .mismatch)
      try landed.take(.operatorDecided(.handBack, by: "Ada"))
      #expect(landed.handoff.exception == nil)
    }
  }

  @Test func `adopting a record is no receipt until a look-up proves it`() throws {
    for stage in [Stage.unresolved, .refused, .recorded] {
      var walk = try Walk.at(stage).taking(.operatorDecided(.adopt(recordID: "SO-9"), by: "Ada"))
      #expect(walk.stage == .recorded)
      #expect(walk.handoff.receipt == nil)
      #expect(walk.effects == [.findReceipt(version: 1)])
      try walk.take(.inventoryValidated, after: .seconds(1), refused: true)
      #expect(walk.handoff.decision == nil)
      try walk.take(.receiptFound(Fixture.receipt(Fixture.version(1), record: "SO-9")))
      #expect(walk.stage == .receipted)
    }
    let walk = try Walk.at(.unresolved).taking(.operatorDecided(.adopt(recordID: "SO-9"), by: "Ada"), .receiptNotFound)
    #expect(walk.handoff.exception?.kind == .receiptRevoked)
    #expect(walk.handoff.receipt == nil)
    #expect(throws: Refusal.self) {
      _ = try Walk.at(.receipted).taking(.operatorDecided(.adopt(recordID: "SO-9"), by: "Ada"))
    }
  }

  @Test func `a decision needs a name`() throws {
    for decision in [OperatorDecision.retry, .decline, .cancel, .handBack, .createAgain, .acceptShortage] {
      #expect(throws: Refusal.self) { _ = try Walk.at(.unresolved).taking(.operatorDecided(decision, by: "")) }
    }
  }

  @Test func `an order the ERP may have cannot be declined`() throws {
    for stage in [Stage.submitting, .unresolved, .decided, .confirmed, .cancelling] {
      #expect(throws: Refusal.self) { _ = try Walk.at(stage).taking(.operatorDecided(.decline, by: "Ada")) }
    }
    let declined = try Walk.at(.receipted).taking(.operatorDecided(.decline, by: "Ada"))
    #expect(declined.effects == [.sendCannotFulfil, .cancelOrder])
    // The apology has left, the ERP will not cancel: it still needs a person.
    let stuck = try declined.taking(.cancellationRefused(reason: "shipped"), .cannotFulfilSent)
    #expect(stuck.stage == .declined)
    #expect(stuck.handoff.exception?.kind == .cancellation)
  }

  @Test func `an apology that cannot be written leaves the handoff where it can go on`() throws {
    let failed = HandoffEvent.compositionFailed(.sendCannotFulfil, reason: "no address")
    let updating = try Walk.at(.updating).taking(.operatorDecided(.decline, by: "Ada"), failed)
    #expect(updating.stage == .updating)
    #expect(updating.effects == [.updateOrder(version: 2)])
    let captured = try Walk.at(.captured).taking(.operatorDecided(.decline, by: "Ada"), failed)
    #expect(captured.stage == .refused)
    #expect(captured.handoff.decision == nil)
  }

  @Test func `a connector that is not set up loses nothing, before and after the end`() throws {
    let confirmed = try Walk.at(.confirmed).taking(Self.edit, .connectorMisconfigured(.updateOrder, reason: "401"))
    #expect(confirmed.effects == [.updateOrder(version: 2)])
    #expect(confirmed.handoff.exception?.kind == .misconfigured)
    let again = try Walk.submitting().taking(.connectorMisconfigured(.submitOrder, reason: "401"))
    #expect(again.stage == .captured)
    #expect(again.planned.first?.notBefore == again.now + again.policy.backoff.cap)
  }

  @Test func `what was seen after the end can be closed by a person, and nothing else`() throws {
    var walk = try Walk.at(.returned).taking(.eventRefused(reason: "receipt_issued in stage returned"))
    #expect(walk.handoff.deadline != nil)
    #expect(throws: Refusal.self) { try walk.take(.operatorDecided(.retry, by: "Ada")) }
    try walk.take(.operatorDecided(.handBack, by: "Ada"))
    #expect(walk.handoff.exception == nil)
    #expect(walk.stage == .returned)
  }

  @Test func `an exception nobody acts on goes up again and again`() throws {
    var walk = try Walk.at(.refused)
    for times in 1...3 {
      let due = walk.handoff.deadline ?? walk.now
      try walk.take(.deadlinePassed, after: due.since(walk.now))
      #expect(walk.handoff.exception?.escalations == times)
      #expect(walk.handoff.deadline == walk.now + walk.policy.deadlines.exception)
    }
  }

  @Test func `an edit that the ERP has saved and not accepted is looked up with growing pauses, not sent again`() throws
  {
    var walk = try Walk.at(.updating)
    var last = Duration.zero
    for _ in 1...5 {
      try walk.take(.orderRecorded(recordID: Fixture.record, state: "pending approval"))
      #expect(walk.effects == [.findReceipt(version: 2)])
      let pause = try #require(walk.planned.first).notBefore.since(walk.now)
      #expect(pause > last)
      last = pause
      #expect(walk.handoff.stillWants(.findReceipt(version: 2)))
      #expect(!walk.handoff.stillWants(.findReceipt(version: 1)))
    }
    for event: HandoffEvent in [.receiptNotFound, .lookupFailed(reason: "502")] {
      try walk.take(event)
      #expect(walk.effects == [.findReceipt(version: 2)])
      #expect(walk.stage == .updating)
    }
    try walk.take(.connectorMisconfigured(.findReceipt, reason: "no rights"))
    #expect(walk.effects == [.findReceipt(version: 2)])
    try walk.take(.receiptFound(Fixture.receipt(Fixture.version(2))))
    #expect(walk.stage == .receipted)
    #expect(walk.handoff.exception == nil)
    #expect(walk.effects == [.checkInventory])
  }

  @Test func `a newer edit ends the look-ups for the older one, and the deadline asks a person`() throws {
    var walk = try Walk.at(.updating)
    try walk.take(.orderRecorded(recordID: Fixture.record, state: "pending approval"))
    try walk.take(.deadlinePassed, after: walk.policy.deadlines.receipt)
    #expect(walk.handoff.exception?.kind == .receiptOverdue)
    try walk.take(.orderRecorded(recordID: Fixture.record, state: "pending approval"))
    #expect(walk.effects == [.findReceipt(version: 2)])
    try walk.take(.orderEdited(Fixture.version(3)))
    #expect(walk.effects == [.updateOrder(version: 3)])
    #expect(!walk.handoff.stillWants(.findReceipt(version: 2)))
    try walk.take(.submissionIncomplete(recordID: Fixture.record, state: "draft"))
    #expect(walk.effects == [.updateOrder(version: 3)])
  }

  @Test func `going on past a void payment is a decision of its own, and needs a void payment`() throws {
    var walk = try Walk.receipted()
    #expect(throws: Refusal.self) { try walk.take(.operatorDecided(.acceptVoidPayment, by: "Ada")) }
    try walk.take(.paymentVoided)
    try walk.take(.inventoryValidated)
    #expect(walk.stage == .receipted)
    try walk.take(.operatorDecided(.acceptVoidPayment, by: "Ada"))
    #expect(walk.stage == .decided)
    #expect(HandoffEvent.operatorDecided(.acceptVoidPayment, by: "Ada").detail == "accept-void-payment by Ada")
  }
}

extension Walk {
  /// Takes an event that may also be refused.
  fileprivate mutating func take(_ event: HandoffEvent, after pause: Duration, refused: Bool) throws {
    do { try take(event, after: pause) } catch let refusal as Refusal { if !refused { throw refusal } }
  }
}
