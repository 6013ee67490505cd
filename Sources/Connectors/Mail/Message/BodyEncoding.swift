import Signing

/// How the body of a part travels through relays that take only seven bits and short lines.
enum BodyEncoding: String {
  /// For text that is mostly ASCII (RFC 2045, section 6.7).
  case quotedPrintable = "quoted-printable"
  /// For everything else (RFC 2045, section 6.8).
  case base64

  /// The shorter one for a text; a function of the text alone, so that a message is the same whenever it is written.
  static func best(for bytes: [UInt8]) -> BodyEncoding {
    let foreign = bytes.count { $0 >= 0x80 }
    return foreign > bytes.count / 6 ? .base64 : .quotedPrintable
  }

  /// The encoded body, lines of at most 76 characters, each ended by CRLF.
  func encode(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .quotedPrintable: BodyEncoding.quoted(bytes)
    case .base64: BodyEncoding.lines(Array(Base64.encode(bytes).utf8))
    }
  }

  /// Text with every line ended by CRLF, without control characters other than the tab.
  static func canonical(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count + 64)
    var afterReturn = false
    for byte in text.utf8 {
      switch byte {
      case 0x0A where afterReturn: break
      case 0x0A, 0x0D: result += [0x0D, 0x0A]
      case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F, 0x7F: break
      default: result.append(byte)
      }
      afterReturn = byte == 0x0D
    }
    if !result.isEmpty, result.last != 0x0A { result += [0x0D, 0x0A] }
    return result
  }

  private static func lines(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text[...]
    while !rest.isEmpty {
      result += rest.prefix(76)
      result += [0x0D, 0x0A]
      rest = rest.dropFirst(76)
    }
    return result
  }

  private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      quote(line.last == 0x0D ? line.dropLast() : line, into: &result)
    }
    // The text ends with a line end, so the last piece is empty and its own line end is one too many.
    if result.suffix(2) == [0x0D, 0x0A] { result.removeLast(2) }
    return result
  }

  private static func quote(_ line: ArraySlice<UInt8>, into result: inout [UInt8]) {
    let hex = Array("0123456789ABCDEF".utf8)
    var column = 0
    for (offset, byte) in line.enumerated() {
      let isLast = offset == line.count - 1
      var isLiteral =
        (byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "=")) || ((byte == 0x20 || byte == 0x09) && !isLast)
      if column + (isLiteral ? 1 : 3) > 75 {
        result += [UInt8(ascii: "="), 0x0D, 0x0A]
        column = 0
      }
      // A dot in front could end the message at a careless relay; "From " in front is rewritten by mailbox files.
      if column == 0, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "F") { isLiteral = false }
      if isLiteral {
        result.append(byte)
        column += 1
      } else {
        let high = Int(byte >> 4)
        let low = Int(byte & 0x0F)
        result += [UInt8(ascii: "="), hex[high], hex[low]]
        column += 3
      }
    }
    result += [0x0D, 0x0A]
  }
}
