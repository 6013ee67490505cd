/// What times without seconds, without a time of day or of an unknown order of day and month leave of a verdict.
extension Judgement {
  /// The dates of a log are as good as none: read both ways, without a time of day, or days before their cause.
  func withoutDates() -> Verdict? {
    let inputs = result.inputs.filter { input in input.role.map { DayOrders.judged.contains($0) } ?? false }
    func names(_ inputs: [InputFile]) -> String { inputs.map { Doubts.name($0) }.joined(separator: ", ") }
    let open = inputs.filter { $0.isDayOrderOpen && $0.rows > 0 }
    if !open.isEmpty {
      return withheld("nobody can tell day and month apart in the dates of \(names(open)).", [])
    }
    let days = inputs.filter { ($0.timeResolutionSeconds ?? 0) >= 86_400 }
    if !days.isEmpty {
      return withheld(
        "\(names(days)) \(days.count == 1 ? "has" : "have") dates without a time of day.",
        days.map { "\($0.role?.words ?? "the file") with date and time (\(Doubts.name($0)))" })
    }
    let wrong = result.clockSkews.first {
      $0.offsetSeconds <= -Double(ClockSkews.day) / 1000 && [.erp, .confirmations].contains($0.system)
    }
    return wrong.map { withheld("the files contradict each other. \($0.sentence)", []) }
  }

  /// Whether the times of a result that cannot be judged are sound.
  static func hasTimes(_ result: AuditResult) -> Bool {
    result.verdict.evidence.contains { $0.name == "judged-orders" }
      && !result.inputs.contains { $0.isDayOrderOpen || ($0.timeResolutionSeconds ?? 0) >= 86_400 }
  }

  private func withheld(_ why: String, _ toExport: [String]) -> Verdict {
    var verdict = Verdict(kind: .cannotBeJudged)
    verdict.sentence = "This cannot be judged: " + why
    verdict.toExport = toExport
    return verdict
  }

  /// The gap that would have shown on some order, were it on all of them: of a gap of a few seconds in times without
  /// seconds one order in so many crosses a full minute. When both logs cut their seconds off, it crosses unseen.
  private var visibleGap: Double? {
    guard ledger.receiptBlur == 0 || ledger.confirmationBlur == 0, result.orders.joined > 0 else { return nil }
    let blur = Double(ledger.receiptBlur + ledger.confirmationBlur)
    return Double(ledger.assumptions.toleranceMilliseconds) + 3 * blur / Double(result.orders.joined)
  }

  var isVisible: Bool { visibleGap.map { $0 <= Self.widestHidden } ?? false }

  func tooCoarse() -> Verdict {
    let coarse = result.inputs.filter { input in
      [.erp, .confirmations].contains(input.role) && (input.timeResolutionSeconds ?? 0) > 1
    }
    let names = coarse.map { Doubts.name($0) }.joined(separator: " and ")
    var verdict = withheld(
      "\(Words.count(result.gap.undecided)) of \(Words.count(result.orders.joined)) orders lie so close that the times "
        + "of \(names), without seconds, hide which came first.",
      coarse.map { "\($0.role?.words ?? "the file") with seconds (\(Doubts.name($0)))" })
    verdict.evidence = [undecided()]
    return verdict
  }

  func undecided() -> Evidence {
    var sentence =
      "\(Words.count(result.gap.undecided)) of \(Words.count(result.orders.joined)) orders are undecided: times "
      + "without seconds hide which came first"
    if let visibleGap, result.gap.confirmedFirst == 0 {
      sentence += "; a gap of \(Words.span(visibleGap)) on all of them would have shown"
    }
    return Evidence("undecided-orders", Double(result.gap.undecided), sentence + ".")
  }
}
