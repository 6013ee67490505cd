import Connector
import ConnectorTesting
import HandoffCore
import HandoffStore
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

  @Test func `whoever looks for waiting tasks leaves permits to those that are born meanwhile`() {
    let permits = Permits(["erp:books": 8])
    permits.noteBacklog(false, lane: "erp:books")
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

/// A store that counts its transactions.
private final class CountedStore: HandoffStore {
  private let inner = MemoryStore()
  private let count = Notes<Void>()

  var transactions: Int { count.count }

  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value {
    count.add(())
    return try await inner.transact(body)
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreReading) throws -> Value
  ) async throws -> Value { try await inner.read(body) }
}
