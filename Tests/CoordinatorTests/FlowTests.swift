import Connector
import ConnectorTesting
import HandoffCore
import HandoffStore
import StoreTesting
import Testing

@testable import Coordinator

/// An order's way through, with and without what goes wrong between us and the ERP.
@Suite struct FlowTests {
  let world = World()

  @Test func `an order is captured, submitted and confirmed`() throws {
    let ledger = Ledger(world)
    let office = Office(world, erp: ledger.erp())
    office.open()
    let id = try office.capture()
    #expect(try office.handoff(id).stage == .confirmed)
    let events = try office.events(id)
    #expect(
      events == ["captured", "submission_started", "receipt_issued", "inventory_validated", "confirmation_sent"])
    #expect(ledger.created == 1)
    #expect(office.sent.all.map(\.kind) == [.confirmation])
    #expect(try office.tasks(id).isEmpty)
    try office.end()
  }

  @Test func `with the pending pattern the customer hears at once, and is told the outcome later`() throws {
    let turnstile = Turnstile()
    let ledger = Ledger(world)
    let erp = ledger.erp(onSubmit: { submission in
      await turnstile.pass()
      return ledger.create(submission)
    })
    let office = Office(world, erp: erp, policy: HandoffPolicy(pattern: .acknowledgmentGated))
    office.open()
    let id = try office.capture()
    #expect(office.sent.all.map(\.kind) == [.acknowledgement])
    #expect(try office.handoff(id).stage == .submitting)
    turnstile.open()
    world.settle()
    #expect(office.sent.all.map(\.kind) == [.acknowledgement, .confirmation])
    #expect(Set(office.sent.all.map(\.key)).count == 2)
    try office.end()
  }

  @Test func `a reply lost after the ERP's commit ends in one record, found by look-up (F32)`() throws {
    let ledger = Ledger(world)
    let erp = ledger.erp(onSubmit: { submission in
      _ = ledger.create(submission)
      return .unknown(reason: "The connection was reset.")
    })
    let office = Office(world, erp: erp)
    office.open()
    let id = try office.capture()
    #expect(try office.handoff(id).stage == .unresolved)
    #expect(office.wait(for: .confirmed, of: id))
    #expect(ledger.created == 1)
    #expect(ledger.asked("submit").count == 1)
    #expect(try office.events(id).contains("receipt_found"))
    #expect(office.sent.count == 1)
    try office.end()
  }

  @Test func `a request lost before the ERP is sent again only after a look-up found nothing (F31)`() throws {
    let ledger = Ledger(world)
    let seen = Notes<Bool>()
    let erp = ledger.erp(onSubmit: { submission in
      seen.add(submission.resuming)
      return seen.count == 1 ? .unknown(reason: "No answer.") : ledger.create(submission)
    })
    let office = Office(world, erp: erp)
    office.open()
    let id = try office.capture()
    #expect(office.wait(for: .confirmed, of: id))
    #expect(ledger.created == 1)
    #expect(seen.all == [false, true])
    let submits = ledger.asked("submit")
    let finds = ledger.asked("find")
    #expect(finds.count == 1 && submits.count == 2)
    #expect(zip(submits, finds).allSatisfy { $0 < $1 })
    try office.end()
  }

  @Test func `what an ERP without any defence may have taken is never created a second time by itself`() throws {
    let ledger = Ledger(world)
    var erp = ledger.erp(onSubmit: { _ in .unknown(reason: "No answer.") })
    erp.receiptClass = .none
    var policy = HandoffPolicy(receiptClass: .none)
    policy.deadlines.receipt = .seconds(24 * 3600)
    let office = Office(world, erp: erp, policy: policy)
    office.open()
    let id = try office.capture()
    world.advance(by: .seconds(3600))
    #expect(ledger.asked("submit").count == 1)
    #expect(ledger.asked("find").count == policy.lookupBudget)
    let exception = try #require(try office.exceptions().first)
    #expect(exception.exception.kind == .quarantined)
    #expect(exception.owner == "erp-team@example.com")
    #expect(try office.handoff(id).stage == .unresolved)
    #expect(office.sent.count == 0)
    try office.end()
  }

  @Test func `a busy ERP is asked again when the pause is over and not before`() throws {
    let ledger = Ledger(world)
    let calls = Notes<Int>()
    let erp = ledger.erp(onSubmit: { submission in
      calls.add(1)
      return calls.count < 3 ? .busy(reason: "429") : ledger.create(submission)
    })
    let policy = HandoffPolicy()
    let office = Office(world, erp: erp, policy: policy)
    office.open()
    let id = try office.capture()
    let due = try #require(try office.tasks(id).first?.planned.notBefore)
    #expect(due == World.start + policy.backoff.pause(after: 1, for: id))
    world.advance(by: due.since(world.now) - .microseconds(1))
    #expect(calls.count == 1)
    #expect(office.wait(for: .confirmed, of: id))
    #expect(calls.count == 3)
    let asked = ledger.asked("submit")
    // Instants are whole microseconds.
    func least(_ attempt: Int) -> Int64 { policy.backoff.pause(after: attempt, for: id).wholeMicroseconds }
    #expect(asked[1].wholeMicroseconds >= least(1))
    #expect((asked[2] - asked[1]).wholeMicroseconds >= least(2))
    #expect(ledger.created == 1)
    try office.end()
  }

  @Test func `an order whose submission was under way at a crash is looked up by the next process`() throws {
    let ledger = Ledger(world)
    let turnstile = Turnstile()
    let store = MemoryStore()
    let hanging = ledger.erp(onSubmit: { submission in
      let outcome = ledger.create(submission)
      await turnstile.pass()
      return outcome
    })
    let crashed = Office(world, erp: hanging, store: store)
    crashed.open()
    let id = try crashed.capture()
    #expect(turnstile.counts.inside == 1)
    // From here on nothing of the first process runs any more.
    let later = World(at: world.now + .seconds(5))
    let office = Office(later, erp: ledger.erp(), store: store)
    office.open()
    #expect(office.wait(for: .confirmed, of: id))
    #expect(ledger.created == 1)
    #expect(ledger.asked("submit").count == 1)
    #expect(try office.events(id).contains("submission_outcome_unknown"))
    #expect(office.sent.count == 1)
    try office.end()
    try release(turnstile, crashed)
  }

  /// A performer that comes back after all: its knowledge is welcome, and changes nothing.
  private func release(_ turnstile: Turnstile, _ crashed: Office) throws {
    turnstile.open()
    world.settle()
    #expect(crashed.sent.count == 0)
    crashed.coordinator.stop()
    world.settle()
    #expect(crashed.hasEnded)
  }

  @Test func `an edit while the ERP is asked closes the gate until the newer content is countersigned (F21)`() throws {
    let turnstile = Turnstile()
    let ledger = Ledger(world)
    let versions = Notes<Int>()
    let erp = ledger.erp(onSubmit: { submission in
      versions.add(submission.version)
      if submission.version == 1 { await turnstile.pass() }
      return ledger.create(submission)
    })
    let office = Office(world, erp: erp)
    office.open()
    let id = try office.capture(hats: 1)
    world.advance(by: .seconds(1))
    try office.capture(hats: 2)
    #expect(try office.handoff(id).stage == .submitting)
    turnstile.open()
    world.settle()
    #expect(versions.all == [1, 2])
    #expect(try office.handoff(id).stage == .confirmed)
    #expect(try office.handoff(id).receipt?.version == 2)
    #expect(ledger.created == 1)
    #expect(office.sent.count == 1)
    try office.end()
  }

  @Test func `a person's decision is carried out, and a stale one is not`() throws {
    let ledger = Ledger(world)
    let refused = Notes<Int>()
    let erp = ledger.erp(onSubmit: { submission in
      refused.add(1)
      return refused.count == 1 ? .refused(reason: "The item is unknown.") : ledger.create(submission)
    })
    let office = Office(world, erp: erp)
    office.open()
    let id = try office.capture()
    #expect(try office.handoff(id).stage == .refused)
    let exception = try #require(try office.exceptions().first)
    let assigned = try world.value { [office] in
      try await office.coordinator.assign(exception: exception.id, to: "kim@example.com", by: "Ada")
    }
    #expect(assigned?.owner == "kim@example.com")
    #expect(throws: StoreFailure.self) {
      _ = try world.value { [office] in
        try await office.coordinator.decide(.retry, on: id, by: "Ada", expecting: 1)
      }
    }
    #expect(throws: Refusal.self) {
      _ = try world.value { [office] in try await office.coordinator.decide(.acceptShortage, on: id, by: "Ada") }
    }
    let decided = try world.value { [office] in
      try await office.coordinator.decide(.retry, on: id, by: "Ada")
    }
    #expect(decided?.stage != .refused)
    #expect(try office.handoff(id).stage == .confirmed)
    #expect(try office.exceptions().isEmpty)
    let nobody = try world.value { [office] in
      try await office.coordinator.decide(.retry, on: HandoffID("nobody"), by: "Ada")
    }
    #expect(nobody == nil)
    try office.end()
  }
}
