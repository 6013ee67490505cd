/// What a column means to the audit.
public enum Field: UInt8, CaseIterable, Sendable, Codable {
  /// The order's id, or a reference to it.
  case orderID
  /// The order's number as people see it.
  case orderName
  /// When it happened: captured, recorded, sent, delivered, opened, cancelled.
  case time
  /// When it happened, in a column of its own for the time of day or as a second choice.
  case secondTime
  /// The sales channel.
  case channel
  /// The SKU of a line item.
  case sku
  /// Units of it.
  case quantity
  /// Whether it is a test order.
  case test
  /// When the order was cancelled; empty when it was not.
  case cancelled
  /// A status, result or response code.
  case status
  /// The kind of event or message.
  case kind
  /// The template or subject of a message.
  case label
  /// A ticket's id.
  case ticketID
  /// Text in which order numbers may stand.
  case text
  /// Why something was cancelled or returned.
  case reason
  /// Units on hand, or units of demand.
  case count
  /// The day or week a demand figure is for.
  case day
  /// The id of the order a line of its own belongs to.
  case parent

  /// The name in `--map`.
  public var name: String { "\(self)" }

  /// The field of a name in `--map`.
  public init?(name: String) {
    let short = [
      "order": Field.orderID, "id": .orderID, "name": .orderName, "number": .orderName, "created": .time,
      "date": .time, "qty": .quantity, "onhand": .count, "units": .count, "week": .day, "ticket": .ticketID,
      "template": .label, "subject": .label, "event": .kind,
    ]
    guard
      let field = Self.allCases.first(where: { $0.name.lowercased() == name.lowercased() }) ?? short[name.lowercased()]
    else { return nil }
    self = field
  }
}
