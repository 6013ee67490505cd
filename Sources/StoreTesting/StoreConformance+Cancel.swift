import HandoffCore
import HandoffStore

extension StoreConformance {
  static func cancelBeatsClocks(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    func cancel(_ id: String, hats: Int, at seconds: Int, updated: Int, hasClock: Bool) async throws -> IntakeResult {
      let order = try StoreBench.order(id, hats: hats, isCancelled: true)
      return try await bench.take(StoreBench.request(order, at: seconds, updated: updated, hasClock: hasClock))
    }
    // The create came without a clock, or late after an outage: its delivery time is newer than the cancel.
    for (id, hats, hasClock) in [("1", 1, true), ("2", 1, false), ("3", 2, true), ("4", 2, false)] {
      _ = try await bench.take(StoreBench.request(try StoreBench.order(id), at: 100, hasClock: false))
      let late = try await cancel(id, hats: hats, at: 101, updated: 50, hasClock: hasClock)
      try requireEqual(late.disposition, .applied, id)
      try requireEqual(late.handoff.stage, .cancelled, id)
      try requireEqual(late.handoff.exception, nil, id)
      try requireEqual(late.handoff.version.number, 1, "a cancel is no content")
      try requireEqual(try await cancel(id, hats: 1, at: 102, updated: 50, hasClock: true).disposition, .duplicate)
    }
    try requireEqual(try await store.read { try $0.inFlight() }, [:])
    // A cancel of what the ERP has goes to the ERP, and the older clock changes nothing about that.
    let request = StoreBench.request(try StoreBench.order("5"), at: 200, hasClock: false)
    let known = try await bench.receipted(request, at: 200)
    let asked = try await cancel("5", hats: 1, at: 201, updated: 150, hasClock: true)
    try requireEqual(asked.handoff.stage, .cancelling)
    try requireEqual(try await bench.claim(at: 201).map(\.effect), [.cancelOrder])
    try requireEqual(try await bench.handoff(known).cancelRequested, true)
    try await bench.verify()
  }

  static func reopened(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    func take(_ hats: Int, at seconds: Int, updated: Int, cancelled: Bool = false) async throws -> IntakeResult {
      let order = try StoreBench.order("1", hats: hats, isCancelled: cancelled)
      return try await bench.take(StoreBench.request(order, at: seconds, updated: updated))
    }
    let id = try await take(1, at: 10, updated: 10).handoff.id
    try requireEqual(try await take(1, at: 20, updated: 20, cancelled: true).handoff.stage, .cancelled)
    // What was on its way before the cancel is no reopening.
    try requireEqual(try await take(2, at: 21, updated: 19).handoff.exception, nil)
    let back = try await take(2, at: 30, updated: 30)
    try requireEqual(back.disposition, .applied)
    try requireEqual(back.handoff.stage, .cancelled)
    try requireEqual(back.handoff.exception?.kind, .unexpected)
    try require(back.handoff.exception?.reason.contains("reopened") == true, "the reason says what was seen")
    try await bench.decide(.handBack, on: id, at: 31)
    try requireEqual(try await take(2, at: 40, updated: 30).handoff.exception, nil, "told once")
    try requireEqual(try await bench.claim(at: 41).count, 0, "nothing of it reaches the ERP")
    try await bench.verify()

    // The other way round: the reopened content is known when the cancel comes late.
    let other = try StoreBench.order("2", hats: 2)
    _ = try await bench.take(StoreBench.request(other, at: 50, updated: 50))
    let late = StoreBench.request(try StoreBench.order("2", hats: 2, isCancelled: true), at: 60, updated: 45)
    let cancelled = try await bench.take(late)
    try requireEqual(cancelled.handoff.stage, .cancelled)
    try requireEqual(cancelled.handoff.exception?.kind, .unexpected)
    try requireEqual(
      try await store.read { try $0.journal(of: cancelled.handoff.id).map(\.event) },
      ["captured", "order_cancelled", "event_refused"])
    try await bench.verify()
  }
}
