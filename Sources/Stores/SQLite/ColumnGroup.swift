import HandoffCore
import HandoffStore

/// Columns of a handoff that change together.
///
/// SQLite takes an index entry out and puts it back whenever a statement names its column, changed or not; so an update
/// names only the groups that differ.
enum ColumnGroup: Int, CaseIterable {
  case progress, content, submission, record, checks, customer, exception

  var columns: [String] {
    switch self {
    case .progress: ["stage", "stage_deadline", "stage_since", "deadline", "revision", "entries", "chain_head"]
    case .content: ["version", "digest", "updated_at", "currency", "total", "order_number", "email"]
    case .submission:
      ["submitted_version", "first_submitted_at", "last_submitted_at", "may_exist", "attempts"]
    case .record:
      ["record_id", "record_number", "receipt_version", "receipt_digest", "receipt_total", "receipt_currency"]
    case .checks: ["validation", "lookups", "message_attempts"]
    case .customer: ["cancel_requested", "acknowledged", "decision", "decided_version"]
    case .exception:
      [
        "exception_kind", "exception_reason", "exception_opened_at", "exception_deadline", "exception_escalations",
        "covered_exceptions",
      ]
    }
  }

  /// Adds the values of the group's columns.
  func append(_ row: HandoffRow, to values: inout [(any Bindable)?]) {
    let handoff = row.handoff
    switch self {
    case .progress:
      values.append(handoff.stage.rawValue)
      values.append(handoff.stageDeadline?.microseconds)
      values.append(handoff.stageSince.microseconds)
      values.append(handoff.deadline?.microseconds)
      values.append(handoff.revision)
      values.append(row.entries)
      values.append(row.chainHead)
    case .content:
      let version = handoff.version
      values.append(version.number)
      values.append(version.digest.hex)
      values.append(version.updatedAt.microseconds)
      values.append(version.total.currency.text)
      values.append(version.total.minorUnits)
      values.append(row.number)
      values.append(row.email)
    case .submission:
      values.append(handoff.submittedVersion)
      values.append(handoff.firstSubmittedAt?.microseconds)
      values.append(handoff.lastSubmittedAt?.microseconds)
      values.append(handoff.mayExist)
      values.append(handoff.attempts)
    case .record:
      let receipt = handoff.receipt
      values.append(handoff.recordID)
      values.append(receipt?.recordNumber)
      values.append(receipt?.version)
      values.append(receipt?.digest.hex)
      values.append(receipt?.total?.minorUnits)
      values.append(receipt?.total?.currency.text)
    case .checks:
      values.append(handoff.validation?.text)
      values.append(handoff.lookups)
      values.append(handoff.messageAttempts)
    case .customer:
      values.append(handoff.cancelRequested)
      values.append(handoff.acknowledged)
      values.append(handoff.decision?.rawValue)
      values.append(handoff.decidedVersion)
    case .exception:
      let exception = handoff.exception
      values.append(exception?.kind.rawValue)
      values.append(exception?.reason)
      values.append(exception?.openedAt.microseconds)
      values.append(exception?.deadline.microseconds)
      values.append(exception?.escalations)
      values.append(OpenException.text(of: handoff.covered))
    }
  }

  func differs(_ old: HandoffRow, _ new: HandoffRow) -> Bool {
    let (before, after) = (old.handoff, new.handoff)
    switch self {
    case .progress: return true
    case .content: return before.version != after.version || old.number != new.number || old.email != new.email
    case .submission:
      return before.submittedVersion != after.submittedVersion || before.firstSubmittedAt != after.firstSubmittedAt
        || before.lastSubmittedAt != after.lastSubmittedAt || before.mayExist != after.mayExist
        || before.attempts != after.attempts
    case .record: return before.recordID != after.recordID || before.receipt != after.receipt
    case .checks:
      return before.validation != after.validation || before.lookups != after.lookups
        || before.messageAttempts != after.messageAttempts
    case .customer:
      return before.cancelRequested != after.cancelRequested || before.acknowledged != after.acknowledged
        || before.decision != after.decision || before.decidedVersion != after.decidedVersion
    case .exception: return before.exception != after.exception || before.covered != after.covered
    }
  }

  /// The update of each set of groups, by the set's bits.
  static let updates: [SQL] = (0..<(1 << allCases.count)).map { bits in
    let groups = allCases.filter { bits & (1 << $0.rawValue) != 0 }
    let assignments = groups.flatMap(\.columns).map { "\($0) = ?" }.joined(separator: ", ")
    return SQL("UPDATE handoff SET \(assignments) WHERE id = ? AND revision = ?")
  }
}
