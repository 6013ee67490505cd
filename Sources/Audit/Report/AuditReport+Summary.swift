/// What fits on the first screen: the verdict and the four figures.
extension AuditReport {
  var shortVerdict: String {
    switch result.verdict.kind {
    case .healthy: "healthy"
    case .syncLag: "sync lag"
    case .handoffFailure: "handoff failure"
    case .cannotBeJudged: "cannot be judged"
    }
  }

  private var verdictStyle: String {
    switch result.verdict.kind {
    case .healthy: "good"
    case .syncLag: "unsure"
    case .handoffFailure: "bad"
    case .cannotBeJudged: "unknown"
    }
  }

  /// A sign beside the colour: one in twelve men cannot tell red from green.
  private var verdictSign: HTML {
    switch result.verdict.kind {
    case .healthy: "✓"
    case .syncLag: "!"
    case .handoffFailure: "✕"
    case .cannotBeJudged: "?"
    }
  }

  var header: HTML {
    let period = result.period.map { "\($0.first.iso8601.prefix(10)) to \($0.last.iso8601.prefix(10))" } ?? "no period"
    let hop = result.verdict.hop.map { ["Where: \($0.words)."] } ?? []
    // A share of nothing among the quick ones or at peaks is no evidence.
    let silent = ["confirmed-first-share-of-fast", "confirmed-first-share-at-peaks"]
    let evidence =
      hop + result.verdict.evidence.filter { $0.value != 0 || !silent.contains($0.name) }.map(\.sentence)
    let doubts: HTML =
      result.verdict.doubts.isEmpty
      ? "" : "<div class=\"doubts\" role=\"note\">\(list(result.verdict.doubts))</div>\n"
    let export =
      result.verdict.toExport.isEmpty
      ? HTML.none
      : "<p class=\"more\">To know more, export \(result.verdict.toExport.joined(separator: "; ")).</p>\n" as HTML
    return """
      <header class="\(verdictStyle)">
      <p class="over">Order event audit · \(period) · \(ReportWords.orders(result.orders.captured))</p>
      <h1><span class="sign" aria-hidden="true">\(verdictSign)</span>\(result.verdict.sentence)</h1>
      \(doubts)\(list(evidence, style: "evidence"))\(export)</header>

      """
  }

  var figures: HTML {
    let tiles = [riskTile, gapTile, lateTile, costTile].map { tile -> HTML in
      """
      <div class="tile \(tile.style)"><dt>\(tile.label)</dt><dd><b>\(tile.value)</b><span>\(tile.note)</span></dd></div>

      """
    }
    return "<section id=\"figures\" aria-label=\"The four figures\"><dl class=\"tiles\">\n\(tiles)</dl></section>\n"
  }

  private struct Tile {
    let label: String
    let value: String
    let note: String
    let style: String
  }

  var isJudged: Bool { result.verdict.kind != .cannotBeJudged }

  private var riskTile: Tile {
    guard isJudged else { return Tile(label: "Orders at risk", value: "–", note: "cannot be judged", style: "") }
    return Tile(
      label: "Orders at risk", value: Words.count(result.gap.confirmedFirst),
      note:
        "\(Words.percent(result.gap.confirmedFirstShare)) of \(Words.count(exposure.judged)) confirmed orders: "
        + "the customer was told first"
        + (result.gap.undecided > 0 ? "; \(Words.count(result.gap.undecided)) are too close to say" : ""),
      style: result.verdict.kind == .handoffFailure ? "bad" : result.gap.confirmedFirst == 0 ? "good" : "")
  }

  private var gapTile: Tile {
    guard isJudged else { return Tile(label: "Gap, 99 of 100 within", value: "–", note: "cannot be judged", style: "") }
    guard let gap = result.gap.overall else {
      return Tile(label: "Gap, 99 of 100 within", value: "–", note: "no order has both times", style: "")
    }
    if result.gap.undecided > 0, gap.p99 <= 60_000 {
      return Tile(
        label: "Gap, 99 of 100 within", value: "open",
        note: "\(ReportWords.orders(result.gap.undecided)) lie within what the times leave out", style: "")
    }
    if gap.p99 <= Double(result.assumptions.toleranceMilliseconds) {
      return Tile(
        label: "Gap, 99 of 100 within", value: "none",
        note: "they were in the ERP \(ReportWords.known(gap.p99)), half of them \(Words.span(gap.p50)) before",
        style: "good")
    }
    return Tile(
      label: "Gap, 99 of 100 within", value: ReportWords.signed(gap.p99),
      note: "half of them were in the ERP \(ReportWords.known(gap.p50))", style: gap.p99 > 60_000 ? "bad" : "")
  }

  private var lateTile: Tile {
    let limit = Words.span(Double(result.assumptions.lateAfterSeconds) * 1000)
    let late = result.affected.late.count
    guard isJudged else {
      return Tile(label: "Over \(limit), or never", value: "–", note: "cannot be judged", style: "")
    }
    let lost = result.orders.neverReceivedButConfirmed
    return Tile(
      label: "Over \(limit), or never",
      value: Words.percent(Double(late) / Double(exposure.judged)),
      note: late == 0
        ? "not one order"
        : "\(ReportWords.orders(late))"
          + (lost == 0
            ? ", all of them received in the end"
            : lost == late ? ", all of them never in the ERP" : ", \(Words.count(lost)) of them never in the ERP"),
      style: late == 0 ? "good" : result.foundGap ? "bad" : "")
  }

  private var costTile: Tile {
    guard isJudged else { return Tile(label: "Cost in the period", value: "–", note: "cannot be judged", style: "") }
    guard let cost = result.cost else {
      return Tile(label: "Cost in the period", value: "none found", note: "nothing in the files had a price", style: "")
    }
    let isAssumed = cost.items.contains { $0.basis == "assumed" }
    return Tile(
      label: "Cost in the period", value: ReportWords.money(cost.total, cost.currency),
      note: (cost.perYear.map { "at this rate \(ReportWords.money($0, cost.currency)) a year; " } ?? "")
        + (isAssumed ? "prices are assumptions" : "at the prices given"),
      style: "")
  }
}
