import HandoffCore

extension MemoryTransaction: StoreReading {
  func row(of key: OrderKey) throws -> HandoffRow? { keys[key]?.row?.value }

  func row(_ id: HandoffID) throws -> HandoffRow? { shelf(id)?.row?.value }

  func version(_ number: Int, of id: HandoffID) throws -> StoredVersion? {
    shelf(id)?.versions.first { $0.version.number == number }
  }

  func delivery(storefront: StorefrontName, dedupeID: String) throws -> StoredDelivery? {
    deliveryIndex[DeliveryKey(storefront: storefront, dedupeID: dedupeID)].map { deliveries[$0].withoutBody }
  }

  func deliveries(of id: HandoffID) throws -> [StoredDelivery] {
    (shelf(id)?.deliveries ?? []).map { deliveries[$0].withoutBody }
  }

  func journal(of id: HandoffID) throws -> [JournalEntry] { shelf(id)?.journal ?? [] }

  func tasks(of id: HandoffID) throws -> [StoredTask] { shelf(id)?.tasks ?? [] }

  func task(_ id: Int64) throws -> StoredTask? { taskShelves[id]?.task(id) }

  func dueTasks(lane: String, now: Timestamp, limit: Int) throws -> [StoredTask] {
    let due = self.lane(lane)?.prefix(max(0, limit), while: { $0.availableAt <= now }) { entry in
      !entry.shelf.isBusy(lane: lane, now: now)
    }
    return (due ?? []).compactMap { entry in entry.shelf.task(entry.id) }
  }

  func nextDue(lane: String, after: Timestamp) throws -> Timestamp? {
    self.lane(lane)?.first { $0.availableAt > after }?.availableAt
  }

  func isBusy(_ id: HandoffID, lane: String, now: Timestamp) throws -> Bool {
    shelf(id)?.isBusy(lane: lane, now: now) ?? false
  }

  func overdue(now: Timestamp, limit: Int) throws -> [HandoffID] {
    deadlines.prefix(max(0, limit), while: { $0.deadline <= now }).map(\.shelf.id)
  }

  func message(_ key: String) throws -> StoredMessage? { messageShelves[key]?.messages.first { $0.key == key } }

  func messages(of id: HandoffID) throws -> [StoredMessage] {
    (shelf(id)?.messages ?? []).sorted { ($0.decidedAt, $0.key) < ($1.decidedAt, $1.key) }
  }

  func exceptions(_ filter: ExceptionFilter) throws -> [StoredException] {
    // Places in the table, not what lies there: most is left out again, and sorting moves it about.
    let among: [Int] =
      if !filter.onlyOpen { Array(exceptions.indices) } else if let id = filter.handoff {
        shelf(id)?.openException.map { [$0] } ?? []
      } else { Array(openExceptions) }
    let found = among.compactMap { place -> (order: ExceptionPlace, place: Int)? in
      if let owner = filter.owner, exceptions[place].owner != owner { return nil }
      if let handoff = filter.handoff, exceptions[place].handoffID != handoff { return nil }
      let order = ExceptionPlace(of: exceptions[place])
      return filter.after?.isBefore(order) ?? true ? (order, place) : nil
    }
    return found.sorted { $0.order.isBefore($1.order) }.prefix(max(0, filter.limit)).map { exceptions[$0.place] }
  }

  func exceptionCounts(onlyOpen: Bool) throws -> [String: Int] {
    let among = onlyOpen ? openExceptions.map { exceptions[$0] } : exceptions
    return among.reduce(into: [:]) { counts, record in counts[record.owner, default: 0] += 1 }
  }

  func openExceptionCount(now: Timestamp) throws -> OpenExceptionCount {
    let open = openExceptions.map { exceptions[$0].exception }
    return OpenExceptionCount(
      kinds: open.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 },
      overdue: open.count { $0.deadline <= now }, escalated: open.count { $0.escalations > 0 })
  }

  func exception(_ id: Int64) throws -> StoredException? {
    guard id >= 1, id <= Int64(exceptions.count) else { return nil }
    return exceptions[Int(id) - 1]
  }

  func rows(_ filter: RowFilter) throws -> [HandoffRow] {
    var found: [HandoffRow] = []
    for entry in order.backwards {
      guard found.count < filter.limit else { break }
      guard let row = entry.shelf.row?.value, row.matches(filter) else { continue }
      found.append(row)
    }
    return found
  }

  func handoffs(after id: HandoffID?, limit: Int) throws -> [HandoffRow] {
    let limit = max(0, limit)
    // A handoff that is not there has its place in the order all the same.
    let found =
      id.map { order.prefix(limit, after: HandoffOrder(shelf: shelf($0) ?? Shelf($0))) }
      ?? order.prefix(limit) { _ in true }
    return found.compactMap { $0.shelf.row?.value }
  }

  func counts() throws -> [Stage: Int] {
    shelves.values.reduce(into: [:]) { counts, shelf in
      if let row = shelf.row { counts[row.value.handoff.stage, default: 0] += 1 }
    }
  }

  func deliveryCounts() throws -> [DeliveryDisposition: Int] {
    deliveries.reduce(into: [:]) { $0[$1.disposition, default: 0] += 1 }
  }

  func inFlight() throws -> [String: Int] {
    var sums: [String: Int] = [:]
    for shelf in shelves.values {
      for line in shelf.inFlight { sums[line.sku, default: 0] += line.quantity }
    }
    return sums
  }

  func marker(_ name: String) throws -> String? { markers[name] }
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
    if let before = filter.before, handoff.id.text >= before.text { return false }
    guard let text = filter.text else { return true }
    return number == text || email == text.lowercased() || handoff.recordID == text
      || handoff.receipt?.recordNumber == text || handoff.externalID.text == text || handoff.key.orderID == text
      || handoff.id.text == text
  }
}
