/// An ISO 4217 currency code, three capital letters.
public struct CurrencyCode: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The code, for example `USD`.
  public let text: String

  /// Accepts exactly three Latin letters and writes them in capitals; anything else is nil.
  public init?(_ text: String) {
    let letters = Array(text.utf8)
    guard letters.count == 3, letters.allSatisfy({ ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }) else { return nil }
    self.text = text.uppercased()
  }

  /// US dollars, for samples and simulations.
  public static let usDollar = CurrencyCode(known: "USD")

  private init(known text: String) { self.text = text }

  /// The bare code.
  public var description: String { text }

  /// Digits after the decimal point in this currency (ISO 4217 table A.1): 0 for JPY, 3 for KWD, 2 for most.
  public var minorUnitDigits: Int {
    switch text {
    // The usual ones first: it is asked for every amount of every line.
    case "USD", "EUR", "GBP", "CHF": 2
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
      "XOF", "XPF":
      0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    case "CLF", "UYW": 4
    default: 2
    }
  }
}

/// An amount in minor units of a currency; never a floating-point number.
public struct Money: Hashable, Sendable, Codable {
  /// Cents for USD, yen for JPY.
  public let minorUnits: Int64
  /// The currency the amount is in.
  public let currency: CurrencyCode

  /// Makes an amount from minor units.
  public init(minorUnits: Int64, currency: CurrencyCode) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// Reads decimal text such as `12.50`, `-3`, `6000` or `6000.00`.
  ///
  /// Nil when the text is no plain decimal number, is out of range, or has more non-zero digits than the currency
  /// knows: rounding here would hide exactly the mismatch S8 must find.
  public init?(decimal text: String, currency: CurrencyCode) {
    guard let exact = Money.scaled(text, digits: currency.minorUnitDigits, rounding: false) else { return nil }
    self.init(minorUnits: exact, currency: currency)
  }

  /// Reads decimal text and rounds half away from zero to the minor unit; for unit prices that carry extra digits.
  public static func rounded(decimal text: String, currency: CurrencyCode) -> Money? {
    scaled(text, digits: currency.minorUnitDigits, rounding: true).map { Money(minorUnits: $0, currency: currency) }
  }

  /// The amount as decimal text with the currency's own number of digits.
  public var decimalText: String {
    let digits = currency.minorUnitDigits
    return String(unsafeUninitializedCapacity: 24) { buffer in
      // From the last digit backwards, then moved to the front.
      var rest = minorUnits.magnitude
      var place = 24
      var written = 0
      repeat {
        if written == digits, digits > 0 {
          place -= 1
          buffer[place] = UInt8(ascii: ".")
        }
        place -= 1
        buffer[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
        rest /= 10
        written += 1
      } while rest > 0 || written <= digits
      if minorUnits < 0 {
        place -= 1
        buffer[place] = UInt8(ascii: "-")
      }
      for index in place..<24 { buffer[index - place] = buffer[index] }
      return 24 - place
    }
  }

  /// The sum of two amounts of one currency; nil on overflow or mixed currencies.
  public func adding(_ other: Money) -> Money? {
    guard currency == other.currency else { return nil }
    let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
    return overflow ? nil : Money(minorUnits: sum, currency: currency)
  }

  /// The amount times a quantity; nil on overflow.
  public func times(_ quantity: Int) -> Money? {
    let (product, overflow) = minorUnits.multipliedReportingOverflow(by: Int64(quantity))
    return overflow ? nil : Money(minorUnits: product, currency: currency)
  }

  private static func scaled(_ text: String, digits: Int, rounding: Bool) -> Int64? {
    var bytes = Array(text.utf8)[...]
    let negative = bytes.first == UInt8(ascii: "-")
    if negative { bytes = bytes.dropFirst() }
    guard !bytes.isEmpty, bytes.count <= 40 else { return nil }
    var value: Int64 = 0
    var fraction = 0
    var seenPoint = false
    var seenDigit = false
    var roundUp = false
    for byte in bytes {
      if byte == UInt8(ascii: ".") {
        if seenPoint { return nil }
        seenPoint = true
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      seenDigit = true
      if seenPoint { fraction += 1 }
      if fraction > digits {
        if !rounding, byte != UInt8(ascii: "0") { return nil }
        if fraction == digits + 1 { roundUp = byte >= UInt8(ascii: "5") }
        continue
      }
      guard let next = value.appendingDigit(byte) else { return nil }
      value = next
    }
    guard seenDigit else { return nil }
    for _ in 0..<max(0, digits - fraction) {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = scaled
    }
    if roundUp {
      let (bumped, overflow) = value.addingReportingOverflow(1)
      if overflow { return nil }
      value = bumped
    }
    return negative ? -value : value
  }
}

extension Int64 {
  fileprivate func appendingDigit(_ byte: UInt8) -> Int64? {
    let (scaled, overflow) = multipliedReportingOverflow(by: 10)
    if overflow { return nil }
    let (sum, late) = scaled.addingReportingOverflow(Int64(byte) - 48)
    return late ? nil : sum
  }
}
