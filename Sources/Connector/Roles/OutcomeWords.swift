import HandoffCore

extension SubmissionOutcome {
  /// What came of a create, for a person.
  public var words: String {
    switch self {
    case .accepted(let receipt): "accepted as record \(receipt.recordID)"
    case .recorded(let record, let state): "recorded as \(record), state \(state)"
    case .refused(let reason): "refused: \(reason)"
    case .unknown(let reason): "it is unknown whether the ERP has taken it: \(reason)"
    case .busy(let reason), .misconfigured(let reason): reason
    }
  }
}

extension LookupOutcome {
  /// What a look-up found, for a person.
  public var words: String {
    switch self {
    case .accepted(let receipt): "record \(receipt.recordID), accepted, equal to what was sent"
    case .recorded(let record, let state): "record \(record), not accepted yet: \(state)"
    case .incomplete(let record, let state): "record \(record), steps of ours outstanding: \(state)"
    case .differs(let record, let detail): "record \(record) is not what was sent: \(detail)"
    case .void(let record, let reason): "record \(record) is void: \(reason)"
    case .notFound: "nothing under our external id"
    case .failed(let reason), .misconfigured(let reason): reason
    }
  }
}

extension CancellationOutcome {
  /// How a cancellation ended, for a person.
  public var words: String {
    switch self {
    case .cancelled: "cancelled"
    case .refused(let reason), .deferred(let reason), .misconfigured(let reason):
      "\(reason); cancel it by hand"
    }
  }
}
