/// All orders as columns: 26 to 30 bytes an order with one line item.
struct OrderTable: Sendable {
  /// The key logs refer to.
  var keys = KeyColumn()
  /// The other key, when some log refers to that one.
  var otherKeys = KeyColumn()
  var captured = InstantColumn()
  var confirmed = DelayColumn()
  var received = DelayColumn()
  var delivered = DelayColumn()
  var queued = DelayColumn()
  var channels: [UInt8] = []
  var flags: [Flags] = []
  var lines = LineTable()
  /// The numbers people see, when they are no keys and wanted.
  var numbers = NumberColumn()
  /// Whether logs refer to the other key as well.
  var hasOtherKeys = false
  /// The text of keys that are no numbers, by key.
  var keyTexts: [Int64: [UInt8]] = [:]

  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    static let cancelled = Flags(rawValue: 1)
    /// Repeats an order already read; not counted.
    static let repeated = Flags(rawValue: 2)
    static let receivedTwice = Flags(rawValue: 4)
    /// Its receipt belongs to a re-import and says nothing about the handoff.
    static let reimported = Flags(rawValue: 8)
  }

  var count: Int { keys.count }

  mutating func reserve(_ count: Int, hasOtherKeys: Bool) {
    keys.reserve(count)
    self.hasOtherKeys = hasOtherKeys
    if hasOtherKeys { otherKeys.reserve(count) }
    captured.reserve(count)
    channels.reserveCapacity(count)
    flags.reserveCapacity(count)
    lines.reserve(count)
  }

  func gap(_ order: Int) -> Int64? {
    guard let confirmed = confirmed[order], let received = received[order] else { return nil }
    return received - confirmed
  }
}

/// Order keys: four bytes each while all lie within a range of 2^32, as numbers in sequence do; eight bytes otherwise.
struct KeyColumn: Sendable {
  private var narrow: [UInt32] = []
  private var wide: [Int64] = []
  private var base: Int64 = 0
  private var isWide = false
  private var reserved = 0

  init() {}

  init(_ keys: [Int64]) { append(contentsOf: keys[...]) }

  var count: Int { isWide ? wide.count : narrow.count }
  var last: Int64? { count == 0 ? nil : self[count - 1] }

  @inline(__always)
  subscript(order: Int) -> Int64 { isWide ? wide[order] : base &+ Int64(narrow[order]) }

  mutating func reserve(_ count: Int) {
    reserved = count
    narrow.reserveCapacity(count)
  }

  mutating func append(contentsOf keys: ArraySlice<Int64>) {
    if !isWide, narrow.isEmpty, let first = keys.first {
      // Room on both sides, for exports that begin with the newest order.
      base = first.subtractingReportingOverflow(1 << 31).partialValue
    }
    for key in keys {
      if !isWide {
        let (distance, overflow) = key.subtractingReportingOverflow(base)
        if !overflow, let near = UInt32(exactly: distance) {
          narrow.append(near)
          continue
        }
        widen()
      }
      wide.append(key)
    }
  }

  private mutating func widen() {
    wide.reserveCapacity(max(reserved, narrow.count + 1))
    for near in narrow { wide.append(base &+ Int64(near)) }
    narrow = []
    isWide = true
  }
}

/// Milliseconds since 1970 in six bytes: 48 bits reach 4,000 years in either direction.
struct InstantColumn: Sendable {
  private var low: [UInt32] = []
  private var high: [Int16] = []

  var count: Int { low.count }
  var last: Int64? { low.isEmpty ? nil : self[low.count - 1] }

  @inline(__always)
  subscript(order: Int) -> Int64 { Int64(high[order]) << 32 | Int64(low[order]) }

  mutating func reserve(_ count: Int) {
    low.reserveCapacity(count)
    high.reserveCapacity(count)
  }

  mutating func append(contentsOf instants: ArraySlice<Int64>) {
    for instant in instants {
      low.append(UInt32(truncatingIfNeeded: instant))
      high.append(Int16(truncatingIfNeeded: instant >> 32))
    }
  }
}

/// An instant for each order, as its distance from the capture: four bytes, and a table for what is further away than
/// 24 days.
struct DelayColumn: Sendable {
  private(set) var values: [Int32] = []
  private var far: [Int: Int64] = [:]

  static let none = Int32.min
  private static let elsewhere = Int32.max

  var isEmpty: Bool { values.isEmpty }

  /// Up to some thousand of the delays, ascending, from evenly spread orders: enough for what need not be exact.
  var sample: [Int64] {
    let step = max(1, values.count / 4096)
    return stride(from: 0, to: values.count, by: step).compactMap { self[$0] }.sorted()
  }

  mutating func prepare(_ count: Int) {
    if values.isEmpty { values = [Int32](repeating: Self.none, count: count) }
  }

  /// Milliseconds after the capture; nil when it never happened.
  @inline(__always)
  subscript(order: Int) -> Int64? {
    guard order < values.count else { return nil }
    let value = values[order]
    if value == Self.none { return nil }
    return value == Self.elsewhere ? far[order] : Int64(value)
  }

  @inline(__always)
  mutating func set(_ order: Int, _ delay: Int64) {
    if let near = Int32(exactly: delay), near != Self.none, near != Self.elsewhere {
      values[order] = near
    } else {
      values[order] = Self.elsewhere
      far[order] = delay
    }
  }
}

/// Line items; while every order has exactly one, they need no owner.
struct LineTable: Sendable {
  private(set) var skus: [UInt32] = []
  private var quantities: [Int16] = []
  /// Quantities that need more than two bytes, by line.
  private var large: [Int: Int32] = [:]
  private var owners: [UInt32] = []
  private var isOneToOne = true

  /// The SKU of a line whose export names none.
  static let noSKU = UInt32.max

  var count: Int { skus.count }

  mutating func reserve(_ count: Int) {
    skus.reserveCapacity(count)
    quantities.reserveCapacity(count)
  }

  @inline(__always)
  func quantity(_ line: Int) -> Int64 {
    let value = quantities[line]
    return value == .max ? Int64(large[line] ?? Int32(Int16.max)) : Int64(value)
  }

  @inline(__always)
  func owner(_ line: Int) -> Int { isOneToOne ? line : Int(owners[line]) }

  mutating func append(_ sku: UInt32, _ quantity: Int32, owner: Int) {
    if isOneToOne, owner != skus.count {
      isOneToOne = false
      owners = (0..<skus.count).map { UInt32(truncatingIfNeeded: $0) }
    }
    skus.append(sku)
    if let small = Int16(exactly: quantity), small != .max {
      quantities.append(small)
    } else {
      large[quantities.count] = quantity
      quantities.append(.max)
    }
    if !isOneToOne { owners.append(UInt32(truncatingIfNeeded: owner)) }
  }
}
