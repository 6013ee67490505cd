import Signing

/// Writes the header section of a message, ASCII only, no line over 76 characters where a fold is allowed.
///
/// Every value passes through one of the three `add` functions, and none of them can let a line end through: foreign
/// text is either printable ASCII or sits inside an encoded word (RFC 2047). That is what keeps headers from being
/// injected (F116).
struct HeaderWriter {
  /// The section so far, each line ended by CRLF.
  private(set) var bytes: [UInt8] = []

  private static let lineLimit = 76

  /// Adds a field whose value this module made itself: printable ASCII; anything else is left out.
  mutating func add(_ name: String, token: String) {
    write(name + ": " + String(decoding: token.utf8.filter { $0 >= 0x20 && $0 < 0x7F }, as: UTF8.self))
  }

  /// Adds a field of free text, such as a subject (RFC 5322, section 2.2.1).
  mutating func add(_ name: String, text: String) {
    let clean = ForeignText.line(text, limit: 500) ?? ""
    let prefix = name + ": "
    if HeaderWriter.isPlain(clean), prefix.utf8.count + clean.utf8.count <= HeaderWriter.lineLimit {
      write(prefix + clean)
    } else {
      write(prefix + HeaderWriter.encodedWords(clean, indent: prefix.utf8.count))
    }
  }

  /// Adds a field of one mailbox, such as `From` (RFC 5322, section 3.4).
  mutating func add(_ name: String, mailbox: Mailbox) {
    let prefix = name + ": "
    let address = "<" + mailbox.address.text + ">"
    guard let shown = mailbox.name, !shown.isEmpty else { return write(prefix + mailbox.address.text) }
    var phrase: String
    if HeaderWriter.isPlain(shown), shown.utf8.count <= 40 {
      phrase = "\"" + shown.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    } else {
      phrase = HeaderWriter.encodedWords(shown, indent: prefix.utf8.count)
    }
    // The address starts a line of its own: it is the longest part and must not be broken.
    phrase += "\r\n " + address
    write(prefix + phrase)
  }

  private mutating func write(_ line: String) {
    bytes.append(contentsOf: line.utf8)
    bytes.append(contentsOf: "\r\n".utf8)
  }

  /// Whether text can stand in a header as it is: printable ASCII that no reader takes for an encoded word.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !text.contains("=?")
  }

  /// Text as encoded words of at most 75 characters, cut between scalars, folded (RFC 2047, section 2).
  static func encodedWords(_ text: String, indent: Int) -> String {
    var words: [String] = []
    var chunk: [UInt8] = []
    // "=?utf-8?B?" and "?=" take 12 characters; base64 turns 3 bytes into 4 characters.
    var room = max(4, (lineLimit - indent - 12) / 4 * 3)
    for scalar in text.unicodeScalars {
      let encoded = Array(String(scalar).utf8)
      if chunk.count + encoded.count > room {
        words.append("=?utf-8?B?" + Base64.encode(chunk) + "?=")
        chunk = []
        room = 45
      }
      chunk += encoded
    }
    words.append("=?utf-8?B?" + Base64.encode(chunk) + "?=")
    return words.joined(separator: "\r\n ")
  }
}
