import HandoffCore

/// Every event with data that fits a handoff, each with the label it has in the table.
enum EveryEvent {
  static let reason = "as the counterpart said"

  static func fitting(_ handoff: Handoff) -> [(label: String, event: HandoffEvent)] {
    let receipt = Fixture.receipt(handoff.version)
    let record = Fixture.record
    let newer = Fixture.version(handoff.version.number + 1)
    let shortage = [Shortage(sku: "A", ordered: 2, allocated: 1)]
    let plain: [HandoffEvent] = [
      .submissionStarted, .orderRecorded(recordID: record, state: "draft"), .receiptIssued(receipt),
      .receiptFound(receipt), .receiptDiffers(recordID: record, detail: "one line more"),
      .submissionRefused(reason: reason), .submissionDeferred(reason: reason),
      .submissionOutcomeUnknown(reason: reason), .receiptNotFound,
      .submissionIncomplete(recordID: record, state: "draft"), .lookupFailed(reason: reason),
      .receiptRevoked(reason: reason), .inventoryValidated, .inventoryUnknown(reason: reason), .acknowledgementSent,
      .confirmationSent, .cannotFulfilSent, .orderEdited(newer), .orderCancelled, .paymentVoided,
      .cancellationCompleted, .cancellationDeferred(reason: reason), .cancellationRefused(reason: reason),
      .deadlinePassed, .eventRefused(reason: reason),
    ]
    var all = plain.map { ($0.name, $0) }
    all.append(("inventory_short (partly)", .inventoryShort(shortage, partly: true)))
    all.append(("inventory_short (all)", .inventoryShort(shortage, partly: false)))
    for kind in [EffectKind.sendAcknowledgement, .releaseConfirmation, .sendCannotFulfil] {
      for event: HandoffEvent in [
        .messageDeferred(kind, reason: reason), .messageRefused(kind, reason: reason),
        .compositionFailed(kind, reason: reason),
      ] { all.append(("\(event.name) (\(kind.rawValue))", event)) }
    }
    for kind in [EffectKind.holdFulfillment, .releaseFulfillment] {
      for event: HandoffEvent in [
        .fulfillmentChanged(kind), .fulfillmentDeferred(kind, reason: reason),
        .fulfillmentRefused(kind, reason: reason),
      ] { all.append(("\(event.name) (\(kind.rawValue))", event)) }
    }
    for kind in EffectKind.allCases {
      let event = HandoffEvent.connectorMisconfigured(kind, reason: reason)
      all.append(("\(event.name) (\(kind.rawValue))", event))
    }
    let decisions: [OperatorDecision] = [
      .retry, .createAgain, .adopt(recordID: record), .acceptShortage, .acceptVoidPayment, .decline, .cancel,
      .handBack,
    ]
    for decision in decisions { all.append(("operator: \(decision.name)", .operatorDecided(decision, by: "Ada"))) }
    return all.map { (label: $0.0, event: $0.1) }
  }

  static let cases = 34

  /// A number for each case. No default: an event added to the rules does not compile here until it is in the table.
  static func number(_ event: HandoffEvent) -> Int {
    switch event {
    case .submissionStarted: 0
    case .orderRecorded: 1
    case .receiptIssued: 2
    case .receiptFound: 3
    case .receiptDiffers: 4
    case .submissionRefused: 5
    case .submissionDeferred: 6
    case .submissionOutcomeUnknown: 7
    case .receiptNotFound: 8
    case .submissionIncomplete: 9
    case .lookupFailed: 10
    case .receiptRevoked: 11
    case .inventoryValidated: 12
    case .inventoryShort: 13
    case .inventoryUnknown: 14
    case .acknowledgementSent: 15
    case .confirmationSent: 16
    case .cannotFulfilSent: 17
    case .messageDeferred: 18
    case .messageRefused: 19
    case .compositionFailed: 20
    case .fulfillmentChanged: 21
    case .fulfillmentDeferred: 22
    case .fulfillmentRefused: 23
    case .orderEdited: 24
    case .orderCancelled: 25
    case .paymentVoided: 26
    case .cancellationCompleted: 27
    case .cancellationDeferred: 28
    case .cancellationRefused: 29
    case .deadlinePassed: 30
    case .connectorMisconfigured: 31
    case .eventRefused: 32
    case .operatorDecided: 33
    }
  }
}

/// What one event does to one handoff.
struct Outcome: Equatable {
  let label: String
  let event: HandoffEvent
  let before: Handoff
  /// The value afterwards; nil when the event was refused.
  let after: Handoff?
  let planned: [PlannedEffect]
  let refusal: Refusal?

  static func of(_ entry: (label: String, event: HandoffEvent), on walk: Walk) -> Outcome {
    var handoff = walk.handoff
    // A deadline is asked for when it has passed; anything else a second later.
    let now = entry.event == .deadlinePassed ? handoff.deadline ?? walk.now : walk.now + .seconds(1)
    do throws(Refusal) {
      let planned = try handoff.step(entry.event, at: now, policy: walk.policy)
      return Outcome(
        label: entry.label, event: entry.event, before: walk.handoff, after: handoff, planned: planned, refusal: nil)
    } catch {
      return Outcome(
        label: entry.label, event: entry.event, before: walk.handoff, after: nil, planned: [], refusal: error)
    }
  }

  /// Only the count of steps has changed, and nothing is to be done.
  var changesNothing: Bool {
    guard let after else { return false }
    return planned.isEmpty && after.stage == before.stage && after.exception == before.exception
      && after.covered == before.covered
      && after.version == before.version && after.receipt == before.receipt && after.recordID == before.recordID
      && after.validation == before.validation && after.decision == before.decision
      && after.cancelRequested == before.cancelRequested && after.acknowledged == before.acknowledged
      && after.submittedVersion == before.submittedVersion && after.mayExist == before.mayExist
      && after.lookups == before.lookups && after.messageAttempts == before.messageAttempts
      && after.stageDeadline == before.stageDeadline
  }
}
