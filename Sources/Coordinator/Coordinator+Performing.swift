import Connector
package import HandoffCore
package import HandoffStore

extension Coordinator {
  /// Performs one effect and says what came of it. Whatever is not definite is unknown.
  package func outcome(of task: ClaimedTask) async -> HandoffEvent {
    switch task.effect.kind.destination {
    case .erp: await outcomeOfERP(task)
    case .notify: await outcomeOfMessage(task)
    case .storefront: await outcomeOfGate(task)
    }
  }

  private func outcomeOfERP(_ task: ClaimedTask) async -> HandoffEvent {
    let kind = task.effect.kind
    guard let erp = setting.erps[task.handoff.erp] else {
      return .connectorMisconfigured(kind, reason: "There is no ERP named \(task.handoff.erp) in the configuration.")
    }
    let submission = submission(of: task)
    switch task.effect {
    case .submitOrder: return HandoffEvent(await erp.submit(submission), kind)
    case .findReceipt: return HandoffEvent(await erp.findReceipt(submission), kind)
    case .checkInventory:
      guard let receipt = task.handoff.receipt else { return .inventoryUnknown(reason: "There is no receipt.") }
      return HandoffEvent(await erp.checkInventory(submission, receipt: receipt), kind)
    case .updateOrder:
      guard let receipt = task.handoff.receipt else { return .submissionDeferred(reason: "There is no receipt.") }
      if let reason = await outdated(task) { return .submissionDeferred(reason: reason) }
      return HandoffEvent(await erp.update(submission, receipt: receipt), kind)
    case .cancelOrder:
      guard let recordID = task.handoff.recordID else {
        return .cancellationRefused(reason: "No ERP record is known for this order.")
      }
      return HandoffEvent(await erp.cancel(submission, recordID: recordID), kind)
    default: return .eventRefused(reason: "\(kind.rawValue) is no effect of an ERP.")
    }
  }

  /// Why an update must not leave any more; nil when it may.
  ///
  /// It overwrites whatever the ERP holds, so that one which was held up must not follow a newer one (S7): asked again
  /// as the last thing before it is sent. A store that cannot say so is a reason too.
  private func outdated(_ task: ClaimedTask) async -> String? {
    let now = time.now
    do {
      return try await store.read { store in
        guard let stored = try store.task(task.id), stored.attempt == task.attempt, let until = stored.leasedUntil,
          now < until
        else { return "The lease had run out before the update left; nothing was sent." }
        let isWanted = try store.row(task.handoff.id)?.handoff.stillWants(task.effect) ?? false
        return isWanted ? nil : "Version \(task.version) was no longer the newest; nothing was sent."
      }
    } catch {
      return "The store could not be asked whether the update is still called for; nothing was sent."
    }
  }

  private func submission(of task: ClaimedTask) -> Submission {
    var resuming = false
    if case .submitOrder(_, let again) = task.effect { resuming = again || task.handoff.attempts > 1 }
    return Submission(
      handoffID: task.handoff.id, key: task.handoff.key, externalID: task.handoff.externalID, order: task.order,
      version: task.version, digest: task.digest, recordID: task.handoff.recordID, resuming: resuming)
  }

  private func outcomeOfMessage(_ task: ClaimedTask) async -> HandoffEvent {
    let kind = task.effect.kind
    guard let sender = setting.storefronts[task.handoff.key.storefront]?.sender else {
      return .connectorMisconfigured(kind, reason: "No sender is configured for \(task.handoff.key.storefront).")
    }
    guard let message = task.message, let messageKind = MessageKind(kind) else {
      return .messageRefused(kind, reason: "The frozen message is missing.")
    }
    let frozen = FrozenMessage(
      key: message.key, kind: messageKind, recipient: message.recipient, content: message.content)
    switch await sender.send(frozen) {
    case .accepted:
      switch messageKind {
      case .acknowledgement: return .acknowledgementSent
      case .confirmation: return .confirmationSent
      case .cannotFulfil: return .cannotFulfilSent
      }
    case .deferred(let reason): return .messageDeferred(kind, reason: reason)
    case .refused(let reason): return .messageRefused(kind, reason: reason)
    case .misconfigured(let reason): return .connectorMisconfigured(kind, reason: reason)
    }
  }

  private func outcomeOfGate(_ task: ClaimedTask) async -> HandoffEvent {
    let kind = task.effect.kind
    guard let gate = setting.storefronts[task.handoff.key.storefront]?.fulfillment else {
      return .connectorMisconfigured(kind, reason: "\(task.handoff.key.storefront) has no brake on its shipping.")
    }
    // What is let go without a confirmation, because it was handed back, must not be marked as confirmed.
    let record = task.handoff.decision == .confirm ? task.handoff.recordID : nil
    let outcome =
      kind == .holdFulfillment
      ? await gate.hold(task.handoff.key, handoffID: task.handoff.id)
      : await gate.release(task.handoff.key, handoffID: task.handoff.id, recordID: record)
    switch outcome {
    case .done: return .fulfillmentChanged(kind)
    case .deferred(let reason): return .fulfillmentDeferred(kind, reason: reason)
    case .refused(let reason): return .fulfillmentRefused(kind, reason: reason)
    case .misconfigured(let reason): return .connectorMisconfigured(kind, reason: reason)
    }
  }
}

extension HandoffEvent {
  init(_ outcome: SubmissionOutcome, _ kind: EffectKind) {
    self =
      switch outcome {
      case .accepted(let receipt): .receiptIssued(receipt)
      case .recorded(let recordID, let state): .orderRecorded(recordID: recordID, state: state)
      case .refused(let reason): .submissionRefused(reason: reason)
      case .busy(let reason): .submissionDeferred(reason: reason)
      case .unknown(let reason): .submissionOutcomeUnknown(reason: reason)
      case .misconfigured(let reason): .connectorMisconfigured(kind, reason: reason)
      }
  }

  init(_ outcome: LookupOutcome, _ kind: EffectKind) {
    self =
      switch outcome {
      case .accepted(let receipt): .receiptFound(receipt)
      case .recorded(let recordID, let state): .orderRecorded(recordID: recordID, state: state)
      case .incomplete(let recordID, let state): .submissionIncomplete(recordID: recordID, state: state)
      case .differs(let recordID, let detail): .receiptDiffers(recordID: recordID, detail: detail)
      case .void(let recordID, let reason): .receiptRevoked(reason: "record \(recordID): \(reason)")
      case .notFound: .receiptNotFound
      case .failed(let reason): .lookupFailed(reason: reason)
      case .misconfigured(let reason): .connectorMisconfigured(kind, reason: reason)
      }
  }

  init(_ outcome: InventoryOutcome, _ kind: EffectKind) {
    self =
      switch outcome {
      case .allocated: .inventoryValidated
      case .partlyShort(let shortages): .inventoryShort(shortages, partly: true)
      case .short(let shortages): .inventoryShort(shortages, partly: false)
      case .unknown(let reason): .inventoryUnknown(reason: reason)
      case .void(let reason): .receiptRevoked(reason: reason)
      case .misconfigured(let reason): .connectorMisconfigured(kind, reason: reason)
      }
  }

  init(_ outcome: CancellationOutcome, _ kind: EffectKind) {
    self =
      switch outcome {
      case .cancelled: .cancellationCompleted
      case .refused(let reason): .cancellationRefused(reason: reason)
      case .deferred(let reason): .cancellationDeferred(reason: reason)
      case .misconfigured(let reason): .connectorMisconfigured(kind, reason: reason)
      }
  }
}
