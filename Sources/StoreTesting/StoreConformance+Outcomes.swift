import HandoffCore
import HandoffStore

extension StoreConformance {
  static let outcomeChecks: [StoreCheck] = [
    StoreCheck("an outcome the rules refuse opens an exception and loses nothing", refusedOutcome),
    StoreCheck("a later plan of one kind replaces the earlier, and one in hand stays", coalescing),
    StoreCheck("a confirmation that cannot be written takes its decision back", unwritable),
    StoreCheck("nothing found proves nothing about the time after it was asked for (F72)", staleLookup),
    StoreCheck("text with NUL from a vendor is kept readable", hostileText),
  ]

  static let peopleChecks: [StoreCheck] = [
    StoreCheck("passed deadlines become exceptions, and exceptions go up", sweeps),
    StoreCheck("a person's decision counts only for what was shown", decisions),
    StoreCheck("the exception's record follows the handoff's exception", mirrored),
  ]

  private static func refusedOutcome(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.take(StoreBench.request(try StoreBench.order())).handoff.id
    let task = try await bench.claimOne(at: 1)
    let page = Receipt(recordID: "<html>login</html>", version: 1, digest: task.digest)
    try await bench.settle(task, .receiptIssued(page), at: 2)
    let handoff = try await bench.handoff(id)
    try requireEqual(handoff.stage, .submitting)
    try requireEqual(handoff.receipt, nil)
    try requireEqual(handoff.exception?.kind, .unexpected)
    try requireEqual(try await bench.tasks(id).count, 0)
    try requireEqual(try await store.read { try $0.journal(of: id).last?.event }, "event_refused")
    try await bench.verify()
  }

  private static func staleLookup(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 1))).handoff.id
    try await bench.settle(try await bench.claimOne(at: 1), .submissionOutcomeUnknown(reason: "lost"), at: 2)
    let cancel = StoreBench.request(try StoreBench.order("1001", hats: 1, isCancelled: true), at: 3)
    _ = try await bench.take(cancel)
    let look = try await bench.claimOne(at: 4)
    // The answer is from the first seconds; the process slept until no create could arrive any more.
    try await bench.settle(look, .receiptNotFound, at: 4000)
    try requireEqual(try await bench.handoff(id).stage, .unresolved, "it is looked up once more")
    try await bench.settle(try await bench.claimOne(at: 4001), .receiptNotFound, at: 4002)
    try requireEqual(try await bench.handoff(id).stage, .cancelled)
    try await bench.verify()
  }

  private static func coalescing(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.receipted(StoreBench.request(try StoreBench.order("1001", hats: 1)), at: 1)
    try await bench.settle(try await bench.claimOne(at: 1), .inventoryUnknown(reason: "busy"), at: 1)
    for hats in 2...4 {
      _ = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: hats), at: hats))
    }
    let effects = try await bench.tasks(id).map(\.planned.effect)
    try requireEqual(effects, [.checkInventory, .updateOrder(version: 4)])
    let update = try await bench.claimOne(at: 10)
    try requireEqual(update.version, 4)
    _ = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 5), at: 11))
    try requireEqual(
      try await bench.tasks(id).map(\.planned.effect), [.updateOrder(version: 4), .updateOrder(version: 5)])
    try await bench.settle(update, .receiptIssued(StoreBench.receipt(update, record: "SO-1001")), at: 12)
    try requireEqual(try await bench.handoff(id).stage, .updating, "the gate stays shut for version 5")
    try requireEqual(try await bench.claimOne(at: 13).version, 5)
    try await bench.verify()
  }

  private static func unwritable(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.decided(StoreBench.request(try StoreBench.order("1001", email: nil)), at: 1)
    let stopped = try await bench.handoff(id)
    try requireEqual(stopped.stage, .receipted)
    try requireEqual(stopped.decision, nil)
    try requireEqual(stopped.exception?.kind, .templateFailed)
    try requireEqual(try await bench.tasks(id).count, 0)
    try requireEqual(try await store.read { try $0.messages(of: id).count }, 0)
    try await bench.decide(.retry, on: id, at: 2)
    try requireEqual(try await bench.handoff(id).stage, .receipted, "still no address")
    // The storefront adds one; the ERP countersigns the new content, and the message can be written.
    _ = try await bench.take(StoreBench.request(try StoreBench.order("1001", email: "kim@example.com"), at: 3))
    let update = try await bench.claimOne(at: 4)
    try await bench.settle(update, .receiptIssued(StoreBench.receipt(update, record: "SO-1001")), at: 5)
    try await bench.settle(try await bench.claimOne(at: 6), .inventoryValidated, at: 7)
    let decided = try await bench.handoff(id)
    try requireEqual(decided.stage, .decided)
    try requireEqual(decided.decidedVersion, 2)
    try requireEqual(try await bench.claimOne(StoreBench.notify, at: 8).message?.recipient, "kim@example.com")
    try await bench.verify()
  }

  private static func hostileText(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    var order = try StoreBench.order("1001")
    order.number = "#1\u{0}2"
    let id = try await bench.take(StoreBench.request(order, dedupeID: "d\u{0}1")).handoff.id
    try requireEqual(try await bench.row(id).number, "#1\u{FFFD}2")
    try requireEqual(try await bench.take(StoreBench.request(order, dedupeID: "d\u{0}1")).disposition, .duplicate)
    let task = try await bench.claimOne(at: 1)
    try await bench.settle(task, .submissionRefused(reason: "bad \u{0} byte\r\n\"'; DROP TABLE handoff; --"), at: 2)
    let reason = try requireSome(try await bench.handoff(id).exception?.reason)
    try requireEqual(reason, "bad \u{FFFD} byte\r\n\"'; DROP TABLE handoff; --")
    try await bench.verify()
  }

  private static func sweeps(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.take(StoreBench.request(try StoreBench.order())).handoff.id
    try requireEqual(try await bench.sweep(at: 599), 0)
    try requireEqual(try await bench.sweep(at: 600), 1)
    let late = try await bench.handoff(id)
    try requireEqual(late.exception?.kind, .receiptOverdue)
    try requireEqual(try await bench.sweep(at: 601), 0, "told once")
    var filter = ExceptionFilter()
    filter.handoff = id
    let open = try await store.read { [filter] in try $0.exceptions(filter) }
    try requireEqual(open.map(\.owner), ["erp@example.com"])
    try requireEqual(try await bench.sweep(at: 600 + 4 * 3600), 1)
    try requireEqual(try await bench.handoff(id).exception?.escalations, 1)
    let escalated = try await store.read { [filter] in try $0.exceptions(filter) }
    try requireEqual(escalated.map(\.id), open.map(\.id), "the same record goes up")
    try requireEqual(escalated.first?.exception.escalations, 1)
    // Another attempt closes nothing; progress closes what only said "late", and a deadline is there again.
    let task = try await bench.claimOne(at: 20_000)
    try requireEqual(try await bench.handoff(id).exception?.escalations, 1)
    try await bench.settle(task, .receiptIssued(StoreBench.receipt(task)), at: 20_001)
    let going = try await bench.handoff(id)
    try requireEqual(going.exception, nil)
    try require(going.deadline != nil, "a receipt without a deadline")
    for number in 2...6 { _ = try await bench.take(StoreBench.request(try StoreBench.order("\(number)"), at: number)) }
    try requireEqual(try await bench.sweep(at: 20_002, limit: 2), 2)
    try requireEqual(try await bench.sweep(at: 20_002, limit: 10), 3)
    try await bench.verify()
  }

  private static func decisions(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.take(StoreBench.request(try StoreBench.order())).handoff.id
    try await bench.settle(try await bench.claimOne(at: 1), .submissionRefused(reason: "no"), at: 2)
    let shown = try await bench.handoff(id)
    try await bench.sweep(at: 90_000)
    let before = try await StoreDump.text(of: store)
    try await expectFailure("a decision about an old view") {
      try await bench.decide(.decline, on: id, expecting: shown.revision, at: 90_001)
    }
    do {
      try await bench.decide(.createAgain, on: id, at: 90_001)
      throw CheckFailure(description: "a decision without sense was taken")
    } catch is Refusal {}
    try requireEqual(try await StoreDump.text(of: store), before, "neither changed anything")
    try requireEqual(try await bench.decide(.retry, on: HandoffID("none"), at: 90_001), nil)
    let now = try await bench.handoff(id)
    try await bench.decide(.decline, on: id, expecting: now.revision, at: 90_002)
    let declining = try await bench.handoff(id)
    try requireEqual(declining.stage, .declining)
    try requireEqual(declining.decision, .cannotFulfil)
    let last = try requireSome(try await store.read { try $0.journal(of: id).last })
    try requireEqual(last.actor, "Ada")
    try requireEqual(last.event, "operator_decided")
    try await bench.verify()
  }

  private static func mirrored(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store, policy: HandoffPolicy(pattern: .acknowledgmentGated))
    let id = try await bench.take(StoreBench.request(try StoreBench.order())).handoff.id
    func check(_ kind: ExceptionKind?, _ all: Int) async throws {
      try requireEqual(try await bench.handoff(id).exception?.kind, kind)
      var filter = ExceptionFilter()
      filter.handoff = id
      filter.onlyOpen = false
      let records = try await store.read { [filter] in try $0.exceptions(filter) }
      try requireEqual(records.filter { $0.closedAt == nil }.map(\.exception.kind), [kind].compactMap { $0 })
      try requireEqual(records.count, all)
      try require(records.allSatisfy { $0.closedAt == nil || !$0.resolution.isEmpty }, "closed without a word")
      try await bench.verify()
    }
    try await bench.settle(
      try await bench.claimOne(StoreBench.notify, at: 1), .messageRefused(.sendAcknowledgement, reason: "550"), at: 1)
    try await check(.messageRefused, 1)
    try await bench.settle(try await bench.claimOne(at: 2), .submissionRefused(reason: "no"), at: 2)
    try await check(.refused, 2)
    _ = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 2), at: 3))
    // The edit settles the refusal; what it covered is open again, under a record of its own.
    try await check(.messageRefused, 3)
    let task = try await bench.claimOne(at: 4)
    let other = try requireSome(CurrencyCode("EUR"))
    try await bench.settle(
      task,
      .receiptIssued(
        Receipt(
          recordID: "SO-1", version: 2, digest: task.digest, total: Money(minorUnits: 1000, currency: other))), at: 5)
    try await check(.moneyMismatch, 4)
    try await bench.decide(.handBack, on: id, at: 6)
    try await check(nil, 4)
    var filter = ExceptionFilter()
    filter.handoff = id
    filter.onlyOpen = false
    let records = try await store.read { [filter] in try $0.exceptions(filter).sorted { $0.id < $1.id } }
    try requireEqual(records.first?.resolution, "covered by refused")
    try requireEqual(records.dropFirst().first?.resolution, "closed by storefront")
  }
}
