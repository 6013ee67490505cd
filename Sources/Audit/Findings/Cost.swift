/// What the gap cost: counts from the files times prices that are assumed until somebody gives better ones.
public enum Cost {
  /// The items of `--cost NAME=PRICE`, with the price assumed for one.
  public static let assumed: [(name: String, what: String, price: Double)] = [
    ("lost-order", "orders confirmed and never received: found late, shipped by express or refunded", 60),
    ("late-order", "orders received later than the limit: shipped late", 4),
    ("ticket", "support tickets about orders that the ERP did not have", 12),
    ("cancellation", "marketplace cancellations for want of stock with units in flight", 35),
    ("stockout-unit", "units short because planning missed demand", 15),
    ("double-order", "orders recorded twice in the ERP", 25),
  ]

  static func estimate(_ result: AuditResult, options: AuditOptions) -> CostEstimate? {
    let counts = [
      "lost-order": result.orders.neverReceivedButConfirmed,
      "late-order": max(0, result.affected.late.count - result.orders.neverReceivedButConfirmed),
      "ticket": result.affected.ticketCount,
      "cancellation": result.affected.cancellations.filter { $0.unitsInFlight > 0 }.count,
      "stockout-unit": Int(
        result.signals.flatMap(\.evidence).first { $0.name == "stockout-units" }?.value ?? 0),
      "double-order": result.orders.receivedTwice,
    ]
    let items = assumed.compactMap { name, what, price -> CostEstimate.Item? in
      guard let count = counts[name], count > 0 else { return nil }
      return CostEstimate.Item(
        name: name, what: what, count: count, each: options.prices[name] ?? price,
        basis: options.prices[name] == nil ? "assumed" : "given")
    }
    guard !items.isEmpty else { return nil }
    var estimate = CostEstimate(currency: options.currency, items: items)
    if let period = result.period {
      let days = Double(period.last.milliseconds - period.first.milliseconds) / 86_400_000
      if days >= 1 { estimate.perYear = estimate.total / days * 365 }
    }
    return estimate
  }
}
