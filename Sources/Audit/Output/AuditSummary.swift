/// The findings on one screen.
public struct AuditSummary: Sendable {
  private let result: AuditResult

  /// Prepares the summary of a result.
  public init(_ result: AuditResult) { self.result = result }

  /// The summary, about thirty lines; what would steer the terminal is left out of foreign texts.
  public var text: String {
    var lines = [result.verdict.sentence] + result.verdict.doubts.map { "  but: \($0)" } + [""]
    lines += gap() + groups() + hops() + signals() + marketplaces() + cost() + inputs()
    if !result.verdict.toExport.isEmpty {
      lines += ["To know more, export " + result.verdict.toExport.joined(separator: "; ") + "."]
    }
    return lines.map(VisibleText.plain).joined(separator: "\n")
  }

  private static func signed(_ milliseconds: Double) -> String {
    (milliseconds < 0 ? "-" : "") + Words.span(milliseconds)
  }

  private func has(_ role: FileRole) -> Bool { result.inputs.contains { $0.role == role } || result.inputs.isEmpty }

  private func gap() -> [String] {
    let orders = result.orders
    var lines: [String] = []
    if orders.captured > 0 {
      let period = result.period.map { "  (\($0.first.iso8601.prefix(10)) to \($0.last.iso8601.prefix(10)))" } ?? ""
      lines.append(
        "Orders   \(Words.count(orders.captured)) captured, "
          + (has(.confirmations) ? "\(Words.count(orders.confirmed)) confirmed, " : "no log of confirmations, ")
          + (has(.erp) ? "\(Words.count(orders.received)) in the ERP" : "no export of the ERP") + period)
    }
    if let gap = result.gap.overall {
      lines.append(
        "Gap      median \(Self.signed(gap.p50)), 90 % \(Self.signed(gap.p90)), 99 % \(Self.signed(gap.p99)), "
          + "longest \(Self.signed(gap.max))   (receipt minus confirmation"
          + (result.gap.undecided > 0 ? ", as written)" : ")"))
      lines.append(
        "         over 1 min \(Words.percent(gap.share(gap.over1Minute))), 5 min "
          + "\(Words.percent(gap.share(gap.over5Minutes))), "
          + "15 min \(Words.percent(gap.share(gap.over15Minutes))), 1 h \(Words.percent(gap.share(gap.over60Minutes)))"
          + "   (of \(Words.count(gap.count)) with both times)")
    }
    if result.gap.undecided > 0 {
      lines.append(
        "Open     \(Words.count(result.gap.undecided)) orders with times too close to say which came first")
    }
    if orders.neverReceived > 0 {
      lines.append(
        "Never    \(Words.count(orders.neverReceived)) orders never reached the ERP, "
          + "\(Words.count(orders.neverReceivedButConfirmed)) of them confirmed")
    }
    if orders.receivedTwice > 0 {
      lines.append("Twice    \(Words.count(orders.receivedTwice)) orders were recorded more than once in the ERP")
    }
    return lines
  }

  private func groups() -> [String] {
    var lines: [String] = []
    if let worst = result.gap.byHourOfDay.max(by: { ($0.gap?.p90 ?? -.infinity) < ($1.gap?.p90 ?? -.infinity) }),
      let gap = worst.gap
    {
      lines.append("Worst    at \(worst.label):00 (90 % within \(Self.signed(gap.p90)))")
    }
    if let peaks = result.gap.byVolume.first(where: \.isPeak), let busy = peaks.group.gap,
      let usual = result.gap.byVolume.first(where: { !$0.isPeak }), let quiet = usual.group.gap
    {
      lines.append(
        "Peaks    median \(Self.signed(busy.p50)) at \(peaks.label), \(Self.signed(quiet.p50)) in \(usual.label)")
    }
    return lines
  }

  private func hops() -> [String] { result.hops.map { "Hop      \($0.sentence)" } }

  private func signals() -> [String] {
    result.signals.map { signal in
      let state =
        switch signal.state {
        case .holds: "holds         "
        case .doesNotHold: "does not hold "
        case .cannotBeJudged: "not judged    "
        }
      return "Signal   \(state) \(signal.sentence)"
        + (signal.toExport.isEmpty ? "" : " Export \(signal.toExport.joined(separator: "; ")).")
    }
  }

  private func marketplaces() -> [String] {
    result.marketplaces.filter(\.isBreached).map {
      "Limit    \($0.marketplace): \($0.metric) \(Words.percent($0.rate)), allowed \(Words.percent($0.limit)) "
        + "(worst \($0.windowDays) days)"
    }
  }

  private func cost() -> [String] {
    guard let cost = result.cost else { return [] }
    let items = cost.items.map { "\(Words.count($0.count)) x \(Words.tenths($0.each)) \($0.name)" }
    return [
      "Cost     \(cost.currency) \(Words.count(Int(cost.total.rounded()))) in the period: "
        + items.joined(separator: ", ") + "  (prices assumed; change with --cost)"
    ]
  }

  private static func reason(_ reason: Reason) -> String {
    let lines = reason.firstLines.prefix(3).map(String.init).joined(separator: ", ")
    let rest = reason.count > 3 ? " …" : ""
    return "\(reason.reason) \(Words.count(reason.count))"
      + (lines.isEmpty ? "" : ", line\(reason.count == 1 ? "" : "s") \(lines)\(rest)")
  }

  private func inputs() -> [String] {
    var lines = [""]
    for input in result.inputs {
      let unreadable = input.unreadable.reduce(0) { $0 + $1.count }
      let name = input.path.split(separator: "/").last.map(String.init) ?? input.path
      var line = "\(name): \(input.role?.rawValue ?? "not used"), \(input.format), \(Words.count(input.rows)) records"
      if unreadable > 0 {
        line +=
          ", \(Words.count(unreadable)) unreadable ("
          + input.unreadable.map(Self.reason).joined(separator: "; ") + ")"
      }
      lines.append(line)
      lines += input.remarks.map { "  \($0)" }
    }
    if !result.notes.isEmpty { lines += [""] + result.notes }
    return lines + [""]
  }
}
