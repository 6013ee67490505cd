public import HandoffCore

/// What became of a wish to erase the personal data of an order.
public enum ErasureOutcome: Hashable, Sendable {
  /// It is gone.
  case erased
  /// It is still needed; why.
  case needed(reason: String)
  /// There is no such order.
  case unknown
}

extension Moves {
  static let erasureEvent = "personal_data_erased"

  /// Erases what is personal in an order that has come to its end: contents lose the person and keep what was bought,
  /// deliveries and messages their text, the row its address. Digests, figures and the journal stay, so that
  /// ``Verification`` still holds; the journal says who erased.
  ///
  /// An order that is under way, or has an open exception, still needs its data. Repeating is harmless: what has come
  /// since goes too, and the journal gets another entry only when something has happened since.
  public func erase(
    _ id: HandoffID, by name: String, at now: Timestamp, in transaction: any StoreTransaction
  ) throws -> ErasureOutcome {
    guard let row = try transaction.row(id) else { return .unknown }
    let handoff = row.handoff
    guard handoff.stage.isTerminal else {
      return .needed(reason: "order \(row.number) is still under way, \(handoff.stage.rawValue)")
    }
    if let exception = handoff.exception {
      return .needed(reason: "order \(row.number) has an open exception, \(exception.kind.rawValue)")
    }
    if try transaction.tasks(of: id).contains(where: {
      $0.planned.disposition == .perform && handoff.stillWants($0.planned.effect)
    }) {
      return .needed(reason: "order \(row.number) still has something to be done")
    }
    for number in 1...max(1, handoff.version.number) {
      guard let stored = try transaction.version(number, of: id) else { continue }
      let bare = (try? setting.decode(stored.body)).map { setting.encode($0.withoutPerson) }
      try transaction.replaceBody(number, of: id, with: bare ?? [])
    }
    try transaction.eraseWords(of: id)
    // A delivery that was superseded brings its body without an entry; a repeated wish is not worth one of its own.
    if try transaction.journal(of: id).last?.event == Moves.erasureEvent { return .erased }
    var work = Working(row)
    work.row.email = nil
    try journal(
      Moves.erasureEvent, "by \(name)", by: name, before: handoff, of: &work, at: now, in: transaction)
    guard try transaction.update(work.row, from: work.revision) else {
      throw StoreFailure.conflict("handoff \(id) was changed by somebody else")
    }
    return .erased
  }

  /// Erases orders that a storefront names, and what it sent about them besides.
  /// - Returns: why some could not be erased yet; empty when all are.
  public func erase(
    orders: [String], of storefront: StorefrontName, by name: String, at now: Timestamp,
    in transaction: any StoreTransaction
  ) throws -> [String] {
    var needed: [String] = []
    for orderID in orders {
      if let row = try transaction.row(of: OrderKey(storefront: storefront, orderID: orderID)),
        case .needed(let reason) = try erase(row.handoff.id, by: name, at: now, in: transaction)
      {
        needed.append(reason)
        continue
      }
      try transaction.eraseLoose(of: storefront, mentioning: orderID)
    }
    return needed
  }
}
