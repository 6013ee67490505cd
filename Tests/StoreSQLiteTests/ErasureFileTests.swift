import Foundation
import GRDB
import HandoffCore
import HandoffStore
import StoreSQLite
import StoreTesting
import Testing

/// What is erased is out of the file, not only out of sight.
@Suite struct ErasureFileTests {
  private static let person = "kim@example.com"

  private func request(_ hats: Int, at seconds: Int, updated: Int? = nil, _ delivery: String) throws -> IntakeRequest {
    let plain = StoreBench.request(try StoreBench.order(hats: hats), at: seconds, updated: updated)
    return IntakeRequest(
      key: plain.key, order: plain.order, updatedAt: plain.updatedAt, topic: plain.topic, dedupeID: delivery,
      headers: "h: \(Self.person)", body: Array("1001 of \(Self.person)".utf8), receivedAt: plain.receivedAt)
  }

  private func confirmed(_ bench: StoreBench) async throws -> HandoffID {
    let id = try await bench.decided(try request(1, at: 5, "d1"), at: 6)
    try await bench.settle(try await bench.claimOne(StoreBench.notify, at: 9), .confirmationSent, at: 10)
    return id
  }

  private func erase(_ id: HandoffID, _ bench: StoreBench, at seconds: Int) async throws -> ErasureOutcome {
    let moves = bench.moves
    return try await bench.store.transact { transaction in
      let outcome = try moves.erase(id, by: "ann", at: StoreBench.at(seconds), in: transaction)
      try transaction.eraseLoose(of: StorefrontName("main"), mentioning: "1001")
      return outcome
    }
  }

  private func occurrences(in folder: Folder) throws -> Int {
    let bytes = try Data(contentsOf: URL(filePath: folder.file))
    let log = (try? Data(contentsOf: URL(filePath: folder.file + "-wal"))) ?? Data()
    return [bytes, log].reduce(0) { sum, data in
      var (found, rest) = (0, data.startIndex..<data.endIndex)
      while let hit = data.range(of: Data(Self.person.utf8), in: rest) {
        found += 1
        rest = hit.upperBound..<data.endIndex
      }
      return sum + found
    }
  }

  private func vacuum(_ folder: Folder) throws {
    let queue = try DatabaseQueue(path: folder.file)
    try queue.vacuum()
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    try queue.close()
  }

  @Test func `after an erasure and VACUUM the person is nowhere in the file`() async throws {
    let folder = try Folder()
    var store: SQLiteStore? = try SQLiteStore(path: folder.file)
    if let store {
      let bench = StoreBench(store)
      _ = try await confirmed(bench)
      let moves = bench.moves
      _ = try await store.transact {
        try moves.keep(
          storefront: StorefrontName("main"), topic: "refunds/create", dedupeID: nil, headers: "h: 1",
          body: Array("{\"order\":1001,\"email\":\"\(Self.person)\"}".utf8), receivedAt: StoreBench.at(10),
          unreadable: nil, in: $0)
      }
    }
    store = nil
    try vacuum(folder)
    // Row and its index, content, message, delivery's body and headers, note.
    #expect(try occurrences(in: folder) >= 7)
    store = try SQLiteStore(path: folder.file)
    if let store {
      let bench = StoreBench(store)
      let key = OrderKey(storefront: StorefrontName("main"), orderID: "1001")
      let row = try #require(try await store.read { try $0.row(of: key) })
      #expect(try await erase(row.handoff.id, bench, at: 11) == .erased)
      try await bench.verify()
    }
    store = nil
    try vacuum(folder)
    #expect(try occurrences(in: folder) == 0)
  }

  @Test func `what came after an erasure goes with the next, which the journal notes only after something happened`()
    async throws
  {
    let folder = try Folder()
    var store: SQLiteStore? = try SQLiteStore(path: folder.file)
    if let store {
      let bench = StoreBench(store)
      let id = try await confirmed(bench)
      #expect(try await erase(id, bench, at: 11) == .erased)
      // An older content than the one that was confirmed: it changes nothing and leaves no entry.
      let late = try await bench.take(try request(2, at: 12, updated: 1, "d2"))
      #expect(late.disposition == .superseded)
      #expect(try await erase(id, bench, at: 13) == .erased)
      let journal = try await store.read { try $0.journal(of: id).map(\.event) }
      #expect(journal.filter { $0 == "personal_data_erased" }.count == 1 && journal.last == "personal_data_erased")
      try await bench.verify()
    }
    store = nil
    try vacuum(folder)
    #expect(try occurrences(in: folder) == 0)
  }

  @Test func `an order that a person or the ERP still owes something keeps its data until then`() async throws {
    let folder = try Folder()
    let bench = StoreBench(try SQLiteStore(path: folder.file))
    let id = try await confirmed(bench)
    #expect(try await erase(id, bench, at: 11) == .erased)
    // A confirmed order was changed and its payment is void: a person must see it, and the ERP must be told.
    let order = try StoreBench.order(hats: 2, payment: .voided)
    #expect(try await bench.take(StoreBench.request(order, at: 12)).disposition == .applied)
    let void = ErasureOutcome.needed(reason: "order #1001 has an open exception, payment_voided")
    #expect(try await erase(id, bench, at: 13) == void)
    #expect(try await bench.row(id).email == Self.person)
    try await bench.decide(.acceptVoidPayment, on: id, at: 14)
    let update = ErasureOutcome.needed(reason: "order #1001 still has something to be done")
    #expect(try await erase(id, bench, at: 15) == update)
    let task = try await bench.claimOne(at: 16)
    try await bench.settle(task, .receiptIssued(StoreBench.receipt(task, record: "SO-1001")), at: 16)
    #expect(try await erase(id, bench, at: 17) == .erased)
    #expect(try await bench.row(id).email == nil)
    let journal = try await bench.store.read { try $0.journal(of: id).map(\.event) }
    #expect(journal.filter { $0 == "personal_data_erased" }.count == 2)
    try await bench.verify()
  }
}
