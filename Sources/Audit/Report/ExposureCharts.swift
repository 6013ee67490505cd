import Foundation

/// Pictures of how long orders were confirmed and unknown to the ERP.
enum ExposureCharts {
  /// All judged orders as one bar, from harmless to lost.
  static func ribbon(_ exposure: Exposure, _ size: Drawing.Size) -> Drawing {
    var drawing = Drawing(width: size.width, height: 44)
    var x = 0.0
    for part in exposure.parts where part.count > 0 {
      let share = Double(part.count) / Double(max(1, exposure.judged))
      // What is there can be seen, however small.
      let width = max(3, share * size.width)
      drawing.rectangle(
        x: x, y: 2, width: min(width, size.width - x) - 1, height: 40, part.style,
        title: "\(part.label): \(ReportWords.orders(part.count)), \(Words.percent(share))")
      x += width
    }
    return drawing
  }

  /// How many orders are still unknown to the ERP some time after the confirmation, on a logarithmic scale.
  static func curve(_ exposure: Exposure, _ size: Drawing.Size) -> Drawing {
    let isWide = size == .wide
    let height = isWide ? 280.0 : 230
    var drawing = Drawing(width: size.width, height: height)
    let hasTail = isWide && exposure.neverShare > 0
    let (left, right, top, bottom) = (50.0, size.width - (hasTail ? 62 : 40), 30.0, height - 44)
    let last = exposure.curve.last { $0.share > exposure.neverShare }?.seconds ?? 0
    let end = exposure.curve.first { $0.seconds > max(last, 3600) }?.seconds ?? 604_800
    let step = Ticks.step(max(exposure.curve.first?.share ?? 0, 0.001))
    let marks = Ticks.positions(0, exposure.curve.first?.share ?? 0, step: step)
    let most = max(marks.last ?? 1, 0.001)
    let labels: [(Double, String)] = [
      (60, "1 min"), (300, isWide ? "5 min" : "5"), (900, isWide ? "15 min" : "15"), (3600, "1 h"),
    ]
    func x(_ seconds: Double) -> Double { left + (right - left) * log(seconds) / log(end) }
    func y(_ share: Double) -> Double { bottom - (bottom - top) * share / most }

    for mark in marks {
      drawing.line(x1: left, y1: y(mark), x2: right, y2: y(mark), mark == 0 ? "axis" : "grid")
      drawing.text(Words.percent(mark), x: left - 6, y: y(mark) + 4, .end, "label")
    }
    let points = exposure.curve.filter { $0.seconds <= end }.map { (x: x($0.seconds), y: y($0.share)) }
    drawing.path(points, base: bottom, "area")
    drawing.path(points, "curve")
    for (seconds, label) in labels {
      guard let share = exposure.share(after: seconds) else { continue }
      drawing.line(x1: x(seconds), y1: top - 14, x2: x(seconds), y2: bottom, "mark")
      drawing.text(label, x: x(seconds), y: bottom + 18, .middle, "label strong")
      let words = Words.percent(share)
      drawing.dot(x: x(seconds), y: y(share), "dot", title: "After \(label), \(words) were still unknown to the ERP")
      // There is no room for all four on a telephone.
      if isWide || seconds != 300 { drawing.text(words, x: x(seconds) + 5, y: y(share) - 9, .start, "value") }
    }
    let others: [(Double, String)] = [
      (1, "1 s"), (10, "10 s"), (14_400, "4 h"), (86_400, "1 day"), (604_800, "7 days"),
    ]
    for (seconds, label) in others where seconds <= end && (isWide || seconds <= 10 || seconds == end) {
      drawing.text(label, x: x(seconds), y: bottom + 18, seconds == end ? .end : .middle, "label")
    }
    if hasTail {
      drawing.line(x1: right, y1: y(exposure.neverShare), x2: right + 8, y2: y(exposure.neverShare), "curve")
      drawing.text("never", x: right + 12, y: y(exposure.neverShare) - 4, .start, "value")
      drawing.text(
        Words.percent(exposure.neverShare), x: right + 12, y: y(exposure.neverShare) + 11, .start, "value")
    }
    drawing.text(
      "time since the customer was told (logarithmic)", x: (left + right) / 2, y: height - 6, .middle, "label")
    return drawing
  }
}
