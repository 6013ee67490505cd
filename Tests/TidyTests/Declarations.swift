/// What the rules need to know of declarations: where functions end, which ones are public.
struct FunctionSpan: Equatable {
  let name: String
  let firstLine: Int
  let lineCount: Int
}

extension SourceFile {
  private struct Token {
    let text: String
    let line: Int
  }

  private static let declarationWords: Set<String> = [
    "func", "init", "deinit", "subscript", "var", "let", "case", "struct", "class", "enum", "actor", "protocol",
    "extension", "typealias", "associatedtype", "import",
  ]

  /// Functions, initializers, subscripts and computed properties that have a body. Lines count from 1.
  var functions: [FunctionSpan] {
    let tokens = code.enumerated().flatMap { number, line in line.tokens.map { Token(text: $0, line: number + 1) } }
    return tokens.indices.compactMap { start in
      guard Self.opensFunction(tokens, at: start), let brace = Self.bodyStart(tokens, after: start) else { return nil }
      guard let end = Self.closing(tokens, of: brace) else { return nil }
      let named = ["func", "var"].contains(tokens[start].text) && start + 1 < tokens.count
      let name = named ? tokens[start + 1].text : tokens[start].text
      let first = tokens[start].line
      return FunctionSpan(name: name, firstLine: first, lineCount: tokens[end].line - first + 1)
    }
  }

  private static func opensFunction(_ tokens: [Token], at index: Int) -> Bool {
    let next = index + 1 < tokens.count ? tokens[index + 1].text : ""
    let isMember = index > 0 && tokens[index - 1].text == "."
    switch tokens[index].text {
    case "func", "subscript", "var": return !isMember
    case "init": return !isMember && ["(", "?", "<"].contains(next)
    case "deinit": return next == "{"
    default: return false
    }
  }

  /// The brace that opens the body, or nil when there is none (a requirement, a stored property).
  private static func bodyStart(_ tokens: [Token], after start: Int) -> Int? {
    var depth = 0
    let isProperty = tokens[start].text == "var"
    for index in tokens.indices.dropFirst(start + 1) {
      let text = tokens[index].text
      switch text {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "{" where depth == 0: return index
      case "{" where depth < 0, "}" where depth == 0: return nil
      case "=" where depth == 0 && isProperty: return nil
      default: if depth == 0 && index > start + 1 && declarationWords.contains(text) { return nil }
      }
      if isProperty && depth == 0 && index + 1 < tokens.count && tokens[index + 1].line > tokens[index].line
        && ![":", "->"].contains(text) && tokens[index + 1].text != "{"
      {
        return nil
      }
    }
    return nil
  }

  private static func closing(_ tokens: [Token], of brace: Int) -> Int? {
    var depth = 0
    for index in tokens.indices.dropFirst(brace) {
      if tokens[index].text == "{" { depth += 1 }
      if tokens[index].text == "}" { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }
}

extension SourceFile {
  private static let modifiers: Set<String> = [
    "public", "open", "package", "internal", "private", "fileprivate", "static", "class", "final", "override",
    "mutating", "nonmutating", "nonisolated", "isolated", "convenience", "required", "lazy", "weak", "unowned",
    "indirect", "consuming", "borrowing", "distributed", "dynamic", "optional", "prefix", "postfix", "infix", "async",
  ]

  private static let documented: Set<String> = [
    "struct", "enum", "class", "actor", "protocol", "func", "init", "var", "let", "subscript", "typealias", "case",
    "associatedtype", "macro", "operator",
  ]

  /// Numbers (from 0) of the lines that begin a public declaration or a requirement of a public protocol.
  var publicDeclarations: [Int] {
    var found: [Int] = []
    var protocolDepth: Int?
    var depth = 0
    for (number, line) in code.enumerated() {
      let (words, keyword) = Self.beginning(of: line.tokens)
      let isPublic = words.contains("public") || words.contains("open")
      let isRequirement = protocolDepth.map { depth == $0 + 1 } ?? false
      if let keyword, Self.documented.contains(keyword), isPublic || isRequirement { found.append(number) }
      if keyword == "protocol" && isPublic { protocolDepth = depth }
      for byte in line {
        if byte == UInt8(ascii: "{") { depth += 1 }
        if byte == UInt8(ascii: "}") { depth -= 1 }
      }
      if let opened = protocolDepth, depth <= opened, line.has("}") { protocolDepth = nil }
    }
    return found
  }

  /// The modifiers a line begins with, behind its attributes, and the word that follows them.
  private static func beginning(of tokens: [String]) -> (modifiers: Set<String>, keyword: String?) {
    var found: Set<String> = []
    var index = 0
    while index < tokens.count {
      let next = index + 1 < tokens.count ? tokens[index + 1] : ""
      if tokens[index] == "@" {
        index += next.isEmpty ? 1 : 2
        index = skippingParentheses(tokens, from: index)
      } else if tokens[index] == "class" && !modifiers.contains(next) && !["func", "var"].contains(next) {
        return (found, "class")
      } else if modifiers.contains(tokens[index]) {
        found.insert(tokens[index])
        index = skippingParentheses(tokens, from: index + 1)
      } else {
        return (found, tokens[index])
      }
    }
    return (found, nil)
  }

  private static func skippingParentheses(_ tokens: [String], from start: Int) -> Int {
    guard start < tokens.count, tokens[start] == "(" else { return start }
    var depth = 0
    for index in tokens.indices.dropFirst(start) {
      if tokens[index] == "(" { depth += 1 }
      if tokens[index] == ")" { depth -= 1 }
      if depth == 0 { return index + 1 }
    }
    return tokens.count
  }
}
