import Connector
import ConnectorGeneric
import ConnectorNetSuite
import ConnectorWooCommerce
import Foundation
import HandoffCore

/// A whole configuration, read and checked, before anything is opened.
struct Settings {
  var database = "./countersign.db"
  var http = HTTPSettings()
  var storefronts: [StorefrontSettings] = []
  var erps: [ERPSettings] = []
  var defaultOwner = ""
  var owners: [OwnerRole: String] = [:]
  /// Who gets what its owner has not acted on by the deadline.
  var escalationOwner: String?
  var alerts: AlertSettings?
  var logLevel = "info"
  /// What is allowed and still deserves a second look.
  var warnings: [ConfigFault] = []
}

struct HTTPSettings {
  var host = "127.0.0.1"
  var port = 8080
  var token: String?
  /// Host names besides loopback that pages and API answer to.
  var allowedHosts: [String] = []
  /// Whether browsers come over TLS, that is through a proxy.
  var isBehindTLS = false

  /// Whether only programs on this machine can reach it.
  var isLoopback: Bool { host == "127.0.0.1" || host == "::1" || host == "localhost" }

  /// Letters, digits, dots and dashes: what a `Host` field can carry before its port.
  static func isHostName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 253
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
  }
}

/// One storefront: how it is read, where its orders go, and how its customers are told.
struct StorefrontSettings {
  enum Kind {
    case shopify(ShopifySettings)
    case woocommerce(WooSettings)
    case generic(GenericStorefrontSettings)
  }

  let name: StorefrontName
  let kind: Kind
  let erp: ERPName
  var policy: HandoffPolicy
  var externalID: String
  var backfill: Duration?
  var confirmation: ConfirmationSettings?

  /// Whether it hands its orders over itself and hears of them in the answer.
  var isGeneric: Bool { if case .generic = kind { true } else { false } }
}

struct ShopifySettings {
  var shop: String
  var secrets: [String]
  var accessToken: String?
  var apiVersion = "2026-07"
  var baseURL: String?
  var pageSize = 100
  var timeout: Duration = .seconds(30)
}

struct WooSettings {
  var site: String
  var secrets: [String]
  var consumerKey: String?
  var consumerSecret: String?
  var webhookSource: String?
  var offlineMethods: [String] = []
  var waitingStatus = "on-hold"
  var releaseStatus = "processing"
  var customStatuses: [String: WooStatusMeaning] = [:]
  var feeSKU: String?
  var cannotFulfilNote: String?
  var overlap: Duration = .seconds(120)
  var timeout: Duration = .seconds(30)
}

struct GenericStorefrontSettings {
  var secrets: [String]
  var listURL: String?
  var listToken: String?
  var tolerance: Duration = .seconds(300)
  var timeout: Duration = .seconds(30)
}

/// Who tells the customers, and where the configuration says so.
struct ConfirmationSettings {
  enum Kind {
    case smtp(SMTPSettings)
    case webhook(WebhookSettings)
    /// The storefront's own release: WooCommerce `on-hold → processing`.
    case storefront
  }

  let path: String
  let kind: Kind
}

struct WebhookSettings {
  var url: String
  var secrets: [String]
  var timeout: Duration = .seconds(20)
}

struct SMTPSettings {
  var url: String
  var tls: String?
  var authorities: String?
  var from: String
  var replyTo: String?
  var shop: String?
  var user: String?
  var password: String?
  var messageDomain: String?
  var connections = 2
  var connectTimeout: Duration = .seconds(10)
  var timeout: Duration = .seconds(30)
  var testRecipient: String?
  var templates: String?
  var defaultLanguage = "en"
  var confirmationWords: [String: [String]] = [:]
}

/// One ERP.
struct ERPSettings {
  enum Kind {
    case netsuite(NetSuiteSettings)
    case tryton(TrytonSettings)
    case generic(GenericERPSettings)
  }

  let name: ERPName
  let kind: Kind
  /// How observed orders are looked for; nil where they are not.
  let watch: WatchSettings?

  /// The longest one request to it may take.
  var timeout: Duration {
    switch kind {
    case .netsuite(let settings): settings.timeout
    case .tryton(let settings): settings.timeout
    case .generic(let settings): settings.timeout
    }
  }
}

struct GenericERPSettings {
  var url: String
  var token: String?
  var concurrency = 32
  var timeout: Duration = .seconds(30)
  var inventory = GenericERP.InventorySource.automatic
  var levelsCountOrder = false
}

struct NetSuiteSettings {
  var account: String
  var credentials: NetSuiteCredentials
  var baseURL: String?
  var customer: String
  var currency: CurrencyCode?
  var currencies: [CurrencyCode: String]
  var subsidiary: String?
  var location: String?
  var orderStatus: String?
  var extraFields: [String: JSONValue]
  var availabilityLocations: [String]
  var concurrency: Int
  var timeout: Duration
  var tokenMargin: Duration
  var signInPause: Duration
  var items: [String: String]
  var shippingItem: RecordReference?
  var taxItem: RecordReference?
  var discountItem: RecordReference?
}

struct TrytonSettings {
  var url: String
  var key: String
  var company: Int
  var party: Int
  var invoiceAddress: Int
  var shipmentAddress: Int
  var warehouse: Int
  var webShop: Int
  var shippingProduct: String?
  var discountProduct: String?
  var taxProduct: String?
  var concurrency: Int
  var timeout: Duration
}
