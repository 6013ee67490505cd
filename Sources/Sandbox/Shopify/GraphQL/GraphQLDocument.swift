/// A GraphQL request document, as far as an Admin API client needs one: operations, fields, arguments, fragments.
struct GraphQLDocument: Sendable {
  struct Operation: Sendable {
    var isMutation: Bool
    var name: String
    /// Variable names with their default values.
    var defaults: [String: JSON]
    var selections: [Selection]
  }
  indirect enum Selection: Sendable {
    case field(Field)
    case spread(String)
    case inline(type: String?, [Selection])
  }
  struct Field: Sendable {
    var name: String
    var key: String
    var arguments: [(name: String, value: Value)]
    var selections: [Selection]
  }
  indirect enum Value: Sendable {
    case variable(String)
    case literal(JSON)
    case list([Value])
    case object([(name: String, value: Value)])

    /// The value with variables put in; nil for a variable that was not given.
    func resolved(_ variables: JSON) -> JSON? {
      switch self {
      case .variable(let name): return variables[name]
      case .literal(let value): return value
      case .list(let values): return .array(values.compactMap { $0.resolved(variables) })
      case .object(let members):
        return .object(
          members.compactMap { member in
            member.value.resolved(variables).map { JSON.Member(key: member.name, value: $0) }
          })
      }
    }
  }
  var operations: [Operation] = []
  var fragments: [String: [Selection]] = [:]
}

/// A message for the `errors` list of an answer.
struct GraphQLError: Error, Sendable {
  var message: String
  var code: String
  var extra: [JSON.Member] = []
  var path: [JSON] = []

  var json: JSON {
    var extensions: JSON = ["code": .string(code)]
    for member in extra { extensions[member.key] = member.value }
    var body: JSON = ["message": .string(message), "locations": [["line": 1, "column": 1]], "extensions": extensions]
    if !path.isEmpty { body["path"] = .array(path) }
    return body
  }
}
