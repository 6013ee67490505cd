import Connector
import ConnectorTesting

/// As much of a GraphQL schema as is needed to check documents and variables: types with fields and arguments, inputs,
/// enums. Reads the layout of the published file (two blanks for a field, four for an argument).
struct PublishedSchema {
  struct Field {
    var type = ""
    var arguments: [String: String] = [:]
  }

  private(set) var types: [String: [String: Field]] = [:]
  private(set) var inputs: [String: [String: String]] = [:]
  private(set) var enums: [String: Set<String>] = [:]

  init(_ bytes: [UInt8]) {
    var isDescription = false
    var kind = Substring()
    var name = ""
    var field: String?
    for raw in bytes.split(separator: UInt8(ascii: "\n")) {
      let quotes = PublishedSchema.tripleQuotes(raw)
      if quotes % 2 == 1 { isDescription.toggle() }
      if quotes > 0 || isDescription { continue }
      let indent = raw.prefix { $0 == UInt8(ascii: " ") }.count
      let line = Substring(String(decoding: raw.dropFirst(indent), as: UTF8.self))
      if line.hasPrefix("#") || line.hasPrefix("\"") || line.hasPrefix("@") { continue }
      if indent == 0 {
        let words = line.split(separator: " ")
        guard line.hasSuffix("{"), words.count >= 2 else {
          kind = ""
          continue
        }
        kind = words[0]
        name = String(words[1])
        field = nil
        if kind == "enum" { enums[name] = [] }
      } else if indent == 2 {
        member(line, kind, name, &field)
      } else if indent == 4, let field, let (argument, type) = PublishedSchema.pair(line) {
        types[name]?[field]?.arguments[argument] = type
      }
    }
  }

  private mutating func member(_ line: Substring, _ kind: Substring, _ name: String, _ field: inout String?) {
    switch kind {
    case "enum": enums[name]?.insert(String(line.prefix { $0 != " " }))
    case "input":
      if let (member, type) = PublishedSchema.pair(line) { inputs[name, default: [:]][member] = type }
    case "type", "interface":
      if line.hasSuffix("(") {
        let opened = String(line.dropLast())
        types[name, default: [:]][opened] = Field()
        field = opened
      } else if line.hasPrefix("):"), let opened = field {
        types[name]?[opened]?.type = PublishedSchema.word(line.dropFirst(2))
        field = nil
      } else if let (member, type) = PublishedSchema.pair(line) {
        types[name, default: [:]][member] = Field(type: type)
      }
    default: break
    }
  }

  /// `name: Type = default @directive` as name and type, with `=` kept behind the type of what has a default.
  private static func pair(_ line: Substring) -> (String, String)? {
    guard let colon = line.firstIndex(of: ":") else { return nil }
    let type = word(line[line.index(after: colon)...])
    return (String(line[..<colon]), line.contains(" = ") ? type + "=" : type)
  }

  private static func word(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.prefix { $0 != " " })
  }

  private static func tripleQuotes(_ line: ArraySlice<UInt8>) -> Int {
    let quote = UInt8(ascii: "\"")
    guard line.contains(quote) else { return 0 }
    var count = 0
    var run = 0
    for byte in line {
      run = byte == quote ? run + 1 : 0
      if run == 3 {
        count += 1
        run = 0
      }
    }
    return count
  }

  /// The bare name inside `[Name!]!`.
  static func bare(_ type: String) -> String { String(type.filter { !"[]!=".contains($0) }) }

  /// What is wrong with variables for declared types; empty when nothing is.
  func faults(in variables: JSONValue, declared: [String: String]) -> [String] {
    var faults: [String] = []
    for name in (variables.object ?? [:]).keys where declared[name] == nil { faults.append("$\(name) is not declared") }
    for (name, type) in declared { faults += self.faults(of: variables[name] ?? .null, as: type, "$" + name) }
    return faults
  }

  private func faults(of value: JSONValue, as type: String, _ path: String) -> [String] {
    if value.isNull { return type.hasSuffix("!") ? [path + " may not be null"] : [] }
    let inner = type.hasSuffix("!") ? String(type.dropLast()) : type.replacing("=", with: "")
    if inner.hasPrefix("[") {
      guard let items = value.array else { return [path + " must be a list"] }
      let element = String(inner.dropFirst().dropLast())
      return items.flatMap { faults(of: $0, as: element, path + "[]") }
    }
    if let members = inputs[inner] {
      guard let object = value.object else { return [path + " must be an object"] }
      var faults: [String] = []
      for (key, member) in object {
        guard let type = members[key] else {
          faults.append("\(path).\(key) is no member of \(inner)")
          continue
        }
        faults += self.faults(of: member, as: type.replacing("=", with: ""), path + "." + key)
      }
      for (key, type) in members where type.hasSuffix("!") && object[key] == nil {
        faults.append("\(path).\(key) is missing")
      }
      return faults
    }
    if let values = enums[inner] {
      return value.string.map(values.contains) == true ? [] : ["\(path) is no \(inner)"]
    }
    switch inner {
    case "Int": return value.int == nil || value.string != nil ? [path + " is no Int"] : []
    case "Boolean": return value.bool == nil ? [path + " is no Boolean"] : []
    case "ID", "String", "URL": return value.string == nil ? [path + " is no text"] : []
    default: return [path + " has the type \(inner), which this check does not know"]
    }
  }
}
