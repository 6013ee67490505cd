/// Finds logs whose times lie a whole time zone from the storefront's: no proof, for a step may wait as long, but what
/// everybody should look at before they believe a verdict.
enum ZoneShifts {
  private static let fewest = 30
  private static let minute: Int64 = 60_000
  /// Zones differ by whole hours, some by half an hour or three quarters; none by more than this.
  private static let widest: Int64 = 14 * 60
  /// Behind the shift the first orders follow within this, and half of all within the second.
  private static let quickest = 5 * minute
  private static let usual = 20 * minute

  struct Shift: Equatable {
    let system: FileRole
    /// Positive when the log's times lie after the storefront's.
    let minutes: Int64
  }

  static func found(in facts: AuditFacts, ledger: GapLedger) -> [Shift] {
    let systems: [(FileRole, KeyPath<OrderTable, DelayColumn>, Int64)] = [
      (.erp, \.received, ledger.receiptBlur), (.confirmations, \.confirmed, ledger.confirmationBlur),
    ]
    return systems.compactMap { system, column, blur in
      guard let minutes = shift(facts.orders[keyPath: column], blur) else { return nil }
      return Shift(system: system, minutes: minutes)
    }
  }

  private static func shift(_ column: DelayColumn, _ blur: Int64) -> Int64? {
    let sample = column.sample
    // Whole hours of resolution look like whole hours of a zone.
    guard sample.count >= fewest, blur <= minute else { return nil }
    let (quick, half) = (sample[sample.count / 100], sample[sample.count / 2])
    guard half - quick <= usual + blur else { return nil }
    for size in stride(from: Int64(30), through: widest, by: 15) where [0, 30, 45].contains(size % 60) {
      for minutes in [size, -size] {
        let rest = quick - minutes * minute
        if rest >= -blur - minute, rest <= quickest { return minutes }
      }
    }
    return nil
  }
}

extension ZoneShifts.Shift {
  /// `2 h`, `5 h 30 min`, `45 min`.
  var words: String {
    let (hours, rest) = minutes.magnitude.quotientAndRemainder(dividingBy: 60)
    return [hours > 0 ? "\(hours) h" : "", rest > 0 ? "\(rest) min" : ""].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
