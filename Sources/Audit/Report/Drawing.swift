/// An SVG picture that is being drawn; colours and fonts come from the page's style sheet by class.
struct Drawing {
  /// Room for the picture: charts are drawn once for a page and once for a telephone, so that letters stay legible.
  enum Size: String, CaseIterable {
    case wide
    case narrow

    var width: Double { self == .wide ? 880 : 340 }
  }

  enum Anchor: String { case start, middle, end }

  let width: Double
  let height: Double
  private var parts: [HTML] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// A rectangle; what a pointer over it is told stands in its title.
  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ style: String, radius: Double = 0, title: String = ""
  ) {
    let hint: HTML = title.isEmpty ? "" : "<title>\(title)</title>"
    let corner: HTML = radius > 0 ? " rx=\"\(radius)\"" : ""
    parts.append(
      """
      <rect class="\(style)" x="\(x)" y="\(y)" width="\(max(0, width))" height="\(max(0, height))"\(corner)>\
      \(hint)</rect>
      """)
  }

  mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, _ style: String) {
    parts.append("<line class=\"\(style)\" x1=\"\(x1)\" y1=\"\(y1)\" x2=\"\(x2)\" y2=\"\(y2)\"/>")
  }

  mutating func dot(x: Double, y: Double, _ style: String, title: String) {
    parts.append("<circle class=\"\(style)\" cx=\"\(x)\" cy=\"\(y)\" r=\"4\"><title>\(title)</title></circle>")
  }

  mutating func text(_ text: String, x: Double, y: Double, _ anchor: Anchor = .start, _ style: String = "") {
    parts.append("<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor.rawValue)\">\(text)</text>")
  }

  /// Points joined by straight lines; closed down to a base line when one is given.
  mutating func path(_ points: [(x: Double, y: Double)], base: Double? = nil, _ style: String) {
    guard let first = points.first, let last = points.last else { return }
    var steps: HTML = "M\(first.x) \(first.y)"
    for point in points.dropFirst() { steps += "L\(point.x) \(point.y)" }
    if let base { steps += "L\(last.x) \(base)L\(first.x) \(base)Z" }
    parts.append("<path class=\"\(style)\" d=\"\(steps)\"/>")
  }

  /// The picture with what a screen reader says about it.
  func svg(id: String, title: String, description: String) -> HTML {
    """
    <svg viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="\(id)-t \(id)-d">\
    <title id="\(id)-t">\(title)</title><desc id="\(id)-d">\(description)</desc>
    \(parts)</svg>

    """
  }

  /// The picture alone, for what stands beside its own figure.
  var bare: HTML { "<svg viewBox=\"0 0 \(width) \(height)\">\(parts)</svg>" }

  /// The picture in both sizes; the page shows the one that fits.
  static func both(id: String, title: String, description: String, _ draw: (Size) -> Drawing) -> HTML {
    HTML(
      Size.allCases.map { size in
        let svg = draw(size).svg(id: "\(id)-\(size.rawValue)", title: title, description: description)
        return "<div class=\"\(size.rawValue)\">\(svg)</div>\n"
      })
  }
}

/// Where the marks of an axis stand.
enum Ticks {
  /// Steps in seconds that people count durations in.
  private static let durations: [Double] = [
    0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200,
    86_400, 172_800, 432_000, 864_000, 2_592_000, 7_776_000, 31_536_000, 315_360_000,
  ]

  /// A step for durations in seconds, so that there are about `count` of them.
  static func durationStep(_ range: Double, count: Double = 4) -> Double {
    durations.first { range / $0 <= count } ?? max(1, range / count)
  }

  /// 1, 2 or 5 times a power of ten, so that there are about `count` of them.
  static func step(_ range: Double, count: Double = 4) -> Double {
    guard range > 0, range.isFinite else { return 1 }
    var power = 1.0
    while power * 10 <= range / count { power *= 10 }
    while power > range / count { power /= 10 }
    for factor in [1.0, 2, 5, 10] where range / (power * factor) <= count { return power * factor }
    return power * 10
  }

  /// All multiples of the step from the one at or below `low` to the one at or above `high`.
  static func positions(_ low: Double, _ high: Double, step: Double) -> [Double] {
    guard step > 0 else { return [low] }
    let first = (low / step).rounded(.down)
    let last = max(first + 1, (high / step).rounded(.up))
    guard last - first < 100 else { return [low, high] }
    return Array(stride(from: first, through: last, by: 1)).map { $0 * step }
  }
}
