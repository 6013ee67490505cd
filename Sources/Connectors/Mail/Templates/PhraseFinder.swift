/// Finds any of many phrases in one pass over a text; messages are written inside the deciding transaction.
struct PhraseFinder: Sendable {
  /// Folded phrases by their first byte, the longest first.
  private let byFirstByte: [UInt8: [[UInt8]]]

  /// Prepares phrases; empty ones are ignored.
  init(_ phrases: [String]) {
    let folded = Set(phrases.map(PhraseFinder.fold)).filter { !$0.isEmpty && $0 != [0x20] }
    byFirstByte = Dictionary(grouping: folded) { $0.first ?? 0 }
      .mapValues {
        $0.sorted { ($0.count, String(decoding: $0, as: UTF8.self)) > ($1.count, String(decoding: $1, as: UTF8.self)) }
      }
  }

  /// The first phrase in folded text.
  func first(in text: [UInt8]) -> String? {
    var rest = text[...]
    while !rest.isEmpty {
      if let phrase = phrase(at: rest) { return String(decoding: phrase, as: UTF8.self) }
      rest = rest.dropFirst()
    }
    return nil
  }

  /// Folded text with every phrase replaced by a separator, so that what stood around it does not grow together.
  func removed(from text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var rest = text[...]
    while let byte = rest.first {
      if let phrase = phrase(at: rest) {
        result.append(UInt8(ascii: "|"))
        rest = rest.dropFirst(phrase.count)
      } else {
        result.append(byte)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private func phrase(at text: ArraySlice<UInt8>) -> [UInt8]? {
    guard let byte = text.first, let candidates = byFirstByte[byte] else { return nil }
    return candidates.first { text.starts(with: $0) }
  }

  /// Text as phrases are compared: small letters without accents, single blanks, nothing invisible.
  static func fold(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for scalar in text.lowercased().unicodeScalars {
      switch scalar.value {
      // Marks on their own, soft hyphens, joiners, direction marks.
      case 0x300...0x36F, 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: break
      case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x202F, 0x2028, 0x2029: if result.last != 0x20 { result.append(0x20) }
      case 0x2018, 0x2019, 0x02BC: result.append(UInt8(ascii: "'"))
      case 0x21...0x7E: result.append(UInt8(truncatingIfNeeded: scalar.value))
      default:
        if let bare = bareLetters[scalar] { result.append(bare) } else { result += Array(String(scalar).utf8) }
      }
    }
    return result
  }

  /// Latin letters that exist with their accent as one scalar, and the letter without it.
  private static let bareLetters: [Unicode.Scalar: UInt8] = {
    let families: [(UInt8, String)] = [
      (UInt8(ascii: "a"), "àáâãäåāăą"), (UInt8(ascii: "c"), "çćĉċč"), (UInt8(ascii: "d"), "ďđ"),
      (UInt8(ascii: "e"), "èéêëēĕėęě"), (UInt8(ascii: "g"), "ĝğġģ"), (UInt8(ascii: "i"), "ìíîïĩīĭįı"),
      (UInt8(ascii: "l"), "ĺļľł"), (UInt8(ascii: "n"), "ñńņň"), (UInt8(ascii: "o"), "òóôõöøōŏő"),
      (UInt8(ascii: "r"), "ŕŗř"), (UInt8(ascii: "s"), "śŝşšș"), (UInt8(ascii: "t"), "ţťț"),
      (UInt8(ascii: "u"), "ùúûüũūŭůűų"), (UInt8(ascii: "y"), "ýÿŷ"), (UInt8(ascii: "z"), "źżž"),
    ]
    var letters: [Unicode.Scalar: UInt8] = [:]
    for (bare, family) in families {
      for scalar in family.unicodeScalars { letters[scalar] = bare }
    }
    return letters
  }()
}
