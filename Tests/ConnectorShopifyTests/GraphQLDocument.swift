/// A GraphQL document, parsed far enough to be checked against a schema: operations, fragments, fields, arguments.
struct GraphQLDocument {
  struct Selection {
    var field: String
    var arguments: [(name: String, value: String)] = []
    var inner: [Selection] = []
    var spread: String?
  }

  private(set) var root = ""
  private(set) var variables: [String: String] = [:]
  private(set) var selections: [Selection] = []
  private(set) var fragments: [String: (type: String, selections: [Selection])] = [:]
  private(set) var faults: [String] = []

  private var tokens: [String]
  private var index = 0

  init(_ text: String) {
    tokens = GraphQLDocument.tokens(text)
    while index < tokens.count { definition() }
  }

  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = []
    var word = ""
    for character in text {
      if character.isLetter || character.isNumber || "_$".contains(character) {
        word.append(character)
        continue
      }
      if !word.isEmpty { tokens.append(word) }
      word = ""
      if !character.isWhitespace, character != "," { tokens.append(String(character)) }
    }
    if !word.isEmpty { tokens.append(word) }
    return tokens
  }

  private var current: String { index < tokens.count ? tokens[index] : "" }

  private mutating func take() -> String {
    defer { index += 1 }
    return current
  }

  private mutating func expect(_ token: String) {
    let found = take()
    if found != token { faults.append("\(token) expected, \(found) found") }
  }

  private mutating func definition() {
    let kind = take()
    switch kind {
    case "query", "mutation":
      root = kind == "query" ? "QueryRoot" : "Mutation"
      _ = take()
      if current == "(" {
        index += 1
        while index < tokens.count, current != ")" {
          let name = String(take().dropFirst())
          expect(":")
          variables[name] = type()
        }
        index += 1
      }
      selections = set()
    case "fragment":
      let name = take()
      expect("on")
      let type = take()
      fragments[name] = (type, set())
    default: faults.append("no definition: \(kind)")
    }
  }

  private mutating func type() -> String {
    var type = ""
    if current == "[" {
      type = take() + self.type()
      expect("]")
      type += "]"
    } else {
      type = take()
    }
    if current == "!" { type += take() }
    return type
  }

  private mutating func set() -> [Selection] {
    expect("{")
    var found: [Selection] = []
    while index < tokens.count, current != "}" {
      if current == "." {
        index += 3
        found.append(Selection(field: "", spread: take()))
        continue
      }
      var selection = Selection(field: take())
      if current == "(" {
        index += 1
        while index < tokens.count, current != ")" {
          let name = take()
          expect(":")
          selection.arguments.append((name, take()))
        }
        index += 1
      }
      if current == "{" { selection.inner = set() }
      found.append(selection)
    }
    expect("}")
    return found
  }

  /// What is wrong with the document under a schema; empty when nothing is.
  func faults(under schema: PublishedSchema) -> [String] {
    var found = faults
    for (name, type) in variables {
      let bare = PublishedSchema.bare(type)
      let isKnown =
        schema.inputs[bare] != nil || schema.enums[bare] != nil || ["ID", "String", "Int", "Boolean"].contains(bare)
      if !isKnown { found.append("$\(name): no type \(bare)") }
    }
    check(selections, on: root, schema, &found)
    return found
  }

  private func check(_ set: [Selection], on type: String, _ schema: PublishedSchema, _ found: inout [String]) {
    for selection in set {
      if let spread = selection.spread {
        guard let fragment = fragments[spread], fragment.type == type else {
          found.append("...\(spread) does not fit on \(type)")
          continue
        }
        check(fragment.selections, on: type, schema, &found)
        continue
      }
      guard let field = schema.types[type]?[selection.field] else {
        found.append("\(type) has no field \(selection.field)")
        continue
      }
      check(selection, field, "\(type).\(selection.field)", schema, &found)
      let bare = PublishedSchema.bare(field.type)
      let isObject = schema.types[bare] != nil
      if isObject, selection.inner.isEmpty { found.append("\(type).\(selection.field) needs a selection") }
      if !isObject, !selection.inner.isEmpty { found.append("\(type).\(selection.field) is a leaf") }
      if isObject { check(selection.inner, on: bare, schema, &found) }
    }
  }

  private func check(
    _ selection: Selection, _ field: PublishedSchema.Field, _ path: String, _ schema: PublishedSchema,
    _ found: inout [String]
  ) {
    for (name, type) in field.arguments where type.hasSuffix("!") {
      if !selection.arguments.contains(where: { $0.name == name }) { found.append("\(path) needs \(name)") }
    }
    for (name, value) in selection.arguments {
      guard let declared = field.arguments[name] else {
        found.append("\(path) has no argument \(name)")
        continue
      }
      let wanted = declared.replacing("=", with: "")
      if value.hasPrefix("$") {
        let given = variables[String(value.dropFirst())] ?? ""
        if given != wanted, given != wanted + "!", given.replacing("!", with: "") != wanted {
          found.append("\(path)(\(name)): \(given) is no \(wanted)")
        }
      } else if let values = schema.enums[PublishedSchema.bare(wanted)] {
        if !values.contains(value) { found.append("\(path)(\(name)): \(value) is no value") }
      } else if PublishedSchema.bare(wanted) == "Int", Int(value) == nil {
        found.append("\(path)(\(name)): \(value) is no number")
      }
    }
  }
}
