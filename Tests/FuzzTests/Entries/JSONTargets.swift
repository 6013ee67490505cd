import Connector
import HandoffCore

extension FuzzTarget {
  /// Any document: what is read can be written and read again, and the order of members does not matter.
  static let json = FuzzTarget(name: "json") { bytes throws(Finding) in
    guard let value = try? JSONValue(parsing: bytes) else { return }
    let written = value.bytes
    guard let again = try? JSONValue(parsing: written) else { throw Finding("what was written cannot be read") }
    try must(again == value, "the document changes")
    try must(again.bytes == written, "the bytes change")
    try must((try? JSONValue(parsing: value.turned))?.bytes == written, "the order of members matters")
    _ = (value.int, value.scalarText, value.isNull)
  }

  /// An order as it is stored.
  static let stored = FuzzTarget(name: "stored") { bytes throws(Finding) in
    guard let value = try? JSONValue(parsing: bytes), let order = try? OrderJSON.read(value) else { return }
    try Accepted.order(order)
    guard let turned = try? JSONValue(parsing: value.turned), let other = try? OrderJSON.read(turned) else {
      throw Finding("the order of members decides whether it is an order")
    }
    try must(other.canonicalForm == order.canonicalForm, "the digest depends on the order of members")
  }
}
