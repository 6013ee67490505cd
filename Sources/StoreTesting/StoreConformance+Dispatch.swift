import HandoffCore
import HandoffStore

extension StoreConformance {
  static let dispatchChecks: [StoreCheck] = [
    StoreCheck("an order goes its way from capture to confirmation", ordinaryWay),
    StoreCheck("a submission whose lease ran out is looked up, never sent again (S3)", expiredSubmission),
    StoreCheck("a performer that lost its lease changes nothing", staleSettle),
    StoreCheck("a receipt that comes late is never thrown away", lateReceipt),
    StoreCheck("what is no longer called for is dropped when it would leave", droppedTasks),
    StoreCheck("one handoff has one task in hand per lane, and keeps the lane from no other (L8)", busyHandoffs),
    StoreCheck("an order whose tasks replace each other holds up no lane (L8)", replacedTasks),
    StoreCheck("an order that cannot be read stops itself, not its lane (L8)", unreadableOrder),
    StoreCheck("what the ERP said about an older content decides nothing (S1)", staleInventory),
    StoreCheck("a forgotten idempotency key is found out when the task is leased (F37)", forgottenKey),
  ]

  private static func ordinaryWay(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store, policy: HandoffPolicy(pattern: .acknowledgmentGated, holdsFulfillment: true))
    let id = try await bench.decided(StoreBench.request(try StoreBench.order()), at: 1)
    let decided = try await bench.row(id)
    try requireEqual(decided.handoff.stage, .decided)
    try requireEqual(decided.handoff.receipt?.recordNumber, "N-1")
    // The pending message overtakes no decision (F56).
    let task = try await bench.claimOne(StoreBench.notify, at: 2)
    try requireEqual(task.effect, .releaseConfirmation)
    let message = try requireSome(task.message)
    try requireEqual(message.key, "\(id.text)-confirm")
    try requireEqual(message.recipient, "kim@example.com")
    // A carrier that did not take it gets the same bytes again, although the address has changed meanwhile.
    try await bench.settle(task, .messageDeferred(.releaseConfirmation, reason: "busy"), at: 3)
    _ = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 5, email: nil), at: 3))
    let again = try await bench.claimOne(StoreBench.notify, at: 4)
    try requireEqual(again.message?.content, message.content)
    try requireEqual(again.attempt, 1)
    try await bench.settle(again, .confirmationSent, at: 5)
    let stored = try requireSome(try await store.read { try $0.message(message.key) })
    try requireEqual(stored.attempts, 2)
    try requireEqual(stored.acceptedAt, StoreBench.at(5))
    try requireEqual(try await bench.handoff(id).stage, .confirmed)
    let events = try await store.read { try $0.journal(of: id).map(\.event) }
    try requireEqual(
      events,
      [
        "captured", "submission_started", "receipt_issued", "inventory_validated", "message_deferred", "order_edited",
        "confirmation_sent",
      ])
    try await bench.verify()
  }

  private static func expiredSubmission(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.take(StoreBench.request(try StoreBench.order())).handoff.id
    let first = try await bench.claimOne(at: 1)
    try requireEqual(first.effect, .submitOrder(version: 1, resuming: false))
    try requireEqual(try await bench.claim(at: 100).count, 0, "the lease holds")
    try requireEqual(try await bench.claim(at: 121).count, 0, "nothing is sent again")
    let unresolved = try await bench.handoff(id)
    try requireEqual(unresolved.stage, .unresolved)
    try require(unresolved.mayExist, "the ERP may have it")
    let look = try await bench.claimOne(at: 122)
    try requireEqual(look.effect, .findReceipt(version: 1))
    try await bench.settle(look, .receiptNotFound, at: 123)
    let second = try await bench.claimOne(at: 130)
    try requireEqual(second.effect, .submitOrder(version: 1, resuming: true))
    // The first performer wakes up: its failure says nothing, its success would.
    try await bench.settle(first, .submissionRefused(reason: "late"), at: 131)
    try requireEqual(try await bench.handoff(id).stage, .submitting)
    try await bench.settle(second, .receiptFound(StoreBench.receipt(second)), at: 132)
    try requireEqual(try await bench.handoff(id).stage, .receipted)
    // A restart of the only process lets every lease run out at once.
    _ = try await bench.take(StoreBench.request(try StoreBench.order("2"), at: 200))
    let other = try requireSome(try await bench.claim(at: 200).first { $0.effect.kind == .submitOrder })
    let expired = try await store.transact { try $0.expireLeases(now: StoreBench.at(201)) }
    try requireEqual(expired, 2)
    _ = try await bench.claim(at: 201)
    try requireEqual(try await bench.handoff(other.handoff.id).stage, .unresolved)
    try await bench.verify()
  }

  private static func staleSettle(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.receipted(StoreBench.request(try StoreBench.order()), at: 1)
    let stale = try await bench.claimOne(at: 2)
    let fresh = try await bench.claimOne(at: 200)
    try requireEqual(stale.id, fresh.id)
    try requireEqual(fresh.attempt, 2)
    let before = try await StoreDump.text(of: store)
    let late: [HandoffEvent] = [
      .inventoryValidated, .inventoryUnknown(reason: "late"), .submissionOutcomeUnknown(reason: "x"),
    ]
    for event in late {
      try requireEqual(try await bench.settle(stale, event, at: 201).count, 0)
    }
    try requireEqual(try await StoreDump.text(of: store), before)
    try await bench.settle(fresh, .inventoryValidated, at: 202)
    try requireEqual(try await bench.handoff(id).stage, .decided)
    let after = try await StoreDump.text(of: store)
    try await bench.settle(fresh, .inventoryValidated, at: 203)
    try requireEqual(try await StoreDump.text(of: store), after, "a second report of one task")
    try await bench.verify()
  }

  private static func lateReceipt(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.take(StoreBench.request(try StoreBench.order())).handoff.id
    let first = try await bench.claimOne(at: 1)
    _ = try await bench.claim(at: 130)
    let look = try await bench.claimOne(at: 131)
    try await bench.settle(first, .receiptIssued(StoreBench.receipt(first)), at: 132)
    try requireEqual(try await bench.handoff(id).stage, .receipted)
    try await bench.settle(look, .receiptNotFound, at: 133)
    try requireEqual(try await bench.handoff(id).stage, .receipted, "the look-up was overtaken")
    // After a cancel that was thought to be the end, the record is cancelled too.
    let gone = try await bench.take(StoreBench.request(try StoreBench.order("2"), at: 200)).handoff.id
    let lost = try requireSome(try await bench.claim(at: 200).first { $0.handoff.id == gone })
    _ = try await bench.claim(at: 330)
    _ = try await bench.take(StoreBench.request(try StoreBench.order("2", isCancelled: true), at: 331))
    let search = try requireSome(try await bench.claim(at: 1000).first { $0.handoff.id == gone })
    try await bench.settle(search, .receiptNotFound, at: 1001)
    try requireEqual(try await bench.handoff(gone).stage, .cancelled)
    try await bench.settle(lost, .receiptIssued(StoreBench.receipt(lost, record: "SO-2")), at: 1002)
    try requireEqual(try await bench.handoff(gone).stage, .cancelling)
    try requireEqual(try await bench.tasks(gone).map(\.planned.effect), [.cancelOrder])
    try await bench.verify()
  }

  private static func droppedTasks(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store, policy: HandoffPolicy(pattern: .acknowledgmentGated))
    let id = try await bench.take(StoreBench.request(try StoreBench.order())).handoff.id
    _ = try await bench.take(StoreBench.request(try StoreBench.order("1001", isCancelled: true), at: 1))
    try requireEqual(try await bench.tasks(id).count, 2)
    try requireEqual(try await bench.claim(at: 2).count, 0)
    try requireEqual(try await bench.claim(StoreBench.notify, at: 2).count, 0)
    try requireEqual(try await bench.tasks(id).count, 0)
    try await bench.verify()
  }

  private static func busyHandoffs(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    var ids: [HandoffID] = []
    for number in 1...3 {
      let request = StoreBench.request(try StoreBench.order("\(number)"), at: number)
      ids.append(try await bench.receipted(request, at: number))
      // The receipt's question about stock is in hand while an edit asks for an update.
      _ = try await bench.claimOne(at: number)
      _ = try await bench.take(
        StoreBench.request(try StoreBench.order("\(number)", hats: 2), at: number, updated: number + 1))
    }
    let free = try await bench.take(StoreBench.request(try StoreBench.order("9"), at: 10)).handoff.id
    try requireEqual(try await bench.claim(at: 11, limit: 1).map(\.handoff.id), [free])
    try requireEqual(try await bench.claim(at: 11, limit: 5).count, 0, "their tasks wait for the one in hand")
    try requireEqual(try await bench.tasks(ids[0]).count, 2)
    try await bench.verify()
  }

  private static func unreadableOrder(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    var setting = StoreBench.setting(HandoffPolicy())
    setting.encode = { $0.id == "1" ? [1, 2, 3] : OrderText.encode($0) }
    let broken = Moves(setting)
    let request = StoreBench.request(try StoreBench.order("1"))
    let id = try await store.transact { try broken.intake(request, in: $0, desk: ClosedDesk()).handoff.id }
    let fine = try await bench.take(StoreBench.request(try StoreBench.order("2"), at: 1)).handoff.id
    try requireEqual(try await bench.claim(at: 2).map(\.handoff.id), [fine])
    let stopped = try await bench.handoff(id)
    try requireEqual(stopped.exception?.kind, .unexpected)
    try requireEqual(stopped.attempts, 0, "it has not left")
    try await bench.verify()
  }

  private static func staleInventory(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.receipted(StoreBench.request(try StoreBench.order("1001", hats: 1)), at: 1)
    let asked = try await bench.claimOne(at: 2)
    _ = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 9), at: 3))
    // The lease of the first question has run out, so that the update can go; nobody has looked at the question since.
    let update = try requireSome(try await bench.claim(at: 200, limit: 1).first)
    try requireEqual(update.effect, .updateOrder(version: 2))
    try await bench.settle(update, .receiptIssued(StoreBench.receipt(update, record: "SO-1001")), at: 201)
    try requireEqual(try await bench.handoff(id).stage, .receipted)
    try await bench.settle(asked, .inventoryValidated, at: 202)
    try requireEqual(try await bench.handoff(id).stage, .receipted, "one hat was allocated, nine are wanted")
    try await bench.settle(try await bench.claimOne(at: 203), .inventoryValidated, at: 204)
    try requireEqual(try await bench.handoff(id).stage, .decided)
    try await bench.verify()
  }

  private static func forgottenKey(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store, policy: HandoffPolicy(receiptClass: .key))
    let id = try await bench.take(StoreBench.request(try StoreBench.order())).handoff.id
    try await bench.settle(try await bench.claimOne(at: 1), .submissionOutcomeUnknown(reason: "lost"), at: 2)
    try requireEqual(try await bench.tasks(id).map(\.planned.effect), [.submitOrder(version: 1, resuming: true)])
    let day = 24 * 3600
    try requireEqual(try await bench.claim(at: day).count, 0, "nobody was there for a day; the key is gone")
    try requireEqual(try await bench.handoff(id).stage, .unresolved)
    try await bench.settle(try await bench.claimOne(at: day + 1), .receiptNotFound, at: day + 2)
    try requireEqual(try await bench.handoff(id).exception?.kind, .quarantined)
    try await bench.decide(.createAgain, on: id, at: day + 3)
    try requireEqual(try await bench.claimOne(at: day + 4).effect, .submitOrder(version: 1, resuming: true))
    try await bench.verify()
  }

  /// The lease of a submission runs out while a look-up that was planned before it is due as well: what follows from
  /// the first takes the place of the second, in the very claim that holds both.
  private static func replacedTasks(_ store: any HandoffStore) async throws {
    var policy = HandoffPolicy()
    policy.searchLag = .seconds(300)
    let bench = StoreBench(store, policy: policy)
    let id = try await bench.take(StoreBench.request(try StoreBench.order("1"))).handoff.id
    try await bench.settle(try await bench.claimOne(at: 0), .submissionOutcomeUnknown(reason: "no answer"), at: 0)
    try await bench.settle(try await bench.claimOne(at: 60), .receiptNotFound, at: 60)
    _ = try await bench.decide(.createAgain, on: id, at: 61)
    try requireEqual(try await bench.claimOne(at: 62).effect, .submitOrder(version: 1, resuming: true))
    let other = try await bench.take(StoreBench.request(try StoreBench.order("2"), at: 400)).handoff.id
    try requireEqual(try await bench.claim(at: 400).map(\.handoff.id), [other])
    try requireEqual(try await bench.handoff(id).stage, .unresolved)
    try requireEqual(try await bench.claimOne(at: 900).effect, .findReceipt(version: 1))
    try await bench.verify()
  }
}
