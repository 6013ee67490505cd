import Connector
import HandoffCore

/// An order as lines of a Tryton sale whose sum is the order's total.
struct TrytonPlan: Hashable, Sendable {
  /// One line to be: quantity times price of a product.
  struct Line: Hashable, Sendable {
    let code: String
    let quantity: Int
    let price: Money
    let title: String?
  }

  /// Why an order cannot become a sale.
  struct Fault: Error, Hashable {
    let reason: String
  }

  let lines: [Line]
  let total: Money

  /// Plans a sale.
  /// - Throws: ``Fault`` for a line without SKU, a senseless quantity or price, a charge without a product to carry it,
  ///   and a total that its parts do not make. Tryton itself accepts quantities of 0 and below.
  init(_ order: Order, _ configuration: TrytonERP.Configuration) throws(Fault) {
    var lines: [Line] = []
    var goods = Money(minorUnits: 0, currency: order.currency)
    var granted = goods
    for line in order.lines where line.quantity != 0 {
      guard line.quantity > 0, line.quantity <= 1_000_000 else {
        throw Fault(reason: "The quantity \(line.quantity) of \"\(line.title.prefix(80))\" cannot be sold.")
      }
      guard let sku = line.sku, !sku.isEmpty else {
        throw Fault(reason: "The line \"\(line.title.prefix(80))\" has no SKU, so Tryton cannot know its product.")
      }
      guard line.unitPrice.minorUnits >= 0, let amount = line.unitPrice.times(line.quantity),
        let sum = goods.adding(amount), let discounts = line.discount.map({ granted.adding($0) }) ?? granted
      else { throw Fault(reason: "The price or discount of \(sku.prefix(80)) cannot be reckoned with.") }
      goods = sum
      granted = discounts
      lines.append(Line(code: sku, quantity: line.quantity, price: line.unitPrice, title: line.title))
    }
    guard !lines.isEmpty else { throw Fault(reason: "The order has no line with a quantity.") }
    let charges = try Self.charges(order, goods: goods, granted: granted)
    total = order.total
    self.lines = try lines + Self.carried(charges, order.currency, configuration)
  }

  private struct Charges {
    let shipping: Int64
    let discount: Int64
    let tax: Int64
  }

  /// Finds the reading of discounts and tax that makes the order's total: storefronts differ in whether prices contain
  /// tax and whether line discounts contain the order's.
  private static func charges(_ order: Order, goods: Money, granted: Money) throws(Fault) -> Charges {
    let shipping = order.shipping?.minorUnits ?? 0
    let discounts = [granted.minorUnits, order.discount?.minorUnits ?? granted.minorUnits]
    for discount in discounts {
      for tax in [0, order.tax?.minorUnits ?? 0] {
        guard shipping >= 0, discount >= 0, tax >= 0 else { continue }
        let sums = [shipping, tax].reduce((goods.minorUnits, false)) { sum, part in
          let (next, overflow) = sum.0.addingReportingOverflow(part)
          return (next, sum.1 || overflow)
        }
        let (sum, overflow) = sums.0.subtractingReportingOverflow(discount)
        guard !sums.1, !overflow, sum == order.total.minorUnits, order.total.currency == order.currency else {
          continue
        }
        return Charges(shipping: shipping, discount: discount, tax: tax)
      }
    }
    let parts = "lines \(goods.decimalText), discounts \(granted.decimalText)"
    throw Fault(
      reason: "The order's parts do not make its total \(order.total.decimalText): \(parts), shipping "
        + "\(order.shipping?.decimalText ?? "0"), tax \(order.tax?.decimalText ?? "0").")
  }

  private static func carried(
    _ charges: Charges, _ currency: CurrencyCode, _ configuration: TrytonERP.Configuration
  ) throws(Fault) -> [Line] {
    let wanted: [(Int64, String?, String)] = [
      (charges.shipping, configuration.shippingProduct, "shippingProduct"),
      (-charges.discount, configuration.discountProduct, "discountProduct"),
      (charges.tax, configuration.taxProduct, "taxProduct"),
    ]
    var lines: [Line] = []
    for (amount, code, key) in wanted where amount != 0 {
      let money = Money(minorUnits: amount, currency: currency)
      guard let code else {
        throw Fault(reason: "The order carries \(money.decimalText) and no \(key) is configured to book it on.")
      }
      lines.append(Line(code: code, quantity: 1, price: money, title: nil))
    }
    return lines
  }

  /// What a sale has that was not planned, or the other way round; nil when they are equal in lines and total.
  func difference(to sale: TrytonSale) -> String? {
    let theirs = sale.lines.map { line in
      "\(line.quantity.map(String.init) ?? "?") x \(line.code ?? "?") at "
        + (line.price.flatMap { Money(decimal: $0, currency: total.currency) }?.decimalText ?? line.price ?? "?")
    }
    let ours = lines.map { "\($0.quantity) x \($0.code) at \($0.price.decimalText)" }
    guard theirs.sorted() == ours.sorted() else {
      return "Tryton has \(theirs.joined(separator: ", ").prefix(200)), submitted were "
        + "\(ours.joined(separator: ", ").prefix(200))."
    }
    guard sale.currency == total.currency.text else {
      return "Tryton's currency is \(sale.currency ?? "unknown"), the order's \(total.currency.text)."
    }
    guard sale.total == total else {
      return "Tryton's total is \(sale.total?.decimalText ?? "unreadable"), the order's \(total.decimalText)."
    }
    return nil
  }
}
