import HandoffCore
import Testing

/// What must be there before the gate opens (S1, S4, S8), and what keeps it shut.
@Suite struct GateTests {
  @Test func `the ordinary way: receipt, validation, decision, confirmation`() throws {
    var walk = Walk(Fixture.policy(holds: true))
    #expect(walk.effects == [.submitOrder(version: 1, resuming: false), .holdFulfillment])
    try walk.take(.submissionStarted)
    try walk.take(walk.receipt(total: money(1000)))
    #expect(walk.effects == [.checkInventory])
    try walk.take(.inventoryValidated)
    #expect(walk.stage == .decided)
    #expect(walk.effects == [.releaseConfirmation, .releaseFulfillment])
    #expect(walk.handoff.decidedVersion == 1)
    try walk.take(.confirmationSent)
    #expect(walk.stage == .confirmed)
    #expect(walk.handoff.deadline == nil)
  }

  @Test func `without a required validation the receipt alone opens the gate`() throws {
    let walk = try Walk.receipted(Fixture.policy(inventory: InventoryRule(isRequired: false)))
    #expect(walk.stage == .decided)
  }

  @Test func `a total that differs keeps the gate shut, whatever comes after it`() throws {
    var walk = try Walk.submitting()
    try walk.take(walk.receipt(total: money(999)))
    #expect(walk.stage == .receipted)
    #expect(walk.handoff.exception?.kind == .moneyMismatch)
    #expect(walk.effects.isEmpty)
    try walk.take(.eventRefused(reason: "something else"))
    try walk.take(Walk.short)
    try walk.take(.messageRefused(.sendAcknowledgement, reason: "no such address"))
    #expect(walk.handoff.exception?.kind == .moneyMismatch)
    try walk.take(.inventoryValidated)
    #expect(walk.handoff.decision == nil)
    try walk.take(.operatorDecided(.acceptShortage, by: "Ada"))
    #expect(walk.handoff.decision == nil)
    try walk.take(.operatorDecided(.retry, by: "Ada"))
    #expect(walk.stage == .recorded)
    #expect(walk.effects == [.findReceipt(version: 1)])
    try walk.take(.inventoryValidated)
    #expect(walk.handoff.decision == nil)
  }

  @Test func `a tolerance lets small differences pass, another currency never`() throws {
    var walk = try Walk.submitting()
    walk.policy.moneyTolerance = 1
    #expect(try walk.taking(walk.receipt(total: money(999))).handoff.exception == nil)
    #expect(try walk.taking(walk.receipt(total: money(998))).handoff.exception?.kind == .moneyMismatch)
    #expect(try walk.taking(walk.receipt(total: money(1000, "EUR"))).handoff.exception?.kind == .moneyMismatch)
  }

  @Test func `a shortage holds, confirms or goes to a person, as the policy says`() throws {
    let held = try Walk.receipted().taking(Walk.short)
    #expect(held.stage == .held)
    #expect(held.planned.first?.notBefore == held.now + .seconds(300))
    let confirmed = try Walk.receipted(Fixture.policy(inventory: InventoryRule(short: .confirm))).taking(Walk.short)
    #expect(confirmed.stage == .decided)
    var asked = try Walk.receipted(Fixture.policy(inventory: InventoryRule(short: .exception))).taking(Walk.short)
    #expect(asked.handoff.exception?.kind == .shortage)
    #expect(asked.effects.isEmpty)
    try asked.take(.operatorDecided(.acceptShortage, by: "Ada"))
    #expect(asked.stage == .decided)
    #expect(asked.handoff.validation == .waived(by: "Ada"))
  }

  @Test func `a retry of a failed pending message does not skip the validation`() throws {
    var walk = Walk(Fixture.policy(pattern: .acknowledgmentGated))
    try walk.take(.compositionFailed(.sendAcknowledgement, reason: "no template"))
    #expect(walk.handoff.exception?.kind == .templateFailed)
    try walk.take(.submissionStarted)
    try walk.take(walk.receipt())
    try walk.take(.operatorDecided(.retry, by: "Ada"))
    #expect(walk.effects == [.checkInventory])
    #expect(walk.handoff.decision == nil)
  }

  @Test func `a confirmation that cannot be written takes the decision back`() throws {
    var walk = try Walk.decided().taking(.compositionFailed(.releaseConfirmation, reason: "no address"))
    #expect(walk.stage == .receipted)
    #expect(walk.handoff.decision == nil)
    #expect(walk.handoff.decidedVersion == nil)
    #expect(walk.handoff.exception?.kind == .templateFailed)
    try walk.take(.operatorDecided(.retry, by: "Ada"))
    #expect(walk.stage == .decided)
    #expect(walk.handoff.exception == nil)
  }

  @Test func `a record taken back before the decision closes the gate, after it a person is told`() throws {
    let revoked = HandoffEvent.receiptRevoked(reason: "voided in the ERP")
    var before = try Walk.receipted().taking(revoked)
    #expect(before.stage == .refused)
    #expect(before.handoff.receipt == nil)
    // The same receipt, late: it proves nothing any more.
    try before.take(before.receipt())
    #expect(before.stage == .unresolved)
    #expect(before.effects == [.findReceipt(version: 1)])
    let after = try Walk.decided().taking(revoked, .confirmationSent)
    #expect(after.stage == .confirmed)
    #expect(after.handoff.exception?.kind == .receiptRevoked)
    #expect(after.handoff.deadline != nil)
  }

  @Test func `a void payment keeps the gate shut and the order from leaving`() throws {
    var walk = try Walk().taking(.paymentVoided)
    #expect(!walk.handoff.stillWants(.submitOrder(version: 1, resuming: false)))
    try walk.take(.orderEdited(Fixture.version(2)))
    #expect(walk.effects == [.submitOrder(version: 2, resuming: false)])
    var late = try Walk.receipted().taking(.paymentVoided, .receiptDiffers(recordID: "SO-1", detail: "a line"))
    #expect(late.handoff.exception?.kind == .paymentVoided)
    try late.take(.inventoryValidated)
    #expect(late.handoff.decision == nil)
  }

  @Test func `a pending message is withdrawn by the decision, by a cancel and by having left`() throws {
    let walk = try Walk.receipted(Fixture.policy(pattern: .acknowledgmentGated))
    #expect(walk.handoff.stillWants(.sendAcknowledgement))
    #expect(try !walk.taking(.inventoryValidated).handoff.stillWants(.sendAcknowledgement))
    #expect(try !walk.taking(.orderCancelled).handoff.stillWants(.sendAcknowledgement))
    let sent = try walk.taking(.acknowledgementSent)
    #expect(!sent.handoff.stillWants(.sendAcknowledgement))
    #expect(try sent.taking(.messageDeferred(.sendAcknowledgement, reason: "busy")).effects.isEmpty)
  }

  @Test func `fulfilment that could not be released stays with a person after the confirmation`() throws {
    var walk = try Walk.decided(Fixture.policy(holds: true))
    try walk.take(.fulfillmentRefused(.releaseFulfillment, reason: "403"))
    try walk.take(.confirmationSent)
    #expect(walk.stage == .confirmed)
    #expect(walk.handoff.exception?.kind == .fulfillment)
    try walk.take(.operatorDecided(.retry, by: "Ada"))
    #expect(walk.effects == [.releaseFulfillment])
    try walk.take(.fulfillmentChanged(.releaseFulfillment))
    #expect(walk.handoff.exception == nil)
  }

  @Test(arguments: [(true, false), (false, true)])
  func `what was held at intake is let go, whatever the setting is by then`(held: Bool, later: Bool) throws {
    var walk = try Walk.receipted(Fixture.policy(holds: held))
    #expect(walk.handoff.holdsFulfillment == held)
    walk.policy.holdsFulfillment = later
    try walk.take(.inventoryValidated)
    #expect(walk.effects == (held ? [.releaseConfirmation, .releaseFulfillment] : [.releaseConfirmation]))
  }

  @Test(arguments: [Stage.captured, .unresolved, .recorded, .refused, .receipted, .updating, .held])
  func `what is handed back is let go: nobody here would end our hold any more`(stage: Stage) throws {
    let handBack = HandoffEvent.operatorDecided(.handBack, by: "Ada")
    var walk = try Walk.at(stage, Fixture.policy(holds: true)).taking(handBack)
    #expect(walk.stage == .returned && walk.effects == [.releaseFulfillment])
    #expect(!walk.handoff.stillWants(.holdFulfillment))
    #expect(try Walk.at(stage).taking(handBack).effects.isEmpty)
    // Busy, then refused: a person hears of it, and takes note.
    try walk.take(.fulfillmentDeferred(.releaseFulfillment, reason: "429"))
    #expect(walk.effects == [.releaseFulfillment])
    #expect(try walk.taking(.fulfillmentChanged(.releaseFulfillment)).handoff.exception == nil)
    try walk.take(.fulfillmentRefused(.releaseFulfillment, reason: "403"))
    #expect(walk.handoff.exception?.kind == .fulfillment)
    #expect(try walk.taking(handBack).handoff.exception == nil)
    // The storefront has cancelled it meanwhile: there is nothing to ship.
    #expect(try !walk.taking(.orderCancelled).handoff.stillWants(.releaseFulfillment))
  }

  @Test(arguments: [OperatorDecision.decline, .cancel])
  func `what is declined or cancelled stays held, also when it is handed back after that`(
    decision: OperatorDecision
  ) throws {
    var walk = try Walk.receipted(Fixture.policy(holds: true)).taking(.operatorDecided(decision, by: "Ada"))
    #expect(!walk.effects.contains(.releaseFulfillment))
    try walk.take(.operatorDecided(.handBack, by: "Ada"))
    #expect(walk.stage == .returned && walk.effects.isEmpty)
    #expect(!walk.handoff.stillWants(.releaseFulfillment))
  }

  @Test func `test orders, old orders and shadow mode are only watched`() throws {
    #expect(Walk(capture: Fixture.capture(isTest: true)).stage == .observed)
    var policy = Fixture.policy()
    policy.watermark = Fixture.start + .seconds(1)
    #expect(Walk(policy).stage == .observed)
    let shadow = Walk(Fixture.policy(mode: .shadow))
    #expect(shadow.stage == .observed)
    #expect(shadow.planned.map(\.disposition) == [.shadow])
    #expect(Walk(Fixture.policy(mode: .observe)).planned.isEmpty)
    #expect(throws: Refusal.self) { _ = try shadow.taking(.submissionStarted) }
  }

  @Test func `an order that is cancelled when it arrives never leaves`() {
    let walk = Walk(capture: Fixture.capture(isCancelled: true))
    #expect(walk.stage == .cancelled)
    #expect(walk.planned.isEmpty)
  }
}
