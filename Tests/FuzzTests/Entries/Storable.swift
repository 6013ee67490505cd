import Connector
import HandoffCore

/// What must hold of everything that a connector has accepted.
enum Accepted {
  /// The order is stored and read again without a change, its digest included.
  static func order(_ order: Order) throws(Finding) {
    let stored = OrderJSON.write(order).bytes
    let again: Order
    do { again = try OrderJSON.read(JSONValue(parsing: stored)) } catch {
      throw Finding("an accepted order cannot be read from the store: \(error)")
    }
    try must(again.canonicalForm == order.canonicalForm, "the digest changes in the store")
    try must(OrderJSON.write(again).bytes == stored, "the order changes in the store")
    try must(again == order, "the order differs from what was stored")
    try must(!stored.contains(0), "a NUL is stored")
  }

  static func capture(_ capture: OrderCapture) throws(Finding) {
    try order(capture.order)
    try must(
      Timestamp(iso8601: capture.updatedAt.iso8601) == capture.updatedAt, "the clock \(capture.updatedAt) is not kept")
  }

  static func page(_ outcome: BackfillOutcome) throws(Finding) {
    guard case .page(let orders, _, _) = outcome else { return }
    for order in orders { try capture(order) }
  }

  /// A receipt names a record by an id that can be kept and asked for.
  static func receipt(_ outcome: SubmissionOutcome) throws(Finding) {
    switch outcome {
    case .accepted(let receipt):
      try must(Receipt.isPlausible(recordID: receipt.recordID), "an implausible record id: \(receipt.recordID)")
    case .recorded(let id, _):
      try must(Receipt.isPlausible(recordID: id), "an implausible record id: \(id)")
    case .refused, .busy, .unknown, .misconfigured: break
    }
  }
}

extension JSONValue {
  /// The same document with its members in the opposite order.
  var turned: [UInt8] {
    switch self {
    case .null, .bool, .number, .string: return bytes
    case .array(let values): return [0x5B] + values.map(\.turned).joined(separator: [0x2C]) + [0x5D]
    case .members(let object):
      let texts = object.members.reversed().map { JSONValue.string($0.name).bytes + [0x3A] + $0.value.turned }
      return [0x7B] + texts.joined(separator: [0x2C]) + [0x7D]
    }
  }
}
