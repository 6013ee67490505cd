import HandoffCore
import HandoffStore

extension StoreConformance {
  static let intakeChecks: [StoreCheck] = [
    StoreCheck("a first delivery makes one handoff with its facts and tasks", firstDelivery),
    StoreCheck("orders of one instant lie in the order of their numbers, others by their instant", names),
    StoreCheck("a repeated delivery says nothing new", repeatedDelivery),
    StoreCheck("a late edit never undoes the return to what was there before (S7)", returnedContent),
    StoreCheck("an id that stood for something else makes no duplicate (S6)", reusedDedupeID),
    StoreCheck("an older delivery never overwrites a newer one (S7)", olderDelivery),
    StoreCheck("old content comes back only by a newer clock; a cancel is never lost for its content", oldContent),
    StoreCheck("a cancel counts whatever the clocks say (S3c)", cancelBeatsClocks),
    StoreCheck("an order reopened after its cancel stays cancelled, and a person is asked once", reopened),
    StoreCheck("edits, cancels and voids reach the handoff", changes),
    StoreCheck("a void is not undone by an older delivery", voidStays),
    StoreCheck("fifty deliveries of one order at once make one handoff (F02)", concurrentDeliveries),
    StoreCheck("in-flight lines end only when the ERP never got the order or has cancelled it (S5)", inFlightEnds),
  ]

  private static func firstDelivery(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store, policy: HandoffPolicy(pattern: .acknowledgmentGated, holdsFulfillment: true))
    let result = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 2), dedupeID: "d1"))
    try requireEqual(result.disposition, .applied)
    try requireEqual(result.claimed.count, 0)
    let id = result.handoff.id
    let row = try await bench.row(id)
    try requireEqual(row.handoff, result.handoff)
    try requireEqual(row.number, "#1001")
    try requireEqual(row.handoff.externalID.text, "CS-main-1001")
    try requireEqual(
      try await bench.tasks(id).map(\.planned.effect),
      [.submitOrder(version: 1, resuming: false), .sendAcknowledgement, .holdFulfillment])
    try requireEqual(try await bench.tasks(id).map(\.lane), ["erp:books", "notify:main", "storefront:main"])
    try requireEqual(try await store.read { try $0.messages(of: id).map(\.kind) }, [.sendAcknowledgement])
    try requireEqual(try await store.read { try $0.inFlight() }, ["HAT": 2])
    try requireEqual(try await store.read { try $0.journal(of: id).map(\.event) }, ["captured"])
    try await bench.verify()

    // With permits at hand the tasks are born leased, and the submission is journaled as begun.
    let eager = try await bench.take(StoreBench.request(try StoreBench.order("1002")), desk: OpenDesk())
    try requireEqual(eager.claimed.map(\.effect.kind), [.submitOrder, .sendAcknowledgement, .holdFulfillment])
    try requireEqual(eager.handoff.stage, .submitting)
    try requireEqual(try await bench.claim(at: 1).map(\.handoff.id), [id], "what is leased is not leased again")
    try requireEqual(eager.claimed.first?.order.id, "1002")
    try require(eager.claimed.dropFirst().first?.message != nil, "a message task carries its message")
    try await bench.verify()
  }

  private static func names(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let huge = "99999999999999999999999999999999"
    for id in ["1000", "998", "gid://shop/Order/999", huge, "no number", "1000-a", "1001"] {
      let at = id == "1001" ? 50 : 60
      let result = try await bench.take(StoreBench.request(try StoreBench.order(id), at: at))
      try requireEqual(result.disposition, .applied, id)
    }
    let other = try await bench.take(StoreBench.request(try StoreBench.order("1000"), at: 60, storefront: "other"))
    try requireEqual(other.disposition, .applied, "each storefront counts for itself")
    let ids = try await store.read { try $0.handoffs(after: nil, limit: 10).map(\.handoff.key.orderID) }
    try requireEqual(ids.count, 8)
    try requireEqual(ids.first, "1001", "by the instant first")
    try requireEqual(
      ids.filter { ["998", "gid://shop/Order/999", "1000"].contains($0) },
      ["998", "gid://shop/Order/999", "1000", "1000"])
  }

  private static func repeatedDelivery(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let order = try StoreBench.order()
    let id = try await bench.take(StoreBench.request(order, dedupeID: "d1")).handoff.id
    let before = try await bench.row(id)
    for (dedupeID, seconds) in [("d1", 5), ("d1", 400 * 86_400), ("d2", 6), (nil, 7)] as [(String?, Int)] {
      let again = try await bench.take(StoreBench.request(order, at: seconds, updated: 0, dedupeID: dedupeID))
      try requireEqual(again.disposition, .duplicate, dedupeID ?? "by content")
      try requireEqual(again.handoff.id, id)
    }
    // By content, although the storefront's clock has moved.
    let touched = try await bench.take(StoreBench.request(order, at: 9, updated: 9, dedupeID: "d3"))
    try requireEqual(touched.disposition, .duplicate)
    try requireEqual(try await bench.row(id), before)
    try requireEqual(try await store.read { try $0.deliveryCounts() }, [.applied: 1, .duplicate: 5])
    let other = try await bench.take(StoreBench.request(order, dedupeID: "d1", storefront: "other"))
    try requireEqual(other.disposition, .applied, "each storefront has ids of its own")
    try await bench.verify()
  }

  private static func reusedDedupeID(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    _ = try await bench.take(StoreBench.request(try StoreBench.order("1"), dedupeID: "d1"))
    let other = try await bench.take(StoreBench.request(try StoreBench.order("2"), dedupeID: "d1"))
    try requireEqual(other.disposition, .applied)
    try requireEqual(other.handoff.key.orderID, "2")
    @Sendable func keep(_ reason: String?) async throws -> DeliveryDisposition {
      let moves = bench.moves
      return try await store.transact {
        try moves.keep(
          storefront: StorefrontName("main"), topic: "t", dedupeID: "d9", headers: "", body: [1],
          receivedAt: StoreBench.start, unreadable: reason, in: $0)
      }
    }
    try requireEqual(try await keep("unknown enum"), .unreadable)
    try requireEqual(try await keep("unknown enum"), .duplicate)
    let unreadable = try await store.read { try $0.unreadable(UnreadableFilter()).map(\.delivery) }
    try requireEqual(unreadable.map(\.owner), ["web@example.com"])
    try requireEqual(unreadable.first?.deadline, StoreBench.start + .seconds(4 * 3600))
    // A later version of the program understands the same delivery.
    let understood = try await bench.take(StoreBench.request(try StoreBench.order("3"), dedupeID: "d9"))
    try requireEqual(understood.disposition, .applied)
    try requireEqual(
      try await store.read { try $0.deliveryCounts() }, [.applied: 3, .unreadable: 1, .duplicate: 1])
    try await bench.verify()
  }

  private static func returnedContent(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let (one, two) = (try StoreBench.order("1001", hats: 1), try StoreBench.order("1001", hats: 2))
    let id = try await bench.take(StoreBench.request(one, dedupeID: "d1")).handoff.id
    // One hat, then two, then one again; the middle edit comes last.
    let back = try await bench.take(StoreBench.request(one, at: 9, updated: 9, dedupeID: "d3"))
    try requireEqual(back.disposition, .duplicate)
    let late = try await bench.take(StoreBench.request(two, at: 10, updated: 5, dedupeID: "d2"))
    try requireEqual(late.disposition, .superseded)
    try requireEqual(try await bench.row(id).handoff.version.number, 1)
    let next = try await bench.take(StoreBench.request(two, at: 12, updated: 11, dedupeID: "d4"))
    try requireEqual(next.disposition, .applied, "what is newer than everything seen counts")
    try await bench.verify()
  }

  private static func olderDelivery(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let (old, new) = (try StoreBench.order("1001", hats: 1), try StoreBench.order("1001", hats: 2))
    let id = try await bench.take(StoreBench.request(new, at: 5, dedupeID: "d2")).handoff.id
    let before = try await bench.row(id)
    let late = try await bench.take(StoreBench.request(old, at: 9, updated: 1, dedupeID: "d1"))
    try requireEqual(late.disposition, .superseded)
    let same = try await bench.take(StoreBench.request(new, at: 10, updated: 1, dedupeID: "d3"))
    try requireEqual(same.disposition, .duplicate)
    try requireEqual(try await bench.row(id), before)
    try requireEqual(try await store.read { try $0.inFlight() }, ["HAT": 2])
    try await bench.verify()
  }

  private static func oldContent(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let (one, two) = (try StoreBench.order("1001", hats: 1), try StoreBench.order("1001", hats: 2))
    for hasClock in [true, false] {
      // With a clock the retry is of the same second; without one its own time says nothing.
      let storefront = hasClock ? "main" : "other"
      func take(_ order: Order, _ seconds: Int) async throws -> IntakeResult {
        let request = StoreBench.request(
          order, at: seconds, updated: hasClock ? 5 : seconds, storefront: storefront, hasClock: hasClock)
        return try await bench.take(request)
      }
      _ = try await take(one, 5)
      try requireEqual(try await take(two, 6).handoff.version.number, 2)
      let retry = try await take(one, 7)
      try requireEqual(retry.disposition, .superseded)
      try requireEqual(retry.handoff.version.number, 2)
      let cancel = try await take(try StoreBench.order("1001", hats: 1, isCancelled: true), 8)
      try requireEqual(cancel.disposition, .applied)
      try requireEqual(cancel.handoff.stage, .cancelled)
    }
    let other = try await bench.take(StoreBench.request(try StoreBench.order("2", hats: 1), at: 10))
    _ = try await bench.take(StoreBench.request(try StoreBench.order("2", hats: 2), at: 11))
    let back = try await bench.take(StoreBench.request(try StoreBench.order("2", hats: 1), at: 12))
    try requireEqual(back.disposition, .applied, "a newer clock: the customer wants the first content again")
    try requireEqual(back.handoff.version.number, 3)
    try requireEqual(back.handoff.version.digest, other.handoff.version.digest)
    try await bench.verify()
  }

  private static func changes(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 1))).handoff.id
    let edited = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 3), at: 5))
    try requireEqual(edited.disposition, .applied)
    try requireEqual(edited.handoff.version.number, 2)
    try requireEqual(try await store.read { try $0.inFlight() }, ["HAT": 3])
    let stored = try requireSome(try await store.read { try $0.version(2, of: id) })
    try requireEqual(try OrderText.decode(stored.body).lines.first?.quantity, 3)
    let task = try await bench.claimOne(at: 6)
    try requireEqual(task.version, 2, "what leaves is the newest content")
    try requireEqual(task.digest, edited.handoff.version.digest)
    let cancel = StoreBench.request(try StoreBench.order("1001", hats: 3, isCancelled: true), at: 7)
    try requireEqual(try await bench.take(cancel).disposition, .applied)
    try requireEqual(try await bench.take(cancel).disposition, .duplicate)
    try requireEqual(try await bench.handoff(id).stage, .submitting, "a cancel waits for the outcome")
    try await bench.settle(task, .submissionDeferred(reason: "429"), at: 8)
    try requireEqual(try await bench.handoff(id).stage, .cancelled)
    try requireEqual(try await store.read { try $0.inFlight() }, [:])
    try await bench.verify()
  }

  private static func voidStays(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let id = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 1))).handoff.id
    let void = try StoreBench.order("1001", hats: 1, payment: .voided)
    let voided = try await bench.take(StoreBench.request(void, at: 9), desk: OpenDesk())
    try requireEqual(voided.disposition, .applied)
    try requireEqual(voided.handoff.exception?.kind, .paymentVoided)
    let older = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 2), at: 10, updated: 5))
    try requireEqual(older.disposition, .superseded)
    try requireEqual(try await bench.take(StoreBench.request(void, at: 11)).disposition, .duplicate)
    let more = try StoreBench.order("1001", hats: 4, payment: .voided)
    try requireEqual(try await bench.take(StoreBench.request(more, at: 12), desk: OpenDesk()).claimed.count, 0)
    try requireEqual(try await bench.claim(at: 13).count, 0, "a void order never leaves")
    try requireEqual(try await bench.handoff(id).exception?.kind, .paymentVoided)
    let paid = try await bench.take(StoreBench.request(try StoreBench.order("1001", hats: 4), at: 14))
    try requireEqual(paid.handoff.exception, nil)
    try requireEqual(try await bench.claimOne(at: 15).order.lines.first?.quantity, 4)
    try await bench.verify()
  }

  private static func concurrentDeliveries(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    let request = StoreBench.request(try StoreBench.order(), dedupeID: "d1")
    let kinds = try await withThrowingTaskGroup(of: DeliveryDisposition.self) { group in
      for _ in 0..<50 { group.addTask { try await bench.take(request, desk: OpenDesk()).disposition } }
      var kinds: [DeliveryDisposition] = []
      for try await kind in group { kinds.append(kind) }
      return kinds
    }
    try requireEqual(kinds.filter { $0 == .applied }.count, 1)
    try requireEqual(kinds.filter { $0 == .duplicate }.count, 49)
    try requireEqual(try await store.read { try $0.counts() }, [.submitting: 1])
    try requireEqual(try await store.read { try $0.deliveryCounts() }, [.applied: 1, .duplicate: 49])
    try requireEqual(try await store.read { try $0.inFlight() }, ["HAT": 1])
    try await bench.verify()
  }

  private static func inFlightEnds(_ store: any HandoffStore) async throws {
    let bench = StoreBench(store)
    func hats() async throws -> Int { try await store.read { try $0.inFlight()["HAT"] ?? 0 } }
    let confirmed = try await bench.decided(StoreBench.request(try StoreBench.order("1", hats: 1)), at: 1)
    try await bench.settle(try await bench.claimOne(StoreBench.notify, at: 2), .confirmationSent, at: 2)
    try requireEqual(try await bench.handoff(confirmed).stage, .confirmed)
    try requireEqual(try await hats(), 1, "neither receipt nor confirmation ends it")
    _ = try await bench.take(StoreBench.request(try StoreBench.order("1", hats: 2), at: 3))
    try requireEqual(try await hats(), 2, "an edit after the confirmation counts")
    try await bench.settle(try await bench.claimOne(at: 3), .submissionRefused(reason: "shipped"), at: 3)

    let captured = try await bench.take(StoreBench.request(try StoreBench.order("2", hats: 4), at: 4)).handoff.id
    try requireEqual(try await hats(), 6)
    _ = try await bench.take(StoreBench.request(try StoreBench.order("2", hats: 4, isCancelled: true), at: 5))
    try requireEqual(try await bench.handoff(captured).stage, .cancelled)
    try requireEqual(try await hats(), 2, "cancelled before it left")

    let declined = try await bench.receipted(StoreBench.request(try StoreBench.order("3", hats: 8), at: 6), at: 6)
    try await bench.decide(.decline, on: declined, at: 7)
    try await bench.settle(try await bench.claimOne(StoreBench.notify, at: 7), .cannotFulfilSent, at: 7)
    try requireEqual(try await bench.handoff(declined).stage, .declined)
    try requireEqual(try await hats(), 10, "the ERP still holds it")
    try await bench.settle(try await bench.claimOne(at: 8), .cancellationCompleted, at: 8)
    try requireEqual(try await hats(), 2)

    let refused = try await bench.take(StoreBench.request(try StoreBench.order("4", hats: 16), at: 9)).handoff.id
    try await bench.settle(try await bench.claimOne(at: 9), .submissionRefused(reason: "no"), at: 9)
    try requireEqual(try await hats(), 18)
    try await bench.decide(.decline, on: refused, at: 10)
    try requireEqual(try await hats(), 2, "the ERP never had it")

    let returned = try await bench.take(StoreBench.request(try StoreBench.order("5", hats: 32), at: 11)).handoff.id
    try await bench.decide(.handBack, on: returned, at: 12)
    try requireEqual(try await hats(), 34, "what people make of it is not known here")
    try await declinedUnseen(bench, hats)
    try await bench.verify()
  }

  /// An order whose create ended unknown, was refused when it was sent again, and is declined.
  private static func declinedUnseen(_ bench: StoreBench, _ hats: () async throws -> Int) async throws {
    let request = StoreBench.request(try StoreBench.order("6", hats: 64), at: 20)
    let id = try await bench.take(request).handoff.id
    let unknown = HandoffEvent.submissionOutcomeUnknown(reason: "connection lost")
    try await bench.settle(try await bench.claimOne(at: 20), unknown, at: 20)
    try await bench.settle(try await bench.claimOne(at: 80), .receiptNotFound, at: 80)
    try await bench.settle(try await bench.claimOne(at: 140), .submissionRefused(reason: "no"), at: 140)
    try await bench.decide(.decline, on: id, at: 141)
    _ = try await bench.take(StoreBench.request(try StoreBench.order("6", hats: 65), at: 142))
    try requireEqual(try await hats(), 98, "the first create may land yet, and nothing is added to what is declined")
    try await bench.settle(try await bench.claimOne(at: 143), .receiptNotFound, at: 143)
    try requireEqual(try await hats(), 98, "nothing found says little while a create may be on its way")
    try await bench.settle(try await bench.claimOne(at: 4000), .receiptNotFound, at: 4000)
    try requireEqual(try await hats(), 34)
  }
}
