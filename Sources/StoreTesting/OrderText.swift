public import HandoffCore

/// Stores and reads an order for tests of the inner rings, which know no JSON: fields with their lengths.
///
/// It keeps what these tests look at, and no more.
public enum OrderText {
  /// Why stored bytes are no order.
  public struct Unreadable: Error, Hashable, Sendable {}

  /// Writes an order.
  public static func encode(_ order: Order) -> [UInt8] {
    var fields = [
      order.id, order.number, order.currency.text, String(order.total.minorUnits), order.email ?? "-",
      order.payment.rawValue, order.isCancelled ? "1" : "0", order.updatedAt.map { String($0.microseconds) } ?? "-",
    ]
    for line in order.lines {
      fields += [line.id, line.sku ?? "-", String(line.quantity), String(line.unitPrice.minorUnits)]
    }
    return fields.flatMap { field in Array("\(field.utf8.count):".utf8) + Array(field.utf8) }
  }

  /// Reads an order.
  public static func decode(_ bytes: [UInt8]) throws -> Order {
    var fields: [String] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
        let count = Int(String(decoding: rest[..<colon], as: UTF8.self)), count >= 0, count < rest.count
      else { throw Unreadable() }
      let field = rest[(colon + 1)...].prefix(count)
      guard field.count == count else { throw Unreadable() }
      fields.append(String(decoding: field, as: UTF8.self))
      rest = rest[(colon + 1 + count)...]
    }
    guard fields.count >= 8, (fields.count - 8) % 4 == 0, let currency = CurrencyCode(fields[2]),
      let total = Int64(fields[3]), let payment = PaymentState(rawValue: fields[5])
    else { throw Unreadable() }
    var order = Order(
      id: fields[0], number: fields[1], currency: currency, total: Money(minorUnits: total, currency: currency),
      lines: [])
    order.email = fields[4] == "-" ? nil : fields[4]
    order.payment = payment
    order.isCancelled = fields[6] == "1"
    order.updatedAt = Int64(fields[7]).map { Timestamp(microseconds: $0) }
    for start in stride(from: 8, to: fields.count, by: 4) {
      guard let quantity = Int(fields[start + 2]), let price = Int64(fields[start + 3]) else { throw Unreadable() }
      order.lines.append(
        OrderLine(
          id: fields[start], sku: fields[start + 1] == "-" ? nil : fields[start + 1], title: "", quantity: quantity,
          unitPrice: Money(minorUnits: price, currency: currency)))
    }
    return order
  }
}
