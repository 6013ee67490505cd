import HandoffCore
import HandoffStore
import StoreTesting
import Testing

/// An order whose stored content cannot be read stops itself: not its storefront, not its lane.
@Suite struct UnreadableContentTests {
  private struct Illegible: Error {}

  /// A lane that always has room.
  private struct OpenDesk: LeaseDesk {
    func take(lane: String) -> Bool { true }
  }

  /// The same rules over the same store, where no stored content can be read.
  private var blind: Moves {
    var setting = StoreBench.setting(HandoffPolicy())
    setting.decode = { _ in throw Illegible() }
    return Moves(setting)
  }

  @Test func `a cancel of an order that cannot be read is taken, and a person is asked`() async throws {
    let store = MemoryStore()
    let bench = StoreBench(store)
    let id = try await bench.take(StoreBench.request(try StoreBench.order(), updated: 50)).handoff.id
    let task = try await bench.claimOne(at: 1)
    try await bench.settle(task, .receiptIssued(StoreBench.receipt(task)), at: 2)
    let blind = blind
    let cancel = StoreBench.request(try StoreBench.order(isCancelled: true), at: 60, updated: 40)
    let result = try await store.transact { try blind.intake(cancel, in: $0, desk: OpenDesk()) }
    #expect(result.disposition == .applied && result.handoff.cancelRequested)
    #expect(result.claimed.isEmpty, "nothing leaves for an order that cannot be read")
    let claimed = try await store.transact {
      try blind.claim(lane: StoreBench.erp, limit: 10, at: StoreBench.at(61), in: $0)
    }
    #expect(claimed.isEmpty)
    let handoff = try await bench.handoff(id)
    #expect(handoff.exception?.kind == .unexpected)
    // The same cancel again is a repetition, not a 503.
    let again = try await store.transact { try blind.intake(cancel, in: $0, desk: OpenDesk()) }
    #expect(again.disposition == .duplicate)
    try await bench.verify()
  }
}
