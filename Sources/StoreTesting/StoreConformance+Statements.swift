import HandoffCore
import HandoffStore

extension StoreConformance {
  static let statementChecks: [StoreCheck] = [
    StoreCheck("a row comes back as it was written, in every stage", rowsComeBack),
    StoreCheck("a row is written only over the revision it was read with", revisionsGuard),
    StoreCheck("contents, deliveries and journal entries come back, and none twice", factsComeBack),
    StoreCheck("tasks are coalesced, ordered, leased and finished", tasksBehave),
    StoreCheck("a message is kept once and its attempts are counted", messagesBehave),
    StoreCheck("exceptions have one owner and one open record", exceptionsBehave),
    StoreCheck("in-flight lines, markers and unreadable deliveries come back", theRestComesBack),
  ]

  /// Handoffs in many states, by steps alone.
  static func examples() throws -> [Handoff] {
    let order = try StoreBench.order("1001", hats: 2)
    let digest = ContentDigest(bytes: PlainSHA256.digest(order.canonicalForm))
    let version = OrderVersion(number: 1, digest: digest, updatedAt: StoreBench.start, total: order.total)
    let policy = HandoffPolicy(pattern: .acknowledgmentGated, holdsFulfillment: true)
    let receipt = Receipt(recordID: "SO-1", recordNumber: "N-1", version: 1, digest: digest, total: order.total)
    let paths: [[HandoffEvent]] = [
      [], [.submissionStarted], [.submissionStarted, .submissionOutcomeUnknown(reason: "“lost”\nline two")],
      [.submissionStarted, .orderRecorded(recordID: "SO-1", state: "draft")],
      [.submissionStarted, .submissionRefused(reason: "no ' \" ; -- \u{1F385}")],
      [.submissionStarted, .receiptIssued(receipt)],
      [
        .submissionStarted, .receiptIssued(receipt),
        .inventoryShort([Shortage(sku: "A", ordered: 2, allocated: 1)], partly: true),
      ],
      [.submissionStarted, .receiptIssued(receipt), .inventoryValidated],
      [.submissionStarted, .receiptIssued(receipt), .inventoryValidated, .acknowledgementSent, .confirmationSent],
      [.submissionStarted, .receiptIssued(receipt), .orderCancelled], [.orderCancelled], [.paymentVoided],
      [.operatorDecided(.decline, by: "Ada")], [.operatorDecided(.handBack, by: "Ada")],
      [
        .submissionStarted, .receiptIssued(receipt), .inventoryValidated,
        .messageRefused(.releaseConfirmation, reason: "550\tfull\r\n\\n \u{1F385}"),
        .fulfillmentRefused(.releaseFulfillment, reason: ""), .receiptRevoked(reason: "voided"), .deadlinePassed,
      ],
    ]
    return try paths.enumerated().map { index, events in
      let capture = FirstCapture(
        key: OrderKey(storefront: StorefrontName("main"), orderID: "\(1000 + index)"),
        id: HandoffID("h\(1000 + index)"), externalID: ExternalID("CS-main-\(1000 + index)"),
        erp: ERPName("books"), version: version, placedAt: nil, isCancelled: false, isTest: false, payment: .paid)
      var handoff = Handoff.begin(capture, policy: policy, at: StoreBench.start).handoff
      for (second, event) in events.enumerated() {
        _ = try handoff.step(event, at: StoreBench.at(second + 1), policy: policy)
      }
      return handoff
    }
  }

  private static func rowsComeBack(_ store: any HandoffStore) async throws {
    for handoff in try examples() {
      let row = HandoffRow(handoff: handoff, number: "#ü", email: nil, entries: 0, chainHead: "")
      try await store.transact { try $0.insert(row) }
      var changed = row
      changed.email = "kim@example.com"
      changed.entries = 3
      changed.chainHead = "ab"
      let written = changed
      let didWrite = try await store.transact { try $0.update(written, from: handoff.revision) }
      try require(didWrite, "update of \(handoff.stage)")
      try requireEqual(try await store.read { try $0.row(handoff.id) }, Optional(written))
      try requireEqual(try await store.read { try $0.row(of: handoff.key) }, Optional(written))
    }
    try requireEqual(try await store.read { try $0.row(HandoffID("none")) }, nil)
  }

  private static func revisionsGuard(_ store: any HandoffStore) async throws {
    let examples = try examples()
    let handoff = try requireSome(examples.first)
    let later = try requireSome(examples.dropFirst().first)
    let row = HandoffRow(handoff: handoff, number: "1", email: nil, entries: 0, chainHead: "")
    try await store.transact { try $0.insert(row) }
    try await expectFailure("a second row of one order") { try await store.transact { try $0.insert(row) } }
    let stale = try await store.transact { try $0.update(row, from: 7) }
    try require(!stale, "a stale revision was written over")
    let missing = HandoffRow(handoff: later, number: "1", email: nil, entries: 0, chainHead: "")
    let unknown = try await store.transact { try $0.update(missing, from: later.revision) }
    try require(!unknown, "a row that is not there was written")
  }

  private static func factsComeBack(_ store: any HandoffStore) async throws {
    let id = HandoffID("h1")
    let currency = try requireSome(CurrencyCode("JPY"))
    let version = StoredVersion(
      handoffID: id,
      version: OrderVersion(
        number: 2, digest: ContentDigest(hex: "ab"), updatedAt: StoreBench.start,
        total: Money(minorUnits: -7, currency: currency)), body: [0, 255, 10])
    try await store.transact { try $0.insert(version) }
    try requireEqual(try await store.read { try $0.version(2, of: id) }, Optional(version))
    try requireEqual(try await store.read { try $0.version(1, of: id) }, nil)
    try await expectFailure("a second version 2") { try await store.transact { try $0.insert(version) } }

    let main = StorefrontName("main")
    func delivery(_ dedupeID: String?, _ kind: DeliveryDisposition) -> StoredDelivery {
      StoredDelivery(
        storefront: main, dedupeID: dedupeID, topic: "t", receivedAt: StoreBench.start, headers: "a: b\nc: d",
        body: [1], disposition: kind, handoffID: id)
    }
    let (applied, repeated) = (delivery("d1", .applied), delivery(nil, .duplicate))
    try await store.transact {
      try $0.insert(applied)
      try $0.insert(repeated)
      try $0.insert(repeated)
    }
    try await expectFailure("one delivery id twice") { try await store.transact { try $0.insert(applied) } }
    let seen = try requireSome(try await store.read { try $0.delivery(storefront: main, dedupeID: "d1") })
    try requireEqual(seen.disposition, .applied)
    try requireEqual(seen.headers, "a: b\nc: d")
    try requireEqual(
      try await store.read { try $0.delivery(storefront: StorefrontName("other"), dedupeID: "d1") }, nil)
    let all = try await store.read { try $0.deliveries(of: id) }
    try requireEqual(all.map(\.disposition), [.applied, .duplicate, .duplicate])
    try require(all.allSatisfy { $0.body.isEmpty }, "lists carry no bodies")
    try requireEqual(try await store.read { try $0.deliveryCounts() }, [.applied: 1, .duplicate: 2])

    func entry(_ sequence: Int) -> JournalEntry {
      JournalEntry(
        handoffID: id, sequence: sequence, at: StoreBench.start, event: "e", detail: "d \u{1F385}", actor: "a",
        stageBefore: "", stageAfter: "captured", version: 1, recordID: "", hash: "\(sequence)")
    }
    let entries = (1...3).map(entry)
    try await store.transact { for entry in entries { try $0.append(entry) } }
    try await expectFailure("an entry twice") { [third = entry(3)] in
      try await store.transact { try $0.append(third) }
    }
    try requireEqual(try await store.read { try $0.journal(of: id) }, entries)
  }

  private static func tasksBehave(_ store: any HandoffStore) async throws {
    func task(
      _ effect: Effect, _ handoff: String = "h1", after seconds: Int = 0, lane: String = "a",
      leased: Int? = nil, _ disposition: Disposition = .perform
    ) -> NewTask {
      NewTask(
        handoffID: HandoffID(handoff),
        planned: PlannedEffect(effect, notBefore: StoreBench.at(seconds), disposition: disposition), lane: lane,
        leasedUntil: leased.map(StoreBench.at))
    }
    @Sendable func put(_ task: NewTask) async throws -> Int64 { try await store.transact { try $0.put(task) } }
    func due(_ lane: String, _ seconds: Int, _ limit: Int = 10) async throws -> [Int64] {
      try await store.read { try $0.dueTasks(lane: lane, now: StoreBench.at(seconds), limit: limit).map(\.id) }
    }
    let old = try await put(task(.findReceipt(version: 1)))
    let new = try await put(task(.findReceipt(version: 2), after: 5))
    try requireEqual(try await store.read { try $0.task(old) }, nil, "a later plan replaces the earlier")
    let leased = try await put(task(.submitOrder(version: 3, resuming: true), leased: 60))
    let again = try await put(task(.submitOrder(version: 4, resuming: false), after: 2))
    let other = try await put(task(.checkInventory, "h2", after: 2))
    let elsewhere = try await put(task(.checkInventory, "h3", lane: "b"))
    _ = try await put(task(.checkInventory, "h4", lane: "b", .shadow))
    let stored = try requireSome(try await store.read { try $0.task(leased) })
    try requireEqual(stored.planned.effect, .submitOrder(version: 3, resuming: true))
    try requireEqual(stored.attempt, 1)
    try requireEqual(stored.leasedUntil, StoreBench.at(60))
    try requireEqual(try await due("a", 1), [])
    try requireEqual(try await due("a", 5), [other], "of one order one task is under way in a lane at a time")
    try requireEqual(try await due("a", 60), [again, other, new, leased])
    try requireEqual(try await due("a", 60, 2), [again, other])
    try requireEqual(try await due("b", 60), [elsewhere], "shadow tasks are never due")
    try requireEqual(try await store.read { try $0.nextDue(lane: "a") }, Optional(StoreBench.at(2)))
    try requireEqual(
      try await store.read { try $0.nextDue(lane: "a", after: StoreBench.at(5)) }, Optional(StoreBench.at(60)),
      "what is due by then is not asked for")
    try requireEqual(try await store.read { try $0.nextDue(lane: "a", after: StoreBench.at(60)) }, nil)
    try requireEqual(try await store.read { try $0.nextDue(lane: "c") }, nil)
    let busy = try await store.read {
      [
        try $0.isBusy(HandoffID("h1"), lane: "a", now: StoreBench.at(59)),
        try $0.isBusy(HandoffID("h1"), lane: "a", now: StoreBench.at(60)),
        try $0.isBusy(HandoffID("h1"), lane: "b", now: StoreBench.at(0)),
        try $0.isBusy(HandoffID("h2"), lane: "a", now: StoreBench.at(0)),
      ]
    }
    try requireEqual(busy, [true, false, false, false])
    try await store.transact { try $0.lease(other, attempt: 1, until: StoreBench.at(90)) }
    try requireEqual(try await store.read { try $0.tasks(of: HandoffID("h1")).map(\.id) }, [new, leased, again])
    let expired = try await store.transact { try $0.expireLeases(now: StoreBench.at(10)) }
    try requireEqual(expired, 2)
    try requireEqual(try await due("a", 10), [again, new, leased, other])
    try await store.transact {
      try $0.finish(leased)
      try $0.finish(leased)
    }
    try await expectFailure("a lease on a finished task") {
      try await store.transact { try $0.lease(leased, attempt: 2, until: StoreBench.at(99)) }
    }
  }

  private static func messagesBehave(_ store: any HandoffStore) async throws {
    let id = HandoffID("h1")
    func message(_ name: String, _ text: String, _ seconds: Int) -> StoredMessage {
      StoredMessage(
        key: "h1-" + name, handoffID: id, kind: .releaseConfirmation, recipient: "kim@example.com",
        content: Array(text.utf8), decidedAt: StoreBench.at(seconds))
    }
    let (first, second, late) = (message("ack", "one", 2), message("ack", "two", 3), message("confirm", "three", 1))
    try await store.transact {
      try $0.insert(first)
      try $0.insert(second)
      try $0.insert(late)
      try $0.note(attemptOf: "h1-ack", acceptedAt: nil)
      try $0.note(attemptOf: "h1-ack", acceptedAt: StoreBench.at(5))
      try $0.note(attemptOf: "h1-ack", acceptedAt: StoreBench.at(9))
      try $0.note(attemptOf: "h1-none", acceptedAt: nil)
    }
    let kept = try requireSome(try await store.read { try $0.message("h1-ack") })
    try requireEqual(kept.content, Array("one".utf8), "a message stays as it was first kept")
    try requireEqual(kept.attempts, 3)
    try requireEqual(kept.acceptedAt, StoreBench.at(5))
    try requireEqual(try await store.read { try $0.messages(of: id).map(\.key) }, ["h1-confirm", "h1-ack"])
    try requireEqual(try await store.read { try $0.message("h1-none") }, nil)
  }

  private static func exceptionsBehave(_ store: any HandoffStore) async throws {
    let id = HandoffID("h1")
    func new(_ handoff: HandoffID, _ kind: ExceptionKind, owner: String = "erp@example.com") -> NewException {
      NewException(
        handoffID: handoff,
        exception: OpenException(
          kind: kind, reason: "why", openedAt: StoreBench.start, deadline: StoreBench.at(60)), owner: owner)
    }
    let first = try await store.transact { [new = new(id, .refused)] in try $0.open(new) }
    try await expectFailure("a second open exception") { [new = new(id, .shortage)] in
      _ = try await store.transact { try $0.open(new) }
    }
    try await expectFailure("an exception of nobody") { [new = new(HandoffID("h2"), .shortage, owner: "")] in
      _ = try await store.transact { try $0.open(new) }
    }
    try await store.transact {
      try $0.reassign(exceptionOf: id, owner: "boss@example.com", deadline: StoreBench.at(99), escalations: 1)
    }
    let moved = try requireSome(try await store.read { try $0.exception(first) })
    try requireEqual(moved.owner, "boss@example.com")
    try requireEqual(moved.exception.escalations, 1)
    try requireEqual(moved.exception.deadline, StoreBench.at(99))
    let second = try await store.transact { [new = new(id, .shortage), other = new(HandoffID("h2"), .refused)] in
      try $0.closeException(of: id, at: StoreBench.at(5), resolution: "done")
      let second = try $0.open(new)
      _ = try $0.open(other)
      try $0.closeException(of: HandoffID("h9"), at: StoreBench.at(5), resolution: "nothing")
      return second
    }
    func list(_ change: (inout ExceptionFilter) -> Void) async throws -> [Int64] {
      var filter = ExceptionFilter()
      change(&filter)
      return try await store.read { [filter] in try $0.exceptions(filter).map(\.id) }
    }
    try requireEqual(try await list { $0.handoff = id }, [second])
    try requireEqual(try await list { $0.onlyOpen = false }.suffix(1), [first], "open ones come first")
    try requireEqual(try await list { $0.owner = "boss@example.com" }, [])
    try requireEqual(try await list { $0.limit = 1 }.count, 1)
    let closed = try requireSome(try await store.read { try $0.exception(first) })
    try requireEqual(closed.closedAt, StoreBench.at(5))
    try requireEqual(closed.resolution, "done")
    try requireEqual(try await store.read { try $0.exception(99) }, nil)
  }

  private static func theRestComesBack(_ store: any HandoffStore) async throws {
    let (a, b) = (HandoffID("a"), HandoffID("b"))
    try await store.transact {
      try $0.setInFlight([InFlightLine(sku: "HAT", quantity: 2), InFlightLine(sku: "COAT", quantity: 1)], of: a)
      try $0.setInFlight([InFlightLine(sku: "HAT", quantity: 3)], of: b)
    }
    try requireEqual(try await store.read { try $0.inFlight() }, ["HAT": 5, "COAT": 1])
    try await store.transact { try $0.setInFlight([InFlightLine(sku: "HAT", quantity: 1)], of: a) }
    try requireEqual(try await store.read { try $0.inFlight() }, ["HAT": 4])
    try await store.transact { try $0.setInFlight([], of: b) }
    try requireEqual(try await store.read { try $0.inFlight() }, ["HAT": 1])
    try await expectFailure("no units in flight") {
      try await store.transact { try $0.setInFlight([InFlightLine(sku: "HAT", quantity: 0)], of: b) }
    }
    try await store.transact {
      try $0.setMarker("cursor", to: "1")
      try $0.setMarker("cursor", to: "2")
    }
    try requireEqual(try await store.read { try $0.marker("cursor") }, "2")
    try requireEqual(try await store.read { try $0.marker("other") }, nil)
    let records = (1...3).map { number in
      UnreadableDelivery(
        storefront: StorefrontName("main"), topic: "t\(number)", reason: "r", receivedAt: StoreBench.at(number),
        owner: number == 3 ? "ops@example.com" : "web@example.com", deadline: StoreBench.at(number * 10),
        headers: "webhook-id: \(number)\n", body: [UInt8(number), 0])
    }
    try await store.transact { for record in records { try $0.insert(record) } }
    var filter = UnreadableFilter()
    func topics() async throws -> [String] {
      try await store.read { [filter] in try $0.unreadable(filter).map(\.delivery.topic) }
    }
    try requireEqual(try await topics(), ["t3", "t2", "t1"])
    let (listed, kept) = try await store.read { (try $0.unreadable(UnreadableFilter())[0], try $0.unreadable(3)) }
    try requireEqual(listed.id, 3)
    try requireEqual(listed.bytes, 2)
    try requireEqual(listed.delivery.body, [], "lists leave bodies out")
    try requireEqual(kept?.delivery, records[2])
    try requireEqual(try await store.read { try $0.unreadable(4) }, nil)
    try await store.transact {
      try $0.closeUnreadable(3, at: StoreBench.at(50), resolution: "read")
      try $0.closeUnreadable(3, at: StoreBench.at(60), resolution: "again")
      try $0.closeUnreadable(99, at: StoreBench.at(60), resolution: "nothing")
    }
    let closed = try await store.read { try $0.unreadable(3) }
    try requireEqual(closed?.closedAt, StoreBench.at(50), "closed once")
    try requireEqual(closed?.resolution, "read")
    try requireEqual(
      try await store.read { try $0.unreadableCount(now: StoreBench.at(10)) },
      UnreadableCount(all: 3, open: 2, overdue: 1))
    try requireEqual(try await topics(), ["t2", "t1"])
    filter.onlyOpen = false
    try requireEqual(try await topics(), ["t2", "t1", "t3"])
    filter.limit = 1
    filter.owner = "ops@example.com"
    try requireEqual(try await topics(), ["t3"])
  }
}

/// The operation must fail with a store's own failure.
func expectFailure(
  _ what: String, file: StaticString = #fileID, line: UInt = #line, _ operation: () async throws -> Void
) async throws {
  do {
    try await operation()
  } catch is StoreFailure {
    return
  } catch {
    throw CheckFailure(description: "\(file):\(line): \(what) failed with \(error), no failure of the store")
  }
  throw CheckFailure(description: "\(file):\(line): \(what) was accepted")
}
