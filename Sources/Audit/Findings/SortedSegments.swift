/// Durations in bins, each bin sorted: any union of bins has exact quantiles without being sorted itself.
struct SortedSegments<Value: FixedWidthInteger & Sendable>: Sendable {
  private let values: [Value]
  private let starts: [Int]

  /// Sorts values into bins.
  /// - Parameter each: calls back with the bin and the value of each member; called twice, with the same outcome.
  init(bins: Int, each: ((Int, Value) -> Void) -> Void) {
    var starts = [Int](repeating: 0, count: bins + 1)
    each { bin, _ in starts[bin + 1] += 1 }
    for bin in 0..<bins { starts[bin + 1] += starts[bin] }
    var next = starts
    let total = starts[bins]
    values = [Value](unsafeUninitializedCapacity: total) { buffer, count in
      each { bin, value in
        buffer[next[bin]] = value
        next[bin] += 1
      }
      for bin in 0..<bins where starts[bin + 1] - starts[bin] > 1 {
        var part = UnsafeMutableBufferPointer(rebasing: buffer[starts[bin]..<starts[bin + 1]])
        part.sort()
      }
      count = total
    }
    self.starts = starts
  }

  var bins: Int { starts.count - 1 }

  /// How many values of a union of bins are at most a limit.
  func count(_ bins: [Int], atMost limit: Int64) -> Int {
    values.withUnsafeBufferPointer { values in
      Union(values: values, segments: bins.map { starts[$0]..<starts[$0 + 1] }).atMost(limit)
    }
  }

  /// The distribution of a union of bins; nil when they are empty.
  func distribution(_ bins: [Int]) -> Distribution? {
    values.withUnsafeBufferPointer { values in
      let segments = bins.filter { starts[$0 + 1] > starts[$0] }.map { starts[$0]..<starts[$0 + 1] }
      guard !segments.isEmpty else { return nil }
      return Union(values: values, segments: segments).distribution
    }
  }

  /// Several sorted runs seen as one.
  private struct Union {
    let values: UnsafeBufferPointer<Value>
    let segments: [Range<Int>]

    var distribution: Distribution {
      var result = Distribution()
      result.count = segments.reduce(0) { $0 + $1.count }
      let low = segments.map { values[$0.lowerBound] }.min() ?? 0
      let high = segments.map { values[$0.upperBound - 1] }.max() ?? 0
      result.min = Double(low)
      result.max = Double(high)
      result.p50 = quantile(0.5, result.count, low, high)
      result.p90 = quantile(0.9, result.count, low, high)
      result.p99 = quantile(0.99, result.count, low, high)
      result.over1Minute = result.count - atMost(60_000)
      result.over5Minutes = result.count - atMost(300_000)
      result.over15Minutes = result.count - atMost(900_000)
      result.over60Minutes = result.count - atMost(3_600_000)
      return result
    }

    private func quantile(_ share: Double, _ count: Int, _ low: Value, _ high: Value) -> Double {
      let place = Double(count - 1) * share
      let first = Int(place.rounded(.down))
      let lower = ranked(first, low, high)
      let upper = first + 1 < count && place > Double(first) ? ranked(first + 1, lower, high) : lower
      return Double(lower) + (Double(upper) - Double(lower)) * (place - Double(first))
    }

    /// The value of a rank, by halving the range of values.
    private func ranked(_ rank: Int, _ low: Value, _ high: Value) -> Value {
      if segments.count == 1 { return values[segments[0].lowerBound + rank] }
      var (low, high) = (low, high)
      while low < high {
        let (distance, overflow) = high.subtractingReportingOverflow(low)
        let middle = overflow ? (low / 2 + high / 2) : low + distance / 2
        if atMost(Int64(middle)) > rank { high = middle } else { low = middle + 1 }
      }
      return low
    }

    func atMost(_ limit: Int64) -> Int {
      var total = 0
      for segment in segments {
        var (from, to) = (segment.lowerBound, segment.upperBound)
        while from < to {
          let middle = (from + to) / 2
          if Int64(values[middle]) <= limit { from = middle + 1 } else { to = middle }
        }
        total += from - segment.lowerBound
      }
      return total
    }
  }
}

/// Exact quantiles of many durations without sorting or copying them: counts by the high half of the value, then by the
/// low half where a quantile lies.
struct RankSelection {
  private var high = [UInt32](repeating: 0, count: 1 << 16)
  private(set) var count = 0
  private(set) var smallest = Int32.max
  private(set) var largest = Int32.min
  private var over = [Int](repeating: 0, count: 4)

  private static let limits: [Int32] = [60_000, 300_000, 900_000, 3_600_000]

  private static func half(_ value: Int32) -> Int { Int(UInt32(bitPattern: value ^ Int32.min) >> 16) }

  /// - Parameter each: calls back with every value; called twice, with the same outcome.
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
    let places = shares.map { Double(first.count - 1) * $0 }
    var ranks: Set<Int> = []
    for place in places {
      ranks.insert(Int(place.rounded(.down)))
      ranks.insert(min(first.count - 1, Int(place.rounded(.up))))
    }
    let found = first.ranked(ranks, each)
    let values = places.map { place in
      let below = place.rounded(.down)
      let lower = Double(found[Int(below)] ?? 0)
      let upper = Double(found[min(first.count - 1, Int(place.rounded(.up)))] ?? 0)
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

  private mutating func add(_ value: Int32) {
    high[Self.half(value)] += 1
    count += 1
    smallest = min(smallest, value)
    largest = max(largest, value)
    for (index, limit) in Self.limits.enumerated() where value > limit { over[index] += 1 }
  }

  private func ranked(_ ranks: Set<Int>, _ each: ((Int32) -> Void) -> Void) -> [Int: Int32] {
    var halves: [Int: (before: Int, ranks: [Int])] = [:]
    var before = 0
    for (half, held) in high.enumerated() where held > 0 {
      let count = Int(held)
      let inside = ranks.filter { $0 >= before && $0 < before + count }
      if !inside.isEmpty { halves[half] = (before, Array(inside)) }
      before += count
    }
    var table = [Int8](repeating: -1, count: 1 << 16)
    let order = halves.keys.sorted()
    for (position, half) in order.enumerated() { table[half] = Int8(truncatingIfNeeded: position) }
    var low = [UInt32](repeating: 0, count: order.count << 16)
    each { value in
      let position = Int(table[Self.half(value)])
      if position >= 0 { low[position << 16 | Int(UInt32(bitPattern: value) & 0xFFFF)] += 1 }
    }
    var found: [Int: Int32] = [:]
    for (position, half) in order.enumerated() {
      guard let (start, wanted) = halves[half] else { continue }
      var seen = start
      for bits in 0..<(1 << 16) {
        let count = Int(low[position << 16 | bits])
        for rank in wanted where rank >= seen && rank < seen + count {
          found[rank] = Int32(bitPattern: UInt32(half) << 16 | UInt32(bits)) ^ Int32.min
        }
        seen += count
      }
    }
    return found
  }
}
