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
  let time = SystemTime()

  /// Makes the coordinator over a store.
  func coordinator(store: any HandoffStore, logger: Logger) throws -> Coordinator {
    var setting = try coordinatorSetting()
    setting.owners = settings.owners
    return Coordinator(setting, store: store, time: time, sha256: { sha256($0) }, logger: logger)
  }

  func coordinatorSetting() throws -> CoordinatorSetting {
    var erps: [ERPName: any ERPConnector] = [:]
    for erp in settings.erps { erps[erp.name] = try connector(erp) }
    var storefronts: [Storefront] = []
    for storefront in settings.storefronts { storefronts.append(try wire(storefront, erps: erps)) }
    return CoordinatorSetting(storefronts: storefronts, erps: erps, defaultOwner: settings.defaultOwner)
  }

  private func fault<Value>(_ path: String, _ make: () throws -> Value) throws -> Value {
    do { return try make() } catch { throw AssemblyFault(path: path, problem: "\(error)") }
  }

  private func wire(_ settings: StorefrontSettings, erps: [ERPName: any ERPConnector]) throws -> Storefront {
    let path = "storefronts.\(settings.name)"
    var policy = settings.policy
    policy.receiptClass = erps[settings.erp]?.receiptClass ?? .none
    // Outside the gate there is no port through which anybody could be told or held (S10).
    let acts = policy.mode == .gate
    let sender = acts ? try settings.confirmation.map { try self.sender($0, for: settings) } : nil
    let source: any OrderSource
    var gate: (any FulfillmentGate)?
    switch settings.kind {
    case .shopify(let shop, let secrets, let token, let version, let baseURL):
      let configuration = ShopifyConfiguration(
        shop: shop, webhookSecrets: secrets, accessToken: token, apiVersion: version ?? "2026-07", baseURL: baseURL,
        transport: transport)
      source = ShopifyStorefront(configuration)
      if acts, policy.holdsFulfillment { gate = ShopifyFulfillmentGate(configuration) }
    case .woocommerce:
      source = try fault(path) { try WooStorefront(try woo(settings)) }
    case .generic(let secrets, let listURL):
      var configuration = GenericStorefront.Configuration(secrets: secrets, transport: transport, clock: time)
      configuration.listURL = listURL
      source = try fault(path) { try GenericStorefront(configuration) }
    }
    return Storefront(
      name: settings.name, source: source, sender: sender, fulfillment: gate, policy: policy, erp: settings.erp,
      externalIDTemplate: settings.externalID, backfillInterval: settings.backfill)
  }

  private func woo(_ settings: StorefrontSettings) throws -> WooConfiguration {
    guard case .woocommerce(let site, let secrets, let key, let secret) = settings.kind else {
      throw AssemblyFault(path: "storefronts.\(settings.name)", problem: "this is no WooCommerce storefront")
    }
    var configuration = WooConfiguration(siteURL: site, secrets: secrets, transport: transport)
    configuration.consumerKey = key
    configuration.consumerSecret = secret
    return configuration
  }

  private func sender(
    _ confirmation: ConfirmationSettings, for storefront: StorefrontSettings
  ) throws -> any ConfirmationSender {
    switch confirmation {
    case .smtp(let mail): return try mailSender(mail, for: storefront)
    case .webhook(let url, let secrets):
      return try fault("confirmation") {
        try WebhookSender(
          WebhookSender.Configuration(url: url, secrets: secrets, transport: transport, clock: time))
      }
    case .storefront: return try fault("confirmation") { try WooRelease(try woo(storefront)) }
    }
  }

  private func mailSender(_ mail: SMTPSettings, for storefront: StorefrontSettings) throws -> any ConfirmationSender {
    try fault("confirmation") {
      let credentials = mail.user.map { MailCredentials(user: $0, password: mail.password ?? "") }
      let server = try MailServer(url: mail.url, tls: mail.allowPlain ? "none" : nil, credentials: credentials)
      let identity = MailIdentity(
        shop: mail.shop ?? storefront.name.text, from: try Mailbox(mail.from),
        replyTo: try mail.replyTo.map { try Mailbox($0) })
      let templates = try MailTemplates.load(
        folder: mail.templates, storefronts: settings.storefronts.map(\.name))
      return try MailSender(
        configuration: MailConfiguration(server: server, identity: identity), templates: templates, clock: time)
    }
  }

  private func connector(_ erp: ERPSettings) throws -> any ERPConnector {
    let path = "erps.\(erp.name)"
    switch erp.kind {
    case .generic(let url, let token, let concurrency):
      var configuration = GenericERP.Configuration(baseURL: url, transport: transport)
      configuration.token = token
      configuration.concurrency = concurrency
      return try fault(path) { try GenericERP(configuration) }
    case .tryton(let settings): return tryton(settings)
    case .netsuite(let settings): return try fault(path) { try netsuite(settings) }
    }
  }

  private func tryton(_ settings: TrytonSettings) -> any ERPConnector {
    var configuration = TrytonERP.Configuration(
      baseURL: settings.url, key: settings.key, company: settings.company, party: settings.party,
      invoiceAddress: settings.invoiceAddress, shipmentAddress: settings.shipmentAddress,
      warehouse: settings.warehouse, webShop: settings.webShop, concurrency: settings.concurrency)
    configuration.shippingProduct = settings.shippingProduct
    configuration.discountProduct = settings.discountProduct
    configuration.taxProduct = settings.taxProduct
    return TrytonERP(configuration, transport: transport, clock: time)
  }

  private func netsuite(_ settings: NetSuiteSettings) throws -> any ERPConnector {
    let credentials: NetSuiteCredentials
    switch settings.auth {
    case .oauth2(let clientID, let certificateID, let privateKey, let algorithm):
      guard let chosen = AssertionAlgorithm(rawValue: algorithm) else {
        let known = AssertionAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
        throw AssemblyFault(path: "auth.algorithm", problem: "\"\(algorithm)\" is not one of \(known)")
      }
      credentials = .clientCredentials(
        ClientCredentials(
          clientID: clientID, certificateID: certificateID, privateKeyPEM: privateKey, algorithm: chosen))
    case .tokenBased(let key, let secret, let token, let tokenSecret):
      credentials = .tokenBased(
        TokenBasedCredentials(consumerKey: key, consumerSecret: secret, tokenID: token, tokenSecret: tokenSecret))
    }
    var configuration = NetSuiteConfiguration(
      account: settings.account, credentials: credentials, customerID: settings.customer,
      baseCurrency: settings.currency.flatMap { CurrencyCode($0) })
    if let baseURL = settings.baseURL { configuration.baseURL = baseURL }
    for (code, id) in settings.currencies {
      guard let currency = CurrencyCode(code) else {
        throw AssemblyFault(path: "currencies.\(code)", problem: "this is no ISO 4217 code of three letters")
      }
      configuration.currencies[currency] = id
    }
    configuration.concurrency = settings.concurrency
    configuration.subsidiaryID = settings.subsidiary
    configuration.locationID = settings.location
    if !settings.items.isEmpty { configuration.items = .table(settings.items) }
    configuration.shippingItem = settings.shippingItem.map { .externalID($0) }
    configuration.taxItem = settings.taxItem.map { .externalID($0) }
    configuration.discountItem = settings.discountItem.map { .externalID($0) }
    return try NetSuiteERP(configuration, transport: transport, clock: time)
  }
}
