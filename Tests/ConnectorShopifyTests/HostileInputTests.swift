import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorShopify

/// A small generator with a seed, so that a failure can be run again (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct HostileInputTests {
  @Test func `a million brackets, bad UTF-8, NUL, a byte order mark and duplicate keys are quarantined`() throws {
    let order = Shop.body()
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    let objects = Array(String(repeating: #"{"a":"#, count: 200_000).utf8)
    let endless = Array(#"{"id":"#.utf8) + [UInt8](repeating: UInt8(ascii: "9"), count: 1_000_000) + [0x7D]
    let invalid: [UInt8] = Array(#"{"id":1,"name":""#.utf8) + [0xC3, 0x28, 0x22, 0x7D]
    var bodies: [[UInt8]] = [deep, objects, endless, invalid, [0], []]
    bodies.append([0xEF, 0xBB, 0xBF] + order)
    bodies.append([0xFF, 0xFE] + order)
    bodies.append(order + [0])
    for text in [
      #"{"id":1,"name":"\#u{0}"}"#, #"{"id":1,"name":"\u0000"}"#, #"{"id":1,"name":"\ud800"}"#, #"{"id":1,"id":1}"#,
      #"{"id":1e400}"#,
    ] { bodies.append(Array(text.utf8)) }
    for body in bodies { #expect(try Shop.read(body).quarantineReason != nil) }
  }

  @Test func `numbers out of every range are faults, not traps`() throws {
    let nines = String(repeating: "9", count: 400)
    for number in [nines, "-" + nines, "1e400", "-0", "0.1", "9223372036854775807", "-9223372036854775808", "1E+9"] {
      for key in ["total_price", "current_total_price", "total_tax", "id"] {
        _ = try Shop.read(Shop.body([key: .number(number)]))
      }
      for key in ["quantity", "current_quantity", "price", "total_discount", "id"] {
        _ = try Shop.read(Shop.body(["line_items": .array([Shop.line([key: .number(number)])])]))
      }
    }
  }

  /// 20 000 mutations of real bodies, half of the bytes, half of the values inside.
  @Test(arguments: 0..<4) func `mutated bodies are read or quarantined, never a crash`(_ part: Int) throws {
    var generator = SeededGenerator(state: UInt64(part) + 20_261_123)
    var originals: [[UInt8]] = [Shop.body()]
    for file in Payloads.expectations.map(\.file) {
      guard let bytes = try SharedFiles.bytes("payloads/" + file) else { break }
      originals.append(bytes)
    }
    let documents = try originals.map { try JSONValue(parsing: $0) }
    let topics = ShopifyTopics.orders.sorted() + ShopifyTopics.concerningOrder.sorted()
    var orders = 0
    for round in 0..<5000 {
      let pick = Int.random(in: 0..<originals.count, using: &generator)
      let body =
        round % 2 == 0
        ? Mutation.bytes(originals[pick], &generator) : Mutation.values(documents[pick], &generator).bytes
      let topic = topics[Int.random(in: 0..<topics.count, using: &generator)]
      let reading = try Shop.read(body, topic: topic)
      guard let order = reading.order else { continue }
      orders += 1
      let stored = try OrderJSON.read(OrderJSON.write(order))
      #expect(stored.canonicalForm == order.canonicalForm, "round \(round) of part \(part)")
      #expect(order.total.minorUnits >= 0)
      #expect(order.lines.allSatisfy { $0.quantity >= 0 && $0.unitPrice.currency == order.currency })
    }
    #expect(orders > 100)
  }

  @Test(arguments: 0..<2) func `mutated answers of the Admin API never crash and never move the cursor`(
    _ part: Int
  )
    async throws
  {
    var generator = SeededGenerator(state: UInt64(part) + 77)
    let node = GraphQLShape.node(try JSONValue(parsing: Shop.body()))
    let page: JSONValue = [
      "data": ["orders": ["nodes": [node], "pageInfo": ["hasNextPage": true, "endCursor": "next"]]]
    ]
    let holds = try JSONValue(parsing: Replies.fulfillment([("OPEN", []), ("ON_HOLD", [Replies.handle])]))
    for _ in 0..<1500 {
      let body = Mutation.values(page, &generator).bytes
      let storefront = ShopifyStorefront(
        Shop.configuration(ScriptedTransport([.json(200, String(decoding: body, as: UTF8.self))])))
      let outcome = await storefront.listChanged(BackfillCursor(since: Shop.instant), until: Shop.instant)
      if case .page(_, _, let next?) = outcome { #expect(next.page?.isEmpty == false) }
      let reply = Mutation.values(holds, &generator).text
      let script: [ScriptedTransport.Reply] = [
        .json(200, reply), .json(200, Mutation.values(try JSONValue(parsing: Replies.held), &generator).text),
      ]
      let gate = ShopifyFulfillmentGate(Shop.configuration(ScriptedTransport(script)))
      _ = await gate.hold(Shop.key("1"), handoffID: HandoffID("h1"))
    }
  }
}

/// Ways to spoil a body.
enum Mutation {
  private static let junk: [JSONValue] = [
    .null, "", " ", "-1", "1e400", "null", .bool(true), .number("-1"), .number("9223372036854775808"), [], [:],
    "\u{0}", "2026-13-45T99:99:99Z", "gid://shopify/Order/", .number("0.5"), "99999999999999999999.99", "EUR", ["x"],
  ]

  static func bytes(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 1...64, using: &generator))
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 3: bytes[place] = UInt8.random(in: 48...57, using: &generator)
      default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
      }
    }
    return bytes
  }

  static func values(_ value: JSONValue, _ generator: inout SeededGenerator) -> JSONValue {
    if Int.random(in: 0..<60, using: &generator) == 0 {
      return junk[Int.random(in: 0..<junk.count, using: &generator)]
    }
    switch value {
    case .array(let items):
      var changed = items.map { values($0, &generator) }
      if let first = changed.first, Int.random(in: 0..<40, using: &generator) == 0 { changed.append(first) }
      return .array(changed)
    case .members(let object):
      var changed: [String: JSONValue] = [:]
      for member in object.members where Int.random(in: 0..<120, using: &generator) != 0 {
        changed[member.name] = values(member.value, &generator)
      }
      return .object(changed)
    default: return value
    }
  }
}
