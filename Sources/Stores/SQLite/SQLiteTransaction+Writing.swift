import GRDB
import HandoffCore
import HandoffStore

extension SQLiteTransaction: StoreTransaction {
  func insert(_ row: HandoffRow) throws { try run(Self.insertRow, Self.values(row)) }

  func update(_ row: HandoffRow, from revision: Int) throws -> Bool {
    try run(Self.updateRow, Array(Self.values(row).dropFirst(8)) + [row.handoff.id.text, revision])
    return try database().changesCount == 1
  }

  func insert(_ version: StoredVersion) throws {
    let content = version.version
    try run(
      """
      INSERT INTO order_version (handoff_id, number, digest, updated_at, currency, total, body)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        version.handoffID.text, content.number, content.digest.hex, content.updatedAt.microseconds,
        content.total.currency.text, content.total.minorUnits, Blob(bytes: version.body),
      ])
  }

  func insert(_ delivery: StoredDelivery) throws {
    try run(
      """
      INSERT INTO delivery (storefront, dedupe_id, topic, received_at, headers, body, disposition, handoff_id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        delivery.storefront.text, delivery.dedupeID, delivery.topic, delivery.receivedAt.microseconds,
        delivery.headers, Blob(bytes: delivery.body), delivery.disposition.rawValue, delivery.handoffID?.text,
      ])
  }

  func append(_ entry: JournalEntry) throws {
    try run(
      """
      INSERT INTO journal
        (handoff_id, sequence, at, event, detail, actor, stage_before, stage_after, version, record_id, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        entry.handoffID.text, entry.sequence, entry.at.microseconds, entry.event, entry.detail, entry.actor,
        entry.stageBefore, entry.stageAfter, entry.version, entry.recordID, entry.hash,
      ])
  }

  func put(_ task: NewTask) throws -> Int64 {
    let kind = task.planned.effect.kind.rawValue
    if task.leasedUntil == nil {
      try run(
        "DELETE FROM task WHERE handoff_id = ? AND kind = ? AND leased_until IS NULL", [task.handoffID.text, kind])
    }
    let data = task.planned.effect.data
    try run(
      """
      INSERT INTO task
        (handoff_id, kind, version, resuming, not_before, disposition, lane, attempt, leased_until, available_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        task.handoffID.text, kind, data.version, data.resuming, task.planned.notBefore.microseconds,
        task.planned.disposition.rawValue, task.lane, task.leasedUntil == nil ? 0 : 1, task.leasedUntil?.microseconds,
        (task.leasedUntil ?? task.planned.notBefore).microseconds,
      ])
    return try database().lastInsertedRowID
  }

  func lease(_ id: Int64, attempt: Int, until: Timestamp) throws {
    try run(
      "UPDATE task SET attempt = ?, leased_until = ?, available_at = ? WHERE id = ?",
      [attempt, until.microseconds, until.microseconds, id])
    guard try database().changesCount == 1 else { throw StoreFailure.conflict("task \(id) is gone") }
  }

  func finish(_ id: Int64) throws { try run("DELETE FROM task WHERE id = ?", [id]) }

  func expireLeases(now: Timestamp) throws -> Int {
    try run(
      "UPDATE task SET leased_until = ?, available_at = ? WHERE leased_until > ?",
      [now.microseconds, now.microseconds, now.microseconds])
    return try database().changesCount
  }

  func insert(_ message: StoredMessage) throws {
    try run(
      """
      INSERT INTO message (key, handoff_id, kind, recipient, content, decided_at, attempts, accepted_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
      """,
      [
        message.key, message.handoffID.text, message.kind.rawValue, message.recipient, Blob(bytes: message.content),
        message.decidedAt.microseconds, message.attempts, message.acceptedAt?.microseconds,
      ])
  }

  func note(attemptOf key: String, acceptedAt: Timestamp?) throws {
    try run(
      "UPDATE message SET attempts = attempts + 1, accepted_at = coalesce(accepted_at, ?) WHERE key = ?",
      [acceptedAt?.microseconds, key])
  }

  func open(_ exception: NewException) throws -> Int64 {
    let open = exception.exception
    try run(
      """
      INSERT INTO exception (handoff_id, kind, reason, opened_at, deadline, escalations, owner, resolution)
      VALUES (?, ?, ?, ?, ?, ?, ?, '')
      """,
      [
        exception.handoffID.text, open.kind.rawValue, open.reason, open.openedAt.microseconds,
        open.deadline.microseconds, open.escalations, exception.owner,
      ])
    return try database().lastInsertedRowID
  }

  func closeException(of id: HandoffID, at: Timestamp, resolution: String) throws {
    try run(
      "UPDATE exception SET closed_at = ?, resolution = ? WHERE handoff_id = ? AND closed_at IS NULL",
      [at.microseconds, resolution, id.text])
  }

  func reassign(exceptionOf id: HandoffID, owner: String, deadline: Timestamp, escalations: Int) throws {
    try run(
      "UPDATE exception SET owner = ?, deadline = ?, escalations = ? WHERE handoff_id = ? AND closed_at IS NULL",
      [owner, deadline.microseconds, escalations, id.text])
  }

  func setInFlight(_ lines: [InFlightLine], of id: HandoffID) throws {
    try run("DELETE FROM in_flight_line WHERE handoff_id = ?", [id.text])
    for line in lines {
      try run(
        "INSERT INTO in_flight_line (handoff_id, sku, quantity) VALUES (?, ?, ?)", [id.text, line.sku, line.quantity])
    }
  }

  func setMarker(_ name: String, to value: String) throws {
    try run(
      "INSERT INTO marker (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      [name, value])
  }

  func insert(_ record: QuarantineRecord) throws {
    try run(
      """
      INSERT INTO quarantine (storefront, topic, reason, received_at, owner, deadline, body)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        record.storefront.text, record.topic, record.reason, record.receivedAt.microseconds, record.owner,
        record.deadline.microseconds, Blob(bytes: record.body),
      ])
  }
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
