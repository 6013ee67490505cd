public import Connector

/// One webhook subscription as Shopify lists it.
struct Subscription: Sendable {
  let topic: String
  let uri: String
  let filter: String
  let includeFields: [String]
  let apiVersion: String
}

extension ShopifyStorefront: WebhookSubscriber {
  /// See ``Connector/WebhookSubscriber/subscribe(at:holdsFulfillment:dryRun:)``.
  public func subscribe(at address: String, holdsFulfillment: Bool, dryRun: Bool) async -> SubscriptionReport {
    let topics = ShopifyTopics.required + (holdsFulfillment ? ShopifyTopics.gate : [])
    return await ensureSubscriptions(at: address, topics: topics, dryRun: dryRun)
  }

  /// Subscribes to every topic that is not subscribed to at this address; repeatable.
  ///
  /// Shopify deletes a subscription made through the API after eight failed deliveries in a row, so this belongs on a
  /// timer. Subscriptions of an app's own configuration file are not listed by Shopify and are not seen here; a second
  /// one would deliver everything twice, which intake bears.
  /// - Parameters:
  ///   - address: the public `https://…/webhooks/{storefront}`.
  ///   - topics: what is wanted; ``ShopifyTopics/required``, and ``ShopifyTopics/gate`` where fulfilment is held.
  ///   - dryRun: only list and compare.
  public func ensureSubscriptions(
    at address: String, topics: [String] = ShopifyTopics.required, dryRun: Bool = false
  ) async -> SubscriptionReport {
    var report = SubscriptionReport()
    let listed: [Subscription]
    switch await subscriptions() {
    case .failure(let stop):
      report.stopped = stop.words
      return report
    case .success(let found): listed = found
    }
    for topic in topics {
      let name = ShopifyTopics.enumName(topic)
      if listed.contains(where: { $0.topic == name && $0.uri == address }) {
        report.existing.append(topic)
        continue
      }
      if dryRun {
        report.created.append(topic)
        continue
      }
      switch await subscribe(name, address) {
      case .created: report.created.append(topic)
      case .existing: report.existing.append(topic)
      case .failed(let reason): report.failed.append(SubscriptionReport.Failure(topic: topic, reason: reason))
      }
    }
    return report
  }

  private enum Subscribed {
    case created
    case existing
    case failed(String)
  }

  private func subscribe(_ topic: String, _ address: String) async -> Subscribed {
    let variables: JSONValue = [
      "topic": .string(topic), "subscription": ["uri": .string(address), "format": "JSON"],
    ]
    switch await api.ask(Documents.subscribe, variables) {
    case .busy(let reason), .unknown(let reason), .misconfigured(let reason): return .failed(reason)
    case .answer(let data, let errors, _):
      let payload = data["webhookSubscriptionCreate"] ?? .null
      let refusals = AdminError.list(payload["userErrors"])
      // Listed and created are two requests: somebody else may have been quicker. The error has no code.
      if refusals.contains(where: { $0.message.contains("already been taken") }) { return .existing }
      if !refusals.isEmpty { return .failed(AdminError.words(refusals)) }
      if payload["webhookSubscription"]?["id"]?.string != nil { return .created }
      return .failed(errors.isEmpty ? "the answer holds no subscription" : AdminError.words(errors))
    }
  }

  /// Every subscription this app made through the Admin API.
  func subscriptions() async -> Result<[Subscription], Stop> {
    var found: [Subscription] = []
    var after: String?
    for _ in 0..<20 {
      let page: JSONValue
      switch await read(Documents.subscriptions, ["after": after.map { JSONValue.string($0) } ?? .null]) {
      case .failure(let stop): return .failure(stop)
      case .success(let data): page = data["webhookSubscriptions"] ?? .null
      }
      guard let nodes = page["nodes"]?.array, let hasNext = page["pageInfo"]?["hasNextPage"]?.bool else {
        return .failure(Stop(outcome: .failed(reason: "the answer is no page of subscriptions")))
      }
      for node in nodes {
        found.append(
          Subscription(
            topic: node["topic"]?.string ?? "", uri: node["uri"]?.string ?? "", filter: node["filter"]?.string ?? "",
            includeFields: (node["includeFields"]?.array ?? []).compactMap(\.string),
            apiVersion: node["apiVersion"]?["handle"]?.string ?? ""))
      }
      if !hasNext { return .success(found) }
      after = page["pageInfo"]?["endCursor"]?.string
      if after == nil { break }
    }
    return .failure(Stop(outcome: .failed(reason: "the list of subscriptions has no end")))
  }
}

extension ShopifyStorefront.Stop {
  /// Why, in words.
  var words: String {
    switch outcome {
    case .failed(let reason), .misconfigured(let reason): reason
    case .page: ""
    }
  }
}
