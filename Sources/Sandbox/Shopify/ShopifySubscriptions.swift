import Synchronization

/// Webhook subscriptions, by the API and by the control routes.
extension ShopifyVendor {
  /// `ORDERS_CREATE` for `orders/create`.
  static func enumName(_ topic: String) -> String {
    String(topic.uppercased().map { $0 == "/" ? "_" : $0 })
  }

  static let topics: Set<String> = [
    "ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_PAID", "ORDERS_CANCELLED", "ORDERS_EDITED", "ORDERS_FULFILLED",
    "ORDERS_DELETE", "REFUNDS_CREATE", "APP_UNINSTALLED", "FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE",
    "FULFILLMENT_ORDERS_PLACED_ON_HOLD", "FULFILLMENT_ORDERS_HOLD_RELEASED", "INVENTORY_LEVELS_UPDATE",
    "ORDER_TRANSACTIONS_CREATE",
  ]

  func subscribe(shop name: String, topic: String, uri: String) {
    withShop(name) { shop in
      shop.subscriptions.append(
        ShopifyState.Subscription(
          id: shop.freshId(), topic: Self.enumName(topic), uri: uri, createdUnix: tools.clock.unixSeconds))
    }
  }

  func subscribe(_ arguments: JSON, _ call: Call) -> JSON {
    let input = arguments["webhookSubscription"] ?? [:]
    let uri = input["uri"]?.text ?? input["callbackUrl"]?.text ?? ""
    let topic = arguments["topic"]?.text ?? ""
    func refused(_ message: String, field: String = "callbackUrl") -> JSON {
      [
        "webhookSubscription": nil,
        "userErrors": [
          ["field": JSON(strings: ["webhookSubscription", field]), "message": .string(message)]
        ],
      ]
    }
    let host = uri.split(separator: "/", maxSplits: 2).dropFirst().first.map(String.init)?.lowercased() ?? ""
    // Loopback is let through without TLS, since this sandbox has no other way to deliver.
    if uri.hasPrefix("http://"), !host.hasPrefix("127.0.0.1"), !host.hasPrefix("localhost") {
      return refused("Address protocol http:// is not supported")
    }
    if host.hasSuffix("myshopify.com") || host.hasSuffix("shopify.com") || host.hasSuffix("shopifycloud.com") {
      return refused("Address cannot be a Shopify or an internal domain")
    }
    guard uri.hasPrefix("http"), !host.isEmpty else { return refused("Address is invalid") }
    return withShop(call.shop) { shop in
      if shop.subscriptions.contains(where: { $0.topic == topic && $0.uri == uri }) {
        return refused("Address for this topic has already been taken")
      }
      let label = input["name"]?.string
      if let label, shop.subscriptions.contains(where: { $0.name?.lowercased() == label.lowercased() }) {
        return refused("Name already exists, no duplicate allowed", field: "name")
      }
      let subscription = ShopifyState.Subscription(
        id: shop.freshId(), topic: topic, uri: uri, name: label, createdUnix: tools.clock.unixSeconds)
      shop.subscriptions.append(subscription)
      return ["webhookSubscription": render(subscription), "userErrors": []]
    }
  }

  func unsubscribe(_ arguments: JSON, _ call: Call) -> JSON {
    let id = arguments["id"]?.text ?? ""
    let gone = withShop(call.shop) { shop in
      let before = shop.subscriptions.count
      shop.subscriptions.removeAll { "gid://shopify/WebhookSubscription/\($0.id)" == id }
      return shop.subscriptions.count < before
    }
    return gone
      ? ["deletedWebhookSubscriptionId": .string(id), "userErrors": []]
      : [
        "deletedWebhookSubscriptionId": nil,
        "userErrors": [["field": ["id"], "message": "Webhook subscription does not exist"]],
      ]
  }

  func subscriptions(_ arguments: JSON, _ call: Call) -> JSON {
    let topics = arguments["topics"]?.array?.compactMap(\.text)
    let found = withShop(call.shop) { shop in
      shop.subscriptions.filter { topics?.contains($0.topic) ?? true }
    }
    return ["nodes": .array(found.map(render)), "pageInfo": Self.onePage]
  }

  func subscription(_ id: String, _ call: Call) -> JSON {
    withShop(call.shop) { shop in
      shop.subscriptions.first { "gid://shopify/WebhookSubscription/\($0.id)" == id }.map(render) ?? .null
    }
  }

  private func render(_ subscription: ShopifyState.Subscription) -> JSON {
    let created = JSON.string(CivilTime(unix: subscription.createdUnix).iso)
    let version = settings.servedVersion ?? "2026-07"
    return [
      "id": .string("gid://shopify/WebhookSubscription/\(subscription.id)"),
      "legacyResourceId": .string(String(subscription.id)), "topic": .string(subscription.topic),
      "uri": .string(subscription.uri), "callbackUrl": .string(subscription.uri), "name": JSON(subscription.name),
      "format": "JSON", "filter": "", "includeFields": [], "metafieldNamespaces": [], "createdAt": created,
      "updatedAt": created,
      "apiVersion": ["handle": .string(version), "displayName": .string(version), "supported": true],
    ]
  }
}
