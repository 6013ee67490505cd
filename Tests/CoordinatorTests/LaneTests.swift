import Connector
import ConnectorTesting
import HandoffCore
import HandoffStore
import StoreTesting
import Testing

@testable import Coordinator

/// How a lane is served: what it costs to wait, and who goes first.
@Suite struct LaneTests {
  let world = World()

  @Test func `a task that waits for another of its order costs no look every few milliseconds`() throws {
    let turnstile = Turnstile()
    let sent = Notes<MessageKind>()
    var carrier = FakeSender()
    carrier.onSend = { message in
      if message.kind == .acknowledgement { await turnstile.pass() }
      sent.add(message.kind)
      return .accepted
    }
    let store = CountedStore()
    let office = Office(
      world, policy: HandoffPolicy(pattern: .acknowledgmentGated), store: store, sender: carrier)
    office.open()
    let id = try office.capture()
    // The acknowledgement is under way; the confirmation is due, and waits for it.
    #expect(try office.handoff(id).stage == .decided)
    #expect(try office.tasks(id).contains { $0.planned.effect == .releaseConfirmation && $0.leasedUntil == nil })
    let before = store.transactions
    _ = world.advance(upTo: .seconds(20)) { false }
    // Two lanes and the deadlines look once a second each; every five milliseconds it would be 4,000.
    #expect(store.transactions - before < 100)
    turnstile.open()
    world.settle()
    #expect(sent.all == [.acknowledgement, .confirmation], "the end of the one did not wake the lane for the other")
    try office.end()
  }

  @Test func `in a lane of one permit the end of a task lets the next one of its order go at once`() throws {
    let turnstile = Turnstile()
    let ledger = Ledger(world)
    var erp = ledger.erp(concurrency: 1)
    erp.onInventory = { _ in
      ledger.note("stock")
      await turnstile.pass()
      return .allocated
    }
    let office = Office(world, erp: erp)
    office.open()
    let id = try office.capture()
    #expect(try office.handoff(id).stage == .receipted)
    // The edit's update is due, and waits for the question about stock to end.
    try office.receive(try StoreBench.order("1001", hats: 2), id: "edit")
    _ = world.advance(upTo: .milliseconds(400)) { false }
    #expect(ledger.asked("submit").count == 1)
    turnstile.open()
    world.settle()
    #expect(ledger.asked("submit").count == 2, "it waited for the lane's next look")
    #expect(office.wait(for: .confirmed, of: id))
    try office.end()
  }

  @Test func `what is no longer called for does not keep a lane from the tasks behind it`() throws {
    let ledger = Ledger(world)
    let isDown = Notes<Bool>()
    let erp = ledger.erp(
      concurrency: 2,
      onSubmit: { submission in
        isDown.count == 0 ? .busy(reason: "down") : ledger.create(submission)
      })
    let office = Office(world, erp: erp)
    office.open()
    let many = try (2001...2200).map { try office.capture(String($0)) }
    let last = try office.capture("3001")
    for number in 2001...2200 {
      var order = try StoreBench.order(String(number))
      order.isCancelled = true
      order.updatedAt = world.now
      try office.receive(order, id: "cancel-\(number)")
    }
    isDown.add(true)
    let began = world.now
    #expect(office.wait(for: .confirmed, of: last))
    // Its own pause between two tries is some seconds; two hundred tasks that are dropped take no second each.
    #expect(world.now.since(began) < .seconds(100))
    for id in many { #expect(try office.handoff(id).stage == .cancelled) }
    try office.end()
  }

  @Test func `a task that ends while the lane is being looked through is not missed`() throws {
    let turnstile = Turnstile()
    let looks = Turnstile()
    let sent = Notes<MessageKind>()
    var carrier = FakeSender()
    carrier.onSend = { message in
      if message.kind == .acknowledgement { await turnstile.pass() }
      sent.add(message.kind)
      return .accepted
    }
    let store = CountedStore(slowLooks: looks)
    let office = Office(
      world, policy: HandoffPolicy(pattern: .acknowledgmentGated), store: store, sender: carrier)
    office.open()
    let id = try office.capture()
    #expect(try office.handoff(id).stage == .decided)
    // The lane's look is committed and not yet known to it; then the acknowledgement ends.
    store.beSlow()
    _ = world.advance(upTo: .seconds(3)) { looks.counts.inside > 0 }
    #expect(looks.counts.inside > 0)
    turnstile.open()
    world.settle()
    looks.open()
    world.settle()
    #expect(sent.all == [.acknowledgement, .confirmation])
    try office.end()
  }

  @Test func `whoever looks for waiting tasks leaves permits to those that are born meanwhile`() {
    let permits = Permits(["erp:books": 8])
    // Nobody has looked yet: tasks may wait, and all permits are for them.
    #expect(permits.takeFree(lane: "erp:books", at: world.now) == 8)
    permits.giveBack(8, lane: "erp:books")
    permits.note(hasBacklog: false, isHeldUp: false, lane: "erp:books")
    #expect(permits.takeFree(lane: "erp:books", at: world.now) == 4)
    #expect(permits.takeOne(lane: "erp:books", at: world.now))
    #expect(!permits.hasBacklog(lane: "erp:books"))
    #expect(permits.takeFree(lane: "erp:books", at: world.now) == 2)
    #expect(permits.takeFree(lane: "erp:books", at: world.now) == 1)
    #expect(permits.takeFree(lane: "erp:books", at: world.now) == 0)
    #expect(!permits.takeOne(lane: "erp:books", at: world.now))
    #expect(permits.hasBacklog(lane: "erp:books"))
  }
}

/// A store that counts its transactions, and can keep the answers of a lane's looks back after their commit.
private final class CountedStore: HandoffStore {
  private let inner = MemoryStore()
  private let count = Notes<Void>()
  private let isSlow = Notes<Void>()
  private let slowLooks: Turnstile?

  init(slowLooks: Turnstile? = nil) { self.slowLooks = slowLooks }

  var transactions: Int { count.count }

  func beSlow() { isSlow.add(()) }

  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value {
    count.add(())
    let value = try await inner.transact(body)
    if isSlow.count > 0, "\(Value.self)".contains("Look"), let slowLooks { await slowLooks.pass() }
    return value
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreReading) throws -> Value
  ) async throws -> Value { try await inner.read(body) }
}
