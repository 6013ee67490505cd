import GRDB
import HandoffCore
import HandoffStore

extension SQLiteTransaction {
  private static let selectSighting = SQL(
    "SELECT handoff_id, record_id, record_number, recorded_at, seen_at FROM sighting WHERE handoff_id = ?")

  func sighting(of id: HandoffID) throws -> Sighting? {
    try first(Self.selectSighting, [id.text]) { row in
      Sighting(
        handoffID: HandoffID(row[0]), recordID: row[1], recordNumber: row[2],
        recordedAt: (row[3] as Int64?).map { Timestamp(microseconds: $0) }, seenAt: Timestamp(microseconds: row[4]))
    }
  }

  private static let selectUnseen = SQL(
    """
    SELECT \(columnList) FROM handoff
    WHERE stage = 'observed' AND erp = ? AND captured_at >= ? AND captured_at < ? AND (captured_at, id) > (?, ?)
      AND NOT EXISTS (SELECT 1 FROM sighting WHERE sighting.handoff_id = handoff.id)
    ORDER BY captured_at, id LIMIT ?
    """)

  func unseen(_ filter: UnseenFilter) throws -> [HandoffRow] {
    let after = filter.after
    return try all(
      Self.selectUnseen,
      [
        filter.erp.text, filter.from.microseconds, filter.until.microseconds,
        after?.capturedAt.microseconds ?? Int64.min, after?.id.text ?? "", max(0, filter.limit),
      ], Self.row(from:))
  }

  private static let insertSighting = SQL(
    "INSERT INTO sighting (handoff_id, record_id, record_number, recorded_at, seen_at) VALUES (?, ?, ?, ?, ?)")

  func insert(_ sighting: Sighting) throws {
    try run(
      Self.insertSighting,
      [
        sighting.handoffID.text, sighting.recordID, sighting.recordNumber, sighting.recordedAt?.microseconds,
        sighting.seenAt.microseconds,
      ])
  }
}
