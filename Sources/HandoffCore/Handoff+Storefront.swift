extension Handoff {
  mutating func applyStorefront(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch event {
    case .orderEdited(let newer): return try edited(newer, event, at: now, policy: policy)
    case .orderCancelled: return requestCancel(at: now, policy: policy)
    default: return voided(at: now, policy: policy)
    }
  }

  private mutating func edited(
    _ newer: OrderVersion, _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    guard newer.number > version.number, newer.updatedAt >= version.updatedAt else {
      throw refusal(event, "A version never goes back.")
    }
    version = newer
    switch stage {
    case .captured:
      guard hasOpen(.paymentVoided) else { return [] }
      close(.paymentVoided)
      return [plan(.submitOrder(version: newer.number, resuming: false), at: now)]
    case .refused:
      close { $0.isAboutContent || $0.isAboutRecord }
      if mayExist || recordID != nil {
        enter(.unresolved, at: now, policy: policy)
        return [plan(.findReceipt(version: submittedVersion ?? newer.number), at: now)]
      }
      enter(.captured, at: now, policy: policy)
      return [plan(.submitOrder(version: newer.number, resuming: false), at: now)]
    case .submitting, .unresolved, .recorded: return []
    case .receipted, .held, .updating:
      // The gate closes again: the ERP has not countersigned this content (S1).
      validation = nil
      close { $0.isAboutContent }
      enter(.updating, at: now, policy: policy)
      return [plan(.updateOrder(version: newer.number), at: now)]
    case .decided, .confirmed: return [plan(.updateOrder(version: newer.number), at: now)]
    case .cancelling, .cancelled, .declining, .declined, .returned, .observed: return []
    }
  }

  /// A cancel never overtakes an unknown create: it waits until that is resolved (S3c).
  mutating func requestCancel(at now: Timestamp, policy: HandoffPolicy) -> [PlannedEffect] {
    switch stage {
    case .captured:
      cancelRequested = true
      enter(.cancelled, at: now, policy: policy)
      return []
    case .refused:
      cancelRequested = true
      close { _ in true }
      if mayExist || recordID != nil {
        enter(.unresolved, at: now, policy: policy)
        return [plan(.findReceipt(version: submittedVersion ?? version.number), at: now)]
      }
      enter(.cancelled, at: now, policy: policy)
      return []
    case .submitting: cancelRequested = true
    case .unresolved:
      cancelRequested = true
      return [plan(.findReceipt(version: submittedVersion ?? version.number), at: now)]
    case .recorded, .receipted, .updating, .held, .decided, .confirmed:
      cancelRequested = true
      close { $0 != .messageRefused }
      enter(.cancelling, at: now, policy: policy)
      return [plan(.cancelOrder, at: now)]
    // Nothing is left to undo; the wish is kept, so that its repetition says nothing new.
    case .cancelling, .cancelled, .declining, .declined, .returned, .observed: cancelRequested = true
    }
    return []
  }

  private mutating func voided(at now: Timestamp, policy: HandoffPolicy) -> [PlannedEffect] {
    switch stage {
    case .cancelling, .cancelled, .declining, .declined, .returned, .observed: break
    default: raise(.paymentVoided, "The storefront says the payment is void.", at: now, policy: policy)
    }
    return []
  }

  mutating func applyCancellation(
    _ event: HandoffEvent, at now: Timestamp, policy: HandoffPolicy
  ) throws(Refusal) -> [PlannedEffect] {
    switch stage {
    case .cancelling, .declining, .declined: break
    case .cancelled: return []
    default: throw refusal(event, "No cancellation was asked for.")
    }
    switch event {
    case .cancellationCompleted:
      close(.cancellation, .misconfigured)
      if stage == .cancelling { enter(.cancelled, at: now, policy: policy) }
    case .cancellationDeferred:
      lookups += 1
      return [plan(.cancelOrder, after: lookups, at: now, policy: policy)]
    case .cancellationRefused(let reason): raise(.cancellation, reason, at: now, policy: policy)
    default: throw refusal(event, "No cancellation event.")
    }
    return []
  }
}
