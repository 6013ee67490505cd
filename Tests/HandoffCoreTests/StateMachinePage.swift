import HandoffCore

/// The page `docs/state-machine.md`, written from what the step function does.
struct StateMachinePage {
  /// A handoff as the page shows it.
  struct Situation {
    let title: String
    let walk: Walk
    let isVariant: Bool
  }

  let situations: [Situation]

  init() throws {
    var found: [Situation] = []
    for stage in Stage.allCases {
      found.append(Situation(title: stage.rawValue, walk: try Walk.at(stage), isVariant: false))
    }
    let unknown = HandoffEvent.submissionOutcomeUnknown(reason: "connection lost")
    var settled = try Walk.unresolved().taking(.orderCancelled)
    settled.now = settled.now + settled.policy.requestLife
    let variants: [(String, Walk)] = [
      ("submitting, edited meanwhile", try Walk.submitting().taking(.orderEdited(Fixture.version(2)))),
      ("submitting, cancelled meanwhile", try Walk.submitting().taking(.orderCancelled)),
      ("submitting again after an unknown outcome", try Walk.unresolved().taking(.receiptNotFound, .submissionStarted)),
      ("unresolved, cancelled meanwhile", try Walk.unresolved().taking(.orderCancelled)),
      ("unresolved, cancelled, and no create can arrive any more", settled),
      ("unresolved, receipt class K", try Walk.submitting(Fixture.policy(.key)).taking(unknown)),
      (
        "submitting again under a key",
        try Walk.submitting(Fixture.policy(.key)).taking(unknown, .submissionStarted)
      ),
      ("unresolved, receipt class D", try Walk.submitting(Fixture.policy(.draft)).taking(unknown)),
      ("unresolved, receipt class N", try Walk.submitting(Fixture.policy(.none)).taking(unknown)),
      ("captured, payment void", try Walk().taking(.paymentVoided)),
      ("captured, shipping held", Walk(Fixture.policy(holds: true))),
      (
        "decided, a refused edit covers a refused release",
        try Walk.at(.decided, Fixture.policy(holds: true)).taking(
          .orderEdited(Fixture.version(2)), .fulfillmentRefused(.releaseFulfillment, reason: "no"),
          .submissionRefused(reason: "being picked"))
      ),
      ("receipted, ERP total differs", try Walk.submitting().taking(Walk().receipt(total: money(999)))),
      (
        "declining, and an earlier create may have landed",
        try Walk.unresolved().taking(
          .receiptNotFound, .submissionStarted, .submissionRefused(reason: "unknown item"),
          .operatorDecided(.decline, by: "Ada"))
      ),
      ("refused, record taken back", try Walk.receipted().taking(.receiptRevoked(reason: "voided in the ERP"))),
    ]
    found += variants.map { Situation(title: $0.0, walk: $0.1, isVariant: true) }
    situations = found
  }

  var text: String {
    var lines = [
      "# The states of a handoff", "",
      "This page is written by a test from `Handoff.step`, the only place where anything is decided. The test fails",
      "when the page and the code differ. To write it anew:", "", "```sh",
      "UPDATE_DOCS=1 swift test --filter StateMachineTests", "```", "",
      "An event moves the handoff on, changes nothing, or is refused. A refused event leaves the handoff as it is; the",
      "store then opens an exception of kind `unexpected`, so that a person looks. Policy: defaults, receipt class U,",
      "inventory validation required. What an event does can depend on more than the stage; the situations where it",
      "does have a table of their own below, with only the rows that differ.", "", "## Picture", "",
    ]
    lines += diagram
    lines += ["", "## Stages", ""]
    for situation in situations { lines += section(situation) }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  func outcomes(_ situation: Situation) -> [Outcome] {
    EveryEvent.fitting(situation.walk.handoff).map { Outcome.of($0, on: situation.walk) }
  }

  private var diagram: [String] {
    var names: [String: [String]] = [:]
    for situation in situations {
      for outcome in outcomes(situation) {
        guard let after = outcome.after, after.stage != outcome.before.stage else { continue }
        let edge = "\(outcome.before.stage.rawValue) --> \(after.stage.rawValue)"
        let name = outcome.label.split(separator: " (").first.map(String.init) ?? outcome.label
        if names[edge]?.contains(name) != true { names[edge, default: []].append(name) }
      }
    }
    var lines = ["```mermaid", "stateDiagram-v2", "  [*] --> captured", "  [*] --> observed"]
    for (edge, labels) in names.sorted(by: { $0.key < $1.key }) {
      let shown = labels.prefix(3).map { $0.replacing("operator: ", with: "person ") }.joined(separator: ", ")
      lines.append("  \(edge) : \(shown)\(labels.count > 3 ? ", …" : "")")
    }
    for stage in Stage.allCases where stage.isTerminal { lines.append("  \(stage.rawValue) --> [*]") }
    return lines + ["```"]
  }

  private func section(_ situation: Situation) -> [String] {
    let all = outcomes(situation)
    let base = situations.first { !$0.isVariant && $0.walk.stage == situation.walk.stage }.map(outcomes) ?? []
    let rows = situation.isVariant ? all.filter { row in !base.contains { same($0, row) } } : all
    var lines = ["### \(situation.title)", ""]
    if let deadline = situation.walk.handoff.deadline {
      lines += ["Needs attention after \(deadline.since(situation.walk.now).components.seconds) s.", ""]
    }
    let moving = rows.filter { $0.after != nil && !$0.changesNothing }
    if !moving.isEmpty {
      lines += ["| event | then | plans | exception |", "| --- | --- | --- | --- |"]
      lines += moving.map(row)
      lines.append("")
    }
    let still = rows.filter(\.changesNothing).map { "`\($0.label)`" }
    if !still.isEmpty { lines += wrapped("Changes nothing: " + still.joined(separator: ", ") + ".") + [""] }
    let refused = rows.filter { $0.refusal != nil }.map { "`\($0.label)`" }
    if !refused.isEmpty { lines += wrapped("Refused: " + refused.joined(separator: ", ") + ".") + [""] }
    return lines
  }

  private func same(_ left: Outcome, _ right: Outcome) -> Bool {
    left.label == right.label && left.changesNothing == right.changesNothing && row(left) == row(right)
  }

  private func row(_ outcome: Outcome) -> String {
    guard let after = outcome.after else { return "refused" }
    let stage = after.stage == outcome.before.stage ? "stays" : "**\(after.stage.rawValue)**"
    let plans = outcome.planned.map { describe($0.effect) }.joined(separator: ", ")
    let exception =
      switch (outcome.before.exception?.kind, after.exception?.kind) {
      case (nil, nil): ""
      case (_?, nil): "closed"
      case (let old, let new?): old == new ? "stays `\(new.rawValue)`" : "opens `\(new.rawValue)`"
      }
    return "| `\(outcome.label)` | \(stage) | \(plans) | \(exception) |"
  }

  private func describe(_ effect: Effect) -> String {
    switch effect {
    case .submitOrder(let version, let resuming): "submit_order v\(version)\(resuming ? " resuming" : "")"
    case .findReceipt(let version): "find_receipt v\(version)"
    case .updateOrder(let version): "update_order v\(version)"
    default: effect.kind.rawValue
    }
  }

  private func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + word.count + 1 > 118 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + [line]
  }
}
