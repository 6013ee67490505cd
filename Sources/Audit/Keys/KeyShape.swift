/// How the order numbers of a column are written: what stands before and after the number on (almost) every row.
///
/// `#1001`, `SO-1001-US` and `gid://shopify/Order/1001` are the same order in three systems. Numbers become integers;
/// everything else becomes a hash of its text, kept beside it.
public struct KeyShape: Sendable, Equatable, Codable {
  var prefix: [UInt8] = []
  var suffix: [UInt8] = []
  /// Digits of a number that is padded with zeros; 0 when it is not.
  var width = 0

  static let plain = KeyShape()

  /// The shape of nine tenths of the samples; plain when there is none.
  init(samples: [[UInt8]]) {
    var counts: [KeyShape: Int] = [:]
    var widths: Set<Int> = []
    var hasLeadingZero = false
    for sample in samples {
      guard let run = Self.longestRun(sample) else { continue }
      var shape = KeyShape.plain
      shape.prefix = Array(sample[..<run.lowerBound])
      shape.suffix = Array(sample[run.upperBound...])
      counts[shape, default: 0] += 1
      widths.insert(run.count)
      if sample[run.lowerBound] == 0x30, run.count > 1 { hasLeadingZero = true }
    }
    guard let best = counts.max(by: { $0.value < $1.value }), best.value * 10 >= samples.count * 9 else { return }
    self = best.key
    width = widths.count == 1 && hasLeadingZero ? widths.first ?? 0 : 0
  }

  init() {}

  private static func longestRun(_ bytes: [UInt8]) -> Range<Int>? {
    var best: Range<Int>?
    var index = 0
    while index < bytes.count {
      let start = index
      while index < bytes.count, bytes[index] &- 48 < 10 { index += 1 }
      if index - start > (best?.count ?? 0) { best = start..<index }
      index += 1
    }
    return best
  }

  /// Whether numbers stand alone.
  var isBare: Bool { prefix.isEmpty && suffix.isEmpty }

  /// The key as it stands in the file.
  func text(_ number: Int64) -> String {
    let digits = String(number)
    let padding = String(repeating: "0", count: max(0, width - digits.count))
    return String(decoding: prefix, as: UTF8.self) + padding + digits + String(decoding: suffix, as: UTF8.self)
  }
}

extension KeyShape: Hashable {}

/// Reads order numbers into 64-bit keys.
struct KeyReader: Sendable {
  let shape: KeyShape

  /// A number is its value; other text is its hash with the sign bit set. Nil when there is nothing.
  @inline(__always)
  func key(_ bytes: Bytes) -> Int64? {
    if let number = Self.number(bytes, 0, bytes.count) { return number }
    // `#1001`, as most shops write it.
    if bytes.count > 1, bytes[0] == 0x23, let number = Self.number(bytes, 1, bytes.count) { return number }
    return slow(bytes)
  }

  @inline(__always)
  private static func number(_ bytes: Bytes, _ start: Int, _ end: Int) -> Int64? {
    guard end > start, end - start <= 18 else { return nil }
    var value: Int64 = 0
    var index = start
    while index < end {
      let digit = bytes[index] &- 48
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int64(digit)
      index += 1
    }
    return value
  }

  private func slow(_ bytes: Bytes) -> Int64? {
    let range = Self.trimmed(bytes)
    guard !range.isEmpty else { return nil }
    if let number = Self.number(bytes, range.lowerBound, range.upperBound) { return number }
    if let number = shaped(bytes, range) { return number }
    // `#1001` and `1001` in one column.
    if bytes[range.lowerBound] == 0x23, let number = Self.number(bytes, range.lowerBound + 1, range.upperBound) {
      return number
    }
    return Self.hash(bytes, range)
  }

  private func shaped(_ bytes: Bytes, _ range: Range<Int>) -> Int64? {
    let (prefix, suffix) = (shape.prefix, shape.suffix)
    guard !prefix.isEmpty || !suffix.isEmpty, range.count > prefix.count + suffix.count else { return nil }
    for index in prefix.indices where bytes[range.lowerBound + index] != prefix[index] { return nil }
    let end = range.upperBound - suffix.count
    for index in suffix.indices where bytes[end + index] != suffix[index] { return nil }
    return Self.number(bytes, range.lowerBound + prefix.count, end)
  }

  /// Without spaces, and without the apostrophe that spreadsheets put before numbers.
  static func trimmed(_ bytes: Bytes) -> Range<Int> {
    var start = 0
    var end = bytes.count
    while start < end, bytes[start] <= 0x20 || bytes[start] == 0x27 { start += 1 }
    while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
    return start..<end
  }

  /// Letters count the same in either case: NetSuite compares external ids so.
  static func hash(_ bytes: Bytes, _ range: Range<Int>) -> Int64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in range {
      let byte = bytes[index]
      hash = (hash ^ UInt64(byte &- 0x41 < 26 ? byte | 0x20 : byte)) &* 0x0000_0100_0000_01B3
    }
    hash ^= hash >> 29
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 32
    return Int64(bitPattern: hash | 1 << 63)
  }
}

/// What the keys of a sample look like: enough to say whether two columns speak of the same orders.
struct KeyProfile: Sendable {
  let shape: KeyShape
  private var low = Int64.max
  private var high = Int64.min
  private var numbers = 0
  private var texts: Set<Int64> = []
  private var forms: Set<[UInt8]> = []
  private let keys: [(key: Int64, form: [UInt8])]

  init(samples: [[UInt8]]) {
    shape = KeyShape(samples: samples)
    let reader = KeyReader(shape: shape)
    keys = samples.compactMap { sample in
      sample.withUnsafeBufferPointer { bytes in reader.key(bytes).map { ($0, Self.form(sample)) } }
    }
    for (key, form) in keys {
      if key >= 0 {
        numbers += 1
        low = min(low, key)
        high = max(high, key)
      } else {
        texts.insert(key)
        forms.insert(form)
      }
    }
  }

  /// Letters as `A`, digits as `9`: the pattern of a text key.
  private static func form(_ sample: [UInt8]) -> [UInt8] {
    sample.map { $0 &- 48 < 10 ? 0x39 : ($0 | 0x20) &- 0x61 < 26 ? 0x41 : $0 }
  }

  /// The share of another column's keys that could be keys of this one.
  func fit(_ other: KeyProfile) -> Double {
    guard !other.keys.isEmpty else { return 0 }
    let (range, overflow) = high.subtractingReportingOverflow(low)
    let slack = overflow || numbers == 0 ? 0 : max(range / 10, 2)
    var fitting = 0.0
    for (key, form) in other.keys {
      if key >= 0 {
        if numbers > 0, key >= low - slack, key <= high.addingReportingOverflow(slack).partialValue { fitting += 1 }
      } else if texts.contains(key) {
        fitting += 1
      } else if forms.contains(form) {
        fitting += 0.5
      }
    }
    return fitting / Double(other.keys.count)
  }
}
