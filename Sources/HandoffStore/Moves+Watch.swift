import HandoffCore

extension Moves {
  /// Keeps that the ERP has the record of an observed order, with a line in its journal; nothing follows from it.
  ///
  /// An order that is not only observed, or was seen before, stays as it is: for what we submit ourselves only an
  /// answer to our own request or look-up counts.
  /// - Returns: whether it was new.
  public func note(_ sighting: Sighting, in transaction: any StoreTransaction) throws -> Bool {
    guard let row = try transaction.row(sighting.handoffID), row.handoff.stage == .observed,
      try transaction.sighting(of: sighting.handoffID) == nil
    else { return false }
    try transaction.insert(sighting)
    var work = Working(row)
    try journal(
      "record_seen", sighting.words, by: "erp", before: row.handoff, of: &work, at: sighting.seenAt, in: transaction)
    guard try transaction.update(work.row, from: work.revision) else {
      throw StoreFailure.conflict("handoff \(sighting.handoffID) was changed by somebody else")
    }
    return true
  }
}
