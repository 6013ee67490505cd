import Connector
import HandoffCore

extension OrderReader {
  /// The lines in ascending order of their ids: the two APIs list them in no promised order, and the digest must agree.
  func lines() throws(OrderFault) -> [OrderLine] {
    guard let items = body["line_items"]?.array else {
      throw OrderFault(path: "line_items", problem: "an array of order lines is missing")
    }
    var lines: [OrderLine] = []
    lines.reserveCapacity(items.count)
    var seen: Set<String> = []
    for (index, item) in items.enumerated() {
      let line = try line(item, "line_items[\(index)]")
      guard seen.insert(line.id).inserted else {
        throw OrderFault(path: "line_items[\(index)].id", problem: "the id \(line.id) stands twice")
      }
      lines.append(line)
    }
    return lines.sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
  }

  private func line(_ item: JSONValue, _ path: String) throws(OrderFault) -> OrderLine {
    guard item.isObject else { throw OrderFault(path: path, problem: "a line is a JSON object") }
    guard let id = ShopifyIdentity.number(item["id"]) else {
      throw OrderFault(path: path + ".id", problem: "a whole number of 1 to 20 digits is needed")
    }
    guard let ordered = try quantity(item, "quantity", path) else {
      throw OrderFault(path: path + ".quantity", problem: "the quantity is missing")
    }
    let current = try quantity(item, "current_quantity", path)
    let wanted = current ?? ordered
    guard let price = try amount(item, "price", in: path, rounding: true) else {
      throw OrderFault(path: path + ".price", problem: "the price of one unit is missing")
    }
    return OrderLine(
      id: id, sku: try text(item, "sku", in: path), title: shown(item["name"]) ?? shown(item["title"]) ?? "",
      quantity: wanted, unitPrice: price, discount: try discount(item, path, ordered: ordered, wanted: wanted),
      isGiftCard: item["gift_card"]?.bool ?? false, requiresShipping: item["requires_shipping"]?.bool ?? true)
  }

  private func quantity(_ item: JSONValue, _ key: String, _ path: String) throws(OrderFault) -> Int? {
    guard let value = item[key], !value.isNull else { return nil }
    guard let quantity = value.int, quantity >= 0, quantity <= 1_000_000 else {
      throw OrderFault(path: path + "." + key, problem: "a whole number from 0 to 1000000 is needed")
    }
    return quantity
  }

  /// The whole discount on the units still wanted: the sum of the allocations, which hold the order-level share too.
  ///
  /// Shopify's allocations go on covering removed and refunded units, so after a removal the share of the units that
  /// are left is taken, rounded half up to the minor unit. Old bodies have no allocations, only `total_discount`.
  private func discount(
    _ item: JSONValue, _ path: String, ordered: Int, wanted: Int
  ) throws(OrderFault) -> Money? {
    var whole = Money(minorUnits: 0, currency: currency)
    if let allocations = item["discount_allocations"]?.array {
      for (index, allocation) in allocations.enumerated() {
        let place = path + ".discount_allocations[\(index)]"
        guard let part = try amount(allocation, "amount", in: place), let sum = whole.adding(part) else {
          throw OrderFault(path: place, problem: "the amount is missing or out of range")
        }
        whole = sum
      }
    } else {
      if let given = try amount(item, "total_discount", in: path) { whole = given }
    }
    if whole.minorUnits == 0 { return nil }
    guard wanted < ordered else { return whole }
    let (product, overflow) = whole.minorUnits.multipliedReportingOverflow(by: Int64(wanted))
    let (bumped, late) = product.addingReportingOverflow(Int64(ordered) / 2)
    guard !overflow, !late else { throw OrderFault(path: path, problem: "the discount is out of range") }
    let share = bumped / Int64(ordered)
    return share == 0 ? nil : Money(minorUnits: share, currency: currency)
  }

  /// The first of several members that holds an amount in the shop's currency.
  func amount(
    _ holder: JSONValue, _ keys: String..., in parent: String = "", rounding: Bool = false
  ) throws(OrderFault) -> Money? {
    for key in keys { if let found = try amount(of: key, holder, parent, rounding) { return found } }
    return nil
  }

  /// An amount from the member and from its money bag `…_set`, which must agree.
  private func amount(
    of key: String, _ holder: JSONValue, _ parent: String, _ rounding: Bool
  ) throws(OrderFault) -> Money? {
    let path = parent.isEmpty ? key : parent + "." + key
    let plain = try money(holder[key], path, rounding)
    var bagged: Money?
    if let bag = holder[key + "_set"]?["shop_money"], !bag.isNull {
      if let code = bag["currency_code"]?.string, CurrencyCode(code) != currency {
        throw OrderFault(
          path: path + "_set", problem: "an amount in \(code.prefix(8)) inside an order in \(currency.text)")
      }
      bagged = try money(bag["amount"], path + "_set", rounding)
    }
    if let plain, let bagged, plain != bagged {
      throw OrderFault(
        path: path, problem: "\(plain.decimalText) here and \(bagged.decimalText) in \(key)_set cannot both be right")
    }
    return plain ?? bagged
  }

  private func money(_ value: JSONValue?, _ path: String, _ rounding: Bool) throws(OrderFault) -> Money? {
    guard let value, !value.isNull else { return nil }
    let text = value.scalarText ?? ""
    let read =
      rounding ? Money.rounded(decimal: text, currency: currency) : Money(decimal: text, currency: currency)
    guard let read else {
      throw OrderFault(
        path: path, problem: "\"\(Words.clipped(text, to: 40))\" is no amount of \(currency.text)")
    }
    guard read.minorUnits >= 0 else { throw OrderFault(path: path, problem: "a negative amount") }
    return read
  }

  /// Text that the ERP is told; blank is nil, for Shopify sends `null`, `""` and nothing at all for the same thing.
  func text(_ holder: JSONValue, _ keys: String..., in parent: String = "") throws(OrderFault) -> String? {
    for key in keys {
      guard let value = holder[key], !value.isNull else { continue }
      let path = parent.isEmpty ? key : parent + "." + key
      guard let text = value.scalarText else { throw OrderFault(path: path, problem: "text is needed") }
      guard text.utf8.count <= OrderReader.textLimit else {
        throw OrderFault(path: path, problem: "longer than \(OrderReader.textLimit) bytes")
      }
      if !Words.trimmed(text).isEmpty { return text }
    }
    return nil
  }

  /// Text that only people read: cut when too long, nil when it is none.
  func shown(_ value: JSONValue?) -> String? {
    guard let text = value?.scalarText, !Words.trimmed(text).isEmpty else { return nil }
    return Words.fitting(text, bytes: OrderReader.textLimit)
  }

  /// First and last name; made here because the two APIs join them differently.
  func name(_ person: JSONValue) -> String? {
    let parts = [person["first_name"], person["last_name"]].compactMap { shown($0).map(Words.trimmed) }
    return parts.isEmpty
      ? shown(person["name"]).map(Words.trimmed)
      : Words.fitting(parts.joined(separator: " "), bytes: OrderReader.textLimit)
  }

  /// An address; nil when absent, null or without any part. Everything may be withheld as protected customer data.
  func address(_ key: String) throws(OrderFault) -> Address? {
    guard let value = body[key], !value.isNull else { return nil }
    guard value.isObject else { throw OrderFault(path: key, problem: "an address is a JSON object") }
    var address = Address()
    address.name = name(value)
    address.company = try text(value, "company", in: key)
    address.street1 = try text(value, "address1", in: key)
    address.street2 = try text(value, "address2", in: key)
    address.city = try text(value, "city", in: key)
    address.region = try text(value, "province_code", "province", in: key)
    address.postalCode = try text(value, "zip", in: key)
    address.country = try text(value, "country_code", in: key)
    address.phone = try text(value, "phone", in: key)
    return address == Address() ? nil : address
  }
}
