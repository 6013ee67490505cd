/// An instant in microseconds since 1970-01-01T00:00:00Z.
///
/// The core never reads a clock: every instant is handed in, so that a simulated day and a real one take the same path.
/// Arithmetic saturates, because instants come from foreign systems and a trap would be a denial of service.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
  /// Microseconds since the Unix epoch, UTC.
  public var microseconds: Int64

  /// Makes an instant from microseconds since the Unix epoch.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Makes an instant from whole seconds since the Unix epoch; saturates out of range.
  public init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    microseconds = overflow ? (seconds < 0 ? .min : .max) : product
  }

  /// The earliest instant that can be written.
  public static let distantPast = Timestamp(microseconds: .min)
  /// The latest instant that can be written.
  public static let distantFuture = Timestamp(microseconds: .max)

  /// Whether the left instant is earlier.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  /// The instant a duration later; saturates.
  public static func + (instant: Timestamp, duration: Duration) -> Timestamp {
    let (sum, overflow) = instant.microseconds.addingReportingOverflow(duration.wholeMicroseconds)
    return Timestamp(microseconds: overflow ? (duration < .zero ? .min : .max) : sum)
  }

  /// The instant a duration earlier; saturates.
  public static func - (instant: Timestamp, duration: Duration) -> Timestamp { instant + (.zero - duration) }

  /// How much later this instant is than another; negative when it is earlier.
  public func since(_ earlier: Timestamp) -> Duration {
    let (difference, overflow) = microseconds.subtractingReportingOverflow(earlier.microseconds)
    return .microseconds(overflow ? (microseconds < earlier.microseconds ? Int64.min : .max) : difference)
  }
}

extension Duration {
  /// The duration in whole microseconds, saturating; used for storage.
  public var wholeMicroseconds: Int64 {
    // Most are of some seconds, for which a division of 64 bits will do.
    let all = attoseconds
    let few = UInt64(truncatingIfNeeded: all)
    if Int128(few) == all { return Int64(few / 1_000_000_000_000) }
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, late) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000)
    return late ? (seconds < 0 ? .min : .max) : sum
  }
}
