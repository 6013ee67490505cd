/// Positions of the orders behind the figures, all of them.
struct OrderPositions: Sendable {
  var late: [UInt32] = []
  var never: [UInt32] = []
  var twice: [UInt32] = []
}

/// The hours in which orders were placed. Only these have bins: one order of 1970 must not cost memory for half a
/// century.
private struct HourCalendar {
  /// Hours since 1970 in local time, ascending.
  let hours: [Int]
  private let first: Int
  private var positions: [Int32]
  private let zone: ZoneRules

  init?(_ facts: AuditFacts, _ zone: ZoneRules) {
    self.zone = zone
    var (first, last) = (Int.max, Int.min)
    for order in 0..<facts.orders.count where !facts.orders.flags[order].contains(.repeated) {
      let hour = Self.hour(facts.orders.captured[order], zone)
      first = min(first, hour)
      last = max(last, hour)
    }
    guard first <= last else { return nil }
    positions = [Int32](repeating: -1, count: last - first + 1)
    for order in 0..<facts.orders.count where !facts.orders.flags[order].contains(.repeated) {
      positions[Self.hour(facts.orders.captured[order], zone) - first] = 0
    }
    var hours: [Int] = []
    for index in positions.indices where positions[index] == 0 {
      positions[index] = Int32(truncatingIfNeeded: hours.count)
      hours.append(first + index)
    }
    self.first = first
    self.hours = hours
  }

  @inline(__always)
  private static func hour(_ instant: Int64, _ zone: ZoneRules) -> Int {
    let local = instant + zone.offset(at: instant)
    return Int(local >= 0 ? local / 3_600_000 : (local - 3_599_999) / 3_600_000)
  }

  /// The position of an order's hour.
  @inline(__always)
  func index(_ order: Int, _ facts: borrowing AuditFacts) -> Int {
    Int(positions[Self.hour(facts.orders.captured[order], zone) - first])
  }
}

/// The gap by hour, day, channel and volume, exactly.
struct GapAnalysis {
  let facts: AuditFacts
  let ledger: GapLedger
  let zone: ZoneRules

  /// What an hour and channel hold besides the gaps.
  private struct Bin {
    var orders: Int32 = 0
    var confirmedFirst: Int32 = 0
    var never: Int32 = 0
  }

  func findings() -> (GapFindings, OrderCounts, OrderPositions) {
    let orders = facts.orders
    guard let calendar = HourCalendar(facts, zone) else { return (GapFindings(), counts(nil), OrderPositions()) }
    let channels = Int(orders.channels.max() ?? 0) + 1
    var bins = [Bin](repeating: Bin(), count: calendar.hours.count * channels)
    var counts = OrderCounts()
    var confirmedFirst = 0
    var judged = 0
    var undecided = 0
    var widest: Int64 = 0
    for order in 0..<orders.count where !orders.flags[order].contains(.repeated) {
      let bin = calendar.index(order, facts) * channels + Int(orders.channels[order])
      bins[bin].orders += 1
      let isNever = ledger.isNever(order, facts)
      let isFirst = ledger.isConfirmedFirst(order, facts)
      count(order, isNever, &counts)
      if let gap = ledger.gap(order, facts) {
        counts.joined += 1
        judged += 1
        undecided += ledger.isUndecided(gap) ? 1 : 0
        widest = max(widest, abs(gap))
      } else if isNever, orders.confirmed[order] != nil {
        judged += 1
      }
      if isFirst {
        bins[bin].confirmedFirst += 1
        confirmedFirst += 1
      }
      if isNever { bins[bin].never += 1 }
    }
    var findings: GapFindings
    if widest < Int64(Int32.max) {
      findings = grouped(Int32.self, calendar, channels, bins)
    } else {
      findings = grouped(Int64.self, calendar, channels, bins)
    }
    findings.confirmedFirst = confirmedFirst
    findings.undecided = undecided
    findings.confirmedFirstShare = judged == 0 ? 0 : Double(confirmedFirst) / Double(judged)
    return (findings, self.counts(counts), lists())
  }

  private func count(_ order: Int, _ isNever: Bool, _ counts: inout OrderCounts) {
    counts.captured += 1
    let isConfirmed = facts.orders.confirmed[order] != nil
    let isReceived = facts.orders.received[order] != nil
    if isConfirmed { counts.confirmed += 1 }
    if isReceived { counts.received += 1 }
    if facts.orders.flags[order].contains(.cancelled) { counts.cancelled += 1 }
    if facts.orders.flags[order].contains(.receivedTwice) { counts.receivedTwice += 1 }
    if isNever {
      counts.neverReceived += 1
      if isConfirmed { counts.neverReceivedButConfirmed += 1 }
    } else if !isReceived, ledger.hasReceipts, !facts.orders.flags[order].contains(.cancelled) {
      let isOutside = ledger.isOutside(order, facts)
      counts.tooRecent += isOutside ? 0 : 1
      counts.outsideReceipts += isOutside ? 1 : 0
    }
    if !isConfirmed, ledger.hasConfirmations {
      let captured = facts.orders.captured[order]
      counts.neverConfirmed += isReceived && ledger.confirmationSpan.isOldEnough(captured) ? 1 : 0
      counts.outsideConfirmations += ledger.confirmationSpan.isOutside(captured) ? 1 : 0
    }
  }

  private func counts(_ counted: OrderCounts?) -> OrderCounts {
    var counts = counted ?? OrderCounts()
    counts.test = facts.tests
    counts.repeated = facts.repeatedRecords
    counts.unmatchedReceipts = facts.unmatchedReceipts
    counts.unmatchedConfirmations = facts.unmatchedConfirmations
    return counts
  }

  /// The orders of each list, by key.
  private func lists() -> OrderPositions {
    var lists = OrderPositions()
    for order in 0..<facts.orders.count where !facts.orders.flags[order].contains(.repeated) {
      if ledger.isLate(order, facts) { lists.late.append(UInt32(truncatingIfNeeded: order)) }
      if ledger.isNever(order, facts) { lists.never.append(UInt32(truncatingIfNeeded: order)) }
      if facts.orders.flags[order].contains(.receivedTwice) { lists.twice.append(UInt32(truncatingIfNeeded: order)) }
    }
    let keys = facts.orders.keys
    func sort(_ list: inout [UInt32]) { list.sort { (keys[Int($0)], $0) < (keys[Int($1)], $1) } }
    sort(&lists.late)
    sort(&lists.never)
    sort(&lists.twice)
    return lists
  }

  private func grouped<Value: FixedWidthInteger & Sendable>(
    _ type: Value.Type, _ calendar: HourCalendar, _ channels: Int, _ bins: [Bin]
  ) -> GapFindings {
    let segments = SortedSegments<Value>(bins: bins.count) { take in
      for order in 0..<facts.orders.count where !facts.orders.flags[order].contains(.repeated) {
        guard let gap = ledger.gap(order, facts) else { continue }
        take(
          calendar.index(order, facts) * channels + Int(facts.orders.channels[order]), Value(truncatingIfNeeded: gap))
      }
    }
    let groups = GapGroups(
      hours: calendar.hours, channels: channels, distribution: segments.distribution
    ) {
      (Int(bins[$0].orders), Int(bins[$0].confirmedFirst), Int(bins[$0].never))
    }
    var findings = GapFindings()
    findings.overall = segments.distribution(Array(bins.indices))
    findings.byHour = groups.byHour()
    findings.byHourOfDay = groups.byHourOfDay()
    findings.byDay = groups.byDay()
    findings.byChannel = groups.byChannel { ledger.masked(facts.catalog.channelName($0)) }
    findings.byVolume = groups.byVolume()
    findings.volumeCorrelation = groups.correlation()
    findings.histogram = segments.histogram
    return findings
  }
}

extension SortedSegments {
  /// Joined orders by range of the gap.
  var histogram: [HistogramBar] {
    let edges: [Int64] = [
      -3_600_000, -900_000, -300_000, -60_000, -10_000, 0, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000,
      300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000, 604_800_000,
    ]
    let all = Array(0..<bins)
    var bars: [HistogramBar] = []
    var below = 0
    for (index, edge) in edges.enumerated() {
      let atMost = count(all, atMost: edge)
      let from = index == 0 ? nil : Double(edges[index - 1]) / 1000
      bars.append(HistogramBar(fromSeconds: from, toSeconds: Double(edge) / 1000, count: atMost - below))
      below = atMost
    }
    let total = count(all, atMost: .max)
    bars.append(HistogramBar(fromSeconds: edges.last.map { Double($0) / 1000 }, toSeconds: nil, count: total - below))
    return bars
  }
}
