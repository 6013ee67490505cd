import Connector

/// One error of a GraphQL answer.
struct AdminError: Hashable, Sendable {
  /// The machine-readable code, where Shopify gives one.
  let code: String?
  /// Shopify's own words.
  let message: String
}

/// What came back from the Admin API, sorted by what it proves.
enum AdminReply: Sendable {
  /// Data, perhaps with errors beside it: a mutation may have succeeded although a field of its answer failed.
  case answer(data: JSONValue, errors: [AdminError], servedVersion: String?)
  /// Certain that nothing was done: throttled, or never sent.
  case busy(String)
  /// No definite answer.
  case unknown(String)
  /// Token, scope, shop or request are wrong; no order is to blame.
  case misconfigured(String)
}

/// Asks Shopify's GraphQL Admin API, one exchange per question, without retries.
///
/// Source: shopify.dev, "GraphQL Admin API reference" (authentication, status and error codes), "API limits".
struct AdminAPI: Sendable {
  let configuration: ShopifyConfiguration

  init(_ configuration: ShopifyConfiguration) { self.configuration = configuration }

  /// Sends one document.
  func ask(_ document: String, _ variables: JSONValue = [:]) async -> AdminReply {
    guard let token = configuration.accessToken else {
      return .misconfigured("no access token is configured, so the Admin API cannot be asked")
    }
    let body: JSONValue = ["query": .string(document), "variables": variables]
    let call = HTTPCall(
      "POST", configuration.endpoint,
      headers: [
        HTTPField("Content-Type", "application/json"), HTTPField("Accept", "application/json"),
        HTTPField("X-Shopify-Access-Token", token),
      ], body: body.bytes, deadline: configuration.deadline)
    do throws(ExchangeFailure) {
      return AdminReply(try await configuration.transport.send(call))
    } catch {
      switch error {
      case .notSent: return .busy(Words.clipped(error.reason))
      case .noAnswer: return .unknown(Words.clipped(error.reason))
      }
    }
  }
}

extension AdminReply {
  /// Sorts an HTTP answer.
  init(_ answer: HTTPAnswer) {
    switch answer.status {
    case 200: self = AdminReply.sorted(answer)
    // A throttled request was not executed (shopify.dev, "API limits"); it comes as 429 or as 200.
    case 429: self = .busy("HTTP 429: " + AdminReply.words(answer))
    case 401, 402, 403, 404, 423:
      self = .misconfigured("HTTP \(answer.status): " + AdminReply.words(answer))
    default: self = .unknown("HTTP \(answer.status): " + AdminReply.words(answer))
    }
  }

  private static func sorted(_ answer: HTTPAnswer) -> AdminReply {
    guard answer.headers["Content-Type"]?.lowercased().contains("json") == true else {
      return .unknown("an answer that is not JSON: " + words(answer))
    }
    let json: JSONValue
    do throws(JSONFault) { json = try JSONValue(parsing: answer.body) } catch {
      return .unknown("an answer that cannot be read: \(error)")
    }
    let errors = AdminError.list(json["errors"])
    if case .members(let data)? = json["data"], errors.isEmpty || data.members.contains(where: { !$0.value.isNull }) {
      return .answer(
        data: .members(data), errors: errors, servedVersion: answer.headers["X-Shopify-API-Version"])
    }
    if errors.isEmpty { return .unknown("an answer with neither data nor errors: " + words(answer)) }
    return refusal(errors, wait: wait(json["extensions"]?["cost"]))
  }

  /// What errors without usable data prove.
  static func refusal(_ errors: [AdminError], wait: String = "") -> AdminReply {
    let words = AdminError.words(errors)
    let codes = Set(errors.compactMap(\.code))
    if codes.contains("THROTTLED") { return .busy(words + wait) }
    if !codes.isDisjoint(with: ["ACCESS_DENIED", "UNAUTHORIZED", "FORBIDDEN", "SHOP_INACTIVE"]) {
      return .misconfigured(words)
    }
    let request: Set = [
      "MAX_COST_EXCEEDED", "BAD_REQUEST", "INVALID_VARIABLE", "INVALID_FIELD_ARGUMENTS", "GRAPHQL_PARSE_FAILED",
    ]
    // Codes of the GraphQL layer itself, such as `undefinedField`, start with a small letter.
    if codes.contains(where: { request.contains($0) || $0.first?.isLowercase == true }) {
      return .misconfigured("Shopify refuses the request itself, perhaps for its API version: " + words)
    }
    return .unknown(words)
  }

  /// How long the bucket needs to fill up for the request that was throttled.
  private static func wait(_ cost: JSONValue?) -> String {
    guard let cost, let wanted = cost["requestedQueryCost"]?.int,
      let there = cost["throttleStatus"]?["currentlyAvailable"]?.int,
      let rate = cost["throttleStatus"]?["restoreRate"]?.int, rate > 0, (0..<1_000_000).contains(wanted),
      (-1_000_000..<1_000_000).contains(there)
    else { return "" }
    let missing = max(0, wanted - there)
    return " (\(wanted) points needed, \(there) there, \(missing / rate + (missing % rate == 0 ? 0 : 1)) s to wait)"
  }

  private static func words(_ answer: HTTPAnswer) -> String {
    let errors = AdminError.list(answer.json?["errors"])
    return errors.isEmpty ? Words.clipped(Words.trimmed(answer.text)) : AdminError.words(errors)
  }
}

extension AdminError {
  /// The errors of an answer: an array of objects, or one text (a wrong token is told so).
  static func list(_ value: JSONValue?) -> [AdminError] {
    guard let value, !value.isNull else { return [] }
    if let text = value.string { return [AdminError(code: nil, message: text)] }
    guard let items = value.array else { return [AdminError(code: nil, message: Words.clipped(value.text))] }
    return items.map { item in
      AdminError(
        code: item["extensions"]?["code"]?.string ?? item["code"]?.string,
        message: item["message"]?.string ?? item.string ?? Words.clipped(item.text))
    }
  }

  /// Codes and words of all of them, verbatim, cut to fit a journal entry.
  static func words(_ errors: [AdminError]) -> String {
    Words.clipped(
      errors.map { error in error.code.map { $0 + ": " + error.message } ?? error.message }
        .joined(separator: "; "))
  }
}
