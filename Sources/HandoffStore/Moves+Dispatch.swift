public import HandoffCore

extension Moves {
  /// Leases due tasks of a lane, at most as many as there are permits.
  ///
  /// A submission that was leased before has an unknown outcome: it is not performed again but looked up. An effect
  /// that is no longer called for is dropped here, so that it can never leave late.
  public func claim(
    lane: String, limit: Int, at now: Timestamp, in transaction: any StoreTransaction
  ) throws -> [ClaimedTask] {
    var claimed: [ClaimedTask] = []
    var moved: Set<HandoffID> = []
    // More than are wanted: a task that is dropped must not keep the lane from the others.
    for task in try transaction.dueTasks(lane: lane, now: now, limit: limit + min(limit, 1000) + 16) {
      guard claimed.count < limit else { break }
      // What was done about an earlier task of the order may have replaced this one; to lease what is gone would undo
      // the whole claim, now and every time, and so hold the lane of all (L8).
      if moved.contains(task.handoffID), try transaction.task(task.id) == nil { continue }
      guard let row = try transaction.row(task.handoffID) else {
        try transaction.finish(task.id)
        continue
      }
      var work = Working(row)
      moved.insert(task.handoffID)
      if try isSpent(task, of: &work, at: now, in: transaction) {
        try transaction.finish(task.id)
        try save(work, in: transaction)
        continue
      }
      // Another one of the order was leased just now.
      if task.leasedUntil == nil, try transaction.isBusy(task.handoffID, lane: lane, now: now) { continue }
      let effect = task.planned.effect
      let message =
        effect.kind.destination == .notify
        ? try transaction.message(Moves.messageKey(effect.kind, of: row.handoff)) : nil
      try transaction.lease(task.id, attempt: task.attempt + 1, until: now + setting.lease)
      try begin(
        effect, task: task.id, attempt: task.attempt + 1, lane: lane, message: message, of: &work, at: now,
        in: transaction)
      try save(work, in: transaction)
      claimed += work.claimed
    }
    return claimed
  }

  /// Whether a task must not be performed: its submission may have been, it is no longer called for, or its order
  /// cannot be read. What follows from that is applied.
  private func isSpent(
    _ task: StoredTask, of work: inout Working, at now: Timestamp, in transaction: any StoreTransaction
  ) throws -> Bool {
    let effect = task.planned.effect
    if case .submitOrder = effect, task.leasedUntil != nil {
      if work.row.handoff.stage == .submitting {
        let reason = "The performer of attempt \(task.attempt) did not report back before its lease ran out."
        try apply(
          .submissionOutcomeUnknown(reason: reason), by: "clock", to: &work, at: now, in: transaction,
          desk: ClosedDesk())
      }
      return true
    }
    guard work.row.handoff.stillWants(effect) else { return true }
    do {
      _ = try content(of: effect, for: &work, in: transaction)
    } catch {
      // One order that cannot be read stops itself, not its lane (L8).
      let reason = "\(effect.kind.rawValue): the stored order cannot be read: \(error)"
      try apply(
        .eventRefused(reason: reason), by: "dispatcher", to: &work, at: now, in: transaction, desk: ClosedDesk())
      return true
    }
    return false
  }

  /// Brings the outcome of a performed task back as an event, and ends the task.
  ///
  /// A performer whose lease has gone to somebody else changes nothing, with one exception: the knowledge that the ERP
  /// has the order is never thrown away.
  public func settle(
    _ task: ClaimedTask, _ event: HandoffEvent, by actor: String, at now: Timestamp,
    in transaction: any StoreTransaction, desk: any LeaseDesk
  ) throws -> [ClaimedTask] {
    // Nothing was there when it was asked for; it may have come since, while this process slept (F72).
    let leasedUntil = event == .receiptNotFound ? try transaction.task(task.id)?.leasedUntil : nil
    let isCurrent = try transaction.finish(task.id, attempt: task.attempt)
    guard isCurrent || event.carriesReceipt else { return [] }
    guard let row = try transaction.row(task.handoff.id) else { return [] }
    // What the ERP said about the stock of an older content says nothing about the newest; it is being asked again.
    if event.isAboutStock, task.version != row.handoff.receipt?.version { return [] }
    // Nor does a look-up for an older content say that the record is not the newest.
    if case .receiptDiffers = event, row.handoff.stage == .updating, task.version != row.handoff.version.number {
      return []
    }
    var work = Working(row)
    work.keep(task.order, task.version)
    if let message = task.message { try transaction.note(attemptOf: message.key, acceptedAt: event.isSent ? now : nil) }
    do {
      let asked = leasedUntil.map { min(now, $0 - setting.lease) } ?? now
      try apply(event, by: actor, to: &work, at: asked, in: transaction, desk: desk)
    } catch let refusal as Refusal {
      let reason = "\(refusal.event) in stage \(refusal.stage.rawValue): \(refusal.reason)"
      try apply(.eventRefused(reason: reason), by: actor, to: &work, at: now, in: transaction, desk: desk)
    }
    try settleInFlight(event, from: row.handoff, to: work.row.handoff, in: transaction)
    try save(work, in: transaction)
    return work.claimed
  }

  /// Turns passed deadlines into exceptions or escalations; at most `limit` rows.
  public func sweep(at now: Timestamp, limit: Int, in transaction: any StoreTransaction) throws -> Int {
    let overdue = try transaction.overdue(now: now, limit: limit)
    for id in overdue {
      guard let row = try transaction.row(id) else { continue }
      var work = Working(row)
      try apply(.deadlinePassed, by: "clock", to: &work, at: now, in: transaction, desk: ClosedDesk())
      try save(work, in: transaction)
    }
    return overdue.count
  }

  /// Carries out what a person decided.
  /// - Throws: ``HandoffCore/Refusal`` when the decision makes no sense now, `nil` row when there is no such handoff.
  public func decide(
    _ decision: OperatorDecision, on id: HandoffID, by name: String, expecting revision: Int?, at now: Timestamp,
    in transaction: any StoreTransaction, desk: any LeaseDesk
  ) throws -> (handoff: Handoff, claimed: [ClaimedTask])? {
    guard let row = try transaction.row(id) else { return nil }
    if let revision, revision != row.handoff.revision {
      throw StoreFailure.conflict("the handoff has moved on since it was shown (revision \(row.handoff.revision))")
    }
    var work = Working(row)
    // Whoever retries past a void payment vouches for it; the journal calls it that.
    let isVouching = decision == .retry && row.handoff.exception?.kind == .paymentVoided
    let event = HandoffEvent.operatorDecided(isVouching ? .acceptVoidPayment : decision, by: name.withoutNUL)
    try apply(event, by: name, to: &work, at: now, in: transaction, desk: desk)
    try settleInFlight(event, from: row.handoff, to: work.row.handoff, in: transaction)
    try save(work, in: transaction)
    return (work.row.handoff, work.claimed)
  }
}

extension HandoffEvent {
  var carriesReceipt: Bool {
    switch self {
    case .receiptIssued, .receiptFound, .orderRecorded: true
    default: false
    }
  }

  var isAboutStock: Bool {
    switch self {
    case .inventoryValidated, .inventoryShort, .inventoryUnknown: true
    default: false
    }
  }

  var isSent: Bool {
    switch self {
    case .acknowledgementSent, .confirmationSent, .cannotFulfilSent: true
    default: false
    }
  }
}
