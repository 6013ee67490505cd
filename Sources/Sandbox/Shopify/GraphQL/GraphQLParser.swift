/// Reads a GraphQL document (GraphQL specification October 2021, section 2, without type system definitions).
struct GraphQLParser {
  private enum Token: Equatable {
    case name(String)
    case string(String)
    case number(String)
    case symbol(Character)
    case spread
    case end
  }
  private var tokens: [Token] = []
  private var position = 0
  private var depth = 0

  static func parse(_ text: String) throws(GraphQLError) -> GraphQLDocument {
    var parser = GraphQLParser()
    try parser.tokenize(text)
    return try parser.document()
  }

  private func failure() -> GraphQLError {
    GraphQLError(message: "syntax error, unexpected token \(position)", code: "parseError")
  }

  private mutating func tokenize(_ text: String) throws(GraphQLError) {
    var rest = text[...]
    while let first = rest.first {
      if first.isWhitespace || first == "," || first == "\u{FEFF}" {
        rest.removeFirst()
      } else if first == "#" {
        rest = rest.drop { !$0.isNewline }
      } else if first.isLetter || first == "_" {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        tokens.append(.name(String(word)))
        rest = rest.dropFirst(word.count)
      } else if first.isNumber || first == "-" {
        let number = rest.prefix { $0.isNumber || "+-.eE".contains($0) }
        tokens.append(.number(String(number)))
        rest = rest.dropFirst(number.count)
      } else if rest.hasPrefix("\"\"\"") {
        rest = rest.dropFirst(3)
        var value = ""
        while !rest.isEmpty, !rest.hasPrefix("\"\"\"") { value.append(rest.removeFirst()) }
        rest = rest.dropFirst(3)
        tokens.append(.string(value))
      } else if first == "\"" {
        try string(&rest)
      } else if rest.hasPrefix("...") {
        tokens.append(.spread)
        rest = rest.dropFirst(3)
      } else {
        tokens.append(.symbol(first))
        rest.removeFirst()
      }
    }
  }

  private mutating func string(_ rest: inout Substring) throws(GraphQLError) {
    var raw = String(rest.removeFirst())
    while let next = rest.popFirst() {
      raw.append(next)
      if next == "\\" {
        if let escaped = rest.popFirst() { raw.append(escaped) }
      } else if next == "\"" {
        guard let value = try? JSON(parsing: raw).string else { throw failure() }
        tokens.append(.string(value))
        return
      }
    }
    throw failure()
  }

  private var current: Token { position < tokens.count ? tokens[position] : .end }

  private mutating func take(_ token: Token) -> Bool {
    guard current == token else { return false }
    position += 1
    return true
  }

  private mutating func need(_ symbol: Character) throws(GraphQLError) {
    guard take(.symbol(symbol)) else { throw failure() }
  }

  private mutating func name() throws(GraphQLError) -> String {
    guard case .name(let text) = current else { throw failure() }
    position += 1
    return text
  }

  private mutating func document() throws(GraphQLError) -> GraphQLDocument {
    var document = GraphQLDocument()
    while current != .end {
      if current == .symbol("{") {
        let selections = try selections()
        document.operations.append(.init(isMutation: false, name: "", defaults: [:], selections: selections))
        continue
      }
      let keyword = try name()
      if keyword == "fragment" {
        let fragment = try name()
        guard try name() == "on" else { throw failure() }
        _ = try name()
        try directives()
        document.fragments[fragment] = try selections()
      } else if keyword == "query" || keyword == "mutation" {
        document.operations.append(try operation(isMutation: keyword == "mutation"))
      } else {
        throw failure()
      }
    }
    return document
  }

  private mutating func operation(isMutation: Bool) throws(GraphQLError) -> GraphQLDocument.Operation {
    var operation = GraphQLDocument.Operation(isMutation: isMutation, name: "", defaults: [:], selections: [])
    if case .name(let text) = current {
      operation.name = text
      position += 1
    }
    if take(.symbol("(")) {
      while !take(.symbol(")")) {
        try need("$")
        let variable = try name()
        try need(":")
        try type()
        if take(.symbol("=")), let value = try value().resolved([:]) { operation.defaults[variable] = value }
        try directives()
      }
    }
    try directives()
    operation.selections = try selections()
    return operation
  }

  private mutating func type() throws(GraphQLError) {
    if take(.symbol("[")) {
      try type()
      try need("]")
    } else {
      _ = try name()
    }
    _ = take(.symbol("!"))
  }

  private mutating func directives() throws(GraphQLError) {
    while take(.symbol("@")) {
      _ = try name()
      _ = try arguments()
    }
  }

  private mutating func arguments() throws(GraphQLError) -> [(name: String, value: GraphQLDocument.Value)] {
    var arguments: [(name: String, value: GraphQLDocument.Value)] = []
    guard take(.symbol("(")) else { return arguments }
    while !take(.symbol(")")) {
      let argument = try name()
      try need(":")
      arguments.append((argument, try value()))
    }
    return arguments
  }

  private mutating func selections() throws(GraphQLError) -> [GraphQLDocument.Selection] {
    depth += 1
    defer { depth -= 1 }
    guard depth < 32 else { throw failure() }
    try need("{")
    var selections: [GraphQLDocument.Selection] = []
    while !take(.symbol("}")) {
      if take(.spread) {
        if case .name(let text) = current, text != "on" {
          position += 1
          try directives()
          selections.append(.spread(text))
        } else {
          let type = take(.name("on")) ? try name() : nil
          try directives()
          selections.append(.inline(type: type, try self.selections()))
        }
      } else {
        selections.append(.field(try field()))
      }
    }
    return selections
  }

  private mutating func field() throws(GraphQLError) -> GraphQLDocument.Field {
    let first = try name()
    let name = take(.symbol(":")) ? try self.name() : first
    let arguments = try arguments()
    try directives()
    let nested = current == .symbol("{") ? try selections() : []
    return .init(name: name, key: first, arguments: arguments, selections: nested)
  }

  private mutating func value() throws(GraphQLError) -> GraphQLDocument.Value {
    depth += 1
    defer { depth -= 1 }
    guard depth < 32 else { throw failure() }
    if take(.symbol("$")) { return .variable(try name()) }
    if take(.symbol("[")) {
      var values: [GraphQLDocument.Value] = []
      while !take(.symbol("]")) { values.append(try value()) }
      return .list(values)
    }
    if take(.symbol("{")) {
      var members: [(name: String, value: GraphQLDocument.Value)] = []
      while !take(.symbol("}")) {
        let member = try name()
        try need(":")
        members.append((member, try value()))
      }
      return .object(members)
    }
    defer { position += 1 }
    switch current {
    case .string(let text): return .literal(.string(text))
    case .number(let text): return .literal(.number(text))
    case .name("true"): return .literal(true)
    case .name("false"): return .literal(false)
    case .name("null"): return .literal(.null)
    case .name(let text): return .literal(.string(text))
    default: throw failure()
    }
  }
}
