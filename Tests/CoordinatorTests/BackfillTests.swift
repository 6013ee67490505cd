import Connector
import ConnectorTesting
import HandoffCore
import HandoffStore
import StoreTesting
import Testing

@testable import Coordinator

/// A storefront whose listing is a script; its deliveries are the fake's.
private struct ListedSource: OrderSource {
  let asked = Notes<BackfillCursor>()
  /// Answers the n-th question, from 1.
  var onList: @Sendable (Int, BackfillCursor) -> BackfillOutcome
  var onFetch: @Sendable (String) -> BackfillOutcome = { _ in .failed(reason: "not asked for") }
  var canList: Bool { true }

  init(_ onList: @escaping @Sendable (Int, BackfillCursor) -> BackfillOutcome) { self.onList = onList }

  func read(_ delivery: WebhookDelivery) throws(WebhookRejection) -> WebhookReading {
    if let topic = delivery.headers["webhook-topic"], topic == "notice" {
      return .notice(topic: topic, orderID: "1", dedupeID: delivery.headers["webhook-id"])
    }
    return try FakeSource().read(delivery)
  }

  func listChanged(_ cursor: BackfillCursor, until: Timestamp) async -> BackfillOutcome {
    asked.add(cursor)
    return onList(asked.count, cursor)
  }

  func fetch(orderID: String) async -> BackfillOutcome { onFetch(orderID) }
  func probe() async -> [ProbeFinding] { [] }

  static func page(
    _ ids: String..., unreadable: [String] = [], next: String? = nil
  ) throws -> BackfillOutcome {
    let captures = try ids.map { id in
      OrderCapture(order: try StoreBench.order(id), updatedAt: World.start, topic: "backfill")
    }
    let cursor = next.map { BackfillCursor(since: World.start, page: $0) }
    return .page(orders: captures, unreadable: unreadable, next: cursor)
  }
}

@Suite struct BackfillTests {
  let world = World()
  private static let marker = "backfill:main"

  private func office(
    _ source: ListedSource, store: any HandoffStore = MemoryStore(), policy: HandoffPolicy = HandoffPolicy()
  ) -> Office {
    let office = Office(world, policy: policy, store: store, source: source, backfill: .seconds(60))
    office.open()
    world.settle()
    return office
  }

  @Test func `an order that no webhook told is found (F12, L5)`() throws {
    let pages = [try ListedSource.page("1", "2", next: "p2"), try ListedSource.page("3")]
    let office = office(ListedSource { number, _ in pages[min(number, 2) - 1] })
    for id in ["1", "2", "3"] { #expect(try office.handoff(of: id)?.stage == .confirmed) }
    #expect(try office.marker(Self.marker) == World.start.iso8601)
    try office.end()
  }

  @Test func `an order that a webhook told already stays one order`() throws {
    let empty = try ListedSource.page()
    let page = try ListedSource.page("1")
    let office = office(ListedSource { number, _ in number == 1 ? empty : page })
    let id = try office.capture("1")
    world.advance(by: .seconds(61))
    #expect(try office.handoff(of: "1")?.id == id)
    #expect(office.sent.count == 1)
    try office.end()
  }

  @Test func `a listing that says nothing new leaves nothing behind, however often it is repeated`() throws {
    let page = try ListedSource.page("1", unreadable: ["order 7: no currency"])
    let source = ListedSource { _, _ in page }
    let office = office(source)
    func stored() throws -> [DeliveryDisposition: Int] {
      try world.value { try await office.store.read { try $0.deliveryCounts() } }
    }
    let first = try stored()
    #expect(first == [.applied: 1, .unreadable: 1])
    world.advance(by: .seconds(600))
    #expect(source.asked.count > 5)
    #expect(try stored() == first)
    try office.end()
  }

  @Test func `orders that are listed again cost the writer nothing`() throws {
    func changes(_ page: BackfillOutcome) throws -> Int {
      let store = FaultyStore()
      let office = office(ListedSource { _, _ in page }, store: store)
      let before = store.changes
      world.advance(by: .seconds(600))
      try office.end()
      return store.changes - before
    }
    let empty = try changes(ListedSource.page())
    #expect(try changes(ListedSource.page("1", "2", "3", "4")) == empty)
  }

  @Test func `the marker does not move when a page fails, and the next window begins where this one did (F25)`() throws
  {
    let first = try ListedSource.page("1", next: "p2")
    let second = try ListedSource.page("2")
    let source = ListedSource { number, cursor in
      if cursor.page == nil { return first }
      return number == 2 ? .failed(reason: "502") : second
    }
    let office = office(source)
    #expect(try office.marker(Self.marker) == nil)
    #expect(try office.handoff(of: "1")?.stage == .confirmed)
    #expect(try office.handoff(of: "2") == nil)
    world.advance(by: .seconds(61))
    #expect(try office.handoff(of: "2")?.stage == .confirmed)
    #expect(try office.marker(Self.marker) != nil)
    let starts = source.asked.all.filter { $0.page == nil }.map(\.since)
    #expect(starts.count == 2)
    #expect(office.coordinator.meter.reading.counters["backfill.failed"] == 1)
    #expect(office.coordinator.meter.reading.counters["backfill.windows"] == 1)
    try office.end()
  }

  @Test func `the next window overlaps the last one, and never begins before the watermark`() throws {
    let empty = try ListedSource.page()
    let source = ListedSource { _, _ in empty }
    var policy = HandoffPolicy()
    policy.watermark = World.start - .seconds(100)
    let office = office(source, policy: policy)
    world.advance(by: .seconds(1000))
    let starts = source.asked.all.map { $0.since.since(World.start) }
    #expect(starts.first == .seconds(-100))
    #expect(starts.dropFirst().allSatisfy { $0 >= .seconds(-100) })
    // Ten minutes behind the last window that was listed whole.
    #expect(try #require(starts.last) > .seconds(200))
    try office.end()
  }

  @Test(arguments: [["a", "a"], ["a", "b", "a"], ["a", "b", "c", "b"]])
  func `a cursor in a circle ends the window and moves no marker`(cursors: [String]) throws {
    let pages = try cursors.map { try ListedSource.page(next: $0) }
    let source = ListedSource { number, _ in pages[(number - 1) % pages.count] }
    let office = office(source)
    #expect(source.asked.count <= cursors.count)
    #expect(try office.marker(Self.marker) == nil)
    try office.end()
  }

  @Test func `what a listing cannot read is kept with an owner, once`() throws {
    let page = try ListedSource.page("1", unreadable: ["order 7: no currency"])
    let office = office(ListedSource { _, _ in page })
    world.advance(by: .seconds(200))
    let kept = try world.value {
      try await office.store.read { try $0.unreadable(UnreadableFilter()).map(\.delivery) }
    }
    #expect(kept.map(\.reason) == ["order 7: no currency"])
    #expect(kept.map(\.owner) == ["ops@example.com"])
    #expect(try office.marker(Self.marker) != nil)
    try office.end()
  }

  @Test func `what a listing could not read is listed again on a replay`() throws {
    let (bad, good) = (
      try ListedSource.page("1", unreadable: ["order 7: no currency"]), try ListedSource.page("1", "7")
    )
    let isMended = Notes<Bool>()
    let source = ListedSource { _, _ in isMended.count > 0 ? good : bad }
    let office = office(source)
    func replay() throws -> ReplayOutcome? {
      try world.value { [office] in try await office.coordinator.replay(unreadable: 1, by: "Ann") }
    }
    guard case .unreadable(reason: "order 7: no currency")? = try replay() else {
      throw Unexpected("it was understood")
    }
    isMended.add(true)
    guard case .understood(let record, nil)? = try replay() else { throw Unexpected("it was not understood") }
    #expect(record.resolution == "replayed by Ann: the storefront was listed again")
    #expect(source.asked.all.map(\.since).dropFirst().allSatisfy { $0 == source.asked.all.first?.since })
    #expect(try office.handoff(of: "7") != nil)
    guard case .closed? = try replay() else { throw Unexpected("it was open") }
    try office.end()
  }

  @Test func `an order that could not be made durable keeps the marker where it is`() throws {
    let page = try ListedSource.page("1")
    let store = FaultyStore()
    let office = Office(world, store: store, source: ListedSource { _, _ in page }, backfill: .seconds(60))
    store.fail(.away, times: 100)
    office.open()
    #expect(try office.handoff(of: "1") == nil)
    store.heal()
    #expect(try office.marker(Self.marker) == nil)
    world.advance(by: .seconds(61))
    #expect(try office.handoff(of: "1")?.stage == .confirmed)
    #expect(try office.marker(Self.marker) != nil)
    try office.end()
  }

  @Test func `a log keeps a vendor's words up to a body, and no address`() {
    #expect(LogText.words("HTTP 502: try later") == "HTTP 502: try later")
    #expect(LogText.words("order of ada@example.org failed") == "order of (address) failed")
    #expect(LogText.words("unreadable: HTTP 200: {\"name\":\"Ada\"}") == "unreadable: HTTP 200: ")
    #expect(LogText.words("<html>") == "")
    #expect(LogText.words(String(repeating: "x", count: 500)).count == 200)
  }

  @Test func `a notice about an order has it fetched`() throws {
    let empty = try ListedSource.page()
    let page = try ListedSource.page("1")
    var source = ListedSource { _, _ in empty }
    source.onFetch = { $0 == "1" ? page : .failed(reason: "another order") }
    let office = office(source)
    let notice = office.delivery(try StoreBench.order("1"), "notice")
    let answer = try world.value { [office] in await office.coordinator.receive(notice, at: StorefrontName("main")) }
    guard case .noted(.noticed) = answer else { throw Unexpected("\(answer)") }
    #expect(try office.handoff(of: "1")?.stage == .confirmed)
    try office.end()
  }
}
