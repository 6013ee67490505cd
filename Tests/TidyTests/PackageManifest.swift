/// The targets of `Package.swift`, read from its text: asking the package manager from inside a test would wait for the
/// lock that the running `swift test` holds. It knows the manifest's own shape: `let` names for products and lists,
/// functions that make targets (`ring`, `connector`, `tests`), and calls in `targets: [...]`.
struct PackageManifest {
  struct Target: Equatable {
    let name: String
    let dependencies: Set<String>
    let isTest: Bool
  }

  /// The manifest is written in a way this reader does not know; it must learn it.
  struct NotUnderstood: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var targets: [Target] = []
  private var products: [String: String] = [:]
  private var lists: [String: [String]] = [:]
  private var makers: [String: Maker] = [:]

  /// A function of the manifest that makes a target: how it names it, and what it always adds.
  private struct Maker {
    let name: String
    let dependencies: [String]
    let isTest: Bool
  }

  init(_ text: String) throws {
    let tokens = Self.tokens(text)
    try readNames(tokens)
    try readMakers(tokens)
    guard let package = tokens.position(of: ["Package", "("]),
      let list = Self.elements(tokens, of: package + 1).first(where: { $0.starts(with: ["targets", ":", "["]) })
    else { throw NotUnderstood(description: "no `targets: [` in Package(...)") }
    for call in Self.elements(list, of: 2) { targets.append(try target(call)) }
  }

  /// A string literal keeps its opening quote as a mark.
  private static func tokens(_ text: String) -> [String] {
    var found: [String] = []
    var view = CodeView(Array(text.utf8))
    let original = Array(text.utf8)
    let code = view.blanked()
    var word: [UInt8] = []
    var index = 0
    func endWord() {
      if !word.isEmpty { found.append(String(decoding: word, as: UTF8.self)) }
      word = []
    }
    while index < code.count {
      if code[index] == Ascii.quote {
        endWord()
        let end = original[(index + 1)...].firstIndex(of: Ascii.quote) ?? original.endIndex - 1
        found.append(String(decoding: original[index..<end], as: UTF8.self))
        index = end
      } else if Ascii.isWord(code[index]) {
        word.append(code[index])
      } else {
        endWord()
        if code[index] > Ascii.space { found.append(String(UnicodeScalar(code[index]))) }
      }
      index += 1
    }
    endWord()
    return found
  }

  private mutating func readNames(_ tokens: [String]) throws {
    for start in tokens.indices where tokens[start] == "let" && start + 3 < tokens.count {
      let rest = tokens[(start + 2)...]
      if rest.starts(with: [":", "Target", ".", "Dependency", "="]) {
        products[tokens[start + 1]] = try dependencies(Array(tokens[(start + 7)...].prefix(while: { $0 != ")" }))).first
      } else if rest.starts(with: [":", "[", "Target", ".", "Dependency", "]", "=", "["]) {
        let items = Self.elements(tokens, of: start + 9)
        lists[tokens[start + 1]] = try items.flatMap { try dependencies($0) }
      }
    }
  }

  private mutating func readMakers(_ tokens: [String]) throws {
    for start in tokens.indices where tokens[start] == "func" && start + 1 < tokens.count {
      guard let open = tokens.position(of: ["{"], from: start), let close = tokens.position(of: ["}"], from: open)
      else { continue }
      let body = Array(tokens[open...close])
      var template = "\"\\(name)"
      for (index, token) in body.enumerated() where token.hasPrefix("\"") && token.contains("\\(name)") {
        if index >= 2, body[index - 1] == "(" || body[index - 2] == "name" {
          template = token
          break
        }
      }
      let added = body.position(of: ["]", "+", "dependencies"]).flatMap { body[..<$0].lastIndex(of: "[") }
      let fixed = try added.map { try Self.elements(body, of: $0).flatMap { try dependencies($0) } } ?? []
      makers[tokens[start + 1]] = Maker(name: template, dependencies: fixed, isTest: body.contains("testTarget"))
    }
  }

  /// The comma-separated elements between the bracket at `open` and the one that closes it.
  private static func elements(_ tokens: [String], of open: Int) -> [[String]] {
    var depth = 0
    var found: [[String]] = [[]]
    for token in tokens[open...] {
      if ["(", "[", "{"].contains(token) { depth += 1 }
      if [")", "]", "}"].contains(token) { depth -= 1 }
      if depth == 0 { break }
      if depth == 1 && token == "," {
        found.append([])
      } else if !(depth == 1 && found.count == 1 && found[0].isEmpty && ["(", "[", "{"].contains(token)) {
        found[found.count - 1].append(token)
      }
    }
    return found.filter { !$0.isEmpty }
  }

  private func target(_ call: [String]) throws -> Target {
    let words = call.first == "." ? Array(call.dropFirst()) : call
    guard let kind = words.first, words.count > 3, words[1] == "(" else {
      throw NotUnderstood(description: "not a call: \(call.joined(separator: " "))")
    }
    let known = ["target", "executableTarget", "testTarget", "systemLibrary"].contains(kind)
    guard let maker = makers[kind] ?? (known ? Maker(name: "\"\\(name)", dependencies: [], isTest: false) : nil) else {
      throw NotUnderstood(description: "targets made by `\(kind)`")
    }
    var given: String?
    var dependencies = maker.dependencies
    for argument in Self.elements(words, of: 1) {
      let isLabelled = argument.count > 2 && argument[1] == ":"
      let value = isLabelled ? Array(argument.dropFirst(2)) : argument
      switch isLabelled ? argument[0] : value[0].hasPrefix("\"") ? "name" : "dependencies" {
      case "name": given = value.first.map { String($0.dropFirst()) }
      case "dependencies": dependencies += try self.dependencies(value)
      default: break
      }
    }
    guard let given else { throw NotUnderstood(description: "a target without a name") }
    let name = String(maker.name.dropFirst()).replacing("\\(name)", with: given)
    return Target(name: name, dependencies: Set(dependencies), isTest: maker.isTest || kind == "testTarget")
  }

  /// The names in an expression: `"A"`, a `let` of the manifest, `.product(name: "A", …)`, lists of them, and sums.
  private func dependencies(_ expression: [String]) throws -> [String] {
    var found: [String] = []
    var index = 0
    while index < expression.count {
      let token = expression[index]
      if token.hasPrefix("\"") {
        found.append(String(token.dropFirst()))
      } else if token == "." {
        let name = expression[index...].first { $0.hasPrefix("\"") }
        found += name.map { [String($0.dropFirst())] } ?? []
        index = expression.position(of: [")"], from: index) ?? expression.count
      } else if let list = lists[token] {
        found += list
      } else if let product = products[token] {
        found.append(product)
      } else if !["[", "]", ",", "+", "product"].contains(token) {
        throw NotUnderstood(description: "`\(token)` among dependencies")
      }
      index += 1
    }
    return found
  }
}

extension [String] {
  func position(of wanted: [String], from start: Int = 0) -> Int? {
    guard count >= wanted.count, start <= count - wanted.count else { return nil }
    return (start...(count - wanted.count)).first { self[$0..<($0 + wanted.count)].elementsEqual(wanted) }
  }
}
