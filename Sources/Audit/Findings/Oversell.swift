/// SKUs sold beyond the snapshot's stock, from capture alone.
enum Oversell {
  private struct Tally {
    var sold: Int64 = 0
    var first: Int64 = 0
    var orders = 0
  }

  static func found(in facts: AuditFacts, ledger: GapLedger) async -> [OversoldSKU] {
    guard !facts.stock.isEmpty, facts.orders.lines.count > 0 else { return [] }
    var onHand = [Int64](repeating: .max, count: facts.catalog.skus.count)
    for (sku, units) in facts.stock { onHand[Int(sku)] = units }
    var tallies = [Tally](repeating: Tally(), count: onHand.count)
    func count(_ line: Int) {
      let sku = facts.orders.lines.skus[line]
      guard sku != LineTable.noSKU else { return }
      let order = facts.orders.lines.owner(line)
      guard !facts.orders.flags[order].contains(.repeated) else { return }
      let id = Int(sku)
      tallies[id].sold += facts.orders.lines.quantity(line)
      if tallies[id].sold > onHand[id] {
        let captured = facts.orders.captured[order]
        if tallies[id].orders == 0 || captured < tallies[id].first { tallies[id].first = captured }
        tallies[id].orders += 1
      }
    }
    if isInOrder(facts.orders) {
      for line in 0..<facts.orders.lines.count { count(line) }
    } else {
      for line in sorted(facts.orders) { count(Int(line)) }
    }
    var found: [OversoldSKU] = []
    for (id, tally) in tallies.enumerated() where tally.orders > 0 {
      found.append(
        OversoldSKU(
          sku: ledger.masked(facts.catalog.skus.text(id)), onHand: Int(onHand[id]), sold: Int(tally.sold),
          first: Instant(milliseconds: tally.first), orders: tally.orders))
    }
    found.sort { $0.sku < $1.sku }
    return found
  }

  /// Most exports are in the order of capture; then nothing needs sorting.
  private static func isInOrder(_ orders: OrderTable) -> Bool {
    var previous = (Int64.min, Int64.min)
    for line in 0..<orders.lines.count {
      let owner = orders.lines.owner(line)
      let current = (orders.captured[owner], orders.keys[owner])
      if current < previous { return false }
      previous = current
    }
    return true
  }

  private static func sorted(_ orders: OrderTable) -> [UInt32] {
    var lines = (0..<orders.lines.count).map { UInt32(truncatingIfNeeded: $0) }
    lines.sort { left, right in
      let (a, b) = (orders.lines.owner(Int(left)), orders.lines.owner(Int(right)))
      return (orders.captured[a], orders.keys[a], left) < (orders.captured[b], orders.keys[b], right)
    }
    return lines
  }
}
