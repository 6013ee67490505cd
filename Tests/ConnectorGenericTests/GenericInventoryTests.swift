import Connector
import ConnectorGeneric
import ConnectorTesting
import HandoffCore
import Testing

@Suite struct GenericInventoryTests {
  private func check(
    _ replies: ScriptedTransport.Reply..., change: (inout GenericERP.Configuration) -> Void = { _ in },
    edit: (inout Order) -> Void = { _ in }
  ) async throws -> InventoryOutcome {
    let base = try Fixtures.submission()
    var order = base.order
    edit(&order)
    let submission = Submission(
      handoffID: base.handoffID, key: base.key, externalID: base.externalID, order: order, version: 1,
      digest: base.digest)
    let erp = try Fixtures.erp(ScriptedTransport(replies), change)
    return await erp.checkInventory(submission, receipt: submission.receipt(recordID: "1"))
  }

  @Test func `an allocation in the order decides, and a line it does not mention is short`() async throws {
    let full =
      #"{"internalId":"1","allocation":[{"sku":"A-1","ordered":2,"allocated":2},"#
      + #"{"sku":"B","ordered":1,"allocated":1}]}"#
    #expect(try await check(.json(200, full)) == .allocated)
    let part = #"{"internalId":"1","allocation":[{"sku":"A-1","ordered":2,"allocated":1}]}"#
    #expect(
      try await check(.json(200, part))
        == .partlyShort([
          Shortage(sku: "A-1", ordered: 2, allocated: 1), Shortage(sku: "B", ordered: 1, allocated: 0),
        ]))
    let none = #"{"internalId":"1","allocation":[]}"#
    #expect(
      try await check(.json(200, none))
        == .short([Shortage(sku: "A-1", ordered: 2, allocated: 0), Shortage(sku: "B", ordered: 1, allocated: 0)]))
    guard
      case .unknown = try await check(.json(200, #"{"internalId":"1","allocation":[{"sku":"A-1","allocated":-1}]}"#))
    else {
      Issue.record("a negative allocation makes no sense")
      return
    }
  }

  @Test func `without an allocation the levels are compared`() async throws {
    let record = ScriptedTransport.Reply.json(200, #"{"internalId":"1"}"#)
    let enough = ScriptedTransport.Reply.json(
      200, #"{"levels":[{"sku":"A-1","available":2},{"sku":"B","available":1}]}"#)
    #expect(try await check(record, enough) == .allocated)
    let gone = ScriptedTransport.Reply.json(
      200, #"{"levels":[{"sku":"A-1","available":"1.9"},{"sku":"B","available":-4}]}"#)
    #expect(
      try await check(record, gone)
        == .partlyShort([
          Shortage(sku: "A-1", ordered: 2, allocated: 1), Shortage(sku: "B", ordered: 1, allocated: 0),
        ]))
    let zero = ScriptedTransport.Reply.json(
      200, #"{"levels":[{"sku":"A-1","available":0},{"sku":"B","available":-1}]}"#)
    #expect(
      try await check(
        zero,
        change: { config in
          config.inventory = .levels
          config.levelsCountOrder = true
        }) == .partlyShort([Shortage(sku: "B", ordered: 1, allocated: 0)]))
  }

  @Test func `what cannot be asked is unknown, with the reason`() async throws {
    for reply in [ScriptedTransport.Reply.json(404, ""), .json(501, "")] {
      guard case .unknown(let reason) = try await check(.json(200, #"{"internalId":"1"}"#), reply) else {
        Issue.record("an absent endpoint allocates nothing")
        continue
      }
      #expect(reason.contains("/availability"))
    }
    guard case .unknown = try await check(.json(500, "")), case .void = try await check(.json(404, "")),
      case .void = try await check(.json(200, #"{"internalId":"1","status":"void"}"#)),
      case .unknown = try await check(.json(200, #"{"internalId":"2"}"#)),
      case .misconfigured = try await check(.json(401, "")),
      case .unknown = try await check(
        .json(200, #"{"internalId":"1"}"#), change: { $0.inventory = .allocation })
    else {
      Issue.record("an inventory answer was misread")
      return
    }
  }

  @Test func `digital lines and gift cards need no stock, goods without a SKU need a person`() async throws {
    let none = ScriptedTransport.Reply.json(200, #"{"internalId":"1","allocation":[]}"#)
    let free = try await check(
      none,
      edit: { order in
        order.lines[0].requiresShipping = false
        order.lines[1].isGiftCard = true
      })
    #expect(free == .allocated)
    guard
      case .short(let shortages) = try await check(
        none,
        edit: { order in
          order.lines.removeLast()
          order.lines[0].sku = nil
        })
    else {
      Issue.record("goods without a SKU were let through")
      return
    }
    #expect(shortages.count == 1)
  }

  @Test func `levels are read whole or not at all, and only for what was asked`() async throws {
    func levels(_ body: String) async throws -> AvailabilityOutcome {
      await (try Fixtures.erp(ScriptedTransport([.json(200, body)]))).availability(of: ["A", "B"])
    }
    guard
      case .levels(let read) = try await levels(
        #"{"levels":[{"sku":"A","available":"3.5"},{"sku":"B","available":"-0.5"},{"sku":"C","available":9}]}"#)
    else {
      Issue.record("no levels")
      return
    }
    #expect(read == [StockLevel(sku: "A", available: 3), StockLevel(sku: "B", available: -1)])
    for body in [
      "{}", "[]", #"{"levels":[{"sku":"A"}]}"#, #"{"levels":[{"sku":"A","available":1},{"sku":"A","available":2}]}"#,
      #"{"levels":[{"sku":"A","available":"lots"}]}"#, #"{"levels":[{"sku":"A","available":1e5}]}"#,
    ] {
      guard case .failed = try await levels(body) else {
        Issue.record("read: \(body)")
        continue
      }
    }
  }

  @Test func `many units are asked for in several addresses of bearable length`() async throws {
    let transport = ScriptedTransport { _ in .json(200, #"{"levels":[]}"#) }
    let skus = (0..<1000).map { "SKU,\($0)" }
    guard case .levels = await (try Fixtures.erp(transport)).availability(of: skus) else {
      Issue.record("no levels")
      return
    }
    #expect(transport.calls.count > 2)
    #expect(transport.calls.allSatisfy { $0.url.utf8.count < 4200 })
    let asked = transport.calls.flatMap { $0.url.split(separator: "=").last?.split(separator: ",") ?? [] }
    #expect(asked.count == 1000)
    #expect(asked.first == "SKU%2C0")
  }

  @Test func `the probe is content with a 404 and with levels, and with nothing else`() async throws {
    let good = ScriptedTransport([.json(404, "{}"), .json(200, #"{"levels":[]}"#)])
    #expect(await (try Fixtures.erp(good)).probe().map(\.isHealthy) == [true, true])
    let bad = ScriptedTransport([.json(401, "{}"), .failure(.notSent("refused"))])
    #expect(await (try Fixtures.erp(bad)).probe().map(\.isHealthy) == [false, false])
  }

  @Test func `an address that is none refuses to start`() {
    for address in ["", "erp.example", "https://", "https://x y", "https://e.example/?a=1", "file:///etc"] {
      #expect(throws: GenericSetupFault.self) {
        try GenericERP(GenericERP.Configuration(baseURL: address, transport: ScriptedTransport([])))
      }
    }
  }
}
