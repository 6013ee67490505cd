extension Order {
  /// The bytes whose SHA-256 is the order's content digest: what the ERP must know, and nothing else.
  ///
  /// Every field is written with its name and length, so no two orders share a form. Clocks, notes about marketing,
  /// tags and fulfilment are left out on purpose: a storefront touches those many times a minute, and each touch would
  /// close the gate again.
  public var canonicalForm: [UInt8] {
    [UInt8](writingAtMost: longestForm) { form in
      form.field("v", "1")
      form.field("id", id)
      form.field("currency", currency.text)
      form.field("total", total.minorUnits)
      form.field("tax", tax?.minorUnits)
      form.field("shipping", shipping?.minorUnits)
      form.field("discount", discount?.minorUnits)
      form.field("payment", payment.rawValue)
      form.field("email", email)
      let lines = lines
      for place in lines.indices where lines[place].quantity != 0 {
        form.field("line", lines[place].id)
        form.field("sku", lines[place].sku)
        form.field("quantity", Int64(lines[place].quantity))
        form.field("price", lines[place].unitPrice.minorUnits)
        form.field("off", lines[place].discount?.minorUnits)
      }
      for part in storedValue {
        form.field("stored", part.kind)
        form.field("reference", part.reference)
        form.field("amount", part.amount.minorUnits)
      }
      form.address("ship", shippingAddress)
      form.address("bill", billingAddress)
    }
  }

  /// More bytes than the form takes: the texts, and for each field what its name, a length, a number and the colons
  /// take at most.
  private var longestForm: Int {
    let field = 64
    var most = 9 * field + id.utf8.count + currency.text.utf8.count + (email?.utf8.count ?? 0)
    let lines = lines
    for place in lines.indices { most += 5 * field + lines[place].id.utf8.count + (lines[place].sku?.utf8.count ?? 0) }
    for part in storedValue { most += 3 * field + part.kind.utf8.count + part.reference.utf8.count }
    for address in [shippingAddress, billingAddress] {
      most += field
      for part in address?.parts ?? [] { most += field + (part?.utf8.count ?? 0) }
    }
    return most
  }
}

extension Address {
  /// What is written of it, in this order.
  fileprivate var parts: [String?] { [name, company, street1, street2, city, region, postalCode, country, phone] }
}

extension OutputSpan<UInt8> {
  fileprivate mutating func field(_ name: StaticString, _ value: String?) {
    append(literal: name)
    guard let value else { return append(UInt8(ascii: "-")) }
    append(UInt8(ascii: ":"))
    append(decimal: Int64(value.utf8.count))
    append(UInt8(ascii: ":"))
    append(text: value)
  }

  fileprivate mutating func field(_ name: StaticString, _ value: Int64?) {
    append(literal: name)
    guard let value else { return append(UInt8(ascii: "-")) }
    append(UInt8(ascii: ":"))
    append(decimal: Int64(value.magnitude.decimalDigits + (value < 0 ? 1 : 0)))
    append(UInt8(ascii: ":"))
    append(decimal: value)
  }

  fileprivate mutating func address(_ name: StaticString, _ address: Address?) {
    field(name, address == nil ? nil : "")
    for part in address?.parts ?? [] { field("", part) }
  }
}
