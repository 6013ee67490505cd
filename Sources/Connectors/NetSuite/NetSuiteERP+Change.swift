public import Connector
public import HandoffCore

extension NetSuiteERP {
  /// Replaces the record's lines, address and memo by the submission's, then reads it back.
  ///
  /// The record is read first: one that is not ours, void or gone is refused and never written to.
  public func update(_ submission: Submission, receipt: Receipt) async -> SubmissionOutcome {
    let content: SalesOrderContent
    do throws(ContentFault) { content = try SalesOrderContent(submission.order, configuration) } catch {
      return .refused(reason: error.reason)
    }
    guard isInternalID(receipt.recordID) else {
      return .refused(reason: "\"\(receipt.recordID.prefix(40))\" is no NetSuite record id.")
    }
    switch await reader.read(.recordID(receipt.recordID)) {
    case .failed(let reason): return .busy(reason: "The order could not be read before its update: \(reason)")
    case .misconfigured(let reason): return .misconfigured(reason: reason)
    case .absent: return .refused(reason: "NetSuite no longer has record \(receipt.recordID).")
    case .found(let record):
      if let reason = record.refusal(of: submission) { return .refused(reason: reason) }
    }
    let path = "record/v1/salesOrder/\(receipt.recordID)?replace=item"
    switch await exchange.send("PATCH", path, body: content.updateBody(submission), headers: Self.strict) {
    case .answer(let answer):
      guard answer.status == 204 else {
        return .unknown(reason: "NetSuite answered \(answer.status) to an update, where only 204 is an answer.")
      }
      return await readBackUpdate(submission, receipt, content)
    case .fault(let fault):
      switch fault.kind {
      case .unknown: return .unknown(reason: fault.reason)
      case .busy: return .busy(reason: fault.reason)
      case .misconfigured: return .misconfigured(reason: fault.reason)
      case .absent, .refused, .locked, .duplicate: return .refused(reason: fault.reason)
      }
    }
  }

  private func readBackUpdate(
    _ submission: Submission, _ receipt: Receipt, _ content: SalesOrderContent
  ) async -> SubmissionOutcome {
    let (reading, judgement) = await examine(.recordID(receipt.recordID), submission, content)
    guard case .found(let record) = reading, let judgement else {
      return .unknown(reason: "The update was saved and could not be read back: \(reading.reason)")
    }
    switch judgement {
    case .accepted(let total), .otherTotal(let total, _):
      return .accepted(submission.receipt(recordID: record.id, recordNumber: record.number, total: total))
    case .pending(let state): return .recorded(recordID: record.id, state: state)
    case .differs(let detail): return .refused(reason: "NetSuite saved the update, but \(detail).")
    case .void(let state): return .refused(reason: "NetSuite shows the order as \(state).")
    case .unreadable(let reason): return .unknown(reason: "The update was saved; \(reason).")
    }
  }

  /// Cancels by closing every line: the REST service has no cancel, and a deleted order would leave no trace.
  public func cancel(_ submission: Submission, recordID: String) async -> CancellationOutcome {
    guard isInternalID(recordID) else {
      return .refused(reason: "\"\(recordID.prefix(40))\" is no NetSuite record id.")
    }
    let record: SalesOrderRecord
    switch await reader.read(.recordID(recordID)) {
    case .absent: return .cancelled
    case .failed(let reason): return .deferred(reason: reason)
    case .misconfigured(let reason): return .misconfigured(reason: reason)
    case .found(let found): record = found
    }
    if record.isVoid { return .cancelled }
    if let reason = record.refusal(of: submission) { return .refused(reason: reason) }
    guard record.status == .pendingApproval || record.status == .pendingFulfillment else {
      return .refused(reason: "NetSuite shows the order as \(record.statusText); goods may have left.")
    }
    let numbers = (record.lines ?? []).compactMap(\.number)
    guard !numbers.isEmpty, numbers.count == record.lines?.count else {
      return .refused(reason: "The order's lines cannot be named (is it locked by a workflow?); cancel it in NetSuite.")
    }
    let closing: [JSONValue] = numbers.map { ["line": .number(String($0)), "isClosed": true] }
    let body: JSONValue = ["item": ["items": .array(closing)]]
    switch await exchange.send("PATCH", "record/v1/salesOrder/\(recordID)", body: body, headers: Self.strict) {
    case .answer: return await readBackCancellation(recordID)
    case .fault(let fault):
      switch fault.kind {
      case .unknown, .busy: return .deferred(reason: fault.reason)
      case .misconfigured: return .misconfigured(reason: fault.reason)
      case .absent: return .cancelled
      case .refused, .locked, .duplicate: return .refused(reason: fault.reason)
      }
    }
  }

  private func readBackCancellation(_ recordID: String) async -> CancellationOutcome {
    switch await reader.read(.recordID(recordID)) {
    case .absent: return .cancelled
    case .failed(let reason): return .deferred(reason: reason)
    case .misconfigured(let reason): return .misconfigured(reason: reason)
    case .found(let record):
      return record.isVoid
        ? .cancelled : .deferred(reason: "The lines were closed; NetSuite shows the order as \(record.statusText).")
    }
  }
}

extension SalesOrderRecord {
  /// Why the record may not be written to; nil when it may.
  fileprivate func refusal(of submission: Submission) -> String? {
    guard externalID == submission.externalID.text else {
      return "Record \(id) is not ours: its external id is \(externalID.map { "\"\($0.prefix(80))\"" } ?? "empty")."
    }
    return isVoid ? "NetSuite shows the order as \(statusText)." : nil
  }
}
