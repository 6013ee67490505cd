import HandoffCore
import HandoffStore

extension StoreConformance {
  static let sightingChecks: [StoreCheck] = [
    StoreCheck("observed orders are unseen until they are seen, once, and the journal says so", seenOnce),
    StoreCheck("unseen orders come in the order of their capture, page by page, from their window alone", inWindows),
    StoreCheck("an order that is gated is neither unseen nor seen", gatedIsNot),
  ]

  private static func bench(_ store: any HandoffStore, mode: GateMode, orders: Int) async throws -> [HandoffID] {
    let bench = StoreBench(store, policy: HandoffPolicy(mode: mode))
    var ids: [HandoffID] = []
    for number in 0..<orders {
      let request = StoreBench.request(try StoreBench.order("\(1000 + number)"), at: number * 10, updated: number * 10)
      let moves = bench.moves
      ids.append(try await store.transact { try moves.intake(request, in: $0, desk: ClosedDesk()).handoff.id })
    }
    return ids
  }

  private static func window(from: Int = 0, until: Int = 1000, limit: Int = 100) -> UnseenFilter {
    UnseenFilter(erp: ERPName("books"), from: StoreBench.at(from), until: StoreBench.at(until), limit: limit)
  }

  private static func sighting(_ id: HandoffID, _ record: String) -> Sighting {
    Sighting(
      handoffID: id, recordID: record, recordNumber: "SO-1", recordedAt: StoreBench.at(40), seenAt: StoreBench.at(50))
  }

  private static func seenOnce(_ store: any HandoffStore) async throws {
    let ids = try await bench(store, mode: .observe, orders: 2)
    let moves = StoreBench(store).moves
    let first = try requireSome(ids.first)
    try requireEqual(try await store.read { try $0.unseen(window()).map(\.handoff.id) }, ids)
    let isNew = try await store.transact { try moves.note(sighting(first, "77"), in: $0) }
    try require(isNew, "the first sighting is none")
    let again = try await store.transact { try moves.note(sighting(first, "78"), in: $0) }
    try require(!again, "a second sighting counts")
    let kept = try await store.read { try $0.sighting(of: first) }
    try requireEqual(kept, Optional(sighting(first, "77")))
    try requireEqual(try await store.read { try $0.unseen(window()).map(\.handoff.id) }, Array(ids.dropFirst()))
    let last = try requireSome(try await store.read { try $0.journal(of: first).last })
    try requireEqual(last.event, "record_seen")
    try requireEqual(last.detail, "record 77 (SO-1), recorded \(StoreBench.at(40).iso8601)")
    let report = try await store.read { try Verification(sha256: { PlainSHA256.digest($0) }).report(on: $0) }
    try requireEqual(report.findings.count, 0, "\(report.findings)")
  }

  private static func inWindows(_ store: any HandoffStore) async throws {
    let ids = try await bench(store, mode: .shadow, orders: 7)
    var filter = window(from: 10, until: 60, limit: 2)
    var found: [HandoffID] = []
    for _ in 0..<5 {
      let asked = filter
      let page = try await store.read { try $0.unseen(asked) }
      guard let last = page.last else { break }
      try require(page.count <= 2, "a page of \(page.count)")
      found += page.map(\.handoff.id)
      filter.after = UnseenFilter.Place(last.handoff)
    }
    try requireEqual(found, Array(ids[1...5]))
    let other = UnseenFilter(erp: ERPName("other"), from: .distantPast, until: .distantFuture, limit: 9)
    try requireEqual(try await store.read { try $0.unseen(other).count }, 0)
  }

  private static func gatedIsNot(_ store: any HandoffStore) async throws {
    let ids = try await bench(store, mode: .gate, orders: 1)
    let moves = StoreBench(store).moves
    let first = try requireSome(ids.first)
    try requireEqual(try await store.read { try $0.unseen(window()).count }, 0)
    let isNew = try await store.transact { try moves.note(sighting(first, "77"), in: $0) }
    try require(!isNew, "a gated order was taken for an observed one")
    try requireEqual(try await store.read { try $0.sighting(of: first) }, nil)
  }
}
