import HandoffCore
import Simulation
import Testing

/// The published outcomes of the Spin models, found again by this one within the bounds each row states.
@Suite struct GateModelTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let mode: GateModel.Mode
    var mistakes: Set<GateModel.Mistake> = []
    /// The invariant that must break, by its number in the list of properties; 0 for none.
    var breaks: UInt8 = 0
    var testDescription: String { name }
  }

  static let safety: [Row] = [
    Row(name: "m2-naive", mode: .nothing, mistakes: [.naive], breaks: 3),
    Row(name: "m2-bounded-2w", mode: .nothing, mistakes: [.bounded], breaks: 3),
    Row(name: "m0-keyver", mode: .key, mistakes: [.keyFromVersion], breaks: 3),
    Row(name: "m0-keyexp", mode: .key, mistakes: [.keyExpires], breaks: 3),
    Row(name: "m0-keyexp-guard", mode: .key, mistakes: [.keyGuard], breaks: 3),
    Row(name: "m1-ackearly", mode: .uniqueID, mistakes: [.ackEarly], breaks: 2),
    Row(name: "m1-nocas", mode: .uniqueID, mistakes: [.noCompare, .noFence], breaks: 4),
    Row(name: "m1-nover", mode: .uniqueID, mistakes: [.noVersion], breaks: 1),
    Row(name: "m0-key", mode: .key),
    Row(name: "m1-ext", mode: .uniqueID),
    Row(name: "m2-quarantine", mode: .nothing),
    Row(name: "m2-bounded-sole", mode: .nothing, mistakes: [.bounded, .sole]),
    Row(name: "m1-nofence", mode: .uniqueID, mistakes: [.noFence]),
    Row(name: "m0-keyexp-margin", mode: .key, mistakes: [.keyMargin]),
  ]

  /// One order, two versions, two workers, one crash, one lost message, one take-over of a lease; one timeout while
  /// something is under way where a mistake is to be found, none where everything is to be seen.
  @Test(arguments: safety) func `what is safe stays safe, and every mistake breaks what is published`(row: Row) {
    var model = GateModel(mode: row.mode, mistakes: row.mistakes)
    if row.breaks == 0 { model.budget.timeouts = 0 }
    let exploration = Exploration(model)
    #expect(exploration.broken == row.breaks)
    #expect(exploration.states > (row.breaks == 2 ? 5 : 1000))
  }

  static let live: [(row: Row, steals: UInt8, holds: Bool)] = [
    (Row(name: "m1-ext-live", mode: .uniqueID), 0, true),
    (Row(name: "m2-quar-live", mode: .nothing), 0, true),
    (Row(name: "m0-key-live", mode: .key), 0, true),
    (Row(name: "m0-margin-live", mode: .key, mistakes: [.keyMargin]), 0, true),
    (Row(name: "m1-markfirst", mode: .uniqueID, mistakes: [.markFirst]), 0, false),
    (Row(name: "m1-faf", mode: .uniqueID, mistakes: [.fireAndForget]), 0, false),
    (Row(name: "m1-nofence-live", mode: .uniqueID, mistakes: [.noFence]), 1, false),
    (Row(name: "m1-ext-live-steal", mode: .uniqueID), 1, true),
  ]

  /// As the safety rows, without timeouts; "live" means that from every state that owes an answer an end can be
  /// reached.
  @Test(arguments: live.indices) func `an acknowledged order comes to an end, and mistakes keep it from it`(row: Int) {
    let (row, steals, holds) = Self.live[row]
    var model = GateModel(mode: row.mode, mistakes: row.mistakes)
    model.budget = (1, 1, steals, 0)
    #expect(Exploration(model, liveness: true).canAlwaysEnd == holds)
  }

  /// One unit kind with two units, three orders of one, nine changes, two snapshots under way in any order.
  @Test func `a hold ends when a snapshot covers it, and never at the receipt`() {
    let rows: [(mistakes: Set<InventoryModel.Mistake>, isBroken: Bool)] = [
      ([], false), ([.releaseOnReceipt], true), ([.noSequence], false), ([.collect], false),
      ([.collect, .noSequence], true),
    ]
    for row in rows {
      let model = InventoryModel(mistakes: row.mistakes)
      #expect(explore(from: .init(), model.successors, isBroken: model.isBroken).isBroken == row.isBroken)
    }
  }

  /// Two workers, one crash, one lost message, one take-over, four drafts.
  @Test func `one recorded draft is activated, and the one in the answer at hand must not be`() {
    for activatesAnswered in [false, true] {
      let model = DraftModel(activatesAnswered: activatesAnswered)
      let found = explore(from: .init(), model.successors, isBroken: model.isBroken)
      #expect(found.isBroken == activatesAnswered)
    }
  }
}

/// The journals of simulated orders against the moves the model can make.
@Suite struct ConformanceTests {
  /// What the model knows nothing of: people, cancels, revocations, and decisions that cannot be put into words.
  private static let outside: Set<String> = [
    "operator_decided", "order_cancelled", "receipt_revoked", "composition_failed", "cancellation_completed",
  ]

  private func abstract(_ stage: Stage, again: Bool) -> GateModel.Stage? {
    switch stage {
    case .captured, .updating: .pending
    case .submitting: again ? .unknown : .submitting
    case .unresolved, .recorded: .unknown
    case .refused: .exception
    case .receipted, .held: .accepted
    case .decided: .decided
    case .confirmed: .sent
    case .cancelling, .cancelled, .declining, .declined, .returned, .observed: nil
    }
  }

  @Test func `every step of a simulated journal is a step of the model`() {
    var moves: Set<[GateModel.Stage]> = []
    for mode in [GateModel.Mode.uniqueID, .nothing] {
      var model = GateModel(mode: mode)
      model.budget = (1, 1, 0, 1)
      moves.formUnion(Exploration(model).moves)
    }
    var histories = 0
    for seed in UInt64(500)..<512 {
      let outcome = Simulation.run(seed: seed)
      var again: [Int32: Bool] = [:]
      for fact in outcome.history.facts where fact.kind == .journal {
        guard let before = fact.stages.before, let after = fact.stages.after else {
          histories += 1
          continue
        }
        let wasAgain = again[fact.order, default: false]
        if after == .unresolved || after == .recorded { again[fact.order] = true }
        if after == .captured { again[fact.order] = false }
        let event = fact.text.firstWord.word.description
        guard before != after, !Self.outside.contains(event), before != .refused else { continue }
        guard let from = abstract(before, again: wasAgain),
          let to = abstract(after, again: again[fact.order, default: false]), from != to
        else { continue }
        // Where no validation is asked for, one transaction takes the receipt and decides: two moves of the model.
        let isMove =
          moves.contains([from, to])
          || (to == .decided && moves.contains([from, .accepted]) && moves.contains([.accepted, .decided]))
        #expect(isMove, "seed \(seed), order \(fact.order): \(event), \(before) → \(after)")
      }
    }
    #expect(histories > 1000)
  }
}
