import Connector
import HandoffCore

/// Why an order cannot be written as a sales order; found before anything is sent.
struct ContentFault: Error, Hashable, Sendable {
  let reason: String
}

/// An order as this account books it: what is sent, and what the record must then hold.
struct SalesOrderContent: Hashable, Sendable {
  /// One line of the sublist.
  struct Line: Hashable, Sendable {
    let reference: RecordReference
    /// The stock keeping unit; nil for shipping, tax and discount.
    let sku: String?
    let quantity: Int
    let price: (field: String, amount: Money)

    /// Whether the line is a charge of the whole order rather than goods.
    var isCharge: Bool { sku == nil }

    static func == (left: Line, right: Line) -> Bool {
      left.reference == right.reference && left.sku == right.sku && left.quantity == right.quantity
        && left.price == right.price
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(reference)
      hasher.combine(quantity)
    }

    var json: JSONValue {
      [
        "item": reference.json, "quantity": .number(String(quantity)),
        price.field: .number(price.amount.decimalText),
      ]
    }
  }

  let lines: [Line]
  /// The internal id of the currency; nil when the account or the customer decides it.
  let currencyID: String?

  /// Maps an order's lines, shipping, tax and discount.
  init(_ order: Order, _ configuration: NetSuiteConfiguration) throws(ContentFault) {
    if let id = configuration.currencies[order.currency] {
      currencyID = id
    } else if order.currency == configuration.baseCurrency {
      currencyID = nil
    } else {
      throw ContentFault(reason: "No NetSuite currency is configured for \(order.currency.text).")
    }
    var lines: [Line] = []
    var goods = Sum(currency: order.currency)
    var discounts = Sum(currency: order.currency)
    for line in order.lines where line.quantity > 0 {
      lines.append(try Self.goods(line, configuration, sum: &goods, discounts: &discounts))
    }
    guard !lines.isEmpty else { throw ContentFault(reason: "The order has no line with a quantity.") }
    if !discounts.isPositive, let whole = order.discount, whole.minorUnits > 0 {
      guard configuration.discountItem != nil else {
        throw ContentFault(
          reason: "The order has a discount of \(whole.decimalText) that belongs to no line, and no discount item is"
            + " configured.")
      }
      discounts.add(whole)
      goods.subtract(whole)
    }
    try Self.appendCharges(of: order, configuration, to: &lines, goods: &goods, discounts: discounts)
    self.lines = lines
  }

  private static func goods(
    _ line: OrderLine, _ configuration: NetSuiteConfiguration, sum: inout Sum, discounts: inout Sum
  ) throws(ContentFault) -> Line {
    let shown = "\"\(line.title.prefix(80))\""
    guard let sku = line.sku, !sku.isEmpty else {
      throw ContentFault(reason: "Line \(shown) has no stock keeping unit, so no NetSuite item can be named.")
    }
    guard let reference = configuration.items.reference(sku: sku) else {
      throw ContentFault(reason: "No NetSuite item is configured for the stock keeping unit \(sku).")
    }
    let discount = line.discount?.minorUnits ?? 0
    guard discount >= 0, let gross = line.unitPrice.times(line.quantity),
      let net = gross.adding(Money(minorUnits: -discount, currency: gross.currency)), net.currency == sum.currency
    else { throw ContentFault(reason: "The price of line \(shown) is out of range or in another currency.") }
    sum.add(net)
    discounts.add(Money(minorUnits: discount, currency: sum.currency))
    let isNet = discount > 0 && configuration.discountItem == nil
    return Line(
      reference: reference, sku: sku, quantity: line.quantity,
      price: isNet ? ("amount", net) : ("rate", line.unitPrice))
  }

  private static func appendCharges(
    of order: Order, _ configuration: NetSuiteConfiguration, to lines: inout [Line], goods: inout Sum, discounts: Sum
  ) throws(ContentFault) {
    if let shipping = order.shipping, shipping.minorUnits != 0 {
      guard let item = configuration.shippingItem else {
        throw ContentFault(
          reason: "The order charges \(shipping.decimalText) for shipping, and no shipping item is configured.")
      }
      lines.append(Line(reference: item, sku: nil, quantity: 1, price: ("rate", shipping)))
      goods.add(shipping)
    }
    // Where the amounts add up without the tax, the prices contain it.
    if let tax = order.tax, tax.minorUnits != 0, let item = configuration.taxItem, goods.total != order.total {
      lines.append(Line(reference: item, sku: nil, quantity: 1, price: ("rate", tax)))
    }
    if let item = configuration.discountItem, let total = discounts.total, total.minorUnits > 0 {
      let negative = Money(minorUnits: -total.minorUnits, currency: total.currency)
      lines.append(Line(reference: item, sku: nil, quantity: 1, price: ("rate", negative)))
    }
  }

  /// A running sum that remembers that it has overflowed.
  private struct Sum {
    let currency: CurrencyCode
    private(set) var total: Money?

    init(currency: CurrencyCode) {
      self.currency = currency
      total = Money(minorUnits: 0, currency: currency)
    }

    var isPositive: Bool { (total?.minorUnits ?? 1) > 0 }

    mutating func add(_ amount: Money) { total = total?.adding(amount) }

    mutating func subtract(_ amount: Money) {
      guard amount.minorUnits != .min else {
        total = nil
        return
      }
      add(Money(minorUnits: -amount.minorUnits, currency: amount.currency))
    }
  }
}

extension SalesOrderContent {
  /// The body of a create.
  func createBody(_ submission: Submission, _ configuration: NetSuiteConfiguration) -> JSONValue {
    var members = common(submission)
    members["externalId"] = .string(submission.externalID.text)
    members["entity"] = ["id": .string(configuration.customerID)]
    if let currencyID { members["currency"] = ["id": .string(currencyID)] }
    if let id = configuration.subsidiaryID { members["subsidiary"] = ["id": .string(id)] }
    if let id = configuration.locationID { members["location"] = ["id": .string(id)] }
    if let status = configuration.orderStatus { members["orderStatus"] = ["id": .string(status)] }
    // The day in UTC; nothing when the storefront did not say, because a retry must carry the same bytes (S3b).
    if let placed = submission.order.placedAt { members["tranDate"] = .string(String(placed.iso8601.prefix(10))) }
    // The confirmation is ours alone: a customer record's preference must not make NetSuite send a second one (S4b).
    members["toBeEmailed"] = false
    for (name, value) in configuration.extraFields { members[name] = value }
    return .object(members)
  }

  /// The body of an update: what an edit can change, nothing that NetSuite fixes at creation.
  func updateBody(_ submission: Submission) -> JSONValue { .object(common(submission)) }

  private func common(_ submission: Submission) -> [String: JSONValue] {
    var members: [String: JSONValue] = [
      "otherRefNum": .string(String(submission.order.number.prefix(45))), "memo": .string(Self.memo(submission)),
      "item": ["items": .array(lines.map(\.json))],
    ]
    if let address = submission.order.shippingAddress { members["shippingAddress"] = Self.write(address) }
    return members
  }

  /// Stored value stays a remark: redeeming a certificate needs NetSuite's own certificate record.
  private static func memo(_ submission: Submission) -> String {
    var memo = "Order \(submission.order.number) from \(submission.key.storefront.text)"
    for part in submission.order.storedValue {
      memo += "; paid with \(part.kind) \(part.reference): \(part.amount.decimalText) \(part.amount.currency.text)"
    }
    return String(memo.prefix(999))
  }

  private static func write(_ address: Address) -> JSONValue {
    var members: [String: JSONValue] = [:]
    func put(_ name: String, _ text: String?) { if let text, !text.isEmpty { members[name] = .string(text) } }
    put("addressee", address.company ?? address.name)
    put("attention", address.company == nil ? nil : address.name)
    put("addr1", address.street1)
    put("addr2", address.street2)
    put("city", address.city)
    put("state", address.region)
    put("zip", address.postalCode)
    put("addrPhone", address.phone)
    if let country = address.country, !country.isEmpty { members["country"] = ["id": .string(country)] }
    return .object(members)
  }
}
