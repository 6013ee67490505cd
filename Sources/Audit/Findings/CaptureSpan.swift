/// The orders that a log can speak of: those captured between its beginning and its end.
///
/// A log that ends before the storefront's says nothing about later orders, and nobody has lost them for that.
struct CaptureSpan: Sendable, Equatable {
  /// Captures before this would have reached the log before it begins.
  private(set) var from = Int64.min
  /// Captures from here on are younger than the grace when the log ends.
  private(set) var oldEnough = Int64.max
  /// Captures after this come after the log's end.
  private(set) var to = Int64.max

  /// A log without an end.
  init() {}

  /// A log that is known to be whole up to an instant.
  init(end: Int64, grace: Int64) {
    oldEnough = end - grace
    to = end
  }

  /// A log as far as its times reach.
  /// - Parameter offset: how far its clock is ahead.
  init(_ extent: TimeExtent, delays: DelayColumn, offset: Int64, grace: Int64) {
    guard extent.count > 0, !delays.isEmpty else { return }
    from = extent.first - max(offset, Self.usual(delays) ?? offset)
    oldEnough = extent.last - offset - grace
    to = extent.last - offset
  }

  @inline(__always)
  func isOldEnough(_ captured: Int64) -> Bool { captured >= from && captured <= oldEnough }

  @inline(__always)
  func isOutside(_ captured: Int64) -> Bool { captured < from || captured > to }

  /// The median of the delays, near enough.
  private static func usual(_ delays: DelayColumn) -> Int64? {
    let sample = delays.sample
    return sample.isEmpty ? nil : sample[sample.count / 2]
  }
}
