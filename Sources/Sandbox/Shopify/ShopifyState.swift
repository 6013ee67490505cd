/// The shops of a simulated Shopify, each with orders, fulfillment orders, holds, metafields and subscriptions.
struct ShopifyState: Sendable {
  var shops: [String: Shop] = [:]

  struct Shop: Sendable {
    var name: String
    var index: Int
    var orders: [Placed] = []
    var subscriptions: [Subscription] = []
    var generator: SandboxOrderGenerator
    var nextId = 260_000_000_001
    /// Points spent and not yet restored.
    var spent = 0.0
    var spentAtMicroseconds: Int64 = 0

    static let firstNumber = 1001
    var idBase: Int { 8_200_000_000_000 + index * 1_000_000_000 }

    mutating func freshId() -> Int {
      nextId += 1
      return nextId
    }

    /// Where an order's numeric id or `gid://shopify/Order/…` is kept.
    func position(_ id: String) -> Int? {
      let digits = id.hasPrefix("gid://shopify/Order/") ? String(id.dropFirst(20)) : id
      guard let number = Int(digits), orders.indices.contains(number - idBase - Self.firstNumber) else { return nil }
      return number - idBase - Self.firstNumber
    }

    /// Which order and which of its fulfillment orders a gid names.
    func fulfillment(_ gid: String) -> (order: Int, part: Int)? {
      guard gid.hasPrefix("gid://shopify/FulfillmentOrder/"), let number = Int(gid.dropFirst(31)) else { return nil }
      let order = number / 10 - idBase - Self.firstNumber
      guard orders.indices.contains(order) else { return nil }
      return orders[order].parts.firstIndex { $0.id == number }.map { (order, $0) }
    }
  }

  struct Placed: Sendable {
    var order: SandboxOrder
    var createdMicroseconds: Int64
    var parts: [Part]
    var metafields: [Metafield] = []
  }

  /// A fulfillment order: the share of an order that one location ships.
  struct Part: Sendable {
    var id: Int
    var lines: [Int]
    var status = "OPEN"
    var holds: [Hold] = []
    var updatedUnix: Int
    /// The ledger time at which routing makes it visible.
    var visibleAtMicroseconds: Int64
    var effectiveStatus: String { holds.isEmpty ? status : "ON_HOLD" }
  }

  struct Hold: Sendable {
    var id: Int
    var handle: String
    var reason: String
    var notes: String?
    var app: Int
  }

  struct Metafield: Sendable {
    var id: Int
    var namespace: String
    var key: String
    var type: String
    var value: String
    var digest: String { Authentic.sha256Hex("\(id) \(type) \(value)".utf8) }
  }

  struct Subscription: Sendable {
    var id: Int
    var topic: String
    var uri: String
    var name: String?
    var createdUnix: Int
    /// The ledger time of the last delivery that was answered with success.
    var succeededMicroseconds: Int64 = -1
  }
}
