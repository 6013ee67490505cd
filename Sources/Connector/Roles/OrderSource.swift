public import HandoffCore

/// One webhook request, exactly as it arrived.
public struct WebhookDelivery: Sendable {
  /// Header fields as received.
  public let headers: [HTTPField]
  /// The raw body; signatures are over these bytes and no others (F14).
  public let body: [UInt8]
  /// When it arrived, by our clock.
  public let receivedAt: Timestamp
  /// Makes a delivery.
  public init(headers: [HTTPField], body: [UInt8], receivedAt: Timestamp) {
    self.headers = headers
    self.body = body
    self.receivedAt = receivedAt
  }
}

/// Why a delivery is not taken at all: nothing is stored but a counter.
public enum WebhookRejection: Error, Hashable, Sendable {
  /// No signature, a wrong one, or the signature of somebody else: 401.
  case unauthenticated(String)
  /// Signed rightly, but for another shop than this path's: 401, and told apart in the log.
  case wrongShop(String)
  /// The request itself is malformed (no topic, stale timestamp): 400.
  case malformed(String)
}

/// What an authenticated delivery turned out to be.
public enum WebhookReading: Sendable {
  /// An order.
  case order(OrderCapture)
  /// A ping or a test of the subscription: answered, not stored.
  case ping
  /// Something that is no order, stored and answered; `orderID` when it concerns one, which is then fetched anew.
  case notice(topic: String, orderID: String?, dedupeID: String?)
  /// The wish that personal data of these orders be erased; nil for every order of the storefront.
  case erasure(topic: String, orderIDs: [String]?, dedupeID: String?)
  /// Authentic but not to be understood: stored with an owner, never dropped (S6, S12).
  case unreadable(topic: String, reason: String, dedupeID: String?)
}

/// An order as one delivery or one page of a listing told it.
public struct OrderCapture: Sendable {
  /// The order.
  public var order: Order
  /// The storefront's clock for this content; the tie-break between versions.
  public var updatedAt: Timestamp
  /// What told us, for example `orders/create` or `backfill`.
  public var topic: String
  /// The storefront's id of this delivery, to recognise a repetition; nil when it has none.
  public var dedupeID: String?

  /// Makes a capture.
  public init(order: Order, updatedAt: Timestamp, topic: String, dedupeID: String? = nil) {
    self.order = order
    self.updatedAt = updatedAt
    self.topic = topic
    self.dedupeID = dedupeID
  }
}

/// Where a listing stands: opaque to everybody but its connector, stored after each whole page.
public struct BackfillCursor: Hashable, Sendable {
  /// List what changed at or after this instant.
  public var since: Timestamp
  /// The storefront's own page marker; nil at the start of a window.
  public var page: String?
  /// Makes a cursor.
  public init(since: Timestamp, page: String? = nil) {
    self.since = since
    self.page = page
  }
}

/// One page of a storefront's recently changed orders.
public enum BackfillOutcome: Sendable {
  /// Orders, those that could not be understood, and where to go on; `next` is nil at the end of the window.
  case page(orders: [OrderCapture], unreadable: [String], next: BackfillCursor?)
  /// The page could not be had: the cursor must not move (F25, PM-31).
  case failed(reason: String)
  /// Our set-up is wrong.
  case misconfigured(reason: String)
}

/// A storefront as intake needs it.
public protocol OrderSource: Sendable {
  /// Verifies a delivery over its raw bytes and reads it. Pure: no request leaves here.
  func read(_ delivery: WebhookDelivery) throws(WebhookRejection) -> WebhookReading
  /// Lists orders changed since a cursor, one page.
  func listChanged(_ cursor: BackfillCursor, until: Timestamp) async -> BackfillOutcome
  /// Fetches one order by its immutable id, for a notice that concerned it.
  func fetch(orderID: String) async -> BackfillOutcome
  /// Whether listing is possible with this configuration.
  var canList: Bool { get }
  /// Proves the path for `doctor`.
  func probe() async -> [ProbeFinding]
}

/// A storefront's own brake on shipping.
public protocol FulfillmentGate: Sendable {
  /// Keeps the storefront from shipping an order; repeatable.
  func hold(_ key: OrderKey, handoffID: HandoffID) async -> GateOutcome
  /// Lets it ship, and marks the order with the ERP's record; repeatable. Without a record the order was handed back to
  /// people, and must not be marked as confirmed.
  func release(_ key: OrderKey, handoffID: HandoffID, recordID: String?) async -> GateOutcome
}

/// How a hold or a release ended.
public enum GateOutcome: Hashable, Sendable {
  /// Done, or was so already.
  case done
  /// Busy or unknown; repeating is harmless.
  case deferred(reason: String)
  /// The storefront will not.
  case refused(reason: String)
  /// Our set-up is wrong.
  case misconfigured(reason: String)
}
