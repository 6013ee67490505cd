import Connector
import ConnectorGeneric
import ConnectorMail
import ConnectorNetSuite
import ConnectorShopify
import ConnectorTryton
import ConnectorWooCommerce
import Coordinator
import HandoffCore
import HandoffStore
import Logging
import Signing
import StoreSQLite
import Transport

/// A configuration that reads well and still cannot be carried out.
struct AssemblyFault: Error, CustomStringConvertible {
  let path: String
  let problem: String
  var description: String { "\(path): \(problem)" }
}

/// Puts the parts together as the configuration says; the only place that knows every connector.
struct Assembly {
  let settings: Settings
  let transport: any HTTPTransport
  /// What the database knows of the storefronts; without it those outside mode `gate` have no gated orders.
  var history = StorefrontHistory()
  let time = SystemTime()

  /// Makes the coordinator over a store.
  func coordinator(store: any HandoffStore, logger: Logger) throws -> Coordinator {
    var setting = try coordinatorSetting()
    setting.owners = settings.owners
    setting.escalationOwner = settings.escalationOwner
    return Coordinator(setting, store: store, time: time, sha256: { sha256($0) }, logger: logger)
  }

  func coordinatorSetting() throws -> CoordinatorSetting {
    var erps: [ERPName: any ERPConnector] = [:]
    for erp in settings.erps { erps[erp.name] = try connector(erp) }
    var storefronts: [Storefront] = []
    for storefront in settings.storefronts { storefronts.append(try wire(storefront, erps: erps)) }
    var setting = CoordinatorSetting(storefronts: storefronts, erps: erps, defaultOwner: settings.defaultOwner)
    setting.watches = try watches(of: erps)
    setting.alerts = try alertSender()
    return setting
  }

  /// Everything the connectors find wrong with their settings; empty when the coordinator can be made. What tells the
  /// customers is tried in every mode, so that a switch to `gate` brings no surprise.
  func faults() -> [AssemblyFault] {
    settings.erps.flatMap { erp in named("erps.\(erp.name)") { _ = try connector(erp) } } + faultsOfWatches()
      + settings.storefronts.flatMap { storefront in
        named("storefronts.\(storefront.name)") { _ = try source(storefront) } + faultsOfTelling(storefront)
      } + faultsOfAlerts()
  }

  private func faultsOfTelling(_ storefront: StorefrontSettings) -> [AssemblyFault] {
    guard let way = storefront.confirmation else { return [] }
    if case .smtp(let mail) = way.kind { return faults(of: mail, at: way.path, for: storefront) }
    return named(Assembly.place(of: way, storefront)) { _ = try sender(way, for: storefront) }
  }

  /// What making a part throws, each fault with the path of its setting.
  func named(_ path: String, _ make: () throws -> Void) -> [AssemblyFault] {
    do {
      try make()
      return []
    } catch {
      return Assembly.settings(in: error).map { AssemblyFault(path: "\(path).\($0.key)", problem: $0.problem) }
    }
  }

  /// Where the settings stand that telling the customers depends on: those of a release are the storefront's.
  private static func place(of way: ConfirmationSettings, _ storefront: StorefrontSettings) -> String {
    if case .storefront = way.kind { "storefronts.\(storefront.name)" } else { way.path }
  }

  private static func settings(in error: any Error) -> [(key: String, problem: String)] {
    switch error {
    // A list of secrets is one setting: `webhookSecret[1]`.
    case let fault as GenericSetupFault: [(String(fault.key.prefix { $0 != "[" }), fault.problem)]
    case let fault as WooSetupFault: [(fault.key, fault.problem)]
    case let fault as MailConfigurationFault: [(fault.key, fault.reason)]
    case let fault as AssemblyFault: [(fault.path, fault.problem)]
    case let faults as MailTemplateFaults: faults.faults.map { ("templates", $0) }
    case let faults as NetSuiteSetupFault:
      faults.faults.map { fault in
        let parts = fault.split(separator: ":", maxSplits: 1)
        return (String(parts.first ?? ""), String((parts.last ?? "").drop { $0 == " " }))
      }
    default: [("kind", "\(error)")]
    }
  }

  /// Makes a part, or says which setting is in the way.
  func made<Value>(_ path: String, _ make: () throws -> Value) throws -> Value {
    do { return try make() } catch {
      let first = Assembly.settings(in: error).first
      throw AssemblyFault(path: "\(path).\(first?.key ?? "kind")", problem: first?.problem ?? "\(error)")
    }
  }

  private func wire(_ settings: StorefrontSettings, erps: [ERPName: any ERPConnector]) throws -> Storefront {
    var policy = settings.policy
    policy.receiptClass = erps[settings.erp]?.receiptClass ?? .none
    // Outside the gate there is no port through which anybody could be told or held (S10), unless there once was a
    // gate: an order's mode is pinned at its intake, and a gated one is finished whatever the mode is now.
    let acts = policy.mode == .gate || history.gated.contains(settings.name)
    let sender =
      acts
      ? try settings.confirmation.map { way in
        try made(Assembly.place(of: way, settings)) { try self.sender(way, for: settings) }
      } : nil
    var gate: (any FulfillmentGate)?
    if acts, policy.holdsFulfillment, case .shopify(let shopify) = settings.kind {
      gate = ShopifyFulfillmentGate(self.shopify(shopify))
    }
    return Storefront(
      name: settings.name, source: try made("storefronts.\(settings.name)") { try source(settings) }, sender: sender,
      fulfillment: gate, policy: policy, erp: settings.erp, externalIDTemplate: settings.externalID,
      backfillInterval: settings.backfill)
  }

  func source(_ storefront: StorefrontSettings) throws -> any OrderSource {
    switch storefront.kind {
    case .shopify(let settings): return ShopifyStorefront(shopify(settings))
    case .woocommerce(let settings): return try WooStorefront(woo(settings))
    case .generic(let settings):
      var configuration = GenericStorefront.Configuration(
        secrets: settings.secrets, transport: transport, clock: time)
      configuration.listURL = settings.listURL
      configuration.listToken = settings.listToken
      configuration.tolerance = settings.tolerance
      configuration.deadline = settings.timeout
      return try GenericStorefront(configuration)
    }
  }

  private func shopify(_ settings: ShopifySettings) -> ShopifyConfiguration {
    ShopifyConfiguration(
      shop: settings.shop, webhookSecrets: settings.secrets, accessToken: settings.accessToken,
      apiVersion: settings.apiVersion, baseURL: settings.baseURL, pageSize: settings.pageSize,
      deadline: settings.timeout, transport: transport)
  }

  private func woo(_ settings: WooSettings) -> WooConfiguration {
    var configuration = WooConfiguration(siteURL: settings.site, secrets: settings.secrets, transport: transport)
    configuration.consumerKey = settings.consumerKey
    configuration.consumerSecret = settings.consumerSecret
    configuration.webhookSource = settings.webhookSource
    configuration.offlineMethods = Set(settings.offlineMethods)
    configuration.waitingStatus = settings.waitingStatus
    configuration.releaseStatus = settings.releaseStatus
    configuration.customStatuses = settings.customStatuses
    configuration.feeSKU = settings.feeSKU
    if let note = settings.cannotFulfilNote { configuration.cannotFulfilNote = note }
    configuration.overlap = settings.overlap
    configuration.deadline = settings.timeout
    return configuration
  }

  private func sender(
    _ confirmation: ConfirmationSettings, for storefront: StorefrontSettings
  ) throws -> any ConfirmationSender {
    switch confirmation.kind {
    case .smtp(let mail): return try mailSender(mail, for: storefront)
    case .webhook(let settings):
      var configuration = WebhookSender.Configuration(
        url: settings.url, secrets: settings.secrets, transport: transport, clock: time)
      configuration.deadline = settings.timeout
      return try WebhookSender(configuration)
    case .storefront:
      guard case .woocommerce(let settings) = storefront.kind else {
        throw AssemblyFault(path: "kind", problem: "only WooCommerce can release its own confirmation")
      }
      return try WooRelease(woo(settings))
    }
  }

  private func mailSender(_ mail: SMTPSettings, for storefront: StorefrontSettings) throws -> any ConfirmationSender {
    let replyTo = try mail.replyTo.map { try mailbox("replyTo", $0) }
    let identity = MailIdentity(
      shop: mail.shop ?? storefront.name.text, from: try mailbox("from", mail.from), replyTo: replyTo)
    var configuration = MailConfiguration(server: try mailServer(mail), identity: identity)
    if let domain = mail.messageDomain { configuration.messageDomain = domain }
    configuration.connections = mail.connections
    configuration.testRecipient = try mail.testRecipient.map { try mailbox("testRecipient", $0).address }
    return try MailSender(configuration: configuration, templates: try templates(mail), clock: time)
  }

  func mailServer(_ mail: SMTPSettings) throws -> MailServer {
    let credentials = mail.user.map { MailCredentials(user: $0, password: mail.password ?? "") }
    var server = try MailServer(url: mail.url, tls: mail.tls, credentials: credentials)
    server.authorities = mail.authorities
    server.connectTimeout = mail.connectTimeout
    server.totalTimeout = mail.timeout
    return server
  }

  func mailbox(_ key: String, _ text: String) throws -> Mailbox {
    do { return try Mailbox(text) } catch { throw MailConfigurationFault(key, "the address \(error.rawValue)") }
  }

  private func templates(_ mail: SMTPSettings) throws -> MailTemplates {
    try MailTemplates.load(
      folder: mail.templates, storefronts: settings.storefronts.map(\.name), defaultLanguage: mail.defaultLanguage,
      confirmationWords: mail.confirmationWords)
  }

  /// What is wrong with a mail sender's settings, all of it: the sender itself stops at the first.
  private func faults(of mail: SMTPSettings, at path: String, for storefront: StorefrontSettings) -> [AssemblyFault] {
    let parts: [() throws -> Void] = [
      { _ = try mailServer(mail) }, { _ = try mailbox("from", mail.from) },
      { _ = try mail.replyTo.map { try mailbox("replyTo", $0) } },
      { _ = try mail.testRecipient.map { try mailbox("testRecipient", $0) } }, { _ = try templates(mail) },
    ]
    let found = parts.flatMap { named(path, $0) }
    return found.isEmpty ? named(path) { _ = try mailSender(mail, for: storefront) } : found
  }

  func connector(_ erp: ERPSettings) throws -> any ERPConnector {
    switch erp.kind {
    case .generic(let settings):
      var configuration = GenericERP.Configuration(baseURL: settings.url, transport: transport)
      configuration.token = settings.token
      configuration.concurrency = settings.concurrency
      configuration.deadline = settings.timeout
      configuration.inventory = settings.inventory
      configuration.levelsCountOrder = settings.levelsCountOrder
      return try GenericERP(configuration)
    case .tryton(let settings): return tryton(settings)
    case .netsuite(let settings): return try netsuite(settings, of: erp.name)
    }
  }

  private func tryton(_ settings: TrytonSettings) -> any ERPConnector {
    var configuration = TrytonERP.Configuration(
      baseURL: settings.url, key: settings.key, company: settings.company, party: settings.party,
      invoiceAddress: settings.invoiceAddress, shipmentAddress: settings.shipmentAddress,
      warehouse: settings.warehouse, webShop: settings.webShop, deadline: settings.timeout,
      concurrency: settings.concurrency)
    configuration.shippingProduct = settings.shippingProduct
    configuration.discountProduct = settings.discountProduct
    configuration.taxProduct = settings.taxProduct
    return TrytonERP(configuration, transport: transport, clock: time)
  }

  private func netsuite(_ settings: NetSuiteSettings, of name: ERPName) throws -> any ERPConnector {
    var configuration = NetSuiteConfiguration(
      account: settings.account, credentials: settings.credentials, customerID: settings.customer,
      baseCurrency: settings.currency)
    if let baseURL = settings.baseURL { configuration.baseURL = baseURL }
    configuration.currencies = settings.currencies
    configuration.subsidiaryID = settings.subsidiary
    configuration.locationID = settings.location
    configuration.orderStatus = settings.orderStatus
    configuration.extraFields = settings.extraFields
    configuration.availabilityLocations = settings.availabilityLocations
    // A look-up lets through what any of its storefronts allows; the coordinator judges by the order's own.
    configuration.moneyTolerance =
      self.settings.storefronts.filter { $0.erp == name }.map(\.policy.moneyTolerance).max() ?? 0
    configuration.concurrency = settings.concurrency
    configuration.deadline = settings.timeout
    configuration.tokenMargin = settings.tokenMargin
    configuration.signInPause = settings.signInPause
    if !settings.items.isEmpty { configuration.items = .table(settings.items) }
    configuration.shippingItem = settings.shippingItem
    configuration.taxItem = settings.taxItem
    configuration.discountItem = settings.discountItem
    return try NetSuiteERP(configuration, transport: transport, clock: time)
  }
}
