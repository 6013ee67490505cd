/// The part of SuiteQL this sandbox runs: one table, columns with `TO_CHAR` and `BUILTIN.DF`, a conjunction of
/// comparisons and `IN` lists, bound parameters, `ORDER BY`. Anything else is refused, not guessed.
struct SuiteQLQuery: Sendable, Equatable {
  struct Column: Sendable, Equatable {
    var name: String
    var alias: String
    /// `TO_CHAR` with a time format was asked for, so a date keeps its time.
    var withTime = false
    /// `BUILTIN.DF`: the display name.
    var display = false
  }
  enum Comparison: String, Sendable {
    case equal = "=", less = "<", more = ">", atMost = "<=", atLeast = ">=", not = "<>"
  }
  struct Condition: Sendable, Equatable {
    var column: String
    var comparison: Comparison
    var values: [String]
    /// The value went through `TO_DATE` or `TO_TIMESTAMP`.
    var isDate = false
  }
  var columns: [Column] = []
  var table = ""
  var conditions: [Condition] = []
  var orderBy: [(column: String, descending: Bool)] = []

  static func == (left: SuiteQLQuery, right: SuiteQLQuery) -> Bool {
    left.columns == right.columns && left.table == right.table && left.conditions == right.conditions
      && left.orderBy.map(\.column) == right.orderBy.map(\.column)
  }
}

/// Reads a query text with its bound parameters.
struct SuiteQLParser {
  private enum Token: Equatable {
    case word(String)
    case text(String)
    case number(String)
    case symbol(String)
    case end
  }
  private var tokens: [Token] = []
  private var position = 0
  private var parameters: [JSON]

  static func parse(_ text: String, _ parameters: [JSON]) throws(NetSuiteError) -> SuiteQLQuery {
    var parser = SuiteQLParser(parameters: parameters)
    try parser.tokenize(text)
    return try parser.query()
  }

  private init(parameters: [JSON]) { self.parameters = parameters }

  private func failure(_ what: String) -> NetSuiteError {
    .query("Invalid search query. Detailed unprocessed description follows. \(what)")
  }

  private mutating func tokenize(_ text: String) throws(NetSuiteError) {
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
        tokens.append(.text(value))
      } else if let two = ["<=", ">=", "<>", "!="].first(where: { rest.hasPrefix($0) }) {
        tokens.append(.symbol(two == "!=" ? "<>" : two))
        rest = rest.dropFirst(2)
      } else if "(),=<>?*".contains(first) {
        tokens.append(.symbol(String(first)))
        rest.removeFirst()
      } else {
        throw failure("Unexpected character: \(first).")
      }
    }
  }

  private var current: Token { position < tokens.count ? tokens[position] : .end }

  private mutating func take(_ token: Token) -> Bool {
    guard current == token else { return false }
    position += 1
    return true
  }

  private mutating func need(_ token: Token) throws(NetSuiteError) {
    guard take(token) else { throw failure("Syntax error near token \(position).") }
  }

  private mutating func word() throws(NetSuiteError) -> String {
    guard case .word(let text) = current else { throw failure("Syntax error near token \(position).") }
    position += 1
    return text
  }

  /// A column name without its table's alias.
  private mutating func columnName() throws(NetSuiteError) -> String {
    let text = try word()
    return text.split(separator: ".").last.map(String.init) ?? text
  }

  private mutating func query() throws(NetSuiteError) -> SuiteQLQuery {
    var query = SuiteQLQuery()
    try need(.word("select"))
    repeat { query.columns.append(try column()) } while take(.symbol(","))
    try need(.word("from"))
    query.table = try word()
    _ = take(.word("as"))
    if case .word(let alias) = current, alias != "where", alias != "order" { position += 1 }
    if take(.word("where")) {
      repeat { query.conditions.append(try condition()) } while take(.word("and"))
    }
    if take(.word("order")) {
      try need(.word("by"))
      repeat {
        let name = try columnName()
        let descending = take(.word("desc"))
        if !descending { _ = take(.word("asc")) }
        query.orderBy.append((name, descending))
      } while take(.symbol(","))
    }
    guard current == .end else { throw failure("Syntax error near token \(position).") }
    return query
  }

  private mutating func column() throws(NetSuiteError) -> SuiteQLQuery.Column {
    let first = try word()
    var column: SuiteQLQuery.Column
    switch first {
    case "to_char":
      try need(.symbol("("))
      let name = try columnName()
      var withTime = false
      if take(.symbol(",")) {
        guard case .text(let format) = current else { throw failure("TO_CHAR needs a format.") }
        position += 1
        withTime = format.uppercased().contains("HH24")
      }
      try need(.symbol(")"))
      column = .init(name: name, alias: name, withTime: withTime)
    case "builtin.df":
      try need(.symbol("("))
      let name = try columnName()
      try need(.symbol(")"))
      column = .init(name: name, alias: name, display: true)
    default:
      let name = first.split(separator: ".").last.map(String.init) ?? first
      column = .init(name: name, alias: name)
    }
    if take(.word("as")) {
      column.alias = try word()
    } else if case .word(let alias) = current, alias != "from" {
      position += 1
      column.alias = alias
    }
    return column
  }

  private mutating func condition() throws(NetSuiteError) -> SuiteQLQuery.Condition {
    let name = try columnName()
    if take(.word("in")) {
      try need(.symbol("("))
      var values: [String] = []
      repeat { values.append(try value().text) } while take(.symbol(","))
      try need(.symbol(")"))
      return .init(column: name, comparison: .equal, values: values)
    }
    guard case .symbol(let symbol) = current, let comparison = SuiteQLQuery.Comparison(rawValue: symbol) else {
      throw failure("Syntax error near token \(position).")
    }
    position += 1
    let value = try value()
    return .init(column: name, comparison: comparison, values: [value.text], isDate: value.isDate)
  }

  private mutating func value() throws(NetSuiteError) -> (text: String, isDate: Bool) {
    defer { position += 1 }
    switch current {
    case .text(let text), .number(let text): return (text, false)
    case .symbol("?"):
      guard !parameters.isEmpty, let text = parameters.removeFirst().text else {
        throw failure("A bound parameter is missing or null.")
      }
      return (text, false)
    case .word("to_date"), .word("to_timestamp"):
      position += 1
      try need(.symbol("("))
      let inner = try value()
      try need(.symbol(","))
      guard case .text = current else { throw failure("TO_DATE needs a format.") }
      position += 1
      guard current == .symbol(")") else { throw failure("Syntax error near token \(position).") }
      return (inner.text, true)
    default: throw failure("Syntax error near token \(position).")
    }
  }
}
