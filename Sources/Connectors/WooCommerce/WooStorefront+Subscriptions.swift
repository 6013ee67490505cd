public import Connector

extension WooStorefront: WebhookSubscriber {
  /// The topics of orders; a webhook carries one each.
  static let topics = ["order.created", "order.updated", "order.deleted", "order.restored"]

  /// Makes the four webhooks with the first configured secret, and switches on again those that WooCommerce has
  /// switched off.
  ///
  /// WooCommerce shows no secret: whether an existing one has ours is not known before it delivers.
  public func subscribe(at address: String, holdsFulfillment: Bool, dryRun: Bool) async -> SubscriptionReport {
    var report = SubscriptionReport()
    let hooks: [JSONValue]
    switch await connection.call("GET", "webhooks?per_page=100") {
    case .document(let json, _):
      guard let array = json.array else {
        report.stopped = "the list of webhooks is no array"
        return report
      }
      hooks = array
    case .missing(let reason), .refused(let reason), .misconfigured(let reason), .trouble(let reason):
      report.stopped = reason
      return report
    }
    for topic in WooStorefront.topics {
      let ours = hooks.filter { $0["topic"]?.string == topic && $0["delivery_url"]?.string == address }
      if ours.contains(where: { $0["status"]?.string == "active" }) {
        report.existing.append(topic)
      } else if dryRun {
        report.created.append(topic)
      } else if let reason = await make(topic, at: address, inPlaceOf: ours.first?["id"]?.scalarText) {
        report.failed.append(SubscriptionReport.Failure(topic: topic, reason: reason))
      } else {
        report.created.append(topic)
      }
    }
    return report
  }

  /// Why a webhook could not be made or switched on; nil when it is active.
  private func make(_ topic: String, at address: String, inPlaceOf id: String?) async -> String? {
    let body: JSONValue = [
      "name": .string("Countersign \(topic)"), "topic": .string(topic), "delivery_url": .string(address),
      "secret": .string(configuration.secrets.first ?? ""), "status": "active",
    ]
    let place = id.map { "webhooks/" + $0 } ?? "webhooks"
    switch await connection.call(id == nil ? "POST" : "PUT", place, body: body.bytes) {
    case .document(let json, _):
      let status = json["status"]?.string ?? "unknown"
      return status == "active" ? nil : "the shop made it, but its status is \(status)"
    case .missing(let reason), .refused(let reason), .misconfigured(let reason), .trouble(let reason): return reason
    }
  }
}
