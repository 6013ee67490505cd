import Foundation

/// Writes text files in large pieces, without a string for each number.
struct TextWriter: ~Copyable {
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private static let size = 1 << 18

  init(path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path)
    else { throw AuditFault(path, "cannot be written.") }
    self.handle = handle
    buffer.reserveCapacity(Self.size + 512)
  }

  mutating func text(_ text: String) { buffer.append(contentsOf: text.utf8) }

  mutating func comma() { buffer.append(0x2C) }

  mutating func number(_ number: Int64) { buffer.append(contentsOf: String(number).utf8) }

  /// A double the way it reads back the same.
  mutating func number(_ number: Double) { buffer.append(contentsOf: "\(number)".utf8) }

  /// A cell of foreign text. A spreadsheet would run what begins like a formula: an apostrophe keeps it text
  /// (OWASP, CSV injection). A negative number is none.
  mutating func cell(_ text: String) {
    let safe = Self.isFormula(text) ? "'" + text : text
    if safe.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) {
      self.text("\"" + safe.replacing("\"", with: "\"\"") + "\"")
    } else {
      self.text(safe)
    }
  }

  /// A JSON string. `<` is escaped too: viewers put such files into pages.
  mutating func json(_ text: String) {
    buffer.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C:
        buffer.append(0x5C)
        buffer.append(byte)
      case 0..<0x20, 0x3C, 0x7F:
        let digits = Array("0123456789abcdef".utf8)
        buffer.append(contentsOf: "\\u00".utf8)
        buffer.append(digits[Int(byte >> 4)])
        buffer.append(digits[Int(byte & 15)])
      default: buffer.append(byte)
      }
    }
    buffer.append(0x22)
  }

  private static func isFormula(_ text: String) -> Bool {
    // Leading blanks and invisible characters are dropped by some spreadsheets; the wide forms are read by others.
    let start = text.unicodeScalars.drop { $0 == " " || $0.value == 0 || VisibleText.isInvisible($0) }
    guard let first = start.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) else { return false }
    let rest = start.dropFirst()
    let isNumber =
      first == "-" && !rest.isEmpty && rest.count { $0 == "." } <= 1
      && rest.allSatisfy { ("0"..."9").contains($0) || $0 == "." }
    return !isNumber
  }

  /// `2026-10-01 00:15:39.186`; nothing for nil.
  mutating func instant(_ instant: Instant?) {
    guard let instant else { return }
    let civil = CivilTime(milliseconds: instant.milliseconds)
    digits(civil.year, 4)
    buffer.append(0x2D)
    digits(civil.month, 2)
    buffer.append(0x2D)
    digits(civil.day, 2)
    buffer.append(0x20)
    let seconds = civil.millisecondOfDay / 1000
    digits(seconds / 3600, 2)
    buffer.append(0x3A)
    digits(seconds / 60 % 60, 2)
    buffer.append(0x3A)
    digits(seconds % 60, 2)
    if civil.millisecondOfDay % 1000 != 0 {
      buffer.append(0x2E)
      digits(civil.millisecondOfDay % 1000, 3)
    }
  }

  private mutating func digits(_ number: Int, _ width: Int) {
    var divisor = 1
    for _ in 1..<width { divisor *= 10 }
    var rest = max(0, number)
    while divisor > 0 {
      buffer.append(UInt8(truncatingIfNeeded: 48 + rest / divisor % 10))
      rest %= divisor
      divisor /= 10
    }
  }

  mutating func endLine() throws {
    buffer.append(0x0A)
    if buffer.count >= Self.size {
      try handle.write(contentsOf: Data(buffer))
      buffer.removeAll(keepingCapacity: true)
    }
  }

  consuming func close() throws {
    try handle.write(contentsOf: Data(buffer))
    try handle.close()
  }
}
