import Foundation
import Testing

@testable import Audit

/// No person is in any output unless somebody asked for it.
@Suite struct PersonalDataTests {
  private static let people = [
    "jane.doe@example.com", "Jane Doe <jane@mail.example>", "Jane Doe", "Müller-Lüdenscheidt Erika", "12 Elm Tree Lane",
    "+49 151 23456789", "(0151) 2345 6789", "jane%40example.com", "order of jane@example.com", "janedoe",
  ]
  private static let traces = ["jane.doe", "jane@", "Doe", "denscheidt", "Elm", "2345", "jane%40", "janedoe", "Erika"]

  /// Every text stands as an order number, a ticket, and in columns that are read for nothing; e-mail addresses and
  /// telephones as SKU, channel and marketplace too.
  private func bench() throws -> Workbench {
    let bench = try Workbench()
    var orders = "order_id,created_at,channel,sku,qty,Billing Name,Email,Phone,Shipping Address\n"
    var (erp, mails, tickets) = (
      "external_id,recorded_at,Name\n", "order_id,sent_at,email\n", "ticket_id,opened_at,order_id\n"
    )
    var cancellations = "order_id,cancelled_at,ordered_at,sku,reason,marketplace\n"
    var stock = "sku,on_hand\n"
    for number in 0..<40 {
      orders +=
        "\(1000 + number),2026-10-01T00:00:00Z,web,A,1,Jane Doe,jane@example.com,+49 151 23456789,12 Elm Tree Lane\n"
      erp += "\(1000 + number),2026-10-01T02:00:00Z,Jane Doe\n"
      mails += "\(1000 + number),2026-10-01T00:01:00Z,jane@example.com\n"
    }
    for (number, person) in Self.people.enumerated() {
      let isText = person.contains("@") || person.contains("+") || person.contains("(") || person.contains("%40")
      let side = isText ? person : "A"
      orders +=
        "\"\(person)\",2026-10-01T00:00:0\(number)Z,\"\(side)\",\"\(side)\",1,Jane Doe,jane@example.com,+49,Elm\n"
      mails += "\"\(person)\",2026-10-01T00:01:00Z,jane@example.com\n"
      erp += number % 2 == 0 ? "\"\(person)\",2026-10-01T02:00:00Z,Doe\n" : ""
      tickets += "\"\(person)\",2026-10-01T00:30:00Z,\"\(person)\"\n"
      cancellations += "\"\(person)\",2026-10-01T02:00:00Z,2026-10-01T00:10:00Z,\"\(side)\",out of stock,\"\(side)\"\n"
      stock += "\"\(side)\",0\n"
    }
    let files = [
      "storefront": orders, "erp": erp, "confirm": mails, "tickets": tickets, "cancel": cancellations, "stock": stock,
      "misc": "foo,jane@example.com\n1,Jane Doe\n",
      "late": "order_id,sent_at,jane@example.com,jane@example.com\n1000,2026-10-01T00:09:00Z,x,y\n",
    ]
    for (name, text) in files { try bench.write(name + ".csv", text) }
    return bench
  }

  /// Everything one audit writes, by name.
  private func outputs(isUnmasked: Bool) async throws -> [String: String] {
    let bench = try bench()
    let finished = try await bench.audit {
      $0.assumptions.isUnmasked = isUnmasked
      $0.assumptions.graceSeconds = 0
    }
    try finished.write(to: bench.folder + "/out")
    try finished.writeOCEL(to: bench.folder + "/out/log.json")
    var outputs = ["terminal": AuditSummary(finished.result).text]
    outputs["report"] = finished.html(ReportOrigin(version: "1", commandLine: ["countersign"]))
    for name in try FileManager.default.contentsOfDirectory(atPath: bench.folder + "/out") {
      outputs[name] = try String(contentsOfFile: bench.folder + "/out/" + name, encoding: .utf8)
    }
    return outputs
  }

  @Test func `no output holds an address, a telephone, a name or a street`() async throws {
    let outputs = try await outputs(isUnmasked: false)
    #expect(outputs.count > 12)
    for (name, text) in outputs {
      for trace in Self.traces { #expect(!text.contains(trace), "\(name) holds \(trace)") }
    }
    #expect(outputs["never.csv"]?.contains("J*** D***") == true)
    #expect(outputs["log.json"]?.contains("order j***@***") == true)
  }

  @Test func `who asks sees what stands in the columns that are read`() async throws {
    let outputs = try await outputs(isUnmasked: true)
    #expect(outputs["never.csv"]?.contains("Jane Doe <jane@mail.example>") == true)
    #expect(outputs["oversell.csv"]?.contains("jane.doe@example.com") == true)
    // What is not read is not there, whoever asks.
    for (name, text) in outputs { #expect(!text.contains("Shipping"), "\(name)") }
  }

  @Test func `a prefix that all numbers share is masked too`() async throws {
    let bench = try Workbench()
    let rows = (0..<80).map { "customer\($0)@example.com,2026-10-01T00:00:00Z\n" }
    try bench.write("storefront.csv", "order_id,created_at\n" + rows.joined())
    try bench.write("erp.csv", "external_id,recorded_at\n" + rows.prefix(40).joined())
    try bench.write("confirm.csv", "order_id,sent_at\n" + rows.joined())
    let finished = try await bench.audit { $0.assumptions.graceSeconds = 0 }
    let json = try finished.json()
    #expect(json.contains("c***@***") && !json.contains("example.com"))
  }

  @Test func `an error about headings names no person`() async throws {
    let bench = try Workbench()
    try bench.write("storefront.csv", "1001,jane@example.com,2026-10-01\n1002,x,2026-10-01\n")
    await #expect {
      try await bench.audit { $0.mappings = [try Mapping("storefront.csv:storefront,No=order")] }
    } throws: {
      let text = (($0 as? AuditFault)?.description ?? "")
      return text.contains("has no column No") && !text.contains("jane@")
    }
  }

  @Test(
    arguments: [
      "1001", "#1001", "SO-1001-US", "gid://shopify/Order/1001", "113-1234567-1234567", "Order No. 1001", "KXQWZ",
      "wc_order_5f2a", "SKU-00042", "Online Store", "2026/10/000123", "CS-main-7000000038332", "4006381333931",
    ])
  func `usual numbers and names of things stay as they are`(text: String) {
    #expect(PersonalData.masked(text) == text)
    if text != "Online Store" { #expect(PersonalData.maskedIdentifier(text) == text) }
  }
}
