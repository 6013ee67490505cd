import Crypto
import Foundation

/// Signatures over bytes as the vendors make them.
enum Authentic {
  static func hmacSHA256(key: some Sequence<UInt8>, _ message: some Sequence<UInt8>) -> [UInt8] {
    let code = HMAC<SHA256>.authenticationCode(for: Data(message), using: SymmetricKey(data: Data(key)))
    return Array(code)
  }

  static func base64(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

  static func fromBase64(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map(Array.init) }

  static func fromBase64URL(_ text: some StringProtocol) -> [UInt8]? {
    var padded = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    while padded.count % 4 != 0 { padded += "=" }
    return fromBase64(padded)
  }

  static func sha256Hex(_ bytes: some Sequence<UInt8>) -> String {
    SHA256.hash(data: Data(bytes)).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }

  /// Compares without stopping at the first difference.
  static func same(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// A random token for credentials a vendor hands out.
  static func token(_ length: Int = 32) -> String {
    var generator = SystemRandomNumberGenerator()
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return String((0..<length).map { _ in letters.randomElement(using: &generator) ?? "a" })
  }

  /// A random UUID in lower case.
  static func uuid() -> String { UUID().uuidString.lowercased() }
}
