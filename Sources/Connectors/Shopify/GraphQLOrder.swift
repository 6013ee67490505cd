import Connector

/// Brings an order of the GraphQL Admin API into the shape of a webhook body, so that ``OrderReader`` decides for both.
enum GraphQLOrder {
  /// The body of an order node with all its lines.
  static func body(_ node: JSONValue, lines: [JSONValue]) -> JSONValue {
    var body: [String: JSONValue] = [
      "id": node["legacyResourceId"] ?? .null, "admin_graphql_api_id": node["id"] ?? .null,
      "currency": node["currencyCode"] ?? .null, "financial_status": node["displayFinancialStatus"] ?? .null,
      "line_items": .array(lines.map(line)),
    ]
    for (here, there) in plain { body[here] = node[there] ?? .null }
    for (here, there) in bags { body[here] = bag(node[there]) }
    if let customer = node["customer"], customer.isObject {
      body["customer"] = [
        "first_name": customer["firstName"] ?? .null, "last_name": customer["lastName"] ?? .null,
        "email": customer["defaultEmailAddress"]?["emailAddress"] ?? .null,
        "phone": customer["defaultPhoneNumber"]?["phoneNumber"] ?? .null,
      ]
    }
    body["billing_address"] = address(node["billingAddress"])
    body["shipping_address"] = address(node["shippingAddress"])
    return .object(body)
  }

  private static let plain = [
    ("name", "name"), ("created_at", "createdAt"), ("processed_at", "processedAt"), ("updated_at", "updatedAt"),
    ("cancelled_at", "cancelledAt"), ("test", "test"), ("email", "email"), ("phone", "phone"), ("note", "note"),
    ("source_name", "sourceName"), ("customer_locale", "customerLocale"),
  ]

  private static let bags = [
    ("current_total_price_set", "currentTotalPriceSet"), ("current_total_tax_set", "currentTotalTaxSet"),
    ("current_total_discounts_set", "currentTotalDiscountsSet"),
    ("current_shipping_price_set", "currentShippingPriceSet"),
  ]

  private static func line(_ node: JSONValue) -> JSONValue {
    guard node.isObject else { return .null }
    let id = ShopifyIdentity.number(inGlobalID: node["id"], of: "LineItem").map { JSONValue.string($0) }
    var body: [String: JSONValue] = [
      "id": id ?? node["id"] ?? .null, "sku": node["sku"] ?? .null, "name": node["name"] ?? .null,
      "quantity": node["quantity"] ?? .null, "current_quantity": node["currentQuantity"] ?? .null,
      "gift_card": node["isGiftCard"] ?? .null, "requires_shipping": node["requiresShipping"] ?? .null,
      "price_set": bag(node["originalUnitPriceSet"]),
    ]
    if let allocations = node["discountAllocations"]?.array {
      body["discount_allocations"] = .array(allocations.map { ["amount_set": bag($0["allocatedAmountSet"])] })
    }
    return .object(body)
  }

  private static func bag(_ node: JSONValue?) -> JSONValue {
    guard let money = node?["shopMoney"], money.isObject else { return .null }
    return [
      "shop_money": ["amount": money["amount"] ?? .null, "currency_code": money["currencyCode"] ?? .null]
    ]
  }

  private static func address(_ node: JSONValue?) -> JSONValue {
    guard let node, node.isObject else { return .null }
    var body: [String: JSONValue] = [:]
    for (here, there) in parts { body[here] = node[there] ?? .null }
    return .object(body)
  }

  private static let parts = [
    ("first_name", "firstName"), ("last_name", "lastName"), ("name", "name"), ("company", "company"),
    ("address1", "address1"), ("address2", "address2"), ("city", "city"), ("province", "province"),
    ("province_code", "provinceCode"), ("zip", "zip"), ("country_code", "countryCodeV2"), ("phone", "phone"),
  ]
}
