import HandoffCore

extension MemoryTransaction: StoreTransaction {
  func insert(_ row: HandoffRow) throws {
    let handoff = row.handoff
    let shelf = madeShelf(handoff.id)
    guard keys[handoff.key] == nil, shelf.row == nil else {
      throw StoreFailure.conflict("order \(handoff.key.orderID) of \(handoff.key.storefront) has a handoff already")
    }
    try MemoryTransaction.check(handoff)
    setRow(Shelf.Row(row), shelf)
    keys[handoff.key] = shelf
    onUndo(.newRow(shelf))
  }

  func update(_ row: HandoffRow, from revision: Int) throws -> Bool {
    guard let shelf = shelf(row.handoff.id), let old = shelf.row, old.value.handoff.revision == revision else {
      return false
    }
    try MemoryTransaction.check(row.handoff)
    setRow(Shelf.Row(row), shelf)
    onUndo(.row(old, shelf))
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
    let shelf = madeShelf(version.handoffID)
    guard !shelf.versions.contains(where: { $0.version.number == version.version.number }) else {
      throw StoreFailure.conflict("version \(version.version.number) of \(shelf.id) is known")
    }
    shelf.versions.append(version)
    onUndo(.version(shelf))
  }

  func insert(_ delivery: StoredDelivery) throws {
    let index = deliveries.count
    var key: DeliveryKey?
    if let dedupeID = delivery.dedupeID {
      let name = DeliveryKey(storefront: delivery.storefront, dedupeID: dedupeID)
      guard deliveryIndex[name] == nil else { throw StoreFailure.conflict("delivery \(dedupeID) is known") }
      deliveryIndex[name] = index
      key = name
    }
    deliveries.append(delivery)
    let shelf = delivery.handoffID.map { madeShelf($0) }
    shelf?.deliveries.append(index)
    onUndo(.delivery(shelf, key: key))
  }

  func append(_ entry: JournalEntry) throws {
    let shelf = madeShelf(entry.handoffID)
    guard entry.sequence == shelf.journal.count + 1 else {
      throw StoreFailure.conflict("journal entry \(entry.sequence) of \(shelf.id) is not the next")
    }
    shelf.journal.append(entry)
    onUndo(.journal(shelf))
  }

  func put(_ task: NewTask) throws -> Int64 {
    let shelf = madeShelf(task.handoffID)
    if task.leasedUntil == nil {
      for old in shelf.tasks
      where old.leasedUntil == nil && old.planned.effect.kind == task.planned.effect.kind {
        try finish(old.id)
      }
    }
    let id = nextTask
    nextTask += 1
    let stored = StoredTask(
      id: id, handoffID: task.handoffID, planned: task.planned, lane: task.lane,
      attempt: task.leasedUntil == nil ? 0 : 1, leasedUntil: task.leasedUntil)
    setTask(stored, id, shelf)
    onUndo(.newTask(id, shelf))
    return id
  }

  func lease(_ id: Int64, attempt: Int, until: Timestamp) throws {
    guard let shelf = taskShelves[id], let old = shelf.task(id) else {
      throw StoreFailure.conflict("task \(id) is gone")
    }
    let leased = StoredTask(
      id: id, handoffID: old.handoffID, planned: old.planned, lane: old.lane, attempt: attempt, leasedUntil: until)
    setTask(leased, id, shelf)
    onUndo(.task(old, shelf))
  }

  func finish(_ id: Int64) throws {
    guard let shelf = taskShelves[id], let old = shelf.task(id) else { return }
    setTask(nil, id, shelf)
    onUndo(.task(old, shelf))
  }

  func finish(_ id: Int64, attempt: Int) throws -> Bool {
    guard let shelf = taskShelves[id], let old = shelf.task(id), old.attempt == attempt else { return false }
    setTask(nil, id, shelf)
    onUndo(.task(old, shelf))
    return true
  }

  func expireLeases(now: Timestamp) throws -> Int {
    let known = taskShelves.keys.sorted()
    let leased = known.compactMap { id in
      taskShelves[id]?.tasks.first { $0.id == id && ($0.leasedUntil ?? now) > now }
    }
    for task in leased { try lease(task.id, attempt: task.attempt, until: now) }
    return leased.count
  }

  func insert(_ message: StoredMessage) throws {
    guard messageShelves[message.key] == nil else { return }
    let shelf = madeShelf(message.handoffID)
    messageShelves[message.key] = shelf
    shelf.messages.append(message)
    onUndo(.message(shelf))
  }

  func note(attemptOf key: String, acceptedAt: Timestamp?) throws {
    guard let shelf = messageShelves[key], let place = shelf.messages.firstIndex(where: { $0.key == key }) else {
      return
    }
    let old = shelf.messages[place]
    shelf.messages[place] = StoredMessage(
      key: old.key, handoffID: old.handoffID, kind: old.kind, recipient: old.recipient, content: old.content,
      decidedAt: old.decidedAt, attempts: old.attempts + 1, acceptedAt: old.acceptedAt ?? acceptedAt)
    onUndo { shelf.messages[place] = old }
  }

  func open(_ exception: NewException) throws -> Int64 {
    guard !exception.owner.isEmpty else { throw StoreFailure.corrupt("an exception needs an owner") }
    let shelf = madeShelf(exception.handoffID)
    guard shelf.openException == nil else {
      throw StoreFailure.conflict("handoff \(exception.handoffID) has an open exception")
    }
    let place = exceptions.count
    let id = Int64(place) + 1
    exceptions.append(
      StoredException(
        id: id, handoffID: exception.handoffID, exception: exception.exception, owner: exception.owner, closedAt: nil,
        resolution: ""))
    shelf.openException = place
    openExceptions.insert(place)
    onUndo { [unowned self] in
      exceptions.removeLast()
      shelf.openException = nil
      openExceptions.remove(place)
    }
    return id
  }

  func closeException(of id: HandoffID, at: Timestamp, resolution: String) throws {
    guard let shelf = shelf(id), let place = shelf.openException else { return }
    let old = exceptions[place]
    exceptions[place] = StoredException(
      id: old.id, handoffID: id, exception: old.exception, owner: old.owner, closedAt: at, resolution: resolution)
    shelf.openException = nil
    openExceptions.remove(place)
    onUndo { [unowned self] in
      exceptions[place] = old
      shelf.openException = place
      openExceptions.insert(place)
    }
  }

  func reassign(exceptionOf id: HandoffID, owner: String, deadline: Timestamp, escalations: Int) throws {
    guard let place = shelf(id)?.openException else { return }
    let old = exceptions[place]
    exceptions[place] = StoredException(
      id: old.id, handoffID: id,
      exception: OpenException(
        kind: old.exception.kind, reason: old.exception.reason, openedAt: old.exception.openedAt, deadline: deadline,
        escalations: escalations), owner: owner, closedAt: nil, resolution: "")
    onUndo { [unowned self] in exceptions[place] = old }
  }

  func setInFlight(_ lines: [InFlightLine], of id: HandoffID) throws {
    guard lines.allSatisfy({ $0.quantity > 0 }), MemoryTransaction.areDistinct(lines) else {
      throw StoreFailure.corrupt("in-flight lines of \(id) need distinct units and positive quantities")
    }
    let shelf = madeShelf(id)
    let old = shelf.inFlight
    shelf.inFlight = lines
    onUndo { shelf.inFlight = old }
  }

  private static func areDistinct(_ lines: [InFlightLine]) -> Bool {
    lines.count < 2 || Set(lines.map(\.sku)).count == lines.count
  }

  func setMarker(_ name: String, to value: String) throws {
    let old = markers[name]
    markers[name] = value
    onUndo { [unowned self] in markers[name] = old }
  }
}
