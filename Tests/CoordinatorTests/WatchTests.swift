import Connector
import ConnectorTesting
import HandoffCore
import HandoffStore
import StoreTesting
import Testing

@testable import Coordinator

/// Orders that are only observed are looked for in their ERP, and nothing is written there.
@Suite struct WatchTests {
  private struct Watch: RecordWatch {
    let asked = Notes<[String]>()
    let answer: @Sendable (Int, [String]) -> WatchOutcome
    var referencesAtOnce = 2

    func records(under references: [String]) async -> WatchOutcome {
      asked.add(references)
      return answer(asked.count, references)
    }
  }

  private let world = World()
  private let books = ERPName("books")

  private func office(_ watch: Watch, reference: String = "{orderId}") -> Office {
    Office(world, policy: HandoffPolicy(mode: .observe)) { setting in
      var watching = WatchSetting(watch: watch, reference: reference)
      watching.horizon = .seconds(24 * 3600)
      setting.watches = [ERPName("books"): watching]
    }
  }

  private func take(_ ids: String..., to office: Office) throws {
    for id in ids {
      try office.capture(id)
      world.advance(by: .milliseconds(1))
    }
  }

  private func seen(_ office: Office) throws -> [String: Sighting] {
    try world.value {
      try await office.store.read { store in
        var found: [String: Sighting] = [:]
        for row in try store.handoffs(after: nil, limit: 100) {
          found[row.handoff.key.orderID] = try store.sighting(of: row.handoff.id)
        }
        return found
      }
    }
  }

  @Test func `what the ERP has is kept with the ERP's own time, in batches`() throws {
    let made = World.start + .seconds(5)
    let watch = Watch(answer: { _, references in
      .records(
        references.filter { $0 != "3" }.map { SeenRecord(reference: $0, recordID: "SO" + $0, recordedAt: made) })
    })
    let office = office(watch)
    try take("1", "2", "3", to: office)
    office.open()
    world.settle()
    #expect(watch.asked.all == [["1", "2"], ["3"]])
    let seen = try seen(office)
    #expect(seen["1"]?.recordID == "SO1" && seen["1"]?.recordedAt == made && seen["2"] != nil && seen["3"] == nil)
    world.advance(by: .seconds(31))
    #expect(watch.asked.all.dropFirst(2) == [["3"]], "what was seen is looked for again")
    try office.end()
  }

  @Test func `the older an order, the less often it is looked for, and in the end no more`() throws {
    let watch = Watch(answer: { _, _ in .records([]) })
    let office = office(watch)
    try take("1", to: office)
    office.open()
    world.advance(by: .seconds(890))
    let young = watch.asked.count
    #expect(young == 30)
    world.advance(by: .seconds(6 * 3600 - 890))
    let middle = watch.asked.count - young
    #expect((65...75).contains(middle), "\(middle)")
    world.advance(by: .seconds(18 * 3600))
    let old = watch.asked.count - young - middle
    #expect((16...19).contains(old), "\(old)")
    let all = watch.asked.count
    world.advance(by: .seconds(24 * 3600))
    #expect(watch.asked.count == all, "an order older than the horizon is still looked for")
    try office.end()
  }

  @Test func `an ERP that fails is asked again, and of two records the first made counts`() throws {
    let watch = Watch(answer: { count, references in
      if count == 1 { return .failed(reason: "503") }
      return .records([
        SeenRecord(reference: references[0], recordID: "2", recordedAt: World.start + .seconds(9)),
        SeenRecord(reference: references[0], recordID: "1", recordedAt: World.start + .seconds(3)),
        SeenRecord(reference: "what nobody asked for", recordID: "3"),
      ])
    })
    let office = office(watch, reference: "shop-{digits}")
    try take("7", to: office)
    office.open()
    world.settle()
    #expect(try seen(office).isEmpty)
    world.advance(by: .seconds(31))
    #expect(watch.asked.all.last == ["shop-7"])
    #expect(try seen(office)["7"]?.recordID == "1")
    try office.end()
  }

  @Test func `nothing is asked where no watch is set`() throws {
    let office = Office(world, policy: HandoffPolicy(mode: .observe))
    office.open()
    world.advance(by: .seconds(3600))
    #expect(office.coordinator.meter.reading.counters["watch.asked"] == nil)
    try office.end()
  }
}
