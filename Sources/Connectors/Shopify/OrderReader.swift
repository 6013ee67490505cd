import Connector
import HandoffCore

/// Reads Shopify's order body: the one shape of webhooks and the REST API, from 2008 to today.
///
/// A GraphQL order is brought into this shape first, so that one set of rules decides what an order is, and a webhook
/// and a backfill of the same order have the same digest. Unknown members are ignored. A member that is there and makes
/// no sense is a fault, because a guess would reach the ERP. Source: shopify.dev, REST Admin API, "Order".
///
/// Amounts are in the shop's currency throughout; what the customer saw in another currency (`presentment_money`) is
/// left out. The `current_…` members, the order after edits and returns, go before the original ones: that is what the
/// ERP must know, and before confirmation the only difference between them is an edit.
struct OrderReader {
  let body: JSONValue
  let currency: CurrencyCode

  /// Text that decides what the ERP is told may not be longer; what people read is cut.
  static let textLimit = 4000

  /// Reads an order, wrapped in `{"order": …}` or not.
  static func order(_ document: JSONValue) throws(OrderFault) -> Order {
    var body = document
    if document["id"] == nil, let inner = document["order"] { body = inner }
    guard body.isObject else { throw OrderFault(path: "$", problem: "an order is a JSON object") }
    let id = try identity(body)
    guard let code = body["currency"]?.string, let currency = CurrencyCode(code) else {
      throw OrderFault(path: "currency", problem: "the ISO 4217 code of the shop's currency is missing")
    }
    return try OrderReader(body: body, currency: currency).order(id: id)
  }

  /// The order's id, from the number or from the global id; both must agree when both are there.
  private static func identity(_ body: JSONValue) throws(OrderFault) -> String {
    let global = ShopifyIdentity.number(inGlobalID: body["admin_graphql_api_id"], of: "Order")
    guard let given = body["id"], !given.isNull else {
      guard let global else { throw OrderFault(path: "id", problem: "this member is missing") }
      return global
    }
    guard let id = ShopifyIdentity.number(given) else {
      throw OrderFault(
        path: "id", problem: "\"\(Words.clipped(given.scalarText ?? "", to: 40))\" is no whole number of 1 to 20 digits"
      )
    }
    if let global, global != id {
      throw OrderFault(path: "id", problem: "\(id) is not \(global) of admin_graphql_api_id; a reader lost digits")
    }
    return id
  }

  private func order(id: String) throws(OrderFault) -> Order {
    guard let total = try amount(body, "current_total_price", "total_price") else {
      throw OrderFault(path: "total_price", problem: "the total is missing")
    }
    var order = Order(
      id: id, number: try text(body, "name") ?? id, currency: currency, total: total, lines: try lines())
    order.placedAt = try instant("processed_at", "created_at")
    order.updatedAt = try instant("updated_at")
    order.tax = try amount(body, "current_total_tax", "total_tax")
    order.discount = try amount(body, "current_total_discounts", "total_discounts")
    order.shipping = try shipping()
    let customer = body["customer"] ?? .null
    order.email = try text(body, "email", "contact_email")
    if order.email == nil { order.email = try text(customer, "email", in: "customer") }
    order.shippingAddress = try address("shipping_address")
    order.billingAddress = try address("billing_address")
    order.customerName = name(customer) ?? order.billingAddress?.name ?? order.shippingAddress?.name
    order.phone = shown(body["phone"]) ?? shown(customer["phone"]) ?? order.shippingAddress?.phone
    order.language = shown(body["customer_locale"])
    order.payment = PaymentState(shopify: body["financial_status"]?.string)
    order.isTest = body["test"]?.bool ?? false
    order.isCancelled = try instant("cancelled_at") != nil
    order.source = shown(body["source_name"])
    order.note = shown(body["note"])
    return order
  }

  /// Shipping after discounts and refunds; in bodies without that member the shipping lines that still stand.
  private func shipping() throws(OrderFault) -> Money? {
    if let current = try amount(body, "current_shipping_price") { return current }
    guard let lines = body["shipping_lines"]?.array else { return try amount(body, "total_shipping_price") }
    var sum = Money(minorUnits: 0, currency: currency)
    for (index, line) in lines.enumerated() where line["is_removed"]?.bool != true {
      let path = "shipping_lines[\(index)]"
      guard let price = try amount(line, "discounted_price", "price", in: path) else {
        throw OrderFault(path: path + ".price", problem: "the price is missing")
      }
      guard let next = sum.adding(price) else { throw OrderFault(path: path, problem: "the sum is out of range") }
      sum = next
    }
    return sum
  }

  private func instant(_ keys: String...) throws(OrderFault) -> Timestamp? {
    for key in keys {
      guard let value = body[key], !value.isNull, value.string != "" else { continue }
      // No order is older than 1970, and an instant before the year 0 could be stored but not read back.
      guard let text = value.string, let instant = Timestamp(iso8601: text), instant.microseconds >= 0 else {
        throw OrderFault(path: key, problem: "an ISO 8601 instant with offset, after 1970, is needed")
      }
      return instant
    }
    return nil
  }
}

extension PaymentState {
  /// The state behind `financial_status` (REST, lower case) or `displayFinancialStatus` (GraphQL, capitals).
  ///
  /// A missing or new value stays unknown, which keeps the gate closed. `EXPIRED` exists in GraphQL only: the
  /// authorisation has run out, which is as good as voided.
  init(shopify status: String?) {
    switch status?.lowercased() {
    case "pending": self = .pending
    case "authorized": self = .authorized
    case "partially_paid": self = .partiallyPaid
    case "paid": self = .paid
    case "voided", "expired": self = .voided
    case "refunded", "partially_refunded": self = .refunded
    default: self = .unknown
    }
  }
}
