import HandoffCore
import HandoffStore
import StoreTesting
import Testing

/// What is left out of a listing must be exactly what intake would write nothing about.
@Suite struct KnownListingTests {
  /// What the storefront lists: how many hats, by which clock, cancelled or not.
  struct Listed: Sendable, CustomTestStringConvertible {
    let hats: Int
    let clock: Int
    var isCancelled = false
    var hasClock = true
    var testDescription: String {
      "\(hats) hats at \(clock)\(isCancelled ? ", cancelled" : "")\(hasClock ? "" : ", no clock")"
    }
  }

  private static let all: [Listed] = [
    Listed(hats: 1, clock: 10), Listed(hats: 1, clock: 5), Listed(hats: 1, clock: 20), Listed(hats: 2, clock: 20),
    Listed(hats: 2, clock: 10), Listed(hats: 2, clock: 5), Listed(hats: 1, clock: 10, isCancelled: true),
    Listed(hats: 1, clock: 30, isCancelled: true), Listed(hats: 1, clock: 10, hasClock: false),
  ]

  private func request(_ listed: Listed, at seconds: Int) throws -> IntakeRequest {
    var order = try StoreBench.order(hats: listed.hats, isCancelled: listed.isCancelled)
    order.updatedAt = listed.hasClock ? StoreBench.at(listed.clock) : nil
    return IntakeRequest(
      key: OrderKey(storefront: StorefrontName("main"), orderID: order.id), order: order,
      updatedAt: StoreBench.at(listed.clock), topic: "backfill", dedupeID: nil, headers: "", body: [],
      receivedAt: StoreBench.at(seconds))
  }

  private func state(_ bench: StoreBench, of id: HandoffID) async throws -> [String] {
    let markers = try await bench.store.read { store in
      try ["seen:", "cancelled:"].map { try store.marker($0 + id.text) ?? "-" }
    }
    return [try await StoreDump.text(of: bench.store)] + markers
  }

  private func isKnown(_ request: IntakeRequest, _ bench: StoreBench) async throws -> Bool {
    let moves = bench.moves
    return try await bench.store.read { try moves.isKnown(request, in: $0) }
  }

  @Test(arguments: all, all) func `what is known changes nothing`(before: Listed, listed: Listed) async throws {
    let bench = StoreBench(MemoryStore())
    let first = try await bench.take(request(Listed(hats: 1, clock: 10), at: 40))
    _ = try await bench.take(request(before, at: 50))
    let next = bench.moves.prepare(try request(listed, at: 60))
    let wasKnown = try await isKnown(next, bench)
    let old = try await state(bench, of: first.handoff.id)
    _ = try await bench.take(next)
    let isSame = try await state(bench, of: first.handoff.id) == old
    #expect(isSame || !wasKnown)
  }

  @Test func `what was taken in is known, an order nobody has seen is not, and a delivery never is`() async throws {
    let bench = StoreBench(MemoryStore())
    let listed = try request(Listed(hats: 1, clock: 10), at: 20)
    let before = try await isKnown(listed, bench)
    _ = try await bench.take(listed)
    let after = try await isKnown(listed, bench)
    #expect(!before && after)
    let delivered = try await isKnown(StoreBench.request(listed.order, at: 30, dedupeID: "w1"), bench)
    #expect(!delivered)
  }
}
