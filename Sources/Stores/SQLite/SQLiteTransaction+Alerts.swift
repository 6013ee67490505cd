import GRDB
import HandoffCore
import HandoffStore

extension SQLiteTransaction {
  func alertQueues() throws -> [AlertQueue] {
    try all(
      text: """
        SELECT owner, batch, count(*), max(at) FROM alert GROUP BY owner, batch ORDER BY owner, batch IS NOT NULL, batch
        """, []
    ) { row in
      AlertQueue(owner: row[0], batch: row[1], count: row[2], newest: Timestamp(microseconds: row[3]))
    }
  }

  func alerts(in batch: String, limit: Int) throws -> [Alert] {
    try all(
      text: """
        SELECT owner, occasion, kind, storefront, subject, at, deadline FROM alert WHERE batch = ? ORDER BY id LIMIT ?
        """, [batch, max(0, limit)]
    ) { row in
      guard let occasion = AlertOccasion(rawValue: row[1]) else {
        throw StoreFailure.corrupt("an alert has the unknown occasion \(row[1] as String)")
      }
      return Alert(
        owner: row[0], occasion: occasion, kind: row[2], storefront: StorefrontName(row[3]), subject: row[4],
        at: Timestamp(microseconds: row[5]), deadline: Timestamp(microseconds: row[6]))
    }
  }

  func alertCounts(in batch: String) throws -> [String: Int] {
    let pairs = try all(text: "SELECT kind, count(*) FROM alert WHERE batch = ? GROUP BY kind", [batch]) { row in
      (row[0] as String, row[1] as Int)
    }
    return Dictionary(pairs, uniquingKeysWith: { $1 })
  }

  private static let insertAlert = SQL(
    """
    INSERT INTO alert (owner, occasion, kind, storefront, subject, at, deadline) VALUES (?, ?, ?, ?, ?, ?, ?)
    """)

  func insert(_ alert: Alert) throws {
    try run(
      Self.insertAlert,
      [
        alert.owner, alert.occasion.rawValue, alert.kind, alert.storefront.text, alert.subject,
        alert.at.microseconds, alert.deadline.microseconds,
      ])
  }

  private static let gather = SQL("UPDATE alert SET batch = ? WHERE owner = ? AND batch IS NULL")

  func gatherAlerts(of owner: String, into batch: String) throws { try run(Self.gather, [batch, owner]) }

  private static let dropBatch = SQL("DELETE FROM alert WHERE batch = ?")

  func dropAlerts(in batch: String) throws { try run(Self.dropBatch, [batch]) }
}
