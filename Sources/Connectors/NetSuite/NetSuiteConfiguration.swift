public import Connector
public import HandoffCore

/// How a record is named in a request body: by NetSuite's internal id or by its external id.
public enum RecordReference: Hashable, Sendable {
  /// The internal id, decimal digits.
  case id(String)
  /// The external id.
  case externalID(String)

  /// The reference as the REST record service takes it.
  var json: JSONValue {
    switch self {
    case .id(let id): ["id": .string(id)]
    case .externalID(let id): ["externalId": .string(id)]
    }
  }
}

/// How a storefront's stock keeping unit names a NetSuite item.
public enum ItemMapping: Hashable, Sendable {
  /// The item's external id is the stock keeping unit.
  case externalID
  /// A table from stock keeping unit to internal id; an order with any other unit is refused before it is sent.
  case table([String: String])

  func reference(sku: String) -> RecordReference? {
    switch self {
    case .externalID: .externalID(sku)
    case .table(let ids): ids[sku].map(RecordReference.id)
    }
  }
}

/// How the connector proves who it is.
public enum NetSuiteCredentials: Hashable, Sendable {
  /// OAuth 2.0 client credentials with a signed assertion; the way for every new integration.
  case clientCredentials(ClientCredentials)
  /// Token-based authentication (OAuth 1.0a); no new ones from release 2027.1.
  case tokenBased(TokenBasedCredentials)
}

/// What the machine-to-machine set-up page of NetSuite shows, plus the private key.
public struct ClientCredentials: Hashable, Sendable {
  /// The client id of the integration record.
  public var clientID: String
  /// The certificate id of the set-up page; the `kid` of the assertion.
  public var certificateID: String
  /// The private key in PEM form.
  public var privateKeyPEM: String
  /// The signature algorithm; must fit the key.
  public var algorithm: AssertionAlgorithm
  /// The scopes asked for.
  public var scopes: [String]

  /// Gathers the credentials.
  public init(
    clientID: String, certificateID: String, privateKeyPEM: String, algorithm: AssertionAlgorithm = .es256,
    scopes: [String] = ["rest_webservices"]
  ) {
    self.clientID = clientID
    self.certificateID = certificateID
    self.privateKeyPEM = privateKeyPEM
    self.algorithm = algorithm
    self.scopes = scopes
  }
}

/// The signature algorithms NetSuite takes in a client assertion; RS256 is not one of them.
public enum AssertionAlgorithm: String, Hashable, Sendable, CaseIterable {
  /// ECDSA on P-256.
  case es256 = "ES256"
  /// ECDSA on P-384.
  case es384 = "ES384"
  /// ECDSA on P-521.
  case es512 = "ES512"
  /// RSASSA-PSS with SHA-256.
  case ps256 = "PS256"
  /// RSASSA-PSS with SHA-384.
  case ps384 = "PS384"
  /// RSASSA-PSS with SHA-512.
  case ps512 = "PS512"
}

/// The two key pairs of token-based authentication.
public struct TokenBasedCredentials: Hashable, Sendable {
  /// The consumer key of the integration record.
  public var consumerKey: String
  /// Its secret.
  public var consumerSecret: String
  /// The access token's id.
  public var tokenID: String
  /// Its secret.
  public var tokenSecret: String

  /// Gathers the keys.
  public init(consumerKey: String, consumerSecret: String, tokenID: String, tokenSecret: String) {
    self.consumerKey = consumerKey
    self.consumerSecret = consumerSecret
    self.tokenID = tokenID
    self.tokenSecret = tokenSecret
  }
}

/// Everything a NetSuite account needs to be told once.
public struct NetSuiteConfiguration: Sendable {
  /// The account id as NetSuite writes it, for example `1234567_SB1`.
  public var account: String
  /// `https://<account>.suitetalk.api.netsuite.com`, without a slash at the end; Oracle wants it configured rather than
  /// built, so the derived default is a convenience.
  public var baseURL: String
  /// Who we are.
  public var credentials: NetSuiteCredentials
  /// The internal id of the customer that every order is booked on.
  public var customerID: String
  /// The account's only currency, or the customer's; such an order is sent without a currency field.
  public var baseCurrency: CurrencyCode?
  /// Internal ids of further currencies; such an order names its currency, and the answer is compared.
  public var currencies: [CurrencyCode: String] = [:]
  /// How stock keeping units become items.
  public var items: ItemMapping = .externalID
  /// The item that carries shipping; an order with shipping is refused without it.
  public var shippingItem: RecordReference?
  /// The item that carries tax; without it NetSuite computes the tax itself (SuiteTax).
  public var taxItem: RecordReference?
  /// The item that carries discounts; without it lines are sent at their discounted amount.
  public var discountItem: RecordReference?
  /// The subsidiary's internal id (OneWorld accounts).
  public var subsidiaryID: String?
  /// The location's internal id, for the order's header.
  public var locationID: String?
  /// The `orderStatus` to create with, `A` or `B`; nil leaves it to the account's preference.
  public var orderStatus: String?
  /// Fixed extra body fields, for example a `custbody_` field.
  public var extraFields: [String: JSONValue] = [:]
  /// Locations whose stock counts as available; empty for all.
  public var availabilityLocations: [String] = []
  /// By how many minor units a total may differ in a look-up; keep it equal to the policy's tolerance.
  public var moneyTolerance: Int64 = 0
  /// Requests at once; the account has 5 to 20 for all its integrations together.
  public var concurrency = 3
  /// The longest a request may take; scripts of the account run inside it.
  public var deadline: Duration = .seconds(60)
  /// How long before its end an access token is replaced.
  public var tokenMargin: Duration = .seconds(60)
  /// How long nothing is sent after repeated refused sign-ins; NetSuite locks a user for 30 minutes.
  public var signInPause: Duration = .seconds(1800)

  /// Names the parts without which nothing can be sent.
  public init(account: String, credentials: NetSuiteCredentials, customerID: String, baseCurrency: CurrencyCode?) {
    self.account = account
    self.credentials = credentials
    self.customerID = customerID
    self.baseCurrency = baseCurrency
    baseURL = NetSuiteConfiguration.derivedBaseURL(account: account)
  }

  /// The host form of an account id: lower case, hyphen for underscore.
  public static func derivedBaseURL(account: String) -> String {
    let host = account.lowercased().map { $0 == "_" ? "-" : String($0) }.joined()
    return "https://\(host).suitetalk.api.netsuite.com"
  }

  /// The realm form of an account id: upper case, underscore for hyphen.
  var realm: String { account.uppercased().map { $0 == "-" ? "_" : String($0) }.joined() }

  /// The faults of a configuration, each with what would be right; empty when it can be used.
  var faults: [String] {
    var found: [String] = []
    let isAccount = !account.isEmpty && account.utf8.allSatisfy { isWordByte($0) || $0 == UInt8(ascii: "-") }
    if !isAccount { found.append("account: an id such as 1234567 or 1234567_SB1 is needed") }
    if !baseURL.hasPrefix("https://") && !baseURL.hasPrefix("http://") {
      found.append("baseURL: an absolute URL such as https://1234567.suitetalk.api.netsuite.com is needed")
    }
    if baseURL.hasSuffix("/") { found.append("baseURL: leave out the slash at the end") }
    if !isInternalID(customerID) { found.append("customer: the customer's internal id, a number, is needed") }
    if baseCurrency == nil, currencies.isEmpty {
      found.append("currency: name the account's currency, or the internal ids of several")
    }
    for (name, id) in [("subsidiary", subsidiaryID), ("location", locationID)] {
      if let id, !isInternalID(id) { found.append("\(name): an internal id, a number, is needed") }
    }
    if case .table(let ids) = items {
      for (sku, id) in ids.sorted(by: { $0.key < $1.key }) where !isInternalID(id) {
        found.append("items: \(sku) needs an internal id, a number")
      }
    }
    for (code, id) in currencies where !isInternalID(id) {
      found.append("currencies: \(code.text) needs an internal id, a number")
    }
    if availabilityLocations.contains(where: { !isInternalID($0) }) {
      found.append("availabilityLocations: internal ids, numbers, are needed")
    }
    if let orderStatus, orderStatus != "A", orderStatus != "B" {
      found.append("orderStatus: A (pending approval) or B (pending fulfilment)")
    }
    if !(1...100).contains(concurrency) { found.append("concurrency: 1 to 100") }
    return found
  }
}

/// Why a connector cannot be made from a configuration.
public struct NetSuiteSetupFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// Every fault, each naming the setting.
  public let faults: [String]
  /// All faults, one after the other.
  public var description: String { faults.joined(separator: "; ") }
}

/// Whether text can be one of NetSuite's internal ids: 1 to 19 decimal digits.
func isInternalID(_ text: String) -> Bool {
  let bytes = text.utf8
  return !bytes.isEmpty && bytes.count <= 19 && bytes.allSatisfy { $0 >= 48 && $0 <= 57 }
}

/// Letters, digits and the underscore.
func isWordByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
    true
  default: false
  }
}
