package import HandoffCore

extension Coverage {
  /// Pairs that cannot happen, whatever the counterparts answer and whenever: one reason for a group of them.
  ///
  /// A run that reaches one of them fails, for then the reason is wrong; `ReachTests` walks through the moves with
  /// every answer the connectors' types allow, and reaches none. What is not listed here counts as possible.
  package struct Impossible: Sendable {
    /// Why.
    package let reason: String
    /// The stages.
    package let stages: [Stage]
    /// The events by name.
    package let events: [String]
  }

  private static func all(but some: Set<Stage>) -> [Stage] { Stage.allCases.filter { !some.contains($0) } }

  /// Every group; no pair stands in two of them.
  package static let impossible: [Impossible] = [
    Impossible(
      reason:
        "An observed order has no effects, so nothing comes back; it has no deadline, and nothing to decide (S10).",
      stages: [.observed],
      events: events.filter { !["order_edited", "order_cancelled", "payment_voided"].contains($0) }),
    Impossible(
      reason: "A submission is begun in the transaction that leases it, and leased only while it is wanted.",
      stages: all(but: [.observed, .captured, .unresolved, .recorded]), events: ["submission_started"]),
    Impossible(
      reason: "A confirmation leaves only after the decision, and what has been decided never stands before it again"
        + " once the message could be written.",
      stages: [
        .captured, .submitting, .unresolved, .recorded, .refused, .receipted, .updating, .held, .declining, .declined,
      ], events: ["confirmation_sent"]),
    Impossible(
      reason: "An apology leaves only after the decision to decline, which ends in declined or with the storefront.",
      stages: all(but: [.observed, .declining, .declined, .returned]), events: ["cannot_fulfil_sent"]),
    Impossible(
      reason: "The ERP is asked to cancel only in cancelling, declining and declined, and none of them goes back to"
        + " where the order was open.",
      stages: [
        .captured, .submitting, .unresolved, .recorded, .refused, .receipted, .updating, .held, .decided, .confirmed,
      ], events: ["cancellation_completed", "cancellation_deferred", "cancellation_refused"]),
    Impossible(
      reason: "A message is written where it is first planned: at intake, at the decision, at the decline. A repetition"
        + " sends the bytes that are kept.",
      stages: all(but: [.observed, .captured, .submitting, .decided, .declining]), events: ["composition_failed"]),
    Impossible(
      reason: "A cancel that is known already is a duplicate, and in these stages it always is.",
      stages: [.cancelling, .cancelled], events: ["order_cancelled"]),
    Impossible(
      reason: "Stock is asked about after a receipt, and an order with a record never is merely captured again.",
      stages: [.captured], events: ["inventory_validated", "inventory_short", "inventory_unknown"]),
    Impossible(
      reason: "A void payment comes with newer content, and that moves the order on first.",
      stages: [.refused, .receipted, .held], events: ["payment_voided"]),
  ]

  private static let impossiblePairs: Set<Int> = Set(
    impossible.flatMap { group in
      group.stages.flatMap { stage in group.events.compactMap { index(of: stage, $0) } }
    })

  /// How many pairs cannot happen.
  package static let impossibleCount = impossiblePairs.count

  /// Pairs that were reached although they cannot happen, in words.
  package var contradictions: [String] {
    reachedPairs.filter { Self.impossiblePairs.contains($0) }.map {
      "\(Self.stages[$0 / Self.events.count]) × \(Self.events[$0 % Self.events.count])"
    }
  }

  /// The events that can happen in a stage and were not reached.
  func missing(in stage: Int) -> [String] {
    let reached = Set(reachedPairs)
    return Self.events.indices.filter { event in
      let pair = stage * Self.events.count + event
      return !reached.contains(pair) && !Self.impossiblePairs.contains(pair)
    }.map { Self.events[$0] }
  }
}
