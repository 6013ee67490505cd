public import Connector

/// What one WooCommerce shop is set up with, for every role this connector plays.
public struct WooConfiguration: Sendable {
  /// The shop's address, as in WordPress under Settings, General; `/wp-json/wc/v3` is appended.
  public var siteURL: String
  /// What `X-WC-Webhook-Source` must name when it differs from ``siteURL`` (WordPress in a folder of its own).
  public var webhookSource: String?
  /// Webhook secrets as shown in the webhook's form; several while one is being rotated (F15).
  public var secrets: [String]
  /// REST key, `ck_…`; with the secret, of a user who may read and write orders.
  public var consumerKey: String?
  /// REST secret, `cs_…`.
  public var consumerSecret: String?
  /// Payment methods that take no money at checkout; for these `date_paid` says nothing.
  public var offlineMethods: Set<String> = ["cod", "bacs", "cheque"]
  /// The status in which a new order waits for the ERP.
  public var waitingStatus = "on-hold"
  /// The status that releases it, and on whose arrival WooCommerce mails the customer.
  public var releaseStatus = "processing"
  /// What the shop's own statuses mean; an order in a status that is neither known nor named here is unreadable.
  public var customStatuses: [String: WooStatusMeaning] = [:]
  /// The stock keeping unit under which the ERP books fees; nil leaves fee lines without one.
  public var feeSKU: String?
  /// The customer note that says an order cannot be fulfilled; `{number}` is replaced.
  public var cannotFulfilNote = "We are sorry: we cannot fulfil your order {number}."
  /// How far a listing reaches back behind its cursor; clocks have whole seconds, and rows appear late.
  public var overlap: Duration = .seconds(120)
  /// The longest one request may take.
  public var deadline: Duration = .seconds(30)
  /// Carries the requests.
  public var transport: any HTTPTransport

  /// The least a shop needs; set the rest afterwards.
  public init(siteURL: String, secrets: [String], transport: any HTTPTransport) {
    self.siteURL = siteURL
    self.secrets = secrets
    self.transport = transport
  }

  /// What a status means to the gate; nil for one that nobody has explained.
  func meaning(of status: String) -> WooStatusMeaning? {
    if let named = customStatuses[status] { return named }
    if status == waitingStatus { return .waiting }
    if status == releaseStatus { return .released }
    return WooConfiguration.ownMeaning(of: status)
  }

  /// What a status means in every shop; nil for one that WooCommerce itself does not have.
  static func ownMeaning(of status: String) -> WooStatusMeaning? {
    switch status {
    case "on-hold": return .waiting
    case "processing", "completed": return .released
    case "pending": return .unpaid
    case "failed": return .failed
    case "cancelled", "trash": return .cancelled
    case "refunded": return .refunded
    case "checkout-draft", "auto-draft", "draft", "new": return .draft
    default: return nil
    }
  }
}

/// What an order status means to the gate.
public enum WooStatusMeaning: String, Hashable, Sendable, CaseIterable {
  /// An order that waits, as `on-hold`.
  case waiting
  /// Released, as `processing` and `completed`.
  case released
  /// Checkout is not finished, as `pending`: not an order yet, unless it was one before.
  case unpaid
  /// The payment failed, as `failed`.
  case failed
  /// Cancelled or in the bin.
  case cancelled
  /// The whole amount went back.
  case refunded
  /// A basket, never an order, as `checkout-draft`.
  case draft
}

/// Why the connector cannot be built from its configuration.
public struct WooSetupFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The configuration key.
  public let key: String
  /// What is wrong with its value and what would be right; never the value of a secret.
  public let problem: String

  init(_ key: String, _ problem: String) {
    self.key = key
    self.problem = problem
  }

  /// For the report that lists every fault of a configuration.
  public var description: String { "\(key): \(problem)" }
}
