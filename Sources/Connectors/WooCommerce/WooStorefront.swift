public import Connector
import HandoffCore
import Signing

/// A WooCommerce shop as a source of orders: signed webhooks, and the REST listing that finds those that never came.
///
/// WooCommerce does not repeat a failed delivery, so without the listing a lost webhook is a lost order (L5).
public struct WooStorefront: OrderSource {
  let configuration: WooConfiguration
  let connection: WooConnection
  let reader: WooOrderReader
  private let keys: [[UInt8]]
  private let source: String

  /// Takes a configuration.
  /// - Throws: ``WooSetupFault`` for a bad address, a missing secret or half a pair of credentials.
  public init(_ configuration: WooConfiguration) throws(WooSetupFault) {
    guard !configuration.secrets.isEmpty, configuration.secrets.allSatisfy({ $0.utf8.count >= 8 }) else {
      throw WooSetupFault("webhookSecret", "at least one webhook secret, each of 8 characters or more, is needed")
    }
    self.configuration = configuration
    connection = try WooConnection(configuration)
    reader = WooOrderReader(configuration: configuration)
    keys = configuration.secrets.map { Array($0.utf8) }
    source = WooStorefront.place(configuration.webhookSource ?? configuration.siteURL)
  }

  /// Verifies and reads one delivery.
  ///
  /// The ping that WooCommerce sends when a webhook is saved is the one unsigned request that is answered: exactly
  /// `webhook_id=` and digits, nothing of it stored.
  public func read(_ delivery: WebhookDelivery) throws(WebhookRejection) -> WebhookReading {
    guard let signature = delivery.headers["X-WC-Webhook-Signature"] else {
      if WooStorefront.isPing(delivery.body) { return .ping }
      throw .unauthenticated("The field X-WC-Webhook-Signature is missing.")
    }
    guard let code = Base64.decode(signature), isValidHMACSHA256(code, of: delivery.body, keys: keys) else {
      throw .unauthenticated("The signature matches no configured secret.")
    }
    if let told = delivery.headers["X-WC-Webhook-Source"], WooStorefront.place(told) != source {
      throw .wrongShop("Signed rightly, but sent by \(told.prefix(200)).")
    }
    guard let topic = delivery.headers["X-WC-Webhook-Topic"], !topic.isEmpty else {
      throw .malformed("The field X-WC-Webhook-Topic is missing.")
    }
    let short = String(topic.prefix(80))
    switch topic {
    case "order.created", "order.updated", "order.restored", "order.deleted": break
    default: return .notice(topic: short, orderID: nil, dedupeID: nil)
    }
    let json: JSONValue
    do throws(JSONFault) { json = try JSONValue(parsing: delivery.body) } catch {
      return .unreadable(topic: topic, reason: "The body is not acceptable JSON: \(error)", dedupeID: nil)
    }
    if topic == "order.deleted" { return deleted(json) }
    do throws(OrderFault) {
      switch try reader.read(json) {
      case .notAnOrder(_, let status): return .notice(topic: "\(topic) (\(status))", orderID: nil, dedupeID: nil)
      case .order(let order, let updatedAt, let status):
        return .order(capture(order, updatedAt, status, topic: topic))
      }
    } catch {
      return .unreadable(topic: topic, reason: error.description, dedupeID: nil)
    }
  }

  private func deleted(_ json: JSONValue) -> WebhookReading {
    guard let id = json["id"]?.scalarText, WooOrderReader.isID(id) else {
      return .unreadable(topic: "order.deleted", reason: "id: a positive whole number is needed", dedupeID: nil)
    }
    return .notice(topic: "order.deleted", orderID: id, dedupeID: nil)
  }

  /// A capture under an id that names the content: shop, order, clock, status, and a digest, because two contents can
  /// share one second. The delivery's own id is a hash of webhook and second, so it names neither.
  func capture(_ order: Order, _ updatedAt: Timestamp, _ status: String, topic: String) -> OrderCapture {
    let digest = ContentDigest(bytes: sha256(order.canonicalForm)).hex.prefix(16)
    let id = "\(source)|\(order.id)|\(updatedAt.iso8601)|\(status)|\(digest)"
    return OrderCapture(order: order, updatedAt: updatedAt, topic: topic, dedupeID: id)
  }

  /// Only `webhook_id=` and up to twenty digits, as `WC_Webhook::deliver_ping` posts it.
  private static func isPing(_ body: [UInt8]) -> Bool {
    let prefix = Array("webhook_id=".utf8)
    let digits = body.dropFirst(prefix.count)
    return body.starts(with: prefix) && (1...20).contains(digits.count) && digits.allSatisfy { (48...57).contains($0) }
  }

  /// An address without scheme, letter case and trailing slashes.
  private static func place(_ address: String) -> String {
    var rest = Substring(address.lowercased())
    for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
    while rest.hasSuffix("/") { rest = rest.dropLast() }
    return String(rest)
  }
}
