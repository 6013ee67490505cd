typealias Bytes = UnsafeBufferPointer<UInt8>

/// Reads the timestamps of exports: ISO 8601 and its relatives, American, German and mail dates, Unix time.
///
/// A value type with a small cache, because the rows of an export mostly share their date.
struct TimeReader {
  let zone: ZoneRules
  var dateOrder: DayOrder
  /// Local times that happen twice or never; they were read with the earlier offset.
  private(set) var ambiguous = 0
  /// How finely the times read so far are written.
  private(set) var grain: TimeGrain = []
  private var cachedDate: UInt64 = 0
  private var cachedTail: UInt16 = 0
  private var cachedDays: Int64 = 0

  init(zone: ZoneRules, dateOrder: DayOrder = .monthFirst) {
    self.zone = zone
    self.dateOrder = dateOrder
  }

  /// Milliseconds since 1970; nil when the bytes are no timestamp.
  mutating func read(_ bytes: Bytes) -> Int64? {
    if let fast = isoUTC(bytes) { return fast }
    return slow(bytes)
  }

  /// For callers with text of their own.
  func instant(_ text: [UInt8]) -> Instant? {
    var copy = self
    return text.withUnsafeBufferPointer { copy.read($0) }.map(Instant.init(milliseconds:))
  }

  /// `2026-10-01T00:00:06.669Z` and the same without the fraction.
  @inline(__always)
  private mutating func isoUTC(_ bytes: Bytes) -> Int64? {
    let count = bytes.count
    guard count == 24 || count == 20, let base = bytes.baseAddress, base[count - 1] == 0x5A, base[10] == 0x54,
      base[13] == 0x3A, base[16] == 0x3A
    else { return nil }
    let raw = UnsafeRawPointer(base)
    let head = raw.loadUnaligned(as: UInt64.self)
    let tail = raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    if head != cachedDate || tail != cachedTail {
      guard let days = Self.isoDays(bytes) else { return nil }
      cachedDate = head
      cachedTail = tail
      cachedDays = Int64(days)
    }
    guard let hour = Self.two(base, 11), let minute = Self.two(base, 14), let second = Self.two(base, 17), hour < 24,
      minute < 60, second <= 60
    else { return nil }
    var milliseconds: Int64 = 0
    if count == 24 {
      guard base[19] == 0x2E, let tens = Self.two(base, 20) else { return nil }
      let unit = base[22] &- 48
      guard unit < 10 else { return nil }
      milliseconds = Int64(tens * 10 + Int(unit))
    }
    grain.formUnion(TimeGrain(hour: hour, minute: minute, second: second, milliseconds: Int(milliseconds)))
    return cachedDays * 86_400_000 + Int64((hour * 60 + minute) * 60 + second) * 1000 + milliseconds
  }

  @inline(__always)
  private static func two(_ base: UnsafePointer<UInt8>, _ at: Int) -> Int? {
    let tens = base[at] &- 48
    let units = base[at + 1] &- 48
    return tens < 10 && units < 10 ? Int(tens) * 10 + Int(units) : nil
  }

  private static func isoDays(_ bytes: Bytes) -> Int? {
    guard bytes.count >= 10, let base = bytes.baseAddress, base[4] == 0x2D, base[7] == 0x2D,
      let century = two(base, 0), let year = two(base, 2), let month = two(base, 5), let day = two(base, 8),
      let days = days(century * 100 + year, month, day)
    else { return nil }
    return days
  }

  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    guard (1...12).contains(month), day >= 1, (1970...2200).contains(year), day <= CivilTime.days(in: month, of: year)
    else { return nil }
    return CivilTime.daysSinceEpoch(year: year, month: month, day: day)
  }

  /// Everything that is not the common form.
  private mutating func slow(_ bytes: Bytes) -> Int64? {
    var scanner = TimeScanner(bytes)
    guard let parts = scanner.parts(dateOrder) else { return nil }
    switch parts {
    case .unix(let milliseconds):
      grain.formUnion(TimeGrain(local: milliseconds, written: [.writtenTime, .writtenSeconds]))
      return milliseconds
    case .civil(let local, let offset):
      grain.formUnion(TimeGrain(local: local, written: scanner.written))
      if let offset { return local - offset }
      let (milliseconds, isAmbiguous) = zone.instant(local: local)
      if isAmbiguous { ambiguous += 1 }
      return milliseconds
    }
  }
}
