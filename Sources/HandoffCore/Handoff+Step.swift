extension Handoff {
  /// Applies one event: the new value, and what is to be done about it.
  ///
  /// Total over stage and event: each pair either moves on, changes nothing, or is refused. A refusal leaves the value
  /// as it was. The table in `docs/state-machine.md` is written from this function by a test.
  /// - Parameters:
  ///   - event: what happened.
  ///   - now: when; the only clock the rules know.
  ///   - policy: what the retailer decided.
  /// - Throws: ``Refusal`` for an event that makes no sense in the present stage.
  public mutating func step(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    var next = self
    let effects = try next.apply(event, at: now, policy: policy)
    next.uncover(at: now, policy: policy)
    next.keepDeadline(at: now, policy: policy)
    next.revision += 1
    self = next
    return effects
  }

  private mutating func apply(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch event {
    case .submissionStarted, .orderRecorded, .receiptIssued, .receiptFound, .receiptDiffers, .submissionRefused,
      .submissionDeferred, .submissionOutcomeUnknown, .receiptNotFound, .submissionIncomplete, .lookupFailed,
      .receiptRevoked:
      return try applySubmission(event, at: now, policy: policy)
    case .inventoryValidated, .inventoryShort, .inventoryUnknown:
      return try applyInventory(event, at: now, policy: policy)
    case .acknowledgementSent, .confirmationSent, .cannotFulfilSent, .messageDeferred, .messageRefused,
      .compositionFailed, .fulfillmentChanged, .fulfillmentDeferred, .fulfillmentRefused:
      return try applyMessage(event, at: now, policy: policy)
    case .orderEdited, .orderCancelled, .paymentVoided:
      return try applyStorefront(event, at: now, policy: policy)
    case .cancellationCompleted, .cancellationDeferred, .cancellationRefused:
      return try applyCancellation(event, at: now, policy: policy)
    case .deadlinePassed: return applyDeadline(at: now, policy: policy)
    case .connectorMisconfigured(let kind, let reason):
      return try misconfigured(kind, reason: reason, at: now, policy: policy)
    case .eventRefused(let reason):
      raise(.unexpected, reason, at: now, policy: policy)
      return []
    case .operatorDecided(let decision, let name):
      return try applyOperator(decision, by: name, at: now, policy: policy)
    }
  }

  /// Moves to a stage; progress closes the exceptions that only said "late".
  mutating func enter(_ next: Stage, at now: Timestamp, policy: HandoffPolicy) {
    if next != stage {
      stageSince = now
      messageAttempts = 0
      if let open = exception?.kind, open.closesOnProgress, isProgress(to: next, for: open) { exception = nil }
      stageDeadline = deadline(of: next, at: now, policy: policy)
    }
    stage = next
    if next.isTerminal { close { !$0.outlives(next) } }
  }

  /// Another attempt is no progress: what says "late" would open and close with every retry and never go up.
  private func isProgress(to next: Stage, for open: ExceptionKind) -> Bool {
    guard stage.isBeforeReceipt, next.isBeforeReceipt else { return true }
    return open == .misconfigured && next == .recorded
  }

  private func deadline(of next: Stage, at now: Timestamp, policy: HandoffPolicy) -> Timestamp? {
    // One deadline from capture to receipt: moving between these must not start the wait again.
    if stage.isBeforeReceipt, next.isBeforeReceipt { return stageDeadline }
    return policy.deadlines.longest(in: next).map { now + $0 }
  }

  /// Nothing waits for ever: a stage whose deadline has turned into an exception gets a new one once that is closed.
  private mutating func keepDeadline(at now: Timestamp, policy: HandoffPolicy) {
    guard exception == nil, stageDeadline == nil else { return }
    stageDeadline = policy.deadlines.longest(in: stage).map { now + $0 }
  }

  /// A plan at once.
  func plan(_ effect: Effect, at now: Timestamp) -> PlannedEffect {
    PlannedEffect(effect, notBefore: now, disposition: mode == .gate ? .perform : .shadow)
  }

  /// A plan after a pause that grows with the number of attempts.
  func plan(_ effect: Effect, after attempts: Int, at now: Timestamp, policy: HandoffPolicy) -> PlannedEffect {
    plan(effect, at: now + policy.backoff.pause(after: attempts, for: id))
  }

  func refusal(_ event: HandoffEvent, _ reason: String) -> Refusal {
    Refusal(stage: stage, event: event.name, reason: reason)
  }

  private mutating func applyDeadline(at now: Timestamp, policy: HandoffPolicy) -> [PlannedEffect] {
    if let open = exception {
      guard now >= open.deadline else { return [] }
      exception = OpenException(
        kind: open.kind, reason: open.reason, openedAt: open.openedAt, deadline: now + policy.deadlines.exception,
        escalations: open.escalations + 1)
      return []
    }
    guard let due = stageDeadline, now >= due else { return [] }
    switch stage {
    case .captured, .submitting, .unresolved, .recorded, .updating, .refused:
      raise(.receiptOverdue, "No receipt from the ERP within the deadline.", at: now, policy: policy)
    case .receipted:
      raise(.validationOverdue, "The ERP did not say in time what it could allocate.", at: now, policy: policy)
    case .held:
      raise(.shortage, "Stock did not come within the deadline.", at: now, policy: policy)
    case .decided, .declining:
      raise(.messageOverdue, "The carrier did not take the message in time.", at: now, policy: policy)
    case .cancelling:
      raise(.cancellation, "The ERP did not confirm the cancellation in time.", at: now, policy: policy)
    case .confirmed, .cancelled, .declined, .returned, .observed: break
    }
    stageDeadline = nil
    return []
  }

  /// Nothing was done and no order is to blame: the same effect again at the longest pause, and a person is told.
  private mutating func misconfigured(
    _ kind: EffectKind, reason: String, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    if kind == .submitOrder, stage == .submitting {
      if cancelRequested { return withdrawn(at: now, policy: policy) }
      stage = stageWithoutAnswer
    }
    let effect = renewed(kind, policy: policy)
    guard stillWants(effect) else { return [] }
    raise(.misconfigured, reason, at: now, policy: policy)
    return [plan(effect, at: now + policy.backoff.cap)]
  }

  private func renewed(_ kind: EffectKind, policy: HandoffPolicy) -> Effect {
    switch kind {
    // An ERP without any defence: whatever the answer was about, only a look-up is safe.
    case .submitOrder where stage == .unresolved && mayExist && policy.receiptClass == .none:
      .findReceipt(version: soughtVersion)
    case .submitOrder where stage == .captured: .submitOrder(version: version.number, resuming: false)
    case .submitOrder: .submitOrder(version: submittedVersion ?? version.number, resuming: true)
    case .findReceipt: .findReceipt(version: soughtVersion)
    case .checkInventory: .checkInventory
    case .updateOrder: .updateOrder(version: version.number)
    case .cancelOrder: .cancelOrder
    case .sendAcknowledgement: .sendAcknowledgement
    case .releaseConfirmation: .releaseConfirmation
    case .sendCannotFulfil: .sendCannotFulfil
    case .holdFulfillment: .holdFulfillment
    case .releaseFulfillment: .releaseFulfillment
    }
  }

  /// A submission of a cancelled order certainly did nothing: only what earlier ones may have done is left to find out.
  mutating func withdrawn(at now: Timestamp, policy: HandoffPolicy) -> [PlannedEffect] {
    let back = stageWithoutAnswer
    switch back {
    case .recorded:
      enter(.cancelling, at: now, policy: policy)
      return [plan(.cancelOrder, at: now)]
    case .unresolved:
      enter(.unresolved, at: now, policy: policy)
      return [plan(.findReceipt(version: submittedVersion ?? version.number), at: now)]
    default:
      enter(.cancelled, at: now, policy: policy)
      return []
    }
  }

  /// Where a submission that certainly did nothing leaves the handoff: what was known before it.
  var stageWithoutAnswer: Stage { recordID != nil ? .recorded : mayExist ? .unresolved : .captured }
}
