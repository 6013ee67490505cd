import Connector
import HandoffCore

/// Orders to try templates on: one with everything a template may read, one with as little as an order can have.
enum SampleFacts {
  /// Both orders for every kind of message.
  static func all(storefront: StorefrontName, language: String) -> [MessageFacts] {
    guard let currency = CurrencyCode("EUR") else { return [] }
    return MessageKind.allCases.flatMap { kind in
      [full(language, currency), bare(language, currency)].map { order in
        MessageFacts(
          kind: kind, handoffID: HandoffID("sample"), key: OrderKey(storefront: storefront, orderID: order.id),
          recordID: "17", recordNumber: order.customerName == nil ? nil : "SO17", order: order,
          decidedAt: Timestamp(seconds: 0), messageKey: "sample")
      }
    }
  }

  private static func full(_ language: String, _ currency: CurrencyCode) -> Order {
    var order = bare(language, currency)
    order.email = "jo@example.com"
    order.customerName = "Jo & <Ann>"
    var address = Address()
    address.name = "Jo Ann"
    address.street1 = "1 Long Street"
    address.city = "Springfield"
    address.country = "US"
    order.shippingAddress = address
    order.lines = (0...TemplateFacts.lineLimit).map { index in
      OrderLine(id: String(index), sku: "SKU-\(index)", title: "Item", quantity: 1, unitPrice: order.total)
    }
    return order
  }

  private static func bare(_ language: String, _ currency: CurrencyCode) -> Order {
    var order = Order(
      id: "1", number: "#1001", currency: currency, total: Money(minorUnits: 1250, currency: currency),
      lines: [])
    order.language = language
    return order
  }
}
