import Connector
import ConnectorTesting
import HandoffCore
import HandoffStore
import StoreTesting
import Testing

@testable import Coordinator

/// Edits on their way to the ERP.
@Suite struct UpdateTests {
  let world = World()

  /// An ERP whose updates are told apart from its creates.
  private struct Updating: ERPConnector {
    var base: FakeERP
    var onUpdate: @Sendable (Submission) async -> SubmissionOutcome

    var receiptClass: ReceiptClass { base.receiptClass }
    var concurrency: Int { base.concurrency }
    func submit(_ submission: Submission) async -> SubmissionOutcome { await base.submit(submission) }
    func findReceipt(_ submission: Submission) async -> LookupOutcome { await base.findReceipt(submission) }
    func checkInventory(_ submission: Submission, receipt: Receipt) async -> InventoryOutcome {
      await base.checkInventory(submission, receipt: receipt)
    }
    func update(_ submission: Submission, receipt: Receipt) async -> SubmissionOutcome { await onUpdate(submission) }
    func cancel(_ submission: Submission, recordID: String) async -> CancellationOutcome {
      await base.cancel(submission, recordID: recordID)
    }
    func availability(of skus: [String]) async -> AvailabilityOutcome { await base.availability(of: skus) }
    func probe() async -> [ProbeFinding] { [] }
  }

  /// An order at its receipt, waiting for stock, so that an edit becomes an update.
  private func held(
    _ ledger: Ledger, onFind: (@Sendable (Submission) async -> LookupOutcome)? = nil, store: any HandoffStore,
    onUpdate: @escaping @Sendable (Submission) async -> SubmissionOutcome
  ) throws -> (Office, HandoffID) {
    var base = ledger.erp(onFind: onFind)
    base.onInventory = { submission in
      submission.version == 1 ? .short([Shortage(sku: "HAT", ordered: 1, allocated: 0)]) : .allocated
    }
    let office = Office(world, erp: Updating(base: base, onUpdate: onUpdate), store: store)
    office.open()
    let id = try office.capture(hats: 1)
    #expect(try office.handoff(id).stage == .held)
    world.advance(by: .seconds(1))
    return (office, id)
  }

  @Test func `an edit that waits for approval is sent once and looked up until it is approved`() throws {
    let ledger = Ledger(world)
    let sent = Notes<Int>()
    let looks = Notes<Int>()
    let (office, id) = try held(
      ledger,
      onFind: { submission in
        looks.add(submission.version)
        return looks.count < 4
          ? .recorded(recordID: "R-1001", state: "pending approval")
          : .accepted(submission.receipt(recordID: "R-1001", total: submission.order.total))
      }, store: MemoryStore(),
      onUpdate: { submission in
        sent.add(submission.version)
        return .recorded(recordID: "R-1001", state: "pending approval")
      })
    try office.capture(hats: 2)
    #expect(try office.handoff(id).stage == .updating)
    #expect(office.wait(for: .confirmed, of: id))
    #expect(sent.all == [2])
    #expect(looks.all == [2, 2, 2, 2])
    #expect(try office.handoff(id).receipt?.version == 2)
    try office.end()
  }

  @Test func `a look-up for a content that has been superseded says nothing about the newest`() throws {
    let ledger = Ledger(world)
    let turnstile = Turnstile()
    let (office, id) = try held(
      ledger,
      onFind: { _ in
        await turnstile.pass()
        return .differs(recordID: "R-1001", detail: "3 hats")
      }, store: MemoryStore(),
      onUpdate: { submission in
        submission.version == 2
          ? .recorded(recordID: "R-1001", state: "pending approval")
          : .accepted(submission.receipt(recordID: "R-1001", total: submission.order.total))
      })
    try office.capture(hats: 2)
    world.advance(by: .seconds(1))
    #expect(turnstile.counts.inside == 1)
    try office.capture(hats: 3)
    turnstile.open()
    #expect(office.wait(for: .confirmed, of: id))
    #expect(try office.exceptions(onlyOpen: false).isEmpty)
    try office.end()
  }

  @Test func `an update that was held up until a newer one came does not leave (S7)`() throws {
    let ledger = Ledger(world)
    let store = HeldReads()
    let sent = Notes<Int>()
    let (office, id) = try held(
      ledger, store: store,
      onUpdate: { submission in
        sent.add(submission.version)
        return .accepted(submission.receipt(recordID: "R-1001", total: submission.order.total))
      })
    // The performer of version 2 stands still at its last question; meanwhile the customer edits again.
    store.hold()
    try office.capture(hats: 2)
    #expect(store.turnstile.counts.inside > 0)
    world.advance(by: .seconds(1))
    try office.capture(hats: 3)
    store.letGo()
    #expect(office.wait(for: .confirmed, of: id))
    #expect(sent.all == [3])
    #expect(try office.handoff(id).receipt?.version == 3)
    #expect(try office.exceptions(onlyOpen: false).isEmpty)
    try office.end()
  }

  @Test func `an update whose lease has run out does not leave; whoever has the lease sends it`() throws {
    let ledger = Ledger(world)
    let store = HeldReads()
    let sent = Notes<Timestamp>()
    let (office, id) = try held(
      ledger, store: store,
      onUpdate: { [world] submission in
        sent.add(world.now)
        return .accepted(submission.receipt(recordID: "R-1001", total: submission.order.total))
      })
    store.hold()
    try office.capture(hats: 2)
    world.advance(by: .seconds(130))
    #expect(sent.count == 0)
    store.letGo()
    #expect(office.wait(for: .confirmed, of: id, upTo: .seconds(600)))
    #expect(sent.count == 1)
    #expect(try office.exceptions(onlyOpen: false).isEmpty)
    try office.end()
  }

  @Test func `an update does not leave while the store cannot say whether it is still called for`() throws {
    let ledger = Ledger(world)
    let store = HeldReads()
    let sent = Notes<Int>()
    let (office, id) = try held(
      ledger, store: store,
      onUpdate: { submission in
        sent.add(submission.version)
        return .accepted(submission.receipt(recordID: "R-1001", total: submission.order.total))
      })
    store.failOnce()
    try office.capture(hats: 2)
    #expect(sent.count == 0)
    #expect(office.wait(for: .confirmed, of: id))
    #expect(sent.all == [2])
    #expect(try office.events(id).contains("submission_deferred"))
    try office.end()
  }

  @Test func `whoever retries past a void payment is named in the journal as vouching for it`() throws {
    let ledger = Ledger(world)
    let (office, id) = try held(ledger, store: MemoryStore(), onUpdate: { ledger.create($0) })
    try office.receive(try StoreBench.order("1001", hats: 2, payment: .voided))
    world.advance(by: .seconds(1))
    #expect(try office.exceptions().first?.exception.kind == .paymentVoided)
    #expect(office.sent.count == 0)
    let decided = try world.value { [office] in
      try await office.coordinator.decide(.retry, on: id, by: "Ada")
    }
    #expect(decided != nil)
    #expect(office.wait(for: .confirmed, of: id))
    let entry = try world.value { try await office.store.read { try $0.journal(of: id) } }
      .first { $0.event == "operator_decided" }
    #expect(entry?.detail == "accept-void-payment by Ada")
    #expect(entry?.actor == "Ada")
    try office.end()
  }
}

/// A store in memory whose questions about one task wait at a turnstile, or fail.
private final class HeldReads: HandoffStore {
  let turnstile = Turnstile()
  private let inner = MemoryStore()
  private let mode = Notes<Mode>()

  private enum Mode { case hold, go, fail, recover }

  func hold() { mode.add(.hold) }
  func letGo() {
    mode.add(.go)
    turnstile.open()
  }
  func failOnce() { mode.add(.fail) }

  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value { try await inner.transact(body) }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreReading) throws -> Value
  ) async throws -> Value {
    // The performer's last question is the only one that is answered with a reason or none.
    guard Value.self == String?.self else { return try await inner.read(body) }
    switch mode.all.last {
    case .hold: await turnstile.pass()
    case .fail:
      mode.add(.recover)
      throw StoreFailure.unavailable("a fault of the test")
    default: break
    }
    return try await inner.read(body)
  }
}
