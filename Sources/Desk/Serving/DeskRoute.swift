public import Connector
import HandoffCore

/// Who may use a route; there is no default, so that none is open by oversight.
public enum DeskAccess: String, Hashable, Sendable, CaseIterable {
  /// Everybody: health, the API's description, style sheets.
  case open
  /// Whoever can sign the body; the route itself verifies.
  case signed
  /// Programs with the token; without a configured token everybody on this machine.
  case api
  /// People who have logged in with the token; a form carries the token of its session.
  case console
}

/// One method on one path.
public struct DeskRoute: Sendable {
  /// `GET`, `POST`, …; `HEAD` comes with `GET`.
  public let method: String
  /// The path; a segment `{name}` takes any text and hands it over decoded.
  public let path: String
  /// Who may use it.
  public let access: DeskAccess
  /// What it does.
  public let handle: @Sendable (DeskRequest) async throws -> DeskAnswer

  /// Makes a route.
  public init(
    _ method: String, _ path: String, _ access: DeskAccess,
    handle: @escaping @Sendable (DeskRequest) async throws -> DeskAnswer
  ) {
    self.method = method
    self.path = path
    self.access = access
    self.handle = handle
  }
}

/// A request with its whole body.
public struct DeskRequest: Sendable {
  /// The method, in capitals.
  public let method: String
  /// The path as sent, without the query.
  public let path: String
  /// The path's named segments, decoded.
  public let parameters: [String: String]
  /// The query as sent.
  public let rawQuery: String
  /// Header fields, names in lower case.
  public let headers: [HTTPField]
  /// The body, at most as long as the setting allows.
  public let body: [UInt8]
  /// The session of a person at the console; nil elsewhere.
  let session: Session?

  /// A decoded query parameter; nil when it is absent, the first one when it is repeated.
  public func query(_ name: String) -> String? {
    FormText.pairs(rawQuery).first { $0.name == name }?.value
  }

  /// A decoded field of a form; nil when it is absent.
  public func form(_ name: String) -> String? {
    FormText.pairs(String(decoding: body, as: UTF8.self)).first { $0.name == name }?.value
  }

  /// The token a form of the console must carry in its field `csrf`; nil outside the console.
  public var formToken: String? { session?.formToken }
}

/// What a route answers.
public struct DeskAnswer: Sendable {
  /// What is sent after the head.
  enum Content: Sendable {
    case bytes([UInt8])
    case events(AsyncStream<[UInt8]>)
  }

  /// The status code.
  public var status: Int
  /// Header fields; those for security are added to them.
  public var headers: [HTTPField]
  var content: Content
  /// Whether the connection is closed after it.
  var isLast = false

  /// An answer of bytes.
  public init(status: Int = 200, type: String, body: [UInt8], headers: [HTTPField] = []) {
    self.status = status
    self.headers = [HTTPField("content-type", type)] + headers
    content = .bytes(body)
  }

  /// A JSON document.
  public static func json(_ value: JSONValue, status: Int = 200, headers: [HTTPField] = []) -> DeskAnswer {
    DeskAnswer(status: status, type: "application/json", body: value.bytes, headers: headers)
  }

  /// A page; whoever writes it escapes what it shows.
  public static func html(_ text: String, status: Int = 200) -> DeskAnswer {
    DeskAnswer(status: status, type: "text/html; charset=utf-8", body: Array(text.utf8))
  }

  /// Sends the browser to another page of this desk, with GET.
  public static func seeOther(_ path: String) -> DeskAnswer {
    DeskAnswer(status: 303, type: "text/plain", body: [], headers: [HTTPField("location", path)])
  }

  /// Server-sent events (HTML Living Standard, section 9.2), each a block that ``ServerEvent`` wrote.
  static func events(_ stream: AsyncStream<[UInt8]>) -> DeskAnswer {
    // Some proxies hold an answer back until it is complete unless told otherwise.
    var answer = DeskAnswer(
      type: "text/event-stream", body: [], headers: [HTTPField("x-accel-buffering", "no")])
    answer.content = .events(stream)
    return answer
  }
}

/// One line of work: a method and a path with the route that serves them.
struct RouteTable: Sendable {
  enum Found {
    case route(DeskRoute, [String: String])
    case wrongMethod(allowed: [String])
    case nothing
  }

  private struct Entry: Sendable {
    let route: DeskRoute
    let segments: [String]
  }

  let routes: [DeskRoute]
  private let entries: [String: [Entry]]

  init(_ routes: [DeskRoute]) {
    self.routes = routes
    var entries: [String: [Entry]] = [:]
    for route in routes {
      let segments = route.path.split(separator: "/").map(String.init)
      entries[segments.first ?? "", default: []].append(Entry(route: route, segments: segments))
    }
    self.entries = entries
  }

  /// Fixed segments before named ones, in the order of the table; the first segment is always fixed.
  func find(_ method: String, _ segments: [String]) -> Found {
    var allowed: [String] = []
    for entry in entries[segments.first ?? ""] ?? [] {
      guard let parameters = RouteTable.match(entry.segments, segments) else { continue }
      if entry.route.method == method || (method == "HEAD" && entry.route.method == "GET") {
        return .route(entry.route, parameters)
      }
      allowed.append(entry.route.method)
      if entry.route.method == "GET" { allowed.append("HEAD") }
    }
    return allowed.isEmpty ? .nothing : .wrongMethod(allowed: allowed)
  }

  private static func match(_ pattern: [String], _ segments: [String]) -> [String: String]? {
    guard pattern.count == segments.count else { return nil }
    var parameters: [String: String] = [:]
    for (wanted, given) in zip(pattern, segments) {
      if wanted.hasPrefix("{") {
        guard !given.isEmpty else { return nil }
        parameters[String(wanted.dropFirst().dropLast())] = given
      } else if wanted != given {
        return nil
      }
    }
    return parameters
  }
}
