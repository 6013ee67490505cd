import Foundation

/// The offsets of a time zone over the years exports come from, as a table: asking the system for each of ten million
/// timestamps would take minutes.
public struct ZoneRules: Sendable, Equatable {
  /// The IANA name.
  public let name: String
  /// Instants (milliseconds) from which an offset holds, ascending; the first holds from the beginning.
  private var starts: [Int64]
  /// Offsets in milliseconds east of Greenwich, one for each start.
  private var offsets: [Int64]

  /// Coordinated universal time.
  public static let utc = ZoneRules(name: "UTC", starts: [.min], offsets: [0])

  private init(name: String, starts: [Int64], offsets: [Int64]) {
    self.name = name
    self.starts = starts
    self.offsets = offsets
  }

  /// Reads a zone of the system's database; nil when it has none of that name.
  public init?(named name: String) {
    if ["UTC", "GMT", "Z"].contains(name) {
      self = .utc
      return
    }
    guard let zone = TimeZone(identifier: name) else { return nil }
    var instant = Date(timeIntervalSince1970: 631_152_000)  // 1990
    let end = Date(timeIntervalSince1970: 2_524_608_000)  // 2050
    starts = [.min]
    offsets = [Int64(zone.secondsFromGMT(for: instant)) * 1000]
    while let next = zone.nextDaylightSavingTimeTransition(after: instant), next < end, next > instant {
      starts.append(Int64(next.timeIntervalSince1970.rounded()) * 1000)
      offsets.append(Int64(zone.secondsFromGMT(for: next.addingTimeInterval(1))) * 1000)
      instant = next
    }
    self.name = name
  }

  /// The offset in force at an instant, in milliseconds.
  func offset(at instant: Int64) -> Int64 { offsets[index(of: instant)] }

  private func index(of instant: Int64) -> Int {
    var low = 0
    var high = starts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= instant { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The first instant of a day written as `2026-11-24`; nil when it is no such day.
  public func start(ofDay text: String) -> Instant? {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D, let day = TimeReader(zone: .utc).instant(bytes) else {
      return nil
    }
    return Instant(milliseconds: instant(local: day.milliseconds).milliseconds)
  }

  /// The instant of a local time, and whether the local time is one that happens twice (the earlier is taken) or never
  /// (it is read with the offset before the change).
  func instant(local: Int64) -> (milliseconds: Int64, isAmbiguous: Bool) {
    if starts.count == 1 { return (local - offsets[0], false) }
    let near = index(of: local)
    var found: Int64?
    var count = 0
    for candidate in max(0, near - 1)...min(starts.count - 1, near + 1) {
      let instant = local - offsets[candidate]
      if index(of: instant) == candidate {
        count += 1
        if found.map({ instant < $0 }) ?? true { found = instant }
      }
    }
    if let found { return (found, count > 1) }
    // A time that the clocks skipped: the offset before the change gives an instant just after it.
    let after = starts.indices.first { starts[$0] > local - 86_400_000 && starts[$0] < local + 86_400_000 } ?? near
    return (local - offsets[max(0, after - 1)], true)
  }
}
