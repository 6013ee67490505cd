import Connector
public import HandoffCore
public import HandoffStore
import Logging

extension Coordinator {
  /// Erases the personal data of one order that has come to its end; see ``HandoffStore/Moves/erase(_:by:at:in:)``.
  public func erase(_ id: HandoffID, by name: String) async throws -> ErasureOutcome {
    let now = time.now
    return try await store.transact { [moves] transaction in
      guard let row = try transaction.row(id) else { return .unknown }
      let outcome = try moves.erase(id, by: name, at: now, in: transaction)
      if outcome == .erased {
        try transaction.eraseLoose(of: row.handoff.key.storefront, mentioning: row.handoff.key.orderID)
      }
      return outcome
    }
  }

  /// Takes a storefront's wish to erase: what has come to its end is erased in the transaction that keeps the wish.
  /// What cannot be erased yet leaves the wish open, with an owner and a deadline, among the unreadable deliveries; so
  /// does a whole shop, which is worked off afterwards. Reading it again tries again.
  func take(
    erasureOf orderIDs: [String]?, _ delivery: WebhookDelivery, _ name: StorefrontName, topic: String,
    dedupeID: String?
  ) async -> ReceptionAnswer {
    let headers = Coordinator.kept(delivery.headers)
    do {
      let disposition = try await store.transact { [moves] transaction in
        var reason: String? = "Every order of this storefront is to be erased; those that have ended are being erased."
        if let orderIDs {
          reason = Coordinator.words(
            try moves.erase(
              orders: orderIDs, of: name, by: "storefront", at: delivery.receivedAt, in: transaction))
        }
        return try moves.keep(
          storefront: name, topic: topic, dedupeID: dedupeID, headers: headers,
          body: reason == nil ? [] : delivery.body, receivedAt: delivery.receivedAt, unreadable: reason,
          in: transaction)
      }
      meter.count("deliveries.\(disposition.rawValue)")
      if orderIDs == nil, disposition != .duplicate { inbox.put(.erase(name)) }
      return .noted(disposition)
    } catch {
      if case StoreFailure.unavailable(let reason) = error { writeHealth.noteOrder(failed: reason, at: time.now) }
      meter.count("deliveries.unavailable")
      return .unavailable(reason: "\(error)")
    }
  }

  /// Tries a kept wish again; it is closed, and emptied itself, when nothing of it is left.
  func erase(
    _ orderIDs: [String]?, of storefront: StorefrontName, for record: StoredUnreadable, by name: String
  ) async throws -> ReplayOutcome {
    let now = time.now
    let needed =
      if let orderIDs {
        try await store.transact { [moves] in
          try moves.erase(orders: orderIDs, of: storefront, by: name, at: now, in: $0)
        }
      } else {
        try await eraseAll(of: storefront, by: name)
      }
    if let reason = Coordinator.words(needed) { return .unreadable(reason: reason) }
    let outcome = try await understood(record, "its orders are erased", nil, by: name)
    try await store.transact { transaction in
      guard let orderIDs else { return try transaction.eraseLoose(of: storefront, mentioning: nil) }
      for orderID in orderIDs { try transaction.eraseLoose(of: storefront, mentioning: orderID) }
    }
    return outcome
  }

  /// Erases every order of a storefront that has come to its end; the wish stays open for its owner to look at.
  func eraseAll(of name: StorefrontName) async {
    do {
      let needed = try await eraseAll(of: name, by: "storefront")
      logger.notice(
        "a storefront's orders were erased", metadata: ["storefront": "\(name)", "left": "\(needed.count)"])
    } catch {
      logger.error(
        "a storefront's orders could not all be erased", metadata: ["storefront": "\(name)", "error": "\(error)"])
    }
  }

  private func eraseAll(of storefront: StorefrontName, by name: String) async throws -> [String] {
    var needed: [String] = []
    var last: HandoffID?
    while !permits.isClosed {
      let (now, after) = (time.now, last)
      let page = try await store.read { try $0.handoffs(after: after, limit: 100) }
      guard let end = page.last else { return needed }
      last = end.handoff.id
      let ids = page.filter { $0.handoff.key.storefront == storefront }.map(\.handoff.id)
      needed += try await store.transact { [moves] transaction in
        try ids.compactMap { id in
          guard case .needed(let reason) = try moves.erase(id, by: name, at: now, in: transaction) else { return nil }
          return reason
        }
      }
    }
    throw StoreFailure.unavailable("the coordinator is about to stop")
  }

  private static func words(_ needed: [String]) -> String? {
    if needed.isEmpty { return nil }
    let rest = needed.count > 5 ? " and \(needed.count - 5) more" : ""
    return "To be erased once they have ended: " + needed.prefix(5).joined(separator: "; ") + rest
      + ". Replay this then."
  }
}
