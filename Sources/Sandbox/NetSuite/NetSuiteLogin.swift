import Foundation
import Synchronization

/// Who may call a simulated account, and what the login audit trail remembers.
struct NetSuiteLogin: Sendable {
  var clients: [String: NetSuiteClient] = [:]
  var tokens: [String: NetSuiteToken] = [:]
  /// Access tokens handed out, with the second they end.
  var bearers: [String: Int] = [:]
  /// Seen (token, timestamp, nonce) with the second after which the timestamp itself is refused.
  var nonces: [String: Int] = [:]
  var failures = 0
  var lockedUntil = 0

  /// Remembers a nonce; false when it was used before.
  mutating func fresh(_ nonce: String, now: Int) -> Bool {
    if nonces.count > 50_000 { nonces = nonces.filter { $0.value >= now } }
    guard nonces[nonce] == nil else { return false }
    nonces[nonce] = now + OAuth1.toleranceSeconds * 2
    return true
  }
}

extension NetSuiteVendor {
  /// The refusal of a call, or nil when its credentials hold.
  func authenticate(_ request: SandboxRequest) async -> SandboxReply? {
    if settings.acceptAnonymous { return nil }
    let header = request.header("authorization") ?? ""
    let now = tools.clock.unixSeconds
    let reason: String? = state.withLock { state in
      if state.login.lockedUntil > now { return "account locked" }
      if header.lowercased().hasPrefix("bearer ") {
        let token = header.dropFirst(7).trimmed
        guard let end = state.login.bearers[token] else { return "unknown access token" }
        return end > now ? nil : "access token expired"
      }
      return signedReason(request, header: header, login: &state.login, now: now)
    }
    guard let reason else {
      state.withLock { $0.login.failures = 0 }
      return nil
    }
    return invalidLogin(reason, bearer: header.lowercased().hasPrefix("bearer "), now: now)
  }

  private func signedReason(
    _ request: SandboxRequest, header: String, login: inout NetSuiteLogin, now: Int
  ) -> String? {
    guard let signed = OAuth1.Header(header) else { return "no credentials" }
    guard signed.realm == settings.account else { return "realm is not the account id" }
    guard signed["oauth_signature_method"] == "HMAC-SHA256" else { return "signature method" }
    guard let key = signed["oauth_consumer_key"], let name = signed["oauth_token"],
      let token = login.tokens[key + "&" + name]
    else { return "unknown consumer or token" }
    guard let stamp = signed["oauth_timestamp"].flatMap({ Int($0) }), stamp > now - OAuth1.toleranceSeconds,
      stamp < now + OAuth1.toleranceSeconds
    else { return "timestamp outside five minutes" }
    guard let nonce = signed["oauth_nonce"], nonce.count >= 6 else { return "nonce missing or short" }
    let expected = OAuth1.signature(
      method: request.method, base: "http://\(request.host)\(request.path)", query: request.query,
      oauth: signed.pairs, consumerSecret: token.consumerSecret, tokenSecret: token.tokenSecret)
    guard Authentic.same(Array(expected.utf8), Array((signed["oauth_signature"] ?? "").utf8)) else {
      return "signature does not match"
    }
    guard login.fresh("\(name) \(stamp) \(nonce)", now: now) else { return "nonce used before" }
    return nil
  }

  private func invalidLogin(_ reason: String, bearer: Bool, now: Int) -> SandboxReply {
    tools.record(.authRefused, ref: "", detail: ["reason": .string(reason)])
    state.withLock { state in
      state.login.failures += 1
      if settings.lockAfterFailures > 0, state.login.failures >= settings.lockAfterFailures {
        state.login.lockedUntil = now + 30 * 60
        state.login.failures = 0
      }
    }
    let challenge =
      bearer
      ? "Bearer realm=\"\(settings.account)\", error=\"invalid_token\", error_description=\"Invalid login attempt.\""
      : "OAuth realm=\"\(settings.account)\", error=\"token_rejected\", error_description=\"Invalid login attempt.\""
    var error = NetSuiteError(
      status: 401, title: "Unauthorized", code: "INVALID_LOGIN",
      detail: "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at"
        + " Setup > Users/Roles > User Management > View Login Audit Trail.")
    error.headers = [("WWW-Authenticate", challenge)]
    return error.reply
  }
}

/// OAuth 1.0a with HMAC-SHA256 as NetSuite's token-based authentication uses it (RFC 5849 section 3.4).
enum OAuth1 {
  static let toleranceSeconds = 300

  /// An `Authorization: OAuth …` header taken apart.
  struct Header: Sendable {
    var realm: String?
    /// Every parameter but the realm, decoded.
    var pairs: [(name: String, value: String)] = []

    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    init?(_ text: String) {
      guard text.lowercased().hasPrefix("oauth ") else { return nil }
      for part in text.dropFirst(6).split(separator: ",") {
        let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        let name = sides[0].trimmed
        let value = sides[1].trimmingQuotes
        if name.lowercased() == "realm" {
          realm = PercentCoding.decode(value)
        } else {
          pairs.append((PercentCoding.decode(name), PercentCoding.decode(value)))
        }
      }
    }
  }

  /// The text that is signed: method, address without query, and all parameters sorted by encoded name and value.
  static func baseString(
    method: String, base: String, query: [(name: String, value: String)], oauth: [(name: String, value: String)]
  ) -> String {
    let all = (query + oauth.filter { $0.name != "oauth_signature" && $0.name != "realm" })
      .map { (PercentCoding.encode($0.name), PercentCoding.encode($0.value)) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    let joined = all.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    return [method.uppercased(), PercentCoding.encode(normalized(base)), PercentCoding.encode(joined)]
      .joined(separator: "&")
  }

  static func signature(
    method: String, base: String, query: [(name: String, value: String)], oauth: [(name: String, value: String)],
    consumerSecret: String, tokenSecret: String
  ) -> String {
    let key = PercentCoding.encode(consumerSecret) + "&" + PercentCoding.encode(tokenSecret)
    let text = baseString(method: method, base: base, query: query, oauth: oauth)
    return Authentic.base64(Authentic.hmacSHA256(key: key.utf8, text.utf8))
  }

  /// Scheme and host in lower case, the scheme's default port left out.
  static func normalized(_ address: String) -> String {
    let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return address }
    let scheme = parts[0].lowercased()
    var host = parts[2].lowercased()
    for (name, port) in [("http:", ":80"), ("https:", ":443")] where scheme == name && host.hasSuffix(port) {
      host = String(host.dropLast(port.count))
    }
    return "\(scheme)//\(host)/\(parts.count > 3 ? String(parts[3]) : "")"
  }
}
