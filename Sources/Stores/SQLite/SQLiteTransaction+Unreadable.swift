import GRDB
import HandoffCore
import HandoffStore

extension SQLiteTransaction {
  private static let unreadableColumns =
    "id, storefront, topic, reason, received_at, owner, deadline, headers, length(body), closed_at, resolution"

  private static func unreadable(_ row: StatementRow, body: [UInt8] = []) -> StoredUnreadable {
    StoredUnreadable(
      id: row[0],
      delivery: UnreadableDelivery(
        storefront: StorefrontName(row[1]), topic: row[2], reason: row[3],
        receivedAt: Timestamp(microseconds: row[4]), owner: row[5], deadline: Timestamp(microseconds: row[6]),
        headers: row[7], body: body), bytes: row[8], closedAt: (row[9] as Int64?).map { Timestamp(microseconds: $0) },
      resolution: row[10])
  }

  func unreadable(_ filter: UnreadableFilter) throws -> [StoredUnreadable] {
    var clauses: [String] = []
    var arguments: [(any Bindable)?] = []
    if filter.onlyOpen { clauses.append("closed_at IS NULL") }
    if let owner = filter.owner {
      clauses.append("owner = ?")
      arguments.append(owner)
    }
    let filtered = clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND ")
    return try all(
      text:
        """
        SELECT \(Self.unreadableColumns) FROM unreadable \(filtered)
        ORDER BY closed_at IS NOT NULL, id DESC LIMIT ?
        """, arguments + [max(0, filter.limit)]
    ) { Self.unreadable($0) }
  }

  func unreadable(_ id: Int64) throws -> StoredUnreadable? {
    let found = try all(text: "SELECT \(Self.unreadableColumns), body FROM unreadable WHERE id = ?", [id]) { row in
      Self.unreadable(row, body: (row[11] as Blob).bytes)
    }
    return found.first
  }

  func unreadableCount(now: Timestamp) throws -> UnreadableCount {
    let found = try all(
      text: """
        SELECT (SELECT count(*) FROM unreadable), (SELECT count(*) FROM unreadable WHERE closed_at IS NULL),
          (SELECT count(*) FROM unreadable WHERE closed_at IS NULL AND deadline <= ?)
        """, [now.microseconds]
    ) { UnreadableCount(all: $0[0], open: $0[1], overdue: $0[2]) }
    return found.first ?? UnreadableCount(all: 0, open: 0, overdue: 0)
  }

  private static let insertUnreadable = SQL(
    """
    INSERT INTO unreadable (storefront, topic, reason, received_at, owner, deadline, headers, body, resolution)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')
    """)

  func insert(_ record: UnreadableDelivery) throws {
    try run(
      Self.insertUnreadable,
      [
        record.storefront.text, record.topic, record.reason, record.receivedAt.microseconds, record.owner,
        record.deadline.microseconds, record.headers, Blob(bytes: record.body),
      ])
  }

  private static let closeOne = SQL(
    "UPDATE unreadable SET closed_at = ?, resolution = ? WHERE id = ? AND closed_at IS NULL")

  func closeUnreadable(_ id: Int64, at: Timestamp, resolution: String) throws {
    try run(Self.closeOne, [at.microseconds, resolution, id])
  }
}
