extension Handoff {
  /// Carries out what a person decided; every rule holds for people too (S14).
  mutating func applyOperator(
    _ decision: OperatorDecision, by name: String, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    let event = HandoffEvent.operatorDecided(decision, by: name)
    guard !name.isEmpty else { throw refusal(event, "A decision needs the name of who took it.") }
    if stage == .observed || stage == .returned || stage == .cancelled {
      guard decision == .handBack, exception != nil else { throw refusal(event, "The handoff is closed.") }
      // Something was seen after the end; a person has taken note of it, and of what it covers next.
      exception = nil
      return []
    }
    switch decision {
    case .retry: return try retry(event, at: now, policy: policy)
    case .createAgain:
      guard stage == .unresolved else { throw refusal(event, "Only an unresolved submission can be created again.") }
      guard !cancelRequested else { throw refusal(event, "The order has been cancelled.") }
      settleRecord()
      lookups = 0
      // The proof that nothing exists makes this a first submission: the key's time starts again with it.
      firstSubmittedAt = nil
      mayExist = false
      return [plan(.submitOrder(version: submittedVersion ?? version.number, resuming: true), at: now)]
    case .adopt(let record): return try adopt(record, event, at: now, policy: policy)
    case .acceptShortage:
      guard stage == .held || stage == .receipted else { throw refusal(event, "There is no shortage to accept.") }
      validation = .waived(by: name)
      close(.shortage, .validationOverdue)
      return self.decide(at: now, policy: policy)
    case .acceptVoidPayment:
      guard exception?.kind == .paymentVoided else { throw refusal(event, "No void payment is open.") }
      return try retry(event, at: now, policy: policy)
    case .decline: return try decline(event, at: now, policy: policy)
    case .cancel:
      guard stage != .declining, stage != .declined else { throw refusal(event, "It has been declined already.") }
      return requestCancel(at: now, policy: policy)
    case .handBack:
      guard stage != .submitting else { throw refusal(event, "A submission is under way; wait for its outcome.") }
      guard !stage.isTerminal || exception != nil else { throw refusal(event, "The handoff is closed.") }
      enter(.returned, at: now, policy: policy)
      close { _ in true }
      // Our hold must not outlive our ownership: nobody would be left to end it.
      let isHeld = holdsFulfillment && stillWants(.releaseFulfillment)
      return isHeld ? [plan(.releaseFulfillment, at: now)] : []
    }
  }

  private mutating func retry(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    let blocked = exception?.kind
    let isDoubted = hasOpen(.mismatch) || hasOpen(.receiptRevoked)
    // What it covers comes back, and is a question of its own.
    exception = nil
    lookups = 0
    messageAttempts = 0
    let look = Effect.findReceipt(version: submittedVersion ?? version.number)
    switch stage {
    case .captured: return [plan(.submitOrder(version: version.number, resuming: false), at: now)]
    case .refused:
      close { $0.isAboutRecord }
      if mayExist || recordID != nil {
        enter(.unresolved, at: now, policy: policy)
        return [plan(look, at: now)]
      }
      enter(.captured, at: now, policy: policy)
      return [plan(.submitOrder(version: version.number, resuming: false), at: now)]
    case .submitting: throw refusal(event, "A submission is under way; wait for its outcome.")
    case .unresolved, .recorded:
      // The answer says anew what is wrong with the record.
      close { $0.isAboutRecord }
      return [plan(look, at: now)]
    case .receipted, .held:
      let differs = receipt?.total.map { !agrees($0, policy: policy) } ?? false
      if differs || isDoubted {
        close { $0.isAboutRecord }
        enter(.recorded, at: now, policy: policy)
        return [plan(look, at: now)]
      }
      if isValidated(policy.inventory) { return decide(at: now, policy: policy) }
      return [plan(.checkInventory, at: now)]
    case .updating: return [plan(.updateOrder(version: version.number), at: now)]
    case .decided where blocked == .fulfillment, .confirmed where blocked == .fulfillment:
      return [plan(.releaseFulfillment, at: now)]
    case .decided where blocked == .editRefused || isDoubted:
      return [plan(.updateOrder(version: version.number), at: now)]
    case .decided: return [plan(.releaseConfirmation, at: now)]
    // The apology goes its own way; what was refused is the cancel.
    case .declining where blocked == .cancellation: return [plan(.cancelOrder, at: now)]
    case .declining: return [plan(.sendCannotFulfil, at: now)]
    case .cancelling: return [plan(.cancelOrder, at: now)]
    case .confirmed where blocked != nil: return [plan(.updateOrder(version: version.number), at: now)]
    case .declined where blocked != nil: return [plan(recordID == nil && mayExist ? look : .cancelOrder, at: now)]
    case .confirmed, .cancelled, .declined, .returned, .observed: throw refusal(event, "There is nothing to retry.")
    }
  }

  /// Takes a record a person found as ours; the look-up that follows still has to prove it (S1).
  private mutating func adopt(
    _ record: String, _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    guard Receipt.isPlausible(recordID: record) else {
      throw refusal(event, "That is no record id: letters, digits and - _ . / : # only, at most 128.")
    }
    guard stage == .unresolved || stage == .refused || stage == .recorded else {
      throw refusal(event, "A record can be adopted only while its submission is open.")
    }
    settleRecord()
    lookups = 0
    recordID = record
    receipt = nil
    validation = nil
    submittedVersion = submittedVersion ?? version.number
    enter(.recorded, at: now, policy: policy)
    return [plan(.findReceipt(version: submittedVersion ?? version.number), at: now)]
  }

  private mutating func decline(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .captured, .refused, .recorded, .receipted, .updating, .held: break
    case .submitting, .unresolved: throw refusal(event, "The ERP may have the order; resolve that first.")
    default: throw refusal(event, "It has been decided otherwise already.")
    }
    guard decision == nil else { throw refusal(event, "It has been decided otherwise already.") }
    close { _ in true }
    decision = .cannotFulfil
    decidedVersion = version.number
    enter(.declining, at: now, policy: policy)
    var effects = [plan(.sendCannotFulfil, at: now)]
    if recordID != nil {
      effects.append(plan(.cancelOrder, at: now))
    } else if mayExist {
      // A create may still be on its way, or have landed unseen: what is found is cancelled.
      effects.append(plan(.findReceipt(version: soughtVersion), at: now))
    }
    return effects
  }

  /// A person has said what the ERP holds. That vouches for no money: a void payment is a question of its own.
  private mutating func settleRecord() {
    if exception?.kind != .paymentVoided { exception = nil }
    close { $0.isAboutRecord }
  }
}
