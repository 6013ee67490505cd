extension Handoff {
  mutating func applySubmission(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch event {
    case .submissionStarted: return try started(event, at: now, policy: policy)
    case .receiptIssued(let receipt), .receiptFound(let receipt):
      return try accept(receipt, event, at: now, policy: policy)
    case .orderRecorded(let record, _): return try recorded(record, event, at: now, policy: policy)
    case .submissionIncomplete(let record, _): return try incomplete(record, event, at: now, policy: policy)
    case .receiptDiffers(let record, let detail): return try differs(record, detail, event, at: now, policy: policy)
    case .submissionRefused(let reason): return try refused(reason, event, at: now, policy: policy)
    case .submissionDeferred: return try deferred(event, at: now, policy: policy)
    case .submissionOutcomeUnknown: return try unknown(event, at: now, policy: policy)
    case .receiptNotFound: return try notFound(event, at: now, policy: policy)
    case .lookupFailed: return try lookupFailed(event, at: now, policy: policy)
    case .receiptRevoked(let reason): return try revoked(reason, event, at: now, policy: policy)
    default: throw refusal(event, "No submission event.")
    }
  }

  private mutating func started(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .captured where !cancelRequested: submittedVersion = version.number
    // The frozen content goes again, not a newer one: two different bodies under one id would race (S3b).
    case .unresolved, .recorded: submittedVersion = submittedVersion ?? version.number
    default: throw refusal(event, "A submission leaves only from captured, unresolved or recorded.")
    }
    attempts += 1
    firstSubmittedAt = firstSubmittedAt ?? now
    lastSubmittedAt = now
    enter(.submitting, at: now, policy: policy)
    return []
  }

  private mutating func accept(
    _ receipt: Receipt, _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    guard Receipt.isPlausible(recordID: receipt.recordID) else {
      throw refusal(event, "The record id is implausible; an error body is never an id.")
    }
    if let known = recordID, known != receipt.recordID {
      return try differs(receipt.recordID, "The ERP named record \(known) before.", event, at: now, policy: policy)
    }
    switch stage {
    case .submitting, .unresolved, .recorded, .updating, .captured, .refused: break
    case .decided, .confirmed:
      guard receipt.version > (self.receipt?.version ?? 0) else { return [] }
      self.receipt = receipt
      if exception?.kind == .editRefused { exception = nil }
      return receipt.digest == version.digest ? [] : [plan(.updateOrder(version: version.number), at: now)]
    case .receipted, .held, .cancelling, .declining, .declined: return []
    case .cancelled:
      // A create that was believed lost has landed after all: undo it, and say so.
      recordID = receipt.recordID
      self.receipt = receipt
      enter(.cancelling, at: now, policy: policy)
      return [plan(.cancelOrder, at: now)]
    case .returned, .observed: throw refusal(event, "Nothing was submitted under our ownership.")
    }
    recordID = receipt.recordID
    self.receipt = receipt
    mayExist = false
    lookups = 0
    if exception?.kind == .refused || exception?.kind == .quarantined || exception?.kind == .mismatch {
      exception = nil
    }
    if cancelRequested {
      enter(.cancelling, at: now, policy: policy)
      return [plan(.cancelOrder, at: now)]
    }
    if receipt.digest != version.digest {
      enter(.updating, at: now, policy: policy)
      return [plan(.updateOrder(version: version.number), at: now)]
    }
    return validate(receipt, at: now, policy: policy)
  }

  /// The ERP holds the newest version: compare the money, then ask about stock.
  private mutating func validate(_ receipt: Receipt, at now: Timestamp, policy: HandoffPolicy) -> [PlannedEffect] {
    enter(.receipted, at: now, policy: policy)
    validation = nil
    if let total = receipt.total, !agrees(total, policy: policy) {
      raise(
        .moneyMismatch,
        "The ERP's total is \(total.decimalText) \(total.currency), the storefront's \(version.total.decimalText)"
          + " \(version.total.currency).", at: now, policy: policy)
      return []
    }
    if exception?.kind == .moneyMismatch || exception?.kind == .editRefused { exception = nil }
    if exception?.kind == .paymentVoided { return [] }
    if policy.inventory.isRequired { return [plan(.checkInventory, at: now)] }
    return decide(at: now, policy: policy)
  }

  private func agrees(_ total: Money, policy: HandoffPolicy) -> Bool {
    guard total.currency == version.total.currency else { return false }
    let (difference, overflow) = total.minorUnits.subtractingReportingOverflow(version.total.minorUnits)
    return !overflow && difference.magnitude <= policy.moneyTolerance.magnitude
  }

  private mutating func recorded(
    _ record: String, _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    guard Receipt.isPlausible(recordID: record) else {
      throw refusal(event, "The record id is implausible; an error body is never an id.")
    }
    switch stage {
    case .submitting, .unresolved, .recorded: break
    case .updating, .receipted, .held, .cancelling, .cancelled, .decided, .confirmed, .declining, .declined: return []
    default: throw refusal(event, "Nothing was submitted.")
    }
    recordID = record
    mayExist = false
    lookups += 1
    if cancelRequested {
      enter(.cancelling, at: now, policy: policy)
      return [plan(.cancelOrder, at: now)]
    }
    enter(.recorded, at: now, policy: policy)
    return [plan(.findReceipt(version: submittedVersion ?? version.number), after: lookups, at: now, policy: policy)]
  }

  private mutating func incomplete(
    _ record: String, _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .submitting, .unresolved, .recorded: break
    default: return try recorded(record, event, at: now, policy: policy)
    }
    _ = try recorded(record, event, at: now, policy: policy)
    guard stage == .recorded else { return [plan(.cancelOrder, at: now)] }
    let again = Effect.submitOrder(version: submittedVersion ?? version.number, resuming: true)
    return [plan(again, after: attempts, at: now, policy: policy)]
  }

  private mutating func differs(
    _ record: String, _ detail: String, _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .submitting, .unresolved, .recorded, .captured, .refused:
      recordID = recordID ?? record
      mayExist = false
      if cancelRequested {
        enter(.cancelling, at: now, policy: policy)
        return [plan(.cancelOrder, at: now)]
      }
      enter(.recorded, at: now, policy: policy)
    case .updating, .receipted, .held, .decided, .confirmed: break
    case .cancelling, .cancelled, .declining, .declined: return []
    case .returned, .observed: throw refusal(event, "Nothing was submitted under our ownership.")
    }
    raise(.mismatch, "Record \(record): \(detail)", at: now, policy: policy)
    return []
  }

  private mutating func refused(
    _ reason: String, _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .updating, .decided, .confirmed:
      raise(.editRefused, reason, at: now, policy: policy)
      return []
    case .submitting: break
    case .cancelling, .cancelled, .declining, .declined: return []
    default: throw refusal(event, "Nothing was submitted.")
    }
    if cancelRequested, !mayExist, recordID == nil {
      enter(.cancelled, at: now, policy: policy)
      return []
    }
    if submittedVersion != version.number, !mayExist, recordID == nil {
      // What was refused is no longer what the customer wants; the newer content gets its own try.
      enter(.captured, at: now, policy: policy)
      return [plan(.submitOrder(version: version.number, resuming: false), at: now)]
    }
    enter(cancelRequested ? .unresolved : .refused, at: now, policy: policy)
    if cancelRequested { return [plan(.findReceipt(version: submittedVersion ?? version.number), at: now)] }
    raise(.refused, reason, at: now, policy: policy)
    return []
  }

  private mutating func deferred(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .updating, .decided, .confirmed:
      lookups += 1
      return [plan(.updateOrder(version: version.number), after: lookups, at: now, policy: policy)]
    case .submitting: break
    case .cancelling, .cancelled, .declining, .declined: return []
    default: throw refusal(event, "Nothing was submitted.")
    }
    let back = stageWithoutAnswer
    if cancelRequested, back == .captured {
      enter(.cancelled, at: now, policy: policy)
      return []
    }
    enter(back, at: now, policy: policy)
    if cancelRequested { return [plan(.findReceipt(version: submittedVersion ?? version.number), at: now)] }
    let number = back == .captured ? version.number : submittedVersion ?? version.number
    return [plan(.submitOrder(version: number, resuming: back != .captured), after: attempts, at: now, policy: policy)]
  }

  private mutating func unknown(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .updating, .decided, .confirmed:
      // An update names the record and carries the whole content: repeating it is harmless.
      lookups += 1
      return [plan(.updateOrder(version: version.number), after: lookups, at: now, policy: policy)]
    case .submitting: break
    case .cancelling, .cancelled, .declining, .declined: return []
    default: throw refusal(event, "Nothing was submitted.")
    }
    mayExist = true
    enter(.unresolved, at: now, policy: policy)
    let number = submittedVersion ?? version.number
    let keyHolds = now < (firstSubmittedAt ?? now) + policy.keyRetention
    if policy.receiptClass == .key, keyHolds, !cancelRequested {
      return [plan(.submitOrder(version: number, resuming: true), after: attempts, at: now, policy: policy)]
    }
    return [plan(.findReceipt(version: number), after: attempts, at: now, policy: policy)]
  }
}
