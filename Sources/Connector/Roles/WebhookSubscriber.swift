/// A storefront whose webhook subscriptions can be made by its API.
public protocol WebhookSubscriber: Sendable {
  /// Subscribes to every topic that is needed and not subscribed to at this address; repeatable.
  /// - Parameters:
  ///   - address: where deliveries are to go, `https://…/webhooks/{storefront}`.
  ///   - holdsFulfillment: whether shipping is held too, which can need further topics.
  ///   - dryRun: only list and compare.
  func subscribe(at address: String, holdsFulfillment: Bool, dryRun: Bool) async -> SubscriptionReport
}

/// What became of a shop's webhook subscriptions.
public struct SubscriptionReport: Hashable, Sendable {
  /// Topics that were subscribed to at this address already.
  public var existing: [String] = []
  /// Topics that were subscribed to now; with a dry run, those that would be.
  public var created: [String] = []
  /// Topics that could not be subscribed to, with the vendor's words.
  public var failed: [Failure] = []
  /// Why nothing could be listed or tried at all; nil when that was possible.
  public var stopped: String?

  /// A topic that could not be subscribed to.
  public struct Failure: Hashable, Sendable {
    /// The topic, for example `orders/create`.
    public let topic: String
    /// The vendor's words.
    public let reason: String
    /// Notes a failure.
    public init(topic: String, reason: String) {
      self.topic = topic
      self.reason = reason
    }
  }

  /// Nothing yet.
  public init() {}

  /// Whether every topic is subscribed to.
  public var isComplete: Bool { stopped == nil && failed.isEmpty }
}
