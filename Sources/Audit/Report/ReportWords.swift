/// Numbers as the report says them: no more digits than a reader needs.
enum ReportWords {
  /// `17 s`, with a minus sign for a negative one.
  static func signed(_ milliseconds: Double) -> String {
    abs(milliseconds) < 0.5 ? "0" : (milliseconds < 0 ? "−" : "") + Words.span(milliseconds)
  }

  /// `59 min 11 s`: enough to tell the worst orders apart.
  static func exact(_ milliseconds: Int64) -> String {
    let seconds = milliseconds.magnitude / 1000
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
    case ..<172_800: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
    default: return "\(seconds / 86_400) days \(seconds / 3600 % 24) h"
    }
  }

  /// Money by three digits: prices are assumptions.
  static func money(_ amount: Double, _ currency: String) -> String {
    let amount = rounded(amount)
    let (unit, sign) = amount >= 1_000_000 ? (1_000_000, " M") : amount >= 10_000 ? (1000, " k") : (1, "")
    let hundredths = (amount * 100 + unit / 2) / unit
    let rest = hundredths % 100
    let decimals = rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : ".\(rest < 10 ? "0" : "")\(rest)"
    return currency + " " + Words.count(hundredths / 100) + decimals + sign
  }

  /// Three digits, then zeros.
  static func rounded(_ amount: Double) -> Int {
    guard amount.isFinite, abs(amount) < 1e14 else { return 0 }
    var unit = 1.0
    while abs(amount) / unit >= 1000 { unit *= 10 }
    return Int((amount / unit).rounded()) * Int(unit)
  }

  /// `1,234 orders`, `1 order`.
  static func orders(_ count: Int) -> String { Words.count(count) + (count == 1 ? " order" : " orders") }

  /// An axis label for seconds.
  static func tick(_ seconds: Double) -> String { seconds == 0 ? "0" : signed(seconds * 1000) }

  /// `5 Oct` of `2026-10-05`; other texts stay.
  static func day(_ label: String) -> String {
    let parts = label.split(separator: "-").map { Int($0) }
    guard parts.count == 3, let month = parts[1], let day = parts[2], (1...12).contains(month) else { return label }
    return "\(day) \(months[month - 1])"
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The instant as people of a zone read it, without fractions of a second.
  static func time(_ instant: Instant?, _ zone: ZoneRules) -> String {
    guard let instant else { return "never" }
    let civil = CivilTime(milliseconds: instant.milliseconds + zone.offset(at: instant.milliseconds))
    return "\(civil.dateText) \(civil.timeText.prefix(8))"
  }

  /// When the ERP had an order, seen from the confirmation.
  static func known(_ gap: Double) -> String {
    if abs(gap) < 500 { return "at the same moment" }
    return gap < 0
      ? "\(Words.span(gap)) before the customer was told" : "\(Words.span(gap)) after the customer was told"
  }
}

/// The confirmed orders by how long the ERP did not know them.
struct Exposure {
  /// A class of orders with its place on the scale from harmless to lost.
  struct Part {
    let label: String
    let style: String
    let count: Int
  }

  /// Orders that could be judged.
  let judged: Int
  let parts: [Part]
  /// Share of orders still unknown some seconds after the confirmation, from one second on; exact at each point.
  let curve: [(seconds: Double, share: Double)]
  /// Confirmed and never received, as a share.
  let neverShare: Double

  init(_ result: AuditResult) {
    let lost = result.orders.neverReceivedButConfirmed
    let judged = result.orders.joined + lost
    let tolerance = Double(result.assumptions.toleranceMilliseconds)
    self.judged = judged
    let gap = result.gap.overall ?? Distribution()
    // Those told first have the widest gaps: a class of wider ones holds none but them.
    let told = max(0, result.gap.confirmedFirst - lost)
    let (over1, over5) = (min(told, gap.over1Minute), min(told, gap.over5Minutes))
    let (over15, over60) = (min(told, gap.over15Minutes), min(told, gap.over60Minutes))
    parts = [
      // Clocks that are kept in step differ by as much.
      Part(
        label: "the ERP had it first, to within \(Words.span(tolerance))", style: "p0",
        count: judged - told - lost - result.gap.undecided),
      Part(label: "too close to say", style: "p7", count: result.gap.undecided),
      Part(label: "unknown up to 1 min", style: "p1", count: told - over1),
      Part(label: "1 to 5 min", style: "p2", count: over1 - over5),
      Part(label: "5 to 15 min", style: "p3", count: over5 - over15),
      Part(label: "15 to 60 min", style: "p4", count: over15 - over60),
      Part(label: "over an hour", style: "p5", count: over60),
      Part(label: "never in the ERP", style: "p6", count: lost),
    ]
    func share(_ count: Int) -> Double { judged == 0 ? 0 : Double(count) / Double(judged) }
    neverShare = share(lost)
    var beyond = result.gap.histogram.reduce(0) { $0 + $1.count }
    var curve: [(seconds: Double, share: Double)] = []
    for bar in result.gap.histogram {
      beyond -= bar.count
      if let edge = bar.toSeconds, edge >= 1 { curve.append((edge, share(min(told, beyond) + lost))) }
    }
    self.curve = curve
  }

  /// The share still unknown after a time that is a point of the curve.
  func share(after seconds: Double) -> Double? { curve.first { $0.seconds == seconds }?.share }
}
