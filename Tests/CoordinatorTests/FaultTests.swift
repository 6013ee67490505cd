import Connector
import ConnectorTesting
import HandoffCore
import HandoffStore
import StoreTesting
import Testing

@testable import Coordinator

/// Set-up faults, full lanes, a store that is away, deadlines.
@Suite struct FaultTests {
  let world = World()

  @Test func `a misconfigured ERP rests its lane, and its people are told`() throws {
    let ledger = Ledger(world)
    let broken = Turnstile()
    let erp = ledger.erp(onSubmit: { submission in
      if ledger.asked("submit").count == 1 { return .misconfigured(reason: "The token was revoked.") }
      return ledger.create(submission)
    })
    let office = Office(world, erp: erp)
    office.open()
    let first = try office.capture("1")
    let exception = try #require(try office.exceptions().first)
    #expect(exception.exception.kind == .misconfigured)
    #expect(exception.exception.reason == "The token was revoked.")
    #expect(exception.owner == "erp-team@example.com")
    let second = try office.capture("2")
    #expect(try office.handoff(second).stage == .captured)
    world.advance(by: .seconds(14))
    #expect(ledger.asked("submit").count == 1)
    world.advance(by: .seconds(2))
    #expect(try office.handoff(second).stage == .confirmed)
    #expect(office.wait(for: .confirmed, of: first))
    #expect(try office.exceptions().isEmpty)
    #expect(broken.counts.inside == 0)
    try office.end()
  }

  @Test func `a process that is killed while its store is away does not ask it again and again`() throws {
    let store = FaultyStore()
    let turnstile = Turnstile()
    let ledger = Ledger(world)
    let erp = ledger.erp(onSubmit: { submission in
      await turnstile.pass()
      return ledger.create(submission)
    })
    let office = Office(world, erp: erp, store: store)
    let running = Task(executorPreference: world) { await office.coordinator.run() }
    world.settle()
    _ = try office.capture("1")
    #expect(turnstile.counts.inside == 1)
    store.fail(.away, times: 1000)
    running.cancel()
    world.settle()
    let before = store.changes
    turnstile.letOneGo()
    world.settle()
    // A cancelled task no longer sleeps; without an end to it, all 200 tries come within an instant.
    #expect(store.changes - before == 1)
    store.heal()
  }

  @Test func `what is to be tried again soon does not wait for a lane that sleeps long`() throws {
    let ledger = Ledger(world)
    let erp = ledger.erp(onSubmit: { submission in
      if ledger.asked("submit").count == 1 { return .busy(reason: "429") }
      return ledger.create(submission)
    })
    let office = Office(world, erp: erp) { $0.longestPause = .seconds(60) }
    office.open()
    world.advance(by: .seconds(1))
    let id = try office.capture("1")
    #expect(ledger.asked("submit").count == 1)
    world.advance(by: .seconds(1))
    #expect(ledger.asked("submit").count == 2)
    #expect(try office.handoff(id).stage == .confirmed)
    try office.end()
  }

  @Test func `two storefronts that share an ERP share its permits`() throws {
    let ledger = Ledger(world)
    let turnstile = Turnstile()
    let erp = ledger.erp(
      concurrency: 2,
      onSubmit: { submission in
        await turnstile.pass()
        return ledger.create(submission)
      })
    let office = Office(world, erp: erp, storefronts: ["north", "south"])
    office.open()
    var ids: [HandoffID] = []
    for number in 1...5 {
      for storefront in ["north", "south"] { ids.append(try office.capture("\(number)", at: storefront)) }
    }
    world.advance(by: .seconds(2))
    #expect(turnstile.counts.inside == 2)
    for _ in 0..<4 {
      turnstile.letOneGo()
      world.advance(by: .seconds(1))
      #expect(office.coordinator.laneUsage.allSatisfy { $0.inUse <= $0.limit })
    }
    turnstile.open()
    world.advance(by: .seconds(5))
    #expect(turnstile.counts.most == 2)
    for id in ids { #expect(office.stage(id) == .confirmed) }
    #expect(ledger.created == 10)
    try office.end()
  }

  @Test func `a backlog that came with time is served as fast as its ERP answers (L4, L8)`() throws {
    let ledger = Ledger(world)
    let erp = ledger.erp(
      concurrency: 2,
      onSubmit: { [world] submission in
        if !submission.resuming { return .busy(reason: "429") }
        await world.sleep(for: .milliseconds(10))
        return ledger.create(submission)
      })
    let office = Office(world, erp: erp)
    office.open()
    let ids = try (1...40).map { try office.capture("\($0)") }
    // Two at once, ten milliseconds each: not two each second.
    world.advance(by: .seconds(3))
    #expect(ids.count { office.stage($0) == .confirmed } == 40)
    #expect(office.coordinator.laneUsage.allSatisfy { $0.inUse == 0 })
    try office.end()
  }

  @Test func `a slow carrier delays no other storefront's mail and no ERP`() throws {
    let turnstile = Turnstile()
    var slow = FakeSender()
    slow.onSend = { message in
      if message.recipient == "slow@example.com" { await turnstile.pass() }
      return .accepted
    }
    let office = Office(world, storefronts: ["slow", "fast"], sender: slow) { $0.notifyConcurrency = 1 }
    office.open()
    var waiting: [HandoffID] = []
    for number in 1...3 {
      let order = try StoreBench.order("\(number)", email: "slow@example.com")
      guard case .taken(_, let handoff) = try office.receive(order, at: "slow") else { throw Unexpected("not taken") }
      waiting.append(handoff.id)
    }
    let quick = try office.capture("9", at: "fast")
    world.advance(by: .seconds(1))
    #expect(office.stage(quick) == .confirmed)
    for id in waiting { #expect(office.stage(id) == .decided) }
    #expect(turnstile.counts.most == 1)
    turnstile.open()
    world.advance(by: .seconds(2))
    for id in waiting { #expect(office.stage(id) == .confirmed) }
    try office.end()
  }

  @Test func `a store that is away when an outcome comes is asked again, and nothing is lost`() throws {
    let store = FaultyStore()
    let ledger = Ledger(world)
    let erp = ledger.erp(onSubmit: { submission in
      store.fail(.away, times: 5)
      return ledger.create(submission)
    })
    let office = Office(world, erp: erp, store: store)
    office.open()
    let id = try office.capture()
    #expect(try office.handoff(id).stage == .submitting)
    #expect(office.wait(for: .confirmed, of: id))
    #expect(store.failures == 5)
    #expect(ledger.created == 1)
    #expect(ledger.asked("submit").count == 1)
    #expect(ledger.asked("find").isEmpty)
    #expect(office.sent.count == 1)
    try office.end()
  }

  @Test func `a commit whose answer is lost costs a lease and nothing else`() throws {
    let store = FaultyStore()
    let ledger = Ledger(world)
    let erp = ledger.erp(onSubmit: { submission in
      store.fail(.answerLost)
      return ledger.create(submission)
    })
    let office = Office(world, erp: erp, store: store)
    office.open()
    let id = try office.capture()
    world.advance(by: .seconds(1))
    #expect(try office.handoff(id).stage == .receipted)
    #expect(office.wait(for: .confirmed, of: id, upTo: .seconds(125)))
    #expect(ledger.created == 1)
    #expect(ledger.asked("submit").count == 1)
    #expect(office.sent.count == 1)
    try office.end()
  }

  @Test func `an order that could not be made durable is not acknowledged (S2)`() throws {
    let store = FaultyStore()
    let office = Office(world, store: store)
    office.open()
    store.fail(.away)
    let order = try StoreBench.order()
    guard case .unavailable = try office.receive(order) else { throw Unexpected("it was acknowledged") }
    #expect(try office.handoff(of: order.id) == nil)
    for lane in office.coordinator.laneUsage { #expect(lane.inUse == 0) }
    // The storefront comes again with the same delivery.
    guard case .taken(.applied, let handoff) = try office.receive(order) else { throw Unexpected("not taken") }
    #expect(office.stage(handoff.id) == .confirmed)
    store.fail(.away)
    let notice = office.delivery(order, "notice")
    let answer = try world.value { [office] in await office.coordinator.receive(notice, at: StorefrontName("main")) }
    guard case .unavailable = answer else { throw Unexpected("the notice was acknowledged") }
    try office.end()
  }

  @Test func `a commit at intake whose answer is lost is not acknowledged, and its repetition is a duplicate`() throws {
    let store = FaultyStore()
    let ledger = Ledger(world)
    let office = Office(world, erp: ledger.erp(), store: store)
    office.open()
    world.advance(by: .seconds(1))
    store.fail(.answerLost)
    let order = try StoreBench.order()
    guard case .unavailable = try office.receive(order, id: "w1") else { throw Unexpected("it was acknowledged") }
    guard case .taken(.duplicate, let handoff) = try office.receive(order, id: "w1") else {
      throw Unexpected("it was taken twice")
    }
    // Whoever had the submission in hand is gone: it is looked up when its lease has run out.
    #expect(office.wait(for: .confirmed, of: handoff.id, upTo: .seconds(125)))
    #expect(ledger.created == 1)
    #expect(office.sent.count == 1)
    try office.end()
  }

  @Test func `a wait beyond its deadline has an owner, and goes up when nobody acts (L2, L10)`() throws {
    let ledger = Ledger(world)
    let erp = ledger.erp(onSubmit: { _ in .busy(reason: "The nightly window.") })
    let policy = HandoffPolicy()
    let office = Office(world, erp: erp, policy: policy)
    office.open()
    let id = try office.capture()
    world.advance(by: policy.deadlines.receipt - .seconds(1))
    #expect(try office.exceptions().isEmpty)
    world.advance(by: .seconds(3))
    let exception = try #require(try office.exceptions().first)
    #expect(exception.exception.kind == .receiptOverdue)
    #expect(exception.owner == "erp-team@example.com")
    #expect(try office.handoff(id).exception?.escalations == 0)
    world.advance(by: policy.deadlines.exception + .seconds(2))
    #expect(try office.handoff(id).exception?.escalations == 1)
    #expect(try office.exceptions().count == 1)
    try office.end()
  }

  @Test func `an exception without an owner of its own goes to the default owner`() throws {
    var sender = FakeSender()
    sender.onSend = { _ in .refused(reason: "550 no such mailbox") }
    let office = Office(world, sender: sender)
    office.open()
    try office.capture()
    let exception = try #require(try office.exceptions().first)
    #expect(exception.exception.kind == .messageRefused)
    #expect(exception.owner == "ops@example.com")
    try office.end()
  }

  @Test func `what cannot be understood is kept with an owner, and what is forged is not kept`() throws {
    let office = Office(world, change: { $0.owners[.storefront] = "web@example.com" })
    office.open()
    let broken = WebhookDelivery(
      headers: [FakeSource.signature, HTTPField("webhook-id", "w1")], body: Array("{".utf8), receivedAt: world.now)
    let forged = WebhookDelivery(headers: [], body: Array("{}".utf8), receivedAt: world.now)
    let answers = try world.value { [office] in
      (
        await office.coordinator.receive(broken, at: StorefrontName("main")),
        await office.coordinator.receive(forged, at: StorefrontName("main")),
        await office.coordinator.receive(broken, at: StorefrontName("other"))
      )
    }
    guard case (.unreadable, .rejected(.unauthenticated), .unknownStorefront) = answers else {
      throw Unexpected("\(answers)")
    }
    let kept = try world.value { [office] in
      try await office.store.read { try $0.unreadable(UnreadableFilter()).map(\.delivery) }
    }
    #expect(kept.map(\.owner) == ["web@example.com"])
    try office.end()
  }
}
