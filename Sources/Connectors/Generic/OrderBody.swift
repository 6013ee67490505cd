import Connector
import HandoffCore

/// Writes the request body of the generic ERP contract in one pass.
///
/// The bytes equal ``JSONValue/bytes`` of the same document (members in alphabetical order), so that a retry carries
/// the same body (S3b); a tree of dictionaries per order would only be built to be thrown away.
struct OrderBody {
  private var bytes: [UInt8] = []
  private var needsComma = false

  /// The canonical order plus `externalId`, `orderId`, `storefront` and `digest`.
  static func bytes(for submission: Submission) -> [UInt8] {
    var body = OrderBody()
    body.write(submission)
    return body.bytes
  }

  private init() { bytes.reserveCapacity(1536) }

  private mutating func write(_ submission: Submission) {
    let order = submission.order
    open("{")
    address("billingAddress", order.billingAddress)
    if order.isCancelled { raw("cancelled", "true") }
    text("currency", order.currency.text)
    text("customerName", order.customerName)
    text("digest", submission.digest.hex)
    money("discount", order.discount)
    text("email", order.email)
    text("externalId", submission.externalID.text)
    text("id", order.id)
    text("language", order.language)
    name("lines")
    open("[")
    for line in order.lines { write(line) }
    close("]")
    text("note", order.note)
    text("number", order.number)
    text("orderId", submission.key.orderID)
    text("payment", order.payment.rawValue)
    text("phone", order.phone)
    text("placedAt", order.placedAt?.iso8601)
    money("shipping", order.shipping)
    address("shippingAddress", order.shippingAddress)
    text("source", order.source)
    if !order.storedValue.isEmpty { write(order.storedValue) }
    text("storefront", submission.key.storefront.text)
    money("tax", order.tax)
    if order.isTest { raw("test", "true") }
    money("total", order.total)
    text("updatedAt", order.updatedAt?.iso8601)
    close("}")
  }

  private mutating func write(_ line: OrderLine) {
    open("{")
    money("discount", line.discount)
    if line.isGiftCard { raw("giftCard", "true") }
    text("id", line.id)
    raw("quantity", String(line.quantity))
    if !line.requiresShipping { raw("requiresShipping", "false") }
    text("sku", line.sku)
    text("title", line.title)
    money("unitPrice", line.unitPrice)
    close("}")
  }

  private mutating func write(_ parts: [StoredValuePayment]) {
    name("storedValue")
    open("[")
    for part in parts {
      open("{")
      money("amount", part.amount)
      text("kind", part.kind)
      text("reference", part.reference)
      close("}")
    }
    close("]")
  }

  private mutating func address(_ key: StaticString, _ address: Address?) {
    guard let address else { return }
    name(key)
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

  private mutating func open(_ bracket: Unicode.Scalar) {
    separate()
    bytes.append(UInt8(ascii: bracket))
    needsComma = false
  }

  private mutating func close(_ bracket: Unicode.Scalar) {
    bytes.append(UInt8(ascii: bracket))
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func name(_ key: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func raw(_ key: StaticString, _ value: String) {
    name(key)
    bytes.append(contentsOf: value.utf8)
    needsComma = true
  }

  private mutating func money(_ key: StaticString, _ value: Money?) {
    guard let value else { return }
    name(key)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: value.decimalText.utf8)
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  private mutating func text(_ key: StaticString, _ value: String?) {
    guard let value else { return }
    name(key)
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      if byte >= 0x20, byte != 0x22, byte != 0x5C { bytes.append(byte) } else { escape(byte) }
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(0x5C)
    switch byte {
    case 0x22, 0x5C: bytes.append(byte)
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    default:
      bytes.append(contentsOf: byte < 16 ? "u000".utf8 : "u00".utf8)
      bytes.append(contentsOf: String(byte, radix: 16).utf8)
    }
  }
}
