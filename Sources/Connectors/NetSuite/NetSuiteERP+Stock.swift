public import Connector
public import HandoffCore

extension NetSuiteERP {
  /// Reads per line what NetSuite has committed; what has left already counts as allocated, and so does a line that has
  /// no stock to set aside (services).
  public func checkInventory(_ submission: Submission, receipt: Receipt) async -> InventoryOutcome {
    let content: SalesOrderContent
    do throws(ContentFault) { content = try SalesOrderContent(submission.order, configuration) } catch {
      return .unknown(reason: error.reason)
    }
    let (reading, judgement) = await examine(.recordID(receipt.recordID), submission, content)
    guard case .found(let record) = reading, let judgement else {
      switch reading {
      case .absent: return .void(reason: "NetSuite no longer has record \(receipt.recordID).")
      case .misconfigured(let reason): return .misconfigured(reason: reason)
      case .found, .failed: return .unknown(reason: reading.reason)
      }
    }
    switch judgement {
    case .void(let state): return .void(reason: "NetSuite shows the order as \(state).")
    case .pending(let state): return .unknown(reason: "NetSuite shows the order as \(state).")
    case .unreadable(let reason): return .unknown(reason: reason)
    // The order was changed in NetSuite after its receipt; its commitment says nothing about ours.
    case .differs(let detail): return .unknown(reason: "Record \(record.id): \(detail).")
    case .accepted, .otherTotal: break
    }
    return await allocation(of: record, content)
  }

  private func allocation(of record: SalesOrderRecord, _ content: SalesOrderContent) async -> InventoryOutcome {
    var resolver = ItemResolver()
    let lines = record.lines ?? []
    if content.difference(from: lines, resolver) != nil {
      switch await reader.items(byExternalID: content.unresolved(resolver)) {
      case .success(let ids): resolver.ids = ids
      case .failure(let failure): return .unknown(reason: failure.fault.reason)
      }
    }
    var shortages: [Shortage] = []
    var isAnyAllocated = false
    for match in content.match(lines, resolver).found {
      guard let sku = match.sku else { continue }
      let allocated = match.lines.reduce(0) { sum, line in
        sum.saturatingAdd(min(line.allocated ?? .max, line.liveQuantity ?? 0))
      }
      let isFulfilled = record.status == .fulfilled
      if allocated > 0 || isFulfilled { isAnyAllocated = true }
      if !isFulfilled, allocated < match.ordered {
        shortages.append(Shortage(sku: sku, ordered: match.ordered, allocated: max(0, allocated)))
      }
    }
    if shortages.isEmpty { return .allocated }
    return isAnyAllocated ? .partlyShort(shortages) : .short(shortages)
  }

  /// Sums what is available over the configured locations; items by external id (or internal id, with a table), else by
  /// name.
  public func availability(of skus: [String]) async -> AvailabilityOutcome {
    let wanted = Array(Set(skus.filter { !$0.isEmpty })).sorted()
    var levels: [StockLevel] = []
    for start in stride(from: 0, to: wanted.count, by: SuiteQL.chunk) {
      let part = Array(wanted.dropFirst(start).prefix(SuiteQL.chunk))
      switch await rows(for: part) {
      case .rows(let rows): levels += Self.levels(part, rows, configuration.items)
      case .fault(let fault):
        // A query that this account's edition does not know is a matter of set-up.
        let isOurs = fault.kind == .misconfigured || fault.kind == .refused
        return isOurs ? .misconfigured(reason: fault.reason) : .failed(reason: fault.reason)
      }
    }
    return .levels(levels)
  }

  private func rows(for skus: [String]) async -> NetSuiteExchange.QueryReply {
    let locations = configuration.availabilityLocations
    switch configuration.items {
    case .externalID:
      let query = SuiteQL.availability(byID: false, count: skus.count, locations: locations.count)
      return await exchange.query(query, skus + skus + locations)
    case .table(let table):
      let ids = Array(Set(skus.compactMap { table[$0] })).sorted()
      guard !ids.isEmpty else { return .rows([]) }
      let query = SuiteQL.availability(byID: true, count: ids.count, locations: locations.count)
      return await exchange.query(query, ids + locations)
    }
  }

  private static func levels(_ skus: [String], _ rows: [[String: String]], _ items: ItemMapping) -> [StockLevel] {
    func units(_ row: [String: String]) -> Int { row["available"].flatMap(wholeUnits) ?? 0 }
    func index(_ column: String) -> [String: Int] {
      // Two items of one name have no availability that could be told.
      var found: [String: Int] = [:]
      var twice: Set<String> = []
      for row in rows {
        guard let key = row[column] else { continue }
        if found.updateValue(units(row), forKey: key) != nil { twice.insert(key) }
      }
      return found.filter { !twice.contains($0.key) }
    }
    switch items {
    case .table(let table):
      let byID = index("id")
      return skus.compactMap { sku in
        table[sku].flatMap { byID[$0] }.map { StockLevel(sku: sku, available: $0) }
      }
    case .externalID:
      let byExternalID = index("externalid")
      let byName = index("itemid")
      return skus.compactMap { sku in
        (byExternalID[sku] ?? byName[sku]).map { StockLevel(sku: sku, available: $0) }
      }
    }
  }
}
