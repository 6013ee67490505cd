import Foundation

/// Writes text files in large pieces, without a string for each number.
struct TextWriter: ~Copyable {
  private let handle: FileHandle
  private let replacement: Replacement
  private var block = ByteBlock(capacity: 2 * size)
  /// The day written last: neighbours mostly share theirs.
  private var lastDay = Int64.min
  private var lastDate: [UInt8] = []
  private static let size = 1 << 18

  init(path: String) throws {
    let replacement = try Replacement(of: path)
    guard let handle = FileHandle(forWritingAtPath: replacement.path) else {
      throw AuditFault(path, "cannot be written.")
    }
    self.handle = handle
    self.replacement = replacement
  }

  mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { block.append($0) }
  }

  mutating func bytes(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { block.append($0) } }

  mutating func comma() { block.append(0x2C) }

  mutating func number(_ number: Int64) {
    if number < 0 { block.append(0x2D) }
    var digits = 1
    var limit: UInt64 = 10
    while digits < 19, number.magnitude >= limit {
      limit *= 10
      digits += 1
    }
    block.append(number.magnitude, digits)
  }

  /// A double the way it reads back the same.
  mutating func number(_ number: Double) { text("\(number)") }

  /// A cell of foreign text. A spreadsheet would run what begins like a formula: an apostrophe keeps it text
  /// (OWASP, CSV injection). A negative number is none.
  mutating func cell(_ text: String) { self.text(Self.cell(text)) }

  /// The same, for texts that are written often.
  static func cell(_ text: String) -> String {
    let safe = isFormula(text) ? "'" + text : text
    let needsQuotes = safe.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    return needsQuotes ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
  }

  /// A JSON string. `<` is escaped too: viewers put such files into pages.
  mutating func json(_ text: String) {
    block.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C:
        block.append(0x5C)
        block.append(byte)
      case 0..<0x20, 0x3C, 0x7F:
        let digits = Array("0123456789abcdef".utf8)
        self.text("\\u00")
        block.append(digits[Int(byte >> 4)])
        block.append(digits[Int(byte & 15)])
      default: block.append(byte)
      }
    }
    block.append(0x22)
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

  /// `2026-10-01T00:15:39.186Z`; nothing for nil.
  mutating func instant(_ instant: Instant?) {
    guard let instant else { return }
    let length = CivilTime.millisecondsPerDay
    let rest = (instant.milliseconds % length + length) % length
    let day = instant.milliseconds - rest
    if day != lastDay {
      lastDay = day
      lastDate = Array(CivilTime(milliseconds: day).dateText.utf8)
    }
    bytes(lastDate)
    block.append(0x54)
    let milliseconds = UInt64(rest)
    let seconds = milliseconds / 1000
    block.append(seconds / 3600, 2)
    block.append(0x3A)
    block.append(seconds / 60 % 60, 2)
    block.append(0x3A)
    block.append(seconds % 60, 2)
    if milliseconds % 1000 != 0 {
      block.append(0x2E)
      block.append(milliseconds % 1000, 3)
    }
    block.append(0x5A)
  }

  mutating func endLine() throws {
    block.append(0x0A)
    if block.count >= Self.size { try flush() }
  }

  private mutating func flush() throws {
    try handle.write(contentsOf: block.data)
    block.removeAll()
  }

  consuming func close() throws {
    try flush()
    try handle.close()
    try replacement.finish()
  }
}

/// Bytes to be written, at a fixed place: an array would be looked at once more for each of a hundred million bytes.
private struct ByteBlock: ~Copyable {
  private var bytes: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  init(capacity: Int) { bytes = .allocate(capacity: capacity) }

  deinit { bytes.deallocate() }

  var data: Data { Data(bytes[..<count]) }

  mutating func removeAll() { count = 0 }

  /// Makes sure that so many bytes have room.
  @inline(__always)
  private mutating func room(_ wanted: Int) { if bytes.count - count < wanted { grow(wanted) } }

  private mutating func grow(_ wanted: Int) {
    let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * bytes.count + wanted)
    _ = larger.update(fromContentsOf: bytes[..<count])
    bytes.deallocate()
    bytes = larger
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    room(1)
    bytes[count] = byte
    count += 1
  }

  mutating func append(_ text: Bytes) {
    room(text.count)
    for index in 0..<text.count { bytes[count + index] = text[index] }
    count += text.count
  }

  /// A number with so many digits, zeros before it.
  @inline(__always)
  mutating func append(_ number: UInt64, _ digits: Int) {
    room(digits)
    var rest = number
    var index = count + digits
    while index > count {
      index -= 1
      bytes[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      rest /= 10
    }
    count += digits
  }
}
