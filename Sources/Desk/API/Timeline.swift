import Connector
import HandoffCore
import HandoffStore

/// One thing that happened to an order, and on whose side.
struct TimelineEvent: Hashable, Sendable {
  /// Whose side: the four columns of the picture.
  enum Lane: String, CaseIterable, Sendable {
    case storefront, countersign, erp, customer
  }

  /// What colour it has.
  enum Tone: String, Sendable {
    case plain, good, bad, unsure
  }

  let at: Timestamp
  let lane: Lane
  let event: String
  let detail: String
  let actor: String
  let stageBefore: String
  let stageAfter: String
  let tone: Tone

  func json(_ clean: (String) -> String) -> JSONValue {
    [
      "at": .instant(at), "lane": .string(lane.rawValue), "event": .string(event), "detail": .string(clean(detail)),
      "actor": .string(actor), "stage": .string(stageAfter),
    ]
  }
}

extension OrderReport {
  /// The journal, with the deliveries that changed nothing between its entries.
  var timeline: [TimelineEvent] {
    var events = journal.map(TimelineEvent.init)
    for delivery in deliveries where delivery.disposition != .applied {
      events.append(
        TimelineEvent(
          at: delivery.receivedAt, lane: .storefront, event: "delivery_" + delivery.disposition.rawValue,
          detail: delivery.topic, actor: "storefront", stageBefore: "", stageAfter: "", tone: .plain))
    }
    // The journal's own order stands where instants are equal.
    return events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }
}

extension TimelineEvent {
  init(_ entry: JournalEntry) {
    at = entry.at
    event = entry.event
    detail = entry.detail
    actor = entry.actor
    stageBefore = entry.stageBefore
    stageAfter = entry.stageAfter
    lane = TimelineEvent.lane(of: entry.event)
    tone = TimelineEvent.tone(of: entry.event, after: entry.stageAfter)
  }

  private static func lane(of event: String) -> Lane {
    switch event {
    case "captured", "order_edited", "order_cancelled", "payment_voided", "fulfillment_changed",
      "fulfillment_deferred", "fulfillment_refused":
      .storefront
    case "order_recorded", "receipt_issued", "receipt_found", "receipt_differs", "submission_refused",
      "submission_deferred", "submission_outcome_unknown", "receipt_not_found", "submission_incomplete",
      "lookup_failed", "receipt_revoked", "inventory_validated", "inventory_short", "inventory_unknown",
      "cancellation_completed", "cancellation_deferred", "cancellation_refused", "record_seen":
      .erp
    case "acknowledgement_sent", "confirmation_sent", "cannot_fulfil_sent", "message_deferred", "message_refused":
      .customer
    default: .countersign
    }
  }

  private static func tone(of event: String, after stage: String) -> Tone {
    switch event {
    case "receipt_issued", "receipt_found", "inventory_validated", "confirmation_sent": .good
    case "submission_outcome_unknown", "lookup_failed", "inventory_unknown", "submission_deferred",
      "message_deferred", "receipt_not_found", "cancellation_deferred", "fulfillment_deferred":
      .unsure
    case "submission_refused", "receipt_differs", "receipt_revoked", "inventory_short", "message_refused",
      "composition_failed", "deadline_passed", "connector_misconfigured", "event_refused", "cancellation_refused",
      "fulfillment_refused", "payment_voided", "cannot_fulfil_sent":
      .bad
    default: .plain
    }
  }
}
