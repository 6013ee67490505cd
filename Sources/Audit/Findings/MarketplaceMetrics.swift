/// Penalty metrics against the published limits, in the worst window of the period.
enum MarketplaceMetrics {
  private struct Limit {
    let marketplace: String
    let metric: String
    let limit: Double
    let days: Int
    let source: String
  }

  /// As read in November 2026; sellers can have other ones.
  private static let limits = [
    Limit(
      marketplace: "amazon", metric: "pre-fulfilment cancel rate", limit: 0.025, days: 7,
      source: "sellercentral.amazon.com help 200370550"),
    Limit(
      marketplace: "amazon", metric: "order defect rate, cancellations for want of stock alone", limit: 0.01, days: 60,
      source: "sellercentral.amazon.com help 200370550"),
    Limit(
      marketplace: "walmart", metric: "cancellation rate", limit: 0.02, days: 30,
      source: "marketplacelearn.walmart.com, Seller performance standards"),
    Limit(
      marketplace: "ebay", metric: "transaction defect rate (Above Standard)", limit: 0.02, days: 90,
      source: "pages.ebay.com, seller standards"),
    Limit(
      marketplace: "ebay", metric: "transaction defect rate (Top Rated)", limit: 0.005, days: 90,
      source: "pages.ebay.com, seller standards"),
  ]

  static func found(in facts: AuditFacts) -> [MarketplaceMetric] {
    limits.compactMap { limit in
      let orders = ordered(limit.marketplace, facts)
      guard !orders.isEmpty else { return nil }
      let defects = facts.cancellations.filter {
        facts.marketplaces.channelName($0.marketplace) == limit.marketplace && $0.isForWantOfStock
      }.map { $0.ordered ?? $0.cancelled }.sorted()
      return worst(limit, orders, defects)
    }
  }

  /// When the marketplace's orders were placed: from its own export, or from the storefront's channel.
  private static func ordered(_ marketplace: String, _ facts: AuditFacts) -> [Int64] {
    var times = facts.marketplaceOrders.filter {
      facts.marketplaces.channelName($0.marketplace) == marketplace
    }
    if !times.isEmpty {
      // A row for each line item, one order.
      var seen: Set<Int64> = []
      times = times.filter { seen.insert($0.key).inserted }
      return times.map(\.time).sorted()
    }
    let channels = (0..<facts.catalog.channels.count).filter {
      facts.catalog.channelName(UInt8(truncatingIfNeeded: $0)).lowercased().contains(marketplace)
    }
    guard !channels.isEmpty, facts.roles.contains(.marketplaceCancellations) else { return [] }
    var result: [Int64] = []
    for order in 0..<facts.orders.count where !facts.orders.flags[order].contains(.repeated) {
      if channels.contains(Int(facts.orders.channels[order])) { result.append(facts.orders.captured[order]) }
    }
    return result.sorted()
  }

  /// The window with the highest rate; windows end at each day's end, and hold thirty orders at least.
  private static func worst(_ limit: Limit, _ orders: [Int64], _ defects: [Int64]) -> MarketplaceMetric {
    let day = CivilTime.millisecondsPerDay
    let last = (orders.last ?? 0) / day
    let first = min(last, (orders.first ?? 0) / day + Int64(limit.days) - 1)
    var worst: MarketplaceMetric?
    for end in first...last {
      let (from, to) = ((end - Int64(limit.days) + 1) * day, (end + 1) * day)
      let inWindow = below(orders, to) - below(orders, from)
      let bad = below(defects, to) - below(defects, from)
      guard inWindow >= 30 || first == last else { continue }
      let metric = MarketplaceMetric(
        marketplace: limit.marketplace, metric: limit.metric, orders: inWindow, defects: bad, forWantOfStock: bad,
        limit: limit.limit, windowDays: limit.days, windowEnd: Instant(milliseconds: to - 1), source: limit.source)
      if metric.rate > worst?.rate ?? -1 { worst = metric }
    }
    return worst
      ?? MarketplaceMetric(
        marketplace: limit.marketplace, metric: limit.metric, orders: orders.count, defects: defects.count,
        forWantOfStock: defects.count, limit: limit.limit, windowDays: limit.days, windowEnd: nil, source: limit.source)
  }

  private static func below(_ times: [Int64], _ limit: Int64) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < limit { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Ways of working that oversell by design, where the files show them.
enum OversellConfigurations {
  static func found(in facts: AuditFacts, ledger: GapLedger, result: AuditResult) -> [OversellConfiguration] {
    var found: [OversellConfiguration] = []
    let inFlight = Set(result.affected.cancellations.filter { $0.unitsInFlight > 0 }.map(\.sku))
    if !inFlight.isEmpty {
      found.append(
        OversellConfiguration(
          name: "in-flight-not-subtracted",
          sentence:
            "Marketplaces kept selling SKUs whose units were sold elsewhere and not yet in the ERP: what is offered "
            + "is computed from the ERP alone, without orders in flight.",
          skus: inFlight.count,
          source: "docs/audit/README.md, oversell by design: base pool A = on hand - committed - in flight"))
    }
    if result.affected.oversoldCount > 0 {
      let cancelled = Set(
        facts.cancellations.filter(\.isForWantOfStock).map { ledger.masked(facts.catalog.skus.text(Int($0.sku))) })
      let both = result.affected.oversold.filter { cancelled.contains($0.sku) }.count
      found.append(
        OversellConfiguration(
          name: "stock-shared-without-partition",
          sentence: "\(result.affected.oversoldCount) SKUs were sold beyond the snapshot's stock over all channels"
            + (both > 0 ? ", and \(both) of them cancelled for want of stock" : "")
            + ": every channel may sell the whole pool.",
          skus: result.affected.oversoldCount,
          source: "docs/audit/README.md, oversell by design: one pool for all channels"))
    }
    return found
  }
}
