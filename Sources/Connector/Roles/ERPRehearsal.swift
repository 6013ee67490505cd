import HandoffCore

extension ERPConnector {
  /// Creates, reads back and cancels; see ``rehearsal(of:)``.
  public func rehearse(_ submission: Submission) async -> [ProbeFinding] { await rehearsal(of: submission) }

  /// The whole round with a sample order, a finding for each step; what is created is cancelled again.
  public func rehearsal(of submission: Submission) async -> [ProbeFinding] {
    var findings: [ProbeFinding] = []
    let outcome = await submit(submission)
    let check = "create \(submission.externalID)"
    switch outcome {
    case .accepted, .recorded: findings.append(ProbeFinding(check, isHealthy: true, finding: outcome.words))
    default: return [ProbeFinding(check, isHealthy: false, finding: outcome.words)]
    }
    let found = await findReceipt(submission)
    var record: String?
    switch found {
    case .accepted(let receipt): record = receipt.recordID
    case .recorded(let id, _), .incomplete(let id, _): record = id
    default: break
    }
    findings.append(ProbeFinding("read it back", isHealthy: record != nil, finding: found.words))
    if let record {
      let cancelled = await cancel(submission, recordID: record)
      findings.append(ProbeFinding("cancel it", isHealthy: cancelled == .cancelled, finding: cancelled.words))
    }
    return findings
  }
}
