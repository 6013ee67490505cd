import Connector
import Coordinator
import HandoffCore
import HandoffStore

extension FrontOffice {
  /// Figures for a monitoring system.
  var metricsRoutes: [DeskRoute] {
    [DeskRoute("GET", "/metrics", .api) { _ in try await metrics() }]
  }

  private func metrics() async throws -> DeskAnswer {
    var text = MetricsText()
    text.add(coordinator.meter.reading)
    let counts = try await pace.counts()
    text.family("handoffs", "Handoffs by stage.", "gauge")
    for stage in Stage.allCases { text.sample("handoffs", [("stage", stage.rawValue)], counts[stage] ?? 0) }
    let now = clock.now
    let (open, unreadable) = try await coordinator.store.read {
      (try $0.openExceptionCount(now: now), try $0.unreadableCount(now: now))
    }
    text.family("exceptions_open", "Open exceptions by kind.", "gauge")
    for kind in ExceptionKind.allCases {
      text.sample("exceptions_open", [("kind", kind.rawValue)], open.kinds[kind] ?? 0)
    }
    text.family("exceptions_overdue", "Open exceptions past their deadline.", "gauge")
    text.sample("exceptions_overdue", [], open.overdue)
    text.family("exceptions_escalated", "Open exceptions that have gone up: nobody acted by their deadline.", "gauge")
    text.sample("exceptions_escalated", [], open.escalated)
    text.family("unreadable_open", "Deliveries that could not be understood and wait for a person.", "gauge")
    text.sample("unreadable_open", [], unreadable.open)
    text.family("unreadable_overdue", "Those of them whose deadline has passed.", "gauge")
    text.sample("unreadable_overdue", [], unreadable.overdue)
    text.family("lane_in_use", "Tasks under way by lane.", "gauge")
    let lanes = coordinator.laneUsage
    for lane in lanes { text.sample("lane_in_use", [("lane", lane.lane)], lane.inUse) }
    text.family("lane_limit", "The most tasks a lane may have under way.", "gauge")
    for lane in lanes { text.sample("lane_limit", [("lane", lane.lane)], lane.limit) }
    for figure in setting.figures() {
      let name = figure.name + (figure.isCounter ? "_total" : "")
      text.family(name, figure.explanation, figure.isCounter ? "counter" : "gauge")
      text.sample(name, [], figure.value)
    }
    return DeskAnswer(type: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.text.utf8))
  }
}

/// The text format of Prometheus, version 0.0.4.
struct MetricsText {
  private(set) var text = ""

  mutating func family(_ name: String, _ explanation: String, _ type: String) {
    text += "# HELP countersign_\(name) \(MetricsText.escaped(explanation))\n# TYPE countersign_\(name) \(type)\n"
  }

  mutating func sample(_ name: String, _ labels: [(String, String)], _ value: some BinaryInteger) {
    sample(name, labels, text: String(value))
  }

  private mutating func sample(_ name: String, _ labels: [(String, String)], text value: String) {
    let pairs = labels.map { "\($0)=\"\(MetricsText.escaped($1))\"" }.joined(separator: ",")
    text += "countersign_\(name)" + (pairs.isEmpty ? "" : "{\(pairs)}") + " \(value)\n"
  }

  /// The coordinator's counters, `family.member`, and its durations.
  mutating func add(_ reading: Meter.Reading) {
    var families: [String: [(member: String, value: Int)]] = [:]
    for (name, value) in reading.counters {
      let parts = name.split(separator: ".", maxSplits: 1)
      families[String(parts.first ?? ""), default: []].append((String(parts.dropFirst().first ?? ""), value))
    }
    for (name, members) in families.sorted(by: { $0.key < $1.key }) {
      let family = MetricsText.safe(name) + "_total"
      self.family(family, "Counted since the start: \(name).", "counter")
      for (member, value) in members.sorted(by: { $0.member < $1.member }) {
        sample(family, member.isEmpty ? [] : [("kind", member)], value)
      }
    }
    for (name, buckets) in reading.durations.sorted(by: { $0.key < $1.key }) {
      let family = MetricsText.safe(name) + "_seconds"
      self.family(family, "How long it took: \(name).", "histogram")
      var sum = 0
      for (index, count) in buckets.enumerated() {
        sum += count
        let bound = index < Meter.bounds.count ? "\(Meter.bounds[index])" : "+Inf"
        sample(family + "_bucket", [("le", bound)], sum)
      }
      let seconds = Double((reading.sums[name] ?? .zero).wholeMicroseconds) / 1_000_000
      sample(family + "_sum", [], text: "\(seconds)")
      sample(family + "_count", [], sum)
    }
  }

  private static func safe(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}

/// Quantiles out of the coordinator's buckets.
enum Quantile {
  /// The duration below which a share of the observations lies, taken as even within a bucket; nil without any.
  static func of(_ share: Double, in buckets: [Int]) -> Double? {
    let total = buckets.reduce(0, +)
    guard total > 0 else { return nil }
    let wanted = share * Double(total)
    var seen = 0.0
    for (index, count) in buckets.enumerated() where count > 0 {
      let lower = index == 0 ? 0 : Meter.bounds[min(index, Meter.bounds.count) - 1]
      // Beyond the last bound nothing is known but that it took longer.
      guard index < Meter.bounds.count else { return lower }
      if seen + Double(count) >= wanted {
        return lower + (Meter.bounds[index] - lower) * (wanted - seen) / Double(count)
      }
      seen += Double(count)
    }
    return Meter.bounds.last
  }
}
