import HandoffCore
import HandoffStore

extension StoreConformance {
  static let verificationChecks: [StoreCheck] = [
    StoreCheck("a verification finds what was changed behind the rules' back", tamperingIsFound),
    StoreCheck("whole random days verify, and end as in memory (S6)", daysVerify),
  ]

  private static func kinds(_ store: any HandoffStore) async throws -> Set<Verification.Kind> {
    let verification = Verification(sha256: { PlainSHA256.digest($0) })
    return try await store.read { Set(try verification.report(on: $0).findings.map(\.kind)) }
  }

  private static func tamperingIsFound(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.take(StoreBench.request(try StoreBench.order())).handoff.id
    try await bench.verify()
    let row = try await bench.row(id)
    func write(_ change: (inout HandoffRecord, inout HandoffRow) -> Void) async throws {
      var bent = row
      var values = row.handoff.record
      change(&values, &bent)
      bent.handoff = Handoff(restoring: values)
      let written = try await store.transact { [bent] in try $0.update(bent, from: row.handoff.revision) }
      try require(written, "the row was not bent")
    }
    try await write { values, _ in values.stage = .submitting }
    try requireEqual(try await kinds(store), [.rowDiffers])
    try await write { _, bent in bent.chainHead = "0" }
    try requireEqual(try await kinds(store), [.journalChanged])
    try await write { _, bent in bent.entries = 2 }
    try requireEqual(try await kinds(store), [.journalGap])
    try await write { values, _ in
      values.exception = OpenException(
        kind: .shortage, reason: "", openedAt: StoreBench.start, deadline: StoreBench.at(9))
    }
    try requireEqual(try await kinds(store), [.exceptionDiffers])
    try await write { values, _ in
      values.version = OrderVersion(
        number: 2, digest: row.handoff.version.digest, updatedAt: row.handoff.version.updatedAt,
        total: row.handoff.version.total)
    }
    try requireEqual(try await kinds(store), [.versionMissing, .rowDiffers])
    try await write { _, _ in }
    try requireEqual(try await kinds(store), [])
    let forged = JournalEntry(
      handoffID: id, sequence: 2, at: StoreBench.at(9), event: "operator_decided", detail: "", actor: "Eve",
      stageBefore: "captured", stageAfter: "decided", version: 1, recordID: "", hash: "00")
    try await store.transact { try $0.append(forged) }
    try requireEqual(
      try await kinds(store), [.journalGap, .journalChanged, .rowDiffers, .decidedWithoutReceipt])
  }

  private static func daysVerify(_ store: any HandoffStore) async throws {
    let day = RecordedDay(seed: 11, operations: 600)
    let memory = MemoryStore()
    let expected = try await day.replay(on: memory)
    let found = try await day.replay(on: store)
    try requireEqual(found, expected)
    let (left, right) = (try await StoreDump.text(of: memory), try await StoreDump.text(of: store))
    try require(left == right, StoreDump.difference(left, right))
    try await StoreBench(store).verify()
    try await StoreBench(memory).verify()
  }
}
