import ConnectorWooCommerce
import HandoffCore

extension SettingsReader {
  func readStorefront(
    _ name: String, _ map: ConfigMap, shared: ConfirmationSettings?, rollout: ConfigMap
  ) -> StorefrontSettings {
    defer { map.finish() }
    if name.isEmpty || !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }) {
      context.fault(map.line, map.path, "a storefront's name is made of letters, digits, - and _")
    }
    let kind = readStorefrontKind(map)
    var policy = HandoffPolicy(
      pattern: map.choice("pattern", default: GatePattern.erpGated),
      mode: rollout.choice("mode", default: GateMode.gate),
      holdsFulfillment: map.bool("holdFulfillment", default: false))
    policy.share = rollout.int("share", in: 0...100, default: 100)
    if let start = rollout.text("watermark") {
      if let instant = Timestamp(iso8601: start) {
        policy.watermark = instant
      } else {
        rollout.fault("watermark", "an instant such as 2026-11-23T00:00:00Z is needed")
      }
    }
    rollout.finish()
    readInventory(map, &policy)
    readDeadlines(map, &policy)
    policy.moneyTolerance = Int64(map.int("moneyTolerance", in: 0...10_000, default: 0))
    let own = map.section("confirmation")
    let backfill = map.text("backfill") == "off" ? nil : map.duration("backfill", default: .seconds(300))
    return StorefrontSettings(
      name: StorefrontName(name), kind: kind, erp: ERPName(map.required("erp", "books")), policy: policy,
      externalID: map.text("externalId") ?? "CS-{storefront}-{orderId}", backfill: backfill,
      confirmation: own.isPresent ? readConfirmation(own) : shared)
  }

  private func readStorefrontKind(_ map: ConfigMap) -> StorefrontSettings.Kind {
    let kind = map.required("kind", "shopify")
    let secrets = map.secrets("webhookSecret", "the secret that signs this storefront's webhooks is needed")
    switch kind {
    case "shopify": return .shopify(readShopify(map, secrets))
    case "woocommerce": return .woocommerce(readWoo(map, secrets))
    case "generic":
      var settings = GenericStorefrontSettings(secrets: secrets)
      settings.listURL = map.address("listURL", map.text("listURL"))
      settings.listToken = map.secret("listToken")
      settings.tolerance = map.duration("tolerance", in: .seconds(1) ... .seconds(3600), default: settings.tolerance)
      settings.timeout = map.duration("timeout", in: Self.requests, default: settings.timeout)
      return .generic(settings)
    default:
      map.stopJudging()
      if !kind.isEmpty { map.fault("kind", "\"\(kind)\" is not one of shopify, woocommerce, generic") }
      return .generic(GenericStorefrontSettings(secrets: secrets))
    }
  }

  private static let requests: ClosedRange<Duration> = .milliseconds(100) ... .seconds(110)

  private func readShopify(_ map: ConfigMap, _ secrets: [String]) -> ShopifySettings {
    var settings = ShopifySettings(shop: map.required("shop", "example.myshopify.com"), secrets: secrets)
    settings.accessToken = map.secret("accessToken")
    settings.apiVersion = map.text("apiVersion") ?? settings.apiVersion
    settings.baseURL = map.address("baseURL", map.text("baseURL"))
    settings.pageSize = map.int("pageSize", in: 1...250, default: settings.pageSize)
    settings.timeout = map.duration("timeout", in: Self.requests, default: settings.timeout)
    return settings
  }

  private func readWoo(_ map: ConfigMap, _ secrets: [String]) -> WooSettings {
    var settings = WooSettings(site: map.required("site", "https://shop.example.com"), secrets: secrets)
    map.judgePort("site", settings.site)
    settings.consumerKey = map.secret("consumerKey")
    settings.consumerSecret = map.secret("consumerSecret")
    if (settings.consumerKey == nil) != (settings.consumerSecret == nil) {
      let missing = settings.consumerKey == nil ? "consumerKey" : "consumerSecret"
      map.fault(missing, "consumerKey and consumerSecret belong together")
    }
    if secrets.contains(where: { $0.utf8.count < 8 }) {
      map.fault("webhookSecret", "a webhook secret of 8 characters or more is needed")
    }
    settings.webhookSource = map.text("webhookSource")
    let methods = map.texts("offlineMethods")
    settings.offlineMethods = map.has("offlineMethods") ? methods : ["cod", "bacs", "cheque"]
    settings.waitingStatus = map.text("waitingStatus") ?? settings.waitingStatus
    settings.releaseStatus = map.text("releaseStatus") ?? settings.releaseStatus
    for (status, text) in map.dictionary("customStatuses").sorted(by: { $0.key < $1.key }) {
      if let meaning = WooStatusMeaning(rawValue: text) {
        settings.customStatuses[status] = meaning
      } else {
        let names = WooStatusMeaning.allCases.map(\.rawValue).joined(separator: ", ")
        map.section("customStatuses").fault(status, "\"\(text.prefix(40))\" is not one of \(names)")
      }
    }
    settings.feeSKU = map.text("feeSKU")
    settings.cannotFulfilNote = map.text("cannotFulfilNote")
    settings.overlap = map.duration("overlap", in: .seconds(1) ... .seconds(86_400), default: settings.overlap)
    settings.timeout = map.duration("timeout", in: Self.requests, default: settings.timeout)
    return settings
  }

  private func readInventory(_ map: ConfigMap, _ policy: inout HandoffPolicy) {
    let inventory = map.section("inventory")
    policy.inventory.isRequired = inventory.bool("validate", default: policy.inventory.isRequired)
    policy.inventory.short = inventory.choice("short", default: policy.inventory.short)
    policy.inventory.partlyShort = inventory.choice("partlyShort", default: policy.inventory.partlyShort)
    policy.inventory.recheck = inventory.duration("recheck", default: policy.inventory.recheck)
    inventory.finish()
  }

  private func readDeadlines(_ map: ConfigMap, _ policy: inout HandoffPolicy) {
    let deadlines = map.section("deadlines")
    policy.deadlines.receipt = deadlines.duration("receipt", default: policy.deadlines.receipt)
    policy.deadlines.validation = deadlines.duration("validation", default: policy.deadlines.validation)
    policy.deadlines.stock = deadlines.duration("stock", default: policy.deadlines.stock)
    policy.deadlines.message = deadlines.duration("message", default: policy.deadlines.message)
    policy.deadlines.cancellation = deadlines.duration("cancellation", default: policy.deadlines.cancellation)
    policy.deadlines.exception = deadlines.duration("exception", default: policy.deadlines.exception)
    deadlines.finish()
    let retry = map.section("retry")
    policy.backoff.base = retry.duration("first", default: policy.backoff.base)
    policy.backoff.cap = retry.duration("longest", default: policy.backoff.cap)
    policy.searchLag = retry.duration("searchLag", default: policy.searchLag)
    policy.requestLife = retry.duration("requestLife", default: policy.requestLife)
    policy.lookupBudget = retry.int("lookups", in: 1...100, default: policy.lookupBudget)
    retry.finish()
  }

  func check(_ settings: Settings) {
    for storefront in settings.storefronts {
      let path = "storefronts.\(storefront.name)"
      if !settings.erps.contains(where: { $0.name == storefront.erp }), !storefront.erp.text.isEmpty {
        let known = settings.erps.map(\.name.text).joined(separator: ", ")
        context.fault(at: "\(path).erp", "there is no ERP \"\(storefront.erp)\" (known: \(known))")
      }
      if storefront.policy.mode == .gate, storefront.confirmation == nil {
        context.fault(at: path, "in mode gate somebody must tell the customer: add confirmation, here or at the top")
      }
      if let way = storefront.confirmation, case .storefront = way.kind, !context.hasFault(at: way.path + ".kind") {
        if case .woocommerce = storefront.kind {
        } else {
          context.fault(at: way.path, "only WooCommerce can release its own confirmation; use smtp or webhook")
        }
      }
      if let timeout = settings.erps.first(where: { $0.name == storefront.erp })?.timeout,
        storefront.policy.requestLife <= timeout
      {
        context.fault(
          at: "\(path).retry.requestLife", "must be longer than erps.\(storefront.erp).timeout, \(timeout.words)")
      }
      if storefront.policy.holdsFulfillment {
        guard case .shopify(let shopify) = storefront.kind, shopify.accessToken != nil else {
          context.fault(at: "\(path).holdFulfillment", "only Shopify with an accessToken can hold its fulfilment")
          continue
        }
      }
    }
  }
}
