import HandoffCore
import HandoffStore

/// What happens to the processes: crashes at any await, stops past a lease, clock jumps, restarts with other settings.
final class Nemesis: Sendable {
  private let world: World
  private let memory: MemoryStore
  private let sabotage: Sabotage
  nonisolated(unsafe) private var started = 0

  init(_ world: World, _ memory: MemoryStore, _ sabotage: Sabotage) {
    self.world = world
    self.memory = memory
    self.sabotage = sabotage
  }

  /// By how much a clock is off at most.
  static let clockRange = Duration.seconds(10)
  /// How often the processes are looked at.
  static let beat: Int64 = 250_000

  func start() {
    started += 1
    let node = Node(number: started, world: world, memory: memory, sabotage: sabotage)
    world.nodes.append(node)
  }

  /// Once a beat: keeps one process alive, and does something to it now and then.
  func look() {
    let alive = world.nodes.filter { $0.life.isAlive }
    guard let node = alive.last else {
      if world.isHealed || world.dice.chance(5000) { start() }
      return
    }
    guard !world.isHealed else { return }
    if strikes(.crashAtAwait) {
      node.life.seat.before(job: world.dice.below(300)) { node.life.die() }
    }
    if strikes(.nodeStopped) { stop(node) }
    if strikes(.clockMoved) { moveClock(of: node) }
    if strikes(.policyChanged) { changePolicy(node) }
    if strikes(.nodeEnded) { node.leave() }
    if world.strikes(.busy) {
      // An ERP is away for a while.
      world.downUntil[world.dice.below(world.downUntil.count)] = world.loop.now + Int64(world.dice.below(4_000_000))
    }
  }

  /// Rates of these kinds count beats, not requests.
  private func strikes(_ kind: FaultKind) -> Bool {
    guard world.dice.chance(world.rates[kind] * 250) else { return false }
    world.note(kind)
    return true
  }

  private func stop(_ node: Node) {
    let number = node.life.number
    node.life.seat.stop()
    world.record(.nodeStopped, -1, number)
    let pause = Int64(world.dice.below(25_000_000))
    if world.plan.overlaps { start() }
    world.loop.after(pause) { [world] in
      guard node.life.isAlive else { return }
      world.record(.nodeContinued, -1, number)
      node.life.seat.resume()
      let others = world.nodes.contains { $0.life.isAlive && $0.life.number > number }
      if others { world.loop.after(Int64(world.dice.below(8_000_000))) { node.life.die() } }
    }
  }

  private func moveClock(of node: Node) {
    world.isClockMoved = true
    let range = Int(Nemesis.clockRange / .milliseconds(1))
    node.life.skew = Int64(world.dice.between(-range, range)) * 1000
    world.record(.clockMoved, -1, node.life.number, Int(node.life.skew / 1000))
    world.loop.after(Int64(world.dice.below(10_000_000))) { [world] in
      node.life.skew = 0
      world.record(.clockMoved, -1, node.life.number, 0)
    }
  }

  /// Another rollout, pattern, hold or deadline; it takes effect with the next process.
  private func changePolicy(_ node: Node) {
    let shop = world.dice.below(world.plan.openShops)
    var policy = world.policies[shop]
    switch world.dice.below(5) {
    case 0: policy.share = world.dice.chance(5000) ? 100 : world.dice.between(10, 90)
    case 1: policy.mode = world.dice.pick([.gate, .gate, .shadow, .observe]) ?? .gate
    case 2: policy.pattern = policy.pattern == .erpGated ? .acknowledgmentGated : .erpGated
    case 3: policy.holdsFulfillment.toggle()
    default: policy.deadlines.receipt = .seconds(world.dice.between(5, 40))
    }
    world.policies[shop] = policy
    if policy.mode == .gate { world.everGated.insert(shop) }
    world.record(
      .policyChanged, -1, shop, policy.share, "\(policy.mode.rawValue) \(policy.pattern.rawValue)")
    if world.dice.chance(5000) { node.leave() } else { node.life.die() }
  }

  /// Nothing fails any more: one process, the right clock, every counterpart up.
  func heal() {
    world.isHealed = true
    world.healedAt = world.loop.now
    if world.dice.chance(3000) { world.peopleBackAt = world.loop.now + 130_000_000 }
    world.record(.healed)
    world.rates = FaultRates()
    for index in world.plan.erps.indices {
      world.downUntil[index] = 0
      world.misconfiguredUntil[index] = 0
    }
    for node in world.nodes where node.life.isAlive {
      node.life.skew = 0
      node.life.seat.resume()
    }
    let alive = world.nodes.filter { $0.life.isAlive && !$0.isLeaving.value }
    for node in alive.dropLast() { node.life.die() }
    world.decidePending()
    mendSilence()
    // The ERPs of the scripts, which only the hands have served so far, are served by a process from here on.
    if !world.plan.scripts.isEmpty {
      for hand in world.hands { hand.life.die() }
      alive.last?.life.die()
    }
    if alive.isEmpty || !world.plan.scripts.isEmpty { start() }
  }

  /// Of the orders that an ERP is silent about only as many stay so as leave it half of its requests: each of them
  /// holds one for seconds and soon asks again, so that with more of them nothing else would be asked, and L8 speaks of
  /// one slot.
  private func mendSilence() {
    var left = world.plan.erps.map { max(1, $0.concurrency / 2) }
    for index in world.orders.indices where world.orders[index].poison == .silent {
      let erp = world.orders[index].erp
      if left[erp] > 0 { left[erp] -= 1 } else { world.orders[index].poison = .none }
    }
  }
}
