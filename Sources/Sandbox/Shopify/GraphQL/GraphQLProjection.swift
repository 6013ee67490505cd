/// Cuts a full value down to what a document selected, and notes the fields the caller may not see.
struct GraphQLProjection {
  let fragments: [String: [GraphQLDocument.Selection]]
  let variables: JSON
  private(set) var errors: [GraphQLError] = []

  init(fragments: [String: [GraphQLDocument.Selection]], variables: JSON) {
    self.fragments = fragments
    self.variables = variables
  }

  mutating func project(
    _ value: JSON, _ selections: [GraphQLDocument.Selection], type: String, path: [JSON]
  ) -> JSON {
    switch value {
    case .array(let elements):
      var out: [JSON] = []
      for (index, element) in elements.enumerated() {
        out.append(project(element, selections, type: type, path: path + [JSON(index)]))
      }
      return .array(out)
    case .object where !selections.isEmpty:
      var out = JSON.object([])
      fill(&out, value, selections, type, path)
      return out
    default: return value
    }
  }

  private mutating func fill(
    _ out: inout JSON, _ value: JSON, _ selections: [GraphQLDocument.Selection], _ type: String, _ path: [JSON]
  ) {
    for selection in selections {
      switch selection {
      case .spread(let name): fill(&out, value, fragments[name] ?? [], type, path)
      case .inline(let other, let nested):
        // `Node` and `HasMetafields` are interfaces: what is here always fits them.
        if other == nil || other == type || ShopifySchema.types[other ?? ""] == nil {
          fill(&out, value, nested, type, path)
        }
      case .field(let field): out[field.key] = read(field, value, type, path + [.string(field.key)])
      }
    }
  }

  private mutating func read(_ field: GraphQLDocument.Field, _ value: JSON, _ type: String, _ path: [JSON]) -> JSON {
    if field.name == "__typename" { return .string(type) }
    let target = ShopifySchema.types[type]?[field.name] ?? ""
    if field.name == "heldByApp" {
      errors.append(
        GraphQLError(
          message: "Access denied for heldByApp field. Required access: `read_apps` access scope.",
          code: "ACCESS_DENIED",
          extra: [
            .init(key: "documentation", value: "https://shopify.dev/api/usage/access-scopes"),
            .init(key: "requiredAccess", value: "`read_apps` access scope."),
          ], path: path))
      return .null
    }
    var found = value[field.name] ?? .null
    func argument(_ name: String) -> JSON? {
      field.arguments.first { $0.name == name }.flatMap { $0.value.resolved(variables) }
    }
    if field.name == "metafield" {
      found =
        (value["metafields"]?.array ?? []).first {
          $0["namespace"] == argument("namespace") && $0["key"] == argument("key")
        } ?? .null
    } else if found["nodes"] != nil, type != "QueryRoot", let first = argument("first")?.int {
      found = Self.cut(found, first: max(0, first))
    }
    if let nodes = found["nodes"]?.array, target.hasSuffix("Connection") {
      let cursors = found["cursors"]?.array ?? []
      found["edges"] = .array(
        nodes.enumerated().map { index, node in
          ["node": node, "cursor": cursors.indices.contains(index) ? cursors[index] : .string("c\(index)")]
        })
    }
    return project(found, field.selections, type: target, path: path)
  }

  private static func cut(_ connection: JSON, first: Int) -> JSON {
    guard let nodes = connection["nodes"]?.array else { return connection }
    var out = connection
    out["nodes"] = .array(Array(nodes.prefix(first)))
    out["pageInfo"] = [
      "hasNextPage": .bool(nodes.count > first), "hasPreviousPage": false,
      "startCursor": nodes.isEmpty ? .null : "c0",
      "endCursor": nodes.isEmpty ? .null : .string("c\(min(first, nodes.count) - 1)"),
    ]
    return out
  }
}
