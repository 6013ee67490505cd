public import HandoffCore

/// What is wrong with a canonical order document, and where.
public struct OrderFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The member, as a path such as `lines[2].quantity`.
  public let path: String
  /// What is wrong and what would be right.
  public let problem: String

  /// Names a fault.
  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  /// For answers, logs and unreadable deliveries.
  public var description: String { "\(path): \(problem)" }
}

/// The canonical order JSON: how an order is stored, how the generic storefront sends it, how the generic ERP gets it.
///
/// Amounts are decimal strings in the order's currency; clocks are RFC 3339; what is unknown is absent.
public enum OrderJSON {
  /// Writes an order; every member the value has, and no other.
  public static func write(_ order: Order) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(order.id), "number": .string(order.number), "currency": .string(order.currency.text),
      "total": .string(order.total.decimalText), "payment": .string(order.payment.rawValue),
      "lines": .array(order.lines.map(line)),
    ]
    func put(_ key: String, _ text: String?) { if let text { members[key] = .string(text) } }
    put("placedAt", order.placedAt?.iso8601)
    put("updatedAt", order.updatedAt?.iso8601)
    put("email", order.email)
    put("customerName", order.customerName)
    put("phone", order.phone)
    put("language", order.language)
    put("tax", order.tax?.decimalText)
    put("shipping", order.shipping?.decimalText)
    put("discount", order.discount?.decimalText)
    put("source", order.source)
    put("note", order.note)
    if let address = order.shippingAddress { members["shippingAddress"] = write(address) }
    if let address = order.billingAddress { members["billingAddress"] = write(address) }
    if order.isTest { members["test"] = true }
    if order.isCancelled { members["cancelled"] = true }
    if !order.storedValue.isEmpty {
      members["storedValue"] = .array(
        order.storedValue.map {
          ["kind": .string($0.kind), "reference": .string($0.reference), "amount": .string($0.amount.decimalText)]
        })
    }
    return .object(members)
  }

  private static func line(_ line: OrderLine) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(line.id), "title": .string(line.title), "quantity": .number(String(line.quantity)),
      "unitPrice": .string(line.unitPrice.decimalText),
    ]
    if let sku = line.sku { members["sku"] = .string(sku) }
    if let discount = line.discount { members["discount"] = .string(discount.decimalText) }
    if line.isGiftCard { members["giftCard"] = true }
    if !line.requiresShipping { members["requiresShipping"] = false }
    return .object(members)
  }

  private static func write(_ address: Address) -> JSONValue {
    let fields = [
      ("name", address.name), ("company", address.company), ("street1", address.street1), ("street2", address.street2),
      ("city", address.city), ("region", address.region), ("postalCode", address.postalCode),
      ("country", address.country), ("phone", address.phone),
    ]
    var members: [String: JSONValue] = [:]
    for (key, text) in fields { if let text { members[key] = .string(text) } }
    return .object(members)
  }

  /// Reads an order.
  /// - Throws: ``OrderFault`` naming the first member that is missing or wrong; nothing is guessed.
  public static func read(_ json: JSONValue) throws(OrderFault) -> Order {
    guard json.isObject else { throw OrderFault(path: "$", problem: "an order is a JSON object") }
    let id = try text(json, "id", required: true) ?? ""
    let code = try text(json, "currency", required: true) ?? ""
    guard let currency = CurrencyCode(code) else {
      throw OrderFault(path: "currency", problem: "\"\(code.prefix(12))\" is no ISO 4217 code of three letters")
    }
    guard let lines = json["lines"]?.array else {
      throw OrderFault(path: "lines", problem: "an array of order lines is missing")
    }
    guard let total = try money(json, "total", currency) else {
      throw OrderFault(path: "total", problem: "the total is missing; write it as decimal text, for example \"12.50\"")
    }
    var read: [OrderLine] = []
    read.reserveCapacity(lines.count)
    for (index, value) in lines.enumerated() { read.append(try line(value, index, currency)) }
    var order = Order(id: id, number: try text(json, "number") ?? id, currency: currency, total: total, lines: read)
    order.placedAt = try instant(json, "placedAt")
    order.updatedAt = try instant(json, "updatedAt")
    order.email = try text(json, "email")
    order.customerName = try text(json, "customerName")
    order.phone = try text(json, "phone")
    order.language = try text(json, "language")
    order.tax = try money(json, "tax", currency)
    order.shipping = try money(json, "shipping", currency)
    order.discount = try money(json, "discount", currency)
    order.source = try text(json, "source")
    order.note = try text(json, "note")
    order.shippingAddress = address(json["shippingAddress"])
    order.billingAddress = address(json["billingAddress"])
    order.payment = json["payment"]?.string.flatMap(PaymentState.init(rawValue:)) ?? .unknown
    order.isTest = json["test"]?.bool ?? false
    order.isCancelled = json["cancelled"]?.bool ?? false
    order.storedValue = try storedValue(json, currency)
    return order
  }

  private static func line(
    _ json: JSONValue, _ index: Int, _ currency: CurrencyCode
  ) throws(OrderFault) -> OrderLine {
    var path: String { "lines[\(index)]" }
    guard json.isObject else { throw OrderFault(path: path, problem: "a line is a JSON object") }
    guard let quantity = json["quantity"]?.int, quantity >= 0, quantity <= 1_000_000 else {
      throw OrderFault(path: path + ".quantity", problem: "a whole number from 0 to 1000000 is needed")
    }
    guard let price = try money(json, "unitPrice", currency, in: path) else {
      throw OrderFault(path: path + ".unitPrice", problem: "the price of one unit is missing")
    }
    return OrderLine(
      id: json["id"]?.scalarText ?? path, sku: try text(json, "sku", in: path),
      title: try text(json, "title", in: path) ?? "", quantity: quantity, unitPrice: price,
      discount: try money(json, "discount", currency, in: path), isGiftCard: json["giftCard"]?.bool ?? false,
      requiresShipping: json["requiresShipping"]?.bool ?? true)
  }

  private static func storedValue(
    _ json: JSONValue, _ currency: CurrencyCode
  ) throws(OrderFault) -> [StoredValuePayment] {
    var parts: [StoredValuePayment] = []
    for (index, part) in (json["storedValue"]?.array ?? []).enumerated() {
      guard let amount = try money(part, "amount", currency, in: "storedValue[\(index)]") else { continue }
      parts.append(
        StoredValuePayment(
          kind: part["kind"]?.string ?? "gift_card", reference: part["reference"]?.scalarText ?? "", amount: amount))
    }
    return parts
  }

  private static func address(_ json: JSONValue?) -> Address? {
    guard let json, json.isObject else { return nil }
    var address = Address()
    address.name = json["name"]?.string
    address.company = json["company"]?.string
    address.street1 = json["street1"]?.string
    address.street2 = json["street2"]?.string
    address.city = json["city"]?.string
    address.region = json["region"]?.string
    address.postalCode = json["postalCode"]?.string
    address.country = json["country"]?.string
    address.phone = json["phone"]?.string
    return address
  }

  private static func text(
    _ json: JSONValue, _ key: String, in parent: @autoclosure () -> String? = nil, required: Bool = false
  ) throws(OrderFault) -> String? {
    // A path is text to be made: only where something is wrong, not for each member of each line.
    var path: String { parent().map { $0 + "." + key } ?? key }
    guard let value = json[key], !value.isNull else {
      if required { throw OrderFault(path: path, problem: "this member is missing") }
      return nil
    }
    guard let text = value.scalarText else { throw OrderFault(path: path, problem: "text is needed") }
    guard text.utf8.count <= 4096 else { throw OrderFault(path: path, problem: "longer than 4096 bytes") }
    if required, text.isEmpty { throw OrderFault(path: path, problem: "this member is empty") }
    return text
  }

  private static func money(
    _ json: JSONValue, _ key: String, _ currency: CurrencyCode, in parent: @autoclosure () -> String? = nil
  ) throws(OrderFault) -> Money? {
    guard let value = json[key], !value.isNull else { return nil }
    var path: String { parent().map { $0 + "." + key } ?? key }
    guard let text = value.scalarText, let money = Money(decimal: text, currency: currency) else {
      throw OrderFault(
        path: path, problem: "no amount of \(currency.text) with at most \(currency.minorUnitDigits) decimals")
    }
    return money
  }

  private static func instant(_ json: JSONValue, _ key: String) throws(OrderFault) -> Timestamp? {
    guard let value = json[key], !value.isNull else { return nil }
    guard let text = value.string, let instant = Timestamp(iso8601: text) else {
      throw OrderFault(path: key, problem: "an RFC 3339 instant with offset is needed, such as 2026-11-23T10:00:00Z")
    }
    return instant
  }
}
