public import HandoffCore

/// Checks what a store holds against what it must hold: the journal against itself and against the row, the sums, and
/// that nothing waits without anybody knowing (S1, S4, S6, S11, L2).
///
/// It reads only, in pages, inside one consistent read; it can run while the store is in use.
public struct Verification: Sendable {
  /// One thing that is not as it must be.
  public struct Finding: Hashable, Sendable {
    /// Which promise is broken.
    public let kind: Kind
    /// The handoff it concerns; nil for a sum.
    public let handoffID: HandoffID?
    /// What was found, with both values.
    public let detail: String
  }

  /// The kinds of finding; the raw value is the word in reports.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An entry of the journal is missing, or one is too many.
    case journalGap = "journal_gap"
    /// An entry is not what was hashed, or does not follow the one before it.
    case journalChanged = "journal_changed"
    /// The row is not what its journal's last entry says.
    case rowDiffers = "row_differs"
    /// The newest content is missing or another one.
    case versionMissing = "version_missing"
    /// The decision to confirm is not preceded by a receipt in the journal.
    case decidedWithoutReceipt = "decided_without_receipt"
    /// Both final messages exist for one order.
    case twoDecisions = "two_decisions"
    /// The open exception in the table is not the one on the row, or has no owner.
    case exceptionDiffers = "exception_differs"
    /// Not at its end, and nothing says when it goes on.
    case forgotten
    /// Counts that must agree do not.
    case sumDiffers = "sum_differs"
  }

  /// What a verification saw.
  public struct Report: Hashable, Sendable {
    /// Handoffs read.
    public var handoffs = 0
    /// Journal entries read.
    public var entries = 0
    /// What is not as it must be; empty when all is well.
    public var findings: [Finding] = []
  }

  private let sha256: @Sendable ([UInt8]) -> [UInt8]

  /// Takes the hash function; this ring has no cryptography of its own.
  public init(sha256: @escaping @Sendable ([UInt8]) -> [UInt8]) { self.sha256 = sha256 }

  /// Walks over every handoff, then compares the sums.
  public func report(on store: any StoreReading, pageSize: Int = 200) throws -> Report {
    var report = Report()
    var stages: [Stage: Int] = [:]
    var attached: [DeliveryDisposition: Int] = [:]
    var last: HandoffID?
    while true {
      let page = try store.handoffs(after: last, limit: max(1, pageSize))
      guard let end = page.last else { break }
      for row in page {
        try check(row, in: store, &report)
        stages[row.handoff.stage, default: 0] += 1
        for delivery in try store.deliveries(of: row.handoff.id) { attached[delivery.disposition, default: 0] += 1 }
      }
      last = end.handoff.id
    }
    try checkSums(stages, attached, in: store, &report)
    return report
  }

  private func check(_ row: HandoffRow, in store: any StoreReading, _ report: inout Report) throws {
    let handoff = row.handoff
    report.handoffs += 1
    func note(_ kind: Kind, _ detail: String) {
      report.findings.append(Finding(kind: kind, handoffID: handoff.id, detail: detail))
    }
    let journal = try store.journal(of: handoff.id)
    report.entries += journal.count
    for (kind, detail) in chain(journal, row) { note(kind, detail) }
    let content = try store.version(handoff.version.number, of: handoff.id)
    if content?.version != handoff.version {
      note(.versionMissing, "version \(handoff.version.number) is \(content == nil ? "missing" : "another content")")
    }
    let messages = try store.messages(of: handoff.id).map(\.kind)
    if messages.contains(.releaseConfirmation), messages.contains(.sendCannotFulfil) {
      note(.twoDecisions, "both a confirmation and an apology were written")
    }
    var filter = ExceptionFilter()
    filter.handoff = handoff.id
    let open = try store.exceptions(filter)
    if open.map(\.exception) != [handoff.exception].compactMap({ $0 }) {
      let names = open.map(\.exception.kind.rawValue).joined(separator: ", ")
      note(.exceptionDiffers, "row: \(handoff.exception?.kind.rawValue ?? "none"), table: \(names)")
    }
    if handoff.exception == nil, !handoff.covered.isEmpty {
      note(.exceptionDiffers, "covered by nothing: \(handoff.covered.map(\.kind.rawValue).joined(separator: ", "))")
    }
    if open.contains(where: { $0.owner.isEmpty }) { note(.exceptionDiffers, "an open exception has no owner") }
    if !handoff.stage.isTerminal, handoff.deadline == nil, try store.tasks(of: handoff.id).isEmpty {
      note(.forgotten, "stage \(handoff.stage.rawValue) without task, exception or deadline")
    }
  }

  private func chain(_ journal: [JournalEntry], _ row: HandoffRow) -> [(Kind, String)] {
    var found: [(Kind, String)] = []
    var head = ""
    var stage = ""
    var hasReceipt = false
    for (index, entry) in journal.enumerated() {
      if entry.sequence != index + 1 { found.append((.journalGap, "entry \(index + 1) has number \(entry.sequence)")) }
      let hash = ContentDigest(bytes: sha256(entry.hashed(after: head))).hex
      if hash != entry.hash { found.append((.journalChanged, "entry \(entry.sequence) is not what was hashed")) }
      if entry.stageBefore != stage {
        found.append((.journalChanged, "entry \(entry.sequence) starts in \(entry.stageBefore), not in \(stage)"))
      }
      if entry.event == "receipt_issued" || entry.event == "receipt_found" { hasReceipt = true }
      if entry.stageAfter == Stage.decided.rawValue, !hasReceipt {
        found.append((.decidedWithoutReceipt, "entry \(entry.sequence)"))
      }
      head = entry.hash
      stage = entry.stageAfter
    }
    if journal.count != row.entries { found.append((.journalGap, "\(journal.count) entries of \(row.entries)")) }
    if head != row.chainHead { found.append((.journalChanged, "the last entry is not the one the row names")) }
    guard let last = journal.last else { return found }
    let (told, kept) = (
      "\(last.stageAfter) v\(last.version) \(last.recordID)",
      "\(row.handoff.stage.rawValue) v\(row.handoff.version.number) \(row.handoff.recordID ?? "")"
    )
    if told != kept { found.append((.rowDiffers, "journal: \(told), row: \(kept)")) }
    return found
  }

  /// Orders are the sum of their stages; each delivery ended in exactly one way (S6).
  private func checkSums(
    _ stages: [Stage: Int], _ attached: [DeliveryDisposition: Int], in store: any StoreReading, _ report: inout Report
  ) throws {
    func note(_ detail: String) {
      report.findings.append(Finding(kind: .sumDiffers, handoffID: nil, detail: detail))
    }
    let counts = try store.counts()
    for stage in Stage.allCases where counts[stage, default: 0] != stages[stage, default: 0] {
      note("stage \(stage.rawValue): \(counts[stage, default: 0]) counted, \(stages[stage, default: 0]) read")
    }
    let deliveries = try store.deliveryCounts()
    for kind in [DeliveryDisposition.applied, .superseded] where deliveries[kind] != attached[kind] {
      note("\(kind.rawValue): \(deliveries[kind, default: 0]) deliveries, \(attached[kind, default: 0]) with a handoff")
    }
    if attached[.applied, default: 0] < report.handoffs {
      note("\(report.handoffs) handoffs from \(attached[.applied, default: 0]) applied deliveries")
    }
    let unreadable = deliveries[.unreadable, default: 0]
    let records = try store.unreadableCount(now: .distantPast).all
    if records != unreadable { note("unreadable: \(unreadable) deliveries, \(records) records with an owner") }
  }
}
