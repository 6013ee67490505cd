/// What an acknowledgement must not say (S1c): nothing that reads as "confirmed", and no amount.
///
/// The rule works on word stems of all listed languages at once, whatever language a template claims to be in. A text
/// is folded (small letters without accents, single blanks, no invisible characters), then the listed *pending phrases*
/// are taken out, and what remains must contain none of the stems. So "confirmation pending" passes, and "confirmation
/// pending no longer: your order is confirmed" does not. Amounts cannot appear because no template variable for them
/// exists before the decision.
struct AcknowledgementRule: Sendable {
  private let additional: Set<String>
  private let forbidden: PhraseFinder

  /// A rule with further forbidden stems, by primary language subtag; they also make a language usable that is not
  /// listed here. There is deliberately no way to add a permitted phrase.
  init(additional: [String: [String]] = [:]) {
    self.additional = Set(additional.filter { !$0.value.isEmpty }.keys)
    forbidden = PhraseFinder((Array(AcknowledgementRule.stems.values) + Array(additional.values)).flatMap { $0 })
  }

  /// Whether the rule knows how a language says "confirmed".
  func covers(_ language: String) -> Bool {
    let primary = language.split(separator: "-").first.map { $0.lowercased() } ?? ""
    return AcknowledgementRule.stems[primary] != nil || additional.contains(primary)
  }

  /// The first forbidden stem in plain text; nil when it may be sent before the decision.
  func offence(in text: String) -> String? {
    let folded = PhraseFinder.fold(text)
    return forbidden.first(in: AcknowledgementRule.pendingPhrases.removed(from: folded))
  }

  /// The first forbidden stem in HTML, in what is shown as well as in attributes and comments.
  func offence(inHTML html: String) -> String? {
    let parts = AcknowledgementRule.split(html)
    return offence(in: parts.shown) ?? offence(in: parts.inTags)
  }

  /// Words meaning that an order stands, by language.
  static let stems: [String: [String]] = [
    "en": ["confirm", "guarantee", "order accepted", "accepted your order", "order is accepted", "has shipped"],
    "de": ["bestätig", "bestaetig", "verbindlich", "garantier", "angenommen", "nehmen ihre bestellung an"],
    "fr": ["confirm", "validée", "garanti", "accepté", "définitif", "définitive"],
    "es": ["confirm", "garantiz", "aceptad", "definitiv"],
    "pt": ["confirm", "garantid", "aceite", "aceita"],
    "it": ["conferm", "garantit", "accettat", "definitiv"],
    "nl": ["bevestig", "gegarandeerd", "geaccepteerd", "definitief"],
    "pl": ["potwierdz", "gwarantow", "przyjęte do realizacji"],
    "sv": ["bekräft", "garanter"],
    "da": ["bekræft", "garanter"],
    "ja": ["確認", "確定", "承りました"],
    "zh": ["确认", "確認", "确定", "確定"],
  ]

  /// Phrases that use such a word to say the opposite.
  static let pending: [String] = [
    "confirmation pending", "confirmation is pending", "pending confirmation", "awaiting confirmation",
    "not yet confirmed", "not confirmed yet", "not been confirmed yet", "not yet been confirmed",
    "not a confirmation", "not an order confirmation", "not yet an order confirmation",
    "before it is confirmed", "until it is confirmed", "once it is confirmed", "as soon as it is confirmed",
    "noch nicht bestätigt", "bestätigung steht noch aus", "bestätigung ausstehend", "ausstehende bestätigung",
    "keine bestätigung", "keine auftragsbestätigung", "keine bestellbestätigung", "sobald sie bestätigt ist",
    "confirmation en attente", "en attente de confirmation", "pas encore confirmé", "pas une confirmation",
    "dès qu'elle sera confirmée",
    "confirmación pendiente", "pendiente de confirmación", "aún no está confirmado", "todavía no está confirmado",
    "no es una confirmación", "cuando esté confirmado",
    "confirmação pendente", "ainda não está confirmado", "não é uma confirmação",
    "conferma in sospeso", "in attesa di conferma", "non ancora confermato", "non è una conferma",
    "nog niet bevestigd", "geen bevestiging", "in afwachting van bevestiging",
    "oczekuje na potwierdzenie", "jeszcze niepotwierdzone", "ännu inte bekräftad", "endnu ikke bekræftet",
    "確認待ち", "まだ確定していません", "待确认", "尚未确认", "待確認", "尚未確認",
  ]

  private static let pendingPhrases = PhraseFinder(pending)

  /// What a reader of HTML sees, and what stands inside tags and comments; entities resolved in both.
  ///
  /// Inline tags and comments inside a word do not hide it; the end of a block parts two words.
  private static func split(_ html: String) -> (shown: String, inTags: String) {
    var shown = ""
    var inTags = ""
    var rest = html[...]
    while let open = rest.firstIndex(of: "<") {
      shown += rest[..<open]
      rest = rest[open...]
      let end = rest.firstRange(of: rest.hasPrefix("<!--") ? "-->" : ">")?.upperBound ?? rest.endIndex
      let tag = rest[..<end]
      inTags += tag + " "
      if !isInline(tag) { shown += " " }
      rest = rest[end...]
    }
    return (entities(shown + rest), entities(inTags))
  }

  private static func isInline(_ tag: Substring) -> Bool {
    if tag.hasPrefix("<!--") { return true }
    let name = tag.dropFirst().drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }.lowercased()
    return ["a", "b", "bdi", "bdo", "em", "font", "i", "mark", "s", "small", "span", "strong", "u", "wbr"].contains(
      name)
  }

  private static func entities(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      result += rest[..<start]
      rest = rest[rest.index(after: start)...]
      guard let end = rest.prefix(12).firstIndex(of: ";"), let scalar = entity(rest[..<end]) else {
        result += "&"
        continue
      }
      result.unicodeScalars.append(scalar)
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private static func entity(_ name: Substring) -> Unicode.Scalar? {
    let named: [Substring: Unicode.Scalar] = [
      "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "nbsp": " ", "shy": "\u{AD}", "zwj": "\u{200D}",
      "auml": "ä", "eacute": "é", "aelig": "æ", "aacute": "á", "oacute": "ó", "rsquo": "'", "apos": "'",
    ]
    if let scalar = named[name] { return scalar }
    guard name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst()
    let value = digits.hasPrefix("x") || digits.hasPrefix("X") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return value.flatMap(Unicode.Scalar.init)
  }
}
