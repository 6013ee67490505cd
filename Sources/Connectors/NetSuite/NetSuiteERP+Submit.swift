public import Connector
import HandoffCore

extension NetSuiteERP {
  /// Creates the sales order under the submission's external id, then reads it back.
  ///
  /// Never an upsert: that would overwrite an order which people at the ERP may have edited already.
  public func submit(_ submission: Submission) async -> SubmissionOutcome {
    let content: SalesOrderContent
    do throws(ContentFault) { content = try SalesOrderContent(submission.order, configuration) } catch {
      return .refused(reason: error.reason)
    }
    if submission.resuming || submission.recordID != nil {
      switch await findReceipt(submission) {
      case .notFound where submission.recordID == nil: break
      case .notFound: return .unknown(reason: "NetSuite no longer has record \(submission.recordID ?? "?").")
      // Nothing was sent now; what an earlier request may have done is known to the rules.
      case .failed(let reason): return .busy(reason: reason)
      case let found: return Self.outcome(found)
      }
    }
    let body = content.createBody(submission, configuration)
    switch await exchange.send("POST", "record/v1/salesOrder", body: body, headers: Self.strict) {
    case .answer(let answer):
      guard answer.status == 204, let id = Self.recordID(location: answer.headers["Location"]) else {
        return .unknown(
          reason: "NetSuite answered \(answer.status) where only 204 with a Location is an answer: "
            + NetSuiteFault.cut(answer.headers["Location"] ?? answer.text))
      }
      return await readBack(id, submission, content)
    case .fault(let fault): return await outcome(fault, submission)
    }
  }

  /// Unknown field names are refused rather than dropped.
  static let strict = [HTTPField("X-NetSuite-PropertyNameValidation", "Error")]

  /// The id in `…/record/v1/salesOrder/<id>`; nil for anything else (PM-14).
  static func recordID(location: String?) -> String? {
    guard let location, location.utf8.count <= 2000 else { return nil }
    let segments = location.split(separator: "/")
    guard let last = segments.last, let kind = segments.dropLast().last, kind.lowercased() == "salesorder" else {
      return nil
    }
    let id = String(last)
    return isInternalID(id) && Receipt.isPlausible(recordID: id) ? id : nil
  }

  /// The record exists now, whatever the reading brings: its id is kept in every outcome.
  private func readBack(
    _ id: String, _ submission: Submission, _ content: SalesOrderContent
  ) async -> SubmissionOutcome {
    let (reading, judgement) = await examine(.recordID(id), submission, content)
    guard case .found(let record) = reading, let judgement else {
      return .recorded(recordID: id, state: "saved, not read back: \(reading.reason)")
    }
    switch judgement {
    case .accepted(let total), .otherTotal(let total, _):
      // A wrong total goes along: the rules compare it and raise the exception about money.
      return .accepted(submission.receipt(recordID: id, recordNumber: record.number, total: total))
    case .pending(let state): return .recorded(recordID: id, state: state)
    case .differs(let detail): return .recorded(recordID: id, state: "saved, but \(detail)")
    case .void(let state): return .recorded(recordID: id, state: state)
    case .unreadable(let reason): return .recorded(recordID: id, state: "saved, not read back: \(reason)")
    }
  }

  private func outcome(_ fault: NetSuiteFault, _ submission: Submission) async -> SubmissionOutcome {
    switch fault.kind {
    case .unknown: return .unknown(reason: fault.reason)
    case .busy: return .busy(reason: fault.reason)
    case .misconfigured: return .misconfigured(reason: fault.reason)
    case .absent, .refused, .locked: return .refused(reason: fault.reason)
    case .duplicate: return await adopt(submission, words: fault.reason)
    }
  }

  /// The refusal says that the order exists: it is looked up and compared, whatever the text says.
  private func adopt(_ submission: Submission, words: String) async -> SubmissionOutcome {
    let found = await findReceipt(submission)
    guard case .notFound = found else { return Self.outcome(found) }
    guard let holder = await reader.holder(of: submission.externalID.text) else {
      return .unknown(reason: "\(words) No sales order of this external id can be found.")
    }
    return .refused(reason: "\(words) The external id belongs to \(holder).")
  }

  private static func outcome(_ found: LookupOutcome) -> SubmissionOutcome {
    switch found {
    case .accepted(let receipt): .accepted(receipt)
    case .recorded(let id, let state), .incomplete(let id, let state): .recorded(recordID: id, state: state)
    case .differs(let id, let detail): .recorded(recordID: id, state: "differs: \(detail)")
    case .void(let id, let reason): .recorded(recordID: id, state: reason)
    case .notFound: .unknown(reason: "NetSuite has no such order.")
    case .failed(let reason): .unknown(reason: reason)
    case .misconfigured(let reason): .misconfigured(reason: reason)
    }
  }
}

extension Reading {
  /// Why there is no record to judge.
  var reason: String {
    switch self {
    case .found(let record): "record \(record.id)"
    case .absent: "NetSuite says that there is no such record"
    case .failed(let reason), .misconfigured(let reason): reason
    }
  }
}
