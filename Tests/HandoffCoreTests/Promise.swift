import HandoffCore

/// The promises as conditions on one step.
enum Promise {
  static func broken(from before: Handoff, by event: HandoffEvent, to walk: Walk, policy: HandoffPolicy) -> String? {
    let after = walk.handoff
    return gate(before, after, policy) ?? decision(before, event, after) ?? waiting(after, at: walk.now)
      ?? versions(before, event, after) ?? effects(before, event, walk) ?? asked(before, event, after)
      ?? cancels(before, event, walk, policy)
  }

  /// S1 and S8: what must be there at the moment of the decision, and stay there after it.
  private static func gate(_ before: Handoff, _ after: Handoff, _ policy: HandoffPolicy) -> String? {
    if after.stage.isPastDecision {
      guard after.decision == .confirm, after.receipt != nil else { return "S1: past the decision without a receipt" }
    }
    guard after.decision == .confirm, before.decision != .confirm else { return nil }
    guard let receipt = after.receipt, receipt.digest == after.version.digest else {
      return "S1: decided while the ERP holds another content"
    }
    guard after.decidedVersion == after.version.number else { return "S1: decided for an older version" }
    guard !after.cancelRequested, !before.cancelRequested else { return "S1: decided after a cancel" }
    guard after.recordID == receipt.recordID, Receipt.isPlausible(recordID: receipt.recordID) else {
      return "S1: decided on a record id that is none"
    }
    if let total = receipt.total, total != after.version.total { return "S8: decided on another amount" }
    for kind in [ExceptionKind.paymentVoided, .mismatch, .receiptRevoked, .quarantined] where after.hasOpen(kind) {
      return "S1: decided in spite of \(kind.rawValue)"
    }
    guard policy.inventory.isRequired else { return nil }
    switch after.validation {
    case .allocated, .waived: return nil
    case .partlyShort: return policy.inventory.partlyShort == .confirm ? nil : "S1: decided while partly short"
    case .short: return policy.inventory.short == .confirm ? nil : "S1: decided while short"
    case nil: return "S1: decided without a validation"
    }
  }

  /// S4: one decision, never both, taken back only when it could not be put in words.
  private static func decision(_ before: Handoff, _ event: HandoffEvent, _ after: Handoff) -> String? {
    guard let old = before.decision, old != after.decision else { return nil }
    guard after.decision == nil else { return "S4: \(old) became the other decision" }
    if case .compositionFailed = event { return nil }
    return "S4: a decision was taken back by \(event.name)"
  }

  /// S6, L2: whatever is not at its end has a next instant, and so has every exception.
  private static func waiting(_ after: Handoff, at now: Timestamp) -> String? {
    if !after.stage.isTerminal, after.deadline == nil { return "S6: \(after.stage.rawValue) waits for ever" }
    if let open = after.exception, open.deadline <= open.openedAt { return "L2: an exception without time to act" }
    return nil
  }

  /// S7 and S3b: versions do not go back, and what was sent stays what it was until its outcome is known.
  private static func versions(_ before: Handoff, _ event: HandoffEvent, _ after: Handoff) -> String? {
    if after.version.number < before.version.number || after.version.updatedAt < before.version.updatedAt {
      return "S7: the version went back"
    }
    if let old = before.receipt, let new = after.receipt, new.recordID == old.recordID, new.version < old.version {
      return "S7: the receipt went back"
    }
    guard before.mayExist, after.mayExist, before.submittedVersion != nil else { return nil }
    return before.submittedVersion == after.submittedVersion ? nil : "S3b: the frozen version changed"
  }

  /// L1, L2: what waits for a person is not lost because something else goes wrong; the gravest is in view.
  private static func asked(_ before: Handoff, _ event: HandoffEvent, _ after: Handoff) -> String? {
    let open = ([after.exception].compactMap { $0 } + after.covered).map(\.kind)
    if after.exception == nil, !after.covered.isEmpty { return "L2: an exception is covered by nothing" }
    if Set(open).count != open.count { return "L2: an exception is open twice" }
    switch event {
    case .messageRefused, .fulfillmentRefused, .cancellationRefused, .receiptDiffers, .eventRefused, .deadlinePassed,
      .paymentVoided, .lookupFailed, .connectorMisconfigured:
      guard before.stage == after.stage else { return nil }
    default: return nil
    }
    let lost = ([before.exception].compactMap { $0 } + before.covered).first {
      !$0.kind.closesOnProgress && !open.contains($0.kind)
    }
    return lost.map { "L2: \($0.kind.rawValue) was lost by \(event.name)" }
  }

  /// What is planned is wanted; a resumed submission carries the frozen version; a cancel has a record to cancel.
  private static func effects(_ before: Handoff, _ event: HandoffEvent, _ walk: Walk) -> String? {
    let after = walk.handoff
    for planned in walk.planned {
      if planned.notBefore < walk.now { return "an effect was planned for the past" }
      if planned.disposition != .perform { return "S10: an owned order planned a shadow effect" }
      if !after.stillWants(planned.effect) { return "\(planned.effect) was planned and is not wanted" }
      switch planned.effect {
      case .submitOrder(let version, true) where version != after.submittedVersion:
        return "S3b: resumed with version \(version), frozen is \(after.submittedVersion ?? 0)"
      case .submitOrder(let version, false) where version != after.version.number:
        return "S7: a first submission with an old version"
      case .cancelOrder where after.recordID == nil: return "S3c: a cancel without a record"
      case .releaseFulfillment where after.decision != .confirm && after.stage != .returned:
        return "S1: shipping was let go without a decision"
      case .releaseConfirmation where after.decision != .confirm: return "S1: a confirmation without a decision"
      case .sendCannotFulfil where after.decision != .cannotFulfil: return "S4: an apology without a decision"
      default: break
      }
    }
    return nil
  }

  /// S3c: a cancel waits until nothing is unknown any more.
  private static func cancels(
    _ before: Handoff, _ event: HandoffEvent, _ walk: Walk, _ policy: HandoffPolicy
  ) -> String? {
    let after = walk.handoff
    let isOpen = before.stage == .submitting || before.stage == .unresolved
    if event == .orderCancelled, isOpen, after.stage != before.stage {
      return "S3c: a cancel overtook an unknown create"
    }
    let submits = walk.effects.contains { if case .submitOrder = $0 { true } else { false } }
    if submits, after.cancelRequested, after.recordID == nil { return "S3c: a create was planned after a cancel" }
    guard after.stage == .cancelled, before.stage != .cancelled, before.mayExist, before.recordID == nil else {
      return nil
    }
    switch event {
    case .receiptRevoked, .cancellationCompleted: return nil
    case .receiptNotFound:
      let settled = (before.lastSubmittedAt ?? walk.now) + policy.requestLife
      return walk.now >= settled ? nil : "S3c: cancelled while a create may still arrive"
    default: return "S3c: cancelled by \(event.name) while a create may still arrive"
    }
  }
}
