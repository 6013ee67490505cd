import HandoffCore

/// One handoff in the hands of a move: the row as it was read, and what has been planned for it.
struct Working {
  var row: HandoffRow
  let revision: Int
  let isNew: Bool
  var claimed: [ClaimedTask] = []
  /// Contents already in memory, to spare a read; hardly ever more than one.
  private var orders: [(number: Int, order: Order)] = []

  init(_ row: HandoffRow, isNew: Bool = false) {
    self.row = row
    revision = row.handoff.revision
    self.isNew = isNew
  }

  func order(_ number: Int) -> Order? { orders.first { $0.number == number }?.order }

  mutating func keep(_ order: Order, _ number: Int) { orders.append((number, order)) }
}

extension Moves {
  /// Lets the rules take an event, and writes what follows from it; the row itself is written by ``save(_:in:)``.
  func apply(
    _ event: HandoffEvent, by actor: String, to work: inout Working, at now: Timestamp,
    in transaction: any StoreTransaction, desk: any LeaseDesk
  ) throws {
    let policy = setting.policy(work.row.handoff.key.storefront)
    let before = work.row.handoff
    let effects = try work.row.handoff.step(event, at: now, policy: policy)
    try journal(event.name, event.detail, by: actor, before: before, of: &work, at: now, in: transaction)
    try noteException(from: before, to: work.row, at: now, by: actor, in: transaction)
    try carryOut(effects, of: &work, at: now, in: transaction, desk: desk)
  }

  func carryOut(
    _ effects: [PlannedEffect], of work: inout Working, at now: Timestamp, in transaction: any StoreTransaction,
    desk: any LeaseDesk
  ) throws {
    for planned in effects {
      var message: StoredMessage?
      if planned.disposition == .perform, planned.effect.kind.destination == .notify {
        do throws(Unwritable) {
          message = try freeze(planned.effect.kind, of: &work, at: now, in: transaction)
        } catch {
          let failed = HandoffEvent.compositionFailed(planned.effect.kind, reason: error.reason)
          try apply(failed, by: "templates", to: &work, at: now, in: transaction, desk: desk)
          // A decision that cannot be told is no decision: what was to follow it does not happen either.
          if planned.effect.kind != .sendAcknowledgement { return }
          continue
        }
      }
      try plan(planned, message: message, of: &work, at: now, in: transaction, desk: desk)
    }
  }

  private func plan(
    _ planned: PlannedEffect, message: StoredMessage?, of work: inout Working, at now: Timestamp,
    in transaction: any StoreTransaction, desk: any LeaseDesk
  ) throws {
    let handoff = work.row.handoff
    let lane = Moves.lane(planned.effect.kind, of: handoff)
    let isDue = planned.notBefore <= now && planned.disposition == .perform
    // An order that is being taken in has no tasks but those planned just now.
    let isBusy =
      try work.isNew
      ? work.claimed.contains { $0.lane == lane } : transaction.isBusy(handoff.id, lane: lane, now: now)
    // What cannot be read is found when the task is claimed, and stops its order alone (L8): here it would take the
    // decision with it, and the delivery that called for it.
    let mayGo = isDue && !isBusy && isReadable(planned.effect, &work, in: transaction)
    guard mayGo, desk.take(lane: lane) else {
      _ = try transaction.put(NewTask(handoffID: handoff.id, planned: planned, lane: lane))
      if planned.disposition == .perform { desk.note(lane: lane, due: planned.notBefore) }
      return
    }
    let until = now + setting.lease
    let id = try transaction.put(NewTask(handoffID: handoff.id, planned: planned, lane: lane, leasedUntil: until))
    try begin(planned.effect, task: id, attempt: 1, lane: lane, message: message, of: &work, at: now, in: transaction)
  }

  /// Hands a leased task to its performer; a submission is journaled as begun before a byte of it can leave.
  func begin(
    _ effect: Effect, task id: Int64, attempt: Int, lane: String, message: StoredMessage?, of work: inout Working,
    at now: Timestamp, in transaction: any StoreTransaction
  ) throws {
    if case .submitOrder = effect {
      try apply(.submissionStarted, by: "dispatcher", to: &work, at: now, in: transaction, desk: ClosedDesk())
      guard work.row.handoff.stage == .submitting else { return try transaction.finish(id) }
    }
    let content = try content(of: effect, for: &work, in: transaction)
    work.claimed.append(
      ClaimedTask(
        id: id, attempt: attempt, lane: lane, effect: effect, handoff: work.row.handoff, order: content.order,
        version: content.number, digest: content.digest, message: message))
  }

  /// The content an effect is about.
  func content(
    of effect: Effect, for work: inout Working, in transaction: any StoreReading
  ) throws -> (number: Int, order: Order, digest: ContentDigest) {
    let handoff = work.row.handoff
    let number: Int =
      switch effect {
      case .submitOrder where handoff.stage == .captured: handoff.version.number
      case .submitOrder(let version, _): handoff.submittedVersion ?? version
      case .findReceipt(let version), .updateOrder(let version): version
      default: handoff.receipt?.version ?? handoff.version.number
      }
    let content = try order(number, of: &work, in: transaction)
    return (number, content.order, content.digest)
  }

  /// Whether the content an effect is about can be read.
  private func isReadable(_ effect: Effect, _ work: inout Working, in transaction: any StoreReading) -> Bool {
    do {
      _ = try content(of: effect, for: &work, in: transaction)
      return true
    } catch { return false }
  }

  /// A content of the order, from memory or from the store.
  func order(
    _ number: Int, of work: inout Working, in transaction: any StoreReading
  ) throws -> (order: Order, digest: ContentDigest) {
    let handoff = work.row.handoff
    if number == handoff.version.number, let known = work.order(number) { return (known, handoff.version.digest) }
    guard let stored = try transaction.version(number, of: handoff.id) else {
      throw StoreFailure.corrupt("handoff \(handoff.id) has no version \(number)")
    }
    if let known = work.order(number) { return (known, stored.version.digest) }
    let order = try setting.decode(stored.body)
    work.keep(order, number)
    return (order, stored.version.digest)
  }

  private func freeze(
    _ kind: EffectKind, of work: inout Working, at now: Timestamp, in transaction: any StoreTransaction
  ) throws(Unwritable) -> StoredMessage {
    let handoff = work.row.handoff
    let key = Moves.messageKey(kind, of: handoff)
    do {
      // Frozen once: a later attempt sends the bytes of the first (S4).
      if let frozen = try transaction.message(key) { return frozen }
    } catch { throw Unwritable("The stored message could not be read: \(error)") }
    let content: Order
    do { content = try order(handoff.version.number, of: &work, in: transaction).order } catch {
      throw Unwritable("The stored order could not be read: \(error)")
    }
    let written = try setting.compose(kind, handoff, content, key, now)
    let message = StoredMessage(
      key: key, handoffID: handoff.id, kind: kind, recipient: written.recipient, content: written.content,
      decidedAt: now)
    do { try transaction.insert(message) } catch { throw Unwritable("The message could not be kept: \(error)") }
    return message
  }

  func journal(
    _ event: String, _ detail: String, by actor: String, before: Handoff?, of work: inout Working, at now: Timestamp,
    in transaction: any StoreTransaction
  ) throws {
    let handoff = work.row.handoff
    let sequence = work.row.entries + 1
    // Counting characters is slow, and a text of so few bytes has no more of them.
    let detail = detail.utf8.count <= 2000 ? detail : String(detail.prefix(2000))
    var entry = JournalEntry(
      handoffID: handoff.id, sequence: sequence, at: now, event: event,
      detail: detail.withoutNUL, actor: actor.withoutNUL,
      stageBefore: before?.stage.rawValue ?? "", stageAfter: handoff.stage.rawValue,
      version: handoff.version.number, recordID: handoff.recordID ?? "", hash: "")
    entry.hash = ContentDigest(bytes: setting.sha256(entry.hashed(after: work.row.chainHead))).hex
    try transaction.append(entry)
    work.row.entries += 1
    work.row.chainHead = entry.hash
  }

  func noteException(
    from before: Handoff?, to row: HandoffRow, at now: Timestamp, by actor: String,
    in transaction: any StoreTransaction
  ) throws {
    let after = row.handoff
    let old = before?.exception
    let new = after.exception
    if old == new { return }
    if let old, new?.kind != old.kind || new?.openedAt != old.openedAt {
      // What is covered is not settled: a record of its own is opened when it comes back into view.
      let isCovered = after.covered.contains { $0.kind == old.kind && $0.openedAt == old.openedAt }
      let resolution = isCovered ? "covered by \(new?.kind.rawValue ?? "another")" : "closed by \(actor)"
      try transaction.closeException(of: after.id, at: now, resolution: resolution)
    }
    guard let new else { return }
    let configured = setting.owner(new.kind, after.key.storefront)
    if let old, old.kind == new.kind, old.openedAt == new.openedAt {
      let goesUp = new.escalations > old.escalations
      let owner =
        goesUp
        ? setting.escalationOwner ?? configured
        : try self.owner(ofOpen: after.id, in: transaction) ?? configured
      try transaction.reassign(
        exceptionOf: after.id, owner: owner, deadline: new.deadline, escalations: new.escalations)
      if goesUp { try tell(owner, .escalated, new, about: row, at: now, in: transaction) }
    } else {
      _ = try transaction.open(NewException(handoffID: after.id, exception: new, owner: configured))
      try tell(configured, .opened, new, about: row, at: now, in: transaction)
    }
  }

  /// Who has the open exception now: whoever it was given to, by hand or by its deadline.
  private func owner(ofOpen id: HandoffID, in transaction: any StoreReading) throws -> String? {
    var filter = ExceptionFilter()
    filter.handoff = id
    filter.limit = 1
    return try transaction.exceptions(filter).first?.owner
  }

  /// An order the ERP never got, or has cancelled, no longer takes anything from the stock.
  ///
  /// A receipt alone ends nothing: the ERP's availability must first be read again (S5). A decline ends nothing while
  /// the ERP may still hold the order. What was handed back stays counted: nobody here knows what people make of it.
  func settleInFlight(
    _ event: HandoffEvent, from before: Handoff, to after: Handoff, in transaction: any StoreTransaction
  ) throws {
    let hasEnded =
      switch after.stage {
      case .cancelled: before.stage != .cancelled
      case .declining, .declined:
        event == .cancellationCompleted
          || ((before.stage != after.stage || before.mayExist) && after.recordID == nil && !after.mayExist)
      default: false
      }
    if hasEnded { try transaction.setInFlight([], of: after.id) }
  }

  /// Writes the row, guarded by the revision it was read with.
  func save(_ work: Working, in transaction: any StoreTransaction) throws {
    if work.isNew {
      try transaction.insert(work.row)
    } else if work.row.handoff.revision != work.revision {
      guard try transaction.update(work.row, from: work.revision) else {
        throw StoreFailure.conflict("handoff \(work.row.handoff.id) was changed by somebody else")
      }
    }
  }
}
