import Foundation
import HandoffCore
import Yams

extension Settings {
  /// Reads a configuration file.
  /// - Throws: ``ConfigFaults`` with every fault found, each with its line.
  static func load(
    file: String, environment: [String: String], flags: [String: String], shorthands: [String: String] = [:]
  ) throws(ConfigFaults) -> Settings {
    guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8) else {
      throw ConfigFaults(
        file: file, faults: [ConfigFault(line: 0, path: "$", problem: "the file cannot be read as UTF-8 text")])
    }
    return try parse(text, file: file, environment: environment, flags: flags, shorthands: shorthands)
  }

  static func parse(
    _ text: String, file: String, environment: [String: String], flags: [String: String],
    shorthands: [String: String] = [:]
  ) throws(ConfigFaults) -> Settings {
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch {
      throw ConfigFaults(file: file, faults: [ConfigFault(line: 0, path: "$", problem: "\(error)")])
    }
    let context = ConfigContext(environment: environment, flags: flags, shorthands: shorthands)
    let settings = SettingsReader(root: ConfigMap(root, path: "", context: context), context: context).read()
    guard context.faults.isEmpty else { throw ConfigFaults(file: file, faults: context.faults) }
    return settings
  }
}

/// Reads the sections of a configuration.
struct SettingsReader {
  let root: ConfigMap
  let context: ConfigContext

  func read() -> Settings {
    var settings = Settings()
    readStore(&settings)
    readHTTP(&settings)
    readOwners(&settings)
    settings.logLevel = root.text("log") ?? "info"
    if !["trace", "debug", "info", "notice", "warning", "error", "critical"].contains(settings.logLevel) {
      root.fault("log", "write trace, debug, info, notice, warning, error or critical")
    }
    settings.erps = root.entries("erps").map { readERP($0.name, $0.map) }
    let confirmation = root.section("confirmation")
    let shared = confirmation.isPresent ? readConfirmation(confirmation) : nil
    let rollout = root.section("rollout")
    settings.storefronts = root.entries("storefronts").map { name, map in
      readStorefront(name, map, shared: shared, rollout: rollout.section(name))
    }
    rollout.finish("there is no storefront of this name")
    if settings.storefronts.isEmpty { context.fault(root.line, "storefronts", "at least one storefront is needed") }
    root.finish()
    context.finish(sections: ["store", "http", "log", "owners", "erps", "confirmation", "rollout", "storefronts"])
    check(settings)
    return settings
  }

  private func readStore(_ settings: inout Settings) {
    let store = root.section("store")
    settings.database = store.text("sqlite") ?? settings.database
    store.finish()
  }

  private func readHTTP(_ settings: inout Settings) {
    let http = root.section("http")
    settings.http.host = http.text("host") ?? settings.http.host
    settings.http.port = http.int("port", in: 0...65_535, default: settings.http.port)
    settings.http.token = http.text("token")
    if !settings.http.isLoopback, (settings.http.token ?? "").utf8.count < 16 {
      http.fault(
        "token", "a token of at least 16 characters is needed when the console can be reached from other machines")
    }
    settings.http.isBehindTLS = http.bool("behindTLS", default: false)
    settings.http.allowedHosts = http.texts("allowedHosts").map { $0.lowercased() }
    for host in settings.http.allowedHosts where !HTTPSettings.isHostName(host) {
      http.fault("allowedHosts", "\"\(host.prefix(60))\" is no host name; write it as desk.example.com, without a port")
    }
    http.finish()
  }

  private func readOwners(_ settings: inout Settings) {
    let owners = root.section("owners")
    settings.defaultOwner = owners.text("default") ?? ""
    for role in OwnerRole.allCases { settings.owners[role] = owners.text(role.rawValue) }
    if settings.defaultOwner.isEmpty {
      owners.fault("default", "somebody must own every exception; for example default: ops@example.com")
    }
    owners.finish()
  }

  private func readConfirmation(_ map: ConfigMap) -> ConfirmationSettings? {
    defer { map.finish() }
    switch map.required("kind", "smtp") {
    case "smtp":
      return .smtp(
        SMTPSettings(
          url: map.required("url", "smtp://127.0.0.1:2525"), from: map.required("from", "orders@example.com"),
          replyTo: map.text("replyTo"), shop: map.text("shop"), user: map.text("user"), password: map.text("password"),
          templates: map.text("templates"), allowPlain: map.text("tls") == "none"))
    case "webhook":
      let secrets = map.texts("secret")
      if secrets.isEmpty { map.fault("secret", "a Standard Webhooks secret (whsec_…) is needed") }
      return .webhook(url: map.required("url", "https://example.com/hooks"), secrets: secrets)
    case "storefront": return .storefront
    case let other:
      if !other.isEmpty { map.fault("kind", "\"\(other)\" is not one of smtp, webhook, storefront") }
      return nil
    }
  }

  private func readStorefront(
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
    let secrets = map.texts("webhookSecret")
    if secrets.isEmpty { map.fault("webhookSecret", "the secret that signs this storefront's webhooks is needed") }
    switch kind {
    case "woocommerce":
      return .woocommerce(
        site: map.required("site", "https://shop.example.com"), secrets: secrets, key: map.text("consumerKey"),
        secret: map.text("consumerSecret"))
    case "generic": return .generic(secrets: secrets, listURL: map.text("listURL"))
    default:
      if kind != "shopify", !kind.isEmpty {
        map.fault("kind", "\"\(kind)\" is not one of shopify, woocommerce, generic")
      }
      return .shopify(
        shop: map.required("shop", "example.myshopify.com"), secrets: secrets, accessToken: map.text("accessToken"),
        apiVersion: map.text("apiVersion"), baseURL: map.text("baseURL"))
    }
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

  private func check(_ settings: Settings) {
    for storefront in settings.storefronts {
      let path = "storefronts.\(storefront.name)"
      if !settings.erps.contains(where: { $0.name == storefront.erp }), !storefront.erp.text.isEmpty {
        let known = settings.erps.map(\.name.text).joined(separator: ", ")
        context.fault(at: "\(path).erp", "there is no ERP \"\(storefront.erp)\" (known: \(known))")
      }
      if storefront.policy.mode == .gate, storefront.confirmation == nil {
        context.fault(at: path, "in mode gate somebody must tell the customer: add confirmation, here or at the top")
      }
      if case .storefront = storefront.confirmation, case .woocommerce = storefront.kind {
      } else if case .storefront = storefront.confirmation {
        context.fault(
          at: "\(path).confirmation", "only WooCommerce can release its own confirmation; use smtp or webhook")
      }
      if storefront.policy.holdsFulfillment {
        guard case .shopify(_, _, let token, _, _) = storefront.kind, token != nil else {
          context.fault(at: "\(path).holdFulfillment", "only Shopify with an accessToken can hold its fulfilment")
          continue
        }
      }
    }
  }
}
