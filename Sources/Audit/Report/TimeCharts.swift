/// Pictures of when it happens: two panels over one axis, so that nobody has to read two scales in one place.
enum TimeCharts {
  /// A slot of the common axis.
  struct Slot {
    var label: String
    var isLabelled: Bool
    var orders: Int
    var title: String
  }

  /// Where both panels lie.
  private struct Frame {
    let size: Drawing.Size
    let slots: Int
    let left = 66.0
    let top = 26.0
    let upper: Double
    let lower = 64.0
    let between = 46.0

    init(_ size: Drawing.Size, slots: Int) {
      self.size = size
      self.slots = max(1, slots)
      upper = size == .wide ? 170 : 140
    }

    var right: Double { size.width - 16 }
    var middle: Double { top + upper }
    var lowerTop: Double { middle + between }
    var bottom: Double { lowerTop + lower }
    var height: Double { bottom + 24 }
    var slotWidth: Double { (right - left) / Double(slots) }
    func x(_ slot: Int) -> Double { left + slotWidth * Double(slot) }
    var bar: Double { max(1, min(34, slotWidth * 0.72)) }
    func barX(_ slot: Int) -> Double { x(slot) + (slotWidth - bar) / 2 }
  }

  /// The gap of each hour of the day above its orders: does it widen at peaks?
  static func hours(_ groups: [GapGroup], _ size: Drawing.Size) -> Drawing {
    var byHour = [GapGroup?](repeating: nil, count: 24)
    for group in groups { if let hour = Int(group.label), (0..<24).contains(hour) { byHour[hour] = group } }
    let slots = byHour.enumerated().map { hour, group in
      Slot(
        label: (hour < 10 ? "0" : "") + String(hour), isLabelled: hour % (size == .wide ? 2 : 6) == 0,
        orders: group?.orders ?? 0, title: group.map { title($0, at: "\($0.label):00") } ?? "")
    }
    let frame = Frame(size, slots: 24)
    var drawing = Drawing(width: size.width, height: frame.height)
    let gaps = byHour.compactMap { $0?.gap }
    let low = min(0, gaps.map { min($0.p50, $0.p90) }.min() ?? 0) / 1000
    let high = max(0, gaps.map { max($0.p50, $0.p90) }.max() ?? 0) / 1000
    let step = Ticks.durationStep(max(high - low, 0.4), count: size == .wide ? 5 : 4)
    let marks = Ticks.positions(
      -low * 20 < high ? 0 : low, low * -20 > -high && high * 20 < -low ? 0 : high, step: step)
    let (first, last) = (marks.first ?? 0, marks.last ?? 1)
    func y(_ seconds: Double) -> Double {
      frame.middle - frame.upper * (min(max(seconds, first), last) - first) / max(last - first, 0.001)
    }
    drawing.text("gap: receipt minus confirmation", x: 0, y: 12, .start, "label strong")
    for mark in marks {
      drawing.line(x1: frame.left, y1: y(mark), x2: frame.right, y2: y(mark), mark == 0 ? "axis" : "grid")
      drawing.text(ReportWords.tick(mark), x: frame.left - 6, y: y(mark) + 4, .end, "label")
    }
    for (hour, group) in byHour.enumerated() {
      guard let gap = group?.gap else { continue }
      // From the same base, the longer bar first, so that both are seen.
      let bars = [(gap.p90, "ninth"), (gap.p50, "half")].sorted { abs($0.0) > abs($1.0) }
      for (value, style) in bars {
        let (from, to) = (y(max(0, value / 1000)), y(min(0, value / 1000)))
        let harm = value > 1000 ? "late" : "early"
        drawing.rectangle(
          x: frame.barX(hour), y: from, width: frame.bar, height: max(1.5, to - from), "\(style) \(harm)",
          title: slots[hour].title)
      }
    }
    orders(slots, frame, &drawing)
    return drawing
  }

  private static func title(_ group: GapGroup, at time: String) -> String {
    var text = "\(time): \(ReportWords.orders(group.orders)), \(Words.count(group.confirmedFirst)) confirmed first"
    if let gap = group.gap {
      text += "; half within \(ReportWords.signed(gap.p50)), 9 of 10 within \(ReportWords.signed(gap.p90))"
    }
    return text
  }

  /// The share of orders confirmed first on each day (or week or month, when there are many) above the orders.
  static func days(_ spans: [DaySpan], _ size: Drawing.Size) -> Drawing {
    let frame = Frame(size, slots: spans.count)
    let every = max(1, Int((Double(spans.count) / (size == .wide ? 15 : 5)).rounded(.up)))
    let slots = spans.enumerated().map { position, span in
      Slot(
        label: ReportWords.day(span.label), isLabelled: position % every == 0, orders: span.orders, title: span.title)
    }
    var drawing = Drawing(width: size.width, height: frame.height)
    let most = spans.map(\.share).max() ?? 0
    let marks = Ticks.positions(0, most, step: Ticks.step(max(most, 0.01)))
    let top = marks.last ?? 1
    func y(_ share: Double) -> Double { frame.middle - frame.upper * share / max(top, 0.0001) }
    drawing.text("told first, share of orders", x: 0, y: 12, .start, "label strong")
    for mark in marks {
      drawing.line(x1: frame.left, y1: y(mark), x2: frame.right, y2: y(mark), mark == 0 ? "axis" : "grid")
      drawing.text(Words.percent(mark), x: frame.left - 6, y: y(mark) + 4, .end, "label")
    }
    for (position, span) in spans.enumerated() where span.orders > 0 {
      let lost = Double(span.never) / Double(span.orders)
      drawing.rectangle(
        x: frame.barX(position), y: y(span.share), width: frame.bar, height: frame.middle - y(span.share), "half late",
        title: span.title)
      if span.never > 0 {
        drawing.rectangle(
          x: frame.barX(position), y: y(min(lost, span.share)), width: frame.bar,
          height: frame.middle - y(min(lost, span.share)), "p6", title: span.title)
      }
    }
    orders(slots, frame, &drawing)
    return drawing
  }

  /// The lower panel: how many orders there were.
  private static func orders(_ slots: [Slot], _ frame: Frame, _ drawing: inout Drawing) {
    let most = slots.map(\.orders).max() ?? 0
    let marks = Ticks.positions(0, Double(most), step: Ticks.step(max(Double(most), 1), count: 2))
    let top = max(marks.last ?? 1, 1)
    func y(_ orders: Double) -> Double { frame.bottom - frame.lower * orders / top }
    drawing.text("orders placed", x: 0, y: frame.lowerTop - 14, .start, "label strong")
    for mark in marks {
      drawing.line(x1: frame.left, y1: y(mark), x2: frame.right, y2: y(mark), mark == 0 ? "axis" : "grid")
      drawing.text(short(mark, most: top), x: frame.left - 6, y: y(mark) + 4, .end, "label")
    }
    for (position, slot) in slots.enumerated() {
      let height = frame.bottom - y(Double(slot.orders))
      drawing.rectangle(
        x: frame.barX(position), y: frame.bottom - height, width: frame.bar, height: height, "volume", title: slot.title
      )
      if slot.isLabelled {
        drawing.text(slot.label, x: frame.barX(position) + frame.bar / 2, y: frame.bottom + 17, .middle, "label")
      }
    }
  }

  /// All labels of an axis in one unit.
  private static func short(_ number: Double, most: Double) -> String {
    if most >= 1e6 { return Words.tenths(number / 1e6) + (number == 0 ? "" : " M") }
    if most >= 10_000 { return Words.tenths(number / 1000) + (number == 0 ? "" : " k") }
    return Words.count(Int(number))
  }
}

/// A day, or several that share a bar.
struct DaySpan {
  let label: String
  let unit: String
  var days = 0
  var orders = 0
  var confirmedFirst = 0
  var never = 0

  var share: Double { orders == 0 ? 0 : Double(confirmedFirst) / Double(orders) }

  var title: String {
    "\(unit == "day" ? "" : unit + " from ")\(label): \(ReportWords.orders(orders)), "
      + "\(Words.count(confirmedFirst)) confirmed first, \(Words.count(never)) never received"
  }

  /// The days; weeks from a quarter on, months from two years on: the page must not grow with the period.
  static func spans(_ days: [GapGroup]) -> [DaySpan] {
    let unit = days.count <= 92 ? "day" : days.count <= 730 ? "week" : days.count <= 3650 ? "month" : "year"
    var spans: [DaySpan] = []
    for day in days {
      let label = start(of: day.label, unit)
      if spans.last?.label != label { spans.append(DaySpan(label: label, unit: unit)) }
      spans[spans.count - 1].days += 1
      spans[spans.count - 1].orders += day.orders
      spans[spans.count - 1].confirmedFirst += day.confirmedFirst
      spans[spans.count - 1].never += day.neverReceived
    }
    return Array(spans.suffix(150))
  }

  private static func start(of day: String, _ unit: String) -> String {
    let parts = day.split(separator: "-").map { Int($0) ?? 1 }
    guard unit != "day", parts.count == 3 else { return day }
    if unit == "month" { return "\(day.prefix(7))-01" }
    if unit == "year" { return String(day.prefix(4)) }
    let monday = Week.monday(CivilTime.daysSinceEpoch(year: parts[0], month: parts[1], day: parts[2]))
    return CivilTime(milliseconds: Int64(monday) * CivilTime.millisecondsPerDay).dateText
  }
}

/// Pictures of parts and limits.
enum BarCharts {
  /// The time of slow orders by the hop it is spent in.
  static func hops(_ hops: [Hop], _ size: Drawing.Size) -> Drawing {
    var drawing = Drawing(width: size.width, height: 74)
    var x = 0.0
    for (position, hop) in hops.enumerated() {
      let share = hop.shareOfLateness ?? 0
      let width = max(share > 0 ? 3 : 0, share * size.width)
      guard width > 0 else { continue }
      drawing.rectangle(
        x: x, y: 24, width: min(width, size.width - x) - 1, height: 46, hop.style(at: position, in: hops),
        title: "\(hop.name.words): \(Words.percent(share)) of slow orders' time")
      if width > 90 {
        drawing.text("\(hop.name.words)", x: x + 2, y: 14, .start, "label strong")
        drawing.text(Words.percent(share), x: x + 12, y: 52, .start, "inside")
      }
      x += width
    }
    return drawing
  }

  /// A rate against its limit.
  static func limit(_ metric: MarketplaceMetric) -> Drawing {
    var drawing = Drawing(width: 220, height: 22)
    let most = max(metric.rate, metric.limit) * 1.15
    guard most > 0 else { return drawing }
    drawing.rectangle(x: 0, y: 5, width: 220, height: 12, "track", radius: 2)
    drawing.rectangle(
      x: 0, y: 5, width: 220 * metric.rate / most, height: 12, metric.isBreached ? "half late" : "half early",
      radius: 2,
      title: "\(Words.percent(metric.rate)) of \(Words.percent(metric.limit)) allowed")
    drawing.line(x1: 220 * metric.limit / most, y1: 0, x2: 220 * metric.limit / most, y2: 22, "limit")
    return drawing
  }

  /// A share as a bar in a table's cell.
  static func share(_ share: Double, most: Double) -> Drawing {
    var drawing = Drawing(width: 120, height: 12)
    drawing.rectangle(x: 0, y: 1, width: 120, height: 10, "track", radius: 2)
    drawing.rectangle(x: 0, y: 1, width: most > 0 ? 120 * share / most : 0, height: 10, "half late", radius: 2)
    return drawing
  }
}

extension Hop {
  /// The step with most of the time stands out; the others only differ.
  func style(at position: Int, in hops: [Hop]) -> String {
    let share = shareOfLateness ?? 0
    if share > 0, !hops.contains(where: { ($0.shareOfLateness ?? 0) > share }) { return "h1" }
    return ["h0", "h2", "h3"][position % 3]
  }
}
