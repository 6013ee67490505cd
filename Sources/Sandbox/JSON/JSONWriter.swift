extension JSON {
  /// How a text escapes characters that need no escape.
  enum Escaping: Sendable {
    /// Only what RFC 8259 demands.
    case plain
    /// As Shopify writes webhook bodies: `\/`, and `&`, `<`, `>` as `\u0026`, `\u003c`, `\u003e`.
    case shopify
    /// As PHP's `json_encode` writes it for WooCommerce: `\/`, and everything beyond ASCII as `\u` escapes.
    case php
  }

  /// The bytes of this value, without white space.
  func bytes(_ escaping: Escaping = .plain) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(256)
    write(into: &out, escaping)
    return out
  }

  var serialized: String { String(decoding: bytes(), as: UTF8.self) }

  func write(into out: inout [UInt8], _ escaping: Escaping) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let text): out.append(contentsOf: text.utf8)
    case .string(let text): JSON.write(text, into: &out, escaping)
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        element.write(into: &out, escaping)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        JSON.write(member.key, into: &out, escaping)
        out.append(UInt8(ascii: ":"))
        member.value.write(into: &out, escaping)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  private static let hex = Array("0123456789abcdef".utf8)

  static func write(_ text: String, into out: inout [UInt8], _ escaping: Escaping) {
    out.append(0x22)
    if escaping == .php, text.utf8.contains(where: { $0 >= 0x80 }) {
      for unit in text.utf16 {
        if unit < 0x80 {
          writeByte(UInt8(truncatingIfNeeded: unit), into: &out, escaping)
        } else {
          out.append(contentsOf: "\\u".utf8)
          for shift in [12, 8, 4, 0] { out.append(hex[Int(unit >> UInt16(shift)) & 15]) }
        }
      }
    } else {
      for byte in text.utf8 { writeByte(byte, into: &out, escaping) }
    }
    out.append(0x22)
  }

  private static func writeByte(_ byte: UInt8, into out: inout [UInt8], _ escaping: Escaping) {
    switch byte {
    case 0x22: out.append(contentsOf: [0x5C, 0x22])
    case 0x5C: out.append(contentsOf: [0x5C, 0x5C])
    case 0x0A: out.append(contentsOf: "\\n".utf8)
    case 0x0D: out.append(contentsOf: "\\r".utf8)
    case 0x09: out.append(contentsOf: "\\t".utf8)
    case 0..<0x20:
      out.append(contentsOf: "\\u00".utf8)
      out.append(contentsOf: [hex[Int(byte >> 4)], hex[Int(byte & 15)]])
    case UInt8(ascii: "/") where escaping != .plain: out.append(contentsOf: "\\/".utf8)
    case UInt8(ascii: "&") where escaping == .shopify: out.append(contentsOf: "\\u0026".utf8)
    case UInt8(ascii: "<") where escaping == .shopify: out.append(contentsOf: "\\u003c".utf8)
    case UInt8(ascii: ">") where escaping == .shopify: out.append(contentsOf: "\\u003e".utf8)
    default: out.append(byte)
    }
  }
}
