import ConnectorMail
import HandoffCore

/// What a configuration may say and probably does not mean; it stays valid.
extension StorefrontSettings {
  /// Each with the setting it is about.
  var warnings: [(key: String, words: String)] {
    var found = vendorWarnings
    if backfill != nil, let key = missingMeansOfListing {
      found.append(
        (
          key,
          "without it \(name) cannot be listed, so an order whose webhook never comes is never found; if that is "
            + "meant, say backfill: off"
        ))
    }
    return found
  }

  private var vendorWarnings: [(key: String, words: String)] {
    guard case .shopify(let settings) = kind else { return [] }
    var found: [(key: String, words: String)] = []
    if policy.pattern == .erpGated, policy.mode == .gate {
      found.append(
        (
          "pattern",
          "Shopify sends its own order mail at once and it cannot be held back, so erpGated keeps its promise only for "
            + "orders that are created by API; for a Shopify checkout choose acknowledgmentGated and reword that mail"
        ))
    }
    if settings.baseURL == nil, settings.shop.contains("."), !settings.shop.lowercased().contains(".myshopify.com") {
      found.append(
        (
          "shop",
          "\"\(settings.shop.prefix(80))\" is no name of the form example.myshopify.com, which is how Shopify names "
            + "the shop in every webhook and where its API is"
        ))
    }
    return found
  }

  /// The setting without which the storefront cannot be listed; nil when it is there.
  private var missingMeansOfListing: String? {
    switch kind {
    case .shopify(let settings): settings.accessToken == nil ? "accessToken" : nil
    case .woocommerce(let settings): settings.consumerKey == nil ? "consumerKey" : nil
    case .generic(let settings): settings.listURL == nil ? "listURL" : nil
    }
  }
}

extension Settings {
  /// What goes unheard; nil when somebody tells the owners.
  var alertWarning: String? {
    alerts == nil
      ? "without it no owner is told that an order waits for a decision; set it, or watch `countersign exception list` "
        + "or the metrics"
      : nil
  }
}

extension ConfirmationSettings {
  /// What customers' mail would suffer; nil when there is nothing of the kind.
  var warning: (path: String, words: String)? {
    guard case .smtp(let mail) = kind, let server = try? MailServer(url: mail.url, tls: mail.tls),
      server.security == .none, !server.isLoopback
    else { return nil }
    return (
      path + ".tls",
      "mail to \(server.host) goes in the clear: anyone on the way reads names and addresses; say starttls"
    )
  }
}
