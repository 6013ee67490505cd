/// Finds clocks that disagree.
///
/// An effect before its cause proves it; so does a receipt that follows the confirmation by the same long time whatever
/// the order's way took. A long time that every order takes at least is a hint.
enum ClockSkews {
  private static let fewest = 30
  private static let tolerance: Int32 = 2000
  /// A clock this wrong is none.
  static let day: Int32 = 86_400_000

  static func found(in facts: AuditFacts, ledger: GapLedger) -> [ClockSkew] {
    var skews: [ClockSkew] = []
    let systems: [(FileRole, KeyPath<OrderTable, DelayColumn>)] = [
      (.erp, \.received), (.confirmations, \.confirmed), (.webhooks, \.delivered), (.queue, \.queued),
    ]
    for (system, column) in systems {
      let blur = GapLedger.blur(facts.resolutions[system])
      if let skew = backward(system, facts.orders[keyPath: column], facts.orders, blur) { skews.append(skew) }
    }
    if skews.isEmpty, let skew = coupled(facts, ledger) { skews.append(skew) }
    // What looks like a wrong zone is said beside the verdict, with what to do about it.
    if !skews.contains(where: { $0.system == .erp }),
      !ZoneShifts.found(in: facts, ledger: ledger).contains(where: { $0.system == .erp }), let skew = floor(facts)
    {
      skews.append(skew)
    }
    return skews
  }

  /// Effects before their cause: the clock is behind by at least the earliest of them. What a file without seconds cut
  /// off is added first, so that no clock is moved for it.
  private static func backward(
    _ system: FileRole, _ column: DelayColumn, _ orders: OrderTable, _ blur: Int64
  ) -> ClockSkew? {
    guard !column.isEmpty else { return nil }
    var (early, daysEarly) = (0, 0)
    let each: ((Int32) -> Void) -> Void = { take in
      for order in 0..<orders.count where !orders.flags[order].contains(.repeated) {
        if let delay = column[order] { take(Int32(clamping: delay + blur)) }
      }
    }
    each {
      if $0 < -tolerance { early += 1 }
      if $0 <= -day { daysEarly += 1 }
    }
    guard early > 0, let (values, all) = RankSelection.quantiles([0.001], each), all.count >= fewest,
      early * 100 >= all.count, values[0] <= -5000
    else { return nil }
    let seconds = values[0] / 1000
    if values[0] <= -Double(day) {
      // A few such orders are another mistake, and no reason to move the others.
      return daysEarly * 100 >= all.count ? misdated(system, seconds, daysEarly, all.count) : nil
    }
    return ClockSkew(
      system: system, offsetSeconds: seconds, impossibleOrders: early, isCertain: true,
      sentence: "The clock of the \(name(system)) is about \(span(seconds)) behind the storefront's: \(early) of "
        + "\(all.count) orders seem to reach it before they were placed. Its times were moved forward for the findings."
    )
  }

  /// No clock is days wrong.
  private static func misdated(_ system: FileRole, _ seconds: Double, _ orders: Int, _ all: Int) -> ClockSkew {
    ClockSkew(
      system: system, offsetSeconds: seconds, impossibleOrders: orders, isCertain: false,
      sentence: "\(orders) of \(all) orders seem to reach the \(name(system)) more than a day before they were placed: "
        + "no clock is so wrong. Its dates were read wrongly, or another column is meant. Nothing was moved.")
  }

  /// Confirmation and receipt at a constant distance, although the way there varies: one causes the other.
  private static func coupled(_ facts: AuditFacts, _ ledger: GapLedger) -> ClockSkew? {
    let orders = facts.orders
    let blur = Double(ledger.receiptBlur + ledger.confirmationBlur)
    let gaps: ((Int32) -> Void) -> Void = { take in
      for order in 0..<orders.count where orders.flags[order].isDisjoint(with: [.repeated, .reimported]) {
        if let gap = orders.gap(order) { take(Int32(clamping: gap)) }
      }
    }
    let delays: ((Int32) -> Void) -> Void = { take in
      for order in 0..<orders.count where orders.flags[order].isDisjoint(with: [.repeated, .reimported]) {
        if orders.confirmed[order] != nil, let delay = orders.received[order] { take(Int32(clamping: delay)) }
      }
    }
    guard let (gap, all) = RankSelection.quantiles([0.05, 0.5, 0.95], gaps), all.count >= fewest,
      let (delay, _) = RankSelection.quantiles([0.001, 0.05, 0.95], delays), gap[1] > 60_000 + blur,
      gap[2] - gap[0] <= min(60_000, gap[1] / 10), (gap[2] - gap[0]) * 2 < delay[2] - delay[1],
      delay[0] >= gap[1] * 0.9
    else { return nil }
    // The confirmation followed the receipt by what is left of the distance beyond whole seconds of the quickest.
    let seconds = gap[2] / 1000
    return ClockSkew(
      system: .erp, offsetSeconds: seconds, impossibleOrders: 0, isCertain: true,
      sentence: "The clock of the ERP is about \(span(seconds)) ahead of the storefront's: receipts follow their "
        + "confirmations by the same time, whatever the way there took, so the one causes the other. Its times were "
        + "moved back for the findings.")
  }

  /// Every order takes so long at least: perhaps a clock, perhaps a timer.
  private static func floor(_ facts: AuditFacts) -> ClockSkew? {
    let orders = facts.orders
    let delays: ((Int32) -> Void) -> Void = { take in
      for order in 0..<orders.count where orders.flags[order].isDisjoint(with: [.repeated, .reimported]) {
        if let delay = orders.received[order] { take(Int32(clamping: delay)) }
      }
    }
    guard let (values, all) = RankSelection.quantiles([0.001, 0.5], delays), all.count >= fewest, values[0] >= 120_000,
      values[1] - values[0] < values[0] / 2
    else { return nil }
    let seconds = values[0] / 1000
    return ClockSkew(
      system: .erp, offsetSeconds: seconds, impossibleOrders: 0, isCertain: false,
      sentence:
        "Every order takes at least \(span(seconds)) to the ERP: either it waits for a timer, or the ERP's clock "
        + "is ahead. Compare both clocks. Nothing was moved.")
  }

  private static func name(_ system: FileRole) -> String {
    switch system {
    case .erp: "ERP"
    case .confirmations: "confirmation log"
    case .webhooks: "webhook log"
    default: "queue log"
    }
  }

  static func span(_ seconds: Double) -> String { Words.span(seconds * 1000) }
}

/// Numbers as people say them.
enum Words {
  /// `7 min`, `25 s`, `1.5 h`; of milliseconds, without their sign.
  static func span(_ milliseconds: Double) -> String {
    let value = abs(milliseconds)
    switch value {
    case ..<1000: return "\(Int(value.rounded())) ms"
    case ..<10_000: return "\(tenths(value / 1000)) s"
    case ..<99_500: return "\(Int((value / 1000).rounded())) s"
    case ..<5_970_000: return "\(Int((value / 60_000).rounded())) min"
    case ..<172_800_000: return "\(tenths(value / 3_600_000)) h"
    default: return "\(tenths(value / 86_400_000)) days"
    }
  }

  static func tenths(_ value: Double) -> String {
    let scaled = Int((value * 10).rounded())
    let (whole, tenth) = scaled.magnitude.quotientAndRemainder(dividingBy: 10)
    return (scaled < 0 ? "-" : "") + (tenth == 0 ? "\(whole)" : "\(whole).\(tenth)")
  }

  /// `12.3 %`.
  static func percent(_ share: Double) -> String {
    let percent = share * 100
    if percent > 0, percent < 0.1 { return "less than 0.1 %" }
    return tenths(percent) + " %"
  }

  /// `1,234,567`.
  static func count(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
  }
}
