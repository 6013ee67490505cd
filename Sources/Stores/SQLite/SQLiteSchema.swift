import GRDB
import HandoffCore

/// The tables, as append-only migrations: one that has been released is never edited.
enum SQLiteSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("0001 handoffs") { db in
      try db.execute(sql: handoffTables)
      try db.execute(sql: taskTables)
      try db.execute(sql: peopleTables)
    }
    migrator.registerMigration("0002 unreadable deliveries") { db in try db.execute(sql: unreadableTable) }
    migrator.registerMigration("0003 alerts") { db in try db.execute(sql: alertTable) }
    migrator.registerMigration("0004 covered exceptions") { db in try db.execute(sql: coveredColumn) }
    migrator.registerMigration("0005 pinned holds") { db in try db.execute(sql: holdColumn) }
    migrator.registerMigration("0006 deliveries without an order") { db in
      // To erase what a storefront sent about an order besides the order, without reading every delivery.
      try db.execute(
        sql: "CREATE INDEX delivery_loose ON delivery (storefront, received_at) WHERE handoff_id IS NULL")
    }
    migrator.registerMigration("0007 sightings of observed orders") { db in try db.execute(sql: sightingTable) }
    return migrator
  }

  private static let stages = Stage.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")

  /// Rows of over 1,000 bytes lie in tables with a rowid: a table without one would put the rest of each on a page of
  /// its own. STRICT, because people may mend rows by SQL: a text in a number's column must be refused there, not read
  /// here. The promise itself stands in the schema: no confirmed row without a receipt, and one decision or none.
  private static let handoffTables = """
    CREATE TABLE handoff (
      id TEXT PRIMARY KEY, storefront TEXT NOT NULL, order_id TEXT NOT NULL, external_id TEXT NOT NULL,
      erp TEXT NOT NULL, pattern TEXT NOT NULL, mode TEXT NOT NULL, captured_at INTEGER NOT NULL,
      stage TEXT NOT NULL CHECK (stage IN (\(stages))),
      version INTEGER NOT NULL CHECK (version >= 1), digest TEXT NOT NULL, updated_at INTEGER NOT NULL,
      currency TEXT NOT NULL, total INTEGER NOT NULL,
      submitted_version INTEGER, first_submitted_at INTEGER, last_submitted_at INTEGER,
      may_exist INTEGER NOT NULL, record_id TEXT, record_number TEXT, receipt_version INTEGER, receipt_digest TEXT,
      receipt_total INTEGER, receipt_currency TEXT, validation TEXT,
      attempts INTEGER NOT NULL, lookups INTEGER NOT NULL, message_attempts INTEGER NOT NULL,
      cancel_requested INTEGER NOT NULL, acknowledged INTEGER NOT NULL,
      decision TEXT CHECK (decision IN ('confirm', 'cannot_fulfil')), decided_version INTEGER,
      exception_kind TEXT, exception_reason TEXT, exception_opened_at INTEGER, exception_deadline INTEGER,
      exception_escalations INTEGER, stage_deadline INTEGER, stage_since INTEGER NOT NULL,
      deadline INTEGER, revision INTEGER NOT NULL,
      order_number TEXT NOT NULL, email TEXT, entries INTEGER NOT NULL, chain_head TEXT NOT NULL,
      UNIQUE (storefront, order_id),
      CONSTRAINT confirmed_needs_receipt CHECK (
        stage NOT IN ('decided', 'confirmed')
        OR (record_id IS NOT NULL AND receipt_version IS NOT NULL AND receipt_digest IS NOT NULL)),
      CONSTRAINT confirmed_needs_decision CHECK (stage NOT IN ('decided', 'confirmed') OR decision IS 'confirm'),
      CONSTRAINT decision_names_version CHECK ((decision IS NULL) = (decided_version IS NULL)),
      CONSTRAINT exception_is_whole CHECK (
        (exception_kind IS NULL) = (exception_reason IS NULL)
        AND (exception_kind IS NULL) = (exception_opened_at IS NULL)
        AND (exception_kind IS NULL) = (exception_deadline IS NULL)
        AND (exception_kind IS NULL) = (exception_escalations IS NULL)),
      CONSTRAINT nothing_waits_for_ever CHECK (
        stage IN ('confirmed', 'cancelled', 'declined', 'returned', 'observed') OR deadline IS NOT NULL)
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX handoff_deadline ON handoff (deadline) WHERE deadline IS NOT NULL;
    CREATE INDEX handoff_number ON handoff (order_number);
    CREATE INDEX handoff_email ON handoff (email) WHERE email IS NOT NULL;
    CREATE INDEX handoff_record ON handoff (record_id) WHERE record_id IS NOT NULL;
    CREATE INDEX handoff_record_number ON handoff (record_number) WHERE record_number IS NOT NULL;
    CREATE INDEX handoff_external ON handoff (external_id);

    CREATE TABLE order_version (
      handoff_id TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL, updated_at INTEGER NOT NULL,
      currency TEXT NOT NULL, total INTEGER NOT NULL, body BLOB NOT NULL,
      PRIMARY KEY (handoff_id, number)
    ) STRICT;

    CREATE TABLE delivery (
      id INTEGER PRIMARY KEY, storefront TEXT NOT NULL, dedupe_id TEXT, topic TEXT NOT NULL,
      received_at INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL,
      disposition TEXT NOT NULL, handoff_id TEXT
    ) STRICT;
    CREATE UNIQUE INDEX delivery_dedupe ON delivery (storefront, dedupe_id) WHERE dedupe_id IS NOT NULL;
    CREATE INDEX delivery_handoff ON delivery (handoff_id) WHERE handoff_id IS NOT NULL;

    CREATE TABLE journal (
      handoff_id TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL,
      detail TEXT NOT NULL, actor TEXT NOT NULL, stage_before TEXT NOT NULL, stage_after TEXT NOT NULL,
      version INTEGER NOT NULL, record_id TEXT NOT NULL, hash TEXT NOT NULL,
      PRIMARY KEY (handoff_id, sequence)
    ) WITHOUT ROWID, STRICT;
    """

  private static let taskTables = """
    CREATE TABLE task (
      id INTEGER PRIMARY KEY AUTOINCREMENT, handoff_id TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL,
      resuming INTEGER NOT NULL, not_before INTEGER NOT NULL, disposition TEXT NOT NULL, lane TEXT NOT NULL,
      attempt INTEGER NOT NULL, leased_until INTEGER, available_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX task_one_due ON task (handoff_id, kind) WHERE leased_until IS NULL;
    CREATE INDEX task_of_handoff ON task (handoff_id);
    CREATE INDEX task_due ON task (lane, available_at, id) WHERE disposition = 'perform';

    CREATE TABLE message (
      key TEXT PRIMARY KEY, handoff_id TEXT NOT NULL, kind TEXT NOT NULL, recipient TEXT NOT NULL,
      content BLOB NOT NULL, decided_at INTEGER NOT NULL, attempts INTEGER NOT NULL, accepted_at INTEGER
    ) STRICT;

    CREATE TABLE in_flight_line (
      handoff_id TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL CHECK (quantity > 0),
      PRIMARY KEY (handoff_id, sku)
    ) WITHOUT ROWID, STRICT;
    """

  private static let peopleTables = """
    CREATE TABLE exception (
      id INTEGER PRIMARY KEY AUTOINCREMENT, handoff_id TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL,
      opened_at INTEGER NOT NULL, deadline INTEGER NOT NULL, escalations INTEGER NOT NULL,
      owner TEXT NOT NULL CHECK (owner <> ''), closed_at INTEGER, resolution TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX exception_one_open ON exception (handoff_id) WHERE closed_at IS NULL;
    CREATE INDEX exception_of_handoff ON exception (handoff_id);

    CREATE TABLE quarantine (
      id INTEGER PRIMARY KEY AUTOINCREMENT, storefront TEXT NOT NULL, topic TEXT NOT NULL, reason TEXT NOT NULL,
      received_at INTEGER NOT NULL, owner TEXT NOT NULL CHECK (owner <> ''), deadline INTEGER NOT NULL,
      body BLOB NOT NULL
    ) STRICT;

    CREATE TABLE marker (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;

    CREATE VIEW handoff_stuck AS
      SELECT id, storefront, order_number, order_id, external_id, record_id, stage,
        exception_kind, exception_reason, datetime(stage_since / 1000000, 'unixepoch') AS since,
        datetime(deadline / 1000000, 'unixepoch') AS deadline
      FROM handoff
      WHERE exception_kind IS NOT NULL OR (deadline IS NOT NULL AND deadline < unixepoch('now') * 1000000)
      ORDER BY handoff.deadline;
    """

  /// What could not be understood can be read again with its headers, and closed; its word is `unreadable`, because
  /// `quarantined` is a kind of exception.
  private static let unreadableTable = """
    ALTER TABLE quarantine RENAME TO unreadable;
    ALTER TABLE unreadable ADD COLUMN headers TEXT NOT NULL DEFAULT '';
    ALTER TABLE unreadable ADD COLUMN closed_at INTEGER;
    ALTER TABLE unreadable ADD COLUMN resolution TEXT NOT NULL DEFAULT '';
    UPDATE unreadable SET headers = coalesce(
      (SELECT delivery.headers FROM delivery WHERE delivery.disposition = 'quarantined'
        AND delivery.storefront = unreadable.storefront AND delivery.received_at = unreadable.received_at
        AND delivery.topic = unreadable.topic AND delivery.body = unreadable.body LIMIT 1), '');
    UPDATE delivery SET disposition = 'unreadable' WHERE disposition = 'quarantined';
    CREATE INDEX unreadable_open ON unreadable (deadline) WHERE closed_at IS NULL;
    """

  /// What owners are to be told; a row goes when a carrier has taken the message it is in.
  private static let alertTable = """
    CREATE TABLE alert (
      id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL CHECK (owner <> ''), occasion TEXT NOT NULL,
      kind TEXT NOT NULL, storefront TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL,
      deadline INTEGER NOT NULL, batch TEXT
    ) STRICT;
    CREATE INDEX alert_queue ON alert (owner, batch);
    CREATE INDEX alert_batch ON alert (batch) WHERE batch IS NOT NULL;
    """

  /// What is open beside the exception in view, a line each: kind, opened at, deadline, escalations, reason.
  private static let coveredColumn = """
    ALTER TABLE handoff ADD COLUMN covered_exceptions TEXT
      CONSTRAINT covered_by_something CHECK (covered_exceptions IS NULL OR exception_kind IS NOT NULL);
    """

  /// Where the ERP's records of observed orders were seen. The index holds observed orders alone: gated ones pay
  /// nothing.
  private static let sightingTable = """
    CREATE TABLE sighting (
      handoff_id TEXT PRIMARY KEY, record_id TEXT NOT NULL, record_number TEXT, recorded_at INTEGER,
      seen_at INTEGER NOT NULL
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX handoff_observed ON handoff (erp, captured_at, id) WHERE stage = 'observed';
    """

  /// Whether the storefront was asked to hold the order. For orders from before, the journal and the tasks know it.
  private static let holdColumn = """
    ALTER TABLE handoff ADD COLUMN holds_fulfillment INTEGER NOT NULL DEFAULT 0;
    UPDATE handoff SET holds_fulfillment = 1
    WHERE EXISTS (SELECT 1 FROM task WHERE task.handoff_id = handoff.id AND task.kind = 'hold_fulfillment')
      OR EXISTS (SELECT 1 FROM journal WHERE journal.handoff_id = handoff.id
        AND journal.event IN ('fulfillment_changed', 'fulfillment_deferred', 'fulfillment_refused')
        AND journal.detail LIKE 'hold_fulfillment%');
    """
}
