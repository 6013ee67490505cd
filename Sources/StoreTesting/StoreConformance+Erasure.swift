import HandoffCore
import HandoffStore

extension StoreConformance {
  static let erasureChecks = [
    StoreCheck("What is erased of an order is gone, the rest of it stays", erasesAnOrder),
    StoreCheck("What belongs to no order is emptied where it mentions one", erasesLoose),
  ]

  private static func erasesAnOrder(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let request = StoreBench.request(try StoreBench.order("1001"), dedupeID: "d1")
    let id = try await bench.decided(request, at: 1)
    let moves = bench.moves
    let early = try await store.transact { try moves.erase(id, by: "ann", at: StoreBench.at(8), in: $0) }
    try require(early != .erased, "an order under way was erased")
    try await bench.settle(try await bench.claimOne(StoreBench.notify, at: 9), .confirmationSent, at: 10)
    let version = try requireSome(try await store.read { try $0.version(1, of: id) })
    let outcome = try await store.transact { try moves.erase(id, by: "ann", at: StoreBench.at(11), in: $0) }
    try requireEqual(outcome, .erased)
    let row = try await bench.row(id)
    try requireEqual(row.email, nil)
    try requireEqual(row.handoff.stage, .confirmed)
    let left = try requireSome(try await store.read { try $0.version(1, of: id) })
    try requireEqual(left.version, version.version)
    try require(left.body != version.body, "the content is as it was")
    try requireEqual(try OrderText.decode(left.body).email, nil)
    try requireEqual(try OrderText.decode(left.body).lines, try OrderText.decode(version.body).lines)
    let message = try requireSome(try await store.read { try $0.messages(of: id).first })
    try requireEqual(message.recipient, "")
    try requireEqual(message.content, [])
    try require(message.acceptedAt != nil, "when it was sent is gone")
    let delivery = try await store.read {
      try $0.delivery(storefront: StorefrontName("main"), dedupeID: "d1")
    }
    try requireEqual(try requireSome(delivery).headers, "")
    try requireEqual(try requireSome(delivery).disposition, .applied)
    try requireEqual(try await store.read { try $0.journal(of: id).last?.event }, "personal_data_erased")
    try await bench.verify()
  }

  private static func erasesLoose(_ store: any HandoffStore) async throws {
    let main = StorefrontName("main")
    let moves = StoreBench(store).moves
    func keep(_ text: String, at seconds: Int, unreadable: String?, of name: StorefrontName) async throws {
      _ = try await store.transact {
        try moves.keep(
          storefront: name, topic: "t", dedupeID: nil, headers: "h: 1", body: Array(text.utf8),
          receivedAt: StoreBench.at(seconds), unreadable: unreadable, in: $0)
      }
    }
    try await keep("id 1001 of Kim", at: 1, unreadable: "odd", of: main)
    try await keep("id 1001 of Kim", at: 2, unreadable: "odd", of: main)
    try await keep("id 11001 of Lee", at: 3, unreadable: "odd", of: main)
    try await keep("id 1001 of Max", at: 4, unreadable: "odd", of: StorefrontName("other"))
    try await store.transact { transaction in
      for number in [2, 3, 4] {
        try transaction.closeUnreadable(Int64(number), at: StoreBench.at(9), resolution: "done")
      }
      try transaction.eraseLoose(of: main, mentioning: "1001")
    }
    let bodies = try await store.read { store in
      try (1...4).map { String(decoding: try store.unreadable(Int64($0))?.delivery.body ?? [], as: UTF8.self) }
    }
    try requireEqual(bodies, ["id 1001 of Kim", "", "id 11001 of Lee", "id 1001 of Max"])
    try await store.transact { try $0.eraseLoose(of: main, mentioning: nil) }
    try requireEqual(try await store.read { try $0.unreadable(3)?.delivery.body }, [])
    try requireEqual(try await store.read { try $0.unreadable(1)?.delivery.body.isEmpty }, false)
  }
}
