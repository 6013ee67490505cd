import HandoffCore

extension Settings {
  /// What is in force, a line each, without secrets.
  func summary(_ history: StorefrontHistory = StorefrontHistory()) -> [String] {
    var lines = ["database   \(database)"]
    lines.append("http       \(http.host):\(http.port)\(http.token == nil ? "" : " with a token")")
    if !http.allowedHosts.isEmpty {
      lines.append("           also called \(http.allowedHosts.joined(separator: ", "))")
    }
    if http.isBehindTLS { lines.append("           behind TLS") }
    lines.append("log        \(logLevel)")
    lines.append("owners     default \(defaultOwner)")
    for role in OwnerRole.allCases {
      if let owner = owners[role] { lines.append("           \(role.rawValue) \(owner)") }
    }
    if let owner = escalationOwner { lines.append("           after a deadline \(owner)") }
    for erp in erps {
      lines.append("erp        \(erp.name): \(erp.summary), timeout \(erp.timeout.words)")
      if let watch = erp.watch {
        lines.append(
          "           observed orders are looked for every \(watch.interval.words), by \(watch.reference), "
            + "for \(watch.horizon.words)")
      }
    }
    return lines + storefronts.flatMap { $0.summary(history) }
  }
}

extension StorefrontSettings {
  fileprivate func summary(_ history: StorefrontHistory) -> [String] {
    let indent = "           "
    let deadlines = policy.deadlines
    var lines = [
      "storefront \(name) -> \(erp): \(policy.mode.rawValue), \(policy.pattern.rawValue), share \(policy.share) %, "
        + "external id \(externalID)",
      indent + "\(kind.summary), backfill \(backfill.map { "every \($0.words)" } ?? "off")",
      indent + "confirmation \(confirmation?.summary ?? "none")",
      indent + "deadlines: receipt \(deadlines.receipt.words), validation \(deadlines.validation.words), "
        + "stock \(deadlines.stock.words), message \(deadlines.message.words), "
        + "cancellation \(deadlines.cancellation.words), exception \(deadlines.exception.words)",
      indent + "retry: first \(policy.backoff.base.words), longest \(policy.backoff.cap.words), "
        + "searchLag \(policy.searchLag.words), requestLife \(policy.requestLife.words), "
        + "lookups \(policy.lookupBudget)",
      indent + "inventory: validate \(policy.inventory.isRequired), short \(policy.inventory.short.rawValue), "
        + "partly short \(policy.inventory.partlyShort.rawValue), recheck \(policy.inventory.recheck.words)",
    ]
    if policy.moneyTolerance > 0 { lines.append(indent + "money tolerance \(policy.moneyTolerance) minor units") }
    if policy.holdsFulfillment { lines.append(indent + "fulfilment is held until the gate opens") }
    lines.append(indent + watermark(history))
    return lines
  }

  /// From which instant on its orders are more than observed, and where that comes from.
  func watermark(_ history: StorefrontHistory) -> String {
    if policy.watermark != .distantPast { return "watermark \(policy.watermark.iso8601), as configured" }
    if let start = history.firstStarts[name] { return "watermark \(start.iso8601), its first start on this database" }
    return history.started.contains(name)
      ? "watermark none: orders of any age are gated" : "watermark: the instant of its first start"
  }
}

extension StorefrontSettings.Kind {
  fileprivate var summary: String {
    switch self {
    case .shopify(let settings):
      "shopify \(settings.shop), API \(settings.apiVersion)\(settings.accessToken == nil ? ", without a token" : "")"
    case .woocommerce(let settings):
      "woocommerce \(settings.site)\(settings.consumerKey == nil ? ", without a REST key" : "")"
    case .generic(let settings):
      "generic, \(settings.listURL.map { "listing at \(withoutSecrets($0))" } ?? "no listing")"
    }
  }
}

extension ConfirmationSettings {
  fileprivate var summary: String {
    switch kind {
    case .smtp(let mail):
      "by smtp: \(withoutSecrets(mail.url)), from \(mail.from)" + (mail.templates.map { ", texts in \($0)" } ?? "")
    case .webhook(let webhook): "by webhook: \(withoutSecrets(webhook.url))"
    case .storefront: "by the storefront itself"
    }
  }
}

extension ERPSettings {
  fileprivate var summary: String {
    switch kind {
    case .netsuite(let settings): "netsuite \(settings.account), concurrency \(settings.concurrency)"
    case .tryton(let settings): "tryton \(withoutSecrets(settings.url)), concurrency \(settings.concurrency)"
    case .generic(let settings): "generic \(withoutSecrets(settings.url)), concurrency \(settings.concurrency)"
    }
  }
}

/// An address without user, password and query.
private func withoutSecrets(_ address: String) -> String {
  let plain = address.prefix { $0 != "?" && $0 != "#" }
  guard let at = plain.lastIndex(of: "@"), let scheme = plain.firstRange(of: "://") else { return String(plain) }
  return String(plain[..<scheme.upperBound] + plain[plain.index(after: at)...])
}
