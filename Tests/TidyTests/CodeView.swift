enum Ascii {
  static let newline = UInt8(ascii: "\n")
  static let space = UInt8(ascii: " ")
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let slash = UInt8(ascii: "/")
  static let star = UInt8(ascii: "*")
  static let hash = UInt8(ascii: "#")
  static let backtick = UInt8(ascii: "`")
  static let underscore = UInt8(ascii: "_")
  static let open = UInt8(ascii: "(")
  static let close = UInt8(ascii: ")")

  static func isWord(_ byte: UInt8) -> Bool {
    byte == underscore || byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      || (0x61...0x7A).contains(byte)
  }
}

/// Swift source with comments, string contents and regular expressions turned into spaces, so that a rule meets code
/// only. Code inside an interpolation stays; a raw identifier becomes underscores. Length and lines do not change.
///
/// A lexer for this project's Swift, not for all Swift: a bare `/…/` is a regular expression only on one line and where
/// an operand may begin.
struct CodeView {
  private let source: [UInt8]
  private var output: [UInt8]
  private var index = 0

  init(_ source: [UInt8]) {
    self.source = source
    output = source
  }

  mutating func blanked() -> [UInt8] {
    code(inParentheses: false)
    return output
  }

  private func byte(_ offset: Int = 0) -> UInt8? {
    let position = index + offset
    return position >= 0 && position < source.count ? source[position] : nil
  }

  /// Steps over bytes and leaves spaces (or `filler`) behind; line ends stay.
  private mutating func blank(_ count: Int, filler: UInt8 = Ascii.space) {
    for _ in 0..<count where index < source.count {
      if source[index] != Ascii.newline { output[index] = filler }
      index += 1
    }
  }

  /// Walks over code; inside an interpolation it ends behind the parenthesis that closes it.
  private mutating func code(inParentheses: Bool) {
    var depth = 0
    while let current = byte() {
      switch current {
      case Ascii.slash where byte(1) == Ascii.slash: lineComment()
      case Ascii.slash where byte(1) == Ascii.star: blockComment()
      case Ascii.slash where mayStartOperand():
        if !regularExpression() { index += 1 }
      case Ascii.quote: string(hashes: 0)
      case Ascii.hash: hashes()
      case Ascii.backtick: rawIdentifier()
      case Ascii.open:
        depth += 1
        index += 1
      case Ascii.close:
        index += 1
        depth -= 1
        if inParentheses && depth < 0 { return }
      default: index += 1
      }
    }
  }

  private mutating func lineComment() {
    while let current = byte(), current != Ascii.newline { blank(1) }
  }

  private mutating func blockComment() {
    var depth = 0
    while byte() != nil {
      if byte() == Ascii.slash && byte(1) == Ascii.star {
        depth += 1
        blank(2)
      } else if byte() == Ascii.star && byte(1) == Ascii.slash {
        depth -= 1
        blank(2)
        if depth == 0 { return }
      } else {
        blank(1)
      }
    }
  }

  private mutating func rawIdentifier() {
    index += 1
    while let current = byte(), current != Ascii.backtick { blank(1, filler: Ascii.underscore) }
    index += 1
  }

  /// `#"raw string"#`, `#/regular expression/#`, or the `#` of a directive or macro.
  private mutating func hashes() {
    var count = 0
    while byte(count) == Ascii.hash { count += 1 }
    if byte(count) == Ascii.quote {
      index += count
      string(hashes: count)
    } else if byte(count) == Ascii.slash {
      blank(count + 1)
      while byte() != nil, !(byte() == Ascii.slash && isFollowed(by: count, from: 1)) { blank(1) }
      blank(count + 1)
    } else {
      index += count
    }
  }

  private func isFollowed(by hashes: Int, from offset: Int) -> Bool {
    (0..<hashes).allSatisfy { byte(offset + $0) == Ascii.hash }
  }

  private mutating func string(hashes: Int) {
    let quotes = byte(1) == Ascii.quote && byte(2) == Ascii.quote ? 3 : 1
    index += quotes
    while let current = byte() {
      if current == Ascii.backslash && isFollowed(by: hashes, from: 1) {
        let isInterpolation = byte(1 + hashes) == Ascii.open
        blank(2 + hashes)
        if isInterpolation { code(inParentheses: true) }
      } else if current == Ascii.quote && (0..<quotes).allSatisfy({ byte($0) == Ascii.quote })
        && isFollowed(by: hashes, from: quotes)
      {
        index += quotes + hashes
        return
      } else {
        blank(1)
      }
    }
  }

  /// Whether a slash here would begin a regular expression rather than divide.
  private func mayStartOperand() -> Bool {
    guard let next = byte(1), next != Ascii.space, next != Ascii.newline else { return false }
    var position = index - 1
    while position >= 0, source[position] == Ascii.space { position -= 1 }
    return position < 0 || "(,=:[{!&|?\n".utf8.contains(source[position])
  }

  private mutating func regularExpression() -> Bool {
    var length = 1
    while let current = byte(length), current != Ascii.newline {
      if current == Ascii.slash {
        blank(length + 1)
        return true
      }
      length += current == Ascii.backslash ? 2 : 1
    }
    return false
  }
}

extension [UInt8] {
  /// Where `needle` stands; an end of it that is a word character must also end the word here.
  func positions(of needle: String) -> [Int] {
    let wanted = Array(needle.utf8)
    guard let first = wanted.first, let last = wanted.last, count >= wanted.count else { return [] }
    return (0...(count - wanted.count)).filter { start in
      guard self[start] == first, self[start..<(start + wanted.count)].elementsEqual(wanted) else { return false }
      let end = start + wanted.count
      let beginsWord = !Ascii.isWord(first) || start == 0 || !Ascii.isWord(self[start - 1])
      let endsWord = !Ascii.isWord(last) || end == count || !Ascii.isWord(self[end])
      return beginsWord && endsWord
    }
  }

  func has(_ needle: String) -> Bool { !positions(of: needle).isEmpty }

  /// Words and single punctuation marks, in order.
  var tokens: [String] {
    var found: [String] = []
    var word: [UInt8] = []
    for byte in self {
      if Ascii.isWord(byte) {
        word.append(byte)
        continue
      }
      if !word.isEmpty { found.append(String(decoding: word, as: UTF8.self)) }
      word = []
      if byte > Ascii.space { found.append(String(UnicodeScalar(byte))) }
    }
    if !word.isEmpty { found.append(String(decoding: word, as: UTF8.self)) }
    return found
  }
}
