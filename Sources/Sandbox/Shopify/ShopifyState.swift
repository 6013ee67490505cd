/// The shops of a simulated Shopify, each with orders, fulfillment orders, holds, metafields and subscriptions.
struct ShopifyState: Sendable {
  var shops: [String: Shop] = [:]

  struct Shop: Sendable {
    var name: String
    var index: Int
    /// The number of the first order.
    var start: Int
    var orders: [Placed] = []
    var subscriptions: [Subscription] = []
    var generator: SandboxOrderGenerator
    var nextId = 260_000_000_001
    /// Points spent and not yet restored.
    var spent = 0.0
    var spentAtMicroseconds: Int64 = 0
    /// Every change of an order, sorted by time and id; an entry counts while the order still has that time.
    private(set) var changes: [Change] = []

    /// The number of the first order of a new ledger.
    static let firstNumber = 1001
    var idBase: Int { 8_200_000_000_000 + index * 1_000_000_000 }

    /// Stamps a change of an order and notes it for listings by change, at most some places from the end.
    mutating func touch(_ position: Int, millis: Int) {
      guard orders.indices.contains(position) else { return }
      let own = orders[position].order.updatedMillis
      let change = Change(
        millis: max(own + 1, millis, changes.last?.millis ?? 0), id: orders[position].order.id, position: position)
      orders[position].order.updatedMillis = change.millis
      var place = changes.count
      while place > 0, changes[place - 1] > change { place -= 1 }
      changes.insert(change, at: place)
    }

    /// The place of the first change beyond a point.
    func firstChange(after point: (value: Int, id: Int)) -> Int {
      var (low, high) = (0, changes.count)
      while low < high {
        let middle = (low + high) / 2
        if (changes[middle].millis, changes[middle].id) > point { high = middle } else { low = middle + 1 }
      }
      return low
    }

    mutating func freshId() -> Int {
      nextId += 1
      return nextId
    }

    /// Where an order's numeric id or `gid://shopify/Order/…` is kept.
    func position(_ id: String) -> Int? {
      let digits = id.hasPrefix("gid://shopify/Order/") ? String(id.dropFirst(20)) : id
      guard let number = Int(digits), orders.indices.contains(number - idBase - start) else { return nil }
      return number - idBase - start
    }

    /// Which order and which of its fulfillment orders a gid names.
    func fulfillment(_ gid: String) -> (order: Int, part: Int)? {
      guard gid.hasPrefix("gid://shopify/FulfillmentOrder/"), let number = Int(gid.dropFirst(31)) else { return nil }
      let order = number / 10 - idBase - start
      guard orders.indices.contains(order) else { return nil }
      return orders[order].parts.firstIndex { $0.id == number }.map { (order, $0) }
    }
  }

  struct Change: Sendable, Comparable {
    var millis: Int
    var id: Int
    var position: Int
    static func < (left: Change, right: Change) -> Bool { (left.millis, left.id) < (right.millis, right.id) }
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
