extension JSONValue {
  /// The document as UTF-8 bytes, members in alphabetical order: equal values give equal bytes, so that a retry carries
  /// the same body (S3b).
  public var bytes: [UInt8] {
    var buffer: [UInt8] = []
    buffer.reserveCapacity(512)
    write(into: &buffer)
    return buffer
  }

  /// The document as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  private func write(into buffer: inout [UInt8]) {
    switch self {
    case .null: buffer.append(contentsOf: "null".utf8)
    case .bool(let value): buffer.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let text): buffer.append(contentsOf: text.utf8)
    case .string(let text): JSONValue.write(text, into: &buffer)
    case .array(let values):
      buffer.append(UInt8(ascii: "["))
      var isFirst = true
      for value in values {
        if !isFirst { buffer.append(UInt8(ascii: ",")) }
        isFirst = false
        value.write(into: &buffer)
      }
      buffer.append(UInt8(ascii: "]"))
    case .members(let object):
      buffer.append(UInt8(ascii: "{"))
      var isFirst = true
      for member in object.members {
        if !isFirst { buffer.append(UInt8(ascii: ",")) }
        isFirst = false
        JSONValue.write(member.name, into: &buffer)
        buffer.append(UInt8(ascii: ":"))
        member.value.write(into: &buffer)
      }
      buffer.append(UInt8(ascii: "}"))
    }
  }

  static func write(_ text: String, into buffer: inout [UInt8]) {
    buffer.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { bytes in
      if bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
        buffer.append(contentsOf: bytes)
      } else {
        for byte in bytes { escape(byte, into: &buffer) }
      }
    }
    buffer.append(UInt8(ascii: "\""))
  }

  private static func escape(_ byte: UInt8, into buffer: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""): buffer.append(contentsOf: [0x5C, 0x22])
    case UInt8(ascii: "\\"): buffer.append(contentsOf: [0x5C, 0x5C])
    case 0x0A: buffer.append(contentsOf: "\\n".utf8)
    case 0x0D: buffer.append(contentsOf: "\\r".utf8)
    case 0x09: buffer.append(contentsOf: "\\t".utf8)
    case 0..<0x20:
      buffer.append(contentsOf: "\\u00".utf8)
      let hex = String(byte, radix: 16)
      buffer.append(contentsOf: (hex.count == 1 ? "0" + hex : hex).utf8)
    default: buffer.append(byte)
    }
  }
}
