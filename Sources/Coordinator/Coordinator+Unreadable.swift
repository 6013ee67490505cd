import Connector
public import HandoffCore
public import HandoffStore

/// What came of reading an unreadable delivery again.
public enum ReplayOutcome: Sendable {
  /// It was read and taken; it is closed. The handoff is the order's, where it was an order.
  case understood(StoredUnreadable, Handoff?)
  /// It still cannot be understood, and stays open.
  case unreadable(reason: String)
  /// It is not authentic any more, for instance because its secret is gone; it stays open.
  case rejected(reason: String)
  /// It was closed before; nothing was done.
  case closed(StoredUnreadable)
}

extension Coordinator {
  /// Reads an unreadable delivery again, after its cause has been mended.
  ///
  /// It goes the way every delivery goes: its signature is verified over its bytes at the time of its arrival, so that
  /// its timestamp is not stale, and its order is taken in now, so that no deadline has passed before it begins. An
  /// order of a listing has no bytes of its own: its window is listed again. Repeating is harmless.
  /// - Returns: nil when there is no such delivery.
  /// - Throws: ``HandoffStore/StoreFailure`` when it could not be made durable; it stays open.
  public func replay(unreadable id: Int64, by name: String) async throws -> ReplayOutcome? {
    guard let record = try await store.read({ try $0.unreadable(id) }) else { return nil }
    if record.closedAt != nil { return .closed(record) }
    guard let storefront = setting.storefronts[record.delivery.storefront] else {
      return .rejected(reason: "The configuration has no storefront \(record.delivery.storefront).")
    }
    if let since = Coordinator.windowStart(record.delivery) {
      return try await listAgain(record, storefront, since: since, by: name)
    }
    let delivery = WebhookDelivery(
      headers: Coordinator.fields(record.delivery.headers), body: record.delivery.body,
      receivedAt: record.delivery.receivedAt)
    let reading: WebhookReading
    do throws(WebhookRejection) { reading = try storefront.source.read(delivery) } catch {
      return .rejected(reason: error.words)
    }
    switch reading {
    case .unreadable(_, let reason, _): return .unreadable(reason: reason)
    case .erasure(_, let orderIDs, _): return try await erase(orderIDs, of: storefront.name, for: record, by: name)
    case .ping: return try await understood(record, "it was a ping", nil, by: name)
    case .notice(let topic, let orderID, _):
      if let orderID, storefront.source.canList { inbox.put(.fetch(storefront.name, orderID: orderID)) }
      return try await understood(record, "it was a notice, \(topic)", nil, by: name)
    case .order(var capture):
      // Without a date of its own the order is as old as its delivery, not as this replay (S4c).
      capture.order.placedAt = capture.order.placedAt ?? delivery.receivedAt
      capture.topic += " (replayed)"
      let request = Coordinator.request(capture, delivery, at: storefront.name, receivedAt: time.now)
      switch await take(request) {
      case .taken(let disposition, let handoff):
        let what = "order \(capture.order.number), \(disposition.rawValue)"
        return try await understood(record, what, handoff, by: name)
      case .unavailable(let reason): throw StoreFailure.unavailable(reason)
      default: return .unreadable(reason: "The order was not taken.")
      }
    }
  }

  /// Closes an unreadable delivery for which nothing is owed, or which was dealt with elsewhere.
  /// - Returns: the delivery as it now stands; nil when there is none.
  public func close(unreadable id: Int64, by name: String, because reason: String) async throws -> StoredUnreadable? {
    let now = time.now
    return try await store.transact { [moves] in
      try moves.close(unreadable: id, "closed by \(name): \(reason)", at: now, in: $0)
    }
  }

  func understood(
    _ record: StoredUnreadable, _ what: String, _ handoff: Handoff?, by name: String
  ) async throws -> ReplayOutcome {
    let now = time.now
    let closed = try await store.transact { [moves] in
      try moves.close(unreadable: record.id, "replayed by \(name): \(what)", at: now, in: $0)
    }
    return .understood(closed ?? record, handoff)
  }

  private func listAgain(
    _ record: StoredUnreadable, _ storefront: Storefront, since: Timestamp, by name: String
  ) async throws -> ReplayOutcome {
    switch await list(storefront, since: since, until: time.now) {
    case .broken(let reason): return .unreadable(reason: "The storefront could not be listed again: \(reason)")
    case .whole(let unreadable) where unreadable.contains(record.delivery.reason):
      return .unreadable(reason: record.delivery.reason)
    case .whole: return try await understood(record, "the storefront was listed again", nil, by: name)
    }
  }

  private static let windowField = "listed-since"

  /// What is kept in place of headers with an order of a listing: where its window began.
  static func window(since: Timestamp) -> String { "\(windowField): \(since.iso8601)\n" }

  /// Where the window of an order of a listing began; nil for a delivery.
  private static func windowStart(_ delivery: UnreadableDelivery) -> Timestamp? {
    guard delivery.body.isEmpty, let text = fields(delivery.headers)[windowField] else { return nil }
    return Timestamp(iso8601: text)
  }

  /// Kept headers as fields again.
  static func fields(_ kept: String) -> [HTTPField] {
    kept.split(separator: "\n").compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return HTTPField(String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
    }
  }
}

extension WebhookRejection {
  /// Why, in words.
  var words: String {
    switch self {
    case .unauthenticated(let reason), .wrongShop(let reason), .malformed(let reason): reason
    }
  }
}
