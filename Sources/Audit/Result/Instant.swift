/// An instant in milliseconds since 1970-01-01T00:00:00Z; encoded as ISO 8601 text in UTC.
///
/// Exports carry milliseconds at best; half the width of the gate's timestamp keeps ten million orders in memory.
public struct Instant: Hashable, Comparable, Sendable {
  /// Milliseconds since the Unix epoch, UTC.
  public var milliseconds: Int64

  /// Makes an instant from milliseconds since the Unix epoch.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Whether the left instant is earlier.
  public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

  /// The instant as `2026-11-23T10:00:00.123Z`.
  public var iso8601: String {
    let civil = CivilTime(milliseconds: milliseconds)
    return "\(civil.dateText)T\(civil.timeText)Z"
  }
}

extension Instant: Codable {
  /// Reads the ISO 8601 text.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let instant = TimeReader(zone: .utc).instant(Array(text.utf8)) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not an ISO 8601 instant: \(text)"))
    }
    self = instant
  }

  /// Writes the ISO 8601 text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(iso8601)
  }
}
