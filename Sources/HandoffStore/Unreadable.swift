public import HandoffCore

/// A delivery that is authentic and cannot be understood, with its owner; or one order of a listing of that kind.
public struct UnreadableDelivery: Hashable, Sendable {
  /// The storefront.
  public let storefront: StorefrontName
  /// What it claimed to be about.
  public let topic: String
  /// What is wrong with it, and where.
  public let reason: String
  /// When it arrived.
  public let receivedAt: Timestamp
  /// Who owns it.
  public let owner: String
  /// Until when it should be looked at.
  public let deadline: Timestamp
  /// Signature and identity headers, one a line: with them it is read again once the cause is mended.
  public let headers: String
  /// The raw body; empty for an order of a listing.
  public let body: [UInt8]
  /// Makes a record.
  public init(
    storefront: StorefrontName, topic: String, reason: String, receivedAt: Timestamp, owner: String,
    deadline: Timestamp, headers: String = "", body: [UInt8]
  ) {
    self.storefront = storefront
    self.topic = topic
    self.reason = reason
    self.receivedAt = receivedAt
    self.owner = owner
    self.deadline = deadline
    self.headers = headers
    self.body = body
  }
}

/// An unreadable delivery as stored.
public struct StoredUnreadable: Hashable, Sendable {
  /// Its id.
  public let id: Int64
  /// The delivery; in lists without its body.
  public let delivery: UnreadableDelivery
  /// How long the body is.
  public let bytes: Int
  /// When it was closed; nil while it waits for a person.
  public let closedAt: Timestamp?
  /// How it was closed and by whom; empty while it is open.
  public let resolution: String
  /// Makes a record as read from a store.
  public init(id: Int64, delivery: UnreadableDelivery, bytes: Int, closedAt: Timestamp?, resolution: String) {
    self.id = id
    self.delivery = delivery
    self.bytes = bytes
    self.closedAt = closedAt
    self.resolution = resolution
  }
}

/// How many unreadable deliveries there are.
public struct UnreadableCount: Hashable, Sendable {
  /// All that ever came, closed ones too.
  public let all: Int
  /// Those that wait for a person.
  public let open: Int
  /// Those of them whose deadline has passed.
  public let overdue: Int
  /// Makes a count.
  public init(all: Int, open: Int, overdue: Int) {
    self.all = all
    self.open = open
    self.overdue = overdue
  }
}

/// Which unreadable deliveries to list.
public struct UnreadableFilter: Hashable, Sendable {
  /// Only open ones.
  public var onlyOpen = true
  /// Only those of one owner.
  public var owner: String?
  /// At most this many.
  public var limit = 200
  /// Every open one, at most 200.
  public init() {}
}

extension Moves {
  /// Closes an unreadable delivery: it was read after all, or somebody has decided that nothing is owed for it.
  /// - Returns: the record as it now stands; nil when there is none. One that was closed before stays as it was.
  public func close(
    unreadable id: Int64, _ resolution: String, at now: Timestamp, in transaction: any StoreTransaction
  ) throws -> StoredUnreadable? {
    guard let record = try transaction.unreadable(id) else { return nil }
    if record.closedAt == nil {
      try transaction.closeUnreadable(id, at: now, resolution: String(resolution.prefix(1000)).withoutNUL)
    }
    return try transaction.unreadable(id)
  }
}
