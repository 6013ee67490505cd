extension Order {
  /// The bytes whose SHA-256 is the order's content digest: what the ERP must know, and nothing else.
  ///
  /// Every field is written with its name and length, so no two orders share a form. Clocks, notes about marketing,
  /// tags and fulfilment are left out on purpose: a storefront touches those many times a minute, and each touch would
  /// close the gate again.
  public var canonicalForm: [UInt8] {
    var form = CanonicalWriter()
    form.field("v", "1")
    form.field("id", id)
    form.field("currency", currency.text)
    form.field("total", total.minorUnits)
    form.field("tax", tax?.minorUnits)
    form.field("shipping", shipping?.minorUnits)
    form.field("discount", discount?.minorUnits)
    form.field("payment", payment.rawValue)
    form.field("email", email)
    for line in lines where line.quantity != 0 {
      form.field("line", line.id)
      form.field("sku", line.sku)
      form.field("quantity", Int64(line.quantity))
      form.field("price", line.unitPrice.minorUnits)
      form.field("off", line.discount?.minorUnits)
    }
    for part in storedValue {
      form.field("stored", part.kind)
      form.field("reference", part.reference)
      form.field("amount", part.amount.minorUnits)
    }
    form.address("ship", shippingAddress)
    form.address("bill", billingAddress)
    return form.bytes
  }
}

private struct CanonicalWriter {
  var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(512) }

  mutating func field(_ name: StaticString, _ value: String?) {
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    guard let value else {
      bytes.append(UInt8(ascii: "-"))
      return
    }
    bytes.append(UInt8(ascii: ":"))
    bytes.appendDecimal(value.utf8.count)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendText(value)
  }

  mutating func field(_ name: StaticString, _ value: Int64?) { field(name, value.map { String($0) }) }

  mutating func address(_ name: StaticString, _ address: Address?) {
    field(name, address == nil ? nil : "")
    guard let address else { return }
    for part in [
      address.name, address.company, address.street1, address.street2, address.city, address.region,
      address.postalCode, address.country, address.phone,
    ] { field("", part) }
  }
}

extension [UInt8] {
  /// Appends the bytes of a text, all at once.
  package mutating func appendText(_ text: String) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { append(contentsOf: $0) }
    if isDone == nil { append(contentsOf: text.utf8) }
  }

  /// Appends the digits of a count; text of its own for a few digits is what costs in a hash over many fields.
  package mutating func appendDecimal(_ count: Int) {
    guard count > 9 else { return append(UInt8(truncatingIfNeeded: 48 + Swift.max(0, count))) }
    appendDecimal(count / 10)
    append(UInt8(truncatingIfNeeded: 48 + count % 10))
  }
}
