import Connector

/// Ids of Shopify's records, kept as text for their whole life.
enum ShopifyIdentity {
  /// The id when it is one: up to 20 digits, no sign, no exponent.
  ///
  /// Ids exceed 2^53; a number that passed through a `Double` shows as `8.2e+17` or ends in other digits than its
  /// global id. The first is refused here, the second where both are at hand.
  static func number(_ value: JSONValue?) -> String? {
    guard let text = value?.scalarText, isNumber(text) else { return nil }
    return text
  }

  /// Whether a text is an id.
  static func isNumber(_ text: String) -> Bool {
    let digits = text.utf8
    guard (1...20).contains(digits.count), digits.first != UInt8(ascii: "0") else { return false }
    return digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }

  /// The number inside a global id such as `gid://shopify/Order/1`; nil for another type or another form.
  static func number(inGlobalID value: JSONValue?, of type: String) -> String? {
    let prefix = "gid://shopify/" + type + "/"
    guard let text = value?.string, text.hasPrefix(prefix) else { return nil }
    let rest = String(text.dropFirst(prefix.count).prefix { $0 != "?" })
    return isNumber(rest) ? rest : nil
  }

  /// The global id of an order.
  static func order(_ number: String) -> String { "gid://shopify/Order/" + number }

  /// The order a body concerns, by whatever member names it.
  static func orderID(concernedBy body: JSONValue, topic: String) -> String? {
    if let edit = body["order_edit"] { return number(edit["order_id"]) }
    if let id = number(body["order_id"]) { return id }
    if let id = number(inGlobalID: body["admin_graphql_api_order_id"], of: "Order") { return id }
    if let id = number(inGlobalID: body["order_id"], of: "Order") { return id }
    if let inner = body["fulfillment_order"] {
      if let id = number(inner["order_id"]) ?? number(inGlobalID: inner["order_id"], of: "Order") { return id }
    }
    guard topic.hasPrefix("orders/") else { return nil }
    return number(body["id"]) ?? number(inGlobalID: body["admin_graphql_api_id"], of: "Order")
  }
}
