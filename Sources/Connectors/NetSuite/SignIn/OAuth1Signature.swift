import Connector
import Signing

/// Signs one request as OAuth 1.0a does (RFC 5849, section 3.4), with HMAC-SHA256, the only method NetSuite takes.
enum OAuth1 {
  /// One name and value, as bytes: what a query decodes to need not be UTF-8.
  typealias Parameter = (name: [UInt8], value: [UInt8])

  /// The value of the `Authorization` field for one attempt.
  ///
  /// A nonce must never be used twice with one timestamp, so every attempt is signed anew.
  static func authorization(
    method: String, url: String, realm: String, credentials: TokenBasedCredentials, nonce: String, timestamp: Int64
  ) -> String? {
    let protocolParameters = parameters(credentials: credentials, nonce: nonce, timestamp: timestamp)
    guard let base = baseString(method: method, url: url, parameters: protocolParameters) else { return nil }
    let code = signature(
      base: base, consumerSecret: credentials.consumerSecret, tokenSecret: credentials.tokenSecret)
    var fields = ["realm=\"\(realm)\""]
    for (name, value) in protocolParameters + [("oauth_signature", code)] {
      fields.append("\(name)=\"\(encode(value))\"")
    }
    return "OAuth " + fields.joined(separator: ", ")
  }

  /// The protocol parameters in the order of the header.
  static func parameters(
    credentials: TokenBasedCredentials, nonce: String, timestamp: Int64
  ) -> [(name: String, value: String)] {
    [
      ("oauth_consumer_key", credentials.consumerKey), ("oauth_token", credentials.tokenID),
      ("oauth_nonce", nonce), ("oauth_timestamp", String(timestamp)),
      ("oauth_signature_method", "HMAC-SHA256"), ("oauth_version", "1.0"),
    ]
  }

  /// The signature base string (RFC 5849, section 3.4.1); nil when the URL is not absolute.
  static func baseString(
    method: String, url: String, parameters: [(name: String, value: String)],
    formBody: [(name: String, value: String)] = []
  ) -> String? {
    guard let parts = URLParts(url) else { return nil }
    var pairs: [(String, String)] = parts.query.map { (encode($0.name), encode($0.value)) }
    pairs += (parameters + formBody).map { (encode($0.name), encode($0.value)) }
    pairs.sort { left, right in
      left.0 == right.0
        ? left.1.utf8.lexicographicallyPrecedes(right.1.utf8) : left.0.utf8.lexicographicallyPrecedes(right.0.utf8)
    }
    let normalized = pairs.map { $0.0 + "=" + $0.1 }.joined(separator: "&")
    return [method.uppercased(), encode(parts.base), encode(normalized)].joined(separator: "&")
  }

  /// The signing key (RFC 5849, section 3.4.2).
  static func signingKey(consumerSecret: String, tokenSecret: String) -> String {
    encode(consumerSecret) + "&" + encode(tokenSecret)
  }

  /// The signature, base64.
  static func signature(base: String, consumerSecret: String, tokenSecret: String) -> String {
    let key = signingKey(consumerSecret: consumerSecret, tokenSecret: tokenSecret)
    return Base64.encode(hmacSHA256(Array(base.utf8), key: Array(key.utf8)))
  }

  /// A nonce of 24 letters and digits.
  static func nonce(using generator: inout some RandomNumberGenerator) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<24).compactMap { _ in alphabet.randomElement(using: &generator) })
  }

  /// Percent-encoding as RFC 5849, section 3.6 wants it: everything but the unreserved characters, capital hex.
  static func encode(_ text: String) -> String { encode(Array(text.utf8)) }

  /// Percent-encodes bytes.
  static func encode(_ bytes: [UInt8]) -> String {
    var result = ""
    result.reserveCapacity(bytes.count)
    for byte in bytes {
      switch byte {
      case _ where isWordByte(byte), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        result += hex.count == 1 ? "%0" + hex : "%" + hex
      }
    }
    return result
  }

  /// Decodes a query component; a percent sign without two digits stands for itself.
  static func decode(_ text: Substring) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): result.append(0x20)
      case UInt8(ascii: "%"):
        let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        if digits.count == 2 {
          result.append(UInt8(digits[0] * 16 + digits[1]))
          rest = rest.dropFirst(2)
        } else {
          result.append(byte)
        }
      default: result.append(byte)
      }
    }
    return result
  }
}

/// The parts of an absolute URL that a signature covers.
struct URLParts {
  /// Scheme, host and path, normalized as RFC 5849, section 3.4.1.2 wants it.
  let base: String
  /// The decoded query.
  let query: [OAuth1.Parameter]

  init?(_ url: String) {
    guard let scheme = url.range(of: "://") else { return nil }
    let name = url[..<scheme.lowerBound].lowercased()
    let afterScheme = url[scheme.upperBound...].prefix { $0 != "#" }
    let end = afterScheme.firstIndex { $0 == "/" || $0 == "?" } ?? afterScheme.endIndex
    var authority = afterScheme[..<end].lowercased()
    guard !name.isEmpty, !authority.isEmpty else { return nil }
    if name == "https", authority.hasSuffix(":443") { authority.removeLast(4) }
    if name == "http", authority.hasSuffix(":80") { authority.removeLast(3) }
    let rest = afterScheme[end...]
    let path = rest.prefix { $0 != "?" }
    base = name + "://" + authority + (path.isEmpty ? "/" : String(path))
    query = rest.dropFirst(path.count + 1).split(separator: "&").map { part in
      let name = part.prefix { $0 != "=" }
      return (OAuth1.decode(name), OAuth1.decode(part.dropFirst(name.count + 1)))
    }
  }
}

extension String {
  /// The first place of another text.
  fileprivate func range(of other: String) -> Range<Index>? { ranges(of: other).first }
}
