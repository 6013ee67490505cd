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
