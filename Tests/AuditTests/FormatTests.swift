import Foundation
import Testing

@testable import Audit

/// Exports with the headings that vendors document, each through the whole audit.
@Suite struct FormatTests {
  private static let storefront =
    "order_id,order_name,created_at,channel,sku,qty\n"
    + (0..<40).map { "\(7000 + $0),#\(1000 + $0),2026-10-05T12:00:00Z,web,A,1\n" }.joined()
  private static let erp =
    "external_id,recorded_at\n" + (0..<40).map { "\(7000 + $0),2026-10-05T12:05:00Z\n" }.joined()
  private static let mails = "order_id,sent_at\n" + (0..<40).map { "\(7000 + $0),2026-10-05T12:01:00Z\n" }.joined()

  private func audit(_ files: [String: String], zone: String = "UTC", map: [String] = []) async throws -> AuditResult {
    let bench = try Workbench()
    let defaults = ["storefront.csv": Self.storefront, "erp.csv": Self.erp, "confirm.csv": Self.mails]
    let roles = Set(files.keys.map { $0.prefix { $0 != "." && $0 != "-" } })
    for (name, text) in defaults where !roles.contains(name.prefix { $0 != "." }) { try bench.write(name, text) }
    for (name, text) in files { try bench.write(name, text) }
    return try await bench.audit {
      $0.zone = try #require(ZoneRules(named: zone))
      $0.mappings = try map.map { try Mapping($0) }
    }.result
  }

  private func expectJoined(_ result: AuditResult, _ format: String, gap: Double = 240_000) {
    #expect(result.orders.joined == 40, "\(result.inputs)")
    #expect(result.gap.overall?.p50 == gap)
    #expect(result.inputs.contains { $0.format == format }, "\(result.inputs.map(\.format))")
  }

  private func rows(_ row: (Int) -> String) -> String { (0..<40).map { row($0) + "\n" }.joined() }

  @Test func `a Shopify CSV gives orders with several lines by number and by id`() async throws {
    let heading =
      "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem sku,Cancelled at,Id,Source\n"
    let text =
      heading
      + rows {
        "#\(1000 + $0),a@b.c,paid,2026-10-05 08:00:00 -0400,1,Thing,A,,\(7000 + $0),web\n#\(1000 + $0),,,,2,Other,B,,,"
      }
    for erp in [
      Self.erp,
      "PO/Check Number,Internal ID,Document Number,Date Created\n"
        + rows { "#\(1000 + $0),\($0),SO\($0),10/5/2026 12:05 pm" },
    ] {
      let result = try await audit(["storefront.csv": text, "erp.csv": erp, "stock.csv": "sku,on_hand\nB,10\n"])
      expectJoined(result, "shopify-csv")
      #expect(result.affected.oversold.first?.sold == 80)
      // Further lines are used as well: their units count.
      let input = try #require(result.inputs.first { $0.role == .storefront })
      #expect(input.rows == 80 && input.used == 80 && input.skipped.isEmpty, "\(input)")
    }
  }

  @Test func `a Shopify bulk export gives orders and their children`() async throws {
    let text = rows {
      ##"{"id":"gid:\/\/shopify\/Order\/\##(7000 + $0)","name":"#\##(1000 + $0)","##
        + ##""createdAt":"2026-10-05T12:00:00Z","test":false}"##
        + "\n"
        + #"{"id":"gid:\/\/shopify\/LineItem\/9","sku":"A","quantity":3,"#
        + #""__parentId":"gid:\/\/shopify\/Order\/\#(7000 + $0)"}"#
    }
    let result = try await audit(["storefront.jsonl": text, "stock.csv": "sku,on_hand\nA,10\n"])
    expectJoined(result, "shopify-bulk")
    #expect(result.affected.oversold.first?.sold == 120)
  }

  @Test func `Shopify REST orders are read from an array and test orders left out`() async throws {
    let orders = (0..<41).map {
      ##"{"id":\##(7000 + $0),"name":"#\##(1000 + $0)","order_number":\##(1000 + $0),"##
        + ##""created_at":"2026-10-05T08:00:00-04:00","##
        + #""test":\#($0 == 40),"customer":{"id":5},"line_items":[{"id":1,"sku":"A","quantity":1},{"id":2,"sku":"B","#
        + #""quantity":2}],"#
        + #""source_name":"web","cancelled_at":null}"#
    }
    let text = "{\"orders\":[\n" + orders.joined(separator: ",\n") + "\n]}"
    let result = try await audit(["storefront.json": text])
    expectJoined(result, "shopify-rest")
    #expect(result.orders.test == 1)
  }

  @Test func `WooCommerce REST orders are in UTC by their gmt field, whatever zone is named`() async throws {
    let orders = (0..<40).map {
      #"{"id":\#(7000 + $0),"number":"\#(7000 + $0)","order_key":"k","status":"processing","#
        + #""date_created":"2026-10-05T14:00:00","#
        + #""date_created_gmt":"2026-10-05T12:00:00","line_items":[{"sku":"","quantity":1}]}"#
    }
    let result = try await audit(["storefront.json": "[" + orders.joined(separator: ",") + "]"], zone: "Europe/Berlin")
    expectJoined(result, "woocommerce-rest")
  }

  @Test func `a WooCommerce CSV is local time`() async throws {
    let text =
      "Order ID,Order Number,Order Status,Order Date,SKU,Quantity\n"
      + rows { "\(7000 + $0),\(7000 + $0),wc-processing,2026-10-05 14:00,A,1" }
    expectJoined(try await audit(["storefront.csv": text], zone: "Europe/Berlin"), "woocommerce-csv")
  }

  @Test func `a NetSuite saved search joins by whichever reference fits`() async throws {
    let text =
      "Internal ID,Document Number,Date Created,Status,PO/Check Number,External ID\n"
      + rows { "\(1000 + $0),SO\($0),10/5/2026 12:05:00 pm,Pending,#\(1000 + $0),CS-main-\(7000 + $0)" }
    expectJoined(try await audit(["erp.csv": text]), "netsuite-csv")
  }

  @Test func `SuiteQL answers are read, links and all`() async throws {
    let items = (0..<40).map {
      #"{"links":[],"id":"\#($0)","tranid":"SO\#($0)","externalid":"\#(7000 + $0)","createddate":"10/5/2026 12:05:00"}"#
    }
    let text =
      #"{"links":[{"rel":"self","href":"https://x"}],"count":40,"hasMore":false,"items":["#
      + items.joined(separator: ",") + #"],"offset":0,"totalResults":40}"#
    let result = try await audit(["erp.json": text])
    expectJoined(result, "netsuite-suiteql")
    #expect(result.inputs.first { $0.role == .erp }?.unreadable.isEmpty == true)
  }

  @Test func `Tryton sales are read`() async throws {
    let text = "web_id,number,create_date,state\n" + rows { "\(7000 + $0),S\($0),2026-10-05 12:05:00,processing" }
    expectJoined(try await audit(["erp.csv": text]), "tryton")
  }

  @Test func `Tryton's own export is read by its headings`() async throws {
    let text = "Web ID,Number,Created at,State\n" + rows { "\(7000 + $0),S\($0),2026-10-05 12:05:00,Processing" }
    expectJoined(try await audit(["erp.csv": text]), "tryton")
  }

  @Test func `SendGrid events count when they are sendings of confirmations`() async throws {
    let text = rows {
      #"{"email":"a@b.c","timestamp":1791201660,"event":"delivered","sg_message_id":"m","category":["x"],"#
        + #""order_id":"\#(7000 + $0)"}"#
        + "\n"
        + #"{"email":"a@b.c","timestamp":1791201000,"event":"open","sg_message_id":"m","order_id":"\#(7000 + $0)"}"#
    }
    expectJoined(try await audit(["confirm.jsonl": text]), "sendgrid")
  }

  @Test func `Postmark deliveries count by their tag`() async throws {
    let text = rows {
      #"{"MessageID":"m","RecordType":"Delivery","Tag":"order-confirmation","#
        + #""DeliveredAt":"2026-10-05T08:01:00.0000000-04:00","Metadata":{"order_id":"\#(7000 + $0)"}}"#
        + "\n"
        + #"{"MessageID":"m","RecordType":"Delivery","Tag":"reset","DeliveredAt":"2026-10-05T07:01:00Z","#
        + #""Metadata":{"order_id":"\#(7000 + $0)"}}"#
    }
    expectJoined(try await audit(["confirm.jsonl": text]), "postmark")
  }

  @Test func `Klaviyo events are read`() async throws {
    let text =
      "metric,datetime,flow_name,order_id\n"
      + rows { "Received Email,2026-10-05 12:01:00+00:00,Order confirmation,\(7000 + $0)" }
    expectJoined(try await audit(["confirm.csv": text]), "klaviyo")
  }

  @Test func `leading zeros, prefixes and case do not keep orders apart`() async throws {
    let storefront = "order_id,created_at\n" + rows { "web-\(String("00\(70 + $0)".suffix(5))),2026-10-05T12:00:00Z" }
    let erp = "external_id,recorded_at\n" + rows { "SO/\(70 + $0)/US,2026-10-05T12:05:00Z" }
    let mails = "order_id,sent_at\n" + rows { "\(70 + $0),2026-10-05T12:01:00Z" }
    expectJoined(try await audit(["storefront.csv": storefront, "erp.csv": erp, "confirm.csv": mails]), "generic")
  }

  @Test func `order numbers that are no numbers join by their text`() async throws {
    func id(_ number: Int) -> String { "AB\(number % 7)-\(number)X\(number * 13 % 10)-Q\(number)" }
    let storefront = "order_id,created_at\n" + rows { "\(id($0)),2026-10-05T12:00:00Z" }
    let erp = "external_id,recorded_at\n" + rows { "\(id($0).lowercased()),2026-10-05T12:05:00Z" }
    let mails = "order_id,sent_at\n" + rows { "\(id($0)),2026-10-05T12:01:00Z" }
    let result = try await audit(["storefront.csv": storefront, "erp.csv": erp, "confirm.csv": mails])
    expectJoined(result, "generic")
  }

  @Test func `a mapping overrides what would be recognised`() async throws {
    let text = "Bestellnummer;Angelegt;Artikel\n" + rows { "\(7000 + $0);05.10.2026 14:00;A" }
    let map = "storefront.csv:storefront,Bestellnummer=order,Angelegt=created,Artikel=sku"
    let result = try await audit(["storefront.csv": text], zone: "Europe/Berlin", map: [map])
    expectJoined(result, "mapped")
  }

  @Test func `a mapping of a column that is not there says what there is`() async throws {
    await #expect { try await audit([:], map: ["erp.csv:erp,Nope=order"]) } throws: {
      ($0 as? AuditFault)?.message.contains("external_id") == true
    }
    #expect(throws: MappingFault.self) { try Mapping("erp.csv:nothing") }
    #expect(throws: MappingFault.self) { try Mapping("erp.csv:erp,a=nothing") }
  }

  @Test func `real orders of Shopify and WooCommerce are read`() async throws {
    let order =
      ##"{"order":{"id":7000,"name":"#1000","created_at":"2026-10-05T12:00:00Z","line_items":[{"sku":"A","##
      + ##""quantity":1}]}}"##
    let result = try await audit(["storefront.json": order])
    #expect(result.orders.captured == 1)
    #expect(result.inputs.first { $0.role == .storefront }?.format == "shopify-rest-order")
  }

  @Test func `without the ERP nothing is judged, and it says what to export`() async throws {
    let bench = try Workbench()
    try bench.write("storefront.csv", Self.storefront)
    let result = try await bench.audit().result
    #expect(result.verdict.kind == .cannotBeJudged)
    #expect(result.verdict.toExport.count == 2)
    #expect(result.signals.map(\.state) == [.cannotBeJudged, .cannotBeJudged, .cannotBeJudged])
    #expect(result.signals.allSatisfy { !$0.toExport.isEmpty })
  }
}
