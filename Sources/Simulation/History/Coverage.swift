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

  /// What entries came to that were read before: there are few, over and over again.
  private var known: [String: (event: Int, refused: Int)] = [:]

  private static let numbers = Dictionary(uniqueKeysWithValues: events.enumerated().map { ($1, $0) })

  /// Nothing reached yet.
  package init() {}

  /// Adds the journals of one run.
  package mutating func add(_ history: History) {
    for fact in history.facts where fact.kind == .journal { note(stage: Int(fact.first) >> 8, fact.text) }
  }

  /// Adds one journal entry: the stage before it, and its event with the detail behind it.
  package mutating func note(stage: Int, _ text: String) {
    guard Self.stages.indices.contains(stage) else { return }
    let read = known[text] ?? Self.read(text)
    if read.event < 0 { return }
    known[text] = read
    applied[stage * Self.events.count + read.event] += 1
    if read.refused >= 0 { refused[stage * Self.events.count + read.refused] += 1 }
  }

  /// The event of an entry, and the one it was refused for; -1 for none.
  private static func read(_ text: String) -> (event: Int, refused: Int) {
    if let event = numbers[text] { return (event, -1) }
    let words = text.split(separator: " ", maxSplits: 2)
    guard let name = words.first, let event = numbers[String(name)] else { return (-1, -1) }
    guard name == "event_refused", words.count > 1 else { return (event, -1) }
    return (event, numbers[String(words[1])] ?? -1)
  }

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
