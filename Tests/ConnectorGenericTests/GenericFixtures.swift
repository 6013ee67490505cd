import Connector
import ConnectorGeneric
import ConnectorTesting
import HandoffCore
import Signing
import Testing

/// Values the tests of this target share.
enum Fixtures {
  static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  static let now = Timestamp(seconds: 1_795_428_000)
  static let orderText = """
    {"id":"9007199254740993","number":"#1001","currency":"EUR","total":"29.35","tax":"1.35","shipping":"10.00",
    "payment":"paid","email":"zoë@example.com","lines":[{"id":"1","sku":"A-1","title":"Żółw \\"x\\"","quantity":2,
    "unitPrice":"3.00"},{"id":"2","sku":"B","title":"Two","quantity":1,"unitPrice":"12.00","discount":"0.00"}],
    "shippingAddress":{"name":"Zoë","city":"Łódź","country":"PL"},"updatedAt":"2026-11-23T09:59:00Z",
    "storedValue":[{"kind":"gift_card","reference":"1234","amount":"5.00"}]}
    """

  static func order(_ text: String = orderText) throws -> Order { try OrderJSON.read(try JSONValue(parsing: text)) }

  static func submission(recordID: String? = nil) throws -> Submission {
    let order = try order()
    let key = OrderKey(storefront: StorefrontName("main"), orderID: order.id)
    return Submission(
      handoffID: HandoffID("h1"), key: key, externalID: ExternalID("CS-main-9007199254740993"), order: order,
      version: 1, digest: ContentDigest(bytes: sha256(order.canonicalForm)), recordID: recordID)
  }

  static func erp(
    _ transport: ScriptedTransport, _ change: (inout GenericERP.Configuration) -> Void = { _ in }
  ) throws -> GenericERP {
    var configuration = GenericERP.Configuration(baseURL: "https://erp.example/api/", transport: transport)
    change(&configuration)
    return try GenericERP(configuration)
  }

  static func shop(
    _ transport: ScriptedTransport = ScriptedTransport([]), secrets: [String] = [secret], listURL: String? = nil
  ) throws -> GenericStorefront {
    var configuration = GenericStorefront.Configuration(
      secrets: secrets, transport: transport, clock: StillClock(now))
    configuration.listURL = listURL
    return try GenericStorefront(configuration)
  }

  static func delivery(
    _ body: String, id: String = "msg_1", at sent: Timestamp = now, received: Timestamp = now, secret: String = secret
  ) throws -> WebhookDelivery {
    try delivery(Array(body.utf8), id: id, at: sent, received: received, secret: secret)
  }

  static func delivery(
    _ body: [UInt8], id: String = "msg_1", at sent: Timestamp = now, received: Timestamp = now, secret: String = secret
  ) throws -> WebhookDelivery {
    let key = try #require(StandardWebhooks.key(secret: secret))
    let seconds = sent.microseconds / 1_000_000
    return WebhookDelivery(
      headers: [
        HTTPField("Webhook-Id", id), HTTPField("Webhook-Timestamp", String(seconds)),
        HTTPField(
          "Webhook-Signature", StandardWebhooks.sign(id: id, timestamp: seconds, body: body, keys: [key])),
      ], body: body, receivedAt: received)
  }
}

/// SplitMix64: a seeded source, so that a failing run is repeated by its seed.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// Changes a few bytes: flips, cuts, repetitions and hostile numbers.
func mutated(_ bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8] {
  var result = bytes
  let hostile = [
    "-1", "1e400", "9223372036854775808", "null", "\"\"", "{}", "[]", "\u{0}", "true", "\"\\ud800\"", "0.001",
  ]
  for _ in 0..<Int.random(in: 1...4, using: &numbers) {
    guard !result.isEmpty else { return result }
    let place = Int.random(in: 0..<result.count, using: &numbers)
    switch Int.random(in: 0..<5, using: &numbers) {
    case 0: result[place] = UInt8.random(in: 0...255, using: &numbers)
    case 1: result.remove(at: place)
    case 2: result.insert(contentsOf: (hostile.randomElement(using: &numbers) ?? "").utf8, at: place)
    case 3: result.removeSubrange(place..<min(result.count, place + Int.random(in: 0...40, using: &numbers)))
    default:
      let end = min(result.count, place + Int.random(in: 0...40, using: &numbers))
      result.insert(contentsOf: result[place..<end], at: place)
    }
  }
  return result
}

/// A delivery that should have been an order was none.
struct NoOrder: Error {}
