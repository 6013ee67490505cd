import GRDB
import HandoffCore
import HandoffStore
import StoreTesting
import Testing

@testable import StoreSQLite

@Suite struct MigrationTests {
  @Test func `what was kept before the second migration can be read again after it`() async throws {
    let folder = try Folder()
    let file = try DatabaseQueue(path: folder.file)
    try SQLiteSchema.migrator.migrate(file, upTo: "0001 handoffs")
    try await file.write { db in
      try db.execute(
        sql: """
          INSERT INTO quarantine (storefront, topic, reason, received_at, owner, deadline, body)
          VALUES ('main', 'order', 'odd', 7, 'ops@example.com', 9, x'7B'), ('main', 'order', 'odd', 8, 'o', 9, x'7B');
          INSERT INTO delivery (storefront, dedupe_id, topic, received_at, headers, body, disposition)
          VALUES ('main', 'd1', 'order', 7, 'webhook-id: d1' || char(10), x'7B', 'quarantined'),
            ('main', 'd2', 'order', 8, '', x'7B', 'quarantined');
          """)
    }
    try file.close()
    let store = try SQLiteStore(path: folder.file)
    let kept = try #require(try await store.read { try $0.unreadable(1) })
    #expect(kept.delivery.headers == "webhook-id: d1\n")
    #expect(kept.delivery.body == [0x7B])
    #expect(kept.closedAt == nil)
    #expect(try await store.read { try $0.unreadable(2)?.delivery.headers } == "")
    #expect(try await store.read { try $0.deliveryCounts() } == [.unreadable: 2])
    try await StoreBench(store).verify()
  }
}
