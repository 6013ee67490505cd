import Connector
import ConnectorTesting
import HandoffCore
import HandoffStore
import StoreTesting
import Testing

@testable import Coordinator

/// Stopping, waiting, and everything that only watches.
@Suite struct LifeTests {
  let world = World()

  @Test func `a stop waits for what is under way, settles it, and begins nothing new (L9)`() throws {
    let ledger = Ledger(world)
    let turnstile = Turnstile()
    let store = MemoryStore()
    let erp = ledger.erp(onSubmit: { submission in
      await turnstile.pass()
      return ledger.create(submission)
    })
    let office = Office(world, erp: erp, store: store)
    office.open()
    let id = try office.capture()
    office.coordinator.stop()
    world.settle()
    #expect(!office.hasEnded)
    let late = try office.capture("1002")
    turnstile.open()
    world.settle()
    #expect(office.hasEnded)
    #expect(try office.handoff(id).stage == .receipted)
    #expect(try office.handoff(late).stage == .captured)
    #expect(ledger.asked("stock").isEmpty && office.sent.count == 0)
    try office.end()

    let next = Office(world, erp: ledger.erp(), store: store)
    next.open()
    #expect(next.wait(for: .confirmed, of: id))
    #expect(next.wait(for: .confirmed, of: late))
    #expect(ledger.created == 2)
    #expect(ledger.asked("find").isEmpty)
    try next.end()
  }

  @Test func `a stop between a claim and its performance keeps no permit and loses no task`() throws {
    let turnstile = Turnstile()
    let store = SlowClaims(turnstile)
    let ledger = Ledger(world)
    let office = Office(world, erp: ledger.erp(), store: store)
    // Taken in before anybody works: it waits to be claimed.
    let id = try office.capture()
    store.begin()
    office.open()
    // The leases are taken back; then the lanes claim, and their claims are committed but not yet known to them.
    turnstile.letOneGo()
    world.settle()
    #expect(try office.handoff(id).stage == .submitting)
    office.coordinator.stop()
    world.settle()
    turnstile.open()
    world.settle()
    try office.end()
    let next = Office(world, erp: ledger.erp(), store: store)
    next.open()
    #expect(next.wait(for: .confirmed, of: id))
    #expect(ledger.created == 1)
    try next.end()
  }

  @Test func `who waits for an order is told as soon as the customer can be`() throws {
    let turnstile = Turnstile()
    let ledger = Ledger(world)
    let erp = ledger.erp(onSubmit: { submission in
      await turnstile.pass()
      return ledger.create(submission)
    })
    let office = Office(world, erp: erp)
    office.open()
    let id = try office.capture()
    let other = try office.capture("1002")
    let waiting = world.begin { [office] in await office.coordinator.settled(id, within: .seconds(30)) }
    world.advance(by: .seconds(10))
    #expect(!waiting.isThere)
    turnstile.letOneGo()
    world.settle()
    #expect(waiting.value??.stage == .decided)
    #expect(try office.handoff(other).stage == .submitting)
    turnstile.open()
    world.settle()
    try office.end()
  }

  @Test func `who waits too long is told where the order stands, and who asks late is told at once`() throws {
    let ledger = Ledger(world)
    let office = Office(world, erp: ledger.erp(onSubmit: { _ in .busy(reason: "503") }))
    office.open()
    let id = try office.capture()
    let waiting = world.begin { [office] in await office.coordinator.settled(id, within: .seconds(5)) }
    world.advance(by: .seconds(4))
    #expect(!waiting.isThere)
    world.advance(by: .seconds(1))
    #expect(waiting.value??.stage == .captured)
    _ = try world.value { [office] in try await office.coordinator.decide(.decline, on: id, by: "Ada") }
    let late = world.begin { [office] in await office.coordinator.settled(id, within: .seconds(5)) }
    #expect(late.value??.stage == .declined)
    let nobody = world.begin { [office] in await office.coordinator.settled(HandoffID("x"), within: .seconds(1)) }
    world.advance(by: .seconds(1))
    #expect(nobody.isThere && nobody.value == .some(.none))
    try office.end()
  }

  @Test func `who waits for an order that comes to wait for a person is told at once`() throws {
    let ledger = Ledger(world)
    let office = Office(world, erp: ledger.erp(onSubmit: { _ in .refused(reason: "No such item.") }))
    office.open()
    let id = try office.capture()
    let waiting = world.begin { [office] in await office.coordinator.settled(id, within: .seconds(30)) }
    world.settle()
    #expect(waiting.value??.exception?.kind == .refused)
    try office.end()
  }

  @Test func `a listener hears of every order, a waiter of its own only`() throws {
    let office = Office(world)
    office.open()
    let turnstile = Turnstile()
    let heard = Notes<Transition>()
    let listening = office.coordinator.listen()
    world.begin {
      for await transition in listening { heard.add(transition) }
      await turnstile.pass()
    }
    let first = try office.capture("1")
    let own = Notes<HandoffID>()
    let mine = office.coordinator.transitions.listen(to: first)
    world.begin { for await transition in mine { own.add(transition.handoff.id) } }
    try office.capture("2")
    world.settle()
    #expect(Set(heard.all.map(\.handoff.key.orderID)) == ["1", "2"])
    #expect(own.all.isEmpty)
    world.advance(by: .seconds(1))
    try office.capture("1", hats: 3)
    #expect(!own.all.isEmpty && own.all.allSatisfy { $0 == first })
    turnstile.open()
    try office.end()
  }

  @Test func `events are named by the rules, whatever a storefront calls its topics`() throws {
    let office = Office(world)
    office.open()
    let heard = Notes<String>()
    let listening = office.coordinator.listen()
    world.begin { for await transition in listening { heard.add(transition.event) } }
    try office.capture("1", hats: 1)
    world.advance(by: .seconds(1))
    try office.capture("1", hats: 2)
    world.advance(by: .seconds(1))
    try office.receive(try StoreBench.order("1", hats: 2, isCancelled: true))
    world.advance(by: .seconds(1))
    try office.receive(try StoreBench.order("2", hats: 1))
    world.advance(by: .seconds(1))
    try office.receive(try StoreBench.order("2", hats: 1, payment: .voided))
    let names = Set(heard.all)
    #expect(names.isSuperset(of: ["captured", "order_edited", "order_cancelled", "payment_voided"]))
    #expect(!names.contains("order"))
    let counted = office.coordinator.meter.reading.counters.keys.filter { $0.hasPrefix("events.") }
    #expect(Set(counted) == Set(names.map { "events." + $0 }))
    try office.end()
  }

  @Test(arguments: [GateMode.observe, .shadow])
  func `outside mode gate nothing leaves this process (S10)`(mode: GateMode) throws {
    let ledger = Ledger(world)
    let policy = HandoffPolicy(pattern: .acknowledgmentGated, mode: mode)
    let office = Office(world, erp: ledger.erp(), policy: policy)
    office.open()
    let id = try office.capture()
    world.advance(by: .seconds(1))
    try office.capture(hats: 2)
    world.advance(by: .seconds(7200))
    #expect(try office.handoff(id).stage == .observed)
    for question in ["submit", "find", "stock", "cancel"] { #expect(ledger.asked(question).isEmpty) }
    #expect(office.sent.count == 0)
    let planned = try office.tasks(id)
    #expect(planned.isEmpty == (mode == .observe))
    #expect(planned.allSatisfy { $0.planned.disposition == .shadow && $0.attempt == 0 })
    #expect(try office.exceptions(onlyOpen: false).isEmpty)
    try office.end()
  }

  @Test func `orders from before the watermark and test orders are only watched (S4c)`() throws {
    let ledger = Ledger(world)
    var policy = HandoffPolicy()
    policy.watermark = World.start
    let office = Office(world, erp: ledger.erp(), policy: policy)
    office.open()
    var old = try StoreBench.order("1")
    old.placedAt = World.start - .seconds(1)
    var test = try StoreBench.order("2")
    test.isTest = true
    var new = try StoreBench.order("3")
    new.placedAt = World.start
    for order in [old, test, new] { try office.receive(order) }
    #expect(try office.handoff(of: "1")?.stage == .observed)
    #expect(try office.handoff(of: "2")?.stage == .observed)
    #expect(try office.handoff(of: "3")?.stage == .confirmed)
    #expect(ledger.created == 1)
    try office.end()
  }

  @Test(arguments: [0, 25, 100])
  func `a share of the orders is gated, always the same ones`(share: Int) throws {
    func gated(_ world: World) throws -> Set<String> {
      var policy = HandoffPolicy()
      policy.share = share
      let office = Office(world, policy: policy)
      office.open()
      var found: Set<String> = []
      for number in 1...400 {
        let id = try office.capture("\(number)")
        if try office.handoff(id).stage != .observed { found.insert("\(number)") }
      }
      #expect(office.sent.count == found.count)
      try office.end()
      return found
    }
    let first = try gated(world)
    #expect(try gated(World(at: World.start + .seconds(77))) == first)
    #expect(abs(first.count - share * 4) <= 40)
    if share == 0 || share == 100 { #expect(first.count == share * 4) }
  }
}

/// A store in memory whose claims wait at a turnstile.
private final class SlowClaims: HandoffStore {
  private let inner = MemoryStore()
  private let turnstile: Turnstile
  private let isSlow = Notes<Bool>()

  init(_ turnstile: Turnstile) { self.turnstile = turnstile }

  func begin() { isSlow.add(true) }

  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value {
    let value = try await inner.transact(body)
    if isSlow.count > 0 { await turnstile.pass() }
    return value
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreReading) throws -> Value
  ) async throws -> Value { try await inner.read(body) }
}
