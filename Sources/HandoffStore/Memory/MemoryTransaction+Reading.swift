import HandoffCore

extension MemoryTransaction: StoreReading {
  func row(of key: OrderKey) throws -> HandoffRow? { tables.keys[key].flatMap { tables.rows[$0] } }

  func row(_ id: HandoffID) throws -> HandoffRow? { tables.rows[id] }

  func version(_ number: Int, of id: HandoffID) throws -> StoredVersion? {
    tables.versions[id]?.first { $0.version.number == number }
  }

  func delivery(storefront: StorefrontName, dedupeID: String) throws -> StoredDelivery? {
    tables.deliveryIndex[storefront.text + "\u{0}" + dedupeID].map { tables.deliveries[$0].withoutBody }
  }

  func deliveries(of id: HandoffID) throws -> [StoredDelivery] {
    (tables.deliveriesOf[id] ?? []).map { tables.deliveries[$0].withoutBody }
  }

  func journal(of id: HandoffID) throws -> [JournalEntry] { tables.journal[id] ?? [] }

  func tasks(of id: HandoffID) throws -> [StoredTask] { (tables.tasksOf[id] ?? []).compactMap { tables.tasks[$0] } }

  func task(_ id: Int64) throws -> StoredTask? { tables.tasks[id] }

  func dueTasks(lane: String, now: Timestamp, limit: Int) throws -> [StoredTask] {
    let due = tables.lanes[lane]?.prefix(max(0, limit)) { $0.availableAt <= now } ?? []
    return due.compactMap { tables.tasks[$0.id] }
  }

  func nextDue(lane: String) throws -> Timestamp? { tables.lanes[lane]?.first?.availableAt }

  func isBusy(_ id: HandoffID, lane: String, now: Timestamp) throws -> Bool {
    try tasks(of: id).contains { task in
      guard task.lane == lane, let until = task.leasedUntil else { return false }
      return until > now
    }
  }

  func overdue(now: Timestamp, limit: Int) throws -> [HandoffID] {
    tables.deadlines.prefix(max(0, limit)) { $0.deadline <= now }.map(\.id)
  }

  func message(_ key: String) throws -> StoredMessage? { tables.messages[key] }

  func messages(of id: HandoffID) throws -> [StoredMessage] {
    (tables.messagesOf[id] ?? []).compactMap { tables.messages[$0] }.sorted {
      ($0.decidedAt, $0.key) < ($1.decidedAt, $1.key)
    }
  }

  func exceptions(_ filter: ExceptionFilter) throws -> [StoredException] {
    let found = tables.exceptions.filter { record in
      if filter.onlyOpen, record.closedAt != nil { return false }
      if let owner = filter.owner, record.owner != owner { return false }
      if let handoff = filter.handoff, record.handoffID != handoff { return false }
      return true
    }
    let sorted = found.sorted { left, right in
      if (left.closedAt == nil) != (right.closedAt == nil) { return left.closedAt == nil }
      return left.id > right.id
    }
    return Array(sorted.prefix(max(0, filter.limit)))
  }

  func exception(_ id: Int64) throws -> StoredException? {
    guard id >= 1, id <= Int64(tables.exceptions.count) else { return nil }
    return tables.exceptions[Int(id) - 1]
  }

  func rows(_ filter: RowFilter) throws -> [HandoffRow] {
    var found: [HandoffRow] = []
    for entry in tables.order.backwards {
      guard found.count < filter.limit else { break }
      guard let row = tables.rows[entry.id], row.matches(filter) else { continue }
      found.append(row)
    }
    return found
  }

  func handoffs(after id: HandoffID?, limit: Int) throws -> [HandoffRow] {
    let limit = max(0, limit)
    let found =
      id.map { tables.order.prefix(limit, after: HandoffOrder(id: $0)) }
      ?? tables.order.prefix(limit) { _ in true }
    return found.compactMap { tables.rows[$0.id] }
  }

  func counts() throws -> [Stage: Int] {
    tables.rows.values.reduce(into: [:]) { $0[$1.handoff.stage, default: 0] += 1 }
  }

  func deliveryCounts() throws -> [DeliveryDisposition: Int] {
    tables.deliveries.reduce(into: [:]) { $0[$1.disposition, default: 0] += 1 }
  }

  func inFlight() throws -> [String: Int] {
    tables.inFlight.values.joined().reduce(into: [:]) { $0[$1.sku, default: 0] += $1.quantity }
  }

  func marker(_ name: String) throws -> String? { tables.markers[name] }
}

extension StoredTask {
  /// When it may be leased: when it is due, or when its lease runs out.
  var availableAt: Timestamp { leasedUntil ?? planned.notBefore }
}

extension StoredDelivery {
  var withoutBody: StoredDelivery {
    StoredDelivery(
      storefront: storefront, dedupeID: dedupeID, topic: topic, receivedAt: receivedAt, headers: headers, body: [],
      disposition: disposition, handoffID: handoffID)
  }
}

extension HandoffRow {
  fileprivate func matches(_ filter: RowFilter) -> Bool {
    if let storefront = filter.storefront, handoff.key.storefront != storefront { return false }
    if let stage = filter.stage, handoff.stage != stage { return false }
    guard let text = filter.text else { return true }
    return number == text || email == text.lowercased() || handoff.recordID == text
      || handoff.receipt?.recordNumber == text || handoff.externalID.text == text || handoff.key.orderID == text
      || handoff.id.text == text
  }
}
