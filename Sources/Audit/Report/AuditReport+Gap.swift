/// How long, when, and in which channel orders were confirmed and unknown to the ERP.
extension AuditReport {
  var exposureSection: HTML {
    guard isJudged else {
      let why = exposure.judged == 0 ? "No order has both a confirmation and a receipt in these files. " : ""
      return section(
        "exposure", "How long orders were confirmed and unknown to the ERP", "<p>\(why)Nothing can be drawn.</p>\n")
    }
    let shown = exposure.parts.filter { $0.count > 0 }
    func share(_ part: Exposure.Part) -> Double { Double(part.count) / Double(exposure.judged) }
    let words = shown.map { "\($0.label) \(Words.percent(share($0)))" }.joined(separator: ", ")
    let ribbon = Drawing.both(id: "ribbon", title: "All confirmed orders", description: words) {
      ExposureCharts.ribbon(exposure, $0)
    }
    let legend = shown.map { part -> HTML in
      """
      <li><i class="key \(part.style)"></i>\(part.label) <b>\(Words.percent(share(part)))</b> \
      <span>\(Words.count(part.count))</span></li>
      """
    }
    var body: HTML = "<figure>\(ribbon)<figcaption><ul class=\"legend\">\(legend)</ul></figcaption></figure>\n"
    if result.gap.confirmedFirst > result.orders.neverReceivedButConfirmed {
      let description = exposure.curve.map { "after \(ReportWords.tick($0.seconds)) \(Words.percent($0.share))" }
      let curve = Drawing.both(
        id: "curve", title: "Share of confirmed orders still unknown to the ERP, by time since the confirmation",
        description: description.joined(separator: ", ")
      ) { ExposureCharts.curve(exposure, $0) }
      body += "<h3>Share of confirmed orders the ERP still did not know</h3>\n<figure>\(curve)</figure>\n"
    } else if result.gap.confirmedFirst > 0 {
      body += "<p>What reached the ERP reached it before the customer was told; the others never reached it.</p>\n"
    } else {
      let seen = result.gap.undecided > 0 ? "can be seen to be" : "was"
      body += "<p>No customer \(seen) told before the ERP had the order.</p>\n"
    }
    let rows = exposure.curve.map { point -> [HTML] in
      ["\(ReportWords.tick(point.seconds))", "\(Words.percent(point.share))"]
    }
    return section(
      "exposure", "How long orders were confirmed and unknown to the ERP",
      lead:
        result.gap.confirmedFirst == 0
        ? "" : "All this time support cannot find the order, sold stock is still offered, and planning misses it.",
      body + data("The figures", table("Still unknown to the ERP", ["after", "share of confirmed orders"], rows)))
  }

  var timeSection: HTML {
    // Where nothing could be judged, "0 % told first" would be a false comfort.
    guard isJudged, !result.gap.byHourOfDay.isEmpty else { return "" }
    let hours = Drawing.both(
      id: "hours", title: "Gap and orders by hour of the day",
      description: result.gap.byHourOfDay.map { group in
        "\(group.label):00: \(group.orders) orders, \(group.confirmedFirst) confirmed first"
      }.joined(separator: "; ")
    ) { TimeCharts.hours(result.gap.byHourOfDay, $0) }
    let spans = DaySpan.spans(result.gap.byDay)
    let unit = spans.first?.unit ?? "day"
    return section(
      "when", result.gap.confirmedFirst > 0 ? "When it happens" : "By hour, volume and day",
      lead: peakSentence
        + (result.gap.undecided > 0 ? " Gaps are given as the times are written, without seconds." : ""),
      """
      <h3>By hour of the day <small>(\(result.assumptions.timeZone))</small></h3>
      <figure>\(hours)<figcaption><ul class="legend">\(hourLegend)</ul></figcaption></figure>
      \(data("The figures by hour", groupTable("By hour of the day", "hour", result.gap.byHourOfDay)))\
      \(volumeTable)<h3>By \(unit)</h3>
      \(dayFigure(spans))
      \(data("The figures by \(unit)", spanTable(spans)))
      """)
  }

  private var hourLegend: HTML {
    let gaps = result.gap.byHourOfDay.compactMap(\.gap)
    var legend = HTML.none
    if gaps.contains(where: { $0.p90 > 1000 }) {
      legend += "<li><i class=\"key half late\"></i>half of the hour’s orders known within</li>"
      legend += "<li><i class=\"key ninth late\"></i>9 of 10 known within</li>"
    }
    if gaps.contains(where: { $0.p50 <= 1000 }) {
      legend += "<li><i class=\"key half early\"></i>half in the ERP first, by at least</li>"
    }
    if gaps.contains(where: { $0.p90 <= 1000 }) {
      legend += "<li><i class=\"key ninth early\"></i>9 of 10 in the ERP first, by at least</li>"
    }
    return legend
  }

  private func dayFigure(_ spans: [DaySpan]) -> HTML {
    let unit = spans.first?.unit ?? "day"
    guard result.gap.confirmedFirst > 0 else { return "<p>No \(unit) has a customer who was told first.</p>" }
    let days = Drawing.both(
      id: "days", title: "Share of orders confirmed first, and orders, by \(unit)",
      description: "\(spans.count) bars; the figures stand in the table below."
    ) { TimeCharts.days(spans, $0) }
    let legend: HTML =
      result.orders.neverReceivedButConfirmed == 0
      ? ""
      : """
      <figcaption><ul class="legend"><li><i class="key half late"></i>told first</li>
      <li><i class="key p6"></i>of them never in the ERP</li></ul></figcaption>
      """
    return "<figure>\(days)\(legend)</figure>"
  }

  private var peakSentence: String {
    guard let quiet = result.gap.byVolume.first(where: { !$0.isPeak }),
      let busy = result.gap.byVolume.first(where: \.isPeak), let quietGap = quiet.group.gap,
      let busyGap = busy.group.gap
    else { return "" }
    func share(_ group: GapGroup) -> Double {
      group.orders == 0 ? 0 : Double(group.confirmedFirst) / Double(group.orders)
    }
    let (calm, peak) = (share(quiet.group), share(busy.group))
    let figures =
      "At \(busy.label) \(Words.percent(peak)) of customers were told first (median gap "
      + "\(ReportWords.signed(busyGap.p50))), in \(quiet.label) \(Words.percent(calm)) "
      + "(\(ReportWords.signed(quietGap.p50)))."
    if peak > 2 * calm, peak >= 0.01 { return "It widens at peaks. \(figures)" }
    return result.gap.confirmedFirst > 0 ? "It does not follow the number of orders. \(figures)" : figures
  }

  private var volumeTable: HTML {
    guard !result.gap.byVolume.isEmpty else { return "" }
    let most = result.gap.byVolume.map { share($0.group) }.max() ?? 0
    let rows = result.gap.byVolume.map { item -> [HTML] in
      ["\(item.label) <span>(\(Self.range(item)) an hour)</span>"]
        + cells(item.group, most: most)
    }
    return "<h3>By how busy the hour was</h3>\n"
      + table(
        "By how busy the hour was", ["hours", "orders", "told first", "", "median gap", "9 of 10 within"], rows,
        isTitled: true)
  }

  private static func range(_ item: VolumeClass) -> String {
    item.ordersFrom == item.ordersTo
      ? ReportWords.orders(item.ordersTo) : "\(Words.count(item.ordersFrom)) to \(ReportWords.orders(item.ordersTo))"
  }

  private func share(_ group: GapGroup) -> Double {
    group.orders == 0 ? 0 : Double(group.confirmedFirst) / Double(group.orders)
  }

  private func cells(_ group: GapGroup, most: Double) -> [HTML] {
    let bar = BarCharts.share(share(group), most: max(most, 0.2)).decoration
    return [
      number(group.orders), "\(Words.percent(share(group)))", bar, span(group.gap?.p50), span(group.gap?.p90),
    ]
  }

  private func groupTable(_ caption: String, _ what: String, _ groups: [GapGroup]) -> HTML {
    let rows = groups.map { group -> [HTML] in
      [
        name(group.label), number(group.orders), number(group.confirmedFirst), number(group.neverReceived),
        span(group.gap?.p50), span(group.gap?.p90), span(group.gap?.p99),
      ]
    }
    return table(
      caption, [what, "orders", "told first", "never in the ERP", "median gap", "9 of 10", "99 of 100"], rows)
  }

  private func spanTable(_ spans: [DaySpan]) -> HTML {
    let unit = spans.first?.unit ?? "day"
    if unit == "day" { return groupTable("By day", "day", result.gap.byDay) }
    let rows = spans.map { span -> [HTML] in
      ["\(span.label)", number(span.orders), number(span.confirmedFirst), number(span.never)]
    }
    return table("By \(unit)", ["\(unit) from", "orders", "told first", "never in the ERP"], rows)
  }

  var channelSection: HTML {
    let shown = result.gap.byChannel.prefix(12)
    guard isJudged, !shown.isEmpty else { return "" }
    let most = shown.map { share($0) }.max() ?? 0
    var rows = shown.map { [name($0.label)] + cells($0, most: most) + [number($0.neverReceived)] }
    let rest = result.gap.byChannel.dropFirst(shown.count)
    if !rest.isEmpty {
      var others = GapGroup(label: "", orders: 0, confirmedFirst: 0, neverReceived: 0, gap: nil)
      for group in rest {
        others.orders += group.orders
        others.confirmedFirst += group.confirmedFirst
        others.neverReceived += group.neverReceived
      }
      rows.append(["\(rest.count) further channels"] + cells(others, most: most) + [number(others.neverReceived)])
    }
    return section(
      "channels", "In which channel",
      table(
        "By sales channel",
        ["channel", "orders", "told first", "", "median gap", "9 of 10 within", "never in the ERP"], rows,
        isTitled: true))
  }
}

extension Drawing {
  /// A picture that repeats the figure beside it: nothing to tell a screen reader.
  var decoration: HTML { "<span class=\"spark\" aria-hidden=\"true\">\(bare)</span>" }
}
