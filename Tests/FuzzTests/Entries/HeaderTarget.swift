import Connector
import HandoffCore
import Signing

@testable import ConnectorNetSuite
@testable import ConnectorShopify
@testable import Desk

extension FuzzTarget {
  /// Lines of text as signatures, tokens, preferences, query strings and addresses of records.
  static let headers = FuzzTarget(name: "headers") { bytes throws(Finding) in
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
    try base64(text)
    try standardWebhooks(lines)
    try query(text)
    let names = [
      "X-Shopify-Hmac-Sha256", "X-Shopify-Topic", "X-Shopify-Shop-Domain", "Shopify-Triggered-At", "Prefer",
      "Content-Length",
    ]
    let fields = zip(names, lines + lines).map { HTTPField($0, $1) } + [HTTPField("prefer", text)]
    let read = WebhookHeaders(fields)
    if let topic = read.topic { try must(topic == topic.lowercased(), "a topic in capitals") }
    if let shop = read.shop {
      try must(ShopDomain.normalised(shop) == shop, "\(shop) has another normal form")
    }
    if let seconds = Preference.wait(in: fields) { try must((0...60).contains(seconds), "a wait of \(seconds) s") }
    try? BodyReader(DeskSetting()).check(fields)
    if let id = NetSuiteERP.recordID(location: text) {
      try must(Receipt.isPlausible(recordID: id), "an implausible record id \(id)")
    }
    _ = Mask.emails(in: text)
  }

  private static func base64(_ text: String) throws(Finding) {
    guard let bytes = Base64.decode(text) else { return }
    try must(Base64.decode(Base64.encode(bytes)) == bytes, "base64 changes")
    try must(!Base64.encodeURL(bytes).contains { "+/=".contains($0) }, "base64 for addresses has \"+/=\"")
  }

  private static func standardWebhooks(_ lines: [String]) throws(Finding) {
    let key: [UInt8] = Array(repeating: 7, count: 24)
    let now: Int64 = 1_795_000_000
    let body = Array("{}".utf8)
    _ = StandardWebhooks.key(secret: lines.last ?? "")
    let given = StandardWebhooks.Headers(
      id: lines[0], timestamp: lines.count > 1 ? lines[1] : String(now), signature: lines.count > 2 ? lines[2] : "")
    let isForged = (try? StandardWebhooks.verify(given, body: body, keys: [key], now: now)) != nil
    try must(!isForged, "a signature nobody made is taken")
    guard !lines[0].isEmpty, lines[0].utf8.count <= 256 else { return }
    let right = StandardWebhooks.sign(id: lines[0], timestamp: now, body: body, keys: [key])
    let signed = StandardWebhooks.Headers(
      id: lines[0], timestamp: String(now), signature: right + " " + given.signature)
    let isTaken = (try? StandardWebhooks.verify(signed, body: body, keys: [key], now: now)) != nil
    try must(isTaken, "our own signature is refused")
  }

  private static func query(_ text: String) throws(Finding) {
    let isRead = FormText.decode(FormText.encode(text)) == text
    try must(isRead || text.utf8.contains(0), "percent-encoding changes the text")
    try must(OAuth1.decode(OAuth1.encode(text)[...]) == Array(text.utf8), "a signed parameter changes")
    _ = (OAuth1.decode(text[...]), URLParts(text))
    for pair in FormText.pairs(text) {
      let written = FormText.encode(pair.name) + "=" + FormText.encode(pair.value)
      let again = FormText.pairs(written).first
      let isSame = again.map { $0.name == pair.name && $0.value == pair.value } ?? false
      try must(isSame || written == "=", "a field changes: \(written)")
    }
  }
}
