/// Takes people out of texts that should not have held them.
///
/// Columns of names, addresses and telephones are never read; these are the ways they get into the columns that are.
enum PersonalData {
  /// An identifier of an order or a ticket: e-mail addresses, telephone numbers, and words that can be somebody's name
  /// or street. `jane@example.com` becomes `j***@***`, `Jane Doe` becomes `J*** D***`.
  static func maskedIdentifier(_ text: String) -> String {
    guard mayBePersonal(text) else { return text }
    let text = masked(text)
    let words = text.split(separator: " ")
    let names = words.count { isName($0) }
    let isAlone = words.count == 1 && names == 1 && text.contains(where: \.isLowercase)
    return names >= 2 || isAlone ? maskedNames(words) : text
  }

  private static func maskedNames(_ words: [Substring]) -> String {
    words.map { isName($0) ? $0.prefix(1) + "***" : String($0) }.joined(separator: " ")
  }

  /// Any other text, such as a SKU or a channel: e-mail addresses with the names beside them, and telephone numbers.
  static func masked(_ text: String) -> String {
    guard mayBePersonal(text) else { return text }
    let text = text.replacing("%40", with: "@")
    let masked = text.contains("@") ? maskedAddresses(text) : text
    return maskedTelephones(masked == text ? text : maskedNames(masked.split(separator: " ")))
  }

  /// Most identifiers are seen to be harmless at a glance.
  private static func mayBePersonal(_ text: String) -> Bool {
    text.utf8.contains { byte in
      byte >= 0x80 || byte == 0x40 || byte == 0x25 || byte == 0x20 || byte == 0x2B || byte == 0x28
        || (0x61...0x7A).contains(byte)
    }
  }

  private static let labels: Set<String> = [
    "order", "orders", "number", "no", "nr", "id", "po", "so", "web", "shop", "store", "ref", "reference", "ticket",
    "case",
    "invoice", "bestellung", "auftrag", "nummer", "commande", "pedido",
  ]

  /// A word of two letters and more that is no usual label.
  private static func isName(_ word: Substring) -> Bool {
    let letters = word.filter { $0.isLetter }
    return letters.count >= 2 && !word.contains(where: \.isNumber) && !word.contains("*")
      && !labels.contains(letters.lowercased())
  }

  private static func maskedAddresses(_ text: String) -> String {
    let borders: Set<Character> = [
      " ", ",", ";", ":", "<", ">", "(", ")", "[", "]", "\"", "'", "|", "/", "=", "\t", "\n",
    ]
    var result = ""
    var token = ""
    func closed(_ token: String) -> String {
      guard let at = token.firstIndex(of: "@"), at > token.startIndex, token.index(after: at) < token.endIndex else {
        return token
      }
      return token.prefix(1) + "***@***"
    }
    for character in text {
      if borders.contains(character) {
        result += closed(token)
        result.append(character)
        token = ""
      } else {
        token.append(character)
      }
    }
    return result + closed(token)
  }

  /// `+49 151 2345678` and `(0151) 234 5678`; a run of digits and hyphens alone is an order number of a marketplace.
  private static func maskedTelephones(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(where: { $0 == "+" || $0 == "(" || $0.isNumber }) {
      result += rest[..<start]
      let run = rest[start...].prefix { $0.isNumber || "+-()/. ".contains($0) }
      let digits = run.count { $0.isNumber }
      let isGrouped =
        run.trimmingPrefix(" ").contains(where: { $0 == "(" || $0 == " " }) && run.first.map { $0 != "+" } == true
      if (run.first == "+" && digits >= 8) || (isGrouped && digits >= 9) {
        result += run.prefix(3) + "***" + (run.last == " " ? " " : "")
      } else {
        result += run
      }
      rest = rest[run.endIndex...]
    }
    return result + rest
  }
}
