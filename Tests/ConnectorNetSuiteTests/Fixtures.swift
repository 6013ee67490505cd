import Connector
import ConnectorTesting
import Crypto
import HandoffCore
import Synchronization

@testable import ConnectorNetSuite

/// What the tests of this target share: an account, an order, and answers as NetSuite writes them.
enum Fixture {
  static let start = Timestamp(seconds: 1_763_900_000)
  static let base = "https://1234567-sb1.suitetalk.api.netsuite.com"
  static let tokenPath = "/services/rest/auth/oauth2/v1/token"
  static let keyPEM = P256.Signing.PrivateKey().pemRepresentation
  static let dollars: CurrencyCode = {
    guard let code = CurrencyCode("USD") else { preconditionFailure("USD is a currency code.") }
    return code
  }()

  static func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: dollars) }

  static func configuration(tokenBased: Bool = false) -> NetSuiteConfiguration {
    let keys = TokenBasedCredentials(consumerKey: "ck", consumerSecret: "cs", tokenID: "tk", tokenSecret: "ts")
    let client = ClientCredentials(clientID: "client", certificateID: "cert", privateKeyPEM: keyPEM)
    return NetSuiteConfiguration(
      account: "1234567_SB1", credentials: tokenBased ? .tokenBased(keys) : .clientCredentials(client),
      customerID: "3327", baseCurrency: dollars)
  }

  static func erp(
    _ transport: any HTTPTransport, clock: any WallClock = StillClock(start),
    _ configuration: NetSuiteConfiguration? = nil
  ) throws -> NetSuiteERP {
    try NetSuiteERP(configuration ?? Fixture.configuration(), transport: transport, clock: clock)
  }

  static func line(_ sku: String?, _ quantity: Int, _ price: Int64, discount: Int64? = nil) -> OrderLine {
    OrderLine(
      id: "L-\(sku ?? "?")", sku: sku, title: "Title of \(sku ?? "?")", quantity: quantity, unitPrice: money(price),
      discount: discount.map(money))
  }

  /// Two of SKU-1 at 9.99 and one of SKU-2 at 5.00: 24.98.
  static var order: Order {
    var order = Order(
      id: "1001", number: "#1001", currency: dollars, total: money(2498),
      lines: [line("SKU-1", 2, 999), line("SKU-2", 1, 500)])
    order.placedAt = start
    var address = Address()
    address.name = "Jane Sample"
    address.company = "Example Supply"
    address.street1 = "1 Example Street"
    address.city = "Springfield"
    address.region = "OR"
    address.postalCode = "97201"
    address.country = "US"
    address.phone = "+1 555 0100"
    order.shippingAddress = address
    return order
  }

  static func submission(_ order: Order = Fixture.order, recordID: String? = nil, resuming: Bool = false) -> Submission
  {
    Submission(
      handoffID: HandoffID("h1"), key: OrderKey(storefront: StorefrontName("main"), orderID: order.id),
      externalID: ExternalID("CS-main-1001"), order: order, version: 1, digest: ContentDigest(hex: "ab"),
      recordID: recordID, resuming: resuming)
  }

  static var receipt: Receipt { submission().receipt(recordID: "144060", recordNumber: "SO1", total: money(2498)) }

  /// One line of a record: item id, name, quantity and what is committed.
  static func recordLine(
    _ number: Int, _ name: String, _ quantity: String, committed: String? = nil, backOrdered: String? = nil,
    type: String = "InvtPart", isClosed: Bool = false, fulfilled: String = "0.0"
  ) -> String {
    let stock =
      (committed.map { ",\"quantityCommitted\":\($0)" } ?? "")
      + (backOrdered.map { ",\"quantityBackOrdered\":\($0)" } ?? "")
    return
      "{\"line\":\(number),\"item\":{\"id\":\"50\(number)\",\"refName\":\"\(name)\"},\"itemType\":{\"id\":\"\(type)\"},"
      + "\"quantity\":\(quantity),\"quantityFulfilled\":\(fulfilled),\"isClosed\":\(isClosed)\(stock)}"
  }

  static var goodLines: [String] {
    [recordLine(1, "SKU-1", "2.0", committed: "2.0"), recordLine(2, "Parts : SKU-2", "1.0", committed: "1.0")]
  }

  static func record(
    status: String = "B", lines: [String]? = nil, total: String = "24.98", externalID: String = "CS-main-1001",
    id: String = "144060", extra: String = ""
  ) -> String {
    let shown = (lines ?? goodLines).joined(separator: ",")
    return "{\"id\":\"\(id)\",\"externalId\":\"\(externalID)\",\"tranId\":\"SO369206\",\"total\":\(total)\(extra),"
      + "\"status\":{\"id\":\"\(status)\",\"refName\":\"Word for \(status)\"},\"item\":{\"items\":[\(shown)]}}"
  }

  static func error(_ status: Int, _ code: String, _ detail: String, path: String? = nil) -> ScriptedTransport.Reply {
    let locator = path.map { ",\"o:errorPath\":\"\($0)\"" } ?? ""
    return .json(
      status,
      "{\"title\":\"x\",\"status\":\(status),\"o:errorDetails\":[{\"detail\":\"\(detail)\",\"o:errorCode\":\"\(code)\""
        + locator + "}]}")
  }

  static var duplicate: ScriptedTransport.Reply {
    error(400, "USER_ERROR", "Error while accessing a resource. This record already exists.")
  }
  static var invalidLogin: ScriptedTransport.Reply { error(401, "INVALID_LOGIN", "Invalid login attempt.") }
  static var absent: ScriptedTransport.Reply {
    error(404, "NONEXISTENT_ID", "The record instance does not exist.")
  }
  static var locked: ScriptedTransport.Reply {
    error(
      400, "USER_ERROR", "Error while accessing a resource. This record has been locked by a user defined workflow.")
  }
  static func token(_ text: String = "tok", expires: String = "3600") -> ScriptedTransport.Reply {
    .json(200, "{\"access_token\":\"\(text)\",\"expires_in\":\(expires),\"token_type\":\"bearer\"}")
  }
  static func created(
    _ location: String = base + "/services/rest/record/v1/salesOrder/144060"
  )
    -> ScriptedTransport.Reply
  {
    .success(HTTPAnswer(status: 204, headers: [HTTPField("Location", location)]))
  }
  static var noContent: ScriptedTransport.Reply { .success(HTTPAnswer(status: 204)) }
  static func page(_ status: Int) -> ScriptedTransport.Reply {
    .success(
      HTTPAnswer(
        status: status, headers: [HTTPField("Content-Type", "text/html")], body: Array("<html>Sorry 144060</html>".utf8)
      ))
  }
  static func rows(_ rows: String...) -> ScriptedTransport.Reply {
    .json(200, "{\"count\":\(rows.count),\"hasMore\":false,\"items\":[\(rows.joined(separator: ","))],\"offset\":0}")
  }

  /// Answers token requests by itself and everything else from a script.
  static func script(_ replies: [ScriptedTransport.Reply]) -> ScriptedTransport {
    let rest = Replies(replies)
    return ScriptedTransport { call in call.url.hasSuffix(tokenPath) ? token() : rest.next() }
  }
}

/// Replies handed out one by one.
final class Replies: Sendable {
  private let left: Mutex<[ScriptedTransport.Reply]>
  init(_ replies: [ScriptedTransport.Reply]) { left = Mutex(replies) }
  func next() -> ScriptedTransport.Reply {
    left.withLock { $0.isEmpty ? .failure(.noAnswer("The script has no further reply.")) : $0.removeFirst() }
  }
}

extension ScriptedTransport {
  /// What was asked but for tokens, as `METHOD path?query` below `/services/rest/`.
  var asked: [String] {
    orderCalls.map { call in
      call.method + " " + (call.url.split(separator: "/services/rest/", maxSplits: 1).last.map(String.init) ?? call.url)
    }
  }

  /// The requests that are no token requests.
  var orderCalls: [HTTPCall] { calls.filter { !$0.url.hasSuffix(Fixture.tokenPath) } }

  /// The token requests.
  var tokenCalls: [HTTPCall] { calls.filter { $0.url.hasSuffix(Fixture.tokenPath) } }
}
