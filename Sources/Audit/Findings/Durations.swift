/// Distributions over all orders that need no grouping.
struct Durations: Sendable {
  var captureToReceipt: Distribution?
  var captureToConfirmation: Distribution?
  var asRecorded: Distribution?
  var period: Period?

  static func found(in facts: AuditFacts, ledger: GapLedger) async -> Durations {
    var result = Durations()
    let orders = facts.orders
    result.captureToReceipt = RankSelection.distribution { take in
      for order in 0..<orders.count where orders.flags[order].isDisjoint(with: [.repeated, .reimported]) {
        if let delay = ledger.receipt(order, facts) { take(Int32(clamping: delay)) }
      }
    }
    result.captureToConfirmation = RankSelection.distribution { take in
      for order in 0..<orders.count where !orders.flags[order].contains(.repeated) {
        if let delay = ledger.confirmation(order, facts) { take(Int32(clamping: delay)) }
      }
    }
    if ledger.receiptOffset != 0 || ledger.confirmationOffset != 0 {
      result.asRecorded = RankSelection.distribution { take in
        for order in 0..<orders.count where orders.flags[order].isDisjoint(with: [.repeated, .reimported]) {
          if let gap = orders.gap(order) { take(Int32(clamping: gap)) }
        }
      }
    }
    var (first, last) = (Int64.max, Int64.min)
    for order in 0..<orders.count {
      first = min(first, orders.captured[order])
      last = max(last, orders.captured[order])
    }
    if orders.count > 0 {
      result.period = Period(first: Instant(milliseconds: first), last: Instant(milliseconds: last))
    }
    return result
  }
}
