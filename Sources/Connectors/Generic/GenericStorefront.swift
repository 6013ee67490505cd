public import Connector
import HandoffCore
import Signing

/// Any shop that can post its orders as canonical JSON under a Standard Webhooks signature.
///
/// The body is the order itself, or the event `{"type", "timestamp", "data"}` around it with the types `order.created`,
/// `order.updated` and `order.cancelled`. An authentic body that is no order is unreadable, and the reason names
/// the member (`lines[0].quantity: …`); the generic endpoint answers 422 with those words. Source: Standard Webhooks
/// 1.0.0.
public struct GenericStorefront: OrderSource {
  /// What the shop is set up with.
  public struct Configuration: Sendable {
    /// Signing secrets, base64 with or without `whsec_`; several while one is being rotated (F15).
    public var secrets: [String]
    /// How far `webhook-timestamp` may lie from our clock, either way.
    public var tolerance: Duration = .seconds(300)
    /// Where changed orders can be listed; nil when the shop has no such address, and then nothing finds lost events.
    public var listURL: String?
    /// Bearer token for the listing.
    public var listToken: String?
    /// The longest one listing request may take.
    public var deadline: Duration = .seconds(30)
    /// Carries the listing requests.
    public var transport: any HTTPTransport
    /// For the probe only.
    public var clock: any WallClock

    /// The least a shop needs; set the rest afterwards.
    public init(secrets: [String], transport: any HTTPTransport, clock: any WallClock) {
      self.secrets = secrets
      self.transport = transport
      self.clock = clock
    }
  }

  let configuration: Configuration
  let keys: [[UInt8]]
  let listURL: String?

  /// Takes a configuration.
  /// - Throws: ``GenericSetupFault`` for a missing or weak secret, a tolerance that is not positive, or a bad address.
  public init(_ configuration: Configuration) throws(GenericSetupFault) {
    self.configuration = configuration
    keys = try signingKeys(configuration.secrets, key: "webhookSecret")
    guard configuration.tolerance > .zero else { throw GenericSetupFault("tolerance", "must be longer than 0 s") }
    listURL = try configuration.listURL.map { text throws(GenericSetupFault) in
      guard let address = WebAddress.base(text) else {
        throw GenericSetupFault("listURL", "an http:// or https:// address is needed")
      }
      return address
    }
  }

  /// Verifies and reads one delivery.
  /// - Throws: `malformed` for missing fields and stale timestamps, `unauthenticated` for a wrong signature.
  public func read(_ delivery: WebhookDelivery) throws(WebhookRejection) -> WebhookReading {
    let (id, sentAt) = try authenticate(delivery)
    let json: JSONValue
    do throws(JSONFault) { json = try JSONValue(parsing: delivery.body) } catch {
      return .unreadable(topic: "order", reason: "$: the body is not acceptable JSON: \(error)", dedupeID: id)
    }
    guard let type = json["type"]?.string, let data = json["data"] else {
      return order(json, topic: "order", dedupeID: id, updatedAt: sentAt)
    }
    let happenedAt = json["timestamp"]?.string.flatMap { Timestamp(iso8601: $0) } ?? sentAt
    switch type {
    case "order.created", "order.updated", "order.cancelled":
      return order(data, topic: type, dedupeID: id, updatedAt: happenedAt)
    case "ping": return .ping
    case _ where type.hasPrefix("order."):
      let reason = "type: \"\(type.prefix(80))\" is no event this version knows"
      return .unreadable(topic: String(type.prefix(80)), reason: reason, dedupeID: id)
    default: return .notice(topic: String(type.prefix(80)), orderID: nil, dedupeID: id)
    }
  }

  private func order(
    _ json: JSONValue, topic: String, dedupeID: String, updatedAt: Timestamp
  ) -> WebhookReading {
    do throws(OrderFault) {
      var order = try CanonicalOrderCheck.read(json)
      if topic == "order.cancelled" { order.isCancelled = true }
      let clock = order.updatedAt ?? updatedAt
      return .order(OrderCapture(order: order, updatedAt: clock, topic: topic, dedupeID: dedupeID))
    } catch {
      return .unreadable(topic: topic, reason: error.description, dedupeID: dedupeID)
    }
  }

  private func authenticate(_ delivery: WebhookDelivery) throws(WebhookRejection) -> (id: String, sentAt: Timestamp) {
    guard let id = delivery.headers["webhook-id"] else { throw .malformed("The field webhook-id is missing.") }
    guard let timestamp = delivery.headers["webhook-timestamp"] else {
      throw .malformed("The field webhook-timestamp is missing.")
    }
    guard let signature = delivery.headers["webhook-signature"] else {
      throw .unauthenticated("The field webhook-signature is missing.")
    }
    let fields = StandardWebhooks.Headers(id: id, timestamp: timestamp, signature: signature)
    do throws(StandardWebhooks.Fault) {
      try StandardWebhooks.verify(
        fields, body: delivery.body, keys: keys, now: delivery.receivedAt.microseconds / 1_000_000,
        tolerance: configuration.tolerance.components.seconds)
    } catch {
      switch error {
      case .malformed(let field): throw .malformed("The field \(field) has not its form.")
      case .stale(let seconds):
        throw .malformed("webhook-timestamp lies \(seconds) s from this server's clock; more than is tolerated.")
      case .mismatch: throw .unauthenticated("No signature matches a configured secret.")
      }
    }
    return (id, Timestamp(seconds: Int64(timestamp) ?? 0))
  }
}

/// The keys inside secrets; Standard Webhooks asks for 24 to 64 random bytes.
func signingKeys(_ secrets: [String], key: String) throws(GenericSetupFault) -> [[UInt8]] {
  guard !secrets.isEmpty else { throw GenericSetupFault(key, "at least one signing secret is needed") }
  var keys: [[UInt8]] = []
  for (index, secret) in secrets.enumerated() {
    guard let bytes = StandardWebhooks.key(secret: secret), (24...64).contains(bytes.count) else {
      throw GenericSetupFault(
        "\(key)[\(index)]", "24 to 64 random bytes in base64 are needed, for example whsec_ and openssl rand -base64 32"
      )
    }
    keys.append(bytes)
  }
  return keys
}
