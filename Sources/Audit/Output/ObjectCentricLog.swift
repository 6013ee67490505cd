extension FinishedAudit {
  /// Writes the orders and what happened to them as an OCEL 2.0 log in JSON, for tools of process mining
  /// (https://www.ocel-standard.org). Streams: its memory does not grow with the log.
  public func writeOCEL(to path: String) throws {
    var writer = try TextWriter(path: path)
    try ObjectCentricLog(facts: facts, ledger: ledger).write(to: &writer)
    try writer.close()
  }
}

/// The facts as objects and events. Times are those of the findings: where a clock was moved, they are moved.
struct ObjectCentricLog {
  private let facts: AuditFacts
  private let ledger: GapLedger
  private let skus: [String]
  private let tickets: [String]
  private let market: MarketplaceObjects

  /// A type of objects or events with its attributes.
  private typealias Kind = (name: String, attributes: [(name: String, type: String)])

  private static let objectTypes: [Kind] = [
    ("order", [("channel", "string"), ("cancelled", "boolean")]), ("confirmation", []),
    ("erp order", [("recorded twice", "boolean"), ("re-import", "boolean")]), ("ticket", []),
    ("marketplace order", [("marketplace", "string"), ("cancelled", "boolean")]), ("sku", []),
  ]
  private static let eventTypes: [Kind] = [
    ("order placed", []), ("webhook delivered", []), ("integration finished", []),
    ("order recorded in ERP", []), ("customer told", []), ("ticket opened", []),
    ("marketplace order placed", []), ("marketplace order cancelled", [("for want of stock", "boolean")]),
  ]

  init(facts: AuditFacts, ledger: GapLedger) {
    self.facts = facts
    self.ledger = ledger
    var names = UniqueNames()
    skus = (0..<facts.catalog.skus.count).map { id in
      let text = facts.catalog.skus.text(id)
      return text.isEmpty ? "" : names.name("sku", ledger.masked(text), isExact: ledger.masked(text) == text)
    }
    tickets = facts.tickets.map { ticket in names.name("ticket", ledger.maskedIdentifier(ticket.id), isExact: false) }
    market = MarketplaceObjects(facts: facts, ledger: ledger, names: &names)
  }

  func write(to writer: inout TextWriter) throws {
    writer.text("{\"objectTypes\":")
    try Self.types(Self.objectTypes, &writer)
    writer.text(",\"eventTypes\":")
    try Self.types(Self.eventTypes, &writer)
    writer.text(",\"objects\":[")
    try writer.endLine()
    var list = JSONList()
    try objects(&list, &writer)
    writer.text("],\"events\":[")
    try writer.endLine()
    list = JSONList()
    try events(&list, &writer)
    writer.text("]}")
    try writer.endLine()
  }

  private static func types(_ kinds: [Kind], _ writer: inout TextWriter) throws {
    let texts = kinds.map { kind in
      let attributes = kind.attributes.map { "{\"name\":\"\($0.name)\",\"type\":\"\($0.type)\"}" }
      return "{\"name\":\"\(kind.name)\",\"attributes\":[\(attributes.joined(separator: ","))]}"
    }
    writer.text("[" + texts.joined(separator: ",\n") + "]")
    try writer.endLine()
  }

  /// The order's own number; with its position where masking made several alike.
  private func name(_ order: Int) -> String {
    let (text, isExact) = ledger.identity(order, facts)
    return isExact ? text : "\(text) ~\(order)"
  }

  /// SKUs of each order, in one walk over the line items.
  private struct LineWalk {
    var next = 0

    mutating func skus(of order: Int, _ facts: AuditFacts) -> [Int] {
      var found: [Int] = []
      while next < facts.orders.lines.count, facts.orders.lines.owner(next) <= order {
        let sku = facts.orders.lines.skus[next]
        if facts.orders.lines.owner(next) == order, sku != LineTable.noSKU, !found.contains(Int(sku)) {
          found.append(Int(sku))
        }
        next += 1
      }
      return found
    }
  }

  private func objects(_ list: inout JSONList, _ writer: inout TextWriter) throws {
    for sku in skus where !sku.isEmpty { try list.object(sku, "sku", [], [], &writer) }
    var lines = LineWalk()
    for order in 0..<facts.orders.count {
      let items = lines.skus(of: order, facts)
      let flags = facts.orders.flags[order]
      if flags.contains(.repeated) { continue }
      let name = name(order)
      try list.object(
        "order \(name)", "order",
        [("channel", ledger.channel(order, facts)), ("cancelled", "\(flags.contains(.cancelled))")],
        items.filter { !skus[$0].isEmpty }.map { (skus[$0], "contains") }, &writer)
      if facts.orders.confirmed[order] != nil {
        try list.object("confirmation \(name)", "confirmation", [], [("order \(name)", "confirms")], &writer)
      }
      if facts.orders.received[order] != nil {
        try list.object(
          "erp order \(name)", "erp order",
          [
            ("recorded twice", "\(flags.contains(.receivedTwice))"), ("re-import", "\(flags.contains(.reimported))"),
          ], [("order \(name)", "records")], &writer)
      }
    }
    for (ticket, id) in zip(facts.tickets, tickets) {
      let orders = ticket.order.map { [("order \(name($0))", "asks about")] } ?? []
      try list.object(id, "ticket", [], orders, &writer)
    }
    for object in market.objects {
      try list.object(
        object.name, "marketplace order",
        [("marketplace", object.marketplace), ("cancelled", "\(object.isCancelled)")],
        object.skus.filter { !skus[$0].isEmpty }.map { (skus[$0], "contains") }, &writer)
    }
  }

  private func events(_ list: inout JSONList, _ writer: inout TextWriter) throws {
    var lines = LineWalk()
    for order in 0..<facts.orders.count {
      let items = lines.skus(of: order, facts).filter { !skus[$0].isEmpty }
      if facts.orders.flags[order].contains(.repeated) { continue }
      let name = name(order)
      let captured = facts.orders.captured[order]
      let placed = ("order \(name)", "order")
      try list.event("order placed", captured, [placed] + items.map { (skus[$0], "item") }, &writer)
      if let delay = facts.orders.delivered[order] {
        try list.event("webhook delivered", captured + delay, [placed], &writer)
      }
      if let delay = facts.orders.queued[order] {
        try list.event("integration finished", captured + delay, [placed], &writer)
      }
      if let delay = ledger.receipt(order, facts) {
        let related = [placed, ("erp order \(name)", "erp order")]
        try list.event("order recorded in ERP", captured + delay, related, &writer)
      }
      if let delay = ledger.confirmation(order, facts) {
        let related = [placed, ("confirmation \(name)", "confirmation")]
        try list.event("customer told", captured + delay, related, &writer)
      }
    }
    for (ticket, id) in zip(facts.tickets, tickets) {
      let orders = ticket.order.map { [("order \(name($0))", "order")] } ?? []
      try list.event("ticket opened", ticket.opened, [(id, "ticket")] + orders, &writer)
    }
    for object in market.objects {
      let related = [(object.name, "marketplace order")]
      if let placed = object.placed {
        let items = object.skus.filter { !skus[$0].isEmpty }.map { (skus[$0], "item") }
        try list.event("marketplace order placed", placed, related + items, &writer)
      }
      if let end = object.end {
        try list.event(
          "marketplace order cancelled", end.at, related, &writer,
          attributes: [("for want of stock", "\(end.isForWantOfStock)")])
      }
    }
  }
}

/// Names that are different although masking may have made their texts alike.
struct UniqueNames {
  private var seen: Set<String> = []

  /// - Parameter isExact: whether the text is known to be no other's.
  mutating func name(_ kind: String, _ text: String, isExact: Bool) -> String {
    let name = "\(kind) \(text)"
    if isExact, text.utf8.allSatisfy({ $0 < 0x80 }) { return name }
    if seen.insert(name).inserted { return name }
    var number = 2
    while !seen.insert("\(name) ~\(number)").inserted { number += 1 }
    return "\(name) ~\(number)"
  }
}

/// Marketplace orders by their key, from order exports and from cancellations.
struct MarketplaceObjects {
  /// One order, of as many rows as it has items.
  struct Object {
    var name: String
    var marketplace: String
    var placed: Int64?
    var end: (at: Int64, isForWantOfStock: Bool)?
    var isCancelled = false
    var skus: [Int] = []
  }

  private(set) var objects: [Object] = []

  init(facts: AuditFacts, ledger: GapLedger, names: inout UniqueNames) {
    /// Rows of both files by key: an order export's are counted from 0, cancellations' from its end.
    var rows = (0..<facts.marketplaceOrders.count).map { (key: facts.marketplaceOrders[$0].key, row: $0) }
    rows += facts.cancellations.indices.map { (facts.cancellations[$0].key, facts.marketplaceOrders.count + $0) }
    rows.sort { ($0.key, $0.row) < ($1.key, $1.row) }
    var last: Int64?
    var text = ""
    for (key, row) in rows {
      if key != last {
        objects.append(Object(name: "", marketplace: ""))
        text = key >= 0 ? String(key) : String(UInt64(bitPattern: key), radix: 36)
        last = key
      }
      var object = objects.removeLast()
      if row < facts.marketplaceOrders.count {
        let order = facts.marketplaceOrders[row]
        object.marketplace = ledger.marketplace(order.marketplace, facts)
        object.placed = min(object.placed ?? order.time, order.time)
        object.isCancelled = object.isCancelled || order.isCancelled
        object.add(order.sku)
      } else {
        let cancellation = facts.cancellations[row - facts.marketplaceOrders.count]
        if object.marketplace.isEmpty { object.marketplace = ledger.marketplace(cancellation.marketplace, facts) }
        object.placed = object.placed ?? cancellation.ordered
        object.isCancelled = true
        // Order exports say that it was cancelled, not when.
        if cancellation.ordered != cancellation.cancelled {
          object.end = (cancellation.cancelled, cancellation.isForWantOfStock)
        }
        object.add(cancellation.sku)
        text = ledger.maskedIdentifier(cancellation.orderID)
      }
      object.name = text
      objects.append(object)
    }
    for position in objects.indices {
      objects[position].name = names.name("marketplace order", objects[position].name, isExact: false)
    }
  }
}

extension MarketplaceObjects.Object {
  mutating func add(_ sku: UInt32) {
    if sku != LineTable.noSKU, !skus.contains(Int(sku)) { skus.append(Int(sku)) }
  }
}

/// Elements of a JSON array, one on each line.
private struct JSONList {
  private var isFirst = true
  private var number = 0
  /// OCEL wants an instant for each value; for values that never change this is the one.
  private static let always = "1970-01-01T00:00:00Z"

  mutating func object(
    _ id: String, _ type: String, _ attributes: [(String, String)], _ related: [(String, String)],
    _ writer: inout TextWriter
  ) throws {
    open(id, type, &writer)
    if !attributes.isEmpty {
      writer.text(",\"attributes\":[")
      for (position, (name, value)) in attributes.enumerated() {
        writer.text((position > 0 ? "," : "") + "{\"name\":\"\(name)\",\"time\":\"\(Self.always)\",\"value\":")
        writer.json(value)
        writer.text("}")
      }
      writer.text("]")
    }
    try close(related, &writer)
  }

  mutating func event(
    _ type: String, _ at: Int64, _ related: [(String, String)], _ writer: inout TextWriter,
    attributes: [(String, String)] = []
  ) throws {
    number += 1
    open("e\(number)", type, &writer)
    writer.text(",\"time\":\"\(Instant(milliseconds: at).iso8601)\"")
    if !attributes.isEmpty {
      let texts = attributes.map { "{\"name\":\"\($0)\",\"value\":\"\($1)\"}" }
      writer.text(",\"attributes\":[" + texts.joined(separator: ",") + "]")
    }
    try close(related, &writer)
  }

  private mutating func open(_ id: String, _ type: String, _ writer: inout TextWriter) {
    writer.text(isFirst ? "{\"id\":" : ",{\"id\":")
    isFirst = false
    writer.json(id)
    writer.text(",\"type\":\"" + type + "\"")
  }

  private func close(_ related: [(String, String)], _ writer: inout TextWriter) throws {
    if !related.isEmpty {
      writer.text(",\"relationships\":[")
      for (position, (id, qualifier)) in related.enumerated() {
        writer.text(position > 0 ? ",{\"objectId\":" : "{\"objectId\":")
        writer.json(id)
        writer.text(",\"qualifier\":\"" + qualifier + "\"}")
      }
      writer.text("]")
    }
    writer.text("}")
    try writer.endLine()
  }
}
