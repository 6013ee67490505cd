import Crypto

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// SHA-256 (FIPS 180-4) over bytes.
public func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

/// HMAC-SHA-256 (RFC 2104) of a message under a key.
public func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
  Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
}

/// Whether a code is the HMAC-SHA-256 of a message under any of several keys, in constant time per key.
///
/// Several keys let a secret be rotated without losing an event (F15). A code of the wrong length is simply wrong.
public func isValidHMACSHA256(_ code: [UInt8], of message: [UInt8], keys: [[UInt8]]) -> Bool {
  var found = false
  for key in keys where !key.isEmpty {
    if HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: SymmetricKey(data: key)) {
      found = true
    }
  }
  return found
}

/// Base64 (RFC 4648, section 4).
public enum Base64 {
  /// Writes bytes with padding.
  public static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  /// Reads text; nil when it is no base64. Blanks at the ends are ignored, others are not.
  public static func decode(_ text: String) -> [UInt8]? {
    let trimmed = text.drop(while: { $0 == " " || $0 == "\t" })
    guard let end = trimmed.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return nil }
    return Data(base64Encoded: String(trimmed[...end])).map { Array($0) }
  }

  /// Writes bytes in the URL alphabet without padding (RFC 4648, section 5).
  public static func encodeURL(_ bytes: [UInt8]) -> String {
    var text = ""
    for character in encode(bytes) {
      switch character {
      case "+": text.append("-")
      case "/": text.append("_")
      case "=": break
      default: text.append(character)
      }
    }
    return text
  }
}
