/// What a sandbox offers and where. Every member has a working default.
public struct SandboxConfiguration: Sendable {
  /// Loopback address to bind; the sandbox is never meant to be reachable from outside.
  public var host = "127.0.0.1"
  /// 0 takes any free port; read it from `SandboxServer.ports()`.
  public var httpPort = 0
  /// 0 takes any free port.
  public var smtpPort = 0
  /// A file to which every ledger entry is also appended as a JSON line; nil for none. Sequence, time and ids go on
  /// after what an earlier sandbox left there.
  public var ledgerFile: String?
  /// Entries kept in memory; older ones are forgotten in blocks of 4,096.
  public var ledgerCapacity = 4_000_000
  /// What is sold, in every shop and every ERP of the sandbox.
  public var catalogue: [CatalogueItem] = CatalogueItem.standard
  /// The NetSuite account under `/netsuite`.
  public var netsuite = NetSuiteSettings()
  /// The mail server.
  public var mailbox = MailboxSettings()
  /// The generic back office under `/erp`.
  public var erp = GenericERPSettings()
  /// The receiver of outbound events under `/sink`.
  public var sink = SinkSettings()
  /// The Shopify platform under `/shopify/{shop}`.
  public var shopify = ShopifySettings()
  /// The WooCommerce shop under `/woo`.
  public var woo = WooSettings()

  /// The standard sandbox.
  public init() {}
}

/// One thing on sale, with the stock every simulated ERP starts with.
public struct CatalogueItem: Sendable, Equatable {
  /// The stock keeping unit.
  public var sku: String
  /// The internal id NetSuite gave it.
  public var netsuiteId: String
  /// What the buyer sees.
  public var title: String
  /// Price in hundredths of the shop's currency.
  public var priceCents: Int
  /// Units every ERP starts with.
  public var onHand: Int

  /// An item on sale.
  public init(sku: String, netsuiteId: String, title: String, priceCents: Int, onHand: Int) {
    self.sku = sku
    self.netsuiteId = netsuiteId
    self.title = title
    self.priceCents = priceCents
    self.onHand = onHand
  }

  /// Forty items with ample stock, and two (`SKU-RARE`, `SKU-GONE`) that run short at once.
  public static let standard: [CatalogueItem] =
    (1...40).map { number in
      CatalogueItem(
        sku: "SKU-\(number)", netsuiteId: String(500 + number), title: "Item \(number)",
        priceCents: 450 + number * 275, onHand: 10_000_000)
    } + [
      CatalogueItem(sku: "SKU-RARE", netsuiteId: "598", title: "Rare item", priceCents: 9_900, onHand: 3),
      CatalogueItem(sku: "SKU-GONE", netsuiteId: "599", title: "Sold out item", priceCents: 4_900, onHand: 0),
    ]
}

/// A simulated NetSuite account.
public struct NetSuiteSettings: Sendable {
  /// Account id as shown in the realm, upper case with underscore.
  public var account = "1234567_SB1"
  /// Calls served at once for the whole account; more are refused with 429.
  public var concurrency = 5
  /// Accepts calls without credentials; for load runs only.
  public var acceptAnonymous = false
  /// Integrations that may ask for a token.
  public var clients: [NetSuiteClient] = []
  /// Integrations that may sign each request.
  public var tokens: [NetSuiteToken] = []
  /// New orders start as Pending Approval (A) and commit nothing, whatever the body says.
  public var pendingApproval = false
  /// Consecutive refused logins after which the account answers 401 for 30 minutes; 0 never locks.
  public var lockAfterFailures = 5
  /// Distance of the account's clock from UTC, in which SuiteQL gives dates.
  public var timeZoneMinutes = -480
  /// Customers that exist; empty means any id is accepted.
  public var customers: Set<String> = []
  /// Settings of a sandbox account with room for five calls.
  public init() {}
}

/// An integration that signs JWT client assertions (OAuth 2.0 client credentials).
public struct NetSuiteClient: Sendable, Equatable {
  /// The client id of the integration record; the JWT's `iss`.
  public var clientId: String
  /// The certificate id shown in the M2M set-up; the JWT's `kid`.
  public var certificateId: String
  /// A public key or a certificate in PEM: EC P-256, P-384, P-521, or RSA.
  public var publicKeyPEM: String
  /// A registered certificate.
  public init(clientId: String, certificateId: String, publicKeyPEM: String) {
    self.clientId = clientId
    self.certificateId = certificateId
    self.publicKeyPEM = publicKeyPEM
  }
}

/// A consumer and token pair for OAuth 1.0a (TBA).
public struct NetSuiteToken: Sendable, Equatable {
  /// The consumer key of the integration.
  public var consumerKey: String
  /// The consumer secret; half of the signing key.
  public var consumerSecret: String
  /// The token id.
  public var token: String
  /// The secret of the token; half of the signing key.
  public var tokenSecret: String
  /// A token of an integration.
  public init(consumerKey: String, consumerSecret: String, token: String, tokenSecret: String) {
    self.consumerKey = consumerKey
    self.consumerSecret = consumerSecret
    self.token = token
    self.tokenSecret = tokenSecret
  }
}

/// The simulated mail server.
public struct MailboxSettings: Sendable {
  /// Largest message in bytes, announced by SIZE.
  public var largestMessage = 10 * 1024 * 1024
  /// When set, AUTH is offered and demanded before MAIL.
  public var user: String?
  /// The password of `user`.
  public var password = ""
  /// Messages whose text is kept; the ledger keeps the fact for all.
  public var keep = 100_000
  /// An open mailbox without credentials.
  public init() {}
}

/// The simulated back office behind the generic ERP contract.
public struct GenericERPSettings: Sendable {
  /// Demanded as `Authorization: Bearer` when set.
  public var token: String?
  /// False makes it an ERP that creates a second order for the same external id: receipt class N.
  public var uniqueExternalId = true
  /// 422 when stock does not cover a line; otherwise the order is taken and the line back-ordered.
  public var refuseWhenShort = true
  /// An ERP of receipt class U that refuses what it cannot deliver.
  public init() {}
}

/// The receiver of outbound Standard Webhooks.
public struct SinkSettings: Sendable {
  /// `whsec_` and the base64 of the key.
  public var secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  /// A sink with the key of the specification's example.
  public init() {}
}

/// The simulated Shopify.
public struct ShopifySettings: Sendable {
  /// What `X-Shopify-Access-Token` must carry.
  public var accessToken = "shpat_sandbox"
  /// The app's client secret, which signs webhooks.
  public var webhookSecret = "shpss_sandbox"
  /// A second app of the same shop, to see what happens to holds of others.
  public var otherAccessToken = "shpat_other"
  /// Points in the cost bucket and points restored each second.
  public var bucket = 20_000.0
  /// Points given back each second.
  public var restorePerSecond = 2_000.0
  /// Answers a throttled call with status 429 instead of 200.
  public var throttleWith429 = false
  /// Milliseconds until an order's fulfillment orders exist.
  public var routingDelayMs = 0
  /// Names a version other than the one in the request's path in `X-Shopify-API-Version`.
  public var servedVersion: String?
  /// How its webhooks travel.
  public var delivery = WebhookDelivery()
  /// A Plus-sized bucket.
  public init() {}
}

/// How Shopify's webhooks travel. Times are real times multiplied by `timeScale`.
public struct WebhookDelivery: Sendable {
  /// 1 is real time (8 retries in 4 hours); 0.001 does it in 15 seconds.
  public var timeScale = 1.0
  /// Attempts after the first.
  public var retries = 8
  /// Consecutive failures after which a subscription is deleted.
  public var dropAfterFailures = 8
  /// Abort after this; never scaled, since it is the receiver's real budget.
  public var timeoutSeconds = 5.0
  /// Chance that a delivery is sent twice.
  public var duplicate = 0.0
  /// Chance that a delivery is never sent.
  public var drop = 0.0
  /// Deliveries wait a random time up to this, so they arrive out of order.
  public var shuffleMs = 0
  /// Chance of a late delivery, and how late.
  public var late = 0.0
  /// How late a late delivery is, in milliseconds.
  public var lateMs = 5_000
  /// Retries carry a new webhook id; Shopify's documentation is not clear on it.
  public var newIdOnRetry = false
  /// Start of the seeded draw.
  public var seed: UInt64 = 1
  /// Prompt, in order of events, without losses.
  public init() {}
}

/// The simulated WooCommerce shop.
public struct WooSettings: Sendable {
  /// The REST key, `ck_…`.
  public var consumerKey = "ck_sandbox"
  /// The REST secret, `cs_…`.
  public var consumerSecret = "cs_sandbox"
  /// The key that signs webhooks registered without one of their own.
  public var webhookSecret = "woo_sandbox"
  /// Milliseconds from an event to the delivery of its webhook; deliveries of one order in between become one.
  public var deliveryDelayMs = 100
  /// Failures in a row after which the webhook is disabled.
  public var disableAfterFailures = 5
  /// The shop sends its own mails at status changes (recorded in the ledger, not delivered).
  public var sendsMails = true
  /// A shop with short delivery delay.
  public init() {}
}
