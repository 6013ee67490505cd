import HandoffCore
import Testing

/// Random events, likely and unlikely ones, and after each the promises S1–S8 (`docs/evidence/promises.md`).
@Suite struct RandomWalkTests {
  static let seedsPerClass = 60
  static let stepsPerSeed = 1000

  @Test(arguments: ReceiptClass.allCases)
  func `no walk breaks a promise`(receiptClass: ReceiptClass) throws {
    var totals = WalkTotals()
    for seed in 0..<Self.seedsPerClass {
      var walk = RandomWalk(seed: UInt64(seed), receiptClass: receiptClass)
      for _ in 0..<Self.stepsPerSeed {
        if let broken = walk.step(&totals) {
          let trail = walk.trail.suffix(12).joined(separator: "\n")
          Issue.record("class \(receiptClass.rawValue), seed \(seed): \(broken)\n\(trail)")
          return
        }
      }
    }
    // A walk that never gets anywhere proves nothing.
    #expect(totals.steps == Self.seedsPerClass * Self.stepsPerSeed)
    #expect(totals.confirmations > 500)
    #expect(totals.stages == Set(Stage.allCases))
    #expect(totals.refusals > 1000)
  }

  @Test func `the same seed walks the same way`() {
    func trail(_ seed: UInt64) -> [String] {
      var walk = RandomWalk(seed: seed, receiptClass: .unique)
      var totals = WalkTotals()
      for _ in 0..<500 { _ = walk.step(&totals) }
      return walk.trail
    }
    #expect(trail(7) == trail(7))
    #expect(trail(7) != trail(8))
  }
}

struct WalkTotals {
  var steps = 0
  var refusals = 0
  var confirmations = 0
  var stages: Set<Stage> = []
}

struct RandomWalk {
  private var dice: Dice
  private var policy: HandoffPolicy
  private var walk: Walk
  private var versions: [OrderVersion]
  private var mayCreate = false
  private(set) var trail: [String] = []

  init(seed: UInt64, receiptClass: ReceiptClass) {
    dice = Dice(seed: seed)
    policy = Fixture.policy(receiptClass)
    versions = []
    walk = Walk(policy)
    restart()
  }

  private mutating func restart() {
    let actions: [ShortageAction] = [.hold, .confirm, .exception]
    policy.inventory = InventoryRule(
      isRequired: dice.chance(70), short: dice.pick(actions, or: .hold), partlyShort: dice.pick(actions, or: .hold))
    policy.pattern = dice.chance(50) ? .erpGated : .acknowledgmentGated
    policy.holdsFulfillment = dice.chance(50)
    policy.mode = dice.chance(98) ? .gate : .shadow
    policy.searchLag = dice.chance(30) ? .seconds(20) : .zero
    versions = [Fixture.version(1, content: dice.below(3))]
    let capture = Fixture.capture(
      versions[0], isCancelled: dice.chance(1), isTest: dice.chance(1), payment: dice.chance(2) ? .voided : .paid)
    walk = Walk(policy, capture: capture)
    mayCreate = false
    trail.append("begin \(walk.stage.rawValue)")
  }

  /// Takes one step; the answer is the property it broke, or nil.
  mutating func step(_ totals: inout WalkTotals) -> String? {
    totals.steps += 1
    if walk.handoff.stage.isTerminal, dice.chance(10) { restart() }
    totals.stages.insert(walk.stage)
    let event = dice.chance(65) ? likely() : anything()
    let before = walk.handoff
    walk.policy = policy
    do {
      try walk.take(event, after: .seconds(dice.pick([0, 1, 1, 5, 60, 700, 90_000], or: 1)))
    } catch {
      totals.refusals += 1
      return walk.handoff == before ? nil : "a refusal changed the value"
    }
    if case .orderEdited(let version) = event { versions.append(version) }
    if walk.stage == .confirmed, before.stage != .confirmed { totals.confirmations += 1 }
    trail.append("\(event.name) \(event.detail): \(before.stage.rawValue) -> \(walk.stage.rawValue) \(walk.effects)")
    return Promise.broken(from: before, by: event, to: walk, policy: policy) ?? secondCreate(event, before)
  }

  /// S3, class N: while something may exist, only a person's decision leads to another create.
  private mutating func secondCreate(_ event: HandoffEvent, _ before: Handoff) -> String? {
    if case .operatorDecided(.createAgain, _) = event { mayCreate = true }
    if case .submissionOutcomeUnknown = event, before.stage == .submitting { mayCreate = false }
    guard policy.receiptClass == .none, walk.handoff.mayExist, !mayCreate else { return nil }
    let creates = walk.effects.contains { if case .submitOrder = $0 { true } else { false } }
    return creates ? "S3: a class N order may exist, and a second create was planned" : nil
  }

  private mutating func likely() -> HandoffEvent {
    let current = Fixture.receipt(walk.handoff.version, total: dice.chance(5) ? money(999) : nil)
    let frozen = versions.first { $0.number == walk.handoff.submittedVersion } ?? walk.handoff.version
    switch walk.stage {
    case .captured: return .submissionStarted
    case .submitting:
      return dice.pick(
        [
          .receiptIssued(Fixture.receipt(frozen)), .receiptIssued(Fixture.receipt(frozen)),
          .submissionOutcomeUnknown(reason: "lost"), .submissionDeferred(reason: "busy"),
          .submissionRefused(reason: "no"), .orderRecorded(recordID: Fixture.record, state: "draft"),
        ], or: .submissionStarted)
    case .unresolved, .recorded:
      return dice.pick(
        [
          .receiptFound(Fixture.receipt(frozen)), .receiptNotFound, .receiptNotFound, .submissionStarted,
          .lookupFailed(reason: "busy"), .submissionIncomplete(recordID: Fixture.record, state: "draft"),
        ], or: .receiptNotFound)
    case .receipted, .held:
      return dice.pick(
        [.inventoryValidated, .inventoryValidated, Walk.short, .inventoryUnknown(reason: "busy")], or: Walk.short)
    case .updating: return .receiptIssued(current)
    case .decided: return .confirmationSent
    case .declining: return .cannotFulfilSent
    case .cancelling: return .cancellationCompleted
    case .refused: return .operatorDecided(.retry, by: "Ada")
    case .confirmed, .cancelled, .declined, .returned, .observed: return anything()
    }
  }

  private mutating func anything() -> HandoffEvent {
    if dice.chance(8) { return edit() }
    if dice.chance(6) {
      let version = dice.pick(versions, or: walk.handoff.version)
      let record = dice.chance(90) ? Fixture.record : "SO-2"
      return .receiptIssued(Fixture.receipt(version, record: record, total: dice.chance(20) ? money(1) : nil))
    }
    if dice.chance(3) { return .receiptIssued(Fixture.receipt(walk.handoff.version, record: "<html>")) }
    let all = EveryEvent.fitting(walk.handoff).filter { !$0.event.isFinal || dice.chance(20) }
    return all.isEmpty ? .deadlinePassed : all[dice.below(all.count)].event
  }

  private mutating func edit() -> HandoffEvent {
    let last = walk.handoff.version
    // Three contents in turn, so that edits go back to what was there before; now and then a number that goes back.
    let number = dice.chance(90) ? last.number + 1 : last.number
    return .orderEdited(Fixture.version(number, content: dice.below(3)))
  }
}

extension HandoffEvent {
  /// Ends most handoffs at once, so that a walk would rarely get past it.
  fileprivate var isFinal: Bool {
    switch self {
    case .orderCancelled, .operatorDecided(.cancel, _), .operatorDecided(.handBack, _), .operatorDecided(.decline, _):
      true
    default: false
    }
  }
}
