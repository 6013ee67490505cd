import HandoffCore

/// The overview's curve of orders per minute.
enum Chart {
  private static let width = 600
  private static let height = 150
  private static let left = 44
  private static let base = 128

  static func throughput(_ samples: [Pace.Sample]) -> String {
    let captured = rates(samples, \.captured)
    let confirmed = rates(samples, \.confirmed)
    let highest = max(1, (captured + confirmed).max() ?? 1)
    var svg = "<svg class=\"chart\" viewBox=\"0 0 \(width) \(height)\" role=\"img\"><title>Orders per minute</title>"
    for share in [0.0, 0.5, 1.0] {
      let y = Int(Double(base) - share * Double(base - 14))
      svg += "<line class=\"grid\" x1=\"\(left)\" y1=\"\(y)\" x2=\"\(width)\" y2=\"\(y)\"/>"
      svg += "<text class=\"axis\" x=\"\(left - 6)\" y=\"\(y + 4)\" text-anchor=\"end\">"
      svg += short(highest * share) + "</text>"
    }
    svg += line(captured, highest, "captured") + line(confirmed, highest, "confirmed")
    svg += "<text class=\"legend captured\" x=\"\(left)\" y=\"147\">● captured</text>"
    svg += "<text class=\"legend confirmed\" x=\"\(left + 90)\" y=\"147\">● confirmed</text>"
    return svg + "</svg>"
  }

  /// The rate of about the last minute.
  static func latestRate(_ samples: [Pace.Sample]) -> String {
    guard let last = samples.last, let first = samples.suffix(13).first else { return "0" }
    return rates([first, last], \.captured).last.map(short) ?? "0"
  }

  private static func rates(_ samples: [Pace.Sample], _ count: KeyPath<Pace.Sample, Int>) -> [Double] {
    zip(samples, samples.dropFirst()).map { earlier, later in
      let seconds = Double(later.at.since(earlier.at).wholeMicroseconds) / 1_000_000
      return seconds > 0 ? max(0, Double(later[keyPath: count] - earlier[keyPath: count]) * 60 / seconds) : 0
    }
  }

  private static func line(_ rates: [Double], _ highest: Double, _ name: String) -> String {
    guard rates.count > 1 else { return "" }
    let step = Double(width - left) / Double(max(1, Pace.sampleLimit - 2))
    let points = rates.enumerated().map { index, rate in
      let x = Double(width) - step * Double(rates.count - 1 - index)
      return "\(tenth(x)),\(tenth(Double(base) - rate / highest * Double(base - 14)))"
    }
    return "<polyline class=\"curve \(name)\" points=\"\(points.joined(separator: " "))\"/>"
  }

  private static func tenth(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }

  /// A rate in three or four characters.
  static func short(_ number: Double) -> String {
    guard number.isFinite else { return "–" }
    if number >= 9950 { return "\((number / 1000).rounded().clean)k" }
    if number >= 1000 { return tenth(number / 1000) + "k" }
    return number >= 10 || number == 0 ? number.rounded().clean : tenth(number)
  }

  /// A duration in seconds, as people read it.
  static func seconds(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "–" }
    if seconds < 0.995 { return "\((seconds * 1000).rounded().clean) ms" }
    if seconds < 60 { return tenth(seconds) + " s" }
    return tenth(seconds / 60) + " min"
  }
}

extension Double {
  /// Without its `.0`.
  fileprivate var clean: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
