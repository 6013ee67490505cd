import Foundation
import Synchronization

/// Reading orders, fulfillment orders and subscriptions.
extension ShopifyVendor {
  func orders(_ arguments: JSON, _ call: Call) throws(GraphQLError) -> JSON {
    let first = arguments["first"]?.int ?? 0
    guard (1...250).contains(first) else {
      throw GraphQLError(
        message: "you must provide one of first or last, between 1 and 250", code: "BAD_REQUEST")
    }
    let sort = arguments["sortKey"]?.string ?? "PROCESSED_AT"
    let reverse = arguments["reverse"]?.bool ?? false
    let search = ShopifySearch(arguments["query"]?.string ?? "")
    var after: (value: Int, id: Int)?
    if let cursor = arguments["after"]?.string {
      guard let read = Self.cursor(cursor) else { throw GraphQLError(message: "Invalid cursor", code: "BAD_REQUEST") }
      after = read
    }
    return withShop(call.shop) { shop in
      let keys =
        sort == "UPDATED_AT" && !reverse
        ? changed(shop, search, after: after, count: first + 1)
        : scanned(shop, search, after: after, sort: sort, reverse: reverse)
      let page = keys.prefix(first)
      let cursors = page.map { Self.cursor($0.value, $0.id) }
      return [
        "nodes": .array(page.map { render(shop.orders[$0.position], shop, call) }), "cursors": JSON(strings: cursors),
        "pageInfo": [
          "hasNextPage": .bool(keys.count > page.count), "hasPreviousPage": .bool(after != nil),
          "startCursor": JSON(cursors.first), "endCursor": JSON(cursors.last),
        ],
      ]
    }
  }

  private typealias Key = (value: Int, id: Int, position: Int)

  /// By time of change, from the log of changes: the cost is that of the page, however many orders there are.
  private func changed(
    _ shop: ShopifyState.Shop, _ search: ShopifySearch, after: (value: Int, id: Int)?, count: Int
  ) -> [Key] {
    var keys: [Key] = []
    let bound = (value: (search.updatedFrom ?? 0) * 1000 - 1, id: Int.max)
    var place = shop.firstChange(after: after.map { $0 > bound ? $0 : bound } ?? bound)
    while place < shop.changes.count, keys.count < count {
      let change = shop.changes[place]
      place += 1
      let placed = shop.orders[change.position]
      guard placed.order.updatedMillis == change.millis, tools.searchable(placed.createdMicroseconds),
        search.matches(placed)
      else { continue }
      keys.append((change.millis, change.id, change.position))
    }
    return keys
  }

  private func scanned(
    _ shop: ShopifyState.Shop, _ search: ShopifySearch, after: (value: Int, id: Int)?, sort: String, reverse: Bool
  ) -> [Key] {
    var keys: [Key] = []
    for (position, placed) in shop.orders.enumerated() where tools.searchable(placed.createdMicroseconds) {
      guard search.matches(placed) else { continue }
      let value = Self.sortValue(placed.order, sort)
      if let after {
        let beyond = reverse ? (value, placed.order.id) < after : (value, placed.order.id) > after
        if !beyond { continue }
      }
      keys.append((value, placed.order.id, position))
    }
    keys.sort { reverse ? ($0.value, $0.id) > ($1.value, $1.id) : ($0.value, $0.id) < ($1.value, $1.id) }
    return keys
  }

  func ordersCount(_ arguments: JSON, _ call: Call) throws(GraphQLError) -> JSON {
    let search = ShopifySearch(arguments["query"]?.string ?? "")
    let count = withShop(call.shop) { shop in
      shop.orders.count { tools.searchable($0.createdMicroseconds) && search.matches($0) }
    }
    let limit = arguments["limit"]?.int ?? 10_000
    return ["count": JSON(min(count, limit)), "precision": count > limit ? "AT_LEAST" : "EXACT"]
  }

  func order(_ id: String, _ call: Call) -> JSON {
    withShop(call.shop) { shop in shop.position(id).map { render(shop.orders[$0], shop, call) } ?? .null }
  }

  func fulfillmentOrder(_ id: String, _ call: Call) -> JSON {
    withShop(call.shop) { shop in
      guard let found = shop.fulfillment(id) else { return .null }
      let placed = shop.orders[found.order]
      return render(placed.parts[found.part], placed, call)
    }
  }

  func shop(_ call: Call) -> JSON {
    [
      "id": "gid://shopify/Shop/1", "name": .string(call.shop), "myshopifyDomain": .string(Self.domain(call.shop)),
      "currencyCode": "USD", "email": "owner@example.com",
    ]
  }

  static func domain(_ shop: String) -> String { shop.contains(".") ? shop : shop + ".myshopify.com" }

  private static func sortValue(_ order: SandboxOrder, _ key: String) -> Int {
    switch key {
    case "UPDATED_AT": order.updatedMillis
    case "ID": order.id
    case "ORDER_NUMBER": order.number
    case "TOTAL_PRICE": order.total
    default: order.createdUnix * 1000
    }
  }

  private static func cursor(_ value: Int, _ id: Int) -> String {
    Authentic.base64("{\"last_id\":\(id),\"last_value\":\(value)}".utf8)
  }

  private static func cursor(_ text: String) -> (value: Int, id: Int)? {
    guard let bytes = Authentic.fromBase64(text), let json = try? JSON(parsing: bytes), let id = json["last_id"]?.int,
      let value = json["last_value"]?.int
    else { return nil }
    return (value, id)
  }

  private func money(_ order: SandboxOrder, _ minor: Int) -> JSON {
    // GraphQL writes decimals without trailing zeros but keeps one place: 55.0, 9.99, 600.0.
    var amount = order.text(minor)
    if !amount.contains(".") { amount += ".0" }
    while amount.hasSuffix("0"), !amount.hasSuffix(".0") { amount.removeLast() }
    let value: JSON = ["amount": .string(amount), "currencyCode": .string(order.currency)]
    return ["shopMoney": value, "presentmentMoney": value]
  }

  func render(_ placed: ShopifyState.Placed, _ shop: ShopifyState.Shop, _ call: Call) -> JSON {
    let order = placed.order
    let created = JSON.string(CivilTime(unix: order.createdUnix).iso)
    let held = placed.parts.contains { !$0.holds.isEmpty }
    let original = order.lines.reduce(0) { $0 + $1.unitPrice * $1.quantity }
    let address: JSON = [
      "firstName": .string(order.firstName), "lastName": .string(order.lastName),
      "name": .string("\(order.firstName) \(order.lastName)"), "address1": "1 Example Street",
      "city": .string(order.city), "zip": "00000", "countryCodeV2": .string(order.countryCode),
      "country": .string(order.countryCode),
    ]
    var body: JSON = [
      "id": .string("gid://shopify/Order/\(order.id)"), "legacyResourceId": .string(String(order.id)),
      "name": .string("#\(order.number)"), "number": JSON(order.number),
      "confirmationNumber": .string("SBX\(order.number)"), "email": .string(order.email), "createdAt": created,
      "processedAt": created, "updatedAt": .string(CivilTime(unix: order.updatedMillis / 1000).iso),
      "test": .bool(order.test), "sourceName": "web", "confirmed": true, "edited": .bool(order.subtotal != original),
      "cancelledAt": order.cancelledUnix.map { .string(CivilTime(unix: $0).iso) } ?? .null,
      "cancelReason": JSON(order.cancelReason?.uppercased()), "fullyPaid": true, "unpaid": false,
      "displayFinancialStatus": order.cancelledUnix == nil ? "PAID" : "VOIDED",
      "displayFulfillmentStatus": held ? "ON_HOLD" : "UNFULFILLED", "currencyCode": .string(order.currency),
      "presentmentCurrencyCode": .string(order.currency), "paymentGatewayNames": ["bogus"],
      "tags": JSON(strings: order.tags.sorted()), "note": JSON(order.note),
    ]
    for name in ["totalPriceSet", "currentTotalPriceSet"] {
      body[name] = money(order, name.hasPrefix("c") ? order.total : original + order.shipping)
    }
    body["subtotalPriceSet"] = money(order, original)
    body["currentSubtotalPriceSet"] = money(order, order.subtotal)
    body["totalShippingPriceSet"] = money(order, order.shipping)
    body["currentShippingPriceSet"] = money(order, order.shipping)
    body["customerLocale"] = "en-US"
    for name in ["totalTaxSet", "totalDiscountsSet", "currentTotalTaxSet", "currentTotalDiscountsSet"] {
      body[name] = money(order, 0)
    }
    body["shippingAddress"] = address
    body["billingAddress"] = address
    body["customer"] = [
      "id": .string("gid://shopify/Customer/\(7_000_000_000_000 + order.number)"), "email": .string(order.email),
      "firstName": .string(order.firstName), "lastName": .string(order.lastName),
      "defaultEmailAddress": ["emailAddress": .string(order.email)], "defaultPhoneNumber": .null,
    ]
    body["lineItems"] = ["nodes": .array(order.lines.map { line($0, order) }), "pageInfo": Self.onePage]
    body["transactions"] = [
      [
        "id": .string("gid://shopify/OrderTransaction/\(order.id)"), "kind": "SALE", "status": "SUCCESS",
        "gateway": "bogus", "amountSet": money(order, original + order.shipping), "processedAt": created,
        "createdAt": created, "test": .bool(order.test),
      ]
    ]
    let visible = placed.parts.filter { $0.visibleAtMicroseconds <= tools.clock.microseconds }
    body["fulfillmentOrders"] = [
      "nodes": .array(visible.map { render($0, placed, call) }), "pageInfo": Self.onePage,
    ]
    body["metafields"] = .array(placed.metafields.map(render))
    return body
  }

  static let onePage: JSON = ["hasNextPage": false, "hasPreviousPage": false]

  private func line(_ line: SandboxOrder.Line, _ order: SandboxOrder) -> JSON {
    [
      "id": .string("gid://shopify/LineItem/\(line.id)"), "sku": JSON(line.sku), "name": .string(line.title),
      "title": .string(line.title), "quantity": JSON(line.quantity), "currentQuantity": JSON(line.currentQuantity),
      "unfulfilledQuantity": JSON(line.currentQuantity), "requiresShipping": true, "isGiftCard": false,
      "taxable": true, "vendor": "Sandbox", "originalUnitPriceSet": money(order, line.unitPrice),
      "discountedUnitPriceSet": money(order, line.unitPrice),
      "originalTotalSet": money(order, line.unitPrice * line.quantity),
      "discountedTotalSet": money(order, line.unitPrice * line.quantity),
      "discountAllocations": .array([]),
      "variant": line.sku == nil
        ? .null : ["id": "gid://shopify/ProductVariant/50000000000001", "sku": JSON(line.sku), "title": "Default"],
    ]
  }

  func render(_ field: ShopifyState.Metafield) -> JSON {
    [
      "id": .string("gid://shopify/Metafield/\(field.id)"), "namespace": .string(field.namespace),
      "key": .string(field.key), "type": .string(field.type), "value": .string(field.value),
      "compareDigest": .string(field.digest),
    ]
  }

  func render(_ part: ShopifyState.Part, _ placed: ShopifyState.Placed, _ call: Call) -> JSON {
    let held = !part.holds.isEmpty
    let actions =
      held
      ? ["RELEASE_HOLD", "HOLD", "MOVE"]
      : part.status == "OPEN" ? ["CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE", "HOLD", "SPLIT"] : []
    let lines = part.lines.compactMap { index in
      placed.order.lines.indices.contains(index) ? placed.order.lines[index] : nil
    }
    return [
      "id": .string("gid://shopify/FulfillmentOrder/\(part.id)"), "status": .string(part.effectiveStatus),
      "requestStatus": "UNSUBMITTED", "createdAt": .string(CivilTime(unix: placed.order.createdUnix).iso),
      "updatedAt": .string(CivilTime(unix: part.updatedUnix).iso), "orderName": .string("#\(placed.order.number)"),
      "orderId": .string("gid://shopify/Order/\(placed.order.id)"),
      "order": [
        "id": .string("gid://shopify/Order/\(placed.order.id)"), "name": .string("#\(placed.order.number)"),
        "displayFulfillmentStatus": held ? "ON_HOLD" : "UNFULFILLED",
      ],
      "assignedLocation": ["name": .string("Location \(part.id % 10)")],
      "supportedActions": .array(actions.map { ["action": .string($0)] }),
      "fulfillmentHolds": .array(part.holds.map { render($0, call) }),
      "lineItems": [
        "nodes": .array(
          lines.map { line in
            [
              "id": .string("gid://shopify/FulfillmentOrderLineItem/\(line.id)"),
              "totalQuantity": JSON(line.quantity), "remainingQuantity": JSON(line.currentQuantity),
              "sku": JSON(line.sku), "lineItem": self.line(line, placed.order),
            ]
          }), "pageInfo": Self.onePage,
      ],
    ]
  }

  func render(_ hold: ShopifyState.Hold, _ call: Call) -> JSON {
    let shown = [
      "AWAITING_RETURN_ITEMS": "Exchange items awaiting return delivery", "OTHER": "Other",
      "INVENTORY_OUT_OF_STOCK": "Inventory out of stock", "AWAITING_PAYMENT": "Awaiting payment",
    ]
    return [
      "id": .string("gid://shopify/FulfillmentHold/\(hold.id)"),
      "handle": hold.app == call.app ? .string(hold.handle) : .null, "reason": .string(hold.reason),
      "reasonNotes": JSON(hold.notes), "displayReason": .string(shown[hold.reason] ?? "Other"),
      "heldByRequestingApp": .bool(hold.app == call.app),
    ]
  }
}
