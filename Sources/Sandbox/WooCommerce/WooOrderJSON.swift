/// Orders as the REST API version 3 and webhooks write them.
extension WooVendor {
  /// The shop's own zone, two hours east: local dates carry no zone.
  static let zoneSeconds = 7_200

  func render(_ placed: Placed) -> JSON {
    let order = placed.order
    func both(_ name: String, _ unix: Int?) -> [(String, JSON)] {
      [
        (name, unix.map { .string(CivilTime(unix: $0 + Self.zoneSeconds).local) } ?? .null),
        (name + "_gmt", unix.map { .string(CivilTime(unix: $0).local) } ?? .null),
      ]
    }
    let paid = ["processing", "completed", "on-hold"].contains(placed.status) ? order.createdUnix : nil
    let zero = JSON.string(order.text(0))
    var body: JSON = [
      "id": JSON(order.id), "parent_id": 0, "status": .string(placed.status), "currency": .string(order.currency),
      "version": "9.3.3", "prices_include_tax": false,
    ]
    for (name, value) in both("date_created", order.createdUnix) + both("date_modified", order.updatedMillis / 1000) {
      body[name] = value
    }
    let rest: [(String, JSON)] = [
      ("discount_total", zero), ("discount_tax", zero), ("shipping_total", .string(order.text(order.shipping))),
      ("shipping_tax", zero), ("cart_tax", zero), ("total", .string(order.text(order.total))), ("total_tax", zero),
      ("customer_id", 0), ("order_key", .string("wc_order_k\(order.id)")), ("billing", address(order, email: true)),
      ("shipping", address(order, email: false)), ("payment_method", "bogus"),
      ("payment_method_title", "Test gateway"), ("transaction_id", .string("t\(order.id)")),
      ("customer_ip_address", ""), ("customer_user_agent", ""), ("created_via", "checkout"),
      ("customer_note", .string(order.note ?? "")), ("number", .string(String(order.id))),
      ("meta_data", .array(placed.meta)), ("line_items", .array(order.lines.map { line($0, order) })),
      ("tax_lines", []), ("shipping_lines", shippingLines(order)), ("fee_lines", []), ("coupon_lines", []),
      ("refunds", []), ("payment_url", ""), ("is_editable", .bool(placed.status == "on-hold")),
      ("needs_payment", .bool(placed.status == "pending")), ("needs_processing", true),
      ("currency_symbol", order.currency == "EUR" ? "€" : "$"),
    ]
    for (name, value) in rest + both("date_paid", paid) + both("date_completed", nil) { body[name] = value }
    return body
  }

  private func address(_ order: SandboxOrder, email: Bool) -> JSON {
    var address: JSON = [
      "first_name": .string(order.firstName), "last_name": .string(order.lastName), "company": "",
      "address_1": "1 Example Street", "address_2": "", "city": .string(order.city), "state": "", "postcode": "00000",
      "country": .string(order.countryCode), "phone": "",
    ]
    if email { address["email"] = .string(order.email) }
    return address
  }

  private func line(_ line: SandboxOrder.Line, _ order: SandboxOrder) -> JSON {
    let total = JSON.string(order.text(line.unitPrice * line.quantity))
    // The price is a JSON number here, with whatever digits PHP prints.
    return [
      "id": JSON(line.id % 1_000_000), "name": .string(line.title), "product_id": JSON(line.sku == nil ? 0 : 31),
      "variation_id": 0, "quantity": JSON(line.quantity), "tax_class": "", "subtotal": total,
      "subtotal_tax": .string(order.text(0)), "total": total, "total_tax": .string(order.text(0)), "taxes": [],
      "meta_data": [], "sku": .string(line.sku ?? ""), "price": .number(order.text(line.unitPrice)),
      "parent_name": nil,
    ]
  }

  private func shippingLines(_ order: SandboxOrder) -> JSON {
    guard order.shipping > 0 else { return [] }
    return [
      [
        "id": JSON(order.id), "method_title": "Flat Rate", "method_id": "flat_rate",
        "total": .string(order.text(order.shipping)), "total_tax": .string(order.text(0)), "taxes": [],
        "meta_data": [],
      ]
    ]
  }
}
