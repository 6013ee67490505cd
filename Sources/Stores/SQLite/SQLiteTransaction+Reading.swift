import GRDB
import HandoffCore
import HandoffStore

extension SQLiteTransaction: StoreReading {
  private static let selectByKey = SQL(
    "SELECT \(columnList) FROM handoff WHERE storefront = ? AND order_id = ?")

  func row(of key: OrderKey) throws -> HandoffRow? {
    try first(
      Self.selectByKey,
      [key.storefront.text, key.orderID], Self.row(from:))
  }

  private static let selectRow = SQL("SELECT \(columnList) FROM handoff WHERE id = ?")

  func row(_ id: HandoffID) throws -> HandoffRow? {
    if let known = memory?.rows[id] { return known }
    let row = try first(Self.selectRow, [id.text], Self.row(from:))
    if let row { memory?.rows.keep(row) }
    return row
  }

  private static let selectVersion = SQL(
    "SELECT digest, updated_at, currency, total, body FROM order_version WHERE handoff_id = ? AND number = ?")

  func version(_ number: Int, of id: HandoffID) throws -> StoredVersion? {
    try first(
      Self.selectVersion,
      [id.text, number]
    ) { row in
      guard let currency = CurrencyCode(row[2] as String) else {
        throw StoreFailure.corrupt("version \(number) of \(id) has no currency")
      }
      return StoredVersion(
        handoffID: id,
        version: OrderVersion(
          number: number, digest: ContentDigest(hex: row[0]), updatedAt: Timestamp(microseconds: row[1]),
          total: Money(minorUnits: row[3], currency: currency)), body: (row[4] as Blob).bytes)
    }
  }

  private static let deliveryColumns =
    "storefront, dedupe_id, topic, received_at, headers, disposition, handoff_id"

  private static func delivery(_ row: StatementRow) throws -> StoredDelivery {
    guard let disposition = DeliveryDisposition(rawValue: row[5]) else {
      throw StoreFailure.corrupt("a delivery has the unknown disposition \(row[5] as String)")
    }
    return StoredDelivery(
      storefront: StorefrontName(row[0]), dedupeID: row[1], topic: row[2], receivedAt: Timestamp(microseconds: row[3]),
      headers: row[4], body: [], disposition: disposition, handoffID: (row[6] as String?).map { HandoffID($0) })
  }

  private static let selectByDedupe = SQL(
    "SELECT \(deliveryColumns) FROM delivery WHERE storefront = ? AND dedupe_id = ?")

  func delivery(storefront: StorefrontName, dedupeID: String) throws -> StoredDelivery? {
    try first(
      Self.selectByDedupe,
      [storefront.text, dedupeID], Self.delivery)
  }

  private static let selectDeliveries = SQL(
    "SELECT \(deliveryColumns) FROM delivery WHERE handoff_id = ? ORDER BY id")

  func deliveries(of id: HandoffID) throws -> [StoredDelivery] {
    try all(
      Self.selectDeliveries, [id.text], Self.delivery)
  }

  private static let selectJournal = SQL(
    """
    SELECT sequence, at, event, detail, actor, stage_before, stage_after, version, record_id, hash
    FROM journal WHERE handoff_id = ? ORDER BY sequence
    """)

  func journal(of id: HandoffID) throws -> [JournalEntry] {
    try all(
      Self.selectJournal, [id.text]
    ) { row in
      JournalEntry(
        handoffID: id, sequence: row[0], at: Timestamp(microseconds: row[1]), event: row[2], detail: row[3],
        actor: row[4], stageBefore: row[5], stageAfter: row[6], version: row[7], recordID: row[8], hash: row[9])
    }
  }

  private static let taskColumns =
    "id, handoff_id, kind, version, resuming, not_before, disposition, lane, attempt, leased_until"

  private static func task(_ row: StatementRow) throws -> StoredTask {
    guard let kind = EffectKind(rawValue: row[2]), let disposition = Disposition(rawValue: row[6]) else {
      throw StoreFailure.corrupt("task \(row[0] as Int64) is of the unknown kind \(row[2] as String)")
    }
    let effect = kind.effect(version: row[3], resuming: row[4])
    return StoredTask(
      id: row[0], handoffID: HandoffID(row[1]),
      planned: PlannedEffect(effect, notBefore: Timestamp(microseconds: row[5]), disposition: disposition),
      lane: row[7], attempt: row[8], leasedUntil: (row[9] as Int64?).map { Timestamp(microseconds: $0) })
  }

  private static let selectTasks = SQL(
    "SELECT \(taskColumns) FROM task WHERE handoff_id = ? ORDER BY id")

  func tasks(of id: HandoffID) throws -> [StoredTask] {
    try all(Self.selectTasks, [id.text], Self.task)
  }

  private static let selectTask = SQL("SELECT \(taskColumns) FROM task WHERE id = ?")

  func task(_ id: Int64) throws -> StoredTask? {
    try first(Self.selectTask, [id], Self.task)
  }

  private static let selectDue = SQL(
    """
    SELECT \(taskColumns) FROM task
    WHERE disposition = 'perform' AND lane = ? AND available_at <= ? AND NOT EXISTS (
      SELECT 1 FROM task AS other
      WHERE other.handoff_id = task.handoff_id AND other.lane = task.lane AND other.leased_until > ?)
    ORDER BY available_at, id LIMIT ?
    """)

  func dueTasks(lane: String, now: Timestamp, limit: Int) throws -> [StoredTask] {
    try all(
      Self.selectDue, [lane, now.microseconds, now.microseconds, max(0, limit)], Self.task)
  }

  private static let selectNextDue = SQL(
    """
    SELECT available_at FROM task
    WHERE disposition = 'perform' AND lane = ? AND available_at > ? ORDER BY available_at, id LIMIT 1
    """)

  func nextDue(lane: String, after: Timestamp) throws -> Timestamp? {
    try first(
      Self.selectNextDue, [lane, after.microseconds]
    ) { Timestamp(microseconds: $0[0]) }
  }

  private static let selectBusy = SQL(
    "SELECT 1 FROM task WHERE handoff_id = ? AND lane = ? AND leased_until > ? LIMIT 1")

  func isBusy(_ id: HandoffID, lane: String, now: Timestamp) throws -> Bool {
    try first(
      Self.selectBusy,
      [id.text, lane, now.microseconds]
    ) { _ in true } ?? false
  }

  private static let selectOverdue = SQL(
    "SELECT id FROM handoff WHERE deadline <= ? ORDER BY deadline, id LIMIT ?")

  func overdue(now: Timestamp, limit: Int) throws -> [HandoffID] {
    try all(
      Self.selectOverdue, [now.microseconds, max(0, limit)]
    ) { HandoffID($0[0]) }
  }

  private static let messageColumns =
    "key, handoff_id, kind, recipient, content, decided_at, attempts, accepted_at"

  private static func message(_ row: StatementRow) throws -> StoredMessage {
    guard let kind = EffectKind(rawValue: row[2]) else {
      throw StoreFailure.corrupt("message \(row[0] as String) is of the unknown kind \(row[2] as String)")
    }
    return StoredMessage(
      key: row[0], handoffID: HandoffID(row[1]), kind: kind, recipient: row[3], content: (row[4] as Blob).bytes,
      decidedAt: Timestamp(microseconds: row[5]), attempts: row[6],
      acceptedAt: (row[7] as Int64?).map { Timestamp(microseconds: $0) })
  }

  private static let selectMessage = SQL("SELECT \(messageColumns) FROM message WHERE key = ?")

  func message(_ key: String) throws -> StoredMessage? {
    try first(Self.selectMessage, [key], Self.message)
  }

  private static let selectMessages = SQL(
    "SELECT \(messageColumns) FROM message WHERE key >= ? AND key < ? ORDER BY decided_at, key")

  func messages(of id: HandoffID) throws -> [StoredMessage] {
    // The key begins with the handoff's id: a range of the primary key instead of an index of its own.
    try all(
      Self.selectMessages,
      [id.text + "-", id.text + "."], Self.message)
  }

  private static let selectMarker = SQL("SELECT value FROM marker WHERE name = ?")

  func marker(_ name: String) throws -> String? {
    try first(Self.selectMarker, [name]) { $0[0] }
  }
}

extension EffectKind {
  fileprivate func effect(version: Int, resuming: Bool) -> Effect {
    switch self {
    case .submitOrder: .submitOrder(version: version, resuming: resuming)
    case .findReceipt: .findReceipt(version: version)
    case .checkInventory: .checkInventory
    case .updateOrder: .updateOrder(version: version)
    case .cancelOrder: .cancelOrder
    case .sendAcknowledgement: .sendAcknowledgement
    case .releaseConfirmation: .releaseConfirmation
    case .sendCannotFulfil: .sendCannotFulfil
    case .holdFulfillment: .holdFulfillment
    case .releaseFulfillment: .releaseFulfillment
    }
  }
}
