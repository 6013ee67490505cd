extension Handoff {
  mutating func applyMessage(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    guard stage != .observed else { throw refusal(event, "An observed order has no effects.") }
    switch event {
    case .acknowledgementSent:
      acknowledged = true
      return []
    case .confirmationSent: return try confirmed(event, at: now, policy: policy)
    case .cannotFulfilSent:
      guard decision == .cannotFulfil else { throw refusal(event, "No such decision was recorded.") }
      if stage == .declining { enter(.declined, at: now, policy: policy) }
      return []
    case .messageDeferred(let kind, _): return again(kind, at: now, policy: policy)
    case .messageRefused(let kind, let reason):
      guard isDue(kind) else { return [] }
      raise(.messageRefused, "\(kind.rawValue): \(reason)", at: now, policy: policy)
      return []
    case .compositionFailed(let kind, let reason): return unwritten(kind, reason, at: now, policy: policy)
    case .fulfillmentChanged(let kind):
      if isDue(kind) { close(.fulfillment, .misconfigured) }
      return []
    case .fulfillmentDeferred(let kind, _): return again(kind, at: now, policy: policy)
    case .fulfillmentRefused(let kind, let reason):
      guard isDue(kind) else { return [] }
      raise(.fulfillment, reason, at: now, policy: policy)
      return []
    default: throw refusal(event, "No message event.")
    }
  }

  private mutating func confirmed(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    guard decision == .confirm else { throw refusal(event, "No decision to confirm was recorded.") }
    // A cancel may have overtaken the carrier's answer; the fact is kept in the journal, the stage stays.
    guard stage == .decided else { return [] }
    close(.messageRefused)
    enter(.confirmed, at: now, policy: policy)
    return []
  }

  private func isDue(_ kind: EffectKind) -> Bool {
    switch kind {
    case .sendAcknowledgement: stillWants(.sendAcknowledgement)
    case .releaseConfirmation: stillWants(.releaseConfirmation)
    case .sendCannotFulfil: stillWants(.sendCannotFulfil)
    case .holdFulfillment: stillWants(.holdFulfillment)
    case .releaseFulfillment: stillWants(.releaseFulfillment)
    default: false
    }
  }

  private mutating func again(_ kind: EffectKind, at now: Timestamp, policy: HandoffPolicy) -> [PlannedEffect] {
    guard isDue(kind) else { return [] }
    messageAttempts += 1
    let effect: Effect? =
      switch kind {
      case .sendAcknowledgement: .sendAcknowledgement
      case .releaseConfirmation: .releaseConfirmation
      case .sendCannotFulfil: .sendCannotFulfil
      case .holdFulfillment: .holdFulfillment
      case .releaseFulfillment: .releaseFulfillment
      default: nil
      }
    return effect.map { [plan($0, after: messageAttempts, at: now, policy: policy)] } ?? []
  }

  /// The words could not be written: nothing was decided, and a person mends the template.
  private mutating func unwritten(
    _ kind: EffectKind, _ reason: String, at now: Timestamp, policy: HandoffPolicy
  ) -> [PlannedEffect] {
    var effects: [PlannedEffect] = []
    switch (kind, stage) {
    case (.releaseConfirmation, .decided):
      decision = nil
      decidedVersion = nil
      enter(.receipted, at: now, policy: policy)
    case (.sendCannotFulfil, .declining):
      decision = nil
      decidedVersion = nil
      if let receipt, receipt.digest != version.digest {
        enter(.updating, at: now, policy: policy)
        effects = [plan(.updateOrder(version: version.number), at: now)]
      } else {
        enter(receipt == nil ? .refused : .receipted, at: now, policy: policy)
      }
    case (.sendAcknowledgement, _) where isOpen: break
    default: return []
    }
    raise(.templateFailed, "\(kind.rawValue): \(reason)", at: now, policy: policy)
    return effects
  }
}
