import Foundation
import Testing

@testable import Sandbox

@Suite struct `ledger` {
  @Test func `sequence and time grow together under many writers`() async {
    let ledger = SandboxLedger(clock: SandboxClock(), capacity: 1_000_000, file: nil)
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask { for number in 0..<2_000 { ledger.record(.erp, .erpOrderCreated, ref: "\(writer)-\(number)") } }
      }
    }
    let entries = ledger.entries()
    #expect(entries.map(\.sequence) == Array(1...16_000))
    #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.microseconds <= $1.microseconds })
    #expect(Set(entries.map(\.ref)).count == 16_000)
  }

  @Test func `a million entries are held, and beyond the capacity the oldest are forgotten`() {
    let ledger = SandboxLedger(clock: SandboxClock(), capacity: 1_000_000, file: nil)
    for number in 1...1_010_000 { ledger.record(.mailbox, .mailAccepted, ref: "CS-\(number)", erpId: "1") }
    #expect(ledger.count == 1_010_000)
    #expect(ledger.entries(after: 1_009_999).map(\.ref) == ["CS-1010000"])
    let first = ledger.entries(limit: 1).first?.sequence ?? 0
    #expect(first > 1)
    #expect(ledger.count - first + 1 >= 1_000_000)
  }

  @Test func `a checker reads it over HTTP as lines, by vendor and from a sequence on, and from the file`() async throws
  {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(Authentic.uuid()).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    try await Running.with({ $0.ledgerFile = file }) { sandbox in
      let ledger = sandbox.server.ledger
      for number in 1...5_000 { ledger.record(number % 2 == 0 ? .erp : .mailbox, .mailAccepted, ref: "\"\(number)") }
      let all = try await sandbox.send("GET", "/_sandbox/ledger")
      #expect(all.status == 200)
      let lines = all.text.split(separator: "\n")
      #expect(lines.count == 5_000)
      let last = try JSON(parsing: String(lines.last ?? ""))
      #expect(last["seq"]?.int == 5_000)
      #expect(last["ref"]?.string == "\"5000")
      #expect(last.members?.map(\.key) == ["seq", "at_us", "vendor", "kind", "ref", "erpId", "detail"])
      let some = try await sandbox.send("GET", "/_sandbox/ledger?vendor=erp&after=4990")
      #expect(some.text.split(separator: "\n").count == 5)
      #expect(try await sandbox.send("GET", "/_sandbox/ledger?vendor=nobody").status == 400)
      let written = try String(contentsOfFile: file, encoding: .utf8)
      #expect(written == all.text)
    }
  }
}

@Suite struct `ledger of an earlier sandbox` {
  private static func entries(_ file: String) throws -> [JSON] {
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    return lines.compactMap { try? JSON(parsing: String($0)) }
  }

  private static func order(_ externalId: String) -> JSON {
    [
      "externalId": .string(externalId), "currency": "EUR", "total": "19.90",
      "lines": [["sku": "SKU-1", "quantity": 1]],
    ]
  }

  /// One order in each shop and each ERP of a sandbox on a ledger's file.
  private func day(_ number: Int, file: String) async throws {
    try await Running.with({
      $0.ledgerFile = file
      $0.netsuite.acceptAnonymous = true
    }) { sandbox in
      #expect((sandbox.server.earlierEntries > 0) == (number > 1))
      sandbox.server.placeShopifyOrders(shop: "demo.myshopify.com")
      sandbox.server.placeWooOrders()
      #expect(try await sandbox.send("POST", "/erp/orders", json: Self.order("A-\(number)")).status == 201)
      #expect(try await sandbox.send("GET", "/erp/orders/\(700_000 + number)").status == 200)
      let booked = try await sandbox.send(
        "POST", "/netsuite/services/rest/record/v1/salesOrder",
        json: [
          "externalId": .string("B-\(number)"), "entity": ["id": "12345"],
          "item": ["items": [["item": ["externalId": "SKU-1"], "quantity": 1, "rate": 1]]],
        ])
      #expect(booked.header("location")?.hasSuffix("/\(144_059 + number)") == true, "\(booked.text)")
      let woo = "/woo/wp-json/wc/v3/orders/\(700 + number)?consumer_key=ck_sandbox&consumer_secret=cs_sandbox"
      #expect(try await sandbox.send("GET", woo).status == 200)
      let shopify = "/_sandbox/shopify/demo.myshopify.com/orders/\(8_200_000_001_000 + number)"
      #expect(try await sandbox.send("GET", shopify).status == 200)
    }
  }

  @Test func `sequence, time and ids go on where the file ends, also after half a line`() async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(Authentic.uuid()).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    try await day(1, file: file)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try Data((text + "{\"seq\":99,\"at_us\":").utf8).write(to: URL(filePath: file))
    try await day(2, file: file)
    let entries = try Self.entries(file)
    #expect(entries.compactMap { $0["seq"]?.int } == Array(1...entries.count))
    let times = entries.compactMap { $0["at_us"]?.int }
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    func ids(_ vendor: String, _ kind: String, _ member: String) -> [String] {
      entries.filter { $0["vendor"]?.string == vendor && $0["kind"]?.string == kind }.compactMap { $0[member]?.string }
    }
    #expect(ids("shopify", "shop.order.placed", "erpId") == ["#1001", "#1002"])
    #expect(ids("woo", "shop.order.placed", "ref") == ["701", "702"])
    #expect(ids("erp", "erp.order.created", "erpId") == ["700001", "700002"])
    #expect(ids("netsuite", "erp.order.created", "erpId") == ["144060", "144061"])
  }

  @Test func `a file that is no ledger changes nothing, and no file is none`() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(Authentic.uuid()).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let odd = """
      nothing

      {"seq":9223372036854775807,"at_us":-1,"vendor":"woo","kind":"shop.order.placed","ref":"99999999999"}
      {"seq":5,"vendor":"nobody","kind":"shop.order.placed"}
      """
    try Data(odd.utf8).write(to: URL(filePath: file))
    for earlier in [EarlierLedger(file: file), EarlierLedger(file: file + ".none"), EarlierLedger(file: nil)] {
      #expect(earlier.sequence == 0 && earlier.microseconds == 0 && earlier.taken.isEmpty)
    }
  }
}

@Suite struct `JSON of the sandbox` {
  @Test func `numbers and order survive, broken texts are refused`() throws {
    let text = "{\"id\":820982911946154508,\"p\":1.10,\"u\":\"é\\u00e9\\ud83d\\ude00/\",\"l\":[true,null,-1e5]}"
    let value = try JSON(parsing: text)
    #expect(value["id"]?.int == 820_982_911_946_154_508)
    #expect(value["p"]?.text == "1.10")
    #expect(value["u"]?.string == "éé😀/")
    #expect(try JSON(parsing: value.serialized) == value)
    #expect(String(decoding: (["a": "</&"] as JSON).bytes(.shopify), as: UTF8.self) == "{\"a\":\"\\u003c\\/\\u0026\"}")
    for broken in ["", "{", "{\"a\"}", "[1,]", "01", "1 2", "\"\\ud800\"", "\"\u{1}\"", "tru", "{\"a\":1,}"] {
      #expect(throws: JSONSyntaxError.self, "\(broken)") { try JSON(parsing: broken) }
    }
    #expect(throws: JSONSyntaxError.self) { try JSON(parsing: String(repeating: "[", count: 100_000)) }
  }

  @Test func `civil times agree with known instants`() {
    #expect(CivilTime(unix: 0).iso == "1970-01-01T00:00:00Z")
    #expect(CivilTime(unix: 1_709_210_096).iso == "2024-02-29T12:34:56Z")
    #expect(CivilTime.unix(parsing: "2024-02-29T07:34:56-05:00") == 1_709_210_096)
    #expect(CivilTime.unix(parsing: "2024-02-29T12:34:56Z") == 1_709_210_096)
    #expect(CivilTime.unix(parsing: "never") == nil)
  }
}
