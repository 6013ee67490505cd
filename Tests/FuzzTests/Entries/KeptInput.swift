/// An input as a line of text, so that those a fuzzer found are one readable file for each target: printable ASCII
/// stands for itself, `\\` for a backslash, `\n` for a line end, and every other byte is `\x` with two hex digits.
enum KeptInput {
  private static let digits = Array("0123456789abcdef".utf8)

  static func line(_ input: [UInt8]) -> [UInt8] {
    var line: [UInt8] = []
    for byte in input {
      switch byte {
      case 0x0A: line += Array("\\n".utf8)
      case 0x5C: line += Array("\\\\".utf8)
      case 0x20..<0x7F: line.append(byte)
      default: line += Array("\\x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return line
  }

  /// Nil for what is no such line.
  static func bytes(_ line: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = line.makeIterator()
    while let byte = rest.next() {
      guard byte == 0x5C else {
        bytes.append(byte)
        continue
      }
      switch rest.next() {
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case 0x5C: bytes.append(0x5C)
      case UInt8(ascii: "x"):
        guard let high = rest.next().flatMap(digits.firstIndex), let low = rest.next().flatMap(digits.firstIndex)
        else { return nil }
        bytes.append(UInt8(high << 4 | low))
      default: return nil
      }
    }
    return bytes
  }

  /// Every input of a file; an empty line is the empty input. Nil when one of them is no such line.
  static func inputs(_ file: [UInt8]) -> [[UInt8]]? {
    let lines = file.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
    let inputs = lines.compactMap { bytes($0) }
    return inputs.count == lines.count ? inputs : nil
  }
}
