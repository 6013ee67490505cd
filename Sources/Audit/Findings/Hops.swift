/// Where between capture and receipt the time goes, and where orders are lost.
struct Hops {
  let facts: AuditFacts
  let ledger: GapLedger

  /// Orders slower than this are what the shares of lateness are measured on.
  private static let slow: Int64 = 60_000

  func found() -> [Hop] {
    let orders = facts.orders
    guard !orders.delivered.isEmpty || !orders.queued.isEmpty else { return [] }
    let names = HopName.allCases.filter { isVisible($0) }
    let shares = lateness(names)
    return names.map { name in
      var lost = 0
      for order in 0..<orders.count where !orders.flags[order].contains(.repeated) {
        lost += isLost(order, name) ? 1 : 0
      }
      let duration = RankSelection.distribution { take in
        for order in 0..<orders.count where orders.flags[order].isDisjoint(with: [.repeated, .reimported]) {
          if let value = self.duration(order, name) { take(Int32(clamping: value)) }
        }
      }
      return Hop(
        name: name, orders: duration?.count ?? 0, lost: lost, duration: duration, shareOfLateness: shares[name],
        sentence: sentence(name, duration, lost, shares[name]))
    }
  }

  private func isVisible(_ name: HopName) -> Bool {
    switch name {
    case .webhookDelivery: !facts.orders.delivered.isEmpty
    case .integrationQueue: !facts.orders.queued.isEmpty
    case .erpProcessing: !facts.orders.received.isEmpty
    case .trigger: false
    }
  }

  private func duration(_ order: Int, _ name: HopName) -> Int64? {
    switch name {
    case .webhookDelivery: return facts.orders.delivered[order]
    case .integrationQueue:
      guard let done = facts.orders.queued[order] else { return nil }
      return facts.orders.delivered.isEmpty ? done : facts.orders.delivered[order].map { done - $0 }
    case .erpProcessing:
      guard let receipt = ledger.receipt(order, facts) else { return nil }
      let before = facts.orders.queued.isEmpty ? facts.orders.delivered[order] : facts.orders.queued[order]
      return before.map { receipt - $0 }
    case .trigger: return nil
    }
  }

  /// Seen before the hop, never after it.
  private func isLost(_ order: Int, _ name: HopName) -> Bool {
    if facts.orders.flags[order].contains(.cancelled) || !isCovered(facts.orders.captured[order], name) { return false }
    switch name {
    case .webhookDelivery: return facts.orders.delivered[order] == nil && !arrived(order)
    case .integrationQueue:
      return facts.orders.queued[order] == nil && !arrived(order)
        && (facts.orders.delivered.isEmpty || facts.orders.delivered[order] != nil)
    case .erpProcessing:
      let before = facts.orders.queued.isEmpty ? facts.orders.delivered[order] : facts.orders.queued[order]
      return before != nil && facts.orders.received[order] == nil
    case .trigger: return false
    }
  }

  /// Whatever a log leaves out: an order that the ERP recorded by itself has come through.
  private func arrived(_ order: Int) -> Bool {
    facts.orders.received[order] != nil && !facts.orders.flags[order].contains(.reimported)
  }

  /// Whether the log behind the hop is one that the order ought to be in.
  private func isCovered(_ captured: Int64, _ name: HopName) -> Bool {
    switch name {
    case .webhookDelivery: ledger.deliverySpan.isOldEnough(captured)
    case .integrationQueue: ledger.queueSpan.isOldEnough(captured)
    case .erpProcessing: ledger.receiptSpan.isOldEnough(captured)
    case .trigger: false
    }
  }

  private func lateness(_ names: [HopName]) -> [HopName: Double] {
    var sums: [HopName: Double] = [:]
    for order in 0..<facts.orders.count where facts.orders.flags[order].isDisjoint(with: [.repeated, .reimported]) {
      guard let receipt = ledger.receipt(order, facts), receipt > Self.slow else { continue }
      for name in names { sums[name, default: 0] += max(0, Double(duration(order, name) ?? 0)) }
    }
    let total = sums.values.reduce(0, +)
    return total > 0 ? sums.mapValues { $0 / total } : [:]
  }

  private func sentence(_ name: HopName, _ duration: Distribution?, _ lost: Int, _ share: Double?) -> String {
    var parts: [String] = []
    if let duration { parts.append("takes \(Words.span(duration.p50)) (99 of 100 within \(Words.span(duration.p99)))") }
    if let share { parts.append("\(Words.percent(share)) of slow orders' time is spent here") }
    if lost > 0 { parts.append("\(Words.count(lost)) orders end here") }
    return name.words + ": " + (parts.isEmpty ? "not seen" : parts.joined(separator: "; "))
  }
}

extension HopName {
  /// In words.
  public var words: String {
    switch self {
    case .webhookDelivery: "webhook delivery"
    case .integrationQueue: "integration queue"
    case .erpProcessing: "ERP processing"
    case .trigger: "the confirmation's trigger"
    }
  }
}
