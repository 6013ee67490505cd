import Foundation
import Synchronization

/// The time all vendors of one sandbox share: a monotonic count for the ledger and a wall clock that tests can move.
///
/// Only the wall clock is movable (token expiry, nonce windows, nightly maintenance, webhook retries); the monotonic
/// count orders events and is never touched.
final class SandboxClock: Sendable {
  private let base: Int64
  private let started = ContinuousClock.now
  private let startedUnix = Date().timeIntervalSince1970
  private let offsetSeconds = Mutex<Double>(0)

  /// - Parameter base: where the count begins, after that of an earlier sandbox with the same ledger.
  init(from base: Int64 = 0) { self.base = base }

  /// Microseconds since this sandbox was made, on top of where the count began; never goes back.
  var microseconds: Int64 { base &+ elapsed }

  private var elapsed: Int64 {
    let parts = (ContinuousClock.now - started).components
    return parts.seconds &* 1_000_000 &+ parts.attoseconds / 1_000_000_000_000
  }

  /// Seconds since 1970 as this sandbox believes them.
  var unix: Double {
    startedUnix + Double(elapsed) / 1_000_000 + offsetSeconds.withLock { $0 }
  }

  var unixSeconds: Int { Int(exactly: unix.rounded(.down)) ?? 0 }

  /// Moves the wall clock; negative values move it back.
  func advance(seconds: Double) {
    guard seconds.isFinite, abs(seconds) < 1_000_000_000 else { return }
    offsetSeconds.withLock { $0 += seconds }
  }
}

/// Civil dates without a formatter: the vendors' texts are fixed shapes in UTC or at a fixed offset.
struct CivilTime: Sendable, Equatable {
  var year: Int
  var month: Int
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int

  /// Days-to-civil after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  init(unix: Int) {
    let days = Int((Double(unix) / 86_400).rounded(.down))
    let rest = unix - days * 86_400
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let doe = z - era * 146_097
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
    let mp = (5 * doy + 2) / 153
    day = doy - (153 * mp + 2) / 5 + 1
    month = mp < 10 ? mp + 3 : mp - 9
    year = yoe + era * 400 + (month <= 2 ? 1 : 0)
    hour = rest / 3600
    minute = rest % 3600 / 60
    second = rest % 60
  }

  /// `2026-11-23T12:00:00Z`.
  var iso: String { "\(date)T\(time)Z" }
  /// `2026-11-23T12:00:00` with no zone, as WooCommerce and Oracle write it.
  var local: String { "\(date)T\(time)" }
  /// `2026-11-23 12:00:00`.
  var spaced: String { "\(date) \(time)" }
  var date: String { "\(pad(year, 4))-\(pad(month))-\(pad(day))" }
  var time: String { "\(pad(hour)):\(pad(minute)):\(pad(second))" }

  private func pad(_ number: Int, _ width: Int = 2) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  /// Reads `YYYY-MM-DD`, optionally with a time and an offset; nil for anything else. No offset means UTC.
  static func unix(parsing text: String) -> Int? {
    let digits = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= digits.count else { return nil }
      return Int(String(decoding: digits[range], as: UTF8.self))
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), (1...12).contains(month),
      (1...31).contains(day)
    else { return nil }
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yoe = y - era * 400
    let doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy
    var seconds = (era * 146_097 + doe - 719_468) * 86_400
    guard digits.count > 10 else { return seconds }
    guard let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19) else { return nil }
    seconds += hour * 3600 + minute * 60 + second
    let tail = String(decoding: digits[19...], as: UTF8.self)
    if let sign = tail.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      let parts = tail[tail.index(after: sign)...].split(separator: ":").compactMap { Int($0) }
      guard parts.count == 2 else { return nil }
      seconds -= (tail[sign] == "-" ? -1 : 1) * (parts[0] * 3600 + parts[1] * 60)
    }
    return seconds
  }
}
