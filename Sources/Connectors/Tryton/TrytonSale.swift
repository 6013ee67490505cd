import Connector
import HandoffCore

/// A sale as Tryton tells it.
struct TrytonSale: Hashable, Sendable {
  /// A line of a sale; headings and subtotals are left out.
  struct Line: Hashable, Sendable {
    let code: String?
    let quantity: Int?
    let price: String?
    /// What can still be promised of a product kept in stock; nil for services.
    let forecast: Int?
  }

  let id: Int
  let number: String?
  var state: String
  let webID: String?
  let webShop: Int?
  let currency: String?
  let total: Money?
  let shipmentState: String?
  let lines: [Line]
  let lineIDs: [Int]

  /// The record id of a receipt.
  var recordID: String { String(id) }

  /// The fields that ``init(_:)`` reads.
  static let fields = [
    "number", "state", "web_id", "web_shop", "currency.code", "total_amount", "shipment_state", "lines.type",
    "lines.quantity", "lines.unit_price", "lines.product.code",
  ]

  /// The fields that tell about stock; they cost Tryton a computation and need a context.
  static let stockFields = ["lines.product.type", "lines.product.consumable", "lines.product.forecast_quantity"]

  /// Reads a sale; nil when the essentials are missing, so that no error body is ever taken for one.
  init?(_ json: JSONValue) {
    guard json["__name__"]?.string == "sale.sale", let id = json["id"]?.int, id > 0,
      let state = json["state"]?.string, let lines = json["lines"]?.array
    else { return nil }
    self.id = id
    self.state = state
    number = json["number"]?.string
    webID = json["web_id"]?.string
    webShop = json["web_shop"]?.int
    currency = json["currency"]?["code"]?.string
    shipmentState = json["shipment_state"]?.string
    let code = currency.flatMap { CurrencyCode($0) }
    total = code.flatMap { code in
      json["total_amount"]?["decimal"]?.string.flatMap { Money(decimal: $0, currency: code) }
    }
    lineIDs = lines.compactMap { $0["id"]?.int }
    self.lines = lines.filter { $0["type"]?.string == "line" }.map(Line.init)
  }

  /// A sale that was just created, of which nothing but its id matters.
  init(created id: Int) {
    self.id = id
    state = "draft"
    number = nil
    webID = nil
    webShop = nil
    currency = nil
    total = nil
    shipmentState = nil
    lines = []
    lineIDs = []
  }
}

extension TrytonSale.Line {
  fileprivate init(_ json: JSONValue) {
    let product = json["product"]
    let isStocked = product?["type"]?.string == "goods" && product?["consumable"]?.bool != true
    self.init(
      code: product?["code"]?.string, quantity: json["quantity"]?.int, price: json["unit_price"]?["decimal"]?.string,
      forecast: isStocked ? product?["forecast_quantity"]?.roundedDown : nil)
  }
}

extension JSONValue {
  /// The whole part of a number towards minus infinity; half a unit cannot be promised to anybody.
  var roundedDown: Int? {
    if let int { return int }
    guard case .number(let text) = self, let point = text.firstIndex(of: "."), let whole = Int(text[..<point]),
      text[text.index(after: point)...].allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    return text.hasPrefix("-") && whole > .min ? whole - 1 : whole
  }
}
