import Foundation
import GRDB
import HandoffCore
import HandoffStore
import StoreSQLite
import StoreTesting
import Testing

/// A folder of its own for one test, removed with it.
final class Folder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "countersign-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path(percentEncoded: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var file: String { path + "/test.db" }
}

@Suite struct SQLiteStoreTests {
  @Test(arguments: StoreConformance.all)
  func `a file keeps what a store promises`(check: StoreCheck) async throws {
    let folder = try Folder()
    try await check.run(try SQLiteStore(path: folder.file))
  }

  @Test(arguments: [21, 22, 23, 24])
  func `a recorded day ends in a file as it ends in memory`(seed: Int) async throws {
    let folder = try Folder()
    let day = RecordedDay(seed: UInt64(seed), operations: 3000)
    let memory = MemoryStore()
    let file = try SQLiteStore(path: folder.file)
    let (expected, found) = (try await day.replay(on: memory), try await day.replay(on: file))
    #expect(found == expected)
    #expect(expected.confirmed > 20)
    let (left, right) = (try await StoreDump.text(of: memory), try await StoreDump.text(of: file))
    #expect(left == right, "\(StoreDump.difference(left, right))")
    try await StoreBench(file).verify()
  }

  @Test func `what was committed is there after the file is opened again`() async throws {
    let folder = try Folder()
    let day = RecordedDay(seed: 3, operations: 400)
    var store: SQLiteStore? = try SQLiteStore(path: folder.file)
    var before = ""
    if let store {
      _ = try await day.replay(on: store)
      before = try await StoreDump.text(of: store)
    }
    store = nil
    let again = try SQLiteStore(path: folder.file)
    #expect(try await StoreDump.text(of: again) == before)
    _ = try await StoreBench(again).take(StoreBench.request(try StoreBench.order("after"), at: 999_999))
    try await StoreBench(again).verify()
  }

  @Test func `a second coordinator is refused, a reader is not, and after the end a new one is let in`() async throws {
    let folder = try Folder()
    var first: SQLiteStore? = try SQLiteStore(path: folder.file)
    #expect(throws: StoreFailure.self) { _ = try SQLiteStore(path: folder.file) }
    try await first?.transact { try $0.setMarker("a", to: "1") }
    let reader = try SQLiteStore(path: folder.file, role: .reader)
    #expect(try await reader.read { try $0.marker("a") } == "1")
    await #expect(throws: StoreFailure.self) { try await reader.transact { try $0.setMarker("a", to: "2") } }
    first = nil
    let second = try SQLiteStore(path: folder.file)
    #expect(try await second.read { try $0.marker("a") } == "1")
  }

  private func mode(_ path: String) throws -> Int? {
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    return mode.flatMap { Int("\($0)") }
  }

  @Test func `a database, its companions and its copies are for their owner alone`() async throws {
    let folder = try Folder()
    do {
      let store = try SQLiteStore(path: folder.file)
      try await store.transact { try $0.setMarker("a", to: "1") }
      try await store.backup(to: folder.path + "/copy.db")
      for name in ["", "-wal", "-shm", ".lock"] { #expect(try mode(folder.file + name) == 0o600, "\(name)") }
      #expect(try mode(folder.path + "/copy.db") == 0o600)
    }
    // One that an earlier version made for everybody; what a group may do was somebody's decision.
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.file)
    let store = try SQLiteStore(path: folder.file)
    try await store.transact { try $0.setMarker("a", to: "2") }
    for name in ["", "-wal", "-shm"] { #expect(try mode(folder.file + name) == 0o640, "\(name)") }
  }

  @Test func `a file that cannot be opened leaves no lock behind`() async throws {
    let folder = try Folder()
    try Data("this is no database, but long enough to be taken for one".utf8).write(
      to: URL(filePath: folder.file))
    #expect(throws: StoreFailure.self) { _ = try SQLiteStore(path: folder.file) }
    try FileManager.default.removeItem(atPath: folder.file)
    _ = try SQLiteStore(path: folder.file)
    #expect(throws: StoreFailure.self) { _ = try SQLiteStore(path: folder.path + "/no/such/folder/x.db") }
  }

  @Test func `bodies that arrive together share commits`() async throws {
    let folder = try Folder()
    let store = try SQLiteStore(path: folder.file)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<400 { group.addTask { try await store.transact { try $0.setMarker("m\(number)", to: "1") } } }
      try await group.waitForAll()
    }
    let counts = store.commitCounts
    #expect(counts.bodies == 400)
    #expect(counts.commits < 400)
    for number in [0, 200, 399] { #expect(try await store.read { try $0.marker("m\(number)") } == "1") }
  }

  @Test func `a body that fails after it wrote takes no other body of its commit with it`() async throws {
    let folder = try Folder()
    let store = try SQLiteStore(path: folder.file)
    struct Broken: Error {}
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<300 {
        group.addTask {
          do {
            try await store.transact { transaction in
              try transaction.setMarker("m\(number)", to: "1")
              if number % 7 == 0 { throw Broken() }
            }
            return number % 7 != 0
          } catch { return number % 7 == 0 && error is Broken }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.allSatisfy { $0 })
    for number in 0..<300 {
      #expect(try await store.read { try $0.marker("m\(number)") } == (number % 7 == 0 ? nil : "1"))
    }
  }

  @Test func `a row that a person mended by SQL is read as it now is`() async throws {
    let folder = try Folder()
    let store = try SQLiteStore(path: folder.file)
    let handoff = try await StoreBench(store).take(StoreBench.request(try StoreBench.order("1"))).handoff
    let other = try DatabaseQueue(path: folder.file)
    try await other.write { try $0.execute(sql: "UPDATE handoff SET order_number = 'mended', revision = revision + 1") }
    let row = try await store.transact { try $0.row(handoff.id) }
    #expect(row?.number == "mended")
    #expect(row?.handoff.revision == handoff.revision + 1)
  }

  @Test func `a row whose write was undone is read as it was before`() async throws {
    let folder = try Folder()
    let store = try SQLiteStore(path: folder.file)
    let handoff = try await StoreBench(store).take(StoreBench.request(try StoreBench.order("1"))).handoff
    struct Broken: Error {}
    await #expect(throws: Broken.self) {
      try await store.transact { transaction in
        guard var row = try transaction.row(handoff.id) else { return }
        row.number = "not this"
        #expect(try transaction.update(row, from: row.handoff.revision))
        throw Broken()
      }
    }
    #expect(try await store.transact { try $0.row(handoff.id)?.number } != "not this")
  }

  @Test func `the log begins anew while the writer never pauses`() async throws {
    let folder = try Folder()
    let store = try SQLiteStore(path: folder.file)
    let text = String(repeating: "x", count: 50_000)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for number in 0..<1500 {
            try await store.transact { try $0.setMarker("w\(writer).\(number % 50)", to: text) }
          }
        }
      }
      try await group.waitForAll()
    }
    // 300 MB were written; without a new beginning the log would hold all of it.
    let size = try FileManager.default.attributesOfItem(atPath: folder.file + "-wal")[.size] as? Int
    #expect(try #require(size) < 150_000_000)
  }

  @Test func `a copy taken while in use holds everything`() async throws {
    let folder = try Folder()
    let store = try SQLiteStore(path: folder.file)
    _ = try await RecordedDay(seed: 5, operations: 300).replay(on: store)
    try await store.checkpoint()
    try await store.backup(to: folder.path + "/copy.db")
    let copy = try SQLiteStore(path: folder.path + "/copy.db")
    #expect(try await StoreDump.text(of: copy) == (try await StoreDump.text(of: store)))
  }
}

/// What the schema itself refuses, whoever writes (people mend rows by SQL).
@Suite struct SQLiteSchemaTests {
  /// A file with one captured and one confirmed order, and plain SQL over it.
  private func queue(_ folder: Folder) async throws -> DatabaseQueue {
    let store = try SQLiteStore(path: folder.file)
    let bench = StoreBench(store)
    _ = try await bench.decided(StoreBench.request(try StoreBench.order("1")), at: 1)
    try await bench.settle(try await bench.claimOne(StoreBench.notify, at: 2), .confirmationSent, at: 2)
    _ = try await bench.take(StoreBench.request(try StoreBench.order("2"), at: 3))
    return try DatabaseQueue(path: folder.file)
  }

  @Test(arguments: [
    "UPDATE handoff SET stage = 'confirmed', decision = 'confirm', decided_version = 1 WHERE order_id = '2'",
    "UPDATE handoff SET stage = 'decided', decision = 'confirm', decided_version = 1 WHERE order_id = '2'",
    "UPDATE handoff SET record_id = NULL WHERE order_id = '1'",
    "UPDATE handoff SET receipt_digest = NULL WHERE order_id = '1'",
    "UPDATE handoff SET decision = NULL, decided_version = NULL WHERE order_id = '1'",
    "UPDATE handoff SET decided_version = NULL WHERE order_id = '1'",
    "UPDATE handoff SET decision = 'maybe' WHERE order_id = '2'",
    "UPDATE handoff SET stage = 'sleeping' WHERE order_id = '2'",
    "UPDATE handoff SET deadline = NULL WHERE order_id = '2'",
    "UPDATE handoff SET exception_kind = 'refused' WHERE order_id = '2'",
    "UPDATE handoff SET covered_exceptions = 'x' WHERE order_id = '2'",
    "UPDATE handoff SET attempts = 'many' WHERE order_id = '2'",
    "UPDATE handoff SET digest = NULL WHERE order_id = '2'",
    "UPDATE handoff SET order_id = '1' WHERE order_id = '2'",
    "UPDATE in_flight_line SET quantity = 0",
    "INSERT INTO exception (handoff_id, kind, reason, opened_at, deadline, escalations, owner, resolution)"
      + " VALUES ('h', 'refused', '', 0, 0, 0, '', '')",
    "INSERT INTO task (handoff_id, kind, version, resuming, not_before, disposition, lane, attempt, available_at)"
      + " SELECT handoff_id, kind, version, resuming, not_before, disposition, lane, attempt, available_at FROM task",
  ])
  func `a row that breaks a promise is refused`(sql: String) async throws {
    let folder = try Folder()
    let queue = try await queue(folder)
    let error = await #expect(throws: DatabaseError.self) { try await queue.write { try $0.execute(sql: sql) } }
    #expect(error?.resultCode == .SQLITE_CONSTRAINT)
  }

  @Test func `the gate has the name people look for`() async throws {
    let folder = try Folder()
    let queue = try await queue(folder)
    let error = await #expect(throws: DatabaseError.self) {
      try await queue.write {
        try $0.execute(
          sql: "UPDATE handoff SET stage = 'confirmed', decision = 'confirm', decided_version = 1 WHERE order_id = '2'")
      }
    }
    #expect(error?.message?.contains("confirmed_needs_receipt") == true)
  }

  @Test func `the stuck view shows what needs a person, and only that`() async throws {
    let folder = try Folder()
    let queue = try await queue(folder)
    // The fixture's deadlines lie in the future; one is moved into the past, one order gets an exception.
    let select = "SELECT order_id, stage, exception_kind, since, deadline FROM handoff_stuck"
    #expect(try await queue.read { try Row.fetchAll($0, sql: select).count } == 0)
    try await queue.write { try $0.execute(sql: "UPDATE handoff SET deadline = 1000000 WHERE order_id = '2'") }
    let late = try await queue.read { db in
      try Row.fetchAll(db, sql: select).map { [$0["order_id"] as String, $0["deadline"] as String] }
    }
    #expect(late == [["2", "1970-01-01 00:00:01"]])
    try await queue.write {
      try $0.execute(
        sql: """
          UPDATE handoff SET exception_kind = 'receipt_revoked', exception_reason = 'voided', exception_opened_at = 0,
            exception_deadline = 0, exception_escalations = 0 WHERE order_id = '1'
          """)
    }
    #expect(try await queue.read { try Row.fetchAll($0, sql: select).count } == 2)
  }

  @Test func `a row this version does not understand is reported, not trapped on`() async throws {
    let folder = try Folder()
    let queue = try await queue(folder)
    try await queue.write { try $0.execute(sql: "UPDATE handoff SET pattern = 'new' WHERE order_id = '2'") }
    try await queue.write { try $0.execute(sql: "UPDATE task SET kind = 'new'") }
    try await queue.write {
      try $0.execute(
        sql: """
          UPDATE handoff SET exception_kind = 'refused', exception_reason = '', exception_opened_at = 0,
            exception_deadline = 0, exception_escalations = 0, covered_exceptions = 'unheard_of' WHERE order_id = '1'
          """)
    }
    let store = try SQLiteStore(path: folder.file)
    let key = OrderKey(storefront: StorefrontName("main"), orderID: "2")
    await #expect(throws: StoreFailure.self) { try await store.read { try $0.row(of: key) } }
    let other = OrderKey(storefront: StorefrontName("main"), orderID: "1")
    await #expect(throws: StoreFailure.self) { try await store.read { try $0.row(of: other) } }
    await #expect(throws: StoreFailure.self) {
      try await store.read { try $0.dueTasks(lane: "erp:books", now: .distantFuture, limit: 9) }
    }
  }

  @Test func `the file is written ahead`() async throws {
    let folder = try Folder()
    let mode = try await queue(folder).read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
    #expect(mode == "wal")
  }
}
