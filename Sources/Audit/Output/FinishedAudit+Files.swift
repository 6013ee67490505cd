import Foundation

extension FinishedAudit {
  /// The findings as JSON.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(result), as: UTF8.self)
  }

  /// Writes `audit.json` and a CSV file of every finding, none of them capped, into a folder that is made if needed.
  public func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(json().utf8).write(to: URL(fileURLWithPath: folder + "/audit.json"))
    try writeGap(folder + "/gap.csv")
    try writeOrders(positions.late, folder + "/late.csv", "order_id,sent_at,rec") { writer, order in
      writer.instant(order.confirmed)
      writer.comma()
      writer.instant(order.received)
    }
    try writeOrders(positions.never, folder + "/never.csv", "order_id,created_at") { writer, order in
      writer.instant(order.captured)
    }
    try writeOrders(positions.twice, folder + "/received-twice.csv", "order_id,created_at,rec") { writer, order in
      writer.instant(order.captured)
      writer.comma()
      writer.instant(order.received)
    }
    try writeOversold(folder + "/oversell.csv")
    try writeGroups(folder)
    try writeSignals(folder)
    try writeUnreadable(folder + "/unreadable.csv")
  }

  private func writeGap(_ path: String) throws {
    var writer = try TextWriter(path: path)
    writer.text("h,n,p50,p90,p99,mx")
    try writer.endLine()
    for group in result.gap.byHour {
      guard let gap = group.gap else { continue }
      writer.text(group.label.replacing("T", with: " ") + ":00:00,")
      writer.number(Int64(gap.count))
      for value in [gap.p50, gap.p90, gap.p99] {
        writer.comma()
        writer.number(value)
      }
      writer.comma()
      writer.number(Int64(gap.max))
      try writer.endLine()
    }
    try writer.close()
  }

  private func writeOrders(
    _ positions: [UInt32], _ path: String, _ heading: String, _ rest: (inout TextWriter, OrderFinding) -> Void
  ) throws {
    var writer = try TextWriter(path: path)
    writer.text(heading)
    try writer.endLine()
    for position in positions {
      let order = ledger.finding(Int(position), facts)
      writer.cell(order.orderID)
      writer.comma()
      rest(&writer, order)
      try writer.endLine()
    }
    try writer.close()
  }

  private func writeOversold(_ path: String) throws {
    var writer = try TextWriter(path: path)
    writer.text("sku,on_hand,sold,first_at,orders")
    try writer.endLine()
    for item in full.oversold {
      writer.cell(item.sku)
      for number in [item.onHand, item.sold] {
        writer.comma()
        writer.number(Int64(number))
      }
      writer.comma()
      writer.instant(item.first)
      writer.comma()
      writer.number(Int64(item.orders))
      try writer.endLine()
    }
    try writer.close()
  }

  private func writeGroups(_ folder: String) throws {
    let groups = [
      ("gap-by-day.csv", result.gap.byDay), ("gap-by-hour-of-day.csv", result.gap.byHourOfDay),
      ("gap-by-channel.csv", result.gap.byChannel), ("gap-by-volume.csv", result.gap.byVolume.map(\.group)),
    ]
    for (name, rows) in groups {
      var writer = try TextWriter(path: folder + "/" + name)
      writer.text("label,orders,confirmed_first,never_received,joined,p50_ms,p90_ms,p99_ms,max_ms")
      try writer.endLine()
      for row in rows {
        writer.cell(row.label)
        for number in [row.orders, row.confirmedFirst, row.neverReceived, row.gap?.count ?? 0] {
          writer.comma()
          writer.number(Int64(number))
        }
        for value in [row.gap?.p50, row.gap?.p90, row.gap?.p99, row.gap?.max] {
          writer.comma()
          if let value { writer.number(value) }
        }
        try writer.endLine()
      }
      try writer.close()
    }
  }

  private func writeSignals(_ folder: String) throws {
    var tickets = try TextWriter(path: folder + "/tickets.csv")
    tickets.text("ticket_id,order_id,opened_at,sent_at,rec")
    try tickets.endLine()
    for ticket in full.tickets {
      tickets.cell(ticket.ticketID)
      tickets.comma()
      tickets.cell(ticket.orderID)
      for instant in [ticket.opened, ticket.confirmed, ticket.received] {
        tickets.comma()
        tickets.instant(instant)
      }
      try tickets.endLine()
    }
    try tickets.close()
    var cancellations = try TextWriter(path: folder + "/cancellations.csv")
    cancellations.text("order_id,marketplace,sku,ordered_at,units_in_flight,volume_ratio")
    try cancellations.endLine()
    for cancellation in full.cancellations {
      for text in [cancellation.orderID, cancellation.marketplace, cancellation.sku] {
        cancellations.cell(text)
        cancellations.comma()
      }
      cancellations.instant(cancellation.ordered)
      cancellations.comma()
      cancellations.number(Int64(cancellation.unitsInFlight))
      cancellations.comma()
      cancellations.number(cancellation.volumeRatio)
      try cancellations.endLine()
    }
    try cancellations.close()
    var demand = try TextWriter(path: folder + "/demand.csv")
    demand.text("sku,week,captured,planned,explained_by_gap,stockout")
    try demand.endLine()
    for finding in full.demand {
      demand.cell(finding.sku)
      demand.text("," + finding.week)
      for number in [finding.captured, finding.planned, finding.explainedByGap, finding.stockout] {
        demand.comma()
        demand.number(Int64(number))
      }
      try demand.endLine()
    }
    try demand.close()
  }

  private func writeUnreadable(_ path: String) throws {
    var writer = try TextWriter(path: path)
    writer.text("file,what,reason,count,first_lines")
    try writer.endLine()
    for input in result.inputs {
      for (what, reasons) in [("unreadable", input.unreadable), ("skipped", input.skipped)] {
        for reason in reasons {
          writer.cell(input.path)
          writer.text("," + what + ",")
          writer.cell(reason.reason)
          writer.comma()
          writer.number(Int64(reason.count))
          writer.comma()
          writer.cell(reason.firstLines.map(String.init).joined(separator: " "))
          try writer.endLine()
        }
      }
    }
    try writer.close()
  }
}
