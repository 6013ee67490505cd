import HandoffCore

/// What people in the warehouse and the office read on a sale: the customer, where it goes, and the note.
enum TrytonComment {
  /// The comment of an order; the same order always gives the same text.
  static func text(_ order: Order) -> String {
    var lines: [String] = []
    func add(_ label: String, _ parts: [String?]) {
      let text = parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
      if !text.isEmpty { lines.append("\(label): \(text.prefix(500))") }
    }
    func parts(_ address: Address) -> [String?] {
      [
        address.name, address.company, address.street1, address.street2,
        [address.postalCode, address.city].compactMap(\.self).joined(separator: " "), address.region, address.country,
        address.phone,
      ]
    }
    add("Customer", [order.customerName, order.email, order.phone])
    if let address = order.shippingAddress { add("Ship to", parts(address)) }
    if let address = order.billingAddress, address != order.shippingAddress { add("Bill to", parts(address)) }
    add("Placed", [order.placedAt?.iso8601])
    for part in order.storedValue { add("Paid by \(part.kind)", [part.amount.decimalText, part.reference]) }
    add("Note", [order.note])
    return lines.joined(separator: "\n")
  }
}
