import Connector
import ConnectorTesting
import HandoffCore
import HandoffStore
import StoreTesting
import Testing

@testable import Coordinator

/// A carrier of alerts that keeps what it was given, and answers as it is told.
private struct Pager: AlertSender {
  let given = Notes<OwnerAlert>()
  var onSend: @Sendable (OwnerAlert) async -> MessageOutcome = { _ in .accepted }

  func canReach(_ owner: String) -> Bool { owner.contains("@") }
  func send(_ alert: OwnerAlert) async -> MessageOutcome {
    given.add(alert)
    return await onSend(alert)
  }
  func probe() async -> [ProbeFinding] { [] }
}

@Suite struct AlertTests {
  let world = World()

  private func office(_ pager: Pager, store: any HandoffStore = MemoryStore()) -> Office {
    let refusing = Ledger(world).erp(onSubmit: { _ in .refused(reason: "no such customer kim@example.com") })
    let office = Office(world, erp: refusing, store: store, change: { $0.alerts = pager })
    office.open()
    return office
  }

  @Test func `an owner is told of an exception, by the order's number and without personal data`() throws {
    let pager = Pager()
    let office = office(pager)
    try office.receive(try StoreBench.order("1"))
    world.advance(by: .seconds(6))
    let alert = try #require(pager.given.all.first)
    #expect(alert.owner == "erp-team@example.com")
    #expect(alert.counts == ["refused": 1])
    #expect(alert.oldest.map(\.subject) == ["#1"])
    #expect(alert.oldest.map(\.occasion) == ["opened"])
    #expect(!"\(alert)".contains("kim@example.com"))
    world.advance(by: .seconds(600))
    #expect(pager.given.count == 1, "told once")
    #expect(try world.value { try await office.store.read { try $0.alertQueues() } }.isEmpty)
    try office.end()
  }

  @Test func `a bad day sends one message a minute, with counts and the ten oldest`() throws {
    let pager = Pager()
    let office = office(pager)
    try office.receive(try StoreBench.order("0"))
    world.advance(by: .seconds(6))
    for number in 1...250 { try office.receive(try StoreBench.order("\(number)")) }
    world.advance(by: .seconds(40))
    #expect(pager.given.count == 1)
    world.advance(by: .seconds(30))
    #expect(pager.given.count == 2)
    let alert = try #require(pager.given.all.last)
    #expect(alert.total == 250)
    #expect(alert.oldest.map(\.subject) == (1...10).map { "#\($0)" })
    #expect(alert.summary == "250 refused")
    try office.end()
  }

  @Test func `what is not taken is sent again under its key, and holds up no order`() throws {
    let answers = Notes<Bool>()
    var pager = Pager()
    pager.onSend = { _ in answers.count > 0 ? .accepted : .deferred(reason: "no answer") }
    let office = office(pager)
    try office.receive(try StoreBench.order("1"))
    world.advance(by: .seconds(60))
    let keys = Set(pager.given.all.map(\.key))
    #expect(keys.count == 1)
    #expect((3...6).contains(pager.given.count), "it rests longer each time: \(pager.given.count)")
    try office.receive(try StoreBench.order("2"))
    #expect(try office.handoff(of: "2")?.stage == .refused)
    answers.add(true)
    world.advance(by: .seconds(400))
    #expect(pager.given.all.last?.oldest.map(\.subject) == ["#2"], "what came meanwhile is a message of its own")
    #expect(Set(pager.given.all.map(\.key)).count == 2)
    #expect(try world.value { try await office.store.read { try $0.alertQueues() } }.isEmpty)
    try office.end()
  }

  @Test func `what was to be told before a crash is told after it, the same message under the same key`() throws {
    let store = MemoryStore()
    var pager = Pager()
    pager.onSend = { _ in .deferred(reason: "no answer") }
    let first = office(pager, store: store)
    try first.receive(try StoreBench.order("1"))
    world.advance(by: .seconds(6))
    try first.end()
    let later = Pager()
    let second = office(later, store: store)
    world.advance(by: .seconds(6))
    let told = try #require(pager.given.all.first)
    #expect(later.given.all == [told])
    try second.end()
  }

  @Test func `what a carrier refuses for good is counted, and holds up nothing`() throws {
    var pager = Pager()
    pager.onSend = { $0.owner.hasPrefix("erp") ? .refused(reason: "no such mailbox") : .accepted }
    let office = office(pager)
    try office.receive(try StoreBench.order("1"))
    world.advance(by: .seconds(6))
    #expect(office.coordinator.meter.reading.counters["alerts.refused"] == 1)
    #expect(try office.handoff(of: "1")?.exception?.kind == .refused, "the exception stays")
    world.advance(by: .seconds(120))
    #expect(pager.given.count == 1)
    try office.end()
  }
}
