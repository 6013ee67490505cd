import Foundation
import HandoffCore
import Yams

/// A whole configuration, read and checked, before anything is opened.
struct Settings {
  var database = "./countersign.db"
  var http = HTTPSettings()
  var storefronts: [StorefrontSettings] = []
  var erps: [ERPSettings] = []
  var defaultOwner = ""
  var owners: [OwnerRole: String] = [:]
  var logLevel = "info"
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
    case shopify(shop: String, secrets: [String], accessToken: String?, apiVersion: String?, baseURL: String?)
    case woocommerce(site: String, secrets: [String], key: String?, secret: String?)
    case generic(secrets: [String], listURL: String?)
  }

  let name: StorefrontName
  let kind: Kind
  let erp: ERPName
  var policy: HandoffPolicy
  var externalID: String
  var backfill: Duration?
  var confirmation: ConfirmationSettings?
}

/// Who tells the customers.
enum ConfirmationSettings {
  case smtp(SMTPSettings)
  case webhook(url: String, secrets: [String])
  /// The storefront's own release: WooCommerce `on-hold → processing`.
  case storefront
}

struct SMTPSettings {
  var url: String
  var from: String
  var replyTo: String?
  var shop: String?
  var user: String?
  var password: String?
  var templates: String?
  var allowPlain: Bool
}

/// One ERP.
struct ERPSettings {
  enum Kind {
    case netsuite(NetSuiteSettings)
    case tryton(TrytonSettings)
    case generic(url: String, token: String?, concurrency: Int)
  }

  let name: ERPName
  let kind: Kind
}

struct NetSuiteSettings {
  enum Auth {
    case oauth2(clientID: String, certificateID: String, privateKey: String, algorithm: String)
    case tokenBased(consumerKey: String, consumerSecret: String, token: String, tokenSecret: String)
  }

  var account: String
  var auth: Auth
  var baseURL: String?
  var customer: String
  var currency: String?
  var currencies: [String: String]
  var subsidiary: String?
  var location: String?
  var concurrency: Int
  var items: [String: String]
  var shippingItem: String?
  var taxItem: String?
  var discountItem: String?
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
}
