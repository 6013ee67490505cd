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

  @Test func `what an older program held at the storefront is known to be held after the migration`() async throws {
    let folder = try Folder()
    let file = try DatabaseQueue(path: folder.file)
    try SQLiteSchema.migrator.migrate(file, upTo: "0003 alerts")
    try await file.write { db in
      for id in ["free", "held", "due", "late", "freed"] {
        try db.execute(
          sql: """
            INSERT INTO handoff (id, storefront, order_id, external_id, erp, pattern, mode, captured_at, stage, version,
              digest, updated_at, currency, total, may_exist, attempts, lookups, message_attempts, cancel_requested,
              acknowledged, stage_since, deadline, revision, order_number, entries, chain_head)
            VALUES (?1, 'main', ?1, ?1, 'books', 'erpGated', 'gate', 1, 'captured', 1, 'ab', 1, 'USD', 100, 0, 0, 0, 0,
              0, 0, 1, 9, 1, ?1, 0, '')
            """, arguments: [id])
      }
      for (id, event, detail) in [
        ("held", "fulfillment_changed", "hold_fulfillment"), ("late", "fulfillment_deferred", "hold_fulfillment: 502"),
        ("freed", "fulfillment_changed", "release_fulfillment"), ("free", "captured", "hold_fulfillment"),
      ] {
        try db.execute(
          sql: "INSERT INTO journal VALUES (?, 1, 1, ?, ?, 'main', 'captured', 'captured', 1, '', '')",
          arguments: [id, event, detail])
      }
      try db.execute(
        sql: """
          INSERT INTO task (handoff_id, kind, version, resuming, not_before, disposition, lane, attempt, available_at)
          VALUES ('due', 'hold_fulfillment', 0, 0, 1, 'perform', 'storefront:main', 0, 1),
            ('free', 'submit_order', 1, 0, 1, 'perform', 'erp:books', 0, 1)
          """)
    }
    try file.close()
    let store = try SQLiteStore(path: folder.file)
    for (id, isHeld) in [("free", false), ("held", true), ("due", true), ("late", true), ("freed", false)] {
      let row = try #require(try await store.read { try $0.row(HandoffID(id)) })
      #expect(row.handoff.holdsFulfillment == isHeld, "\(id)")
      #expect(row.handoff.covered.isEmpty)
    }
  }
}
