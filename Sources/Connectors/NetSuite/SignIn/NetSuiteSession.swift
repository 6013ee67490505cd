import Connector
import HandoffCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Signs requests, and stops before NetSuite locks the user.
///
/// Five refused sign-ins can lock a user for half an hour, which stops every integration that shares it. So a token
/// that was refused is replaced once; while a sign-in is in doubt only one request at a time tries it; and after two
/// refusals with fresh credentials (or four of any kind) nothing is sent until a pause has passed.
actor NetSuiteSession {
  /// The permission to send one request once.
  struct Grant: Sendable {
    /// The value of the `Authorization` field.
    let authorization: String
    /// Whether no answer has yet shown that these credentials are good; a refusal then ends it.
    let isFresh: Bool
    fileprivate let serial: Int
    fileprivate let isProof: Bool
  }

  /// What a request is told before it may leave.
  enum Ticket: Sendable {
    /// Send it.
    case granted(Grant)
    /// Nothing was sent; later.
    case busy(String)
    /// Nothing was sent and nothing will be until somebody mends the credentials or the pause has passed.
    case closed(String)
  }

  private struct Token: Sendable {
    let text: String
    let serial: Int
    let replaceAt: Timestamp
  }

  private enum Fetch: Sendable {
    case token(Token)
    case refused(String)
    case unreachable(String)
    /// There is no token endpoint at this address.
    case misplaced(String)
  }

  private let configuration: NetSuiteConfiguration
  private let assertion: ClientAssertion?
  private let transport: any HTTPTransport
  private let clock: any WallClock
  private let nonce: @Sendable () -> String

  private var token: Token?
  private var refreshing: Task<Fetch, Never>?
  private var serial = 0
  private var provenSerial = 0
  private var isProving = false
  private var rejections = 0
  private var freshRejections = 0
  private var closedUntil: Timestamp?
  private var lastWords = ""

  /// Refusals with fresh credentials after which nothing more is sent.
  static let freshLimit = 2
  /// Refusals of any kind after which nothing more is sent; one below what locks the user.
  static let limit = 4

  init(
    _ configuration: NetSuiteConfiguration, transport: any HTTPTransport, clock: any WallClock,
    nonce: @escaping @Sendable () -> String
  ) throws(NetSuiteSetupFault) {
    self.configuration = configuration
    self.transport = transport
    self.clock = clock
    self.nonce = nonce
    if case .clientCredentials(let credentials) = configuration.credentials {
      assertion = try ClientAssertion(credentials)
    } else {
      assertion = nil
    }
  }

  /// Asks to send one request.
  func ticket(method: String, url: String) async -> Ticket {
    if let closedUntil, clock.now < closedUntil { return .closed(closedReason(closedUntil)) }
    let isProof = rejections > 0
    if isProof, isProving { return .busy("Another request is trying a new sign-in; this one was not sent.") }
    if isProof { isProving = true }
    let ticket = await signed(method: method, url: url, isProof: isProof)
    switch ticket {
    case .granted: break
    case .busy, .closed: if isProof { isProving = false }
    }
    return ticket
  }

  private func signed(method: String, url: String, isProof: Bool) async -> Ticket {
    switch configuration.credentials {
    case .tokenBased(let keys):
      let header = OAuth1.authorization(
        method: method, url: url, realm: configuration.realm, credentials: keys, nonce: nonce(),
        timestamp: clock.now.microseconds / 1_000_000)
      guard let header else { return .closed("\(url.prefix(200)) is no absolute URL") }
      return .granted(Grant(authorization: header, isFresh: true, serial: 0, isProof: isProof))
    case .clientCredentials:
      switch await currentToken() {
      case .token(let token):
        return .granted(
          Grant(
            authorization: "Bearer " + token.text, isFresh: token.serial != provenSerial, serial: token.serial,
            isProof: isProof))
      case .refused(let reason), .misplaced(let reason): return .closed(reason)
      case .unreachable(let reason): return .busy(reason)
      }
    }
  }

  /// Says that an answer other than 401 came: the credentials are good.
  func accepted(_ grant: Grant) {
    provenSerial = max(provenSerial, grant.serial)
    rejections = 0
    freshRejections = 0
    closedUntil = nil
    isProving = false
  }

  /// Says that no answer came, which proves nothing either way.
  func unanswered(_ grant: Grant) { if grant.isProof { isProving = false } }

  /// Says that a 401 came.
  func rejected(_ grant: Grant, words: String) {
    if grant.isProof { isProving = false }
    if token?.serial == grant.serial { token = nil }
    count(isFresh: grant.isFresh, words: words)
  }

  private func count(isFresh: Bool, words: String) {
    lastWords = words
    rejections = min(rejections + 1, 1000)
    if isFresh { freshRejections = min(freshRejections + 1, 1000) }
    if freshRejections >= Self.freshLimit || rejections >= Self.limit {
      closedUntil = clock.now + configuration.signInPause
    }
  }

  private func closedReason(_ until: Timestamp) -> String {
    "NetSuite refused our sign-in \(rejections) times in a row: \(lastWords) Nothing is sent until \(until.iso8601), "
      + "because further refusals lock the user. Mend the credentials (a sandbox refresh wipes them) and restart."
  }

  /// The token in use, or a new one; however many ask at once, one request leaves (F48).
  private func currentToken() async -> Fetch {
    if let token, clock.now < token.replaceAt { return .token(token) }
    if let refreshing { return await refreshing.value }
    let task = Task { () -> Fetch in
      let outcome = await self.fetch()
      self.keep(outcome)
      return outcome
    }
    refreshing = task
    return await task.value
  }

  private func keep(_ outcome: Fetch) {
    refreshing = nil
    switch outcome {
    case .token(let fresh): token = fresh
    case .refused(let reason): count(isFresh: true, words: reason)
    case .unreachable, .misplaced: break
    }
  }

  private func fetch() async -> Fetch {
    let start = clock.now
    let url = configuration.baseURL + "/services/rest/auth/oauth2/v1/token"
    guard let signed = await assertion?.token(audience: url, issuedAt: start.microseconds / 1_000_000) else {
      return .refused("The private key could not sign the assertion.")
    }
    let call = HTTPCall(
      "POST", url,
      headers: [
        HTTPField("Content-Type", "application/x-www-form-urlencoded"), HTTPField("Accept", "application/json"),
      ], body: Array(ClientAssertion.formBody(assertion: signed).utf8), deadline: configuration.deadline)
    let answer: HTTPAnswer
    do throws(ExchangeFailure) { answer = try await transport.send(call) } catch {
      return .unreachable("The access token could not be asked for (\(error.reason)); the order was not sent.")
    }
    return read(answer, at: start)
  }

  private func read(_ answer: HTTPAnswer, at start: Timestamp) -> Fetch {
    let words =
      "The token endpoint of \(configuration.baseURL) answered \(answer.status): \(NetSuiteFault.cut(answer.text))"
    switch answer.status {
    case 200:
      guard let json = answer.json, let text = json["access_token"]?.string, Self.isToken(text) else {
        return .unreachable("The token endpoint answered 200 without an access token; the order was not sent.")
      }
      // A string in some accounts' answers; five minutes where it is missing or absurd.
      let lifetime = Duration.seconds(min(max(json["expires_in"]?.int ?? 300, 1), 86_400))
      let usable = max(lifetime - configuration.tokenMargin, lifetime / 2)
      serial += 1
      return .token(Token(text: text, serial: serial, replaceAt: start + usable))
    case 400, 401, 403:
      // Only an answer of the endpoint itself is a refusal; a proxy's page is not.
      guard answer.json?.isObject == true else { return .unreachable(words) }
      return .refused(words)
    // There is no such page: the address is wrong, and no repetition finds it.
    case 404, 405, 410: return .misplaced(words + " Is `account` right, and `baseURL` where it is set?")
    default: return .unreachable(words)
    }
  }

  /// Printable ASCII without blanks: anything else would break out of the header field.
  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 16_384 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}
