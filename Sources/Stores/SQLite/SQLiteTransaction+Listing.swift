import GRDB
import HandoffCore
import HandoffStore

extension SQLiteTransaction {
  private static let exceptionColumns =
    "id, handoff_id, kind, reason, opened_at, deadline, escalations, owner, closed_at, resolution"

  private static func exception(_ row: StatementRow) throws -> StoredException {
    let kind = try kind(row[2], of: "exception \(row[0] as Int64)")
    return StoredException(
      id: row[0], handoffID: HandoffID(row[1]),
      exception: OpenException(
        kind: kind, reason: row[3], openedAt: Timestamp(microseconds: row[4]),
        deadline: Timestamp(microseconds: row[5]), escalations: row[6]), owner: row[7],
      closedAt: (row[8] as Int64?).map { Timestamp(microseconds: $0) }, resolution: row[9])
  }

  private static func kind(_ text: String, of what: String) throws -> ExceptionKind {
    guard let kind = ExceptionKind(rawValue: text) else {
      throw StoreFailure.corrupt("\(what) is of the unknown kind \(text)")
    }
    return kind
  }

  func exceptions(_ filter: ExceptionFilter) throws -> [StoredException] {
    var clauses: [String] = []
    var arguments: [(any Bindable)?] = []
    if filter.onlyOpen { clauses.append("closed_at IS NULL") }
    if let owner = filter.owner {
      clauses.append("owner = ?")
      arguments.append(owner)
    }
    if let handoff = filter.handoff {
      clauses.append("handoff_id = ?")
      arguments.append(handoff.text)
    }
    var order = "closed_at IS NOT NULL, CASE WHEN closed_at IS NULL THEN deadline ELSE -id END, id"
    if let place = filter.after, place.isClosed {
      // Behind a closed one there are only closed ones, in the order of the table itself.
      clauses.append("closed_at IS NOT NULL AND id < ?")
      arguments.append(place.id)
      order = "id DESC"
    } else if let place = filter.after {
      clauses.append("(\(order)) > (?, ?, ?)")
      arguments += [false, place.rank, place.id]
    }
    let filtered = clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND ")
    return try all(
      text: "SELECT \(Self.exceptionColumns) FROM exception \(filtered) ORDER BY \(order) LIMIT ?",
      arguments + [max(0, filter.limit)], Self.exception)
  }

  func exceptionCounts(onlyOpen: Bool) throws -> [String: Int] {
    let filtered = onlyOpen ? "WHERE closed_at IS NULL" : ""
    let pairs = try all(text: "SELECT owner, count(*) FROM exception \(filtered) GROUP BY owner", []) { row in
      (row[0] as String, row[1] as Int)
    }
    return Dictionary(pairs, uniquingKeysWith: { $1 })
  }

  func openExceptionCount(now: Timestamp) throws -> OpenExceptionCount {
    let found = try all(
      text: """
        SELECT kind, count(*), count(*) FILTER (WHERE deadline <= ?), count(*) FILTER (WHERE escalations > 0)
        FROM exception WHERE closed_at IS NULL GROUP BY kind
        """, [now.microseconds]
    ) { row in
      let kind = try Self.kind(row[0], of: "an open exception")
      return (kind: kind, count: row[1] as Int, overdue: row[2] as Int, escalated: row[3] as Int)
    }
    return OpenExceptionCount(
      kinds: Dictionary(found.map { ($0.kind, $0.count) }, uniquingKeysWith: { $1 }),
      overdue: found.reduce(0) { $0 + $1.overdue }, escalated: found.reduce(0) { $0 + $1.escalated })
  }

  private static let selectException = SQL("SELECT \(exceptionColumns) FROM exception WHERE id = ?")

  func exception(_ id: Int64) throws -> StoredException? {
    try first(Self.selectException, [id], Self.exception)
  }

  func rows(_ filter: RowFilter) throws -> [HandoffRow] {
    if let text = filter.text { return try search(text, filter) }
    var clauses: [String] = []
    var arguments: [(any Bindable)?] = []
    if let storefront = filter.storefront {
      // By id, until there are enough: the index over storefronts would sort all their orders for a page of them. It is
      // what tells whether there is any.
      clauses.append(filter.limit > 1 ? "+storefront = ?" : "storefront = ?")
      arguments.append(storefront.text)
    }
    if let stage = filter.stage {
      clauses.append("stage = ?")
      arguments.append(stage.rawValue)
    }
    if let before = filter.before {
      clauses.append("id < ?")
      arguments.append(before.text)
    }
    let filtered = clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND ")
    return try all(
      text:
        "SELECT \(Self.columnList) FROM handoff \(filtered) ORDER BY id DESC LIMIT ?",
      arguments + [max(0, filter.limit)], Self.row(from:))
  }

  /// One index look-up per column, newest first; a single OR would make SQLite scan the table.
  private func search(_ text: String, _ filter: RowFilter) throws -> [HandoffRow] {
    var found: [HandoffRow] = []
    var seen: Set<HandoffID> = []
    var narrowed = ""
    var arguments: [(any Bindable)?] = []
    if let storefront = filter.storefront {
      narrowed += " AND storefront = ?"
      arguments.append(storefront.text)
    }
    if let stage = filter.stage {
      narrowed += " AND stage = ?"
      arguments.append(stage.rawValue)
    }
    if let before = filter.before {
      narrowed += " AND id < ?"
      arguments.append(before.text)
    }
    for column in ["id", "order_number", "email", "record_id", "record_number", "external_id", "order_id"] {
      // Storefront and order id share an index: it is asked once for each storefront there is.
      let anywhere = column == "order_id" ? "storefront IN (SELECT name FROM storefronts) AND " : ""
      let rows = try all(
        text: """
          WITH RECURSIVE storefronts (name) AS (
            SELECT min(storefront) FROM handoff
            UNION ALL
            SELECT (SELECT min(storefront) FROM handoff WHERE storefront > name)
            FROM storefronts WHERE name IS NOT NULL)
          SELECT \(Self.columnList) FROM handoff WHERE \(anywhere)\(column) = ?\(narrowed) ORDER BY id DESC LIMIT ?
          """,
        [column == "email" ? text.lowercased() : text] + arguments + [max(0, filter.limit)], Self.row(from:))
      for row in rows where seen.insert(row.handoff.id).inserted { found.append(row) }
    }
    return Array(found.sorted { $0.handoff.id.text > $1.handoff.id.text }.prefix(max(0, filter.limit)))
  }

  func handoffs(after id: HandoffID?, limit: Int) throws -> [HandoffRow] {
    try all(
      text:
        "SELECT \(Self.columnList) FROM handoff WHERE id > ? ORDER BY id LIMIT ?", [id?.text ?? "", max(0, limit)],
      Self.row(from:))
  }

  func counts() throws -> [Stage: Int] {
    let pairs = try all(text: "SELECT stage, count(*) FROM handoff GROUP BY stage", []) { row in
      (Stage(rawValue: row[0]), row[1] as Int)
    }
    return pairs.reduce(into: [:]) { counts, pair in if let stage = pair.0 { counts[stage] = pair.1 } }
  }

  func deliveryCounts() throws -> [DeliveryDisposition: Int] {
    let pairs = try all(text: "SELECT disposition, count(*) FROM delivery GROUP BY disposition", []) { row in
      (DeliveryDisposition(rawValue: row[0]), row[1] as Int)
    }
    return pairs.reduce(into: [:]) { counts, pair in if let kind = pair.0 { counts[kind] = pair.1 } }
  }

  func inFlight() throws -> [String: Int] {
    let pairs = try all(text: "SELECT sku, sum(quantity) FROM in_flight_line GROUP BY sku", []) { row in
      (row[0] as String, row[1] as Int)
    }
    return Dictionary(pairs, uniquingKeysWith: { $1 })
  }
}
