/// Where it lives, the three signals, the marketplaces' limits and the cost.
extension AuditReport {
  var hopSection: HTML {
    let hops = result.hops
    guard !hops.isEmpty else {
      return section(
        "hops", "Where it lives",
        """
        <p>The files do not show the way between storefront and ERP. Export the storefront’s webhook delivery log and
        the integration’s queue log to see where time and orders are lost.</p>

        """)
    }
    var body = HTML.none
    if let hop = result.verdict.hop { body += "<p class=\"lead\">\(sentence(hop))</p>\n" }
    if hops.contains(where: { ($0.shareOfLateness ?? 0) > 0 }) {
      let words = hops.map { "\($0.name.words) \(Words.percent($0.shareOfLateness ?? 0))" }
      let bar = Drawing.both(
        id: "hop-bar", title: "Where the time of slow orders is spent", description: words.joined(separator: ", ")
      ) { BarCharts.hops(hops, $0) }
      body += "<h3>Where the time of slow orders is spent <small>(over a minute to the ERP)</small></h3>\n"
      body += "<figure>\(bar)</figure>\n"
    }
    let rows = hops.enumerated().map { position, hop -> [HTML] in
      [
        "<i class=\"key \(hop.style(at: position, in: hops))\"></i>\(hop.name.words)", span(hop.duration?.p50),
        span(hop.duration?.p99),
        "\(hop.shareOfLateness.map { Words.percent($0) } ?? "–")", number(hop.lost),
      ]
    }
    return section(
      "hops", "Where it lives",
      body
        + table(
          "The steps between the storefront and the ERP",
          ["step", "median", "99 of 100 within", "of slow orders’ time", "orders that end here"], rows))
  }

  private func sentence(_ hop: HopName) -> String {
    switch hop {
    case .trigger:
      "The confirmation’s trigger: it leaves without waiting for the ERP’s receipt. No faster step would help."
    case .webhookDelivery: "It is the webhook delivery from the storefront."
    case .integrationQueue: "It is the integration’s queue."
    case .erpProcessing: "It is the ERP’s own processing."
    }
  }

  var signalSection: HTML {
    let cards = result.signals.map { signal -> HTML in
      let (state, style): (String, String) =
        switch signal.state {
        case .holds: ("✕ holds", "bad")
        case .doesNotHold: ("✓ does not hold", "good")
        case .cannotBeJudged: ("? cannot be judged", "unknown")
        }
      let further = signal.evidence.filter { $0.value != 0 && $0.sentence != signal.sentence }.map(\.sentence)
      let export: HTML =
        signal.toExport.isEmpty
        ? "" : "<p class=\"more\">Export \(signal.toExport.joined(separator: "; ")).</p>\n"
      return """
        <article class="\(style)"><h3>\(title(signal.name))</h3><p class="state">\(state)</p>
        <p>\(signal.sentence)</p>\(list(further))\(export)</article>

        """
    }
    return section(
      "signals", "The three signals", lead: "What a missing handoff looks like from outside, whatever the logs say.",
      "<div class=\"cards\">\n\(cards)</div>\n")
  }

  private func title(_ name: Signal.Name) -> String {
    switch name {
    case .supportCannotFindOrders: "Support cannot find orders"
    case .marketplaceOversell: "Marketplaces oversell"
    case .planningOnMismatchedDemand: "Planning on the wrong demand"
    }
  }

  var marketplaceSection: HTML {
    guard !result.marketplaces.isEmpty || !result.oversellConfigurations.isEmpty else { return "" }
    let rows = result.marketplaces.map { metric -> [HTML] in
      [
        "\(Self.capitalised(metric.marketplace)) <span>\(metric.metric)</span>",
        "<b class=\"\(metric.isBreached ? "bad" : "good")\">\(Words.percent(metric.rate))</b>",
        "\(Words.percent(metric.limit))", BarCharts.limit(metric).decoration,
        "\(number(metric.defects)) of \(number(metric.orders)) in \(metric.windowDays) days",
        "<small>\(metric.source)</small>",
      ]
    }
    var body = HTML.none
    if !rows.isEmpty {
      body += table(
        "Penalty metrics in the worst window of the period, cancellations for want of stock alone",
        ["metric", "found", "allowed", "", "orders", "published at"], rows)
    }
    body += list(result.oversellConfigurations.map(\.sentence))
    return section("marketplaces", "Marketplace penalties", body)
  }

  private static func capitalised(_ marketplace: String) -> String {
    ["amazon": "Amazon", "walmart": "Walmart", "ebay": "eBay"][marketplace] ?? VisibleText.name(marketplace)
  }

  var costSection: HTML {
    guard let cost = result.cost else { return "" }
    var rows = cost.items.map { item -> [HTML] in
      [
        "\(item.what)", number(item.count), "\(price(item.each))",
        "\(item.basis == "assumed" ? "assumed" : "given") <code>\(item.name)</code>",
        "\(Words.count(Int(item.total.rounded())))",
      ]
    }
    rows.append(["<b>in the period</b>", "", "", "", "<b>\(Words.count(Int(cost.total.rounded())))</b>"])
    if let perYear = cost.perYear {
      rows.append(["at this rate in a year, rounded", "", "", "", "\(Words.count(ReportWords.rounded(perYear)))"])
    }
    return section(
      "cost", "What it cost",
      lead: "Counts from the files times prices. Prices that are assumed can be replaced: --cost NAME=PRICE.",
      table(
        "Cost in \(cost.currency)", ["what", "how many", "price of one", "basis", "together, \(cost.currency)"], rows,
        style: "cost", isTitled: true))
  }

  private func price(_ price: Double) -> String {
    guard price < 1e9 else { return Words.count(Int(price)) }
    let cents = Int((price * 100).rounded())
    let rest = cents % 100
    return Words.count(cents / 100) + (rest == 0 ? "" : "." + (rest < 10 ? "0" : "") + String(rest))
  }
}
