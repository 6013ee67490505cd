import Synchronization

/// A simulated NetSuite account under `/netsuite/services/rest/…`.
///
/// It keeps the traits a connector must survive: creation answers 204 with a Location, a duplicate external id is a
/// 400 whose only sign is English text, one small concurrency pool serves the whole account, a GET can be refused by a
/// workflow while SuiteQL still sees the order, and being saved is not being accepted.
final class NetSuiteVendor: VendorFace {
  static let prefix = "/netsuite/services/rest"
  let settings: NetSuiteSettings
  let tools: VendorTools
  let state: Mutex<NetSuiteState>
  private let inFlight = Mutex(0)

  init(_ settings: NetSuiteSettings, catalogue: [CatalogueItem], tools: VendorTools) {
    self.settings = settings
    self.tools = tools
    state = Mutex(NetSuiteState(settings: settings, catalogue: catalogue, taken: tools.taken))
  }

  func admit() -> Bool {
    inFlight.withLock { count in
      guard count < settings.concurrency else { return false }
      count += 1
      return true
    }
  }

  func leave() { inFlight.withLock { $0 -= 1 } }

  func failure(_ failure: VendorFailure) -> SandboxReply {
    switch failure {
    case .tooManyRequests: NetSuiteError.concurrency.reply
    case .serverError: NetSuiteError.unexpected(Authentic.token(12).lowercased()).reply
    case .errorWith200: SandboxReply.json(200, NetSuiteError.unexpected(Authentic.token(12).lowercased()).body)
    }
  }

  func respond(to request: SandboxRequest) async -> SandboxReply {
    guard let parts = request.parts(after: Self.prefix) else { return .nowhere }
    if parts == ["auth", "oauth2", "v1", "token"] { return await token(request) }
    if let refusal = await authenticate(request) { return refusal }
    guard parts.count >= 3 else { return NetSuiteError.noSuchURL.reply }
    switch (request.method, parts[0], parts[2].lowercased()) {
    case ("POST", "query", "suiteql"): return suiteQL(request)
    case ("GET", "system", "governancelimits"): return governance()
    case ("GET", "record", "customer") where parts.count == 4: return customer(parts[3])
    case (_, "record", "salesorder"): return record(request, id: parts.count > 3 ? parts[3] : nil, parts: parts)
    default: return NetSuiteError.noSuchURL.reply
    }
  }

  private func record(_ request: SandboxRequest, id: String?, parts: [String]) -> SandboxReply {
    guard parts.count <= 4 else { return NetSuiteError.noSuchURL.reply }
    switch (request.method, id) {
    case ("POST", nil): return create(request)
    case ("GET", nil): return search(request)
    case ("GET", let id?): return read(request, id: id)
    case ("PUT", let id?): return upsert(request, id: id)
    case ("PATCH", let id?): return patch(request, id: id)
    case ("DELETE", let id?): return delete(id: id)
    default: return NetSuiteError.noSuchMethod.reply
    }
  }

  private func customer(_ id: String) -> SandboxReply {
    guard settings.customers.isEmpty || settings.customers.contains(id) else { return NetSuiteError.noSuchRecord.reply }
    return .json(200, ["links": [], "id": .string(id), "entityId": .string("CUST\(id)")])
  }

  private func governance() -> SandboxReply {
    .json(
      200,
      [
        "accountConcurrencyLimit": JSON(settings.concurrency),
        "accountUnallocatedConcurrencyLimit": JSON(settings.concurrency),
        "integrationLimitType": "accountLimit",
      ])
  }

  /// The address of a record as this request would name it.
  func location(_ request: SandboxRequest, _ id: Int) -> String {
    "http://\(request.host)\(Self.prefix)/record/v1/salesOrder/\(id)"
  }
}

/// A NetSuite error body: `type`, `title`, `status`, `o:errorDetails` with a code and at most one locator.
struct NetSuiteError: Error, Sendable {
  var status: Int
  var title: String
  var code: String
  var detail: String
  var locator: (String, String)?
  var headers: [(String, String)] = []

  static func bad(_ code: String, _ detail: String, path: String? = nil) -> NetSuiteError {
    NetSuiteError(
      status: 400, title: "Bad Request", code: code, detail: detail, locator: path.map { ("o:errorPath", $0) })
  }

  static func user(_ detail: String, path: String? = nil) -> NetSuiteError {
    bad("USER_ERROR", "Error while accessing a resource. \(detail)", path: path)
  }

  static func query(_ detail: String) -> NetSuiteError {
    NetSuiteError(
      status: 400, title: "Bad Request", code: "INVALID_PARAMETER", detail: detail, locator: ("o:errorQueryParam", "q"))
  }

  static let duplicate = user("This record already exists.")
  static let locked = user("This record has been locked by a user defined workflow.")
  static let noSuchURL = NetSuiteError(
    status: 404, title: "Not Found", code: "NONEXISTENT_RESOURCE", detail: "The requested resource does not exist.")
  static let noSuchMethod = NetSuiteError(
    status: 405, title: "Method Not Allowed", code: "INVALID_METHOD", detail: "The method is not allowed here.")
  static let noSuchRecord = NetSuiteError(
    status: 404, title: "Not Found", code: "NONEXISTENT_ID",
    detail: "The record instance does not exist. Provide a valid record instance ID.")
  static let concurrency = NetSuiteError(
    status: 429, title: "Too Many Requests", code: "CONCURRENCY_LIMIT_EXCEEDED",
    detail: "Concurrent request limit exceeded. Request blocked.")

  static func unexpected(_ id: String) -> NetSuiteError {
    NetSuiteError(
      status: 500, title: "Internal Server Error", code: "UNEXPECTED_ERROR",
      detail: "An unexpected error occurred. Error ID: \(id)")
  }

  var body: JSON {
    let sections = [400: "5.1", 401: "5.2", 403: "5.4", 404: "5.5", 405: "5.6", 429: "5", 500: "6.1"]
    var detail: JSON = ["detail": .string(self.detail), "o:errorCode": .string(code)]
    if let locator { detail[locator.0] = .string(locator.1) }
    return [
      "type": .string("https://www.rfc-editor.org/rfc/rfc9110.html#section-15.\(sections[status] ?? "5")"),
      "title": .string(title), "status": JSON(status), "o:errorDetails": [detail],
    ]
  }

  var reply: SandboxReply {
    var reply = SandboxReply.json(status, body, headers)
    reply.headers[0] = ("Content-Type", "application/vnd.oracle.resource+json; type=error; charset=UTF-8")
    return reply
  }
}
