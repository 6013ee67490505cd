public import HandoffCore

extension OrderJSON {
  /// The bytes of ``write(_:)``, written without the tree between: every order that is taken in is written once.
  public static func bytes(_ order: Order) -> [UInt8] {
    var writer = MemberWriter()
    writer.open("{")
    writer.address("billingAddress", order.billingAddress)
    if order.isCancelled { writer.flag("cancelled", true) }
    writer.text("currency", order.currency.text)
    writer.text("customerName", order.customerName)
    writer.text("discount", order.discount?.decimalText)
    writer.text("email", order.email)
    writer.text("id", order.id)
    writer.text("language", order.language)
    writer.name("lines")
    writer.open("[")
    for line in order.lines { writer.line(line) }
    writer.close("]")
    writer.text("note", order.note)
    writer.text("number", order.number)
    writer.text("payment", order.payment.rawValue)
    writer.text("phone", order.phone)
    writer.text("placedAt", order.placedAt?.iso8601)
    writer.text("shipping", order.shipping?.decimalText)
    writer.address("shippingAddress", order.shippingAddress)
    writer.text("source", order.source)
    if !order.storedValue.isEmpty {
      writer.name("storedValue")
      writer.open("[")
      for part in order.storedValue { writer.part(part) }
      writer.close("]")
    }
    writer.text("tax", order.tax?.decimalText)
    if order.isTest { writer.flag("test", true) }
    writer.text("total", order.total.decimalText)
    writer.text("updatedAt", order.updatedAt?.iso8601)
    writer.close("}")
    return writer.bytes
  }
}

/// Writes members in the order of the calls; the caller keeps the alphabet.
private struct MemberWriter {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  init() { bytes.reserveCapacity(768) }

  mutating func name(_ name: StaticString) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  mutating func open(_ bracket: Unicode.Scalar) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(truncatingIfNeeded: bracket.value))
    needsComma = false
  }

  mutating func close(_ bracket: Unicode.Scalar) {
    bytes.append(UInt8(truncatingIfNeeded: bracket.value))
    needsComma = true
  }

  mutating func text(_ name: StaticString, _ text: String?) {
    guard let text else { return }
    self.name(name)
    JSONValue.write(text, into: &bytes)
    needsComma = true
  }

  mutating func flag(_ name: StaticString, _ value: Bool) {
    self.name(name)
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
    needsComma = true
  }

  mutating func line(_ line: OrderLine) {
    open("{")
    text("discount", line.discount?.decimalText)
    if line.isGiftCard { flag("giftCard", true) }
    text("id", line.id)
    name("quantity")
    bytes.append(contentsOf: String(line.quantity).utf8)
    needsComma = true
    if !line.requiresShipping { flag("requiresShipping", false) }
    text("sku", line.sku)
    text("title", line.title)
    text("unitPrice", line.unitPrice.decimalText)
    close("}")
  }

  mutating func part(_ part: StoredValuePayment) {
    open("{")
    text("amount", part.amount.decimalText)
    text("kind", part.kind)
    text("reference", part.reference)
    close("}")
  }

  mutating func address(_ name: StaticString, _ address: Address?) {
    guard let address else { return }
    self.name(name)
    open("{")
    text("city", address.city)
    text("company", address.company)
    text("country", address.country)
    text("name", address.name)
    text("phone", address.phone)
    text("postalCode", address.postalCode)
    text("region", address.region)
    text("street1", address.street1)
    text("street2", address.street2)
    close("}")
  }
}
