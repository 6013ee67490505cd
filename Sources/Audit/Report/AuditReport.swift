/// Who made a report, and how somebody else can make it again.
public struct ReportOrigin: Sendable {
  /// The program's version.
  public var version: String
  /// The command as it was typed, one element for each argument.
  public var commandLine: [String]
  /// When the report was made; nil leaves it out.
  public var created: Instant?

  /// Describes a report's origin.
  public init(version: String, commandLine: [String], created: Instant? = nil) {
    self.version = version
    self.commandLine = commandLine
    self.created = created
  }
}

extension FinishedAudit {
  /// The findings as one HTML page: no network, no script, dark and light, printable. Its size does not grow with the
  /// number of orders.
  public func html(_ origin: ReportOrigin) -> String {
    AuditReport(result: result, worst: WorstOrders(self), origin: origin).page.source
  }
}

/// The orders a person should look at first.
struct WorstOrders {
  /// Longest unknown to the ERP and at last received, the longest first.
  var late: [OrderFinding] = []
  /// Confirmed and never received, the oldest first.
  var never: [OrderFinding] = []
  /// As many of each.
  static let named = 10

  init() {}

  init(_ audit: FinishedAudit) {
    let (ledger, facts) = (audit.ledger, audit.facts)
    var gaps: [(gap: Int64, order: Int)] = []
    for position in audit.positions.late {
      guard let gap = ledger.gap(Int(position), facts) else { continue }
      if gaps.count == Self.named, let last = gaps.last, last.gap >= gap { continue }
      let place = gaps.firstIndex { $0.gap < gap } ?? gaps.count
      gaps.insert((gap, Int(position)), at: place)
      if gaps.count > Self.named { gaps.removeLast() }
    }
    late = gaps.map { ledger.finding($0.order, facts) }
    var told: [(at: Int64, order: Int)] = []
    for position in audit.positions.never {
      let order = Int(position)
      guard let confirmed = ledger.confirmation(order, facts) else { continue }
      let instant = facts.orders.captured[order] + confirmed
      if told.count == Self.named, let last = told.last, last.at <= instant { continue }
      told.insert((instant, order), at: told.firstIndex { $0.at > instant } ?? told.count)
      if told.count > Self.named { told.removeLast() }
    }
    never = told.map { ledger.finding($0.order, facts) }
  }
}

/// The page a director reads.
struct AuditReport {
  let result: AuditResult
  let worst: WorstOrders
  let origin: ReportOrigin
  let zone: ZoneRules
  let exposure: Exposure

  init(result: AuditResult, worst: WorstOrders, origin: ReportOrigin) {
    self.result = result
    self.worst = worst
    self.origin = origin
    zone = ZoneRules(named: result.assumptions.timeZone) ?? .utc
    exposure = Exposure(result)
  }

  var page: HTML {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <meta name="referrer" content="no-referrer">
    <title>Order event audit: \(shortVerdict)</title>
    <style>
    \(ReportStyle.sheet)
    </style>
    </head>
    <body>
    \(header)
    <main>
    \(figures)\(exposureSection)\(timeSection)\(channelSection)\(hopSection)\(signalSection)\(marketplaceSection)\
    \(costSection)\(worstSection)\(clockSection)\(unreadableSection)\(methodSection)</main>
    <footer>Countersign \(origin.version). Made from files on the machine it ran on; this page loads nothing.</footer>
    </body>
    </html>

    """
  }

  /// A section with a heading of its own.
  func section(_ id: String, _ title: String, lead: String = "", _ body: HTML) -> HTML {
    let lead: HTML = lead.isEmpty ? "" : "<p class=\"lead\">\(lead)</p>\n"
    return """
      <section id="\(id)" aria-labelledby="\(id)-h">
      <h2 id="\(id)-h">\(title)</h2>
      \(lead)\(body)</section>

      """
  }

  /// A table; the first cell of each row is its heading. Cells are markup already.
  ///
  /// - Parameter isTitled: whether a heading above says the same as the caption, which is then for screen readers only.
  func table(
    _ caption: String, _ headings: [String], _ rows: [[HTML]], style: String = "", isTitled: Bool = false
  ) -> HTML {
    let head = headings.map { "<th scope=\"col\">\($0)</th>" as HTML }
    let body = rows.map { row -> HTML in
      let cells = row.enumerated().map { position, cell -> HTML in
        position == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td>\(cell)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <div class="table"><table class="\(style)">
      <caption class="\(isTitled ? "unseen" : "")">\(caption)</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body)</tbody></table></div>

      """
  }

  /// What a picture shows, as a table for those who cannot see it or want the figures.
  func data(_ summary: String, _ table: HTML) -> HTML {
    "<details><summary>\(summary)</summary>\n\(table)</details>\n"
  }

  /// A name from a file.
  func name(_ text: String) -> HTML { "<bdi>\(VisibleText.name(text))</bdi>" }

  func number(_ count: Int) -> HTML { "\(Words.count(count))" }

  func span(_ milliseconds: Double?) -> HTML { "\(milliseconds.map { ReportWords.signed($0) } ?? "–")" }

  func list(_ items: [String], style: String = "") -> HTML {
    items.isEmpty ? "" : "<ul class=\"\(style)\">\(items.map { "<li>\($0)</li>" as HTML })</ul>\n"
  }
}
