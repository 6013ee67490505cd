import Foundation
import Testing

@testable import Audit

/// `--map`: what people say about their files.
@Suite struct MappingTests {
  private static let orders =
    "order_id,order_name,created_at\n" + (0..<40).map { "\(7000 + $0),#\(1000 + $0),2026-04-03T10:00:00Z\n" }.joined()
  private static let mails = "order_id,sent_at\n" + (0..<40).map { "\(7000 + $0),2026-04-03T10:01:00Z\n" }.joined()

  private func audit(_ erp: String, _ map: [String]) async throws -> AuditResult {
    let bench = try Workbench()
    try bench.write("storefront.csv", Self.orders)
    try bench.write("confirm.csv", Self.mails)
    try bench.write("erp.csv", erp)
    return try await bench.audit { $0.mappings = try map.map { try Mapping($0) } }.result
  }

  private func rows(_ row: (Int) -> String) -> String { (0..<40).map { row($0) + "\n" }.joined() }

  @Test func `a zone of its own reads one file's times, and what the file holds is still recognised`() async throws {
    let erp = "external_id,recorded_at\n" + rows { "\(7000 + $0),2026-04-03 12:05:00" }
    let result = try await audit(erp, ["erp.csv:zone=Europe/Berlin"])
    #expect(result.gap.overall?.p50 == 240_000)
    let input = try #require(result.inputs.first { $0.role == .erp })
    #expect(input.format == "generic" && input.remarks == ["its times without a zone are read in Europe/Berlin"])
    let whole = try await audit(erp, ["*:zone=Europe/Berlin"])
    #expect(whole.gap.overall?.p50 == 240_000)
  }

  @Test func `a zone that is given goes before the one a format is known for`() async throws {
    let erp = "web_id,create_date,state\n" + rows { "\(7000 + $0),2026-04-03 12:05:00,done" }
    let result = try await audit(erp, ["erp.csv:zone=Europe/Berlin"])
    #expect(result.inputs.first { $0.role == .erp }?.format == "tryton")
    #expect(result.gap.overall?.p50 == 240_000)
  }

  @Test(arguments: [("day-first", "03/04/2026"), ("month-first", "04/03/2026")])
  func `dates are read as they were said to be meant`(order: String, date: String) async throws {
    let erp =
      "Internal ID,Document Number,Date Created,External ID\n" + rows { "\($0),SO\($0),\(date) 10:05,\(7000 + $0)" }
    let result = try await audit(erp, ["erp.csv:dates=\(order)"])
    #expect(result.gap.overall?.p50 == 240_000)
    #expect(result.inputs.first { $0.role == .erp }?.format == "netsuite-csv")
  }

  @Test func `several of one file add up, and what names the file goes before what names all`() throws {
    let mappings = try ["*.csv:dates=day-first,zone=Asia/Tokyo", "erp.csv:zone=Europe/Berlin", "erp.csv:erp,a=order"]
      .map {
        try Mapping($0)
      }
    let merged = try #require(Mapping.merged(mappings, for: "x/erp.csv"))
    #expect(merged.zone?.name == "Europe/Berlin" && merged.dates == .dayFirst)
    #expect(merged.role == .erp && merged.columns == [.orderID: "a"])
    #expect(Mapping.merged(mappings, for: "x/mail.csv")?.zone?.name == "Asia/Tokyo")
  }

  @Test func `a heading may be called zone or dates, and blanks do no harm`() throws {
    let mapping = try Mapping("a.csv: erp , zone = channel, dates=created,Order No = order")
    #expect(mapping.role == .erp && mapping.zone == nil && mapping.dates == nil)
    #expect(mapping.columns == [.channel: "zone", .time: "dates", .orderID: "Order No"])
  }

  @Test(arguments: [
    ("a.csv", "write FILE:ROLE"), (":erp", "write FILE:ROLE"), ("a.csv:", "write FILE:ROLE"),
    ("a.csv:,", "says nothing about the file"), ("a.csv:zone=Mars/Base", "there is no time zone Mars/Base"),
    ("a.csv:zone=", "there is no time zone"), ("a.csv:dates=european", "write dates=day-first or dates=month-first"),
    ("a.csv:erp,x=nothing", "there is no field nothing; known are orderID"),
    ("a.csv:=order", "no heading stands before"),
    ("a.csv:orders", "there is no role orders; known are storefront"),
  ]) func `what is wrong with it is said with how to write it`(text: String, problem: String) {
    let fault = #expect(throws: MappingFault.self) { try Mapping(text) }
    #expect(fault?.description.hasPrefix("--map \(text): ") == true)
    #expect(fault?.description.contains(problem) == true, "\(fault?.description ?? "")")
  }
}
