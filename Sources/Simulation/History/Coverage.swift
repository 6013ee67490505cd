import HandoffCore

/// Which pairs of stage and event were reached, from the journals alone.
package struct Coverage: Sendable {
  /// The events by name, in the order of the rules.
  package static let events = [
    "submission_started", "order_recorded", "receipt_issued", "receipt_found", "receipt_differs", "submission_refused",
    "submission_deferred", "submission_outcome_unknown", "receipt_not_found", "submission_incomplete", "lookup_failed",
    "receipt_revoked", "inventory_validated", "inventory_short", "inventory_unknown", "acknowledgement_sent",
    "confirmation_sent", "cannot_fulfil_sent", "message_deferred", "message_refused", "composition_failed",
    "fulfillment_changed", "fulfillment_deferred", "fulfillment_refused", "order_edited", "order_cancelled",
    "payment_voided", "cancellation_completed", "cancellation_deferred", "cancellation_refused", "deadline_passed",
    "connector_misconfigured", "event_refused", "operator_decided",
  ]
  /// The stages by name.
  package static let stages = Stage.allCases.map(\.rawValue)

  /// How often each pair was applied: stage times events plus event.
  package private(set) var applied = [Int](repeating: 0, count: stages.count * events.count)
  /// How often each pair was refused by the rules.
  package private(set) var refused = [Int](repeating: 0, count: stages.count * events.count)

  private static let numbers = Dictionary(uniqueKeysWithValues: events.enumerated().map { ($1, $0) })

  /// Nothing reached yet.
  package init() {}

  /// Adds the journals of one run.
  package mutating func add(_ history: History) {
    for fact in history.facts where fact.kind == .journal {
      let (event, detail) = fact.text.firstWord
      note(stage: Int(fact.first) >> 8, event, detail: detail)
    }
  }

  /// Adds one journal entry: the stage before it, its event, and the event's detail.
  mutating func note(stage: Int, _ name: FactText, detail: FactText) {
    guard Self.stages.indices.contains(stage), let event = Self.event(name) else { return }
    applied[stage * Self.events.count + event] += 1
    guard name == "event_refused", let refusedEvent = Self.event(detail.firstWord.word) else { return }
    refused[stage * Self.events.count + refusedEvent] += 1
  }

  /// The number of an event by the bytes of its name.
  private static func event(_ name: FactText) -> Int? {
    // Few have the same length, and fewer the same first letter.
    names.first { $0.text == name }?.number
  }

  private static let shelf = TextShelf()
  private static let names = events.enumerated().map { (number: $0, text: shelf.keep($1)) }

  /// Adds what another saw.
  package mutating func add(_ other: Coverage) {
    for index in applied.indices {
      applied[index] += other.applied[index]
      refused[index] += other.refused[index]
    }
  }

  /// The pairs that were reached, applied or refused.
  var reachedPairs: [Int] { applied.indices.filter { applied[$0] + refused[$0] > 0 } }

  /// The number of a pair.
  static func index(of stage: Stage, _ event: String) -> Int? {
    guard let row = Stage.allCases.firstIndex(of: stage), let column = numbers[event] else { return nil }
    return row * events.count + column
  }

  /// Whether a pair was reached.
  func has(_ stage: Stage, _ event: String) -> Bool {
    Self.index(of: stage, event).map { applied[$0] + refused[$0] > 0 } ?? false
  }

  /// How many pairs were reached.
  package var reached: Int { reachedPairs.count }
  /// How many pairs there are that can happen, as far as is known.
  package var pairs: Int { applied.count - Self.impossibleCount }

  /// A line a stage: how many events were reached of those that can happen, and which were not.
  package var lines: [String] {
    Self.stages.enumerated().map { stage, name in
      let row = stage * Self.events.count..<(stage + 1) * Self.events.count
      let count = reachedPairs.filter { row.contains($0) }.count
      let missing = missing(in: stage)
      return "\(name): \(count)/\(count + missing.count)"
        + (missing.isEmpty ? "" : "; never: \(missing.joined(separator: " "))")
    }
  }
}
