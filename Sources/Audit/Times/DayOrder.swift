/// Which of two numbers is the day in a date such as `03/04/2026`.
public enum DayOrder: String, Sendable {
  /// The third of April.
  case dayFirst = "day-first"
  /// The fourth of March.
  case monthFirst = "month-first"
}
