/// How a date written in numbers with slashes or hyphens is meant: `03/04/2026` is a day in April or in March.
public enum DayOrder: String, Sendable, Codable, CaseIterable {
  /// As in most of the world.
  case dayFirst = "day-first"
  /// As in the United States.
  case monthFirst = "month-first"
}
