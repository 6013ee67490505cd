import Connector
import HandoffCore

/// What a sender of canonical orders is told beyond ``OrderJSON``: a member that would be read as something else than
/// what was written is a fault, because the sender can mend it at once and nobody can later.
enum CanonicalOrderCheck {
  static func read(_ json: JSONValue) throws(OrderFault) -> Order {
    let order = try OrderJSON.read(json)
    guard order.id.utf8.count <= 255 else { throw OrderFault(path: "id", problem: "longer than 255 bytes") }
    guard order.total.minorUnits >= 0 else { throw OrderFault(path: "total", problem: "a total is not negative") }
    if let payment = json["payment"], !payment.isNull, payment.string.flatMap(PaymentState.init(rawValue:)) == nil {
      let known = PaymentState.allCases.map(\.rawValue).joined(separator: ", ")
      throw OrderFault(path: "payment", problem: "one of \(known) is needed")
    }
    for flag in ["test", "cancelled"] { try boolean(json, flag, path: flag) }
    for (index, line) in (json["lines"]?.array ?? []).enumerated() {
      let path = "lines[\(index)]"
      for flag in ["giftCard", "requiresShipping"] { try boolean(line, flag, path: "\(path).\(flag)") }
      if let currency = line["currency"], currency.string?.uppercased() != order.currency.text {
        throw OrderFault(
          path: path + ".currency", problem: "every line is in the order's currency, \(order.currency.text)")
      }
    }
    for key in ["shippingAddress", "billingAddress"] { try address(json[key], path: key) }
    if let parts = json["storedValue"], !parts.isNull, parts.array == nil {
      throw OrderFault(path: "storedValue", problem: "an array is needed")
    }
    for (index, part) in (json["storedValue"]?.array ?? []).enumerated() where part["amount"]?.scalarText == nil {
      throw OrderFault(path: "storedValue[\(index)].amount", problem: "the amount is missing")
    }
    return order
  }

  private static func boolean(_ json: JSONValue, _ key: String, path: String) throws(OrderFault) {
    guard let value = json[key], !value.isNull, value.bool == nil else { return }
    throw OrderFault(path: path, problem: "true or false is needed")
  }

  private static func address(_ json: JSONValue?, path: String) throws(OrderFault) {
    guard let json, !json.isNull else { return }
    guard case .members(let object) = json else { throw OrderFault(path: path, problem: "an address is a JSON object") }
    for member in object.members where !member.value.isNull && member.value.string == nil {
      throw OrderFault(path: "\(path).\(member.name)", problem: "text in quotes is needed")
    }
  }
}
