import Foundation
import Testing

@testable import Audit

/// Files that nobody knows, beside good exports and instead of them.
@Suite struct UnknownFileTests {
  private static let orders =
    "order_id,order_name,created_at\n" + (0..<40).map { "\(7000 + $0),#\(1000 + $0),2026-10-05T12:00:00Z\n" }.joined()
  private static let erp =
    "external_id,recorded_at\n" + (0..<40).map { "\(7000 + $0),2026-10-05T12:05:00Z\n" }.joined()
  private static let mails = "order_id,sent_at\n" + (0..<40).map { "\(7000 + $0),2026-10-05T12:01:00Z\n" }.joined()

  private func bench(without name: String? = nil) throws -> Workbench {
    let bench = try Workbench()
    for (file, text) in [("storefront.csv", Self.orders), ("erp.csv", Self.erp), ("confirm.csv", Self.mails)]
    where file != name { try bench.write(file, text) }
    return bench
  }

  private func remark(_ name: String, _ text: String) async throws -> String {
    let bench = try bench()
    try bench.write(name, text)
    let result = try await bench.audit().result
    #expect(result.orders.joined == 40)
    let input = try #require(result.inputs.first { $0.path.hasSuffix(name) })
    #expect(input.role == nil)
    return input.remarks.joined(separator: "\n")
  }

  @Test(arguments: [
    ("README.txt", "These are the exports of last week\nHave fun\n"),
    ("run.log", "[2026-11-28 12:00:01] started\n[2026-11-28 12:00:02] stopped\n"),
    ("notes.txt", "{curly notes}\n"), ("list.csv", "order\n1\n2\n"),
  ]) func `text that is no export is listed with advice, and the others are used`(
    name: String, text: String
  ) async throws {
    let remark = try await remark(name, text)
    #expect(remark.hasPrefix("its first line is no heading") && remark.contains("xport it again"), "\(remark)")
  }

  @Test func `an empty file is listed, unless its name says that it ought to hold something`() async throws {
    #expect(try await remark("notes.txt", "").hasPrefix("is empty"))
    let bench = try bench()
    try bench.write("erp-2.csv", "")
    await #expect { try await bench.audit() } throws: { ($0 as? AuditFault)?.path.hasSuffix("erp-2.csv") == true }
  }

  @Test func `JSON that is cut off is an error, because its orders would be taken for lost`() async throws {
    let bench = try bench()
    try bench.write("erp-2.json", "[{\"externalid\":\"7040\",\"crea")
    await #expect { try await bench.audit() } throws: { ($0 as? AuditFault)?.path.hasSuffix("erp-2.json") == true }
  }

  @Test func `a file that a mapping names is not passed over`() async throws {
    let bench = try bench()
    try bench.write("list.csv", "order\n1\n")
    await #expect {
      try await bench.audit { $0.mappings = [try Mapping("list.csv:erp,order=order")] }
    } throws: { ($0 as? AuditFault)?.line == 1 }
    // What is said of all files does not name this one.
    let result = try await bench.audit { $0.mappings = [try Mapping("*:zone=UTC")] }.result
    #expect(result.orders.joined == 40)
  }

  @Test func `unknown headings are shown with a mapping that works`() async throws {
    let bench = try bench(without: "erp.csv")
    let rows = (0..<40).map { "Kunde \($0),05.10.2026,05.10.2026 12:05:00,B\($0),\(7000 + $0)\n" }.joined()
    try bench.write("belege.csv", "Kunde,Belegdatum,Angelegt am,Belegnummer,\"Auftrag, Nr.\"\n" + rows)
    let result = try await bench.audit().result
    let remark = try #require(result.inputs.first { $0.role == nil }?.remarks.first)
    #expect(
      remark.contains("nobody knows these headings (Kunde, Belegdatum, Angelegt am, Belegnummer, Auftrag, Nr.);"),
      "\(remark)"
    )
    let mapping = try #require(remark.split(separator: "'").dropFirst().first.map(String.init))
    #expect(mapping == "belege.csv:erp,Auftrag Nr.=order,Angelegt am=created")
    let mapped = try await bench.audit { $0.mappings = [try Mapping(mapping)] }.result
    #expect(mapped.gap.overall?.p50 == 240_000)
  }

  @Test func `advice about what cannot be guessed says what to fill in`() async throws {
    let advice = try await remark("misc.csv", "foo,jane@example.com\nbar,baz\n")
    #expect(advice.contains("headings (foo, j***@***);"), "\(advice)")
    #expect(advice.contains("--map 'misc.csv:ROLE,COLUMN=order,COLUMN=created' with one of storefront, erp"))
    let noise = try await remark("noise.csv", "\u{1}\u{2},\u{3}\n4,5\n")
    #expect(noise.contains("is no text that anybody knows") && noise.contains("--map"))
  }

  @Test func `without a storefront the error has the advice for it`() async throws {
    let bench = try bench(without: "storefront.csv")
    try bench.write("export.csv", "Nr,Angelegt\n7000,2026-10-05 12:00\n7001,2026-10-05 12:01\n")
    try bench.write("README.txt", "Hello\n")
    let fault = try await #require(throws: AuditFault.self) { try await bench.audit() }
    #expect(fault.message.hasPrefix("holds no storefront orders"))
    #expect(fault.message.contains("--map 'export.csv:storefront,Nr=order,Angelegt=created'"), "\(fault)")
  }

  @Test func `a mapping that fits no file names the files there are`() async throws {
    let bench = try bench()
    let fault = try await #require(throws: AuditFault.self) {
      try await bench.audit { $0.mappings = [try Mapping("erp.cvs:erp")] }
    }
    #expect(fault.description.hasPrefix("--map erp.cvs:…: fits no file"))
    #expect(fault.message.contains("/erp.csv") && fault.message.contains("/storefront.csv"))
  }

  @Test func `a mapping without what nothing can be read without says what is missing`() async throws {
    let bench = try bench()
    try bench.write("belege.csv", "Nr,Angelegt\n7000,2026-10-05 12:00\n")
    let fault = try await #require(throws: AuditFault.self) {
      try await bench.audit { $0.mappings = [try Mapping("belege.csv:erp,Nr=order")] }
    }
    #expect(
      fault.message.contains("column for created; add COLUMN=created to its --map. It has Nr, Angelegt."), "\(fault)")
    let number = try await bench.audit { $0.mappings = [try Mapping("belege.csv:erp,Nr=number,Angelegt=created")] }
      .result
    #expect(number.inputs.first { $0.path.hasSuffix("belege.csv") }?.used == 1)
  }

  @Test(arguments: [
    ("External ID,Date Created", "7000"), ("Date Created,PO/Check Number", "#1000"),
    ("Internal ID,Date Created,External ID", "7000"),
    ("Document Number,Date Created,PO/Check Number,Status", "#1000"), ("Document Number,Date Created", "SO7000"),
  ]) func `a NetSuite saved search is known by its date created and one column of orders`(
    heading: String, first: String
  ) async throws {
    let columns = heading.split(separator: ",").map(String.init)
    let digits = try #require(Int(first.filter(\.isNumber)))
    let prefix = first.filter { !$0.isNumber }
    let rows = (0..<40).map { number in
      columns.map { column in
        switch column {
        case "Date Created": "10/5/2026 12:05 pm"
        case "Internal ID": "\(90_000 + number)"
        case "Document Number" where columns.contains("PO/Check Number"): "SO\(7000 + number * 7)"
        case "Status": "Pending Fulfillment"
        default: "\(prefix)\(digits + number)"
        }
      }.joined(separator: ",") + "\n"
    }
    let bench = try bench()
    try bench.write("erp.csv", heading + "\n" + rows.joined())
    let result = try await bench.audit().result
    #expect(result.inputs.first { $0.role == .erp }?.format == "netsuite-csv")
    #expect(result.gap.overall?.p50 == 240_000, "\(result.inputs)")
  }

  @Test func `when no log of the ERP is known, the file that may be it is named beside the verdict`() async throws {
    let bench = try bench(without: "erp.csv")
    try bench.write("auftraege.csv", "Beleg;Angelegt\n" + (0..<40).map { "\(7000 + $0);5.10.2026 12:05\n" }.joined())
    let result = try await bench.audit().result
    #expect(result.verdict.kind == .cannotBeJudged)
    #expect(result.verdict.doubts.contains { $0.contains("the ERP's orders") && $0.contains("auftraege.csv") })
    let summary = AuditSummary(result).text
    #expect(summary.contains("no export of the ERP") && !summary.contains("0 in the ERP"), "\(summary)")
  }

  @Test func `a NetSuite list that is not of orders is not taken for receipts`() async throws {
    let remark = try await remark("items.csv", "Internal ID,Name,Date Created\n7000,Table,10/5/2026 12:05 pm\n")
    #expect(remark.contains("Internal ID, Name, Date Created"))
  }
}
