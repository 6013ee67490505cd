import Connector
import Coordinator
import HandoffCore
import Logging
import Signing
import Synchronization

/// A person's browser at the console.
struct Session: Hashable, Sendable {
  /// The cookie's value.
  let id: String
  /// What its forms carry.
  let formToken: String
  /// Whether the cookie must still be set.
  let isNew: Bool
}

/// Who may come in: the one place that decides about access.
final class Door: Sendable {
  /// What a request is let in as.
  enum Entrance {
    case plain
    case session(Session)
    case elsewhere(DeskAnswer)
  }

  private struct State {
    var sessions: [String: Timestamp] = [:]
    var failures: [Timestamp] = []
  }

  private static let cookieName = "countersign"
  private static let sessionLife: Duration = .seconds(12 * 3600)
  private static let failureWindow: Duration = .seconds(60)
  private static let failuresAllowed = 10

  private let setting: DeskSetting
  private let clock: any WallClock
  private let meter: Meter
  private let logger: Logger
  /// Made anew at every start: form tokens and sessions end with the process.
  private let key: [UInt8]
  private let tokenDigest: [UInt8]?
  private let state = Mutex(State())

  init(_ setting: DeskSetting, clock: any WallClock, meter: Meter, logger: Logger) {
    self.setting = setting
    self.clock = clock
    self.meter = meter
    self.logger = logger
    key = Door.randomBytes(32)
    tokenDigest = setting.token.map { sha256(Array($0.utf8)) }
  }

  /// A page of a foreign site must not reach a desk on loopback by a name of its own (DNS rebinding).
  func check(host authority: String?) throws(Problem) {
    guard setting.isLoopback else { return }
    let host = Door.host(of: authority ?? "")
    if ["localhost", "127.0.0.1", "[::1]"].contains(host) || setting.allowedHosts.contains(host) { return }
    throw Problem(.wrongHost, "This desk listens on loopback and answers to localhost, 127.0.0.1 and [::1].")
  }

  private static func host(of authority: String) -> String {
    let text = authority.lowercased()
    if text.hasPrefix("[") { return text.firstIndex(of: "]").map { String(text[...$0]) } ?? "" }
    return text.firstIndex(of: ":").map { String(text[..<$0]) } ?? text
  }

  /// Lets a request in, sends it to the login, or throws.
  func enter(_ route: DeskRoute, headers: [HTTPField], path: String, query: String) throws(Problem) -> Entrance {
    switch route.access {
    case .open, .signed: return .plain
    case .api:
      guard isBearer(headers["authorization"]) else { throw denied(route) }
      // Another site's page can send a form here, but not JSON without being asked first (CORS preflight).
      if route.method != "GET" {
        let type = (headers["content-type"] ?? "").prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == "application/json" else {
          throw Problem(.wrongMediaType, "Send a body of type application/json.")
        }
      }
      return .plain
    case .console:
      if let id = Door.cookie(in: headers), tokenDigest == nil || isOpen(id) {
        return .session(Session(id: id, formToken: formToken(of: id), isNew: false))
      }
      guard tokenDigest != nil else {
        let id = Door.hex(Door.randomBytes(16))
        return .session(Session(id: id, formToken: formToken(of: id), isNew: true))
      }
      guard route.method == "GET" else { throw denied(route) }
      let back = query.isEmpty ? path : path + "?" + query
      return .elsewhere(.seeOther("/login?then=" + FormText.encode(back)))
    }
  }

  /// The log gets the route's pattern: a path can name a person.
  private func denied(_ route: DeskRoute) -> Problem {
    meter.count("requests.denied")
    logger.notice("request denied", metadata: ["access": "\(route.access.rawValue)", "route": "\(route.path)"])
    return .unauthorized
  }

  /// Whether an `Authorization` field carries the token; without a configured token anything does.
  private func isBearer(_ field: String?) -> Bool {
    guard tokenDigest != nil else { return true }
    guard let field, field.prefix(7).lowercased() == "bearer " else { return false }
    return isToken(field.dropFirst(7).drop { $0 == " " })
  }

  /// Compares digests in constant time, so that neither content nor length shows.
  private func isToken(_ text: some StringProtocol) -> Bool {
    guard let tokenDigest else { return true }
    let given = sha256(Array(text.utf8))
    return zip(given, tokenDigest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// Throws unless a form carries the token of its session (CSRF).
  func check(form request: DeskRequest) throws(Problem) {
    guard let session = request.session, let given = request.form("csrf"),
      sha256(Array(given.utf8)) == sha256(Array(session.formToken.utf8))
    else {
      meter.count("requests.denied")
      throw Problem(.forbidden, "The form is not from this session; load the page again.")
    }
  }

  /// Opens a session for whoever knows the token; always a new one, so that none can be planted (session fixation).
  /// - Returns: nil when the token is wrong.
  /// - Throws: ``Problem`` after too many wrong ones within a minute.
  func logIn(_ token: String) throws(Problem) -> Session? {
    let now = clock.now
    let isRight = isToken(token)
    let id = Door.hex(Door.randomBytes(16))
    let isLocked = state.withLock { state in
      state.failures.removeAll { now.since($0) > Door.failureWindow }
      if state.failures.count >= Door.failuresAllowed { return true }
      if isRight {
        state.sessions = state.sessions.filter { now < $0.value }
        state.sessions[id] = now + Door.sessionLife
      } else {
        state.failures.append(now)
      }
      return false
    }
    if isLocked {
      throw Problem(.tooMany, "Too many wrong tokens; wait a minute.", headers: [HTTPField("retry-after", "60")])
    }
    guard isRight else {
      meter.count("requests.denied")
      logger.notice("login failed")
      return nil
    }
    return Session(id: id, formToken: formToken(of: id), isNew: true)
  }

  /// Ends a session.
  func logOut(_ session: Session) { state.withLock { $0.sessions[session.id] = nil } }

  /// Whether people must log in.
  var needsLogin: Bool { tokenDigest != nil }

  private func isOpen(_ id: String) -> Bool {
    let now = clock.now
    return state.withLock { state in state.sessions[id].map { now < $0 } ?? false }
  }

  /// The field that gives a browser its session.
  func cookie(_ session: Session, ends: Bool = false) -> HTTPField {
    let secure = setting.isBehindTLS ? "; Secure" : ""
    let value = ends ? "" : session.id
    return HTTPField(
      "set-cookie",
      "\(Door.cookieName)=\(value); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(ends ? 0 : 12 * 3600)\(secure)")
  }

  private static func cookie(in headers: [HTTPField]) -> String? {
    for field in headers where field.name == "cookie" {
      for part in field.value.split(separator: ";") {
        let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
        if pair.count == 2, pair.first == Substring(cookieName), let value = pair.last,
          value.utf8.count == 32, value.allSatisfy(\.isHexDigit)
        {
          return String(value)
        }
      }
    }
    return nil
  }

  private func formToken(of id: String) -> String { Door.hex(hmacSHA256(Array(("form " + id).utf8), key: key)) }

  private static func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  private static func hex(_ bytes: [UInt8]) -> String { ContentDigest(bytes: bytes).hex }
}
