/// The number people know an order by, where logs refer to another one: kept for the CSV files alone.
///
/// Shops count upwards, so runs of equal steps are kept instead of numbers: an export in order costs nothing that grows
/// with it, and one without any order eight bytes each.
struct NumberColumn: Sendable {
  private struct Run {
    var first: UInt32
    var step: Int32
    var value: Int64
  }

  private var runs: [Run] = []
  private(set) var count = 0
  /// The text of what is no number; the column then holds the complement of its place here.
  private var texts = TextTable()
  /// How each file writes its numbers, by its first order.
  private(set) var shapes: [(first: Int, shape: KeyShape)] = []

  private static let none = Int64.min

  /// A file begins.
  mutating func begin(at order: Int, _ shape: KeyShape) {
    fill(to: order)
    shapes.append((order, shape))
  }

  /// Orders of files that have no such number.
  mutating func fill(to count: Int) {
    while self.count < count { append(Self.none) }
  }

  mutating func append(text: Bytes) { append(text.isEmpty ? Self.none : ~Int64(texts.intern(text))) }

  mutating func append(_ value: Int64) {
    defer { count += 1 }
    let place = UInt32(truncatingIfNeeded: count)
    guard let last = runs.indices.last else { return runs.append(Run(first: place, step: 0, value: value)) }
    let length = Int64(count) - Int64(runs[last].first)
    let (distance, overflow) = value.subtractingReportingOverflow(runs[last].value)
    if length == 1, !overflow, let step = Int32(exactly: distance) {
      runs[last].step = step
    } else if overflow || distance != Int64(runs[last].step) &* length {
      runs.append(Run(first: place, step: 0, value: value))
    }
  }

  /// How many runs there are: what it costs.
  var runCount: Int { runs.count }

  /// What the file says; nil when it says nothing.
  func entry(_ order: Int) -> Entry? {
    guard order < count, let value = value(order), value != Self.none else { return nil }
    if value < 0 { return .text(texts.text(Int(~value))) }
    return shapes.lastIndex { $0.first <= order }.map { .number(value, shape: $0) }
  }

  enum Entry: Equatable {
    /// A number, and the place of its shape.
    case number(Int64, shape: Int)
    case text(String)
  }

  private func value(_ order: Int) -> Int64? {
    var (low, high) = (0, runs.count - 1)
    guard high >= 0 else { return nil }
    while low < high {
      let middle = (low + high + 1) / 2
      if Int(runs[middle].first) <= order { low = middle } else { high = middle - 1 }
    }
    return runs[low].value &+ Int64(runs[low].step) &* (Int64(order) - Int64(runs[low].first))
  }
}
