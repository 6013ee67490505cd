extension Timestamp {
  /// Reads an ISO 8601 / RFC 3339 instant: `2026-11-23T10:00:00Z`, with an offset, with up to nine fractional digits.
  ///
  /// Without an offset it is nil unless `assumingUTC`: a local time without a zone is not an instant (WooCommerce sends
  /// both kinds side by side). Reading needs no calendar library; the arithmetic is the proleptic Gregorian calendar.
  public init?(iso8601 text: String, assumingUTC: Bool = false) {
    var text = text
    guard let instant = text.withUTF8({ Timestamp.read($0, assumingUTC) }) else { return nil }
    self.init(microseconds: instant)
  }

  /// Microseconds since 1970; nil when the text is no instant.
  private static func read(_ text: UnsafeBufferPointer<UInt8>, _ assumingUTC: Bool) -> Int64? {
    var reader = DigitReader(text)
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
      let day = reader.number(2), reader.take("T") || reader.take("t") || reader.take(" "),
      let hour = reader.number(2), reader.take(":"), let minute = reader.number(2)
    else { return nil }
    var second = 0
    if reader.take(":") {
      guard let value = reader.number(2) else { return nil }
      second = value
    }
    let fraction = reader.take(".") || reader.take(",") ? reader.microseconds() : 0
    guard let fraction, (1...12).contains(month), day >= 1, day <= Timestamp.days(in: month, of: year), hour <= 23,
      minute <= 59, second <= 60
    else { return nil }
    var offset = 0
    if reader.take("Z") || reader.take("z") {
      offset = 0
    } else if let sign = reader.sign() {
      guard let hours = reader.number(2), hours <= 18 else { return nil }
      var minutes = 0
      if reader.take(":") || !reader.isAtEnd {
        guard let value = reader.number(2), value <= 59 else { return nil }
        minutes = value
      }
      offset = sign * (hours * 3600 + minutes * 60)
    } else if !assumingUTC {
      return nil
    }
    guard reader.isAtEnd else { return nil }
    let days = Timestamp.daysSinceEpoch(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    guard Timestamp.writableSeconds.contains(seconds) else { return nil }
    return Int64(seconds) * 1_000_000 + Int64(fraction)
  }

  /// The years 0 to 9999: an offset reaches beyond them, where ``iso8601`` has no four digits for the year any more.
  private static let writableSeconds = -62_167_219_200...253_402_300_799

  /// The instant as `2026-11-23T10:00:00.123456Z`; the fraction is left out when it is zero.
  public var iso8601: String {
    var days = microseconds / 86_400_000_000
    var rest = microseconds % 86_400_000_000
    if rest < 0 {
      rest += 86_400_000_000
      days -= 1
    }
    let (year, month, day) = Timestamp.civil(daysSinceEpoch: Int(days))
    let seconds = Int(rest / 1_000_000)
    let fraction = Int(rest % 1_000_000)
    // Every stored order and every task carries several of these: no intermediate strings.
    return String(unsafeUninitializedCapacity: 32) { buffer in
      var writer = DigitWriter(buffer: buffer)
      writer.put(year, 4, "-")
      writer.put(month, 2, "-")
      writer.put(day, 2, "T")
      writer.put(seconds / 3600, 2, ":")
      writer.put(seconds / 60 % 60, 2, ":")
      writer.put(seconds % 60, 2, fraction == 0 ? "Z" : ".")
      if fraction != 0 { writer.put(fraction, 6, "Z") }
      return writer.count
    }
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 to a civil date (H. Hinnant, "chrono-compatible low-level date algorithms").
  static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func civil(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }
}

private struct DigitWriter {
  let buffer: UnsafeMutableBufferPointer<UInt8>
  var count = 0

  /// The number with at least so many digits, and what stands after it.
  mutating func put(_ number: Int, _ width: Int, _ after: Unicode.Scalar) {
    var digits = width
    var bound = 1
    for _ in 0..<width { bound *= 10 }
    var rest = number
    if number < 0 {
      buffer[count] = UInt8(ascii: "-")
      count += 1
      rest = -number
      digits -= 1
      bound /= 10
    }
    while rest >= bound {
      digits += 1
      bound *= 10
    }
    for place in (0..<digits).reversed() {
      buffer[count + place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      rest /= 10
    }
    count += digits
    buffer[count] = UInt8(truncatingIfNeeded: after.value)
    count += 1
  }
}

private struct DigitReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { index == bytes.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard index < bytes.count, UInt32(bytes[index]) == character.value else { return false }
    index += 1
    return true
  }

  mutating func sign() -> Int? { take("+") ? 1 : take("-") ? -1 : nil }

  mutating func number(_ width: Int) -> Int? {
    guard bytes.count - index >= width else { return nil }
    var value = 0
    for _ in 0..<width {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  mutating func microseconds() -> Int? {
    var value = 0
    var count = 0
    while let digit = digit() {
      count += 1
      if count <= 6 { value = value * 10 + digit }
    }
    guard count >= 1, count <= 12 else { return nil }
    for _ in 0..<max(0, 6 - count) { value *= 10 }
    return value
  }

  private mutating func digit() -> Int? {
    guard index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 else { return nil }
    index += 1
    return Int(bytes[index - 1]) - 48
  }
}
