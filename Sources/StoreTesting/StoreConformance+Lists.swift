import HandoffCore
import HandoffStore

extension StoreConformance {
  static let listChecks: [StoreCheck] = [
    StoreCheck("rows are found by what people know of them", rowsAreFound),
    StoreCheck("pages walk over every handoff once, in the order of ids", pagesWalk),
    StoreCheck("overdue handoffs come longest overdue first", overdueComesFirst),
    StoreCheck("exceptions come nearest deadline first, and are counted by owner", exceptionsComeByDeadline),
    StoreCheck("open exceptions are counted by kind, overdue and escalated", openExceptionsAreCounted),
  ]

  static let transactionChecks: [StoreCheck] = [
    StoreCheck("a body that throws leaves nothing", throwingLeavesNothing),
    StoreCheck("bodies that share a commit fail and succeed each alone", bodiesStandAlone),
    StoreCheck("a confirmed row without a receipt is refused by the store itself", gateInStore),
  ]

  private static func rowsAreFound(_ store: any HandoffStore) async throws {
    for (index, handoff) in try examples().enumerated() {
      let row = HandoffRow(
        handoff: handoff, number: "#\(index)", email: "kim\(index % 2)@example.com", entries: 0, chainHead: "")
      try await store.transact { try $0.insert(row) }
    }
    func find(_ text: String?, _ change: (inout RowFilter) -> Void = { _ in }) async throws -> [String] {
      var filter = RowFilter()
      filter.text = text
      change(&filter)
      return try await store.read { [filter] in try $0.rows(filter).map(\.handoff.id.text) }
    }
    for text in ["#5", "h1005", "CS-main-1005", "1005"] { try requireEqual(try await find(text), ["h1005"], text) }
    let byRecord = try await find("SO-1")
    try require(byRecord.count > 4 && byRecord == byRecord.sorted(by: >), "by record id: \(byRecord)")
    try requireEqual(try await find("N-1").contains("h1005"), true, "by record number")
    try requireEqual(try await find("KIM1@example.com").count, 7)
    try requireEqual(try await find("kim1@example.com") { $0.limit = 2 }, ["h1013", "h1011"])
    try requireEqual(try await find("kim1@example.com") { $0.stage = .submitting }, ["h1001"])
    try requireEqual(try await find("kim1@example.com") { $0.storefront = StorefrontName("other") }, [])
    try requireEqual(try await find("' OR 1=1 --"), [])
    try requireEqual(try await find(nil) { $0.stage = .confirmed }, ["h1008"])
    try requireEqual(try await find(nil) { $0.limit = 3 }, ["h1014", "h1013", "h1012"])
    let next = try await find(nil) { filter in
      (filter.limit, filter.before) = (3, HandoffID("h1012"))
    }
    try requireEqual(next, ["h1011", "h1010", "h1009"])
    try requireEqual(try await find("kim1@example.com") { $0.before = HandoffID("h1003") }, ["h1001"])
    let counts = try await store.read { try $0.counts() }
    try requireEqual(counts.values.reduce(0, +), 15)
    try requireEqual(counts[.confirmed], 1)
  }

  private static func pagesWalk(_ store: any HandoffStore) async throws {
    let examples = try examples()
    for handoff in examples.reversed() {
      let row = HandoffRow(handoff: handoff, number: "1", email: nil, entries: 0, chainHead: "")
      try await store.transact { try $0.insert(row) }
    }
    var seen: [String] = []
    var last: HandoffID?
    while true {
      let page = try await store.read { [last] in try $0.handoffs(after: last, limit: 4).map(\.handoff.id) }
      guard let end = page.last else { break }
      seen += page.map(\.text)
      last = end
    }
    try requireEqual(seen, examples.map(\.id.text))
  }

  private static func overdueComesFirst(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    var ids: [HandoffID] = []
    for (index, second) in [30, 10, 20].enumerated() {
      let request = StoreBench.request(try StoreBench.order("\(index)"), at: second)
      ids.append(try await bench.take(request).handoff.id)
    }
    func overdue(_ seconds: Int, _ limit: Int = 10) async throws -> [HandoffID] {
      try await store.read { try $0.overdue(now: StoreBench.at(seconds), limit: limit) }
    }
    try requireEqual(try await overdue(609), [])
    try requireEqual(try await overdue(620), [ids[1], ids[2]])
    try requireEqual(try await overdue(630, 2), [ids[1], ids[2]])
    try requireEqual(try await overdue(630), [ids[1], ids[2], ids[0]])
  }

  private static func exceptionsComeByDeadline(_ store: any HandoffStore) async throws {
    let (kim, sam) = ("kim@example.com", "sam@example.com")
    let opened = [("h1", kim, 90), ("h2", kim, 30), ("h3", sam, 60), ("h4", kim, 30), ("h5", kim, 10), ("h6", sam, 20)]
    try await store.transact { transaction in
      for (handoff, owner, deadline) in opened {
        let exception = OpenException(
          kind: .refused, reason: "why", openedAt: StoreBench.start, deadline: StoreBench.at(deadline))
        _ = try transaction.open(NewException(handoffID: HandoffID(handoff), exception: exception, owner: owner))
      }
      for handoff in ["h5", "h6"] {
        try transaction.closeException(of: HandoffID(handoff), at: StoreBench.at(5), resolution: "done")
      }
    }
    func list(_ change: (inout ExceptionFilter) -> Void = { _ in }) async throws -> [String] {
      var filter = ExceptionFilter()
      change(&filter)
      return try await store.read { [filter] in try $0.exceptions(filter).map(\.handoffID.text) }
    }
    try requireEqual(try await list(), ["h2", "h4", "h3", "h1"], "of one deadline the older first")
    try requireEqual(try await list { $0.limit = 1 }, ["h2"])
    let sams = try await list { filter in
      filter.owner = sam
      filter.limit = 1
    }
    try requireEqual(sams, ["h3"], "the limit is applied after the owner")
    try requireEqual(
      try await list { $0.onlyOpen = false }, ["h2", "h4", "h3", "h1", "h6", "h5"], "closed ones newest first")
    for size in 1...3 {
      var (filter, pages) = (ExceptionFilter(), [[String]]())
      (filter.onlyOpen, filter.limit) = (false, size)
      repeat {
        let page = try await store.read { [filter] in try $0.exceptions(filter) }
        pages.append(page.map(\.handoffID.text))
        filter.after = page.last.map(ExceptionPlace.init(of:)) ?? filter.after
        try requireEqual(filter.after.flatMap { ExceptionPlace($0.text) }, filter.after)
      } while pages.last?.isEmpty == false
      try requireEqual(pages.flatMap { $0 }, ["h2", "h4", "h3", "h1", "h6", "h5"], "pages of \(size)")
    }
    try requireEqual(try await store.read { try $0.exceptionCounts(onlyOpen: true) }, [kim: 3, sam: 1])
    try requireEqual(try await store.read { try $0.exceptionCounts(onlyOpen: false) }, [kim: 4, sam: 2])
    try await store.transact {
      try $0.reassign(exceptionOf: HandoffID("h3"), owner: kim, deadline: StoreBench.at(1), escalations: 1)
    }
    try requireEqual(try await list { $0.limit = 2 }, ["h3", "h2"], "a new deadline is a new place")
    try requireEqual(try await store.read { try $0.exceptionCounts(onlyOpen: true) }, [kim: 4])
  }

  private static func openExceptionsAreCounted(_ store: any HandoffStore) async throws {
    func count(_ second: Int) async throws -> OpenExceptionCount {
      try await store.read { try $0.openExceptionCount(now: StoreBench.at(second)) }
    }
    try requireEqual(try await count(0), OpenExceptionCount(kinds: [:], overdue: 0, escalated: 0))
    let opened: [(String, ExceptionKind, Int)] = [
      ("h1", .refused, 90), ("h2", .refused, 30), ("h3", .receiptOverdue, 60), ("h4", .templateFailed, 10),
    ]
    try await store.transact { transaction in
      for (handoff, kind, deadline) in opened {
        let exception = OpenException(
          kind: kind, reason: "why", openedAt: StoreBench.start, deadline: StoreBench.at(deadline))
        _ = try transaction.open(NewException(handoffID: HandoffID(handoff), exception: exception, owner: "kim"))
      }
      try transaction.closeException(of: HandoffID("h4"), at: StoreBench.at(5), resolution: "done")
    }
    let kinds: [ExceptionKind: Int] = [.refused: 2, .receiptOverdue: 1]
    try requireEqual(
      try await count(29), OpenExceptionCount(kinds: kinds, overdue: 0, escalated: 0), "a closed one counts nowhere")
    try requireEqual(try await count(60), OpenExceptionCount(kinds: kinds, overdue: 2, escalated: 0))
    try await store.transact {
      try $0.reassign(exceptionOf: HandoffID("h2"), owner: "sam", deadline: StoreBench.at(300), escalations: 1)
    }
    try requireEqual(
      try await count(60), OpenExceptionCount(kinds: kinds, overdue: 1, escalated: 1), "a new deadline is not overdue")
  }

  private struct Stop: Error {}

  private static func throwingLeavesNothing(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store, policy: HandoffPolicy(pattern: .acknowledgmentGated))
    let id = try await bench.receipted(StoreBench.request(try StoreBench.order(), dedupeID: "d1"), at: 1)
    try await bench.settle(try await bench.claimOne(at: 2), .inventoryShort([], partly: false), at: 2)
    let before = try await StoreDump.text(of: store)
    let (moves, edit) = (bench.moves, StoreBench.request(try StoreBench.order("1001", hats: 3), at: 9, dedupeID: "d2"))
    let other = StoreBench.request(try StoreBench.order("2002", payment: .voided), at: 9, dedupeID: "d3")
    do {
      try await store.transact { transaction in
        _ = try moves.intake(edit, in: transaction, desk: OpenDesk())
        _ = try moves.intake(other, in: transaction, desk: OpenDesk())
        _ = try moves.decide(
          .decline, on: id, by: "Ada", expecting: nil, at: StoreBench.at(9), in: transaction, desk: OpenDesk())
        _ = try moves.sweep(at: StoreBench.at(90_000), limit: 10, in: transaction)
        _ = try moves.claim(lane: StoreBench.erp, limit: 10, at: StoreBench.at(90_000), in: transaction)
        _ = try transaction.expireLeases(now: StoreBench.at(90_001))
        for task in try transaction.tasks(of: id) { try transaction.finish(task.id) }
        try transaction.setMarker("cursor", to: "1")
        _ = try moves.keep(
          storefront: StorefrontName("main"), topic: "t", dedupeID: "d4", headers: "", body: [1],
          receivedAt: StoreBench.at(9), unreadable: "odd", in: transaction)
        throw Stop()
      }
      throw CheckFailure(description: "the body's error was swallowed")
    } catch is Stop {}
    let after = try await StoreDump.text(of: store)
    try require(before == after, "something was left:\n\(StoreDump.difference(before, after))")
    try await bench.verify()
  }

  private static func bodiesStandAlone(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let outcomes = try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
      for number in 0..<120 {
        let request = StoreBench.request(try StoreBench.order("\(number)"), at: number, dedupeID: "d\(number)")
        group.addTask {
          do {
            try await store.transact { transaction in
              _ = try bench.moves.intake(request, in: transaction, desk: ClosedDesk())
              try transaction.setMarker("n\(number)", to: "yes")
              if number % 3 == 0 { throw Stop() }
              // A statement that the database itself refuses spoils its own body only.
              if number % 3 == 1, number % 2 == 0 {
                try transaction.setInFlight([InFlightLine(sku: "X", quantity: -1)], of: HandoffID("x"))
              }
            }
            return (number, true)
          } catch { return (number, false) }
        }
      }
      var outcomes: [Int: Bool] = [:]
      for try await (number, stood) in group { outcomes[number] = stood }
      return outcomes
    }
    for number in 0..<120 {
      let shouldStand = number % 3 != 0 && !(number % 3 == 1 && number % 2 == 0)
      try requireEqual(outcomes[number], shouldStand, "body \(number)")
      let key = OrderKey(storefront: StorefrontName("main"), orderID: "\(number)")
      let (row, marker) = try await store.read { (try $0.row(of: key), try $0.marker("n\(number)")) }
      try requireEqual(row != nil, shouldStand, "row \(number)")
      try requireEqual(marker, shouldStand ? "yes" : nil)
    }
    try await bench.verify()
  }

  private static func gateInStore(_ store: any HandoffStore) async throws {
    let examples = try examples()
    let captured = try requireSome(examples.first)
    var bent = captured.record
    bent.decision = .confirm
    bent.decidedVersion = 1
    let plain = HandoffRow(handoff: captured, number: "1", email: nil, entries: 0, chainHead: "")
    for stage in [Stage.decided, .confirmed] {
      bent.stage = stage
      var row = plain
      row.handoff = Handoff(restoring: bent)
      try await expectFailure("\(stage.rawValue) without a receipt") { [row] in
        try await store.transact { try $0.insert(row) }
      }
    }
    try await store.transact { try $0.insert(plain) }
    var confirmed = plain
    confirmed.handoff = Handoff(restoring: bent)
    try await expectFailure("an update to confirmed without a receipt") { [confirmed] in
      _ = try await store.transact { try $0.update(confirmed, from: captured.revision) }
    }
    let waiting = try requireSome(examples.first { $0.stage == .submitting })
    var record = waiting.record
    record.stageDeadline = nil
    let row = HandoffRow(handoff: Handoff(restoring: record), number: "1", email: nil, entries: 0, chainHead: "")
    try await expectFailure("an open row without a deadline") { try await store.transact { try $0.insert(row) } }
  }
}
