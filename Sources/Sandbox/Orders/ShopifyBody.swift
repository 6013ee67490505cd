/// The order as Shopify's REST resource and webhooks write it (2026-04 shape: no `checkout_id`, no tags on customer).
extension SandboxOrder {
  /// The bytes of a webhook about this order, escaped as Shopify escapes them.
  public func shopifyBody() -> [UInt8] { shopifyJSON().bytes(.shopify) }

  /// `-05:00` is the shop's zone in this sandbox: webhooks carry offsets, not `Z`.
  static func offsetTime(_ unix: Int) -> String { CivilTime(unix: unix - 5 * 3600).local + "-05:00" }

  private func money(_ minor: Int) -> JSON {
    let amount: JSON = ["amount": .string(text(minor)), "currency_code": .string(currency)]
    return ["shop_money": amount, "presentment_money": amount]
  }

  func shopifyJSON() -> JSON {
    let created = JSON.string(Self.offsetTime(createdUnix))
    var body: JSON = [
      "id": JSON(id), "admin_graphql_api_id": .string("gid://shopify/Order/\(id)"), "app_id": 580111,
      "browser_ip": nil, "buyer_accepts_marketing": false, "cancel_reason": JSON(cancelReason),
      "cancelled_at": cancelledUnix.map { .string(Self.offsetTime($0)) } ?? .null, "cart_token": nil,
      "checkout_token": .string("c\(id)"), "client_details": nil, "closed_at": nil, "company": nil,
      "confirmation_number": .string("SBX\(number)"), "confirmed": true, "contact_email": .string(email),
      "created_at": created, "currency": .string(currency),
    ]
    let amounts: [(String, Int)] = [
      ("subtotal_price", subtotal), ("total_price", total), ("total_tax", 0), ("total_discounts", 0),
      ("total_line_items_price", subtotal),
    ]
    for (name, minor) in amounts where name != "total_line_items_price" {
      body["current_\(name)"] = .string(text(minor))
      body["current_\(name)_set"] = money(minor)
    }
    let gross = lines.reduce(0) { $0 + $1.unitPrice * $1.quantity }
    for (name, minor) in amounts {
      let original =
        name == "total_price" ? gross + shipping : name.contains("line") || name.contains("sub") ? gross : minor
      body[name] = .string(text(original))
      body[name + "_set"] = money(original)
    }
    let rest: JSON = [
      "customer_locale": "en", "discount_codes": [], "duties_included": false, "email": .string(email),
      "estimated_taxes": false, "financial_status": .string(cancelledUnix == nil ? "paid" : "voided"),
      "fulfillment_status": nil, "landing_site": "/", "location_id": nil, "name": .string("#\(number)"),
      "note": JSON(note), "note_attributes": [], "number": JSON(number - 1000), "order_number": JSON(number),
      "order_status_url": .string("https://sandbox.example/orders/\(id)/authenticate?key=k\(number)"),
      "payment_gateway_names": ["bogus"], "phone": nil, "po_number": nil, "presentment_currency": .string(currency),
      "processed_at": created, "source_name": "web", "tags": .string(tags.joined(separator: ", ")),
      "tax_lines": [], "taxes_included": false, "test": .bool(test), "token": .string("t\(id)"),
      "total_outstanding": .string(text(0)), "total_shipping_price_set": money(shipping), "total_weight": 0,
      "updated_at": .string(Self.offsetTime(updatedMillis / 1000)), "user_id": nil, "billing_address": address,
      "customer": customer, "discount_applications": [], "fulfillments": [], "line_items": .array(lines.map(line)),
      "refunds": [], "shipping_address": address, "shipping_lines": shippingLines,
    ]
    guard case .object(let first) = body, case .object(let second) = rest else { return body }
    return .object(first + second)
  }

  private func line(_ line: Line) -> JSON {
    [
      "id": JSON(line.id), "admin_graphql_api_id": .string("gid://shopify/LineItem/\(line.id)"),
      "current_quantity": JSON(line.currentQuantity), "fulfillable_quantity": JSON(line.currentQuantity),
      "fulfillment_service": "manual", "fulfillment_status": nil, "gift_card": false, "grams": 0,
      "name": .string(line.title), "price": .string(text(line.unitPrice)), "price_set": money(line.unitPrice),
      "product_exists": .bool(line.sku != nil), "product_id": line.sku == nil ? .null : JSON(9_000_000_000_001),
      "properties": [], "quantity": JSON(line.quantity), "requires_shipping": true, "sku": JSON(line.sku),
      "taxable": true, "title": .string(line.title), "total_discount": .string(text(0)),
      "total_discount_set": money(0), "variant_id": line.sku == nil ? .null : JSON(50_000_000_000_001),
      "variant_title": nil, "vendor": "Sandbox", "tax_lines": [], "duties": [], "discount_allocations": [],
    ]
  }

  private var address: JSON {
    [
      "first_name": .string(firstName), "last_name": .string(lastName), "address1": "1 Example Street",
      "address2": nil, "phone": nil, "city": .string(city), "zip": "00000", "province": nil,
      "country": .string(countryCode), "company": nil, "latitude": nil, "longitude": nil,
      "name": .string("\(firstName) \(lastName)"), "country_code": .string(countryCode), "province_code": nil,
    ]
  }

  private var customer: JSON {
    [
      "id": JSON(7_000_000_000_000 + number), "email": .string(email), "first_name": .string(firstName),
      "last_name": .string(lastName), "state": "disabled", "verified_email": true, "currency": .string(currency),
    ]
  }

  private var shippingLines: JSON {
    shipping == 0
      ? []
      : [
        [
          "id": JSON(5_000_000_000_000 + number), "code": "Standard", "price": .string(text(shipping)),
          "price_set": money(shipping), "title": "Standard", "tax_lines": [], "discount_allocations": [],
        ]
      ]
  }
}
