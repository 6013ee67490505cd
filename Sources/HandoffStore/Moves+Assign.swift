public import HandoffCore

extension Moves {
  /// Gives an open exception to another owner; its deadline stays, and the journal says who did it.
  ///
  /// When the exception goes up, it goes to whoever is configured for that, or to its configured owner again.
  /// - Returns: the exception as it now stands; nil when there is none or it is closed.
  public func assign(
    exception id: Int64, to owner: String, by name: String, at now: Timestamp, in transaction: any StoreTransaction
  ) throws -> StoredException? {
    guard let record = try transaction.exception(id), record.closedAt == nil,
      let row = try transaction.row(record.handoffID)
    else { return nil }
    try transaction.reassign(
      exceptionOf: record.handoffID, owner: owner, deadline: record.exception.deadline,
      escalations: record.exception.escalations)
    if owner != record.owner {
      try tell(owner, .assigned, record.exception, about: row, at: now, in: transaction)
    }
    var work = Working(row)
    try journal(
      "exception_assigned", "to \(owner) by \(name)", by: name, before: row.handoff, of: &work, at: now,
      in: transaction)
    guard try transaction.update(work.row, from: work.revision) else {
      throw StoreFailure.conflict("handoff \(record.handoffID) was changed by somebody else")
    }
    return try transaction.exception(id)
  }
}
