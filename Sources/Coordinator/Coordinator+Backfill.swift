import Connector
import HandoffCore
import HandoffStore
import Logging

extension Coordinator {
  /// Lists a storefront's recently changed orders again and again: webhooks are the fast path only (S2b, L5).
  func backfill(_ storefront: Storefront) async {
    guard let interval = storefront.backfillInterval, let signal = signals[Coordinator.backfillName(storefront.name)]
    else { return }
    while !permits.isClosed {
      await backfillOnce(storefront)
      // Only a stop sets the signal.
      if !permits.isClosed { await signal.wait(upTo: interval, time) }
    }
  }

  /// The name of a storefront's marker, and of the signal that ends its wait.
  static func backfillName(_ name: StorefrontName) -> String { "backfill:" + name.text }

  /// One window, page by page; the marker moves only after the last page (F25, PM-31).
  func backfillOnce(_ storefront: Storefront) async {
    let name = Coordinator.backfillName(storefront.name)
    let started = time.now
    let stored = try? await store.read { try $0.marker(name) }
    let since = stored.flatMap { Timestamp(iso8601: $0) } ?? started - .seconds(3600)
    let watermark = max(storefront.policy.watermark, since - setting.backfillOverlap)
    guard case .whole = await list(storefront, since: watermark, until: started) else { return }
    meter.count("backfill.windows")
    _ = try? await store.transact { try $0.setMarker(name, to: started.iso8601) }
  }

  /// How a walk over a window of a storefront's orders ended.
  enum Listing: Sendable {
    /// To its end; these could not be understood.
    case whole(unreadable: Set<String>)
    /// Not to its end.
    case broken(reason: String)
  }

  /// Takes in every order of a window, page by page.
  func list(_ storefront: Storefront, since: Timestamp, until: Timestamp) async -> Listing {
    var cursor: BackfillCursor? = BackfillCursor(since: since)
    var pages = 0
    var found: Set<String> = []
    // A storefront that leads back to a page it has shown would be listed for ever.
    var seen: Set<BackfillCursor> = []
    while let current = cursor, !permits.isClosed {
      switch await storefront.source.listChanged(current, until: until) {
      case .page(let orders, let unreadable, let next):
        guard await takeAll(orders, unreadable, of: storefront, since: since) else {
          return .broken(reason: "what was listed could not be made durable")
        }
        found.formUnion(unreadable)
        pages += 1
        seen.insert(current)
        if let next, seen.contains(next) {
          meter.count("backfill.failed")
          logger.error(
            "backfill went in a circle; the window will be listed again",
            metadata: ["storefront": "\(storefront.name)", "page": "\(pages)"])
          return .broken(reason: "the storefront led back to a page it had shown")
        }
        cursor = next
      case .failed(let reason), .misconfigured(let reason):
        meter.count("backfill.failed")
        logger.warning(
          "backfill page failed; the window will be listed again",
          metadata: ["storefront": "\(storefront.name)", "page": "\(pages)", "reason": "\(LogText.words(reason))"])
        return .broken(reason: reason)
      }
    }
    return cursor == nil ? .whole(unreadable: found) : .broken(reason: "the coordinator is about to stop")
  }

  /// Fetches one order that a notice concerned; when it fails, the next window finds it.
  func fetch(_ orderID: String, of name: StorefrontName) async {
    guard let storefront = setting.storefronts[name] else { return }
    if case .page(let orders, let unreadable, _) = await storefront.source.fetch(orderID: orderID) {
      _ = await takeAll(orders, unreadable, of: storefront, since: time.now)
    }
  }

  /// What says something new among the orders of a page: nearly all of them are known, and one look at the store costs
  /// the writer nothing. Where that fails, all of them.
  private func news(among orders: [OrderCapture], of storefront: Storefront) async -> [IntakeRequest] {
    let requests = orders.map { capture in
      moves.prepare(
        IntakeRequest(
          key: OrderKey(storefront: storefront.name, orderID: capture.order.id), order: capture.order,
          updatedAt: capture.updatedAt, topic: capture.topic, dedupeID: nil, headers: "", body: [],
          receivedAt: time.now))
    }
    guard !requests.isEmpty else { return [] }
    do {
      let news = try await store.read { [moves] store in try requests.filter { try !moves.isKnown($0, in: store) } }
      if news.count < requests.count { meter.count("deliveries.duplicate", requests.count - news.count) }
      return news
    } catch { return requests }
  }

  private func takeAll(
    _ orders: [OrderCapture], _ unreadable: [String], of storefront: Storefront, since: Timestamp
  ) async -> Bool {
    for var request in await news(among: orders, of: storefront) {
      request.receivedAt = time.now
      if case .unavailable = await take(request) { return false }
    }
    let now = time.now
    for reason in unreadable {
      do {
        _ = try await store.transact { [moves] in
          try moves.keep(
            storefront: storefront.name, topic: "backfill", dedupeID: "backfill:" + reason,
            headers: Coordinator.window(since: since), body: [],
            receivedAt: now, unreadable: reason, in: $0)
        }
      } catch { return false }
    }
    return true
  }
}
