public import Connector

extension ShopifyStorefront {
  /// Scopes a backfill needs; the customer is read for the address and the name.
  static let readingScopes = ["read_orders", "read_customers"]

  /// Tries the path and says what was found: secrets, token, shop, scopes, API version, subscriptions.
  public func probe() async -> [ProbeFinding] {
    var findings = [secrets]
    guard canList else {
      findings.append(
        ProbeFinding(
          "Shopify access token", isHealthy: false,
          finding: "None is configured: webhooks are read, but orders whose webhook never came cannot be found."))
      return findings
    }
    switch await api.ask(Documents.probe) {
    case .busy(let reason), .unknown(let reason), .misconfigured(let reason):
      findings.append(ProbeFinding("Shopify access token", isHealthy: false, finding: reason))
      return findings
    case .answer(let data, let errors, let served):
      findings += identity(data, errors)
      findings.append(scopes(data))
      findings.append(version(served))
    }
    findings += await subscriptionFindings()
    return findings
  }

  private var secrets: ProbeFinding {
    let count = configuration.webhookSecrets.count
    return ProbeFinding(
      "Shopify webhook secrets", isHealthy: count > 0,
      finding: count == 0
        ? "None is configured, so every delivery is refused; set the app's client secret."
        : count == 1 ? "One secret." : "\(count) secrets; take the old ones out when the rotation is over.")
  }

  private func identity(_ data: JSONValue, _ errors: [AdminError]) -> [ProbeFinding] {
    let domain = data["shop"]?["myshopifyDomain"]?.string ?? ""
    if domain.isEmpty {
      return [ProbeFinding("Shopify access token", isHealthy: false, finding: AdminError.words(errors))]
    }
    let isOurs = ShopDomain.normalised(domain) == configuration.shop
    return [
      ProbeFinding(
        "Shopify access token", isHealthy: isOurs,
        finding: isOurs
          ? "Accepted by \(domain)." : "It belongs to \(domain), but \(configuration.shop) is configured.")
    ]
  }

  private func scopes(_ data: JSONValue) -> ProbeFinding {
    let granted = Set(
      (data["currentAppInstallation"]?["accessScopes"]?.array ?? []).compactMap { $0["handle"]?.string })
    // A write scope includes the reading.
    let missing = Self.readingScopes.filter { scope in
      !granted.contains(scope) && !granted.contains("write" + scope.dropFirst("read".count))
    }
    let canHold =
      granted.contains("write_merchant_managed_fulfillment_orders")
      || granted.contains("write_third_party_fulfillment_orders")
    let hold = canHold && granted.contains("write_orders") ? "Holds are possible." : "Holds are not possible."
    if missing.isEmpty { return ProbeFinding("Shopify scopes", isHealthy: true, finding: "Enough to read. " + hold) }
    return ProbeFinding(
      "Shopify scopes", isHealthy: false, finding: "Missing: \(missing.joined(separator: ", ")). " + hold)
  }

  private func version(_ served: String?) -> ProbeFinding {
    let wanted = configuration.apiVersion
    guard let served else {
      return ProbeFinding("Shopify API version", notice: "Asked for \(wanted); the answer names no version.")
    }
    return ProbeFinding(
      "Shopify API version", isHealthy: served == wanted,
      finding: served == wanted
        ? "\(wanted)." : "Asked for \(wanted), served \(served): the version asked for has been retired.")
  }

  private func subscriptionFindings() async -> [ProbeFinding] {
    let check = "Shopify webhook subscriptions"
    let listed: [Subscription]
    switch await subscriptions() {
    case .failure(let stop): return [ProbeFinding(check, isHealthy: false, finding: stop.words)]
    case .success(let found): listed = found
    }
    let missing = ShopifyTopics.required.filter { topic in
      !listed.contains { $0.topic == ShopifyTopics.enumName(topic) }
    }
    var findings = [
      ProbeFinding(
        check, isHealthy: missing.isEmpty,
        finding: missing.isEmpty
          ? "\(listed.count) subscriptions; every needed topic is there."
          : "Not subscribed through the API: \(missing.joined(separator: ", ")). Those in an app's configuration file "
            + "are not listed.")
    ]
    let wanted = Set(ShopifyTopics.required.map(ShopifyTopics.enumName))
    for one in listed where wanted.contains(one.topic) {
      if one.filter.isEmpty, one.includeFields.isEmpty { continue }
      findings.append(
        ProbeFinding(
          check, isHealthy: false,
          finding: "\(one.topic) at \(one.uri) has a filter or a choice of fields: orders are withheld or cut."))
    }
    return findings
  }
}
