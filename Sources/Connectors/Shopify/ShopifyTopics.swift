/// The webhook topics this connector knows, and which of them a shop must be subscribed to.
public enum ShopifyTopics {
  /// Topics whose body is the whole order.
  static let orders: Set<String> = [
    "orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled",
    "orders/partially_fulfilled",
  ]

  /// Topics every App Store app must answer, with 401 to a wrong signature.
  static let compliance: Set<String> = ["customers/data_request", "customers/redact", "shop/redact"]

  /// Those of them that ask for personal data to be erased.
  static let erasure: Set<String> = ["customers/redact", "shop/redact"]

  /// Topics that must concern an order; without its id they cannot be understood.
  static let concerningOrder: Set<String> = [
    "orders/edited", "orders/delete", "refunds/create", "order_transactions/create",
  ]

  /// What every shop is subscribed to: the order itself, and what changes it without sending it.
  public static let required = [
    "orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/edited", "orders/delete",
    "refunds/create", "app/uninstalled",
  ]

  /// What is needed besides when fulfilment is held: fulfilment orders come into being after the order.
  public static let gate = [
    "fulfillment_orders/order_routing_complete", "fulfillment_orders/moved", "fulfillment_orders/split",
  ]

  /// The name of a topic in the GraphQL enum `WebhookSubscriptionTopic`.
  static func enumName(_ topic: String) -> String {
    String(topic.map { $0 == "/" ? "_" : $0 }).uppercased()
  }
}
