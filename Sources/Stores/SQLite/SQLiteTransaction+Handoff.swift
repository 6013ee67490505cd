import GRDB
import HandoffCore
import HandoffStore

extension SQLiteTransaction {
  /// Columns in the order of `values(_:)` and `row(from:)`.
  static let columns = [
    "id", "storefront", "order_id", "external_id", "erp", "pattern", "mode", "captured_at", "stage", "version",
    "digest", "updated_at", "currency", "total", "submitted_version", "first_submitted_at", "last_submitted_at",
    "may_exist", "record_id", "record_number", "receipt_version", "receipt_digest", "receipt_total",
    "receipt_currency", "validation", "attempts", "lookups", "message_attempts", "cancel_requested", "acknowledged",
    "decision", "decided_version", "exception_kind", "exception_reason", "exception_opened_at", "exception_deadline",
    "exception_escalations", "stage_deadline", "stage_since", "deadline", "revision", "order_number", "email",
    "entries", "chain_head",
  ]

  static let columnList = columns.joined(separator: ", ")

  static let insertRow =
    "INSERT INTO handoff (\(columnList)) VALUES (" + columns.map { _ in "?" }.joined(separator: ", ") + ")"

  /// The first seven columns and the capture never change; the rest is written at every step.
  static let updateRow =
    "UPDATE handoff SET " + columns.dropFirst(8).map { "\($0) = ?" }.joined(separator: ", ")
    + " WHERE id = ? AND revision = ?"

  static func values(_ row: HandoffRow) -> [(any Bindable)?] {
    let handoff = row.handoff
    let receipt = handoff.receipt
    let exception = handoff.exception
    return [
      handoff.id.text, handoff.key.storefront.text, handoff.key.orderID, handoff.externalID.text, handoff.erp.text,
      handoff.pattern.rawValue, handoff.mode.rawValue, handoff.capturedAt.microseconds, handoff.stage.rawValue,
      handoff.version.number, handoff.version.digest.hex, handoff.version.updatedAt.microseconds,
      handoff.version.total.currency.text, handoff.version.total.minorUnits, handoff.submittedVersion,
      handoff.firstSubmittedAt?.microseconds, handoff.lastSubmittedAt?.microseconds, handoff.mayExist,
      handoff.recordID, receipt?.recordNumber, receipt?.version, receipt?.digest.hex, receipt?.total?.minorUnits,
      receipt?.total?.currency.text, handoff.validation?.text, handoff.attempts, handoff.lookups,
      handoff.messageAttempts, handoff.cancelRequested, handoff.acknowledged, handoff.decision?.rawValue,
      handoff.decidedVersion, exception?.kind.rawValue, exception?.reason, exception?.openedAt.microseconds,
      exception?.deadline.microseconds, exception?.escalations, handoff.stageDeadline?.microseconds,
      handoff.stageSince.microseconds, handoff.deadline?.microseconds, handoff.revision, row.number, row.email,
      row.entries, row.chainHead,
    ]
  }

  static func row(from row: StatementRow) throws -> HandoffRow {
    func corrupt(_ column: String) -> StoreFailure {
      .corrupt("handoff \(row[0] as String): column \(column) holds what this version does not know")
    }
    guard let pattern = GatePattern(rawValue: row[5]) else { throw corrupt("pattern") }
    guard let mode = GateMode(rawValue: row[6]) else { throw corrupt("mode") }
    guard let stage = Stage(rawValue: row[8]) else { throw corrupt("stage") }
    guard let currency = CurrencyCode(row[12] as String) else { throw corrupt("currency") }
    let version = OrderVersion(
      number: row[9], digest: ContentDigest(hex: row[10]), updatedAt: Timestamp(microseconds: row[11]),
      total: Money(minorUnits: row[13], currency: currency))
    var record = HandoffRecord(
      id: HandoffID(row[0]), key: OrderKey(storefront: StorefrontName(row[1]), orderID: row[2]),
      externalID: ExternalID(row[3]), erp: ERPName(row[4]), pattern: pattern, mode: mode,
      capturedAt: Timestamp(microseconds: row[7]), stage: stage, version: version,
      stageSince: Timestamp(microseconds: row[38]), revision: row[40])
    record.submittedVersion = row[14]
    record.firstSubmittedAt = (row[15] as Int64?).map { Timestamp(microseconds: $0) }
    record.lastSubmittedAt = (row[16] as Int64?).map { Timestamp(microseconds: $0) }
    record.mayExist = row[17]
    record.recordID = row[18]
    if let recordID = record.recordID, let receiptVersion = row[20] as Int?, let digest = row[21] as String? {
      let total = (row[22] as Int64?).flatMap { minor in
        (row[23] as String?).flatMap { CurrencyCode($0) }.map { Money(minorUnits: minor, currency: $0) }
      }
      record.receipt = Receipt(
        recordID: recordID, recordNumber: row[19], version: receiptVersion, digest: ContentDigest(hex: digest),
        total: total)
    }
    record.validation = (row[24] as String?).flatMap { Validation(text: $0) }
    record.attempts = row[25]
    record.lookups = row[26]
    record.messageAttempts = row[27]
    record.cancelRequested = row[28]
    record.acknowledged = row[29]
    record.decision = (row[30] as String?).flatMap { Decision(rawValue: $0) }
    record.decidedVersion = row[31]
    if let name = row[32] as String? {
      guard let kind = ExceptionKind(rawValue: name) else { throw corrupt("exception_kind") }
      record.exception = OpenException(
        kind: kind, reason: row[33], openedAt: Timestamp(microseconds: row[34]),
        deadline: Timestamp(microseconds: row[35]), escalations: row[36])
    }
    record.stageDeadline = (row[37] as Int64?).map { Timestamp(microseconds: $0) }
    return HandoffRow(
      handoff: Handoff(restoring: record), number: row[41], email: row[42], entries: row[43], chainHead: row[44])
  }
}
