import HandoffCore

extension Timestamp {
  /// The instant as a mail header writes it, in UTC: `Mon, 23 Nov 2026 10:00:00 +0000` (RFC 5322, section 3.3).
  ///
  /// Instants outside the years 1970 to 9999 are drawn to the nearer end; only a broken clock gives such a date.
  var mailDate: String {
    let seconds = min(max(0, microseconds / 1_000_000), 253_402_300_799)
    let text = Array(Timestamp(seconds: seconds).iso8601.utf8)
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let weekday = days[Int(seconds / 86_400 % 7)]
    let field: (Int, Int) -> String = { String(decoding: text.dropFirst($0).prefix($1), as: UTF8.self) }
    let month = min(max(1, Int(field(5, 2)) ?? 1), 12)
    return "\(weekday), \(field(8, 2)) \(months[month - 1]) \(field(0, 4)) \(field(11, 8)) +0000"
  }
}
