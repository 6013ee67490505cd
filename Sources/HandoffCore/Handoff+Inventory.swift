extension Handoff {
  mutating func applyInventory(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .receipted, .held: break
    // The question was asked about a version that is no longer the newest; it will be asked again.
    case .submitting, .unresolved, .recorded, .updating, .refused, .decided, .confirmed, .cancelling, .cancelled,
      .declining, .declined:
      return []
    case .captured, .returned, .observed: throw refusal(event, "No validation was due.")
    }
    switch event {
    case .inventoryValidated:
      validation = .allocated
      close(.shortage)
      return decide(at: now, policy: policy)
    case .inventoryShort(let shortages, let partly):
      validation = partly ? .partlyShort(shortages) : .short(shortages)
      return short(partly ? policy.inventory.partlyShort : policy.inventory.short, event, at: now, policy: policy)
    default:
      lookups += 1
      return [plan(.checkInventory, after: lookups, at: now, policy: policy)]
    }
  }

  private mutating func short(
    _ action: ShortageAction, _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) -> [PlannedEffect] {
    switch action {
    case .confirm: return decide(at: now, policy: policy)
    case .hold:
      enter(.held, at: now, policy: policy)
      return [plan(.checkInventory, at: now + policy.inventory.recheck)]
    case .exception:
      enter(.held, at: now, policy: policy)
      raise(.shortage, "The ERP could not allocate \(event.detail).", at: now, policy: policy)
      return []
    }
  }

  /// Records the decision to confirm, if everything the gate asks for is there (S1); otherwise nothing happens.
  ///
  /// It asks for the facts themselves, not only for the absence of an exception, which a person can close.
  mutating func decide(at now: Timestamp, policy: HandoffPolicy) -> [PlannedEffect] {
    guard stage == .receipted || stage == .held, decision == nil, !cancelRequested, mode == .gate,
      let receipt, receipt.digest == version.digest, !isBlocked,
      receipt.total.map({ agrees($0, policy: policy) }) ?? true, isValidated(policy.inventory)
    else { return [] }
    decision = .confirm
    // A hold or a pending message that failed earlier has no meaning any more.
    close(.templateFailed, .fulfillment)
    decidedVersion = version.number
    enter(.decided, at: now, policy: policy)
    var effects = [plan(.releaseConfirmation, at: now)]
    if holdsFulfillment { effects.append(plan(.releaseFulfillment, at: now)) }
    return effects
  }

  /// Whether the ERP's word on stock, or a person's, lets the newest version pass.
  func isValidated(_ rule: InventoryRule) -> Bool {
    switch validation {
    case .allocated, .waived: true
    case .partlyShort: !rule.isRequired || rule.partlyShort == .confirm
    case .short: !rule.isRequired || rule.short == .confirm
    case nil: !rule.isRequired
    }
  }
}
