/// What the values of a column of times have in common: how finely it says when something happened.
///
/// A system that exports whole minutes cuts the seconds off; whoever compares its times with another's must know.
struct TimeGrain: OptionSet, Sendable, Equatable {
  let rawValue: UInt8

  /// Some value has hours, minutes, seconds or milliseconds that are not zero.
  static let hours = TimeGrain(rawValue: 1)
  static let minutes = TimeGrain(rawValue: 2)
  static let seconds = TimeGrain(rawValue: 4)
  static let milliseconds = TimeGrain(rawValue: 8)
  /// Some value is written with a time of day, or with seconds, be they zero.
  static let writtenTime = TimeGrain(rawValue: 16)
  static let writtenSeconds = TimeGrain(rawValue: 32)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The grain of one local time of day.
  @inline(__always)
  init(hour: Int, minute: Int, second: Int, milliseconds: Int) {
    rawValue =
      (hour == 0 ? 0 : 1) | (minute == 0 ? 0 : 2) | (second == 0 ? 0 : 4) | (milliseconds == 0 ? 0 : 8) | 48
  }

  /// The grain of a time in milliseconds, with what is written of it.
  init(local: Int64, written: TimeGrain) {
    let millisecondOfDay = CivilTime(milliseconds: local).millisecondOfDay
    let seconds = millisecondOfDay / 1000
    let parts = TimeGrain(
      hour: seconds / 3600, minute: seconds / 60 % 60, second: seconds % 60, milliseconds: millisecondOfDay % 1000)
    self = parts.subtracting([.writtenTime, .writtenSeconds]).union(written)
  }
}

/// From when to when the times of a file reach, and how finely they are written.
struct TimeExtent: Sendable, Equatable {
  var first = Int64.max
  var last = Int64.min
  var count = 0
  /// Of them, without seconds.
  var wholeMinutes = 0
  var grain: TimeGrain = []

  /// Fewer values than this, or one value alone, can be round by chance.
  private static let fewest = 8
  /// One time in sixty has no seconds by chance. With more than one in so many the seconds of the others are an
  /// exception, for instance of records that were saved again.
  private static let roundShare = 4

  init() {}

  init(_ times: [Int64], _ grain: TimeGrain) {
    for time in times {
      first = min(first, time)
      last = max(last, time)
      wholeMinutes += time % 60_000 == 0 ? 1 : 0
    }
    count = times.count
    self.grain = grain
  }

  mutating func add(_ other: TimeExtent) {
    first = min(first, other.first)
    last = max(last, other.last)
    count += other.count
    wholeMinutes += other.wholeMinutes
    grain.formUnion(other.grain)
  }

  /// Milliseconds within which a time of the file says nothing: it means `[time, time + resolution)`.
  var resolution: Int64 {
    let canTell = count >= Self.fewest && first < last
    if !grain.isDisjoint(with: [.seconds, .milliseconds]) {
      if canTell, wholeMinutes * Self.roundShare >= count { return 60_000 }
      return grain.contains(.milliseconds) ? 1 : 1000
    }
    if grain.contains(.writtenSeconds), !canTell { return 1000 }
    if grain.contains(.minutes) || (grain.contains(.writtenTime) && !canTell) { return 60_000 }
    return grain.contains(.hours) ? 3_600_000 : CivilTime.millisecondsPerDay
  }
}
