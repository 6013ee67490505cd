/// The search syntax of the `query` argument, as far as orders are looked for: terms joined by a space or AND.
struct ShopifySearch: Sendable {
  private var terms: [(field: String, comparison: String, value: String)] = []

  init(_ text: String) {
    for word in Self.words(text) where word.uppercased() != "AND" {
      guard let colon = word.firstIndex(of: ":") else { continue }
      var value = word[word.index(after: colon)...]
      let comparison = [">=", "<=", ">", "<"].first { value.hasPrefix($0) } ?? "="
      if comparison != "=" { value = value.dropFirst(comparison.count) }
      terms.append((word[..<colon].lowercased(), comparison, value.trimmingQuotes))
    }
  }

  /// Splits at spaces outside quotes.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var current = ""
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character == " " {
        if !current.isEmpty { words.append(current) }
        current = ""
        continue
      }
      current.append(character)
    }
    return current.isEmpty ? words : words + [current]
  }

  /// The lowest second a match can have been changed in, if a term says so.
  var updatedFrom: Int? {
    terms.filter { $0.field == "updated_at" && ($0.comparison == ">=" || $0.comparison == ">") }
      .compactMap { CivilTime.unix(parsing: $0.value) }.max()
  }

  func matches(_ placed: ShopifyState.Placed) -> Bool { terms.allSatisfy { holds($0, placed.order) } }

  private func holds(_ term: (field: String, comparison: String, value: String), _ order: SandboxOrder) -> Bool {
    switch term.field {
    case "updated_at": compare(order.updatedMillis / 1000, term)
    case "created_at", "processed_at": compare(order.createdUnix, term)
    case "id": Int(term.value).map { Self.compare(order.id, $0, term.comparison) } ?? false
    case "name": term.value == "#\(order.number)" || term.value == String(order.number)
    case "email": term.value.lowercased() == order.email.lowercased()
    case "test": term.value == String(order.test)
    case "tag": order.tags.contains { $0.lowercased() == term.value.lowercased() }
    case "tag_not": !order.tags.contains { $0.lowercased() == term.value.lowercased() }
    case "status":
      term.value == "cancelled" ? order.cancelledUnix != nil : term.value == "open" ? order.cancelledUnix == nil : true
    case "financial_status": term.value == (order.cancelledUnix == nil ? "paid" : "voided")
    // An unknown filter is ignored, as the documentation has it.
    default: true
    }
  }

  private func compare(_ seconds: Int, _ term: (field: String, comparison: String, value: String)) -> Bool {
    guard let wanted = CivilTime.unix(parsing: term.value) else { return false }
    return Self.compare(seconds, wanted, term.comparison)
  }

  private static func compare(_ left: Int, _ right: Int, _ comparison: String) -> Bool {
    switch comparison {
    case ">=": left >= right
    case "<=": left <= right
    case ">": left > right
    case "<": left < right
    default: left == right
    }
  }
}
