import Connector
import Coordinator
import HandoffCore
import HandoffStore
import Logging

/// The clock and the waiting of one process: the world's clock, off by what was done to this one.
struct TimePort: CoordinatorTime {
  let world: World
  let life: Life
  let sabotage: Sabotage

  var now: Timestamp {
    let now = Timestamp(microseconds: World.beginning.microseconds + world.loop.now + life.skew)
    return sabotage.clock?(now) ?? now
  }

  func sleep(for duration: Duration) async {
    guard life.isAlive else { return }
    await world.loop.sleep(duration.wholeMicroseconds, life.seat)
  }

  func alarm(after duration: Duration, _ ring: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
    // A dead process waits for nothing.
    let number = world.loop.after(life.isAlive ? duration.wholeMicroseconds : 0, ring)
    return { [loop = world.loop] in loop.forget(number) }
  }
}

/// One process of Countersign: the production coordinator, unchanged, in a simulated world.
final class Node: Sendable {
  let life: Life
  let coordinator: Coordinator
  private let task: Task<Void, Never>
  let hasEnded: OneThread<Bool>
  /// Asked to end: it takes nothing new.
  let isLeaving = OneThread(false)

  /// Starts a process.
  init(number: Int, world: World, memory: MemoryStore, sabotage: Sabotage) {
    let seat = Seat(world.loop)
    let life = Life(number: number, seat: seat)
    self.life = life
    let coordinator = Node.coordinator(world, life, memory, sabotage, servesScripted: world.isHealed)
    self.coordinator = coordinator
    let hasEnded = OneThread(false)
    self.hasEnded = hasEnded
    let task = Task(executorPreference: seat) {
      await coordinator.run()
      hasEnded.value = true
      life.isAlive = false
    }
    self.task = task
    world.record(.nodeStarted, -1, number)
    life.onDeath = {
      world.record(.nodeDied, -1, number)
      seat.resume()
      coordinator.stop()
      task.cancel()
    }
  }

  static let owners: [OwnerRole: String] = [
    .erp: "erp-team", .storefront: "web-team", .inventory: "stock-team", .finance: "finance", .support: "support",
  ]

  /// The production coordinator with the ports of a world; the ERPs of scripts are not everybody's.
  static func coordinator(
    _ world: World, _ life: Life, _ memory: MemoryStore, _ sabotage: Sabotage, servesScripted: Bool
  ) -> Coordinator {
    Coordinator(
      setting(world, life, sabotage, servesScripted: servesScripted),
      store: StorePort(world: world, life: life, memory: memory, sabotage: sabotage),
      time: TimePort(world: world, life: life, sabotage: sabotage), sha256: sabotage.sha256 ?? Fingerprint.digest,
      logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
  }

  private static func setting(
    _ world: World, _ life: Life, _ sabotage: Sabotage, servesScripted: Bool
  ) -> CoordinatorSetting {
    let storefronts = world.plan.shops.indices.map { index in
      let shop = world.plan.shops[index]
      var policy = world.policies[index]
      sabotage.policy?(&policy)
      let source = SourcePort(world: world, life: life, shop: index)
      let sender = CarrierPort(world: world, life: life)
      // The ports are there in every mode, so that an effect that must not be would be seen (S10).
      return Storefront(
        name: shop.name, source: sabotage.source?(source) ?? source, sender: sabotage.sender?(sender) ?? sender,
        fulfillment: ShippingPort(world: world, life: life), policy: policy, erp: world.plan.erps[shop.erp].name,
        backfillInterval: world.plan.listInterval)
    }
    var erps: [ERPName: any ERPConnector] = [:]
    for (index, erp) in world.plan.erps.enumerated() where servesScripted || index < world.plan.openERPs {
      let port = ERPPort(world: world, life: life, erp: index)
      erps[erp.name] = sabotage.erp?(port) ?? port
    }
    var setting = CoordinatorSetting(
      storefronts: storefronts, erps: erps, defaultOwner: "ops", owners: Node.owners)
    setting.lease = world.plan.lease
    setting.backfillOverlap = world.plan.listOverlap
    setting.longestPause = world.plan.longestPause
    setting.misconfiguredPause = .seconds(2)
    sabotage.setting?(&setting)
    return setting
  }

  /// Asks the process to finish what is under way and end.
  func leave() {
    isLeaving.value = true
    coordinator.stop()
  }

  /// Hands a delivery to the process; the answer is given when its bytes leave.
  func receive(_ delivery: WebhookDelivery, at name: StorefrontName, _ answer: @escaping @Sendable (Bool) -> Void) {
    Task(executorPreference: life.seat) { [coordinator, life] in
      let reception = await coordinator.receive(delivery, at: name)
      guard life.isAlive else { return }
      switch reception {
      case .taken, .noted, .unreadable, .ping: answer(true)
      case .rejected, .unknownStorefront, .unavailable: answer(false)
      }
    }
  }

  /// Lets a person decide through this process.
  func decide(
    _ decision: OperatorDecision, on id: HandoffID, by name: String, revision: Int?,
    _ done: @escaping @Sendable (Bool) -> Void
  ) {
    Task(executorPreference: life.seat) { [coordinator] in
      do {
        let handoff = try await coordinator.decide(decision, on: id, by: name, expecting: revision)
        done(handoff != nil)
      } catch { done(false) }
    }
  }
}
