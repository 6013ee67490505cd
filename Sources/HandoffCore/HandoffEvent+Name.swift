extension HandoffEvent {
  /// The event's name in the journal, in tables and in logs.
  public var name: String {
    switch self {
    case .submissionStarted: "submission_started"
    case .orderRecorded: "order_recorded"
    case .receiptIssued: "receipt_issued"
    case .receiptFound: "receipt_found"
    case .receiptDiffers: "receipt_differs"
    case .submissionRefused: "submission_refused"
    case .submissionDeferred: "submission_deferred"
    case .submissionOutcomeUnknown: "submission_outcome_unknown"
    case .receiptNotFound: "receipt_not_found"
    case .submissionIncomplete: "submission_incomplete"
    case .lookupFailed: "lookup_failed"
    case .receiptRevoked: "receipt_revoked"
    case .inventoryValidated: "inventory_validated"
    case .inventoryShort: "inventory_short"
    case .inventoryUnknown: "inventory_unknown"
    case .acknowledgementSent: "acknowledgement_sent"
    case .confirmationSent: "confirmation_sent"
    case .cannotFulfilSent: "cannot_fulfil_sent"
    case .messageDeferred: "message_deferred"
    case .messageRefused: "message_refused"
    case .compositionFailed: "composition_failed"
    case .fulfillmentChanged: "fulfillment_changed"
    case .fulfillmentDeferred: "fulfillment_deferred"
    case .fulfillmentRefused: "fulfillment_refused"
    case .orderEdited: "order_edited"
    case .orderCancelled: "order_cancelled"
    case .paymentVoided: "payment_voided"
    case .cancellationCompleted: "cancellation_completed"
    case .cancellationDeferred: "cancellation_deferred"
    case .cancellationRefused: "cancellation_refused"
    case .deadlinePassed: "deadline_passed"
    case .connectorMisconfigured: "connector_misconfigured"
    case .eventRefused: "event_refused"
    case .operatorDecided: "operator_decided"
    }
  }

  /// The event's data in words, for the journal and for `order explain`.
  public var detail: String {
    switch self {
    case .orderRecorded(let recordID, let state), .submissionIncomplete(let recordID, let state):
      "record \(recordID), state \(state)"
    case .receiptIssued(let receipt), .receiptFound(let receipt):
      "record \(receipt.recordID), version \(receipt.version)"
    case .receiptDiffers(let recordID, let detail): "record \(recordID): \(detail)"
    case .submissionRefused(let reason), .submissionDeferred(let reason), .submissionOutcomeUnknown(let reason),
      .lookupFailed(let reason), .receiptRevoked(let reason), .inventoryUnknown(let reason),
      .cancellationDeferred(let reason), .cancellationRefused(let reason), .eventRefused(let reason):
      reason
    case .inventoryShort(let shortages, let partly):
      (partly ? "partly: " : "") + shortages.map { "\($0.sku) \($0.allocated)/\($0.ordered)" }.joined(separator: ", ")
    case .messageDeferred(let kind, let reason), .messageRefused(let kind, let reason),
      .compositionFailed(let kind, let reason), .fulfillmentDeferred(let kind, let reason),
      .fulfillmentRefused(let kind, let reason), .connectorMisconfigured(let kind, let reason):
      "\(kind.rawValue): \(reason)"
    case .fulfillmentChanged(let kind): kind.rawValue
    case .orderEdited(let version): "version \(version.number)"
    case .operatorDecided(let decision, let name): "\(decision.name) by \(name)"
    case .submissionStarted, .receiptNotFound, .inventoryValidated, .acknowledgementSent, .confirmationSent,
      .cannotFulfilSent, .orderCancelled, .paymentVoided, .cancellationCompleted, .deadlinePassed:
      ""
    }
  }
}

extension OperatorDecision {
  /// The decision's name on the command line, in the API and in the journal.
  public var name: String {
    switch self {
    case .retry: "retry"
    case .createAgain: "create-again"
    case .adopt: "adopt"
    case .acceptShortage: "accept-shortage"
    case .acceptVoidPayment: "accept-void-payment"
    case .decline: "decline"
    case .cancel: "cancel"
    case .handBack: "hand-back"
    }
  }
}

extension HandoffEvent {
  /// The names of those that say that an attempt led to nothing although nobody refused.
  public static let troubles: Set<String> = [
    "submission_deferred", "submission_outcome_unknown", "lookup_failed", "inventory_unknown", "message_deferred",
    "fulfillment_deferred", "cancellation_deferred", "connector_misconfigured",
  ]

  /// Whether it says that an attempt led to nothing although nobody refused.
  public var isTrouble: Bool {
    switch self {
    case .submissionDeferred, .submissionOutcomeUnknown, .lookupFailed, .inventoryUnknown, .messageDeferred,
      .fulfillmentDeferred, .cancellationDeferred, .connectorMisconfigured:
      true
    default: false
    }
  }
}
