import Connector
import HandoffCore

extension WooOrderReader {
  /// Currency, total, lines, fees, shipping and tax; the total must be explained by the rest (S8).
  func money(_ json: JSONValue, id: String) throws(OrderFault) -> Order {
    guard let currency = json["currency"]?.string.flatMap({ CurrencyCode($0) }) else {
      throw OrderFault(path: "currency", problem: "an ISO 4217 code of three letters is needed")
    }
    guard let total = json["total"]?.string.flatMap({ Money(decimal: $0, currency: currency) }), total.minorUnits >= 0
    else {
      throw OrderFault(
        path: "total", problem: "decimal text of \(currency.text), not negative, in whole minor units is needed")
    }
    var sum = WooSum()
    var lines: [OrderLine] = []
    for (index, value) in (json["line_items"]?.array ?? []).enumerated() {
      lines.append(try line(value, "line_items[\(index)]", currency, &sum))
    }
    for (index, value) in (json["fee_lines"]?.array ?? []).enumerated() {
      lines.append(try fee(value, "fee_lines[\(index)]", currency, &sum))
    }
    var order = Order(id: id, number: text(json["number"]) ?? id, currency: currency, total: total, lines: lines)
    order.shipping = try amount(json, "shipping_total", "", currency)
    order.tax = try amount(json, "total_tax", "", currency)
    sum.add(order.shipping)
    sum.add(order.tax)
    var discount = Money(minorUnits: 0, currency: currency)
    for line in lines { discount = line.discount.flatMap { discount.adding($0) } ?? discount }
    if discount.minorUnits != 0 { order.discount = discount }
    try explain(json, &order, sum)
    return order
  }

  /// One product line. The unit price is rounded up to the minor unit and the discount takes the rest back, so that
  /// units times price less discount is the line's total to the cent; `price` is a JSON number and is not read.
  private func line(
    _ json: JSONValue, _ path: String, _ currency: CurrencyCode, _ sum: inout WooSum
  ) throws(OrderFault) -> OrderLine {
    guard let quantity = json["quantity"]?.int, quantity >= 0, quantity <= 1_000_000 else {
      throw OrderFault(path: path + ".quantity", problem: "a whole number from 0 to 1000000 is needed")
    }
    guard let id = text(json["id"]) else { throw OrderFault(path: path + ".id", problem: "this member is missing") }
    guard let total = try amount(json, "total", path, currency) else {
      throw OrderFault(path: path + ".total", problem: "this member is missing")
    }
    let before = try amount(json, "subtotal", path, currency) ?? total
    sum.add(total)
    let base = max(before.minorUnits, total.minorUnits)
    let units = Int64(quantity)
    var unit = Money(minorUnits: 0, currency: currency)
    var discount: Money?
    if units > 0 {
      let (whole, rest) = base.quotientAndRemainder(dividingBy: units)
      unit = Money(minorUnits: rest > 0 ? whole + 1 : whole, currency: currency)
      guard let gross = unit.times(quantity) else {
        throw OrderFault(path: path + ".subtotal", problem: "the amount is out of range")
      }
      let (off, overflow) = gross.minorUnits.subtractingReportingOverflow(total.minorUnits)
      if overflow { throw OrderFault(path: path + ".total", problem: "the amount is out of range") }
      if off != 0 { discount = Money(minorUnits: off, currency: currency) }
    } else if total.minorUnits != 0 {
      throw OrderFault(path: path + ".quantity", problem: "0 units cannot cost \(total.decimalText)")
    }
    return OrderLine(
      id: id, sku: text(json["sku"]), title: text(json["name"]) ?? "", quantity: quantity, unitPrice: unit,
      discount: discount)
  }

  /// One fee as a line of its own; a negative fee, which is how many plugins write a discount, has a negative price.
  private func fee(
    _ json: JSONValue, _ path: String, _ currency: CurrencyCode, _ sum: inout WooSum
  ) throws(OrderFault) -> OrderLine {
    guard let id = text(json["id"]) else { throw OrderFault(path: path + ".id", problem: "this member is missing") }
    guard let total = try amount(json, "total", path, currency) else {
      throw OrderFault(path: path + ".total", problem: "this member is missing")
    }
    sum.add(total)
    return OrderLine(
      id: "fee-" + id, sku: configuration.feeSKU, title: text(json["name"]) ?? "Fee", quantity: 1, unitPrice: total,
      requiresShipping: false)
  }

  /// The parts must add up, give or take the half minor unit each of them was rounded by. What is missing may have been
  /// paid by gift cards that a plugin lists; those belong to what the customer owes.
  private func explain(_ json: JSONValue, _ order: inout Order, _ sum: WooSum) throws(OrderFault) {
    let slack = (sum.parts + 1) / 2
    guard let parts = sum.total else { throw OrderFault(path: "total", problem: "the amounts are out of range") }
    let (missing, overflow) = parts.subtractingReportingOverflow(order.total.minorUnits)
    if overflow { throw OrderFault(path: "total", problem: "the amounts are out of range") }
    if missing.magnitude <= slack { return }
    var cards: [StoredValuePayment] = []
    var paid = WooSum()
    for card in json["gift_cards"]?.array ?? [] {
      guard let amount = try amount(card, "amount", "gift_cards", order.currency) else { continue }
      paid.add(amount)
      let code = text(card["id"]) ?? String((text(card["code"]) ?? "").suffix(4))
      cards.append(StoredValuePayment(kind: "gift_card", reference: code, amount: amount))
    }
    if let byCard = paid.total, byCard > 0, missing > 0 {
      let (gap, late) = missing.subtractingReportingOverflow(byCard)
      let owed = order.total.adding(Money(minorUnits: byCard, currency: order.currency))
      if !late, gap.magnitude <= slack, let owed {
        order.total = owed
        order.storedValue = cards
        return
      }
    }
    let added = Money(minorUnits: parts, currency: order.currency).decimalText
    throw OrderFault(
      path: "total", problem: "\(order.total.decimalText) is not what lines, fees, shipping and tax add up to, \(added)"
    )
  }

  /// An amount written as text, or as a number by some plugins; extra decimals are rounded to the minor unit.
  private func amount(
    _ json: JSONValue, _ key: String, _ parent: String, _ currency: CurrencyCode
  ) throws(OrderFault) -> Money? {
    guard let value = json[key], !value.isNull, value != "" else { return nil }
    guard let money = value.scalarText.flatMap({ Money.rounded(decimal: $0, currency: currency) }) else {
      throw OrderFault(
        path: parent.isEmpty ? key : parent + "." + key, problem: "decimal text of \(currency.text) is needed")
    }
    return money
  }
}

/// A sum that remembers an overflow and how many amounts are in it.
struct WooSum {
  private(set) var total: Int64? = 0
  private(set) var parts = 0

  mutating func add(_ money: Money?) {
    guard let money else { return }
    parts += 1
    guard let sum = total?.addingReportingOverflow(money.minorUnits), !sum.overflow else {
      total = nil
      return
    }
    total = sum.partialValue
  }
}
