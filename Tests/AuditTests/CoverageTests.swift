import Foundation
import Testing

@testable import Audit

/// Logs that begin late, end early or break off.
@Suite struct CoverageTests {
  /// A day of orders every ten minutes, and an ERP's log of some hours of it.
  private func shop(from: Int = 0, to: Int = .max) -> HandWritten {
    var shop = HandWritten()
    shop.orders = 144
    shop.captured = { $0 * 600 + $0 % 7 }
    shop.received = { order in (from...to).contains(order) ? 14 + order * 7 % 31 : nil }
    shop.confirmed = { 60 + $0 * 7 % 31 }
    return shop
  }

  @Test func `what comes after the end of the ERP's log is not lost`() async throws {
    let finished = try await shop(to: 107).audit()
    let result = finished.result
    #expect(result.verdict.kind == .healthy, "\(result.verdict)")
    #expect(result.orders.neverReceived == 0 && result.orders.outsideReceipts == 36, "\(result.orders)")
    let doubt = try #require(result.verdict.doubts.first)
    #expect(doubt.contains("erp.csv ends at 2026-03-06T01:50") && doubt.contains("6 h before"), "\(doubt)")
    #expect(doubt.contains("36 orders placed outside that time are not called lost"))
    #expect(finished.positions.never.isEmpty && finished.positions.late.isEmpty)
  }

  @Test func `what comes before the beginning of the ERP's log is not lost`() async throws {
    let result = try await shop(from: 36).audit().result
    #expect(result.verdict.kind == .healthy, "\(result.verdict)")
    #expect(result.orders.neverReceived == 0 && result.orders.outsideReceipts == 36, "\(result.orders)")
    #expect(result.verdict.doubts.first?.contains("begins at 2026-03-05T14:0") == true, "\(result.verdict.doubts)")
  }

  @Test func `a loss inside the log's time is a loss`() async throws {
    var shop = shop(to: 107)
    let whole = shop.received
    shop.received = { (50..<60).contains($0) ? nil : whole($0) }
    let result = try await shop.audit().result
    #expect(result.verdict.scope == .lostOrders, "\(result.verdict)")
    #expect(result.orders.neverReceived == 10 && result.orders.outsideReceipts == 36)
  }

  @Test func `a log that is known to be whole has lost what is not in it`() async throws {
    let shop = shop(to: 107)
    let end = shop.time(143, 3600)
    let result = try await shop.audit {
      let days = CivilTime.daysSinceEpoch(year: end.year, month: end.month, day: end.day)
      $0.end = Int64(days) * CivilTime.millisecondsPerDay + Int64(end.millisecondOfDay)
    }.result
    #expect(result.orders.neverReceived == 36 && result.orders.outsideReceipts == 0)
    #expect(result.verdict.scope == .lostOrders)
  }

  @Test func `a log of confirmations that ends early is named`() async throws {
    var shop = shop()
    shop.confirmed = { $0 < 108 ? 60 + $0 * 7 % 31 : nil }
    let result = try await shop.audit().result
    #expect(result.orders.outsideConfirmations == 36 && result.orders.neverConfirmed == 0, "\(result.orders)")
    #expect(result.verdict.doubts.first?.contains("confirm.csv ends at") == true)
  }

  @Test func `tickets and units of orders that the ERP's log does not reach are no evidence`() async throws {
    let shop = shop(to: 107)
    let bench = try Workbench()
    try shop.write(to: bench)
    let rows = (120..<140).map { order in "\(order),\(1001 + order),\(HandWritten.iso(shop.time(order, 900)))\n" }
    try bench.write("tickets.csv", "ticket_id,order_id,opened_at\n" + rows.joined())
    let result = try await bench.audit().result
    let signal = try #require(result.signals.first)
    #expect(signal.state == .doesNotHold && result.affected.ticketCount == 0, "\(signal)")
  }

  @Test func `a last line that breaks off says truncated`() async throws {
    for (name, cut) in [("erp.csv", 12), ("storefront.csv", 9), ("confirm.csv", 14)] {
      let bench = try Workbench()
      try shop().write(to: bench)
      let text = try String(contentsOfFile: bench.folder + "/" + name, encoding: .utf8)
      try bench.write(name, String(text.dropLast(cut)))
      let result = try await bench.audit().result
      let input = try #require(result.inputs.first { $0.path.hasSuffix(name) })
      #expect(input.remarks.contains { $0.hasPrefix("is truncated: its last line breaks off") }, "\(input)")
      #expect(AuditSummary(result).text.contains("is truncated"))
    }
  }

  @Test func `what a file says about its times does not hang on where it is cut`() async throws {
    let bench = try Workbench()
    try shop(to: 107).write(to: bench)
    let tickets = (0..<40).map { "\($0),\(1001 + $0),\($0 % 9 == 0 ? "never" : "2026-03-06T10:00:0\($0 % 7)Z")\n" }
    try bench.write("tickets.csv", "ticket_id,order_id,opened_at\n" + tickets.joined() + "41,10")
    let whole = try await bench.audit().result
    #expect(try await bench.audit { $0.chunkBytes = 48 }.result == whole)
    let input = try #require(whole.inputs.first { $0.role == .tickets })
    #expect(input.remarks.contains { $0.hasPrefix("is truncated") }, "\(input)")
  }

  /// Orders as one JSON object each.
  private func json(_ numbers: Range<Int>) -> [String] {
    numbers.map {
      #"{"id":\#(7000 + $0),"order_number":\#(1000 + $0),"created_at":"2026-10-05T12:00:07Z","#
        + #""line_items":[{"sku":"A","quantity":1}]}"#
    }
  }

  /// The orders of a JSON export, the lines it could not read and what is said of it, which must be the same wherever
  /// it is cut.
  private func read(_ text: String) async throws -> (orders: Int, unread: [Int], remarks: [String]) {
    let bench = try Workbench()
    try bench.write("storefront.json", text)
    let whole = try await bench.audit().result
    for bytes in [48, 300, 1001] {
      let isSame = try await bench.audit { $0.chunkBytes = bytes }.result == whole
      #expect(isSame, "cut at \(bytes)")
    }
    let input = try #require(whole.inputs.first)
    return (whole.orders.captured, input.unreadable.flatMap(\.firstLines), input.remarks)
  }

  @Test func `one broken record of a JSON list costs that record alone`() async throws {
    var orders = json(0..<40)
    orders[7] = #"{"id":7007,"created_at":}"#
    orders[11] = #"{"id":7011,"note":"two\#nlines","created_at":"2026-10-05T12:00:07Z"}"#
    orders[15] = #"{"id":7015,"x":[{"s":"A"}]]}"#
    orders[20] += "}"
    let end = #"],"meta":{"pages":{"n":1}}}"#
    let found = try await read("{\"orders\":[\n" + orders.joined(separator: ",\n") + "\n" + end)
    #expect(found.orders == 37 && found.unread == [9, 13, 18], "\(found)")
  }

  @Test func `pages of a JSON export one after the other are all read`() async throws {
    for pages in [[0..<40, 40..<70], [0..<3, 3..<5, 5..<70]] {
      let days = pages.enumerated().map { "\"day\($0)\":[" + json($1).joined(separator: ",\n") + "]" }
      #expect(try await read("{" + days.joined(separator: ",\n") + "}").orders == 70)
      let named = pages.map {
        #"{"meta":[{"note":"orders"}],"orders":["# + "\n" + json($0).joined(separator: ",\n") + "]}"
      }
      #expect(try await read(named.joined(separator: "\n")).orders == 70)
      let bare = pages.map { "[" + json($0).joined(separator: ",\n") + "]" }
      #expect(try await read(bare.joined(separator: "\n")).orders == 70)
    }
  }

  @Test func `what lies beside the orders of a JSON export is no order`() async throws {
    // Whatever they look like: refunds have members of orders, and checkouts have them all.
    let customers = json(900..<909)
    let page = { (orders: Range<Int>) in
      #"{"customers":["# + customers.joined(separator: ",\n") + #"],"orders":["#
        + self.json(orders).joined(separator: ",\n") + #"],"customers":["# + customers.joined(separator: ",") + "]}"
    }
    let one = try await read(page(0..<40))
    #expect(one.orders == 40 && one.unread.isEmpty)
    #expect(one.remarks.contains { $0.hasPrefix("\"customers\" beside \"orders\" was not read") }, "\(one)")
    #expect(try await read(page(0..<20) + "\n" + page(20..<60)).orders == 60)
  }

  @Test func `the first records of a page may lack members or be broken`() async throws {
    var orders = json(0..<60)
    orders[0] = #"{"id":7000,"order_number":,}"#
    orders[30] = #"{"id":7030,"created_at":"2026-10-05T12:00:07Z"}"#
    let pages = [0..<25, 25..<30, 30..<60].map { #"{"orders":["# + orders[$0].joined(separator: ",\n") + "]}" }
    let found = try await read(pages.joined(separator: "\n"))
    #expect(found.orders == 59 && found.unread == [1], "\(found)")
  }

  @Test func `a list of orders is told from others by the whole way to it`() async throws {
    let list = { (orders: Range<Int>) in #"{"nodes":["# + self.json(orders).joined(separator: ",\n") + "]}" }
    let text = #"{"data":{"draftOrders":\#(list(900..<909)),"orders":\#(list(0..<40)),"links":\#(list(800..<810))}}"#
    let found = try await read(text)
    let left = "\"data.draftOrders.nodes\", \"data.links.nodes\" beside \"data.orders.nodes\" was not read"
    #expect(found.orders == 40 && found.remarks.contains { $0.hasPrefix(left) }, "\(found)")
    let shops = ["us", "eu", "uk"].enumerated().map {
      #""\#($1)":{"orders":["# + json($0 * 20..<$0 * 20 + 20).joined(separator: ",") + "]}"
    }
    let all = try await read("{" + shops.joined(separator: ",\n") + "}")
    #expect(all.orders == 60 && all.remarks.isEmpty, "\(all)")
    #expect(
      try await read(#"{"order":"1001","created_at":"2026-10-05T12:00:07Z","line_items":[{"sku":"A"}]}"#).orders == 1)
    #expect(try await read(#"{"order":["# + json(0..<40).joined(separator: ",\n") + "]}").orders == 40)
    let inner = { (orders: Range<Int>) in "[" + self.json(orders).joined(separator: ",\n") + "]" }
    let page = { (text: String) in #"{"meta":{"links":[{"a":1}],"note":"x"},"orders":[\#(text)]}"# }
    let nested = page(inner(0..<20) + "," + inner(20..<30)) + "\n" + page(inner(30..<50))
    #expect(try await read(nested).orders == 50)
  }

  @Test func `what lies beside the orders may be longer than any record`() async throws {
    let others = json(900..<930).joined(separator: ",\n")
    let page = { (orders: Range<Int>) in
      #"{"checkouts":["# + others + #"],"orders":["# + self.json(orders).joined(separator: ",\n")
        + #"],"customers":["# + others + "]}"
    }
    let bench = try Workbench()
    var broken = page(40..<60)
    broken.removeLast(30)
    // A record without a time behind what is given up is one, and is told by its line.
    let untimed = page(40..<60).replacing(#""created_at":"2026-10-05T12:00:07Z","#, with: "", maxReplacements: 31)
    for (text, orders, isCut) in [
      (page(0..<40), 40, false), (page(0..<40) + "\n" + page(40..<70), 70, false), (page(0..<40) + broken, 60, true),
      (page(0..<40) + "\n" + untimed, 59, false),
    ] {
      try bench.write("storefront.json", text)
      let whole = try await bench.audit().result
      for bytes in [100, 1000, 5000] {
        let isSame = try await bench.audit { ($0.chunkBytes, $0.longestRecord) = (bytes, 2000) }.result == whole
        #expect(isSame, "cut at \(bytes)")
      }
      #expect(whole.orders.captured == orders, "\(text.prefix(40))")
      #expect(whole.inputs.first?.remarks.contains { $0.hasPrefix("is truncated") } == isCut)
    }
  }

  @Test func `a JSON record does not reach into the next line`() async throws {
    var lines = json(0..<40)
    lines[5] = #"{"id":7005,"order_number":1005,"#
    lines[6] = #""created_at":"2026-10-05T12:00:07Z"}"#
    let found = try await read(lines.joined(separator: "\n"))
    #expect(found.orders == 38 && found.unread == [6, 7], "\(found)")
  }

  @Test func `a JSON export that breaks off says truncated, and one that does not says nothing`() async throws {
    let orders = json(0..<40)
    let whole = "{\"orders\":[\n" + orders.joined(separator: ",\n") + "\n]}"
    for (text, isCut) in [(whole, false), (String(whole.dropLast(30)), true), (orders.joined(separator: "\n"), false)] {
      let bench = try Workbench()
      try bench.write("storefront.json", text)
      let remarks = try #require(try await bench.audit().result.inputs.first).remarks
      #expect(remarks.contains { $0.hasPrefix("is truncated") } == isCut, "\(remarks)")
    }
  }
}

/// What must not be said when nothing can be judged, and what is said once.
@Suite struct WithheldTests {
  private func bench(erpTime: @escaping (CivilTime) -> String) throws -> Workbench {
    var shop = HandWritten.broken()
    shop.orders = 60
    shop.erpTime = erpTime
    shop.received = { $0 < 40 ? 14 : nil }
    shop.captured = { $0 < 59 ? $0 * 2111 : 400_000 }
    let bench = try Workbench()
    try shop.write(to: bench)
    let tickets = (0..<30).map { "\($0),\(1001 + $0),\(HandWritten.iso(shop.time($0, 8)))\n" }
    try bench.write("tickets.csv", "ticket_id,order_id,opened_at\n" + tickets.joined())
    try bench.write("late.csv", "external_id,recorded_at\n1060,\(erpTime(shop.time(59, 86_400)))\n")
    return bench
  }

  @Test func `the same files with times have lost orders, a cost and a signal`() async throws {
    let result = try await bench(erpTime: HandWritten.iso).audit().result
    #expect(result.orders.neverReceived == 19 && result.cost != nil && result.signals[0].state == .holds)
  }

  @Test func `what cannot be judged has no lost orders, no cost and no signal`() async throws {
    let bench = try bench(erpTime: HandWritten.dates)
    let finished = try await bench.audit()
    let result = finished.result
    #expect(result.verdict.kind == .cannotBeJudged && !result.foundGap, "\(result.verdict)")
    #expect(result.orders.neverReceived == 0 && result.orders.neverReceivedButConfirmed == 0)
    #expect(result.cost == nil && result.verdict.hop == nil && result.hops.isEmpty)
    #expect(result.signals.count == 3)
    for signal in result.signals { #expect(signal.state == .cannotBeJudged && signal.evidence.isEmpty) }
    #expect(result.affected.never.count == 0 && result.affected.late.count == 0 && result.affected.ticketCount == 0)
    #expect(result.gap == GapFindings())
    let text = AuditSummary(result).text
    for word in ["Never ", "Cost ", "holds ", "Gap ", "Hop "] { #expect(!text.contains(word), "\(word)") }
    let page = finished.html(ReportOrigin(version: "1", commandLine: []))
    for word in ["✕ holds", "id=\"cost\"", "id=\"orders\"", "told first</th>", "was told before", "no clock was found"]
    {
      #expect(!page.contains(word), "\(word)")
    }
    try finished.write(to: bench.folder + "/out")
    for name in ["never.csv", "late.csv", "tickets.csv"] {
      let rows = try String(contentsOfFile: bench.folder + "/out/" + name, encoding: .utf8).split(separator: "\n")
      #expect(rows.count == 1, "\(name)")
    }
  }

  @Test func `too few orders have a gap and no losses`() async throws {
    var shop = HandWritten.broken()
    shop.orders = 20
    shop.received = { (8..<12).contains($0) ? nil : 14 }
    let result = try await shop.audit().result
    #expect(result.verdict.kind == .cannotBeJudged && result.gap.overall?.count == 16)
    #expect(result.orders.neverReceived == 0 && result.gap.confirmedFirst == 0 && result.cost == nil)
  }

  @Test func `where no log shows the way, no step of it is named`() async throws {
    let finished = try await HandWritten.broken().audit()
    #expect(finished.result.verdict.scope == .everywhere && finished.result.verdict.hop == nil)
    #expect(finished.result.verdict.toExport.count == 2)
    let header = finished.html(ReportOrigin(version: "1", commandLine: [])).components(separatedBy: "</header>")[0]
    #expect(!header.contains("Where:") && !header.contains("trigger"))
  }

  @Test func `there is one definition of a peak`() async throws {
    let bench = try Workbench()
    try AuditGenerator(orders: 5000, seed: 7, world: .brokenAtPeaks, folder: bench.folder).run()
    let finished = try await bench.audit()
    let result = finished.result
    let sorted = result.gap.byHour.map(\.orders).sorted()
    let peaks = try #require(result.gap.byVolume.first { $0.isPeak })
    #expect(peaks.hours == sorted.count { $0 >= 2 * sorted[sorted.count / 2] })
    #expect(peaks.ordersFrom >= 2 * sorted[sorted.count / 2])
    #expect(result.gap.byVolume.reduce(0) { $0 + $1.hours } == sorted.count)
    let told = try #require(result.verdict.evidence.first { $0.name == "confirmed-first-share-at-peaks" })
    #expect(told.value == Double(peaks.group.confirmedFirst - peaks.group.neverReceived) / Double(peaks.group.orders))
    let page = finished.html(ReportOrigin(version: "1", commandLine: []))
    #expect(!page.contains("busiest 5 %") && page.contains("It widens at peaks. At peaks (hours with twice"))
  }

  @Test func `every storefront's numbers keep their own prefix`() async throws {
    let bench = try Workbench()
    var shop = HandWritten()
    shop.received = { $0 < 20 || $0 == 47 ? 14 : nil }
    try shop.write(to: bench)
    let text = try String(contentsOfFile: bench.folder + "/storefront.csv", encoding: .utf8)
    let rows = text.split(separator: "\n").dropFirst().map(String.init)
    try bench.write("storefront.csv", "order_id,created_at,channel\n" + rows.prefix(24).map { "US-\($0)\n" }.joined())
    try bench.write("store-eu.csv", "order_id,created_at,channel\n" + rows.dropFirst(24).map { "EU-\($0)\n" }.joined())
    let never = try await bench.audit { $0.assumptions.graceSeconds = 0 }.result.affected.never.orders.map(\.orderID)
    #expect(never.contains("US-1024") && never.contains("EU-1025") && never.count == 27, "\(never)")
  }
}
