import HandoffCore
import HandoffStore

extension StoreConformance {
  static let alertChecks: [StoreCheck] = [
    StoreCheck("what an owner is to be told is gathered once, kept until it is taken, and counted", alertsAreKept),
    StoreCheck("an owner is to be told with the fact itself: opened, gone up, given, unreadable", alertsFollowFacts),
    StoreCheck("one message to an owner at a time, and one a minute", alertsArePaced),
  ]

  private static func alert(_ number: Int, to owner: String, kind: String = "refused") -> Alert {
    Alert(
      owner: owner, occasion: .opened, kind: kind, storefront: StorefrontName("main"), subject: "#\(number)",
      at: StoreBench.at(number), deadline: StoreBench.at(number + 100))
  }

  private static func alertsAreKept(_ store: any HandoffStore) async throws {
    try await store.transact {
      for number in 1...3 {
        try $0.insert(alert(number, to: "a@example.com", kind: number == 2 ? "mismatch" : "refused"))
      }
      try $0.insert(alert(9, to: "b@example.com"))
    }
    try await expectFailure("an alert for nobody") { try await store.transact { try $0.insert(alert(1, to: "")) } }
    try await store.transact { try $0.gatherAlerts(of: "a@example.com", into: "m1") }
    try await store.transact {
      try $0.insert(alert(4, to: "a@example.com"))
      try $0.gatherAlerts(of: "nobody@example.com", into: "m2")
    }
    try requireEqual(
      try await store.read { try $0.alertQueues() },
      [
        AlertQueue(owner: "a@example.com", batch: nil, count: 1, newest: StoreBench.at(4)),
        AlertQueue(owner: "a@example.com", batch: "m1", count: 3, newest: StoreBench.at(3)),
        AlertQueue(owner: "b@example.com", batch: nil, count: 1, newest: StoreBench.at(9)),
      ])
    try requireEqual(try await store.read { try $0.alertCounts(in: "m1") }, ["refused": 2, "mismatch": 1])
    try requireEqual(
      try await store.read { try $0.alerts(in: "m1", limit: 2) },
      [alert(1, to: "a@example.com"), alert(2, to: "a@example.com", kind: "mismatch")])
    try await store.transact { try $0.dropAlerts(in: "m1") }
    try requireEqual(try await store.read { try $0.alerts(in: "m1", limit: 9) }, [])
    try requireEqual(try await store.read { try $0.alertQueues().map(\.count) }, [1, 1])
    struct Stop: Error {}
    do {
      try await store.transact {
        try $0.gatherAlerts(of: "b@example.com", into: "m3")
        try $0.dropAlerts(in: "m3")
        try $0.insert(alert(5, to: "c@example.com"))
        throw Stop()
      }
    } catch is Stop {}
    try requireEqual(try await store.read { try $0.alertQueues().map(\.owner) }, ["a@example.com", "b@example.com"])
  }

  private static func alertsFollowFacts(_ store: any HandoffStore) async throws {
    let silent = StoreBench(store)
    _ = try await silent.take(StoreBench.request(try StoreBench.order("0")))
    try await silent.sweep(at: 601)
    try requireEqual(try await store.read { try $0.alertQueues() }, [], "nobody can be told")
    let bench = StoreBench(store, tellsOwners: true)
    _ = try await bench.take(StoreBench.request(try StoreBench.order("1", email: "kim@example.com"), at: 1000))
    try await bench.sweep(at: 1601)
    let moves = bench.moves
    try await store.transact { transaction in
      _ = try moves.assign(
        exception: 2, to: "kay@example.com", by: "Ada", at: StoreBench.at(1700), in: transaction)
      _ = try moves.assign(exception: 2, to: "the desk", by: "Ada", at: StoreBench.at(1800), in: transaction)
    }
    try await bench.sweep(at: 1601 + 4 * 3600)
    try await store.transact {
      _ = try moves.keep(
        storefront: StorefrontName("main"), topic: "orders/create", dedupeID: "d1", headers: "", body: [1],
        receivedAt: StoreBench.at(20_000), unreadable: "odd", in: $0)
    }
    try await store.transact { _ = try moves.gatherAlerts(at: StoreBench.at(20_001), in: $0) }
    let queues = try await store.read { try $0.alertQueues() }
    func told(_ owner: String) async throws -> [String] {
      let batch = queues.first { $0.owner == owner }?.batch ?? ""
      return try await store.read { store in
        try store.alerts(in: batch, limit: 10).map { "\($0.occasion.rawValue) \($0.kind) \($0.subject)" }
      }
    }
    try requireEqual(
      try await told("erp@example.com"),
      ["opened receipt_overdue #1", "escalated receipt_overdue #0", "escalated receipt_overdue #1"])
    try requireEqual(try await told("kay@example.com"), ["assigned receipt_overdue #1"])
    try requireEqual(try await told("web@example.com"), ["unreadable unreadable orders/create"])
    try requireEqual(queues.count, 3, "the desk cannot be told")
    try await bench.verify()
  }

  private static func alertsArePaced(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store, tellsOwners: true)
    let moves = bench.moves
    func gather(at seconds: Int) async throws -> [AlertQueue] {
      try await store.transact { try moves.gatherAlerts(at: StoreBench.at(seconds), in: $0) }
    }
    try await store.transact { try $0.insert(alert(1, to: "a@example.com")) }
    let first = try await gather(at: 10)
    try requireEqual(first.map(\.count), [1])
    let key = try requireSome(first.first?.batch)
    try require(key.utf8.allSatisfy { $0 != UInt8(ascii: ".") }, "a key that can be a webhook-id: \(key)")
    try await store.transact { try $0.insert(alert(2, to: "a@example.com")) }
    try requireEqual(try await gather(at: 500), first, "the first has not been taken yet")
    try await store.transact { try $0.dropAlerts(in: key) }
    let second = try await gather(at: 501)
    try requireEqual(second.map(\.count), [1])
    try await store.transact {
      try $0.dropAlerts(in: second.first?.batch ?? "")
      for number in 3...200 { try $0.insert(alert(number, to: "a@example.com")) }
      try $0.insert(alert(3, to: "b@example.com"))
    }
    try requireEqual(try await gather(at: 560).map(\.owner), ["b@example.com"], "a minute for each owner")
    try requireEqual(try await gather(at: 561).map(\.count), [198, 1])
  }
}
