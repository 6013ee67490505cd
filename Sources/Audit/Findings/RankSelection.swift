/// Exact quantiles of many durations without sorting or copying them: counts by the highest bits of the values, then by
/// the next where a quantile lies, then by the last.
struct RankSelection {
  private(set) var count = 0
  private var smallest = Int32.max
  private var largest = Int32.min
  private var over = [Int](repeating: 0, count: 4)
  private var top = [Int](repeating: 0, count: 1 << 11)

  private static let limits: [Int32] = [60_000, 300_000, 900_000, 3_600_000]
  /// Bits of each step, from the highest.
  private static let shifts: [UInt32] = [21, 10, 0]
  private static let width = 1 << 11

  /// Values in the order of unsigned numbers.
  @inline(__always)
  private static func ordered(_ value: Int32) -> UInt32 { UInt32(bitPattern: value ^ Int32.min) }

  /// - Parameter each: calls back with every value; called three times, with the same outcome.
  static func distribution(_ each: ((Int32) -> Void) -> Void) -> Distribution? {
    quantiles([0.5, 0.9, 0.99], each)?.distribution
  }

  /// Quantiles at the shares, and the distribution when these are its own three.
  static func quantiles(
    _ shares: [Double], _ each: ((Int32) -> Void) -> Void
  ) -> (values: [Double], distribution: Distribution)? {
    var first = RankSelection()
    each { first.add($0) }
    guard first.count > 0 else { return nil }
    let last = first.count - 1
    let places = shares.map { Double(last) * $0 }
    let ranks = Set(places.flatMap { [Int($0.rounded(.down)), min(last, Int($0.rounded(.up)))] })
    let found = first.ranked(ranks, each)
    let values = places.map { place in
      let below = place.rounded(.down)
      let lower = Double(found[Int(below)] ?? 0)
      let upper = Double(found[min(last, Int(place.rounded(.up)))] ?? 0)
      return lower + (upper - lower) * (place - below)
    }
    var result = Distribution()
    result.count = first.count
    (result.min, result.max) = (Double(first.smallest), Double(first.largest))
    if values.count == 3 { (result.p50, result.p90, result.p99) = (values[0], values[1], values[2]) }
    (result.over1Minute, result.over5Minutes) = (first.over[0], first.over[1])
    (result.over15Minutes, result.over60Minutes) = (first.over[2], first.over[3])
    return (values, result)
  }

  @inline(__always)
  private mutating func add(_ value: Int32) {
    top[Int(Self.ordered(value) >> 21)] += 1
    count += 1
    smallest = min(smallest, value)
    largest = max(largest, value)
    if value > 60_000 {
      for (index, limit) in Self.limits.enumerated() where value > limit { over[index] += 1 }
    }
  }

  /// A range of values that holds ranks: the bits that are known, and how many values come before.
  private struct Range {
    var prefix: UInt32
    var before: Int
    var ranks: [Int]
  }

  private func ranked(_ ranks: Set<Int>, _ each: ((Int32) -> Void) -> Void) -> [Int: Int32] {
    var ranges = Self.narrowed([Range(prefix: 0, before: 0, ranks: Array(ranks))], [top])
    for step in 1..<Self.shifts.count {
      var counts = [[Int]](repeating: [Int](repeating: 0, count: Self.width), count: ranges.count)
      let (known, shift) = (Self.shifts[step - 1], Self.shifts[step])
      let mask = UInt32(1) << (known - shift) - 1
      each { value in
        let bits = Self.ordered(value)
        for position in ranges.indices where ranges[position].prefix == bits >> known {
          counts[position][Int(bits >> shift & mask)] += 1
        }
      }
      for position in ranges.indices { ranges[position].prefix <<= known - shift }
      ranges = Self.narrowed(ranges, counts)
    }
    var found: [Int: Int32] = [:]
    for range in ranges {
      for rank in range.ranks { found[rank] = Int32(bitPattern: range.prefix) ^ Int32.min }
    }
    return found
  }

  /// The parts of ranges in which their ranks lie.
  private static func narrowed(_ ranges: [Range], _ counts: [[Int]]) -> [Range] {
    var result: [Range] = []
    for (range, counts) in zip(ranges, counts) {
      var before = range.before
      for (bits, count) in counts.enumerated() where count > 0 {
        let inside = range.ranks.filter { $0 >= before && $0 < before + count }
        if !inside.isEmpty { result.append(Range(prefix: range.prefix | UInt32(bits), before: before, ranks: inside)) }
        before += count
      }
    }
    return result
  }
}
