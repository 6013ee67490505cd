import Connector
import Signing

/// What the shop's REST API answered, sorted by what can be done about it.
enum WooAnswer {
  /// A document, and the header fields that page a listing.
  case document(JSONValue, [HTTPField])
  /// The thing asked for does not exist.
  case missing(String)
  /// The shop will not, in its own words.
  case refused(String)
  /// Our set-up is wrong.
  case misconfigured(String)
  /// Busy, unreachable or not to be understood.
  case trouble(String)
}

/// The shop's REST API, version 3.
struct WooConnection: Sendable {
  let base: String
  private let headers: [HTTPField]
  private let configuration: WooConfiguration

  /// Whether REST credentials are configured.
  let hasCredentials: Bool

  init(_ configuration: WooConfiguration) throws(WooSetupFault) {
    guard let site = WooConnection.site(configuration.siteURL) else {
      throw WooSetupFault("site", "an https:// address is needed; http:// only on this machine itself")
    }
    guard (configuration.consumerKey == nil) == (configuration.consumerSecret == nil) else {
      throw WooSetupFault("consumerKey", "consumerKey and consumerSecret belong together")
    }
    self.configuration = configuration
    base = site + "/wp-json/wc/v3/"
    var headers = [HTTPField("Accept", "application/json")]
    if let key = configuration.consumerKey, let secret = configuration.consumerSecret {
      guard !key.isEmpty, !secret.isEmpty, !key.contains(":") else {
        throw WooSetupFault("consumerKey", "a key ck_… and a secret cs_… are needed")
      }
      headers.append(HTTPField("Authorization", "Basic " + Base64.encode(Array("\(key):\(secret)".utf8))))
    }
    self.headers = headers
    hasCredentials = configuration.consumerKey != nil
  }

  /// The address without trailing slashes; over plain HTTP the credentials would be readable on the way.
  private static func site(_ text: String) -> String? {
    let lowered = text.lowercased()
    let isLocal = ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { start in
      guard lowered.hasPrefix(start) else { return false }
      let rest = lowered.dropFirst(start.count)
      return rest.isEmpty || rest.hasPrefix(":") || rest.hasPrefix("/")
    }
    guard lowered.hasPrefix("https://") || isLocal else { return nil }
    var site = Substring(text)
    while site.hasSuffix("/") { site = site.dropLast() }
    guard site.utf8.count > "https://".count, site.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !site.contains("?")
    else { return nil }
    return String(site)
  }

  func call(_ method: String, _ path: String, body: [UInt8] = []) async -> WooAnswer {
    guard hasCredentials else {
      return .misconfigured("No consumerKey is configured, so the shop's REST API cannot be used.")
    }
    let fields = body.isEmpty ? headers : headers + [HTTPField("Content-Type", "application/json")]
    let answer: HTTPAnswer
    do throws(ExchangeFailure) {
      answer = try await configuration.transport.send(
        HTTPCall(method, base + path, headers: fields, body: body, deadline: configuration.deadline))
    } catch {
      return .trouble(error.reason)
    }
    let words = WooConnection.words(answer)
    switch answer.status {
    case 200, 201:
      guard let json = answer.json, json.isObject || json.array != nil else {
        return .trouble("The answer is no JSON document: \(words)")
      }
      // WordPress reports some errors under 200 when a plugin has spoilt the status.
      if json["code"]?.string != nil, json["message"] != nil, json["id"] == nil { return .trouble(words) }
      return .document(json, answer.headers)
    case 300..<400: return .misconfigured("The shop redirects; configure the final address as site. \(words)")
    case 401, 403: return .misconfigured(words)
    case 404, 410:
      let code = answer.json?["code"]?.string ?? ""
      return code.contains("invalid_id") ? .missing(words) : .misconfigured("No such address; \(words)")
    case 400, 405, 409, 413, 422: return .refused(words)
    default: return .trouble(words)
    }
  }

  /// The status and the shop's own message, cut at 500 characters.
  static func words(_ answer: HTTPAnswer) -> String {
    let json = answer.json
    var said = json?["message"]?.string ?? answer.text
    if let code = json?["code"]?.string { said = "\(code): \(said)" }
    return "HTTP \(answer.status)" + (said.isEmpty ? "" : ": " + (said.count > 500 ? said.prefix(500) + "…" : said))
  }
}
