/// The name a storefront has in the configuration, for example `main`.
public struct StorefrontName: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name as written in the configuration.
  public let text: String
  /// Wraps a configured name.
  public init(_ text: String) { self.text = text }
  /// The bare name.
  public var description: String { text }
}

/// The name an ERP has in the configuration, for example `books`.
public struct ERPName: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name as written in the configuration.
  public let text: String
  /// Wraps a configured name.
  public init(_ text: String) { self.text = text }
  /// The bare name.
  public var description: String { text }
}

/// What makes an order one order: the storefront and the storefront's own immutable id for it.
///
/// Order numbers are shown to people and can be renamed or reused (F30); the id cannot, so it is the identity. It stays
/// text for its whole life because real ids exceed 2^53.
public struct OrderKey: Hashable, Sendable, Codable {
  /// The storefront that took the order.
  public let storefront: StorefrontName
  /// The storefront's immutable order id, as text.
  public let orderID: String
  /// Joins a storefront and its order id.
  public init(storefront: StorefrontName, orderID: String) {
    self.storefront = storefront
    self.orderID = orderID
  }
}

/// The name of a handoff; derived from the order key, so that two nodes that see one order mint the same name.
public struct HandoffID: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The id as stored and logged.
  public let text: String
  /// Wraps a stored id.
  public init(_ text: String) { self.text = text }
  /// The bare id.
  public var description: String { text }
}

/// The id under which an order is created in the ERP; minted once at intake and stored, never derived again (S3b).
public struct ExternalID: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Letters, digits, `_` and `-` only.
  public let text: String
  /// Wraps a stored id.
  public init(_ text: String) { self.text = text }
  /// The bare id.
  public var description: String { text }

  /// Mints an external id from a template with `{storefront}` and `{orderId}`.
  ///
  /// Two different orders never meet in one external id: `_` is doubled, every character other than letters, digits and
  /// `-` becomes its code in hex between two `_`, and in a storefront's name `-` does too, so that the first `-` after
  /// `{storefront}` ends it. A template that separates its parts otherwise gives up this promise. Case is kept.
  public static func mint(template: String, key: OrderKey) -> ExternalID {
    var text = ""
    var rest = Substring(template)
    while let brace = rest.utf8.firstIndex(of: UInt8(ascii: "{")) {
      text += literal(rest[..<brace])
      rest = rest[brace...]
      if rest.utf8.starts(with: "{storefront}".utf8) {
        text += safe(key.storefront.text, keepsDash: false)
        rest = Substring(rest.utf8.dropFirst("{storefront}".utf8.count))
      } else if rest.utf8.starts(with: "{orderId}".utf8) {
        text += safe(key.orderID, keepsDash: true)
        rest = Substring(rest.utf8.dropFirst("{orderId}".utf8.count))
      } else {
        text += safe("{", keepsDash: true)
        rest = rest[rest.utf8.index(after: brace)...]
      }
    }
    text += literal(rest)
    return ExternalID(text)
  }

  /// A part of the template outside the braces; it may have single underscores.
  private static func literal(_ text: Substring) -> String {
    if text.utf8.allSatisfy({ isPlain($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) {
      return String(text)
    }
    return text.reduce(into: "") { $0 += $1 == "_" ? "_" : safe(String($1), keepsDash: true) }
  }

  private static func safe(_ text: String, keepsDash: Bool) -> String {
    if text.utf8.allSatisfy({ isPlain($0) || (keepsDash && $0 == UInt8(ascii: "-")) }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9": result.unicodeScalars.append(scalar)
      case "-" where keepsDash: result += "-"
      case "_": result += "__"
      default: result += "_" + String(scalar.value, radix: 16) + "_"
      }
    }
    return result
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

/// The 32 bytes of SHA-256 over an order's canonical form; equal digests mean the ERP has nothing new to learn.
public struct ContentDigest: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Lower-case hexadecimal, 64 characters.
  public let hex: String
  /// Wraps a stored digest.
  public init(hex: String) { self.hex = hex }
  /// Writes 32 bytes as hexadecimal.
  public init(bytes: [UInt8]) {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
    hex = String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
      var count = 0
      for byte in bytes {
        buffer[count] = digit(byte >> 4)
        buffer[count + 1] = digit(byte & 15)
        count += 2
      }
      return count
    }
  }
  /// The hexadecimal text.
  public var description: String { hex }
}
