import HandoffCore
import HandoffStore

/// One simulated world from its first order to its judgement.
package struct Simulation {
  /// What a run came to.
  package struct Outcome: Sendable {
    /// The seed.
    package let seed: UInt64
    /// What was planned.
    package let plan: Plan
    /// Promises broken; empty when all is well.
    package let violations: [Violation]
    /// Everything that happened.
    package let history: History
    /// A hash over everything that happened and every choice of the schedule.
    package let digest: UInt64
    /// Orders placed.
    package let orders: Int
    /// Orders whose customer was told "confirmed".
    package let confirmed: Int
    /// Orders at an end, by the name of their stage.
    package let ends: [String: Int]
    /// Strikes by kind.
    package let faults: [Int]
    /// Jobs run.
    package let steps: Int
    /// Simulated microseconds.
    package let duration: Int64
    /// Whether everything came to an end after the healing.
    package let converged: Bool
    /// An order that came to no end; nil when there is none.
    package let stuck: Int?
  }

  /// How long the healed world may take until nothing is open, in microseconds.
  static let patience: Int64 = 400_000_000

  let world: World
  private let loop: SeededLoop
  let memory = MemoryStore()
  private let nemesis: Nemesis
  private let people: People

  private let sabotage: Sabotage

  init(_ plan: Plan, sabotage: Sabotage = Sabotage()) {
    self.sabotage = sabotage
    var dice = Dice(seed: plan.seed ^ 0x5157)
    loop = SeededLoop(dice: dice.fork(), inOrder: plan.inOrder)
    world = World(plan, loop: loop, dice: dice.fork())
    world.reception = sabotage.reception
    nemesis = Nemesis(world, memory, sabotage)
    people = People(world, memory)
  }

  /// Runs a seed without any seeded bug.
  package static func run(seed: UInt64, orders: Int? = nil, calm: Bool = false) -> Outcome {
    Simulation(Plan(seed: seed, orders: orders, calm: calm)).run()
  }

  func run() -> Outcome {
    let (world, nemesis, people) = (world, nemesis, people)
    nemesis.start()
    world.openShops()
    followScripts()
    let healAt = world.plan.span + 12_000_000
    beat { nemesis.look() }
    every(1_000_000) { people.look() }
    loop.run { $0 >= healAt }
    nemesis.heal()
    let limit = healAt + Self.patience
    var converged = false
    var nextLook = healAt
    let checks = HealedChecks(world, memory)
    loop.run { instant in
      if instant < nextLook { return false }
      nextLook = instant + 1_000_000
      checks.look()
      converged = isSettled()
      return converged || instant >= limit
    }
    for node in world.nodes where node.life.isAlive { node.leave() }
    world.isOver = true
    loop.run { _ in false }
    let outcome = outcome(converged)
    world.dissolve()
    return outcome
  }

  /// Lets a process of its own follow each script of the plan.
  private func followScripts() {
    let plan = world.plan
    world.hands = plan.scripts.indices.map { place in
      Hand(number: 1001 + place, shop: plan.openShops + place, world: world, memory: memory, sabotage: sabotage)
    }
    for (hand, script) in zip(world.hands, plan.scripts) {
      hand.follow(Script.all[script], from: Int64(world.dice.below(4_000_000)))
    }
  }

  private func beat(_ action: @escaping () -> Void) { every(Nemesis.beat, action) }

  private func every(_ pause: Int64, _ action: @escaping () -> Void) {
    loop.after(pause) { [world, self] in
      if world.isOver { return }
      action()
      every(pause, action)
    }
  }

  /// Nothing is open: no order on its way, no exception, no delivery due, and nothing left to do.
  private func isSettled() -> Bool {
    guard world.deliveriesDue == 0, world.loop.now > world.plan.span + 12_000_000 + 40_000_000 else { return false }
    return
      (try? memory.transactNow { store in
        if try !store.exceptions(ExceptionFilter()).isEmpty { return false }
        guard try store.counts().allSatisfy({ $0.value == 0 || $0.key.isTerminal }) else { return false }
        let lanes =
          world.plan.erps.map { Moves.erpLane($0.name) }
          + world.plan.shops.flatMap { [Moves.notifyLane($0.name), Moves.storefrontLane($0.name)] }
        return try lanes.allSatisfy { try store.nextDue(lane: $0) == nil }
      }) ?? false
  }

  private func outcome(_ converged: Bool) -> Outcome {
    var judge = Judge(world, memory, converged: converged)
    judge.judge()
    return Outcome(
      seed: world.plan.seed, plan: world.plan, violations: world.violations, history: world.history,
      digest: Fingerprint.mix(world.history.digest ^ loop.fingerprint ^ UInt64(loop.steps)),
      orders: world.orders.count, confirmed: judge.confirmed, ends: judge.ends, faults: world.faults,
      steps: loop.steps, duration: loop.now, converged: converged, stuck: judge.stuck)
  }
}
