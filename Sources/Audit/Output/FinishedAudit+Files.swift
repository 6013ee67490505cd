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
    var writer = try TextWriter(path: folder + "/audit.json")
    writer.text(try json())
    try writer.close()
    try writeOrders(folder)
    try writeOversold(folder + "/oversell.csv")
    try writeGroups(folder)
    try writeSignals(folder)
    try writeUnreadable(folder + "/unreadable.csv")
  }

  /// Writes the report as one page.
  public func writeReport(_ origin: ReportOrigin, to path: String) throws {
    var writer = try TextWriter(path: path)
    writer.text(html(origin))
    try writer.close()
  }

  /// The orders behind each figure about orders, and every order that is told first, not only the late ones.
  private func writeOrders(_ folder: String) throws {
    let sheet = OrderSheet(facts, ledger)
    try sheet.write(positions.late, to: folder + "/late.csv")
    try sheet.write(positions.never, to: folder + "/never.csv")
    try sheet.write(positions.twice, to: folder + "/received-twice.csv")
    try sheet.write(to: folder + "/told-first.csv") { ledger.isConfirmedFirst($0, facts) }
    try sheet.write(to: folder + "/reimported.csv") { facts.orders.flags[$0].contains(.reimported) }
    try sheet.write(to: folder + "/never-told.csv") { order in
      ledger.hasConfirmations && facts.orders.received[order] != nil && facts.orders.confirmed[order] == nil
    }
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
    let zone = ZoneRules(named: result.assumptions.timeZone) ?? .utc
    let hours = result.gap.byHour.map { group in
      var group = group
      group.label = Self.hour(group.label, zone)
      return group
    }
    let groups = [
      ("gap.csv", "hour", hours), ("gap-by-day.csv", "day", result.gap.byDay),
      ("gap-by-hour-of-day.csv", "hour_of_day", result.gap.byHourOfDay),
      ("gap-by-channel.csv", "channel", result.gap.byChannel),
      ("gap-by-volume.csv", "volume", result.gap.byVolume.map(\.group)),
    ]
    for (name, label, rows) in groups {
      var writer = try TextWriter(path: folder + "/" + name)
      writer.text(label + ",orders,told_first,never_received,joined,p50_ms,p90_ms,p99_ms,max_ms")
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

  /// `2026-10-01T07` in the audit's zone as `2026-10-01T07:00:00+02:00`.
  private static func hour(_ label: String, _ zone: ZoneRules) -> String {
    guard let local = TimeReader(zone: .utc).instant(Array("\(label):00:00Z".utf8)) else { return label }
    let minutes = (local.milliseconds - zone.instant(local: local.milliseconds).milliseconds) / 60_000
    func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
    let size = abs(minutes)
    let offset = minutes == 0 ? "Z" : (minutes < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60)
    return label + ":00:00" + offset
  }

  private func writeSignals(_ folder: String) throws {
    var tickets = try TextWriter(path: folder + "/tickets.csv")
    tickets.text("ticket_id,order_id,order_number,opened_at,confirmed_at,recorded_at")
    try tickets.endLine()
    let named = Dictionary(
      facts.tickets.compactMap { ticket in ticket.order.map { (ledger.orderID($0, facts), $0) } }
    ) { first, _ in first }
    let names = OrderNames(facts, ledger)
    for ticket in full.tickets {
      tickets.cell(ticket.ticketID)
      tickets.comma()
      tickets.cell(ticket.orderID)
      tickets.comma()
      if let order = named[ticket.orderID] { names.writeNumber(order, facts, to: &tickets) }
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
