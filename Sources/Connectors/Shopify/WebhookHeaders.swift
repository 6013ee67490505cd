import Connector
import HandoffCore

/// What the header fields of a delivery say.
///
/// Only the body is signed: topic, shop, webhook id and time are claims of whoever sent the request. They route and
/// de-duplicate; nothing is trusted on their word alone. Two families of names exist, `X-Shopify-…` of the classic
/// webhooks and `Shopify-…` of the newer events; both are read. Source: shopify.dev, "About webhooks", "Events".
struct WebhookHeaders: Sendable {
  /// The base64 text of the signature.
  let signature: String?
  /// The topic in lower case, for example `orders/create`; nil when missing or not of that form.
  let topic: String?
  /// The shop's domain, normalised.
  let shop: String?
  /// The id of this delivery of one event to one subscription.
  let webhookID: String?
  /// When Shopify triggered it.
  let triggeredAt: Timestamp?

  init(_ fields: [HTTPField]) {
    func value(_ name: String) -> String? {
      (fields["X-Shopify-" + name] ?? fields["Shopify-" + name]).map(Words.trimmed)
    }
    signature = value("Hmac-Sha256")
    topic = value("Topic").flatMap(WebhookHeaders.topic)
    shop = value("Shop-Domain").flatMap { $0.isEmpty ? nil : ShopDomain.normalised($0) }
    webhookID = value("Webhook-Id").flatMap { $0.isEmpty || $0.utf8.count > 200 ? nil : $0 }
    triggeredAt = value("Triggered-At").flatMap { Timestamp(iso8601: $0) }
  }

  /// The key under which a repetition of this delivery is recognised.
  ///
  /// The topic is part of it, because some receivers have seen one webhook id under two topics; where the id differs
  /// between retries, the content digest behind intake still recognises the order.
  var dedupeID: String? {
    guard let topic, let webhookID else { return nil }
    return topic + ":" + webhookID
  }

  private static func topic(_ text: String) -> String? {
    let bytes = text.lowercased().utf8
    let isPlain = bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
        UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    return isPlain && !bytes.isEmpty && bytes.count <= 100 ? text.lowercased() : nil
  }
}
