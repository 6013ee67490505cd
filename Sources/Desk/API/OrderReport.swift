import Connector
import HandoffCore
import HandoffStore

/// Everything known of one order, read in one transaction.
struct OrderReport: Sendable {
  let row: HandoffRow
  let versions: [StoredVersion]
  let journal: [JournalEntry]
  let deliveries: [StoredDelivery]
  let tasks: [StoredTask]
  let messages: [StoredMessage]
  let exceptions: [StoredException]
  let ending: OrderEnding

  /// The most versions that are read; an order with more shows its newest.
  static let versionLimit = 50

  init(of row: HandoffRow, in store: any StoreReading) throws {
    let id = row.handoff.id
    self.row = row
    let newest = row.handoff.version.number
    let first = max(1, newest - OrderReport.versionLimit + 1)
    versions = try (first...max(first, newest)).compactMap { try store.version($0, of: id) }
    journal = try store.journal(of: id)
    deliveries = try store.deliveries(of: id)
    tasks = try store.tasks(of: id)
    messages = try store.messages(of: id)
    var filter = ExceptionFilter()
    filter.onlyOpen = false
    filter.handoff = id
    exceptions = try store.exceptions(filter)
    var ending = OrderEnding(
      journal, messages, isCancelledThere: try Moves.isCancelledThere(row.handoff, in: store))
    ending.sighting = try store.sighting(of: id)
    self.ending = ending
  }

  /// The sentences; what others wrote in them is cleaned, whose it is stays readable.
  func explanation(now: Timestamp, _ clean: (String) -> String) -> [String] {
    let cleaned = exceptions.map { record in
      StoredException(
        id: record.id, handoffID: record.handoffID,
        exception: OpenException(
          kind: record.exception.kind, reason: clean(record.exception.reason), openedAt: record.exception.openedAt,
          deadline: record.exception.deadline, escalations: record.exception.escalations),
        owner: record.owner, closedAt: record.closedAt, resolution: record.resolution)
    }
    return Explanation.sentences(
      for: row, tasks: tasks, exceptions: cleaned, ending: ending, lastTrouble: lastTrouble.map(clean), now: now)
  }

  /// The words of the last attempt that led to nothing, while no other has led to something since.
  private var lastTrouble: String? {
    for entry in journal.reversed() {
      if HandoffEvent.troubles.contains(entry.event) { return entry.detail }
      if entry.event != "submission_started", entry.event != "deadline_passed" { return nil }
    }
    return nil
  }

  /// The whole order; personal data and message bodies only when asked for.
  func json(withContent: Bool, now: Timestamp) -> JSONValue {
    let clean = { (text: String) in withContent ? text : Mask.emails(in: text) }
    let sentences = explanation(now: now, clean)
    var members = OrderReport.summary(row, withContent: withContent)
    members["reason"] = .string(sentences.joined(separator: " "))
    members["explanation"] = .array(sentences.map(JSONValue.string))
    members["details"] = details
    members["versions"] = .array(versions.map { OrderReport.version($0, withContent: withContent) })
    members["timeline"] = .array(timeline.map { $0.json(clean) })
    members["journal"] = .array(journal.map { OrderReport.entry($0, clean) })
    members["deliveries"] = .array(deliveries.map(OrderReport.delivery))
    members["tasks"] = .array(tasks.map(OrderReport.task))
    members["messages"] = .array(messages.map { OrderReport.message($0, withContent: withContent) })
    members["exceptions"] = .array(exceptions.map { ExceptionReport.json($0, now: now, clean) })
    return .object(members)
  }

  /// A row as lists show it.
  static func summary(_ row: HandoffRow, withContent: Bool) -> [String: JSONValue] {
    let handoff = row.handoff
    return [
      "handoff": .string(handoff.id.text), "storefront": .string(handoff.key.storefront.text),
      "orderId": .string(handoff.key.orderID), "number": .string(row.number),
      "email": .text(row.email.map { withContent ? $0 : Mask.email($0) }),
      "externalId": .string(handoff.externalID.text), "erp": .string(handoff.erp.text),
      "erpId": .text(handoff.recordID), "erpNumber": .text(handoff.receipt?.recordNumber),
      "stage": .string(handoff.stage.rawValue), "confirmed": .bool(handoff.stage.isPastDecision),
      "version": .count(handoff.version.number), "total": .string(handoff.version.total.decimalText),
      "currency": .string(handoff.version.total.currency.text), "capturedAt": .instant(handoff.capturedAt),
      "stageSince": .instant(handoff.stageSince), "deadline": .instant(handoff.deadline),
      "exception": .text(handoff.exception?.kind.rawValue), "revision": .count(handoff.revision),
    ]
  }

  private var details: JSONValue {
    let handoff = row.handoff
    return [
      "pattern": .string(handoff.pattern.rawValue), "mode": .string(handoff.mode.rawValue),
      "digest": .string(handoff.version.digest.hex), "attempts": .count(handoff.attempts),
      "lookups": .count(handoff.lookups), "mayExist": .bool(handoff.mayExist),
      "submittedVersion": handoff.submittedVersion.map { .count($0) } ?? .null,
      "firstSubmittedAt": .instant(handoff.firstSubmittedAt), "lastSubmittedAt": .instant(handoff.lastSubmittedAt),
      "receiptVersion": handoff.receipt.map { .count($0.version) } ?? .null,
      "validation": .text(handoff.validation?.text), "decision": .text(handoff.decision?.rawValue),
      "decidedVersion": handoff.decidedVersion.map { .count($0) } ?? .null,
      "acknowledged": .bool(handoff.acknowledged), "cancelRequested": .bool(handoff.cancelRequested),
      "journalEntries": .count(row.entries), "chainHead": .string(row.chainHead),
    ]
  }

  private static func version(_ stored: StoredVersion, withContent: Bool) -> JSONValue {
    let version = stored.version
    var members: [String: JSONValue] = [
      "number": .count(version.number), "digest": .string(version.digest.hex),
      "updatedAt": .instant(version.updatedAt), "total": .string(version.total.decimalText),
      "currency": .string(version.total.currency.text),
    ]
    if withContent { members["order"] = (try? JSONValue(parsing: stored.body)) ?? .null }
    return .object(members)
  }

  private static func entry(_ entry: JournalEntry, _ clean: (String) -> String) -> JSONValue {
    [
      "sequence": .count(entry.sequence), "at": .instant(entry.at), "event": .string(entry.event),
      "detail": .string(clean(entry.detail)), "actor": .string(entry.actor),
      "stageBefore": .string(entry.stageBefore), "stageAfter": .string(entry.stageAfter),
      "version": .count(entry.version), "erpId": .string(entry.recordID), "hash": .string(entry.hash),
    ]
  }

  private static func delivery(_ delivery: StoredDelivery) -> JSONValue {
    [
      "id": .text(delivery.dedupeID), "topic": .string(delivery.topic), "receivedAt": .instant(delivery.receivedAt),
      "disposition": .string(delivery.disposition.rawValue),
    ]
  }

  private static func task(_ task: StoredTask) -> JSONValue {
    [
      "id": .string(String(task.id)), "effect": .string(task.planned.effect.kind.rawValue),
      "lane": .string(task.lane), "due": .instant(task.planned.notBefore),
      "disposition": .string(task.planned.disposition.rawValue), "attempt": .count(task.attempt),
      "leasedUntil": .instant(task.leasedUntil),
    ]
  }

  private static func message(_ message: StoredMessage, withContent: Bool) -> JSONValue {
    var members: [String: JSONValue] = [
      "key": .string(message.key), "kind": .string(message.kind.rawValue),
      "recipient": .string(withContent ? message.recipient : Mask.emails(in: message.recipient)),
      "decidedAt": .instant(message.decidedAt), "attempts": .count(message.attempts),
      "acceptedAt": .instant(message.acceptedAt),
    ]
    if withContent { members["content"] = .string(String(decoding: message.content, as: UTF8.self)) }
    return .object(members)
  }
}

/// An exception as lists show it.
enum ExceptionReport {
  static func json(_ record: StoredException, now: Timestamp, _ clean: (String) -> String) -> JSONValue {
    .object(members(record, now: now, clean))
  }

  static func members(
    _ record: StoredException, now: Timestamp, _ clean: (String) -> String
  ) -> [String: JSONValue] {
    let exception = record.exception
    return [
      "id": .string(String(record.id)), "handoff": .string(record.handoffID.text),
      "kind": .string(exception.kind.rawValue), "reason": .string(clean(exception.reason)),
      "owner": .string(record.owner), "openedAt": .instant(exception.openedAt),
      "deadline": .instant(exception.deadline),
      "overdue": .bool(record.closedAt == nil && exception.deadline <= now),
      "escalations": .count(exception.escalations), "closedAt": .instant(record.closedAt),
      "resolution": .string(clean(record.resolution)),
    ]
  }
}
