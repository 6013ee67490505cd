import HandoffCore

/// The picture of one order's way: a column per side, time downwards.
enum Swimlane {
  /// Events in a row that are the same, drawn once.
  private struct Step {
    let event: TimelineEvent
    var count: Int
  }

  private static let rowLimit = 80
  private static let rowHeight = 34
  private static let top = 46
  private static let width = 1080
  private static let timeWidth = 92

  static func draw(_ events: [TimelineEvent], _ clean: (String) -> String) -> String {
    var steps: [Step] = []
    for event in events {
      if let last = steps.last, last.event.event == event.event, last.event.detail == event.detail {
        steps[steps.count - 1].count += 1
      } else {
        steps.append(Step(event: event, count: 1))
      }
    }
    let leftOut = max(0, steps.count - rowLimit)
    steps = Array(steps.suffix(rowLimit))
    let height = top + steps.count * rowHeight + 12
    var svg =
      "<svg class=\"swim\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\" role=\"img\">"
    svg += "<title>Timeline of the order</title>"
    for lane in TimelineEvent.Lane.allCases {
      let x = center(lane)
      svg += "<text class=\"lane\" x=\"\(x)\" y=\"20\" text-anchor=\"middle\">\(title(lane))</text>"
      svg += "<line class=\"rail\" x1=\"\(x)\" y1=\"32\" x2=\"\(x)\" y2=\"\(height - 8)\"/>"
    }
    svg += path(steps)
    for (index, step) in steps.enumerated() {
      svg += row(step, index, since: events.first?.at ?? step.event.at, clean)
    }
    if leftOut > 0 {
      svg += "<text class=\"time\" x=\"4\" y=\"20\">\(leftOut) earlier left out</text>"
    }
    return svg + "</svg>"
  }

  private static func path(_ steps: [Step]) -> String {
    var line = ""
    var previous: (x: Int, y: Int)?
    for (index, step) in steps.enumerated() {
      let x = center(step.event.lane)
      let y = middle(index)
      if let from = previous {
        // Across first, then down: the eye follows who handed over to whom.
        let half = (from.y + y) / 2
        line += from.x == x ? " L\(x) \(y)" : " C\(from.x) \(half) \(x) \(half) \(x) \(y)"
      } else {
        line = "M\(x) \(y)"
      }
      previous = (x, y)
    }
    return line.isEmpty ? "" : "<path class=\"way\" d=\"\(line)\"/>"
  }

  private static func row(_ step: Step, _ index: Int, since start: Timestamp, _ clean: (String) -> String) -> String {
    let event = step.event
    let x = center(event.lane)
    let y = middle(index)
    let time = index == 0 ? clock(event.at) : offset(event.at.since(start))
    var svg = "<text class=\"time\" x=\"4\" y=\"\(y + 4)\">\(PageText.escape(time))</text>"
    svg += "<circle class=\"dot \(event.tone.rawValue)\" cx=\"\(x)\" cy=\"\(y)\" r=\"6\"/>"
    let isLast = event.lane == .customer
    let anchor = isLast ? "end" : "start"
    let labelX = isLast ? x - 13 : x + 13
    var label = Words.event(event.event)
    if step.count > 1 { label += " × \(step.count)" }
    svg += "<text class=\"label\" x=\"\(labelX)\" y=\"\(y + 4)\" text-anchor=\"\(anchor)\">"
    svg += PageText.escape(label)
    let detail = clean(event.detail)
    if !detail.isEmpty {
      let limit = max(12, 62 - label.count)
      let short = detail.count > limit ? String(detail.prefix(limit - 1)) + "…" : detail
      svg += "<tspan class=\"detail\"> \(PageText.escape(short))</tspan>"
    }
    svg += "</text><title>\(PageText.escape(detail))</title>"
    return "<g>" + svg + "</g>"
  }

  private static func center(_ lane: TimelineEvent.Lane) -> Int {
    switch lane {
    case .storefront: timeWidth + 40
    case .countersign: timeWidth + 230
    case .erp: timeWidth + 420
    case .customer: width - 44
    }
  }

  private static func middle(_ index: Int) -> Int { top + index * rowHeight + rowHeight / 2 }

  private static func title(_ lane: TimelineEvent.Lane) -> String {
    switch lane {
    case .storefront: "Storefront"
    case .countersign: "Countersign"
    case .erp: "ERP"
    case .customer: "Customer"
    }
  }

  private static func clock(_ instant: Timestamp) -> String {
    let text = instant.iso8601
    return String(text.drop { $0 != "T" }.dropFirst().prefix(8))
  }

  /// `+12 ms`, `+3.42 s`, `+4 min`.
  static func offset(_ duration: Duration) -> String {
    let milliseconds = max(0, duration.wholeMicroseconds / 1000)
    if milliseconds < 1000 { return "+\(milliseconds) ms" }
    if milliseconds < 60_000 {
      let hundredths = milliseconds / 10 % 100
      return "+\(milliseconds / 1000).\(hundredths < 10 ? "0" : "")\(hundredths) s"
    }
    return "+" + Words.span(duration)
  }
}
