extension Handoff {
  /// Not found: what that proves depends on what the ERP offers.
  mutating func notFound(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .unresolved: break
    case .recorded:
      raise(
        .receiptRevoked, "The ERP was asked for record \(recordID ?? "?") and does not have it.", at: now,
        policy: policy)
      return []
    case .updating:
      // The record is known: what a search does not show now, it shows later, or the deadline asks a person.
      lookups += 1
      return [lookAgain(at: now, policy: policy)]
    case .declining where isDeclinedUnseen, .declined where isDeclinedUnseen: break
    case .submitting, .receipted, .held, .decided, .confirmed, .cancelling, .cancelled, .declining, .declined:
      return []
    default: throw refusal(event, "No look-up was due.")
    }
    lookups += 1
    let number = submittedVersion ?? version.number
    let sentAt = lastSubmittedAt ?? now
    if cancelRequested || isDeclinedUnseen {
      // A create of ours may still be on its way; only its longest life, and the time after which the ERP's search
      // would show it, settle that it never will arrive (F33, F34).
      let settled = sentAt + policy.requestLife + policy.searchLag
      if now < settled { return [plan(.findReceipt(version: number), at: settled)] }
      if isDeclinedUnseen { mayExist = false } else { enter(.cancelled, at: now, policy: policy) }
      return []
    }
    if now < sentAt + policy.searchLag { return [plan(.findReceipt(version: number), at: sentAt + policy.searchLag)] }
    switch policy.receiptClass {
    case .unique, .draft:
      return [plan(.submitOrder(version: number, resuming: true), after: attempts, at: now, policy: policy)]
    case .key:
      if keyHolds(at: now, policy: policy) {
        return [plan(.submitOrder(version: number, resuming: true), after: attempts, at: now, policy: policy)]
      }
      return quarantine("The idempotency key may have been forgotten; a second create is not safe.", at: now, policy)
    case .none:
      if lookups < policy.lookupBudget {
        return [plan(.findReceipt(version: number), after: lookups, at: now, policy: policy)]
      }
      return quarantine(
        "Not found after \(lookups) look-ups, which does not prove that it will not appear.", at: now, policy)
    }
  }

  private mutating func quarantine(_ reason: String, at now: Timestamp, _ policy: HandoffPolicy) -> [PlannedEffect] {
    raise(.quarantined, reason, at: now, policy: policy)
    return []
  }

  mutating func lookupFailed(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .unresolved, .recorded, .updating: break
    case .declining where isDeclinedUnseen, .declined where isDeclinedUnseen: break
    case .captured, .refused, .returned, .observed: throw refusal(event, "No look-up was due.")
    default: return []
    }
    lookups += 1
    return [lookAgain(at: now, policy: policy)]
  }

  /// The content a look-up has to find: the frozen one of a submission, the newest one of an update.
  var soughtVersion: Int { stage == .updating ? version.number : submittedVersion ?? version.number }

  func lookAgain(at now: Timestamp, policy: HandoffPolicy) -> PlannedEffect {
    plan(.findReceipt(version: soughtVersion), after: lookups, at: now, policy: policy)
  }

  mutating func revoked(
    _ reason: String, _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .cancelling:
      enter(.cancelled, at: now, policy: policy)
      return []
    case .submitting, .unresolved, .recorded, .receipted, .updating, .held:
      if cancelRequested {
        enter(.cancelled, at: now, policy: policy)
        return []
      }
      receipt = nil
      validation = nil
      mayExist = true
      enter(.refused, at: now, policy: policy)
      raise(.receiptRevoked, reason, at: now, policy: policy)
      return []
    case .decided, .confirmed:
      raise(.receiptRevoked, reason, at: now, policy: policy)
      return []
    case .declining where isDeclinedUnseen, .declined where isDeclinedUnseen:
      // It had landed, and somebody there has undone it.
      mayExist = false
      return []
    case .cancelled, .declining, .declined: return []
    case .captured, .refused, .returned, .observed: throw refusal(event, "There is no receipt to revoke.")
    }
  }
}
