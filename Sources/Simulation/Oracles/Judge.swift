import HandoffCore
import HandoffStore

/// Judges a finished world: every oracle over every order, and the sums over all.
struct Judge {
  private let world: World
  private let memory: MemoryStore
  private let converged: Bool
  private(set) var confirmed = 0
  private(set) var ends: [String: Int] = [:]
  private(set) var stuck: Int?

  init(_ world: World, _ memory: MemoryStore, converged: Bool) {
    self.world = world
    self.memory = memory
    self.converged = converged
  }

  static let oracles: [Oracle] =
    GateOracles.all + RecordOracles.all + StockOracles.all + MessageOracles.all + StoreOracles.all

  mutating func judge() {
    let facts = world.history.byOrder(world.orders.count)
    var stages: [Stage: Int] = [:]
    for order in world.orders.indices {
      let story = Story(world, order, facts[order])
      for oracle in Judge.oracles {
        if let broken = oracle(story) { world.violate(broken.property, order, broken.text) }
      }
      for broken in GateOracles.atDecisions(story) { world.violate(broken.property, order, broken.text) }
      judgeEnd(story)
      if let last = story.lastStage { stages[last, default: 0] += 1 }
    }
    judgeStrangers()
    judgeSums(stages)
  }

  /// L1: at the end of everything each order is at an end or with a person.
  private mutating func judgeEnd(_ story: Story) {
    guard let stage = story.lastStage else { return }
    if story.facts.contains(where: { $0.kind == .mailTaken && $0.first == 1 }) { confirmed += 1 }
    if stage.isTerminal { ends[stage.rawValue, default: 0] += 1 }
    guard !converged else { return }
    if !stage.isTerminal { stuck = story.order }
    var filter = ExceptionFilter()
    filter.handoff = story.info.handoff
    let open = (try? memory.transactNow { try $0.exceptions(filter) }) ?? []
    if !open.isEmpty { stuck = story.order }
    if !stage.isTerminal || !open.isEmpty {
      let what = open.isEmpty ? "and nobody knows" : "and no decision of a person ends it"
      world.violate(.l1, story.order, "stuck in \(stage.rawValue) after everything was mended, \(what)")
    }
  }

  /// S12, S2, S6 over deliveries that were no orders.
  private func judgeStrangers() {
    var stored = 0
    var acknowledged = 0
    var unreadable: Set<Int32> = []
    for fact in world.history.facts {
      if fact.kind == .deliveryStored { stored += 1 }
      if fact.kind == .acknowledged { acknowledged += 1 }
      guard fact.kind == .acknowledged, fact.second == 1 else { continue }
      if fact.text == "forged" { return world.violate(.s12, nil, "a forged delivery was acknowledged") }
      if fact.text == "unreadable" { unreadable.insert(fact.first) }
      if acknowledged > stored { return world.violate(.s2, nil, "a notice was acknowledged and is not stored") }
    }
    var filter = UnreadableFilter()
    filter.onlyOpen = false
    filter.limit = 1_000_000
    let kept = (try? memory.transactNow { try $0.unreadable(filter) }) ?? []
    if kept.count < unreadable.count {
      world.violate(.s6, nil, "\(unreadable.count) unreadable deliveries, \(kept.count) kept")
    }
    if kept.contains(where: { $0.delivery.owner.isEmpty }) {
      world.violate(.l2, nil, "an unreadable delivery has no owner")
    }
  }

  /// S6: orders are the sum of their stages, deliveries the sum of their fates.
  private func judgeSums(_ told: [Stage: Int]) {
    var captured: Set<Int32> = []
    var fates = [Int](repeating: 0, count: DeliveryDisposition.allCases.count)
    var held: [Int32: Int32] = [:]
    for fact in world.history.facts {
      if fact.kind == .journal { captured.insert(fact.order) }
      if fact.kind == .deliveryStored { fates[Int(fact.first)] += 1 }
      if fact.kind == .inFlight { held[fact.order] = fact.second }
    }
    let sums = try? memory.transactNow { (try $0.counts(), try $0.deliveryCounts(), try $0.inFlight()) }
    guard let (stages, deliveries, inFlight) = sums else { return }
    // L6: what channels are told to keep back is the sum over the orders.
    if Stock.mark(inFlight.map { ($0.key, $0.value) }) != held.values.reduce(0, &+) {
      world.violate(.l6, nil, "the units in flight are not the sum of the orders' units")
    }
    let total = stages.values.reduce(0, +)
    if total != captured.count { world.violate(.s6, nil, "\(captured.count) orders taken in, \(total) in the table") }
    for stage in Stage.allCases where told[stage, default: 0] != stages[stage, default: 0] {
      world.violate(
        .s6, nil,
        "\(stage.rawValue): \(told[stage, default: 0]) by the journal, \(stages[stage, default: 0]) in the table")
    }
    for (index, fate) in DeliveryDisposition.allCases.enumerated() where deliveries[fate, default: 0] != fates[index] {
      world.violate(.s6, nil, "\(fate.rawValue): \(fates[index]) stored, \(deliveries[fate, default: 0]) in the table")
    }
  }
}
