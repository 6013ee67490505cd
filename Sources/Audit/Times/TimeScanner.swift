/// Takes a timestamp apart.
struct TimeScanner {
  enum Parts: Equatable {
    /// Milliseconds since 1970.
    case unix(Int64)
    /// Local milliseconds, and the offset when one is written.
    case civil(Int64, offset: Int64?)
  }

  private let bytes: Bytes
  private var index = 0
  /// Whether a time of day and its seconds stand there.
  private(set) var written: TimeGrain = []

  init(_ bytes: Bytes) { self.bytes = bytes }

  private var current: UInt8 { index < bytes.count ? bytes[index] : 0 }
  private var isAtEnd: Bool { index >= bytes.count }

  mutating func parts(_ order: DayOrder) -> Parts? {
    skipSpace()
    if let unix = unixTime() { return .unix(unix) }
    guard let days = date(order) else { return nil }
    skipSpace()
    if current == 0x54 || current == 0x74 || current == 0x2C {  // T, t, comma
      index += 1
      skipSpace()
    }
    var milliseconds: Int64 = 0
    if !isAtEnd {
      guard let time = time() else { return nil }
      milliseconds = time
    }
    skipSpace()
    guard let offset = zoneOffset() else { return nil }
    skipSpace()
    guard isAtEnd else { return nil }
    return .civil(Int64(days) * 86_400_000 + milliseconds, offset: offset)
  }

  private mutating func skipSpace() {
    while current == 0x20 || current == 0x09 { index += 1 }
  }

  /// 10 digits are seconds, 13 milliseconds, 16 microseconds, with or without a fraction.
  private mutating func unixTime() -> Int64? {
    var end = index
    var value: Int64 = 0
    while end < bytes.count, bytes[end] &- 48 < 10, end - index < 17 {
      value = value * 10 + Int64(bytes[end] &- 48)
      end += 1
    }
    let digits = end - index
    guard digits == 10 || digits == 13 || digits == 16 else { return nil }
    var fraction: Int64 = 0
    if end < bytes.count {
      guard bytes[end] == 0x2E, digits == 10 else { return nil }
      end += 1
      var scale: Int64 = 100
      while end < bytes.count, bytes[end] &- 48 < 10 {
        fraction += Int64(bytes[end] &- 48) * scale
        scale /= 10
        end += 1
      }
    }
    guard end == bytes.count else { return nil }
    index = end
    return digits == 10 ? value * 1000 + fraction : digits == 13 ? value : value / 1000
  }

  private mutating func number(_ most: Int) -> (value: Int, digits: Int)? {
    var value = 0
    var digits = 0
    while digits < most, current &- 48 < 10 {
      value = value * 10 + Int(current &- 48)
      digits += 1
      index += 1
    }
    return digits == 0 ? nil : (value, digits)
  }

  private mutating func date(_ order: DayOrder) -> Int? {
    if isLetter(current) {
      guard let word = word() else { return nil }
      if current == 0x2C { index += 1 }
      skipSpace()
      if let month = Self.month(word) { return monthNamed(month) }
      // A weekday: `Thu, 01 Oct 2026` or `Thursday, October 1, 2026`.
      if isLetter(current), let name = self.word(), let month = Self.month(name) { return monthNamed(month) }
      return dayMonthName()
    }
    let start = index
    guard let first = number(4) else { return nil }
    if first.digits == 4 { return yearFirst(first.value) }
    let separator = current
    guard separator == 0x2F || separator == 0x2E || separator == 0x2D || separator == 0x20 else { return nil }
    index += 1
    if isLetter(current) {
      index = start
      return dayMonthName()
    }
    guard separator != 0x20, let second = number(2), current == separator else { return nil }
    index += 1
    guard let third = number(4), third.digits != 3, third.digits != 1 else { return nil }
    let year = third.digits == 2 ? 2000 + third.value : third.value
    let isDayFirst = separator == 0x2E || order == .dayFirst
    return TimeReader.days(
      year, isDayFirst ? second.value : first.value, isDayFirst ? first.value : second.value)
  }

  /// After `2026`.
  private mutating func yearFirst(_ year: Int) -> Int? {
    let separator = current
    guard separator == 0x2D || separator == 0x2F || separator == 0x2E else { return nil }
    index += 1
    guard let month = number(2), current == separator else { return nil }
    index += 1
    guard let day = number(2) else { return nil }
    return TimeReader.days(year, month.value, day.value)
  }

  /// After `Oct`: ` 1, 2026`, `-01-26`, ` 01 2026`.
  private mutating func monthNamed(_ month: Int) -> Int? {
    if current == 0x2D || current == 0x2E { index += 1 }
    skipSpace()
    guard let day = number(2) else { return nil }
    return yearAfter(month, day.value)
  }

  /// `01 Oct 2026`, `1-Oct-26`.
  private mutating func dayMonthName() -> Int? {
    guard let day = number(2) else { return nil }
    if current == 0x2D || current == 0x2E || current == 0x2F { index += 1 }
    skipSpace()
    guard let name = word(), let month = Self.month(name) else { return nil }
    return yearAfter(month, day.value)
  }

  private mutating func yearAfter(_ month: Int, _ day: Int) -> Int? {
    if current == 0x2C || current == 0x2D || current == 0x2E || current == 0x2F { index += 1 }
    skipSpace()
    guard let year = number(4), year.digits == 2 || year.digits == 4 else { return nil }
    return TimeReader.days(year.digits == 2 ? 2000 + year.value : year.value, month, day)
  }

  private mutating func time() -> Int64? {
    guard let hour = number(2), current == 0x3A else { return nil }
    index += 1
    guard let minute = number(2), minute.value < 60 else { return nil }
    written.insert(.writtenTime)
    var second = 0
    var fraction: Int64 = 0
    if current == 0x3A {
      index += 1
      guard let value = number(2), value.value <= 60 else { return nil }
      second = value.value
      written.insert(.writtenSeconds)
      if current == 0x2E || current == 0x2C {
        index += 1
        var scale: Int64 = 100
        let from = index
        while current &- 48 < 10 {
          fraction += Int64(current &- 48) * scale
          scale /= 10
          index += 1
        }
        if index == from { return nil }
      }
    }
    skipSpace()
    var hours = hour.value
    if current | 0x20 == 0x61 || current | 0x20 == 0x70, index + 1 < bytes.count, bytes[index + 1] | 0x20 == 0x6D {
      guard (1...12).contains(hours) else { return nil }
      hours = hours % 12 + (current | 0x20 == 0x70 ? 12 : 0)
      index += 2
    }
    guard hours < 24 else { return nil }
    return Int64((hours * 60 + minute.value) * 60 + second) * 1000 + fraction
  }

  /// The outer optional is nil when what stands there is no zone; the inner when there is none.
  private mutating func zoneOffset() -> Int64?? {
    if isAtEnd { return .some(nil) }
    if current == 0x5A || current == 0x7A, index + 1 == bytes.count {
      index += 1
      return .some(0)
    }
    if isLetter(current) {
      guard let name = word(), let offset = Self.namedOffsets[name] else { return nil }
      if isAtEnd { return .some(offset) }
    }
    if current == 0x28 { return comment() }
    guard current == 0x2B || current == 0x2D else { return nil }
    let sign: Int64 = current == 0x2B ? 1 : -1
    index += 1
    guard let hours = number(2), hours.digits == 2, hours.value <= 18 else { return nil }
    var minutes = 0
    if current == 0x3A { index += 1 }
    if let rest = number(2) {
      guard rest.digits == 2, rest.value < 60 else { return nil }
      minutes = rest.value
    }
    skipSpace()
    if current == 0x28 { index = bytes.count }  // a comment: `(CET)`
    return .some(sign * Int64(hours.value * 60 + minutes) * 60_000)
  }

  private mutating func comment() -> Int64?? {
    index = bytes.count
    return .some(nil)
  }

  /// Three-letter zones that mean one offset in the exports where they occur.
  private static let namedOffsets: [String: Int64] = [
    "utc": 0, "gmt": 0, "pst": -8 * 3_600_000, "pdt": -7 * 3_600_000, "mst": -7 * 3_600_000, "mdt": -6 * 3_600_000,
    "cst": -6 * 3_600_000, "cdt": -5 * 3_600_000, "est": -5 * 3_600_000, "edt": -4 * 3_600_000,
    "cet": 3_600_000, "cest": 2 * 3_600_000, "bst": 3_600_000,
  ]

  private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  private mutating func word() -> String? {
    let start = index
    while isLetter(current) { index += 1 }
    guard index > start, index - start <= 9 else { return nil }
    return String(decoding: bytes[start..<index].map { $0 | 0x20 }, as: UTF8.self)
  }

  private static func month(_ word: String) -> Int? {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    return names.firstIndex { word.hasPrefix($0) }.map { $0 + 1 }
  }
}
