import Foundation
import Testing

@testable import Audit

/// The CSV files of `--out`: every order of a finding, with the shop's own number, in the same columns everywhere.
@Suite struct FindingFilesTests {
  private static let heading = "order_id,order_number,channel,created_at,confirmed_at,recorded_at,gap_ms"
  private static let sheets = [
    "told-first.csv", "late.csv", "never.csv", "received-twice.csv", "reimported.csv", "never-told.csv",
  ]

  private func rows(_ name: String, _ bench: Workbench) throws -> [[String]] {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: bench.folder + "/out/" + name))
    return DelimitedText.rows(Array(bytes)[...], delimiter: 0x2C, limit: .max).rows.map { row in
      row.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  @Test(arguments: [World.brokenAtPeaks, .webhookLoss, .reimport, .dirt])
  func `every order of a figure stands in its file`(world: World) async throws {
    let bench = try Workbench()
    try AuditGenerator(orders: 3000, seed: 4, world: world, folder: bench.folder).run()
    let finished = try await bench.audit()
    try finished.write(to: bench.folder + "/out")
    let result = finished.result
    let expected = [
      result.gap.confirmedFirst, result.affected.late.count, result.affected.never.count,
      result.affected.receivedTwice.count, result.reimports.reduce(0) { $0 + $1.orders }, result.orders.neverConfirmed,
    ]
    for (name, count) in zip(Self.sheets, expected) {
      let rows = try rows(name, bench)
      #expect(rows.first?.joined(separator: ",") == Self.heading)
      #expect(rows.count - 1 == count && rows.allSatisfy { $0.count == 7 }, "\(name)")
    }
    let first = Set(try rows("told-first.csv", bench).map { $0[0] })
    #expect(try rows("late.csv", bench).allSatisfy { first.contains($0[0]) })
  }

  private func bench(_ storefront: String, erp: (Int) -> String) throws -> Workbench {
    let bench = try Workbench()
    try bench.write("storefront.csv", storefront)
    try bench.write(
      "erp.csv", "external_id,recorded_at\n" + (0..<40).map { "\(erp($0)),2026-10-05T12:05:00Z\n" }.joined())
    try bench.write(
      "confirm.csv", "order_id,sent_at\n" + (0..<40).map { "\(erp($0)),2026-10-05T12:01:00.500Z\n" }.joined())
    return bench
  }

  @Test func `the shop's own number stands beside the id that joins, and times say that they are UTC`() async throws {
    let storefront = (0..<40).map { "\(7000 + $0),#\(1000 + $0),2026-10-05T14:00:00+02:00,web\n" }.joined()
    let bench = try bench("order_id,order_name,created_at,channel\n" + storefront) { String(7000 + $0) }
    try await bench.audit { $0.zone = try #require(ZoneRules(named: "Europe/Berlin")) }.write(to: bench.folder + "/out")
    let told = try rows("told-first.csv", bench)
    #expect(told.count == 41)
    let row = "7000,#1000,web,2026-10-05T12:00:00Z,2026-10-05T12:01:00.500Z,2026-10-05T12:05:00Z,239500"
    #expect(told[1].joined(separator: ",") == row)
    #expect(told[40].prefix(2) == ["7039", "#1039"])
    let hours = try rows("gap.csv", bench)
    #expect(hours[0][0] == "hour" && hours[1][0] == "2026-10-05T14:00:00+02:00")
  }

  @Test func `numbers of any form are kept as they are written`() async throws {
    func number(_ row: Int) -> String {
      row == 5 ? "" : row % 3 == 0 ? "A\(row)-\(row * 7 % 11)X" : "SHOP-\(900 - row * row)"
    }
    let storefront = (0..<40).map { "\(7000 + $0),\(number($0)),2026-10-05T12:00:00Z\n" }.joined()
    let bench = try bench("order_id,order_name,created_at\n" + storefront) { String(7000 + $0) }
    try await bench.audit().write(to: bench.folder + "/out")
    let told = try rows("told-first.csv", bench).dropFirst()
    for (row, cells) in told.enumerated() { #expect(cells[1] == (row == 5 ? "7005" : number(row))) }
  }

  @Test func `where logs speak of the number, it is both`() async throws {
    let storefront = (0..<40).map { "\(7000 + $0 * 31),#\(1000 + $0),2026-10-05T12:00:00Z\n" }.joined()
    let bench = try bench("order_id,order_name,created_at\n" + storefront) { "#\(1000 + $0)" }
    try await bench.audit().write(to: bench.folder + "/out")
    #expect(try rows("told-first.csv", bench)[3].prefix(2) == ["#1002", "#1002"])
  }

  @Test func `two storefronts write their numbers each in its own way`() async throws {
    let bench = try bench(
      "order_id,order_name,created_at\n"
        + (0..<20).map { "\(7000 + $0),EU-\(1000 + $0),2026-10-05T12:00:00Z\n" }.joined()
    ) { String(7000 + $0) }
    try bench.write(
      "storefront-us.csv",
      "order_id,order_name,created_at\n" + (20..<40).map { "\(7000 + $0),\($0)/US,2026-10-05T12:00:00Z\n" }.joined())
    try await bench.audit().write(to: bench.folder + "/out")
    let told = try rows("told-first.csv", bench)
    #expect(told.first { $0[0] == "7000" }?[1] == "EU-1000")
    #expect(told.first { $0[0] == "7039" }?[1] == "39/US")
  }

  @Test func `a ticket names the order as the shop does`() async throws {
    let storefront = (0..<40).map { "\(7000 + $0),#\(1000 + $0),2026-10-05T12:00:00Z\n" }.joined()
    let bench = try bench("order_id,order_name,created_at\n" + storefront) { String(7000 + $0) }
    try bench.write("tickets.csv", "ticket_id,created_at,subject\nT1,2026-10-05T12:02:00Z,Where is #1003?\n")
    try await bench.audit().write(to: bench.folder + "/out")
    let tickets = try rows("tickets.csv", bench)
    #expect(tickets[0] == ["ticket_id", "order_id", "order_number", "opened_at", "confirmed_at", "recorded_at"])
    #expect(tickets[1].prefix(4) == ["T1", "7003", "#1003", "2026-10-05T12:02:00Z"])
  }

  @Test func `numbers in order cost nothing, others come back as they were`() {
    var column = NumberColumn()
    column.begin(at: 0, .plain)
    let values: [Int64] = (0..<1000).map { Int64(5000 - $0) } + [7, 7, 7, 9, 11, 13, .max, 0, 1 << 40, 3]
    for value in values { column.append(value) }
    column.begin(at: values.count + 2, .plain)
    column.append(42)
    let read = (0..<column.count).map { order -> Int64? in
      if case .number(let value, _) = column.entry(order) { return value }
      return nil
    }
    #expect(read == values + [nil, nil, 42])
    #expect(column.entry(column.count) == nil && column.runCount < 12)
  }

  @Test func `a file is replaced when it is whole, and one that fails leaves the old one`() throws {
    let bench = try Workbench()
    let path = bench.folder + "/report.html"
    try bench.write("report.html", "old")
    func begun() throws {
      var writer = try TextWriter(path: path)
      writer.text("half")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    }
    try begun()
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder) == ["report.html"])
    chmod(path, 0o640)
    symlink("report.html", bench.folder + "/link.html")
    var writer = try TextWriter(path: bench.folder + "/link.html")
    writer.text("new")
    try writer.close()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: bench.folder + "/link.html") == "report.html")
    var null = try TextWriter(path: "/dev/null")
    null.text("gone")
    try null.close()
    #expect(lstat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    #expect(throws: AuditFault.self) { _ = try TextWriter(path: bench.folder + "/no/where.html") }
  }

  @Test(arguments: ["", "99,countersign,2026-10-05T12:03:00Z\n"])
  func `a queue log without one order of ours is not where orders end`(rows: String) async throws {
    let storefront = (0..<60).map { "\(7000 + $0),#\(1000 + $0),2026-10-05T12:00:00Z\n" }.joined()
    let bench = try bench("order_id,order_name,created_at\n" + storefront) { String(7000 + $0) }
    try bench.write(
      "webhooks.csv",
      "order_id,topic,delivered_at,response_code\n"
        + (0..<60).map { "\(7000 + $0),orders/create,2026-10-05T12:00:05Z,200\n" }.joined())
    try bench.write("queue.csv", "order_id,queue,processed_at\n" + rows)
    let result = try await bench.audit { $0.assumptions.graceSeconds = 0 }.result
    #expect(!result.hops.contains { $0.name == .integrationQueue })
    #expect(result.hops.filter { $0.lost > 0 }.map(\.name) == [.erpProcessing])
    #expect(result.verdict.hop != .integrationQueue)
  }

  @Test func `an order that the ERP has is lost nowhere, whatever a log leaves out`() async throws {
    let storefront = (0..<40).map { "\(7000 + $0),#\(1000 + $0),2026-10-05T12:00:00Z\n" }.joined()
    let bench = try bench("order_id,order_name,created_at\n" + storefront) { String(7000 + $0) }
    try bench.write("queue.csv", "order_id,queue,processed_at\n7001,q,2026-10-05T12:03:00Z\n")
    let result = try await bench.audit { $0.assumptions.graceSeconds = 0 }.result
    #expect(result.hops.first { $0.name == .integrationQueue }?.lost == 0)
  }
}
