import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorShopify

@Suite struct OrderReaderTests {
  private func order(_ changes: [String: JSONValue?] = [:]) throws -> Order {
    try OrderReader.order(JSONValue(parsing: Shop.body(changes)))
  }

  private func fault(_ changes: [String: JSONValue?]) throws -> OrderFault? {
    let body = try JSONValue(parsing: Shop.body(changes))
    do throws(OrderFault) { _ = try OrderReader.order(body) } catch { return error }
    return nil
  }

  private func bag(_ shop: String, _ code: String, _ seen: String, _ seenCode: String) -> JSONValue {
    [
      "shop_money": ["amount": .string(shop), "currency_code": .string(code)],
      "presentment_money": ["amount": .string(seen), "currency_code": .string(seenCode)],
    ]
  }

  @Test func `ids beyond 2^53 stay exact, as number and as text`() throws {
    #expect(try order().id == "820982911946154508")
    #expect(try order(["id": "820982911946154508"]).id == "820982911946154508")
    #expect(try order(["id": .number("18446744073709551615")]).id == "18446744073709551615")
    #expect(try order().lines.first?.id == "866550311766439020")
    #expect(try order(["id": .some(.null), "admin_graphql_api_id": "gid://shopify/Order/12"]).id == "12")
  }

  @Test func `an id that has lost digits or is none is a fault`() throws {
    for id in [JSONValue.number("8.20982911946154e+17"), .number("-1"), .number("0"), "12a", "", .bool(true), [:]] {
      #expect(try fault(["id": id])?.path == "id", "\(id)")
    }
    #expect(try fault(["id": JSONValue?.none])?.path == "id")
    let lost: [String: JSONValue?] = [
      "id": .number("820982911946154500"), "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
    ]
    #expect(try fault(lost)?.path == "id")
  }

  @Test func `missing, null, empty and blank units are no unit`() throws {
    for sku in [JSONValue?.none, .some(.null), "", "   "] {
      #expect(try order(["line_items": .array([Shop.line(["sku": sku])])]).lines.first?.sku == nil)
    }
    #expect(
      try order(["line_items": .array([Shop.line(["sku": .number("4006381333931")])])]).lines.first?.sku
        == "4006381333931")
  }

  @Test func `the order after edits and returns goes before the original one`() throws {
    let edited = try order([
      "total_price": "150.00", "current_total_price": "100.00", "total_tax": "12.00", "current_total_tax": "8.00",
      "total_discounts": "30.00", "current_total_discounts": "20.00",
      "line_items": .array([
        Shop.line(), Shop.line(["id": 5, "sku": "CUP", "quantity": 1, "current_quantity": 0, "price": "50.00"]),
      ]),
    ])
    #expect(edited.total.decimalText == "100.00")
    #expect(edited.tax?.decimalText == "8.00")
    #expect(edited.discount?.decimalText == "20.00")
    #expect(edited.lines.map(\.quantity) == [0, 2])
    let unedited = try order([
      "current_total_price": JSONValue?.none, "line_items": .array([Shop.line(["current_quantity": nil])]),
    ])
    #expect(unedited.total.decimalText == "100.00")
    #expect(unedited.lines.map(\.quantity) == [2])
  }

  @Test func `a removed line does not show in the digest`() throws {
    let with = try order([
      "line_items": .array([Shop.line(), Shop.line(["id": 5, "quantity": 1, "current_quantity": 0])])
    ])
    #expect(Shop.digest(with) == Shop.digest(try order()))
  }

  @Test func `a line's discount is the sum of its allocations, on the units that are left`() throws {
    let parts: JSONValue = [["amount": "14.10"], ["amount": "5.00"]]
    func discount(_ changes: [String: JSONValue?]) throws -> String? {
      try order(["line_items": .array([Shop.line(changes)])]).lines.first?.discount?.decimalText
    }
    #expect(try discount(["discount_allocations": parts, "total_discount": "99.00"]) == "19.10")
    #expect(try discount(["discount_allocations": nil, "total_discount": "7.00"]) == "7.00")
    #expect(try discount(["discount_allocations": nil, "total_discount": "0.00"]) == nil)
    #expect(
      try discount(["discount_allocations": [["amount": "10.00"]], "quantity": 3, "current_quantity": 2]) == "6.67")
    #expect(try discount(["discount_allocations": [["amount": "10.00"]], "quantity": 3, "current_quantity": 0]) == nil)
    #expect(
      try discount(["discount_allocations": [["amount": "0.01"]], "quantity": 100, "current_quantity": 1]) == nil)
    let huge: [String: JSONValue?] = [
      "discount_allocations": [["amount": "92233720368547758.07"]], "quantity": 1000, "current_quantity": 999,
    ]
    #expect(try fault(["line_items": .array([Shop.line(huge)])])?.path == "line_items[0]")
  }

  @Test func `currencies without decimals are read with and without a fraction of zeros`() throws {
    for text in ["6000", "6000.0", "6000.00"] {
      let yen = try order([
        "currency": "JPY", "total_price": .string(text), "current_total_price": .string(text), "total_tax": "0",
        "line_items": .array([Shop.line(["price": .string(text)])]),
      ])
      #expect(yen.total == Money(minorUnits: 6000, currency: yen.currency))
      #expect(yen.lines.first?.unitPrice.minorUnits == 6000)
    }
    #expect(
      try fault(["currency": "JPY", "total_price": "60.50", "current_total_price": nil, "total_tax": nil])?.path
        == "total_price")
    let dinar = try order(["currency": "KWD", "total_price": "1.234", "current_total_price": nil])
    #expect(dinar.total.minorUnits == 1234)
  }

  @Test func `what the customer saw in another currency is left out`() throws {
    let seen = try order([
      "current_total_price_set": bag("100.00", "USD", "92.10", "EUR"), "presentment_currency": "EUR",
      "line_items": .array([Shop.line(["price_set": bag("50.00", "USD", "46.05", "EUR")])]),
    ])
    #expect(seen.currency.text == "USD")
    #expect(Shop.digest(seen) == Shop.digest(try order()))
  }

  @Test func `a mixed currency, two amounts for one thing, and negative ones are faults`() throws {
    #expect(try fault(["current_total_price_set": bag("100.00", "EUR", "1", "EUR")])?.problem.contains("EUR") == true)
    #expect(try fault(["current_total_price_set": bag("99.00", "USD", "1", "USD")])?.path == "current_total_price")
    #expect(try fault(["line_items": .array([Shop.line(["price_set": bag("50.00", "CAD", "1", "CAD")])])]) != nil)
    for key in ["current_total_price", "total_tax", "total_discounts"] {
      #expect(try fault([key: "-1.00"])?.problem == "a negative amount", "\(key)")
    }
    for line in [["price": "-1.00"], ["quantity": -1], ["current_quantity": -1], ["quantity": .number("1.5")]]
      as [[String: JSONValue?]]
    {
      #expect(try fault(["line_items": .array([Shop.line(line)])]) != nil, "\(line)")
    }
    for amount in ["1e400", "", "abc", "99999999999999999999", "1,00", "0x10", "١٢"] {
      #expect(try fault(["current_total_price": .string(amount)])?.path == "current_total_price", "\(amount)")
    }
  }

  @Test func `members that are missing or make no sense are named`() throws {
    #expect(try fault(["currency": nil])?.path == "currency")
    #expect(try fault(["currency": "US"])?.path == "currency")
    #expect(try fault(["total_price": nil, "current_total_price": nil])?.path == "total_price")
    #expect(try fault(["line_items": nil])?.path == "line_items")
    #expect(try fault(["line_items": [1]])?.path == "line_items[0]")
    #expect(try fault(["line_items": .array([Shop.line(), Shop.line()])])?.path == "line_items[1].id")
    #expect(try fault(["line_items": .array([Shop.line(["quantity": nil])])])?.path == "line_items[0].quantity")
    #expect(try fault(["line_items": .array([Shop.line(["quantity": .number("99999999999999999999")])])]) != nil)
    #expect(try fault(["updated_at": "yesterday"])?.path == "updated_at")
    #expect(try fault(["updated_at": "2026-11-23T09:00:00"])?.path == "updated_at")
    #expect(try fault(["shipping_address": "here"])?.path == "shipping_address")
    #expect(try fault(["email": .string(String(repeating: "x", count: 5000))])?.path == "email")
    #expect(try fault(["email": ["a": 1]])?.path == "email")
  }

  @Test func `a status this version does not know is unknown, never a default`() throws {
    let known: [(String, PaymentState)] = [
      ("pending", .pending), ("authorized", .authorized), ("partially_paid", .partiallyPaid), ("paid", .paid),
      ("voided", .voided), ("EXPIRED", .voided), ("refunded", .refunded), ("PARTIALLY_REFUNDED", .refunded),
    ]
    for (text, state) in known { #expect(try order(["financial_status": .string(text)]).payment == state) }
    for value in [JSONValue?.none, .some(.null), "", "paid ", "settled", 1] {
      #expect(try order(["financial_status": value]).payment == .unknown)
    }
  }

  @Test func `gift cards are not given amounts nobody has told`() throws {
    let paid = try order(["payment_gateway_names": ["gift_card", "shopify_payments"]])
    #expect(paid.storedValue.isEmpty)
    let bought = try order(["line_items": .array([Shop.line(["gift_card": true, "requires_shipping": false])])])
    #expect(bought.lines.first?.isGiftCard == true)
    #expect(bought.lines.first?.requiresShipping == false)
  }

  @Test func `the address for the confirmation is looked for in three places`() throws {
    #expect(try order().email == "ann@example.com")
    #expect(try order(["email": "", "contact_email": "b@example.com"]).email == "b@example.com")
    #expect(
      try order(["email": .some(.null), "contact_email": .some(.null), "customer": ["email": "c@example.com"]]).email
        == "c@example.com")
    #expect(try order(["email": "", "customer": .some(.null)]).email == nil)
  }

  @Test func `the name comes from the customer, then the payer, then the receiver`() throws {
    let ship: JSONValue = ["first_name": "Shi", "last_name": "Peng", "country_code": "CN"]
    let bill: JSONValue = ["first_name": "Bil", "last_name": "Ling"]
    let customer: JSONValue = ["first_name": "Ann", "last_name": .null]
    #expect(try order(["customer": customer, "billing_address": bill]).customerName == "Ann")
    #expect(try order(["shipping_address": ship, "billing_address": bill]).customerName == "Bil Ling")
    #expect(try order(["shipping_address": ship]).customerName == "Shi Peng")
    #expect(try order(["customer": ["first_name": "", "last_name": ""]]).customerName == nil)
  }

  @Test func `an address may be absent, null, empty or partly withheld`() throws {
    for value in [JSONValue?.none, .some(.null), .some([:]), .some(["city": "", "zip": .null])] {
      #expect(try order(["shipping_address": value]).shippingAddress == nil)
    }
    let part = try order(["shipping_address": ["country_code": "PL", "province": "Mazowieckie", "address2": ""]])
    #expect(part.shippingAddress?.country == "PL")
    #expect(part.shippingAddress?.region == "Mazowieckie")
    #expect(part.shippingAddress?.street2 == nil)
  }

  @Test func `shipping is what stands after discounts and removals`() throws {
    #expect(try order().shipping == nil)
    let lines: JSONValue = [
      ["price": "10.00", "discounted_price": "4.00", "is_removed": false], ["price": "9.00", "is_removed": true],
      ["price": "2.50"],
    ]
    #expect(try order(["shipping_lines": lines]).shipping?.decimalText == "6.50")
    #expect(try order(["shipping_lines": []]).shipping?.decimalText == "0.00")
    let now = bag("3.00", "USD", "3.00", "USD")
    #expect(try order(["shipping_lines": lines, "current_shipping_price_set": now]).shipping?.decimalText == "3.00")
    #expect(try order(["total_shipping_price_set": now]).shipping?.decimalText == "3.00")
  }

  @Test func `the rest of the order is carried over`() throws {
    let whole = try order([
      "test": true, "cancelled_at": "2026-11-23T09:00:00Z", "note": "Ring twice",
      "processed_at": "2020-01-01T00:00:00Z",
    ])
    #expect(whole.isTest)
    #expect(whole.isCancelled)
    #expect(whole.note == "Ring twice")
    #expect(whole.language == "de-AT")
    #expect(whole.source == "web")
    #expect(whole.number == "#1001")
    #expect(whole.placedAt?.iso8601 == "2020-01-01T00:00:00Z")
    #expect(whole.lines.first?.title == "Mug - red")
    #expect(try order().placedAt?.iso8601 == "2026-11-23T13:00:00Z")
    #expect(try order(["name": nil]).number == "820982911946154508")
  }

  @Test func `a note too long for the store is cut between characters`() throws {
    let note = String(repeating: "żółć ", count: 2000)
    let cut = try #require(try order(["note": .string(note)]).note)
    #expect(cut.utf8.count <= OrderReader.textLimit)
    #expect(note.hasPrefix(cut.dropLast()))
  }

  @Test func `every collected order survives being stored as canonical JSON`() throws {
    for file in Payloads.orders {
      guard let bytes = try SharedFiles.bytes("payloads/" + file) else { return }
      let order = try OrderReader.order(JSONValue(parsing: bytes))
      #expect(try OrderJSON.read(OrderJSON.write(order)) == order, "\(file)")
    }
  }
}
