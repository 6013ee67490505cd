public import Connector
public import HandoffCore

extension GenericERP {
  /// Reads what the ERP has allocated, from the order's `allocation` or the availability levels, as configured.
  public func checkInventory(_ submission: Submission, receipt: Receipt) async -> InventoryOutcome {
    if case .levels = configuration.inventory { return await byLevels(submission.order) }
    switch await look(for: submission) {
    case .failed(.notFound): return .void(reason: "The ERP finds no record under our external id any more.")
    case .failed(.misconfigured(let reason)): return .misconfigured(reason: reason)
    case .failed(let outcome): return .unknown(reason: outcome.words)
    case .found(let record):
      if case .void = record.state { return .void(reason: "The record is \(record.stateText).") }
      guard record.id == receipt.recordID else {
        return .unknown(reason: "Our external id belongs to record \(record.id), the receipt to \(receipt.recordID).")
      }
      if let allocation = record.json["allocation"]?.array { return byAllocation(allocation, submission.order) }
      if case .allocation = configuration.inventory {
        return .unknown(reason: "The order has no member \"allocation\", and the levels are not to be used.")
      }
      return await byLevels(submission.order)
    }
  }

  /// A line that the ERP does not mention is a line it has not allocated.
  private func byAllocation(_ entries: [JSONValue], _ order: Order) -> InventoryOutcome {
    var allocated: [String: Int] = [:]
    var ordered = order.shippedUnits
    for entry in entries {
      guard let sku = entry["sku"]?.scalarText, let units = entry["allocated"]?.int, units >= 0 else {
        return .unknown(reason: "The allocation is unreadable: " + Words.cut(entry.text))
      }
      allocated[sku] = saturatingSum(allocated[sku, default: 0], units)
      if let wanted = entry["ordered"]?.int { ordered[sku] = max(ordered[sku, default: 0], wanted) }
    }
    return verdict(ordered: ordered, order) { sku, wanted in min(wanted, allocated[sku, default: 0]) }
  }

  private func byLevels(_ order: Order) async -> InventoryOutcome {
    let ordered = order.shippedUnits
    switch await availability(of: ordered.keys.sorted()) {
    case .failed(let reason): return .unknown(reason: reason)
    case .misconfigured(let reason): return .misconfigured(reason: reason)
    case .levels(let levels):
      let available = Dictionary(levels.map { ($0.sku, $0.available) }, uniquingKeysWith: min)
      return verdict(ordered: ordered, order) { sku, wanted in
        guard let level = available[sku] else { return 0 }
        guard configuration.levelsCountOrder else { return max(0, min(wanted, level)) }
        return level >= 0 ? wanted : max(0, saturatingSum(wanted, level))
      }
    }
  }

  private func verdict(
    ordered: [String: Int], _ order: Order, allocated: (_ sku: String, _ wanted: Int) -> Int
  ) -> InventoryOutcome {
    var shortages: [Shortage] = []
    var gotSome = false
    for (sku, wanted) in ordered.sorted(by: { $0.key < $1.key }) where wanted > 0 {
      let units = allocated(sku, wanted)
      if units > 0 { gotSome = true }
      if units < wanted { shortages.append(Shortage(sku: sku, ordered: wanted, allocated: units)) }
    }
    // Goods without a SKU cannot be asked about: a person waives them or not (S12).
    for line in order.lines where line.isShipped && (line.sku ?? "").isEmpty {
      shortages.append(Shortage(sku: "(no SKU, line \(line.id))", ordered: line.quantity, allocated: 0))
    }
    if shortages.isEmpty { return .allocated }
    return gotSome ? .partlyShort(shortages) : .short(shortages)
  }

  /// Reads levels: `GET {base}/availability?skus=a,b`, in as many requests as the addresses' length demands.
  public func availability(of skus: [String]) async -> AvailabilityOutcome {
    var levels: [StockLevel] = []
    for query in batches(of: skus) {
      let answer: HTTPAnswer
      do throws(ExchangeFailure) { answer = try await exchange("GET", availabilityURL + "?skus=" + query) } catch {
        return .failed(reason: error.reason)
      }
      switch answer.status {
      case 200:
        guard let page = read(answer) else {
          return .failed(reason: "The levels are unreadable: " + Words.of(answer))
        }
        levels += page
      case 401, 403: return .misconfigured(reason: Words.of(answer))
      case 404, 501: return .failed(reason: "This ERP offers no \(availabilityURL); " + Words.of(answer))
      default: return .failed(reason: Words.of(answer))
      }
    }
    let wanted = Set(skus)
    return .levels(levels.filter { wanted.contains($0.sku) })
  }

  private func batches(of skus: [String]) -> [String] {
    var batches: [String] = []
    var current = ""
    for sku in skus {
      let encoded = WebAddress.encode(sku)
      if !current.isEmpty, current.utf8.count + encoded.utf8.count > 4000 {
        batches.append(current)
        current = ""
      }
      current += current.isEmpty ? encoded : "," + encoded
    }
    if !current.isEmpty { batches.append(current) }
    return batches
  }

  /// Nil when any entry makes no sense: half a list would look like the rest being unknown.
  private func read(_ answer: HTTPAnswer) -> [StockLevel]? {
    guard let entries = answer.json?["levels"]?.array else { return nil }
    var levels: [StockLevel] = []
    var seen: Set<String> = []
    for entry in entries {
      guard let sku = entry["sku"]?.scalarText, seen.insert(sku).inserted,
        let available = entry["available"].flatMap(wholeUnits)
      else { return nil }
      levels.append(StockLevel(sku: sku, available: available))
    }
    return levels
  }

  /// Whole units; a fraction of a unit cannot be sold, so it is rounded down.
  private func wholeUnits(_ value: JSONValue) -> Int? {
    if let units = value.int { return units }
    guard let text = value.scalarText, let point = text.firstIndex(of: "."), let whole = Int(text[..<point]),
      text[text.index(after: point)...].utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return text.hasPrefix("-") ? saturatingSum(whole, -1) : whole
  }
}

/// A sum that stops at the limits of `Int` instead of trapping.
func saturatingSum(_ left: Int, _ right: Int) -> Int {
  let (sum, overflow) = left.addingReportingOverflow(right)
  return overflow ? (right < 0 ? .min : .max) : sum
}

extension Order {
  /// Units to be shipped per stock keeping unit; only these can be allocated.
  var shippedUnits: [String: Int] {
    var units: [String: Int] = [:]
    for line in lines where line.isShipped {
      guard let sku = line.sku, !sku.isEmpty else { continue }
      units[sku] = saturatingSum(units[sku, default: 0], line.quantity)
    }
    return units
  }
}

extension OrderLine {
  var isShipped: Bool { quantity > 0 && requiresShipping && !isGiftCard }
}
