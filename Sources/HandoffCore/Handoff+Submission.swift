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
    case .captured where stillWants(.submitOrder(version: version.number, resuming: false)):
      submittedVersion = version.number
    // The frozen content goes again, not a newer one: two different bodies under one id would race (S3b).
    case .unresolved where policy.receiptClass == .key && !keyHolds(at: now, policy: policy),
      .unresolved where policy.receiptClass == .none && mayExist:
      // Planned while the key held, leased after it may have been forgotten (F37); or an ERP that has no defence at
      // all: only a look-up is safe.
      return [plan(.findReceipt(version: submittedVersion ?? version.number), at: now)]
    case .unresolved, .recorded: submittedVersion = submittedVersion ?? version.number
    default: throw refusal(event, "A submission leaves only from captured, unresolved or recorded.")
    }
    attempts += 1
    firstSubmittedAt = firstSubmittedAt ?? now
    lastSubmittedAt = now
    enter(.submitting, at: now, policy: policy)
    return []
  }

  /// Whether an ERP of class K still honours the key of the first submission.
  func keyHolds(at now: Timestamp, policy: HandoffPolicy) -> Bool {
    now < (firstSubmittedAt ?? now) + policy.keyRetention
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
    let known = self.receipt?.version ?? 0
    switch stage {
    // A late answer about an older content says nothing about what the ERP holds now, not even when the contents are
    // equal (S7): an edit back to it must be countersigned again.
    case .updating where receipt.version <= known: return []
    case .submitting, .unresolved, .recorded, .captured: if receipt.version < known { return [] }
    case .updating: break
    case .refused where recordID == receipt.recordID:
      // The record was there and was taken back; only a look-up can say that it is there again.
      enter(.unresolved, at: now, policy: policy)
      return [plan(.findReceipt(version: submittedVersion ?? version.number), at: now)]
    case .refused: break
    case .decided, .confirmed:
      guard receipt.version > known else { return [] }
      self.receipt = receipt
      submittedVersion = receipt.version
      close(.editRefused, .mismatch, .misconfigured)
      return receipt.digest == version.digest ? [] : [plan(.updateOrder(version: version.number), at: now)]
    case .receipted, .held, .cancelling: return []
    case .declining, .declined:
      // The order was declined because the ERP seemed not to have it; what has landed after all is cancelled.
      guard recordID == nil else { return [] }
      recordID = receipt.recordID
      mayExist = false
      return [plan(.cancelOrder, at: now)]
    case .cancelled where recordID == receipt.recordID: return []
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
    // From here on this is what a look-up has to find.
    submittedVersion = receipt.version
    mayExist = false
    lookups = 0
    close(.refused, .quarantined, .mismatch)
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
    close(.moneyMismatch, .editRefused)
    if hasOpen(.paymentVoided) { return [] }
    if policy.inventory.isRequired { return [plan(.checkInventory, at: now)] }
    return decide(at: now, policy: policy)
  }

  func agrees(_ total: Money, policy: HandoffPolicy) -> Bool {
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
    if let known = recordID, known != record {
      return try differs(record, "The ERP named record \(known) before.", event, at: now, policy: policy)
    }
    switch stage {
    case .submitting, .unresolved, .recorded: break
    case .cancelled where recordID == record: return []
    case .cancelled:
      // A create that was believed lost has landed after all: undo it, and say so.
      recordID = record
      enter(.cancelling, at: now, policy: policy)
      return [plan(.cancelOrder, at: now)]
    case .declining, .declined:
      guard recordID == nil else { return [] }
      recordID = record
      mayExist = false
      return [plan(.cancelOrder, at: now)]
    case .updating:
      // The newer content is saved and not accepted, as in `recorded`: looked up, not sent again.
      lookups += 1
      return [lookAgain(at: now, policy: policy)]
    // An edit after the decision whose update the ERP has taken and not accepted yet.
    case .decided, .confirmed:
      return receipt?.digest == version.digest ? [] : [againUpdated(at: now, policy: policy)]
    case .receipted, .held, .cancelling: return []
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

  /// The update once more: it names the record and carries the whole content, so that repeating it is harmless, and its
  /// answer says whether the ERP has accepted by now.
  private mutating func againUpdated(at now: Timestamp, policy: HandoffPolicy) -> PlannedEffect {
    lookups += 1
    return plan(.updateOrder(version: version.number), after: lookups, at: now, policy: policy)
  }

  private mutating func incomplete(
    _ record: String, _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .submitting, .unresolved, .recorded: break
    case .updating where recordID == record:
      // An update names the record and carries the whole content: repeating it does the steps that are left.
      lookups += 1
      return [plan(.updateOrder(version: version.number), after: lookups, at: now, policy: policy)]
    default: return try recorded(record, event, at: now, policy: policy)
    }
    if let known = recordID, known != record {
      return try differs(record, "The ERP named record \(known) before.", event, at: now, policy: policy)
    }
    let planned = try recorded(record, event, at: now, policy: policy)
    guard stage == .recorded else { return planned }
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
    case .declining where isDeclinedUnseen, .declined where isDeclinedUnseen:
      recordID = record
      mayExist = false
      return [plan(.cancelOrder, at: now)]
    // A second record of an order that is being undone: nothing here undoes it, so a person must.
    case .cancelling, .cancelled, .declining, .declined: if record == recordID { return [] }
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
      if hasOpen(.paymentVoided) { return [] }
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
      return [againUpdated(at: now, policy: policy)]
    case .submitting: break
    // An update that was not sent because it was no longer called for.
    case .receipted, .held, .cancelling, .cancelled, .declining, .declined: return []
    default: throw refusal(event, "Nothing was submitted.")
    }
    if cancelRequested { return withdrawn(at: now, policy: policy) }
    let back = stageWithoutAnswer
    enter(back, at: now, policy: policy)
    if back == .captured, hasOpen(.paymentVoided) { return [] }
    let number = back == .captured ? version.number : submittedVersion ?? version.number
    return [plan(.submitOrder(version: number, resuming: back != .captured), after: attempts, at: now, policy: policy)]
  }

  private mutating func unknown(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .updating, .decided, .confirmed:
      return [againUpdated(at: now, policy: policy)]
    case .submitting: break
    case .cancelling, .cancelled, .declining, .declined: return []
    default: throw refusal(event, "Nothing was submitted.")
    }
    // A key answers a repetition with what the first create made. When that answer cannot be taken for a yes either,
    // the next one will not be: what the ERP holds has to be looked at before the same is sent once more.
    let isRepetition = mayExist
    mayExist = true
    enter(.unresolved, at: now, policy: policy)
    let number = submittedVersion ?? version.number
    if policy.receiptClass == .key, !isRepetition, keyHolds(at: now, policy: policy), !cancelRequested {
      return [plan(.submitOrder(version: number, resuming: true), after: attempts, at: now, policy: policy)]
    }
    return [plan(.findReceipt(version: number), after: attempts, at: now, policy: policy)]
  }
}
