import Connector
import HandoffCore

@testable import ConnectorShopify

/// Tells a webhook body as the GraphQL Admin API would: other names, capitals, global ids, instants in UTC, amounts
/// without trailing zeros (captured: "55.0"), lines in another order, null where REST sends an empty text.
enum GraphQLShape {
  static func node(_ body: JSONValue, lineLimit: Int = 1000) -> JSONValue {
    let lines = lineNodes(body)
    let code = body["currency"] ?? .null
    var node: [String: JSONValue] = [
      "id": .string("gid://shopify/Order/" + (body["id"]?.scalarText ?? "")),
      "legacyResourceId": .string(body["id"]?.scalarText ?? ""),
      "currencyCode": body["currency"] ?? .null,
      "displayFinancialStatus": body["financial_status"]?.string.map { .string($0.uppercased()) } ?? .null,
      "currentTotalPriceSet": bag(body, "current_total_price", "total_price", code),
      "currentTotalTaxSet": bag(body, "current_total_tax", "total_tax", code),
      "currentTotalDiscountsSet": bag(body, "current_total_discounts", "total_discounts", code),
      "currentShippingPriceSet": shipping(body),
      "lineItems": [
        "nodes": .array(Array(lines.prefix(lineLimit))),
        "pageInfo": ["hasNextPage": .bool(lines.count > lineLimit), "endCursor": .string("c\(lineLimit)")],
      ],
    ]
    for (there, here) in [
      ("name", "name"), ("test", "test"), ("note", "note"), ("phone", "phone"), ("sourceName", "source_name"),
      ("customerLocale", "customer_locale"), ("email", "email"),
    ] { node[there] = filled(body[here]) }
    for (there, here) in [
      ("createdAt", "created_at"), ("processedAt", "processed_at"), ("updatedAt", "updated_at"),
      ("cancelledAt", "cancelled_at"),
    ] { node[there] = instant(body[here]) }
    if let customer = body["customer"], customer.isObject {
      node["customer"] = [
        "firstName": customer["first_name"] ?? .null, "lastName": customer["last_name"] ?? .null,
        "defaultEmailAddress": wrapped(customer["email"], "emailAddress"),
        "defaultPhoneNumber": wrapped(customer["phone"], "phoneNumber"),
      ]
    } else {
      node["customer"] = .null
    }
    node["shippingAddress"] = address(body["shipping_address"])
    node["billingAddress"] = address(body["billing_address"])
    return .object(node)
  }

  static func lineNodes(_ body: JSONValue) -> [JSONValue] {
    let code = body["currency"] ?? .null
    return (body["line_items"]?.array ?? []).reversed().map { line in
      let whole = line["quantity"] ?? .null
      var allocations = (line["discount_allocations"]?.array ?? []).map { bag($0, "amount", "amount", code) }
      if line["discount_allocations"] == nil, line["total_discount"]?.string.map({ $0 != "0.00" }) == true {
        allocations = [bag(line, "total_discount", "total_discount", code)]
      }
      return [
        "id": .string("gid://shopify/LineItem/" + (line["id"]?.scalarText ?? "")), "sku": filled(line["sku"]),
        "name": line["name"] ?? .null, "quantity": whole, "currentQuantity": line["current_quantity"] ?? whole,
        "isGiftCard": line["gift_card"] ?? false, "requiresShipping": line["requires_shipping"] ?? true,
        "originalUnitPriceSet": bag(line, "price", "price", code),
        "discountAllocations": .array(allocations.map { ["allocatedAmountSet": $0] }),
      ]
    }
  }

  private static func shipping(_ body: JSONValue) -> JSONValue {
    let code = body["currency"] ?? .null
    if body["current_shipping_price_set"] != nil { return bag(body, "current_shipping_price", "", code) }
    guard let line = body["shipping_lines"]?.array?.first else { return money("0.0", code) }
    return bag(line, "discounted_price", "price", code)
  }

  /// From the plain member or the money bag.
  private static func bag(
    _ holder: JSONValue, _ first: String, _ second: String, _ code: JSONValue
  ) -> JSONValue {
    for key in [first, second] {
      if let text = holder[key]?.scalarText { return money(text, code) }
      if let text = holder[key + "_set"]?["shop_money"]?["amount"]?.scalarText { return money(text, code) }
    }
    return .null
  }

  private static func money(_ text: String, _ code: JSONValue) -> JSONValue {
    ["shopMoney": ["amount": .string(trimmed(text)), "currencyCode": code]]
  }

  /// "55.00" as "55.0".
  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text + ".0" }
    var text = text
    while text.hasSuffix("0"), !text.hasSuffix(".0") { text.removeLast() }
    return text
  }

  private static func filled(_ value: JSONValue?) -> JSONValue {
    guard let value, value != "" else { return .null }
    return value
  }

  private static func wrapped(_ value: JSONValue?, _ key: String) -> JSONValue {
    let text = filled(value)
    return text.isNull ? .null : .object([key: text])
  }

  private static func instant(_ value: JSONValue?) -> JSONValue {
    guard let text = value?.string, let instant = Timestamp(iso8601: text) else { return .null }
    return .string(instant.iso8601)
  }

  private static func address(_ value: JSONValue?) -> JSONValue {
    guard let value, value.isObject else { return .null }
    var node: [String: JSONValue] = [:]
    for (there, here) in [
      ("firstName", "first_name"), ("lastName", "last_name"), ("name", "name"), ("company", "company"),
      ("address1", "address1"), ("address2", "address2"), ("city", "city"), ("province", "province"),
      ("provinceCode", "province_code"), ("zip", "zip"), ("countryCodeV2", "country_code"), ("phone", "phone"),
    ] { node[there] = filled(value[here]) }
    return .object(node)
  }
}
