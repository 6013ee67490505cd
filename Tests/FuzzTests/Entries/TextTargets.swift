import Connector
import HandoffCore

@testable import ConnectorMail
@testable import ConnectorNetSuite
@testable import ConnectorTryton
@testable import Transport

extension FuzzTarget {
  /// Text as an instant, and bytes as any instant at all.
  static let instants = FuzzTarget(name: "instants") { bytes throws(Finding) in
    let text = String(decoding: bytes, as: UTF8.self)
    for isUTC in [false, true] {
      guard let instant = Timestamp(iso8601: text, assumingUTC: isUTC) else { continue }
      try must(Timestamp(iso8601: instant.iso8601) == instant, "\(text) is read, and \(instant.iso8601) is not")
    }
    let first = Timestamp(microseconds: integer(bytes[...]))
    let second = Timestamp(seconds: integer(bytes.dropFirst(8)))
    let duration = Duration.microseconds(integer(bytes.dropFirst(16)))
    _ = (first.iso8601, second.iso8601, first.since(second), first + duration, second - duration)
    _ = (first.mailDate, second.since(first).wholeMicroseconds)
    if let written = Timestamp(iso8601: first.iso8601) { try must(written == first, "an instant changes in writing") }
  }

  /// Text as an amount, a quantity, a currency, and sums of what came of it.
  static let amounts = FuzzTarget(name: "amounts") { bytes throws(Finding) in
    let text = String(decoding: bytes, as: UTF8.self)
    for code in ["USD", "JPY", "KWD", "CLF"] {
      guard let currency = CurrencyCode(code) else { throw Finding("no \(code)") }
      if let money = Money(decimal: text, currency: currency) {
        try must(Money(decimal: money.decimalText, currency: currency) == money, "\(text) is not written as it is read")
        try must(Money.rounded(decimal: text, currency: currency) == money, "an exact amount is rounded")
        try must(money.times(-1)?.times(-1) == money, "the sign does not turn back")
      }
      let any = Money(minorUnits: integer(bytes[...]), currency: currency)
      let other = Money(minorUnits: integer(bytes.dropFirst(8)), currency: currency)
      _ = (any.decimalText, any.adding(other), any.times(Int(other.minorUnits)), other.times(Int(any.minorUnits)))
      if let sum = any.adding(other) { try must(sum == other.adding(any), "a sum depends on its order") }
      if let rounded = Money.rounded(decimal: text, currency: currency) {
        try must(Money(decimal: rounded.decimalText, currency: currency) == rounded, "a rounded amount is lost")
      }
    }
    try quantity(text)
    if let currency = CurrencyCode(text) { try must(CurrencyCode(currency.text) == currency, "\(text) is no code") }
  }

  private static func quantity(_ text: String) throws(Finding) {
    for value in [JSONValue.string(text), .number(text)] { _ = (value.int, value.roundedDown) }
    if let plain = plainDecimal(text) {
      try must(plain.utf8.allSatisfy { $0 == 0x2D || $0 == 0x2E || ($0 >= 48 && $0 <= 57) }, "\(plain) is not plain")
      try must(plainDecimal(plain) != nil || plain.utf8.count > 40, "\(plain) is not read again")
    }
    if let exact = exactUnits(text) {
      try must(wholeUnits(text) == exact && startedUnits(text) == exact, "\(text) has two quantities")
    }
    _ = (wholeUnits(text), startedUnits(text))
  }

  /// Text as names, mail addresses, network addresses and ids.
  static let names = FuzzTarget(name: "names") { bytes throws(Finding) in
    let text = String(decoding: bytes, as: UTF8.self)
    if let address = try? MailAddress(text) {
      try must(address.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a mail address with blanks")
      try must((try? MailAddress(address.text)) != nil || address.text.hasPrefix("\""), "an address is not read again")
    }
    if let mailbox = try? Mailbox(text) {
      try must(mailbox.name.map { !$0.contains { $0.isNewline } } ?? true, "a mailbox over two lines")
    }
    if let ip = IPAddress(text) {
      try must(IPAddress(ip.text) == ip, "\(text) is another address than \(ip.text)")
      _ = ip.isPublic
    }
    let halves = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let key = OrderKey(storefront: StorefrontName(halves[0]), orderID: halves.last ?? "")
    let id = ExternalID.mint(template: "CS-{storefront}-{orderId}", key: key).text
    let isPlain = id.utf8.allSatisfy { byte in
      byte == 0x2D || byte == 0x5F || (byte >= 48 && byte <= 57) || (byte | 0x20 >= 97 && byte | 0x20 <= 122)
    }
    try must(isPlain, "an external id with other characters: \(id)")
    // A template is ours, and names both many times only in a fuzzer: the product of two lengths is no finding.
    _ = ExternalID.mint(template: String(text.prefix(60)), key: key)
    _ = text.withoutNUL
  }

  /// The first eight bytes as a number; missing ones are zero.
  private static func integer(_ bytes: ArraySlice<UInt8>) -> Int64 {
    var value: UInt64 = 0
    for byte in bytes.prefix(8) { value = value << 8 | UInt64(byte) }
    return Int64(bitPattern: value)
  }
}
