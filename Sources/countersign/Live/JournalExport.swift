import Connector
import Foundation
import HandoffCore
import HandoffStore

/// Writes what a database knows of its orders as the exports that the audit reads, so that the same figures come from
/// the journal before and after the cutover.
///
/// The audit shares no code with the gate; files between the two keep it so.
struct JournalExport {
  /// What was written, for the notes beside the figures.
  struct Count {
    var orders = 0
    var gated = 0
    var observed = 0
    /// Observed orders that were seen in their ERP.
    var seen = 0
    /// Of these, the ones of which the ERP does not tell when it made the record.
    var seenWithoutTime = 0
    /// Orders whose customer was told, by us or as assumed.
    var confirmed = 0
    /// Orders that came by a webhook.
    var delivered = 0
    /// Orders that were given to the ERP from our own queue.
    var submitted = 0

    /// The files that say something. Our queue is no step on the way of an order that is only observed: beside one, it
    /// would look as if that order had been lost in it.
    var files: [String] {
      var files = ["storefront.csv", "erp.csv"]
      if confirmed > 0 { files.append("confirmations.csv") }
      if delivered > 0 { files.append("webhooks.csv") }
      if submitted > 0, observed == 0 { files.append("queue.csv") }
      return files
    }
  }

  let store: any HandoffStore
  /// Orders placed from here on.
  var since = Timestamp.distantPast
  /// Orders placed before this.
  var until = Timestamp.distantFuture
  /// Whether an observed order counts as confirmed by its storefront when it was placed.
  var assumesConfirmation = true

  /// Writes the files into a folder, page by page, so that a database of any size fits.
  func write(to folder: String) async throws -> Count {
    var sheets = try Sheets(folder)
    var count = Count()
    var last: HandoffID?
    while true {
      let after = last
      let page = try await store.read { store in
        try store.handoffs(after: after, limit: 500).map { try Facts($0, in: store) }
      }
      guard let end = page.last else { break }
      last = end.row.handoff.id
      for facts in page { try add(facts, to: &sheets, &count) }
    }
    try sheets.close()
    return count
  }

  private func add(_ facts: Facts, to sheets: inout Sheets, _ count: inout Count) throws {
    let handoff = facts.row.handoff
    let placedAt = facts.order?.placedAt ?? handoff.capturedAt
    guard placedAt >= since, placedAt < until else { return }
    let isObserved = handoff.stage == .observed
    count.orders += 1
    if isObserved { count.observed += 1 } else { count.gated += 1 }
    let name = facts.name
    let isTest = facts.order?.isTest == true ? "true" : ""
    let channel = facts.order?.source ?? handoff.key.storefront.text
    let cancelled = facts.cancelledAt?.iso8601 ?? ""
    let lines = facts.order?.lines.filter { $0.quantity > 0 } ?? []
    for line in lines.isEmpty ? [nil] : lines.map(Optional.some) {
      try sheets.storefront.write([
        name, facts.row.number, placedAt.iso8601, channel, line?.sku ?? "", line.map { String($0.quantity) } ?? "",
        isTest, cancelled,
      ])
    }
    if let told = facts.confirmedAt ?? (isObserved && assumesConfirmation ? placedAt : nil) {
      count.confirmed += 1
      try sheets.confirmations.write([name, told.iso8601, "order confirmation"])
    }
    if let sighting = facts.sighting {
      count.seen += 1
      if sighting.recordedAt == nil { count.seenWithoutTime += 1 }
      try sheets.erp.write([name, (sighting.recordedAt ?? sighting.seenAt).iso8601])
    } else if let receivedAt = facts.receivedAt {
      try sheets.erp.write([name, receivedAt.iso8601])
    }
    if let delivered = facts.deliveredAt {
      count.delivered += 1
      try sheets.webhooks.write([name, "orders/create", delivered.iso8601, "200"])
    }
    if let submitted = facts.submittedAt {
      count.submitted += 1
      try sheets.queue.write([name, "countersign", submitted.iso8601])
    }
  }

  /// What is read of one order.
  private struct Facts: Sendable {
    let row: HandoffRow
    let order: Order?
    let sighting: Sighting?
    var confirmedAt: Timestamp?
    var receivedAt: Timestamp?
    var submittedAt: Timestamp?
    var cancelledAt: Timestamp?
    var deliveredAt: Timestamp?

    init(_ row: HandoffRow, in store: any StoreReading) throws {
      self.row = row
      let handoff = row.handoff
      let content = try store.version(1, of: handoff.id)
      order = content.flatMap { try? OrderJSON.read(JSONValue(parsing: $0.body)) }
      sighting = try store.sighting(of: handoff.id)
      for entry in try store.journal(of: handoff.id) {
        switch entry.event {
        case "receipt_issued", "receipt_found": receivedAt = receivedAt ?? entry.at
        case "submission_started": submittedAt = submittedAt ?? entry.at
        case "order_cancelled": cancelledAt = cancelledAt ?? entry.at
        case "captured" where handoff.stage == .cancelled && handoff.cancelRequested: cancelledAt = entry.at
        default: break
        }
      }
      if handoff.stage == .observed, handoff.cancelRequested { cancelledAt = cancelledAt ?? handoff.capturedAt }
      let messages = try store.messages(of: handoff.id)
      confirmedAt = messages.first { $0.kind == .releaseConfirmation }?.acceptedAt
      let deliveries = try store.deliveries(of: handoff.id)
      deliveredAt = deliveries.first { $0.topic != "backfill" }?.receivedAt
    }

    /// One order of one storefront: ids of two storefronts may be alike.
    var name: String { "\(row.handoff.key.storefront.text)/\(row.handoff.key.orderID)" }
  }
}

/// The files of an export, each with its headings.
private struct Sheets {
  var storefront: Sheet
  var confirmations: Sheet
  var erp: Sheet
  var webhooks: Sheet
  var queue: Sheet

  init(_ folder: String) throws {
    func sheet(_ name: String, _ headings: String...) throws -> Sheet {
      var sheet = try Sheet(folder + "/" + name)
      try sheet.write(headings)
      return sheet
    }
    storefront = try sheet(
      "storefront.csv", "order_id", "order_number", "created_at", "channel", "sku", "quantity", "test", "cancelled_at")
    confirmations = try sheet("confirmations.csv", "order_id", "confirmed_at", "subject")
    erp = try sheet("erp.csv", "order_id", "recorded_at")
    webhooks = try sheet("webhooks.csv", "order_id", "topic", "delivered_at", "response_code")
    queue = try sheet("queue.csv", "order_id", "queue", "processed_at")
  }

  mutating func close() throws {
    try storefront.close()
    try confirmations.close()
    try erp.close()
    try webhooks.close()
    try queue.close()
  }
}

/// One CSV file, written in pieces.
private struct Sheet {
  private let handle: FileHandle
  private var pending: [UInt8] = []

  init(_ path: String) throws {
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: attributes),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw CommandFault("\(path) cannot be written") }
    self.handle = handle
  }

  mutating func write(_ cells: [String]) throws {
    for (index, cell) in cells.enumerated() {
      if index > 0 { pending.append(UInt8(ascii: ",")) }
      if cell.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }) {
        pending.append(UInt8(ascii: "\""))
        for byte in cell.utf8 {
          if byte == UInt8(ascii: "\"") { pending.append(byte) }
          pending.append(byte)
        }
        pending.append(UInt8(ascii: "\""))
      } else {
        pending.append(contentsOf: cell.utf8)
      }
    }
    pending.append(10)
    if pending.count > 1 << 16 { try flush() }
  }

  private mutating func flush() throws {
    try handle.write(contentsOf: Data(pending))
    pending.removeAll(keepingCapacity: true)
  }

  mutating func close() throws {
    try flush()
    try handle.close()
  }
}
