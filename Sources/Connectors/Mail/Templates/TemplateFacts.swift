import Connector
import HandoffCore

/// What the templates of one message may read, already cleaned, cut and, for HTML, escaped.
struct TemplateFacts {
  /// Lines of an order that a message lists; the rest is counted.
  static let lineLimit = 200

  private let values: [String: String]
  private let lists: [String: [[String: String]]]

  /// Takes from a message's facts what its kind may say.
  init(_ facts: MessageFacts, shop: String) {
    var values: [String: String] = ["shop": shop]
    var lists: [String: [[String: String]]] = [:]
    let order = facts.order
    values["number"] = ForeignText.line(order.number, limit: ForeignText.nameLimit)
    values["customer"] = ForeignText.name(order.customerName)
    if facts.kind != .acknowledgement {
      let wanted = order.lines.filter { $0.quantity > 0 }
      let priced = facts.kind == .confirmation
      lists["lines"] = wanted.prefix(TemplateFacts.lineLimit).map { TemplateFacts.line($0, priced: priced) }
      let shown = wanted.count
      if shown > TemplateFacts.lineLimit { values["moreLines"] = String(shown - TemplateFacts.lineLimit) }
    }
    if facts.kind == .confirmation {
      values["record"] = facts.recordNumber.flatMap { ForeignText.line($0, limit: ForeignText.nameLimit) }
      values["total"] = TemplateFacts.amount(order.total)
      if let address = order.shippingAddress { lists["address"] = TemplateFacts.parts(address) }
      if lists["address"]?.isEmpty == false { values["hasAddress"] = "1" }
    }
    self.values = values
    self.lists = lists.filter { !$0.value.isEmpty }
  }

  /// Facts with some of the values left out.
  private init(values: [String: String], lists: [String: [[String: String]]]) {
    self.values = values
    self.lists = lists
  }

  /// The same facts without one value.
  func without(_ name: String) -> TemplateFacts {
    TemplateFacts(values: values.filter { $0.key != name }, lists: lists)
  }

  /// A value, as plain text.
  subscript(name: String) -> String? { values[name] }

  /// What mustache reads for a part.
  func object(for part: TemplatePart) -> [String: Any] {
    func write(_ text: String) -> String { part == .html ? ForeignText.html(text) : text }
    var object: [String: Any] = [:]
    for (name, value) in values { object[name] = write(value) }
    for (name, elements) in lists {
      let written: [[String: String]] = elements.map { element in element.mapValues { write($0) } }
      object[name] = written
    }
    return object
  }

  /// An amount as `12.50 EUR`: the same in every language, so that no reader takes a comma for a point.
  private static func amount(_ money: Money) -> String { money.decimalText + " " + money.currency.text }

  private static func line(_ line: OrderLine, priced: Bool) -> [String: String] {
    var values = ["quantity": String(line.quantity)]
    values["sku"] = line.sku.flatMap { ForeignText.line($0, limit: ForeignText.nameLimit) }
    values["title"] = ForeignText.line(line.title, limit: ForeignText.titleLimit) ?? values["sku"] ?? line.id
    if priced { values["unitPrice"] = amount(line.unitPrice) }
    return values
  }

  private static func parts(_ address: Address) -> [[String: String]] {
    let town = [address.postalCode, address.city, address.region].compactMap { $0 }.joined(separator: " ")
    let parts = [address.name, address.company, address.street1, address.street2, town, address.country]
    return parts.compactMap { $0.flatMap { ForeignText.line($0, limit: ForeignText.nameLimit) } }.map { ["part": $0] }
  }
}
