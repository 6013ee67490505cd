/// The records of a simulated account.
struct NetSuiteState: Sendable {
  /// The id of the first order.
  let start: Int
  var orders: [NetSuiteOrder?] = []
  /// External ids in lower case: NetSuite compares them without regard to case, in one namespace.
  var byExternalId: [String: Int] = [:]
  var items: [String: CatalogueItem] = [:]
  var itemBySku: [String: String] = [:]
  var stock: StockRoom
  var login = NetSuiteLogin()
  /// The id of the first order of a new ledger.
  static let firstId = 144_060

  /// Special items for ordinary lines of tax, shipping and discount; they have no stock.
  static let charges = [
    CatalogueItem(sku: "SHIPPING", netsuiteId: "900", title: "Shipping", priceCents: 0, onHand: 0),
    CatalogueItem(sku: "TAX", netsuiteId: "901", title: "Tax", priceCents: 0, onHand: 0),
    CatalogueItem(sku: "DISCOUNT", netsuiteId: "902", title: "Discount", priceCents: 0, onHand: 0),
  ]

  func itemType(_ id: String) -> String { stock.shelf(id) == nil ? "OthCharge" : "InvtPart" }

  /// - Parameter taken: how many ids are given out already.
  init(settings: NetSuiteSettings, catalogue: [CatalogueItem], taken: Int) {
    start = Self.firstId + taken
    stock = StockRoom(
      Dictionary(catalogue.map { ($0.netsuiteId, $0.onHand) }, uniquingKeysWith: { first, _ in first }))
    for item in catalogue {
      items[item.netsuiteId] = item
      itemBySku[item.sku.lowercased()] = item.netsuiteId
    }
    for item in Self.charges {
      items[item.netsuiteId] = item
      itemBySku[item.sku.lowercased()] = item.netsuiteId
    }
    for client in settings.clients { login.clients[client.certificateId] = client }
    for token in settings.tokens { login.tokens[token.consumerKey + "&" + token.token] = token }
  }

  func order(_ id: Int) -> NetSuiteOrder? {
    let index = id - start
    return orders.indices.contains(index) ? orders[index] : nil
  }

  /// Resolves `123`, or `eid:X` in any case.
  func id(_ text: String) -> Int? {
    if text.lowercased().hasPrefix("eid:") { return byExternalId[text.dropFirst(4).lowercased()] }
    guard let id = Int(text), order(id) != nil else { return nil }
    return id
  }

  mutating func store(_ order: NetSuiteOrder) {
    let index = order.id - start
    if orders.indices.contains(index) {
      if let old = orders[index]?.externalId { byExternalId[old.lowercased()] = nil }
      orders[index] = order
    } else {
      orders.append(order)
    }
    if let external = order.externalId { byExternalId[external.lowercased()] = order.id }
  }

  mutating func remove(_ id: Int) {
    guard let order = order(id) else { return }
    if let external = order.externalId { byExternalId[external.lowercased()] = nil }
    orders[id - start] = nil
  }

  var nextId: Int { start + orders.count }
}

/// A sales order as saved.
struct NetSuiteOrder: Sendable {
  var id: Int
  var externalId: String?
  /// The body fields as sent, without `item` and unknown names.
  var fields: [JSON.Member]
  var lines: [NetSuiteLine]
  /// A pending approval … H closed.
  var status: String
  var createdUnix: Int
  var modifiedUnix: Int
  var createdMicroseconds: Int64
  /// A workflow lock: GET and writes are refused, SuiteQL still sees the order.
  var locked = false

  var tranId: String { "SO\(id - NetSuiteState.firstId + 369_206)" }
  var totalHundredths: Int { lines.reduce(0) { $0 &+ $1.amountHundredths } }
  var statusName: String { Self.statusNames[status] ?? status }

  static let statusNames = [
    "A": "Pending Approval", "B": "Pending Fulfillment", "C": "Cancelled", "D": "Partially Fulfilled",
    "E": "Pending Billing/Partially Fulfilled", "F": "Pending Billing", "G": "Billed", "H": "Closed",
  ]

  func field(_ name: String) -> JSON? { fields.first { $0.key == name }?.value }
}

/// A line of a sales order with what stock gave it.
struct NetSuiteLine: Sendable {
  var line: Int
  var item: String
  var quantity: Int
  var rateHundredths: Int?
  var amountHundredths: Int
  var committed = 0
  var backOrdered = 0
  var isClosed = false
  var extra: [JSON.Member] = []
  /// The names a change gave; the rest of a merged line stays as it was.
  var given: Set<String> = []
}

/// Money of the simulation in hundredths, read from a JSON number or text without floating point.
enum Hundredths {
  static func parse(_ text: String) -> Int? {
    let negative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ".", omittingEmptySubsequences: false)
    guard let first = parts.first, let whole = Int(first), parts.count <= 2, whole < 1_000_000_000_000 else {
      return nil
    }
    var fraction = 0
    if parts.count == 2 {
      let digits = parts[1].prefix(2)
      guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let value = Int(digits.isEmpty ? "0" : digits) else {
        return nil
      }
      fraction = digits.count == 1 ? value * 10 : value
    }
    return (negative ? -1 : 1) * (whole * 100 + fraction)
  }

  static func text(_ value: Int) -> String {
    let magnitude = value.magnitude
    let fraction = magnitude % 100
    return "\(value < 0 ? "-" : "")\(magnitude / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
