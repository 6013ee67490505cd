/// Orders as rows of a CSV file, the same columns in each.
struct OrderSheet {
  private let facts: AuditFacts
  private let ledger: GapLedger
  private let names: OrderNames
  /// Channels as cells, by id.
  private let channels: [[UInt8]]

  private static let heading = "order_id,order_number,channel,created_at,confirmed_at,recorded_at,gap_ms"

  init(_ facts: AuditFacts, _ ledger: GapLedger) {
    self.facts = facts
    self.ledger = ledger
    names = OrderNames(facts, ledger)
    channels = (0...255).map { id in
      Array(TextWriter.cell(ledger.masked(facts.catalog.channelName(UInt8(truncatingIfNeeded: id)))).utf8)
    }
  }

  /// Writes some orders as they come.
  func write(_ positions: [UInt32], to path: String) throws {
    var writer = try TextWriter(path: path)
    writer.text(Self.heading)
    try writer.endLine()
    for position in positions { try write(Int(position), to: &writer) }
    try writer.close()
  }

  /// Writes all orders that belong to it, in the order of the storefront's files: there may be millions, and a list of
  /// them would have to be kept.
  func write(to path: String, where belongs: (Int) -> Bool) throws {
    var writer = try TextWriter(path: path)
    writer.text(Self.heading)
    try writer.endLine()
    for order in 0..<facts.orders.count where !facts.orders.flags[order].contains(.repeated) && belongs(order) {
      try write(order, to: &writer)
    }
    try writer.close()
  }

  private func write(_ order: Int, to writer: inout TextWriter) throws {
    names.writeID(order, facts, to: &writer)
    writer.comma()
    names.writeNumber(order, facts, to: &writer)
    writer.comma()
    writer.bytes(channels[Int(facts.orders.channels[order])])
    writer.comma()
    let captured = facts.orders.captured[order]
    writer.instant(Instant(milliseconds: captured))
    writer.comma()
    writer.instant(ledger.confirmation(order, facts).map { Instant(milliseconds: captured + $0) })
    writer.comma()
    writer.instant(ledger.receipt(order, facts).map { Instant(milliseconds: captured + $0) })
    writer.comma()
    if let gap = ledger.gap(order, facts) { writer.number(gap) }
    try writer.endLine()
  }
}

/// What orders are called in the CSV files: the number that logs refer to, and the one that people know.
struct OrderNames {
  private let ledger: GapLedger
  /// Each storefront export has a shape of its own, from one order on.
  private let shapes: [(from: Int, shape: WrittenShape)]
  private let numberShapes: [WrittenShape]

  init(_ facts: AuditFacts, _ ledger: GapLedger) {
    self.ledger = ledger
    shapes = facts.keyShapes.map { ($0.from, WrittenShape($0.shape)) }
    numberShapes = facts.orders.numbers.shapes.map { WrittenShape($0.shape) }
  }

  /// The number that joins.
  func writeID(_ order: Int, _ facts: borrowing AuditFacts, to writer: inout TextWriter) {
    let key = facts.orders.keys[order]
    let shape = shapes.last { $0.from <= order }?.shape
    if key < 0 || shape?.write(key, to: &writer) != true { writer.cell(ledger.orderID(order, facts)) }
  }

  /// The shop's own number; the one that joins when the export has no other.
  func writeNumber(_ order: Int, _ facts: borrowing AuditFacts, to writer: inout TextWriter) {
    switch facts.orders.numbers.entry(order) {
    case nil: writeID(order, facts, to: &writer)
    case .text(let text): writer.cell(ledger.maskedIdentifier(text))
    case .number(let number, let place):
      let shape = numberShapes[place]
      if !shape.write(number, to: &writer) { writer.cell(ledger.maskedIdentifier(shape.text(number))) }
    }
  }
}

/// A shape in which nothing can be masked and nothing has to be quoted, as nearly all are: letters and a number without
/// a blank are no name.
private struct WrittenShape {
  private let shape: KeyShape
  private let isPlain: Bool

  init(_ shape: KeyShape) {
    self.shape = shape
    let isHarmless = (shape.prefix + shape.suffix).allSatisfy { byte in
      (byte | 0x20) &- 0x61 < 26 || byte == 0x23 || byte == 0x5F || byte == 0x2F || byte == 0x2D
    }
    isPlain = isHarmless && shape.prefix.first != 0x2D && shape.width == 0
  }

  func text(_ number: Int64) -> String { shape.text(number) }

  func write(_ number: Int64, to writer: inout TextWriter) -> Bool {
    guard isPlain else { return false }
    writer.bytes(shape.prefix)
    writer.number(number)
    writer.bytes(shape.suffix)
    return true
  }
}
