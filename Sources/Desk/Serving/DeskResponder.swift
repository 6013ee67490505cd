import Connector
import HandoffCore
import HandoffStore
import Hummingbird
import Logging

/// The one way in: host, route, access and body are checked here, and every answer gets its header fields here.
struct DeskResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  let setting: DeskSetting
  let table: RouteTable
  let door: Door
  let logger: Logger
  /// Shows a problem to a person.
  let page: @Sendable (Problem) -> DeskAnswer?

  func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
    let method = request.head.method.rawValue
    let target = request.head.path ?? "/"
    let mark = target.firstIndex(of: "?")
    let path = mark.map { String(target[..<$0]) } ?? target
    let query = mark.map { String(target[target.index(after: $0)...]) } ?? ""
    var access = DeskAccess.open
    var answer: DeskAnswer
    var isRead = false
    // A path can name a person (`/v1/orders/anna@example.org`), so that a log gets the route's pattern.
    var pattern = "-"
    do {
      let (route, parameters) = try find(method, path)
      access = route.access
      pattern = route.path
      answer = try await serve(request, route, parameters, path: path, query: query, isRead: &isRead)
    } catch {
      answer = explain(problem(of: error, at: pattern), to: request, path: path)
    }
    if !isRead, !answer.isLast, BodyReader.isExpected(request.headers) {
      answer.isLast = !(await BodyReader(setting).drop(request.body))
    }
    return DeskResponder.write(answer, access, withoutBody: method == "HEAD")
  }

  private func find(_ method: String, _ path: String) throws(Problem) -> (DeskRoute, [String: String]) {
    guard path.hasPrefix("/") else { throw Problem(.malformed, "The path does not begin with a slash.") }
    var segments: [String] = []
    for part in path.split(separator: "/") {
      guard let segment = FormText.decode(part) else {
        throw Problem(.malformed, "The path is not valid percent-encoded UTF-8.")
      }
      segments.append(segment)
    }
    switch table.find(method, segments) {
    case .route(let route, let parameters): return (route, parameters)
    case .nothing: throw Problem(.notFound, "Nothing is served under this path.")
    case .wrongMethod(let allowed):
      let names = allowed.joined(separator: ", ")
      throw Problem(.wrongMethod, "The path knows \(names).", headers: [HTTPField("allow", names)])
    }
  }

  private func serve(
    _ request: Request, _ route: DeskRoute, _ parameters: [String: String], path: String, query: String,
    isRead: inout Bool
  ) async throws -> DeskAnswer {
    // A signed request proves itself, under whatever name a tunnel or proxy reached us.
    if route.access != .signed { try door.check(host: request.head.authority) }
    var headers: [HTTPField] = []
    headers.reserveCapacity(request.headers.count)
    for field in request.headers { headers.append(HTTPField(field.name.canonicalName, field.value)) }
    let entrance = try door.enter(route, headers: headers, path: path, query: query)
    if case .elsewhere(let answer) = entrance { return answer }
    var body: [UInt8] = []
    if route.method != "GET" {
      let reader = BodyReader(setting)
      try reader.check(headers)
      isRead = true
      body = try await reader.collect(request.body)
    }
    var session: Session?
    if case .session(let known) = entrance { session = known }
    let deskRequest = DeskRequest(
      method: route.method, path: path, parameters: parameters, rawQuery: query, headers: headers, body: body,
      session: session)
    if route.access == .console, route.method != "GET" { try door.check(form: deskRequest) }
    var answer = try await route.handle(deskRequest)
    if let session, session.isNew { answer.headers.append(door.cookie(session)) }
    return answer
  }

  /// Programs get a problem document, people a page.
  private func explain(_ problem: Problem, to request: Request, path: String) -> DeskAnswer {
    let wanted = HTTPFields.Element.Name("accept").flatMap { request.headers[$0] } ?? ""
    if wanted.contains("text/html"), var shown = page(problem) {
      shown.isLast = problem.isCut
      return shown
    }
    return problem.answer(instance: path)
  }

  private func problem(of error: any Error, at pattern: String) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case let failure as StoreFailure: return problem(of: failure, at: pattern)
    case is CancellationError: return .unavailable("The desk is about to stop.")
    default:
      logger.error("request failed", metadata: ["route": "\(pattern)", "error": "\(error)"])
      return Problem(.internalFault, "The log says more.")
    }
  }

  private func problem(of failure: StoreFailure, at pattern: String) -> Problem {
    switch failure {
    case .conflict(let reason): return Problem(.conflict, reason)
    case .unavailable(let reason):
      logger.error("store unavailable", metadata: ["route": "\(pattern)", "error": "\(reason)"])
      return .unavailable("The store cannot be reached; nothing was done.")
    case .corrupt(let reason):
      logger.error("store is corrupt", metadata: ["route": "\(pattern)", "error": "\(reason)"])
      return Problem(.internalFault, "A stored row makes no sense; the log names it.")
    }
  }

  private static func write(_ answer: DeskAnswer, _ access: DeskAccess, withoutBody: Bool) -> Response {
    var fields = HTTPFields()
    for field in answer.headers {
      if let name = HTTPFields.Element.Name(field.name) {
        fields.append(HTTPFields.Element(name: name, value: field.value))
      }
    }
    if access != .signed { SecurityFields.add(to: &fields) }
    let status = HTTPResponse.Status(code: answer.status)
    if answer.isLast, let name = HTTPFields.Element.Name("connection") { fields[name] = "close" }
    switch answer.content {
    case .bytes(let bytes) where answer.isLast:
      let body = ResponseBody(contentLength: bytes.count) { writer in
        try await writer.write(ByteBuffer(bytes: bytes))
        try await writer.finish(nil)
        throw ConnectionCut()
      }
      return Response(status: status, headers: fields, body: body)
    case .bytes(let bytes):
      let response = Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
      return withoutBody ? response.createHeadResponse() : response
    case .events(let stream):
      if withoutBody { return Response(status: status, headers: fields) }
      let body = ResponseBody { writer in
        for await block in stream { try await writer.write(ByteBuffer(bytes: block)) }
        try await writer.finish(nil)
      }
      return Response(status: status, headers: fields, body: body)
    }
  }
}

/// Header fields that keep a browser from being talked into something (ASVS 5.0, 3.4).
enum SecurityFields {
  static let policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

  private static let all: [(HTTPFields.Element.Name?, String)] = [
    (.init("content-security-policy"), policy), (.init("x-content-type-options"), "nosniff"),
    (.init("x-frame-options"), "DENY"), (.init("referrer-policy"), "no-referrer"),
    (.init("cross-origin-opener-policy"), "same-origin"), (.init("cross-origin-resource-policy"), "same-origin"),
    (.init("cache-control"), "no-store"),
  ]

  static func add(to fields: inout HTTPFields) {
    for case (let name?, let value) in all where !fields.contains(name) { fields[name] = value }
  }
}
