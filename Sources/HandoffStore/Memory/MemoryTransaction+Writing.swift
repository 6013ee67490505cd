import HandoffCore

extension MemoryTransaction: StoreTransaction {
  func insert(_ row: HandoffRow) throws {
    let handoff = row.handoff
    guard tables.keys[handoff.key] == nil, tables.rows[handoff.id] == nil else {
      throw StoreFailure.conflict("order \(handoff.key.orderID) of \(handoff.key.storefront) has a handoff already")
    }
    try MemoryTransaction.check(handoff)
    tables.setRow(row, handoff.id)
    tables.keys[handoff.key] = handoff.id
    onUndo {
      $0.setRow(nil, handoff.id)
      $0.keys[handoff.key] = nil
    }
  }

  func update(_ row: HandoffRow, from revision: Int) throws -> Bool {
    let id = row.handoff.id
    guard let old = tables.rows[id], old.handoff.revision == revision else { return false }
    try MemoryTransaction.check(row.handoff)
    tables.setRow(row, id)
    onUndo { $0.setRow(old, id) }
    return true
  }

  /// What the databases' CHECK constraints say.
  private static func check(_ handoff: Handoff) throws {
    func broken(_ constraint: String) -> StoreFailure {
      .corrupt("handoff \(handoff.id) in stage \(handoff.stage.rawValue) breaks \(constraint)")
    }
    if handoff.stage.isPastDecision, handoff.receipt == nil { throw broken("confirmed_needs_receipt") }
    if handoff.stage.isPastDecision, handoff.decision != .confirm { throw broken("confirmed_needs_decision") }
    if (handoff.decision == nil) != (handoff.decidedVersion == nil) { throw broken("decision_names_version") }
    if !handoff.stage.isTerminal, handoff.deadline == nil { throw broken("nothing_waits_for_ever") }
  }

  func insert(_ version: StoredVersion) throws {
    let id = version.handoffID
    guard tables.versions[id]?.contains(where: { $0.version.number == version.version.number }) != true else {
      throw StoreFailure.conflict("version \(version.version.number) of \(id) is known")
    }
    tables.versions[id, default: []].append(version)
    onUndo { $0.versions[id]?.removeLast() }
  }

  func insert(_ delivery: StoredDelivery) throws {
    let index = tables.deliveries.count
    if let dedupeID = delivery.dedupeID {
      let key = delivery.storefront.text + "\u{0}" + dedupeID
      guard tables.deliveryIndex[key] == nil else { throw StoreFailure.conflict("delivery \(dedupeID) is known") }
      tables.deliveryIndex[key] = index
      onUndo { $0.deliveryIndex[key] = nil }
    }
    tables.deliveries.append(delivery)
    onUndo { $0.deliveries.removeLast() }
    if let id = delivery.handoffID {
      tables.deliveriesOf[id, default: []].append(index)
      onUndo { $0.deliveriesOf[id]?.removeLast() }
    }
  }

  func append(_ entry: JournalEntry) throws {
    let id = entry.handoffID
    guard entry.sequence == (tables.journal[id]?.count ?? 0) + 1 else {
      throw StoreFailure.conflict("journal entry \(entry.sequence) of \(id) is not the next")
    }
    tables.journal[id, default: []].append(entry)
    onUndo { $0.journal[id]?.removeLast() }
  }

  func put(_ task: NewTask) throws -> Int64 {
    if task.leasedUntil == nil {
      for old in try tasks(of: task.handoffID)
      where old.leasedUntil == nil && old.planned.effect.kind == task.planned.effect.kind {
        try finish(old.id)
      }
    }
    let id = tables.nextTask
    tables.nextTask += 1
    let stored = StoredTask(
      id: id, handoffID: task.handoffID, planned: task.planned, lane: task.lane,
      attempt: task.leasedUntil == nil ? 0 : 1, leasedUntil: task.leasedUntil)
    tables.setTask(stored, id)
    onUndo {
      $0.nextTask = id
      $0.setTask(nil, id)
    }
    return id
  }

  func lease(_ id: Int64, attempt: Int, until: Timestamp) throws {
    guard let old = tables.tasks[id] else { throw StoreFailure.conflict("task \(id) is gone") }
    let leased = StoredTask(
      id: id, handoffID: old.handoffID, planned: old.planned, lane: old.lane, attempt: attempt, leasedUntil: until)
    tables.setTask(leased, id)
    onUndo { $0.setTask(old, id) }
  }

  func finish(_ id: Int64) throws {
    guard let old = tables.tasks[id] else { return }
    tables.setTask(nil, id)
    onUndo { $0.setTask(old, id) }
  }

  func finish(_ id: Int64, attempt: Int) throws -> Bool {
    guard tables.tasks[id]?.attempt == attempt else { return false }
    try finish(id)
    return true
  }

  func expireLeases(now: Timestamp) throws -> Int {
    let leased = tables.tasks.values.filter { ($0.leasedUntil ?? now) > now }.sorted { $0.id < $1.id }
    for task in leased { try lease(task.id, attempt: task.attempt, until: now) }
    return leased.count
  }

  func insert(_ message: StoredMessage) throws {
    guard tables.messages[message.key] == nil else { return }
    tables.messages[message.key] = message
    tables.messagesOf[message.handoffID, default: []].append(message.key)
    onUndo {
      $0.messages[message.key] = nil
      $0.messagesOf[message.handoffID]?.removeLast()
    }
  }

  func note(attemptOf key: String, acceptedAt: Timestamp?) throws {
    guard let old = tables.messages[key] else { return }
    tables.messages[key] = StoredMessage(
      key: old.key, handoffID: old.handoffID, kind: old.kind, recipient: old.recipient, content: old.content,
      decidedAt: old.decidedAt, attempts: old.attempts + 1, acceptedAt: old.acceptedAt ?? acceptedAt)
    onUndo { $0.messages[key] = old }
  }

  func open(_ exception: NewException) throws -> Int64 {
    guard !exception.owner.isEmpty else { throw StoreFailure.corrupt("an exception needs an owner") }
    guard tables.openExceptions[exception.handoffID] == nil else {
      throw StoreFailure.conflict("handoff \(exception.handoffID) has an open exception")
    }
    let id = Int64(tables.exceptions.count) + 1
    tables.exceptions.append(
      StoredException(
        id: id, handoffID: exception.handoffID, exception: exception.exception, owner: exception.owner, closedAt: nil,
        resolution: ""))
    tables.openExceptions[exception.handoffID] = Int(id) - 1
    onUndo {
      $0.exceptions.removeLast()
      $0.openExceptions[exception.handoffID] = nil
    }
    return id
  }

  func closeException(of id: HandoffID, at: Timestamp, resolution: String) throws {
    guard let index = tables.openExceptions[id] else { return }
    let old = tables.exceptions[index]
    tables.exceptions[index] = StoredException(
      id: old.id, handoffID: id, exception: old.exception, owner: old.owner, closedAt: at, resolution: resolution)
    tables.openExceptions[id] = nil
    onUndo {
      $0.exceptions[index] = old
      $0.openExceptions[id] = index
    }
  }

  func reassign(exceptionOf id: HandoffID, owner: String, deadline: Timestamp, escalations: Int) throws {
    guard let index = tables.openExceptions[id] else { return }
    let old = tables.exceptions[index]
    tables.exceptions[index] = StoredException(
      id: old.id, handoffID: id,
      exception: OpenException(
        kind: old.exception.kind, reason: old.exception.reason, openedAt: old.exception.openedAt, deadline: deadline,
        escalations: escalations), owner: owner, closedAt: nil, resolution: "")
    onUndo { $0.exceptions[index] = old }
  }

  func setInFlight(_ lines: [InFlightLine], of id: HandoffID) throws {
    guard lines.allSatisfy({ $0.quantity > 0 }), Set(lines.map(\.sku)).count == lines.count else {
      throw StoreFailure.corrupt("in-flight lines of \(id) need distinct units and positive quantities")
    }
    let old = tables.inFlight[id]
    tables.inFlight[id] = lines.isEmpty ? nil : lines
    onUndo { $0.inFlight[id] = old }
  }

  func setMarker(_ name: String, to value: String) throws {
    let old = tables.markers[name]
    tables.markers[name] = value
    onUndo { $0.markers[name] = old }
  }
}
