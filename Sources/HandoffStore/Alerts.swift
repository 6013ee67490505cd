public import HandoffCore

/// Why an owner is told.
public enum AlertOccasion: String, Hashable, Sendable, Codable, CaseIterable {
  /// An exception was opened.
  case opened
  /// An exception's deadline passed, and it went up.
  case escalated
  /// An exception was given to this owner.
  case assigned
  /// A delivery could not be understood.
  case unreadable
}

/// One thing an owner is to be told: durable with the fact itself, until a carrier has taken the message about it.
///
/// It names orders by their number and holds nothing else of a customer.
public struct Alert: Hashable, Sendable {
  /// Who is told; never empty.
  public let owner: String
  /// Why.
  public let occasion: AlertOccasion
  /// The kind of exception, or `unreadable`.
  public let kind: String
  /// The storefront it is about.
  public let storefront: StorefrontName
  /// The order's number, or the delivery's topic.
  public let subject: String
  /// When it happened.
  public let at: Timestamp
  /// Until when somebody should act.
  public let deadline: Timestamp
  /// Makes an alert.
  public init(
    owner: String, occasion: AlertOccasion, kind: String, storefront: StorefrontName, subject: String, at: Timestamp,
    deadline: Timestamp
  ) {
    self.owner = owner
    self.occasion = occasion
    self.kind = kind
    self.storefront = storefront
    self.subject = subject
    self.at = at
    self.deadline = deadline
  }
}

/// What waits to be told to one owner: what has come since the last message, or the frozen batch of one message.
public struct AlertQueue: Hashable, Sendable {
  /// The owner.
  public let owner: String
  /// The message's key; nil for what is in no message yet.
  public let batch: String?
  /// How many alerts.
  public let count: Int
  /// When the latest of them happened.
  public let newest: Timestamp
  /// Makes a queue.
  public init(owner: String, batch: String?, count: Int, newest: Timestamp) {
    self.owner = owner
    self.batch = batch
    self.count = count
    self.newest = newest
  }
}

extension Moves {
  /// The shortest time between two messages to one owner: a bad day must not become ten thousand of them.
  public static let alertPause = Duration.seconds(60)

  /// Notes, in the transaction of the fact itself, that an owner is to be told of it; nothing where nobody can be told.
  func tell(
    _ owner: String, _ occasion: AlertOccasion, _ exception: OpenException, about row: HandoffRow, at now: Timestamp,
    in transaction: any StoreTransaction
  ) throws {
    guard setting.tells(owner) else { return }
    try transaction.insert(
      Alert(
        owner: owner, occasion: occasion, kind: exception.kind.rawValue, storefront: row.handoff.key.storefront,
        subject: row.number, at: now, deadline: exception.deadline))
  }

  /// Freezes what waits for each owner into one message, unless the owner's last one is younger than
  /// ``alertPause`` or has not been taken yet. Nothing leaves before this is durable.
  /// - Returns: every message that waits for its carrier.
  public func gatherAlerts(at now: Timestamp, in transaction: any StoreTransaction) throws -> [AlertQueue] {
    let queues = try transaction.alertQueues()
    let busy = Set(queues.filter { $0.batch != nil }.map(\.owner))
    for queue in queues where queue.batch == nil && !busy.contains(queue.owner) {
      let marker = "alerted:" + queue.owner
      if let told = try transaction.marker(marker).flatMap({ Int64($0) }).map({ Timestamp(microseconds: $0) }),
        told <= now, now < told + Moves.alertPause
      {
        continue
      }
      let name = ContentDigest(bytes: setting.sha256(Array(queue.owner.utf8))).hex.prefix(12)
      try transaction.gatherAlerts(of: queue.owner, into: "alert-\(name)-\(now.microseconds)")
      try transaction.setMarker(marker, to: String(now.microseconds))
    }
    return try transaction.alertQueues().filter { $0.batch != nil }
  }
}
