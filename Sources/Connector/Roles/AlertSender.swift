public import HandoffCore

/// One thing that waits for an owner, as the message about it says it: an order's number and nothing else of a
/// customer.
public struct OwnerAlertLine: Hashable, Sendable {
  /// Why the owner is told: `opened`, `escalated`, `assigned` or `unreadable`.
  public let occasion: String
  /// The kind of exception, or `unreadable`.
  public let kind: String
  /// The storefront.
  public let storefront: StorefrontName
  /// The order's number, or the delivery's topic.
  public let subject: String
  /// When it happened.
  public let since: Timestamp
  /// Until when somebody should act.
  public let deadline: Timestamp
  /// Makes a line.
  public init(
    occasion: String, kind: String, storefront: StorefrontName, subject: String, since: Timestamp, deadline: Timestamp
  ) {
    self.occasion = occasion
    self.kind = kind
    self.storefront = storefront
    self.subject = subject
    self.since = since
    self.deadline = deadline
  }
}

/// One message to one owner; the same facts under the same key on every attempt.
public struct OwnerAlert: Hashable, Sendable {
  /// The stable key: letters, digits and dashes.
  public let key: String
  /// Who is told.
  public let owner: String
  /// When the latest of its facts happened.
  public let at: Timestamp
  /// How many things wait, by kind.
  public let counts: [String: Int]
  /// The oldest of them, at most ten.
  public let oldest: [OwnerAlertLine]
  /// Gathers a message.
  public init(key: String, owner: String, at: Timestamp, counts: [String: Int], oldest: [OwnerAlertLine]) {
    self.key = key
    self.owner = owner
    self.at = at
    self.counts = counts
    self.oldest = oldest
  }

  /// How many things wait in all.
  public var total: Int { counts.values.reduce(0, +) }

  /// The kinds with their numbers, the most frequent first: `9 receipt_overdue, 3 refused`.
  public var summary: String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }
}

/// Whoever tells the owners of exceptions that something waits for them.
public protocol AlertSender: Sendable {
  /// Whether this owner can be told at all, by the look of the name.
  func canReach(_ owner: String) -> Bool
  /// Hands one message to the carrier; never the order's own path, so that it may take its time.
  func send(_ alert: OwnerAlert) async -> MessageOutcome
  /// Proves the path for `doctor`.
  func probe() async -> [ProbeFinding]
}
