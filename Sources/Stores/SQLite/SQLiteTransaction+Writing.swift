import GRDB
import HandoffCore
import HandoffStore

extension SQLiteTransaction: StoreTransaction {
  func insert(_ row: HandoffRow) throws {
    try run(Self.insertRow, Self.values(row))
    memory?.rows.keep(row)
  }

  func update(_ row: HandoffRow, from revision: Int) throws -> Bool {
    let known = memory?.rows[row.handoff.id].flatMap { $0.handoff.revision == revision ? $0 : nil }
    var bits = 0
    var values: [(any Bindable)?] = []
    values.reserveCapacity(40)
    for group in ColumnGroup.allCases where known.map({ group.differs($0, row) }) ?? true {
      bits |= 1 << group.rawValue
      group.append(row, to: &values)
    }
    values.append(row.handoff.id.text)
    values.append(revision)
    try run(ColumnGroup.updates[bits], values)
    guard try database().changesCount == 1 else { return false }
    memory?.rows.keep(row)
    return true
  }

  private static let insertVersion = SQL(
    """
    INSERT INTO order_version (handoff_id, number, digest, updated_at, currency, total, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    """)

  func insert(_ version: StoredVersion) throws {
    let content = version.version
    try run(
      Self.insertVersion,
      [
        version.handoffID.text, content.number, content.digest.hex, content.updatedAt.microseconds,
        content.total.currency.text, content.total.minorUnits, Blob(bytes: version.body),
      ])
  }

  private static let insertDelivery = SQL(
    """
    INSERT INTO delivery (storefront, dedupe_id, topic, received_at, headers, body, disposition, handoff_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    """)

  func insert(_ delivery: StoredDelivery) throws {
    try run(
      Self.insertDelivery,
      [
        delivery.storefront.text, delivery.dedupeID, delivery.topic, delivery.receivedAt.microseconds,
        delivery.headers, Blob(bytes: delivery.body), delivery.disposition.rawValue, delivery.handoffID?.text,
      ])
  }

  private static let insertEntry = SQL(
    """
    INSERT INTO journal
      (handoff_id, sequence, at, event, detail, actor, stage_before, stage_after, version, record_id, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """)

  func append(_ entry: JournalEntry) throws {
    try run(
      Self.insertEntry,
      [
        entry.handoffID.text, entry.sequence, entry.at.microseconds, entry.event, entry.detail, entry.actor,
        entry.stageBefore, entry.stageAfter, entry.version, entry.recordID, entry.hash,
      ])
  }

  private static let replaceTask = SQL(
    "DELETE FROM task WHERE handoff_id = ? AND kind = ? AND leased_until IS NULL")
  private static let insertTask = SQL(
    """
    INSERT INTO task
      (handoff_id, kind, version, resuming, not_before, disposition, lane, attempt, leased_until, available_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """)

  func put(_ task: NewTask) throws -> Int64 {
    let kind = task.planned.effect.kind.rawValue
    if task.leasedUntil == nil { try run(Self.replaceTask, [task.handoffID.text, kind]) }
    let data = task.planned.effect.data
    try run(
      Self.insertTask,
      [
        task.handoffID.text, kind, data.version, data.resuming, task.planned.notBefore.microseconds,
        task.planned.disposition.rawValue, task.lane, task.leasedUntil == nil ? 0 : 1, task.leasedUntil?.microseconds,
        (task.leasedUntil ?? task.planned.notBefore).microseconds,
      ])
    return try database().lastInsertedRowID
  }

  private static let leaseTask = SQL("UPDATE task SET attempt = ?, leased_until = ?, available_at = ? WHERE id = ?")

  func lease(_ id: Int64, attempt: Int, until: Timestamp) throws {
    try run(Self.leaseTask, [attempt, until.microseconds, until.microseconds, id])
    guard try database().changesCount == 1 else { throw StoreFailure.conflict("task \(id) is gone") }
  }

  private static let deleteTask = SQL("DELETE FROM task WHERE id = ?")

  func finish(_ id: Int64) throws { try run(Self.deleteTask, [id]) }

  private static let deleteAttempt = SQL("DELETE FROM task WHERE id = ? AND attempt = ?")

  func finish(_ id: Int64, attempt: Int) throws -> Bool {
    try run(Self.deleteAttempt, [id, attempt])
    return try database().changesCount == 1
  }

  private static let expire = SQL("UPDATE task SET leased_until = ?, available_at = ? WHERE leased_until > ?")

  func expireLeases(now: Timestamp) throws -> Int {
    try run(Self.expire, [now.microseconds, now.microseconds, now.microseconds])
    return try database().changesCount
  }

  private static let insertMessage = SQL(
    """
    INSERT INTO message (key, handoff_id, kind, recipient, content, decided_at, attempts, accepted_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
    """)

  func insert(_ message: StoredMessage) throws {
    try run(
      Self.insertMessage,
      [
        message.key, message.handoffID.text, message.kind.rawValue, message.recipient, Blob(bytes: message.content),
        message.decidedAt.microseconds, message.attempts, message.acceptedAt?.microseconds,
      ])
  }

  private static let noteAttempt = SQL(
    "UPDATE message SET attempts = attempts + 1, accepted_at = coalesce(accepted_at, ?) WHERE key = ?")

  func note(attemptOf key: String, acceptedAt: Timestamp?) throws {
    try run(Self.noteAttempt, [acceptedAt?.microseconds, key])
  }

  private static let insertException = SQL(
    """
    INSERT INTO exception (handoff_id, kind, reason, opened_at, deadline, escalations, owner, resolution)
    VALUES (?, ?, ?, ?, ?, ?, ?, '')
    """)

  func open(_ exception: NewException) throws -> Int64 {
    let open = exception.exception
    try run(
      Self.insertException,
      [
        exception.handoffID.text, open.kind.rawValue, open.reason, open.openedAt.microseconds,
        open.deadline.microseconds, open.escalations, exception.owner,
      ])
    return try database().lastInsertedRowID
  }

  private static let closeOpen = SQL(
    "UPDATE exception SET closed_at = ?, resolution = ? WHERE handoff_id = ? AND closed_at IS NULL")

  func closeException(of id: HandoffID, at: Timestamp, resolution: String) throws {
    try run(Self.closeOpen, [at.microseconds, resolution, id.text])
  }

  private static let reassignOpen = SQL(
    "UPDATE exception SET owner = ?, deadline = ?, escalations = ? WHERE handoff_id = ? AND closed_at IS NULL")

  func reassign(exceptionOf id: HandoffID, owner: String, deadline: Timestamp, escalations: Int) throws {
    try run(Self.reassignOpen, [owner, deadline.microseconds, escalations, id.text])
  }

  private static let deleteLines = SQL("DELETE FROM in_flight_line WHERE handoff_id = ?")
  private static let insertLine = SQL("INSERT INTO in_flight_line (handoff_id, sku, quantity) VALUES (?, ?, ?)")

  func setInFlight(_ lines: [InFlightLine], of id: HandoffID) throws {
    try run(Self.deleteLines, [id.text])
    for line in lines { try run(Self.insertLine, [id.text, line.sku, line.quantity]) }
  }

  private static let putMarker = SQL(
    "INSERT INTO marker (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")

  func setMarker(_ name: String, to value: String) throws { try run(Self.putMarker, [name, value]) }
}

extension Effect {
  fileprivate var data: (version: Int, resuming: Bool) {
    switch self {
    case .submitOrder(let version, let resuming): (version, resuming)
    case .findReceipt(let version), .updateOrder(let version): (version, false)
    default: (0, false)
    }
  }
}
