/// Reads a query text with its bound parameters.
struct SuiteQLParser {
  typealias Reference = SuiteQLQuery.Reference
  var tokens: [SuiteQLToken]
  var position = 0
  private var parameters: [JSON]
  private var depth = 0

  static func parse(_ text: String, _ parameters: [JSON]) throws(NetSuiteError) -> SuiteQLQuery {
    var parser = SuiteQLParser(tokens: try SuiteQLToken.read(text), parameters: parameters)
    return try parser.query()
  }

  private init(tokens: [SuiteQLToken], parameters: [JSON]) {
    self.tokens = tokens
    self.parameters = parameters
  }

  private var current: SuiteQLToken { position < tokens.count ? tokens[position] : .end }

  private func failure() -> NetSuiteError { SuiteQLToken.failure("Syntax error near token \(position).") }

  private mutating func take(_ token: SuiteQLToken) -> Bool {
    guard current == token else { return false }
    position += 1
    return true
  }

  private mutating func need(_ token: SuiteQLToken) throws(NetSuiteError) {
    guard take(token) else { throw failure() }
  }

  private mutating func word() throws(NetSuiteError) -> String {
    guard case .word(let text) = current else { throw failure() }
    position += 1
    return text
  }

  private func reference(_ text: String) -> Reference {
    let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
    return parts.count == 2 ? Reference(table: parts[0], name: parts[1]) : Reference(table: nil, name: text)
  }

  private mutating func reference() throws(NetSuiteError) -> Reference { reference(try word()) }

  private mutating func query() throws(NetSuiteError) -> SuiteQLQuery {
    var query = SuiteQLQuery()
    try need(.word("select"))
    repeat { query.columns.append(try column()) } while take(.symbol(","))
    try need(.word("from"))
    (query.table, query.alias) = try table()
    if current == .word("inner") || current == .word("join") {
      _ = take(.word("inner"))
      try need(.word("join"))
      let (table, alias) = try self.table()
      try need(.word("on"))
      let left = try reference()
      try need(.symbol("="))
      query.join = .init(table: table, alias: alias, left: left, right: try reference())
    }
    if take(.word("where")) { query.condition = try any() }
    if take(.word("group")) {
      try need(.word("by"))
      repeat { query.groupBy.append(try reference()) } while take(.symbol(","))
    }
    if take(.word("order")) {
      try need(.word("by"))
      repeat {
        let name = try reference()
        let descending = take(.word("desc"))
        if !descending { _ = take(.word("asc")) }
        query.orderBy.append((name, descending))
      } while take(.symbol(","))
    }
    guard current == .end else { throw failure() }
    return query
  }

  private mutating func table() throws(NetSuiteError) -> (String, String) {
    let name = try word()
    _ = take(.word("as"))
    let keywords: Set<String> = ["where", "order", "group", "inner", "join", "left", "on"]
    guard case .word(let alias) = current, !keywords.contains(alias) else { return (name, name) }
    position += 1
    return (name, alias)
  }

  private mutating func column() throws(NetSuiteError) -> SuiteQLQuery.Column {
    let first = try word()
    var column = SuiteQLQuery.Column(reference: reference(first), alias: reference(first).name)
    if ["to_char", "builtin.df", "sum"].contains(first) {
      try need(.symbol("("))
      let inner = try reference()
      column = .init(reference: inner, alias: inner.name, display: first == "builtin.df", isSum: first == "sum")
      if first == "to_char", take(.symbol(",")) {
        guard case .text(let format) = current else { throw failure() }
        position += 1
        column.withTime = format.uppercased().contains("HH24")
      }
      try need(.symbol(")"))
    }
    if take(.word("as")) {
      column.alias = try word()
    } else if case .word(let alias) = current, alias != "from" {
      position += 1
      column.alias = alias
    }
    return column
  }

  private mutating func any() throws(NetSuiteError) -> SuiteQLQuery.Condition {
    var parts = [try all()]
    while take(.word("or")) { parts.append(try all()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func all() throws(NetSuiteError) -> SuiteQLQuery.Condition {
    var parts = [try condition()]
    while take(.word("and")) { parts.append(try condition()) }
    return .all(parts)
  }

  private mutating func condition() throws(NetSuiteError) -> SuiteQLQuery.Condition {
    guard current == .symbol("(") else { return .test(try test()) }
    depth += 1
    defer { depth -= 1 }
    guard depth < 16 else { throw failure() }
    position += 1
    let inner = try any()
    try need(.symbol(")"))
    return inner
  }

  private mutating func test() throws(NetSuiteError) -> SuiteQLQuery.Test {
    var column = try reference()
    var folding: String?
    if column.table == nil, ["upper", "lower"].contains(column.name) {
      folding = column.name
      try need(.symbol("("))
      column = try reference()
      try need(.symbol(")"))
    }
    if take(.word("in")) {
      try need(.symbol("("))
      var values: [String] = []
      repeat { values.append(try value().text) } while take(.symbol(","))
      try need(.symbol(")"))
      return .init(reference: column, folding: folding, comparison: .equal, values: values)
    }
    guard case .symbol(let symbol) = current, let comparison = SuiteQLQuery.Comparison(rawValue: symbol) else {
      throw failure()
    }
    position += 1
    let value = try value()
    return .init(
      reference: column, folding: folding, comparison: comparison, values: [value.text], isDate: value.isDate)
  }

  private mutating func value() throws(NetSuiteError) -> (text: String, isDate: Bool) {
    switch current {
    case .text(let text), .number(let text):
      position += 1
      return (text, false)
    case .symbol("?"):
      guard !parameters.isEmpty, let text = parameters.removeFirst().text else {
        throw SuiteQLToken.failure("A bound parameter is missing or null.")
      }
      position += 1
      return (text, false)
    case .word("to_date"), .word("to_timestamp"):
      position += 1
      try need(.symbol("("))
      depth += 1
      defer { depth -= 1 }
      guard depth < 16 else { throw failure() }
      let inner = try value()
      try need(.symbol(","))
      guard case .text = current else { throw failure() }
      position += 1
      try need(.symbol(")"))
      return (inner.text, true)
    default: throw failure()
    }
  }
}

/// The words of a query.
enum SuiteQLToken: Equatable {
  case word(String)
  case text(String)
  case number(String)
  case symbol(String)
  case end

  static func failure(_ what: String) -> NetSuiteError {
    .query("Invalid search query. Detailed unprocessed description follows. \(what)")
  }

  static func read(_ text: String) throws(NetSuiteError) -> [SuiteQLToken] {
    var tokens: [SuiteQLToken] = []
    var rest = text[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first.isLetter || first == "_" {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        tokens.append(.word(word.lowercased()))
        rest = rest.dropFirst(word.count)
      } else if first.isNumber {
        let digits = rest.prefix { $0.isNumber || $0 == "." }
        tokens.append(.number(String(digits)))
        rest = rest.dropFirst(digits.count)
      } else if first == "'" {
        tokens.append(.text(quoted(&rest)))
      } else if let two = ["<=", ">=", "<>", "!="].first(where: { rest.hasPrefix($0) }) {
        tokens.append(.symbol(two == "!=" ? "<>" : two))
        rest = rest.dropFirst(2)
      } else if "(),=<>?".contains(first) {
        tokens.append(.symbol(String(first)))
        rest.removeFirst()
      } else {
        throw failure("Unexpected character: \(first).")
      }
    }
    return tokens
  }

  private static func quoted(_ rest: inout Substring) -> String {
    var value = ""
    rest.removeFirst()
    while let next = rest.popFirst() {
      if next != "'" {
        value.append(next)
      } else if rest.first == "'" {
        value.append(next)
        rest.removeFirst()
      } else {
        break
      }
    }
    return value
  }
}
