public import HandoffCore

extension Moves {
  /// Takes a storefront's cancel. A content can be stale; a cancel is a fact about the order, and counts whatever the
  /// clocks say: of the delivery, of the content that came before it, or of the two machines (S3c).
  ///
  /// One thing the clocks can say: that the storefront changed the order after the cancel and no longer called it
  /// cancelled. Some storefronts can reopen an order (WooCommerce: a late payment does it). It is cancelled all the
  /// same, and a person is asked.
  func cancel(
    _ request: IntakeRequest, of work: inout Working, in transaction: any StoreTransaction, desk: any LeaseDesk
  ) throws -> DeliveryDisposition {
    let before = work.row.handoff
    let now = request.receivedAt
    guard !before.cancelRequested else {
      try noteCancel(request, before, in: transaction)
      return .duplicate
    }
    let newer = try newerContent(than: request, of: &work, in: transaction)
    try apply(.orderCancelled, by: "storefront", to: &work, at: now, in: transaction, desk: desk)
    try settleInFlight(.orderCancelled, from: before, to: work.row.handoff, in: transaction)
    try noteCancel(request, before, in: transaction)
    if let newer, Moves.mayBeReopened(work.row.handoff) {
      try transaction.setMarker(Moves.cancelMarker(before), to: String(newer.microseconds))
      let refused = HandoffEvent.eventRefused(reason: Moves.reopened(at: newer))
      try apply(refused, by: "storefront", to: &work, at: now, in: transaction, desk: desk)
    }
    return .applied
  }

  /// When the storefront, by its own clock, last showed the order changed after the cancel and not cancelled; nil when
  /// it did not, or when either has no clock of its own.
  private func newerContent(
    than cancel: IntakeRequest, of work: inout Working, in transaction: any StoreReading
  ) throws -> Timestamp? {
    let handoff = work.row.handoff
    guard cancel.order.updatedAt != nil else { return nil }
    var newest: Timestamp?
    if cancel.updatedAt < handoff.version.updatedAt, hasClock(&work, in: transaction) {
      newest = handoff.version.updatedAt
    }
    if let seen = try transaction.marker(Moves.clockMarker(handoff)).flatMap({ Int64($0) }),
      cancel.updatedAt.microseconds < seen
    {
      newest = max(newest ?? .distantPast, Timestamp(microseconds: seen))
    }
    return newest
  }

  /// Whether the newest content came with a clock of its own. One that cannot be read is taken to have: a person is
  /// asked, and the cancel counts all the same.
  private func hasClock(_ work: inout Working, in transaction: any StoreReading) -> Bool {
    do {
      return try order(work.row.handoff.version.number, of: &work, in: transaction).order.updatedAt != nil
    } catch { return true }
  }

  /// Keeps the clock of the newest cancel, so that what the storefront says of the order later can be told from what it
  /// said before.
  func noteCancel(_ request: IntakeRequest, _ handoff: Handoff, in transaction: any StoreTransaction) throws {
    let name = Moves.cancelMarker(handoff)
    let known = try transaction.marker(name).flatMap { Int64($0) }
    if let known, known >= request.updatedAt.microseconds { return }
    try transaction.setMarker(name, to: String(request.updatedAt.microseconds))
  }

  /// Why a person must look at a content that is not cancelled: the storefront's own clock says that it is newer than
  /// the cancel. Each such clock is told once, however often the delivery is repeated or listed.
  func reopening(
    _ request: IntakeRequest, _ handoff: Handoff, in transaction: any StoreTransaction
  ) throws -> String? {
    guard handoff.cancelRequested, request.order.updatedAt != nil, Moves.mayBeReopened(handoff),
      let known = try transaction.marker(Moves.cancelMarker(handoff)).flatMap({ Int64($0) }),
      known < request.updatedAt.microseconds
    else { return nil }
    try transaction.setMarker(Moves.cancelMarker(handoff), to: String(request.updatedAt.microseconds))
    return Moves.reopened(at: request.updatedAt)
  }

  /// Whether an order that was listed is known as it is: its intake would write nothing.
  ///
  /// Anything that needs a second look, such as a cancelled order that is listed as open, is not known.
  public func isKnown(_ request: IntakeRequest, in store: any StoreReading) throws -> Bool {
    guard request.isListed, let handoff = try store.row(of: request.key)?.handoff else { return false }
    let marker: String
    if request.order.isCancelled {
      guard handoff.cancelRequested else { return false }
      marker = Moves.cancelMarker(handoff)
    } else {
      guard !handoff.cancelRequested, digest(of: request) == handoff.version.digest else { return false }
      if request.order.updatedAt == nil || request.updatedAt <= handoff.version.updatedAt { return true }
      marker = Moves.clockMarker(handoff)
    }
    guard let seen = try store.marker(marker).flatMap({ Int64($0) }) else { return false }
    return seen >= request.updatedAt.microseconds
  }

  /// Whether the storefront itself has cancelled the order, also after a person did so here.
  public static func isCancelledThere(_ handoff: Handoff, in store: any StoreReading) throws -> Bool {
    try store.marker(cancelMarker(handoff)) != nil
  }

  /// What was only watched, or was handed back, is no longer ours to ask about.
  private static func mayBeReopened(_ handoff: Handoff) -> Bool {
    handoff.stage != .observed && handoff.stage != .returned
  }

  private static func reopened(at instant: Timestamp) -> String {
    "The storefront cancelled the order and shows it as changed and not cancelled at \(instant.iso8601): it may have "
      + "been reopened there. Here it stays cancelled; if it is wanted, it has to be placed again."
  }

  private static func cancelMarker(_ handoff: Handoff) -> String { "cancelled:" + handoff.id.text }
}
