public import Connector

/// Everything the Shopify connector needs to know about one shop.
public struct ShopifyConfiguration: Sendable {
  /// The shop's permanent domain, `example.myshopify.com`, in lower case; a bare name is completed.
  public let shop: String
  /// Client secrets of the app, the current one and, while rotating, the one before.
  ///
  /// Shopify signs with the oldest secret that is not revoked, for up to an hour after a new one was made, so both are
  /// accepted. Without any, every delivery is refused. Source: shopify.dev, "Deliver webhooks through HTTPS".
  public let webhookSecrets: [String]
  /// The Admin API access token; nil when only webhooks are read, which makes a backfill and the gate impossible.
  public let accessToken: String?
  /// The Admin API version, `YYYY-MM`; 2026-04 is the earliest these documents are valid in.
  public let apiVersion: String
  /// Scheme and host of the Admin API, without a slash at the end.
  public let baseURL: String
  /// Orders per page of a listing, 1 to 250.
  public let pageSize: Int
  /// The longest one exchange may take.
  public let deadline: Duration
  /// The way out.
  public let transport: any HTTPTransport

  /// Makes a configuration.
  /// - Parameter baseURL: only for a stand-in shop; by default `https://` and the shop's domain.
  public init(
    shop: String, webhookSecrets: [String], accessToken: String? = nil, apiVersion: String = "2026-07",
    baseURL: String? = nil, pageSize: Int = 100, deadline: Duration = .seconds(30), transport: any HTTPTransport
  ) {
    self.shop = ShopDomain.normalised(shop)
    self.webhookSecrets = webhookSecrets.filter { !$0.isEmpty }
    self.accessToken = accessToken.flatMap { $0.isEmpty ? nil : $0 }
    self.apiVersion = apiVersion
    let base = baseURL ?? "https://" + self.shop
    self.baseURL = base.hasSuffix("/") ? String(base.dropLast()) : base
    self.pageSize = min(250, max(1, pageSize))
    self.deadline = deadline
    self.transport = transport
  }

  /// Where GraphQL requests go.
  var endpoint: String { baseURL + "/admin/api/" + apiVersion + "/graphql.json" }
}

/// How two spellings of one shop are compared.
enum ShopDomain {
  /// Lower case, without scheme, blanks and path; a bare name gets `.myshopify.com`.
  static func normalised(_ text: String) -> String {
    var domain = Substring(text.lowercased())
    for scheme in ["https://", "http://"] where domain.hasPrefix(scheme) { domain = domain.dropFirst(scheme.count) }
    domain = domain.prefix { $0 != "/" }
    let bare = Words.trimmed(String(domain))
    return bare.isEmpty || bare.contains(".") ? bare : bare + ".myshopify.com"
  }
}

/// Small text rules used everywhere in this connector.
enum Words {
  /// Cuts foreign words to a length that fits a journal entry.
  static func clipped(_ text: String, to limit: Int = 500) -> String {
    text.count <= limit ? text : String(text.prefix(limit)) + "…"
  }

  /// Without blanks, tabs and line ends at both ends.
  static func trimmed(_ text: String) -> String {
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
      let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[first...last])
  }

  /// At most so many bytes of UTF-8, cut between characters.
  static func fitting(_ text: String, bytes limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var kept = ""
    var room = limit - 3
    for character in text {
      room -= character.utf8.count
      if room < 0 { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
