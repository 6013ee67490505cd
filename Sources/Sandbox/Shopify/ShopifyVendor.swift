import Synchronization

/// A simulated Shopify under `/shopify/{shop}/admin/api/{version}/graphql.json`.
///
/// Documents are parsed, checked against the simulated part of the schema, and answered with exactly what they
/// select. Every answer carries its cost; the leaky bucket throttles for real.
final class ShopifyVendor: VendorFace {
  let settings: ShopifySettings
  let catalogue: [CatalogueItem]
  let tools: VendorTools
  let state = Mutex(ShopifyState())
  let gate = DeliveryGate(limit: 128)
  let draw: Mutex<SeededGenerator>

  init(_ settings: ShopifySettings, catalogue: [CatalogueItem], tools: VendorTools) {
    self.settings = settings
    self.catalogue = catalogue
    self.tools = tools
    draw = Mutex(SeededGenerator(seed: settings.delivery.seed))
  }

  func failure(_ failure: VendorFailure) -> SandboxReply {
    switch failure {
    case .tooManyRequests: throttled(requested: 10, available: 0)
    case .serverError: .json(500, ["errors": "Internal Server Error"])
    case .errorWith200:
      .json(
        200,
        [
          "errors": [
            [
              "message": "Internal error. Looks like something went wrong on our end.",
              "extensions": ["code": "INTERNAL_SERVER_ERROR", "requestId": .string(Authentic.uuid())],
            ]
          ]
        ])
    }
  }

  func throttled(requested: Int, available: Double) -> SandboxReply {
    .json(
      settings.throttleWith429 ? 429 : 200,
      [
        "errors": [
          [
            "message": "Throttled",
            "extensions": [
              "code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/limits#rate-limits",
            ],
          ]
        ], "extensions": cost(requested: requested, actual: nil, available: available),
      ])
  }

  func cost(requested: Int, actual: Int?, available: Double) -> JSON {
    let whole = Int(exactly: max(0, available).rounded(.down)) ?? 0
    return [
      "cost": [
        "requestedQueryCost": JSON(requested), "actualQueryCost": actual.map { JSON($0) } ?? .null,
        "throttleStatus": [
          "maximumAvailable": .number("\(settings.bucket)"), "currentlyAvailable": JSON(whole),
          "restoreRate": .number("\(settings.restorePerSecond)"),
        ],
      ]
    ]
  }

  /// Which app a token belongs to: 0 is ours, 1 is the shop's other app; nil for an unknown token.
  func app(_ token: String?) -> Int? {
    token == settings.accessToken ? 0 : token == settings.otherAccessToken ? 1 : nil
  }

  func respond(to request: SandboxRequest) async -> SandboxReply {
    guard let parts = request.parts(after: "/shopify"), parts.count == 5, parts[1] == "admin", parts[2] == "api",
      parts[4] == "graphql.json", request.method == "POST"
    else { return .json(404, ["errors": "Not Found"]) }
    guard let app = app(request.header("x-shopify-access-token")) else {
      tools.record(.authRefused, ref: parts[0])
      return .json(
        401, ["errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"])
    }
    guard let body = request.json(), let text = body["query"]?.string else {
      return .json(400, ["errors": ["query": "Required parameter missing or invalid"]])
    }
    var reply = execute(text, variables: body["variables"] ?? [:], shop: parts[0], app: app)
    reply.headers.append(("X-Shopify-API-Version", settings.servedVersion ?? parts[3]))
    reply.headers.append(("X-Request-Id", Authentic.uuid()))
    return reply
  }

  private func execute(_ text: String, variables: JSON, shop: String, app: Int) -> SandboxReply {
    do throws(GraphQLError) {
      let document = try GraphQLParser.parse(text)
      guard let operation = document.operations.first, document.operations.count == 1 else {
        throw GraphQLError(message: "Exactly one operation is expected", code: "operationMissing")
      }
      let root = operation.isMutation ? "Mutation" : "QueryRoot"
      try ShopifySchema.check(operation.selections, on: root, document.fragments)
      var given = variables.members == nil ? [:] as JSON : variables
      for (name, value) in operation.defaults where given[name] == nil { given[name] = value }
      let fields = operation.selections.compactMap { if case .field(let field) = $0 { field } else { nil } }
      let requested = ShopifyCost.requested(fields, given, isMutation: operation.isMutation)
      guard requested <= 1_000 || operation.isMutation else {
        throw GraphQLError(
          message: "Query cost is \(requested), which exceeds the single query max cost limit (1000).",
          code: "MAX_COST_EXCEEDED")
      }
      let (spent, available) = spend(requested, shop)
      guard spent else { return throttled(requested: requested, available: available) }
      return answer(fields, document, given, root: root, call: Call(shop: shop, app: app), (requested, available))
    } catch {
      return .json(200, ["errors": [error.json]])
    }
  }

  /// Who asks, and of which shop.
  struct Call: Sendable {
    var shop: String
    var app: Int
  }

  private func answer(
    _ fields: [GraphQLDocument.Field], _ document: GraphQLDocument, _ variables: JSON, root: String, call: Call,
    _ cost: (requested: Int, available: Double)
  ) -> SandboxReply {
    var projection = GraphQLProjection(fragments: document.fragments, variables: variables)
    var data = JSON.object([])
    var errors: [GraphQLError] = []
    for field in fields {
      var arguments = JSON.object([])
      for argument in field.arguments {
        if let value = argument.value.resolved(variables) { arguments[argument.name] = value }
      }
      do throws(GraphQLError) {
        let full = try resolve(field.name, arguments, call)
        let type = ShopifySchema.types[root]?[field.name] ?? ""
        data[field.key] = projection.project(full, field.selections, type: type, path: [.string(field.key)])
      } catch {
        var located = error
        located.path = [.string(field.key)]
        errors.append(located)
        data[field.key] = .null
      }
    }
    errors += projection.errors
    var body: JSON = errors.isEmpty ? .object([]) : ["errors": .array(errors.map(\.json))]
    body["data"] = data
    body["extensions"] = self.cost(requested: cost.requested, actual: cost.requested, available: cost.available)
    return .json(200, body)
  }

  private func resolve(_ name: String, _ arguments: JSON, _ call: Call) throws(GraphQLError) -> JSON {
    switch name {
    case "orders": return try orders(arguments, call)
    case "order": return order(arguments["id"]?.text ?? "", call)
    case "ordersCount": return try ordersCount(arguments, call)
    case "fulfillmentOrder": return fulfillmentOrder(arguments["id"]?.text ?? "", call)
    case "webhookSubscriptions": return subscriptions(arguments, call)
    case "webhookSubscription": return subscription(arguments["id"]?.text ?? "", call)
    case "shop": return shop(call)
    case "currentAppInstallation":
      let scopes = [
        "read_orders", "write_orders", "read_customers", "read_merchant_managed_fulfillment_orders",
        "write_merchant_managed_fulfillment_orders", "read_third_party_fulfillment_orders",
        "write_third_party_fulfillment_orders",
      ]
      return [
        "id": .string("gid://shopify/AppInstallation/\(call.app + 1)"),
        "accessScopes": .array(scopes.map { ["handle": .string($0)] }),
      ]
    case "fulfillmentOrderHold": return hold(arguments, call)
    case "fulfillmentOrderReleaseHold": return release(arguments, call)
    case "tagsAdd": return tags(arguments, call, adding: true)
    case "tagsRemove": return tags(arguments, call, adding: false)
    case "metafieldsSet": return metafieldsSet(arguments, call)
    case "orderCancel": return cancelMutation(arguments, call)
    case "webhookSubscriptionCreate": return subscribe(arguments, call)
    case "webhookSubscriptionDelete": return unsubscribe(arguments, call)
    default: throw GraphQLError(message: "Not simulated: \(name)", code: "INTERNAL_SERVER_ERROR")
    }
  }

  /// Takes points from the shop's bucket if there are enough; says what is left.
  private func spend(_ points: Int, _ name: String) -> (Bool, Double) {
    withShop(name) { shop in
      let now = tools.clock.microseconds
      let restored = Double(now - shop.spentAtMicroseconds) / 1_000_000 * settings.restorePerSecond
      shop.spent = max(0, shop.spent - restored)
      shop.spentAtMicroseconds = now
      guard shop.spent + Double(points) <= settings.bucket else { return (false, settings.bucket - shop.spent) }
      shop.spent += Double(points)
      return (true, settings.bucket - shop.spent)
    }
  }

  /// Works on one shop under the lock; the shop comes into being when first named.
  func withShop<Value>(_ name: String, _ body: (inout ShopifyState.Shop) -> Value) -> Value {
    state.withLock { state in
      let index = state.shops.count
      return body(
        &state.shops[
          name,
          default: ShopifyState.Shop(
            name: name, index: index, start: ShopifyState.Shop.firstNumber + tools.taken,
            generator: SandboxOrderGenerator(seed: UInt64(index + 1), catalogue: catalogue))])
    }
  }
}

/// The price of a document in points: 10 for a mutation, 1 for an object, connections by their size.
enum ShopifyCost {
  static func requested(_ fields: [GraphQLDocument.Field], _ variables: JSON, isMutation: Bool) -> Int {
    if isMutation { return max(10, fields.count * 10) }
    return max(1, fields.reduce(0) { $0 + cost($1, variables, depth: 0) })
  }

  private static func cost(_ field: GraphQLDocument.Field, _ variables: JSON, depth: Int) -> Int {
    guard !field.selections.isEmpty, depth < 16 else { return 0 }
    let nested = field.selections.reduce(0) { sum, selection in
      if case .field(let inner) = selection { sum + cost(inner, variables, depth: depth + 1) } else { sum + 1 }
    }
    let first = field.arguments.first { $0.name == "first" }.flatMap { $0.value.resolved(variables)?.int } ?? 0
    // Nested connections are charged by the tenth, near what a dev store was seen to charge.
    return 1 + nested + max(0, min(first, 250)) / (depth == 0 ? 5 : 10)
  }
}
