import GRDB
import HandoffCore
import HandoffStore

extension SQLiteTransaction {
  /// Columns in the order of `values(_:)` and `row(from:)`.
  static let columns =
    ["id", "storefront", "order_id", "external_id", "erp", "pattern", "mode", "captured_at"]
    + ColumnGroup.allCases.flatMap(\.columns) + ["holds_fulfillment"]

  static let columnList = columns.joined(separator: ", ")

  static let insertRow = SQL(
    "INSERT INTO handoff (\(columnList)) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))")

  static func values(_ row: HandoffRow) -> [(any Bindable)?] {
    let handoff = row.handoff
    let identity: [(any Bindable)?] = [
      handoff.id.text, handoff.key.storefront.text, handoff.key.orderID, handoff.externalID.text, handoff.erp.text,
      handoff.pattern.rawValue, handoff.mode.rawValue, handoff.capturedAt.microseconds,
    ]
    // What is pinned is written once; the columns that came later stand behind those that change.
    return ColumnGroup.allCases.reduce(into: identity) { $1.append(row, to: &$0) } + [handoff.holdsFulfillment]
  }

  static func row(from row: StatementRow) throws -> HandoffRow {
    func corrupt(_ column: String) -> StoreFailure {
      .corrupt("handoff \(row[0] as String): column \(column) holds what this version does not know")
    }
    guard let pattern = GatePattern(rawValue: row[5]) else { throw corrupt("pattern") }
    guard let mode = GateMode(rawValue: row[6]) else { throw corrupt("mode") }
    guard let stage = Stage(rawValue: row[8]) else { throw corrupt("stage") }
    guard let currency = CurrencyCode(row[18] as String) else { throw corrupt("currency") }
    let version = OrderVersion(
      number: row[15], digest: ContentDigest(hex: row[16]), updatedAt: Timestamp(microseconds: row[17]),
      total: Money(minorUnits: row[19], currency: currency))
    var record = HandoffRecord(
      id: HandoffID(row[0]), key: OrderKey(storefront: StorefrontName(row[1]), orderID: row[2]),
      externalID: ExternalID(row[3]), erp: ERPName(row[4]), pattern: pattern, mode: mode,
      capturedAt: Timestamp(microseconds: row[7]), stage: stage, version: version,
      stageSince: Timestamp(microseconds: row[10]), revision: row[12])
    record.holdsFulfillment = row[46]
    record.submittedVersion = row[22]
    record.firstSubmittedAt = (row[23] as Int64?).map { Timestamp(microseconds: $0) }
    record.lastSubmittedAt = (row[24] as Int64?).map { Timestamp(microseconds: $0) }
    record.mayExist = row[25]
    record.recordID = row[27]
    if let recordID = record.recordID, let receiptVersion = row[29] as Int?, let digest = row[30] as String? {
      let total = (row[31] as Int64?).flatMap { minor in
        (row[32] as String?).flatMap { CurrencyCode($0) }.map { Money(minorUnits: minor, currency: $0) }
      }
      record.receipt = Receipt(
        recordID: recordID, recordNumber: row[28], version: receiptVersion, digest: ContentDigest(hex: digest),
        total: total)
    }
    record.validation = (row[33] as String?).flatMap { Validation(text: $0) }
    record.attempts = row[26]
    record.lookups = row[34]
    record.messageAttempts = row[35]
    record.cancelRequested = row[36]
    record.acknowledged = row[37]
    record.decision = (row[38] as String?).flatMap { Decision(rawValue: $0) }
    record.decidedVersion = row[39]
    if let name = row[40] as String? {
      guard let kind = ExceptionKind(rawValue: name) else { throw corrupt("exception_kind") }
      record.exception = OpenException(
        kind: kind, reason: row[41], openedAt: Timestamp(microseconds: row[42]),
        deadline: Timestamp(microseconds: row[43]), escalations: row[44])
    }
    if let text = row[45] as String? {
      guard let covered = OpenException.covered(text: text) else { throw corrupt("covered_exceptions") }
      record.covered = covered
    }
    record.stageDeadline = (row[9] as Int64?).map { Timestamp(microseconds: $0) }
    return HandoffRow(
      handoff: Handoff(restoring: record), number: row[20], email: row[21], entries: row[13], chainHead: row[14])
  }
}
