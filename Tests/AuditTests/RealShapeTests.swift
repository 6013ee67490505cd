import ConnectorTesting
import Foundation
import Testing

@testable import Audit

/// Files as vendors really write them, recordings and published samples, each through the whole audit beside a
/// storefront's export.
@Suite struct RealShapeTests {
  private static let storefront =
    "order_id,order_name,created_at,channel,sku,qty\n"
    + (0..<40).map { "\(7000 + $0),#\(1000 + $0),2026-10-05T12:00:00Z,web,A,1\n" }.joined()

  /// What the audit makes of one file; nil when there are no shared files and need not be.
  private func input(_ path: String) async throws -> (InputFile, AuditResult)? {
    guard let bytes = try SharedFiles.bytes("payloads/" + path) else { return nil }
    let bench = try Workbench()
    try bench.write("storefront.csv", Self.storefront)
    let name = "given." + (path.split(separator: ".").last.map(String.init) ?? "json")
    try bench.write(name, bytes)
    let result = try await bench.audit().result
    return (try #require(result.inputs.first { $0.path.hasSuffix(name) }), result)
  }

  @Test(
    arguments: [
      "shopify-rest-2025-04-eur-custom-line-null-sku.json", "shopify-rest-2025-04-discount-code.json",
      "shopify-rest-2025-04-authorized.json", "shopify-rest-2025-04-partially-paid.json",
      "shopify-rest-2008-shape-order.json", "shopify-rest-2024-10-pln-unicode-draft.json",
      "shopify-webhook-2025-01-orders-create-hkd-stacked-discounts.json", "woo-rest-v3-order-727-processing.json",
      "woo-rest-v3-order-205-onhold-cod.json",
    ])
  func `a storefront's order is one order`(path: String) async throws {
    guard let (input, result) = try await input(path) else { return }
    #expect(input.role == .storefront)
    #expect(result.orders.captured == 41 && input.unreadable.isEmpty, "\(input)")
  }

  @Test(
    arguments: [
      "shopify-webhook-2016-test-order.json", "shopify-webhook-sample-2019-06-cancelled-test.json",
      "shopify-webhook-2024-06-multicurrency-usd-eur-test-mode.json",
    ])
  func `a test order is left out and counted`(path: String) async throws {
    guard let (input, result) = try await input(path) else { return }
    #expect(input.role == .storefront && result.orders.test == 1 && result.orders.captured == 40, "\(input)")
  }

  @Test(
    arguments: [
      "shopify-webhook-sample-2020-04-refund.json", "shopify-webhook-sample-2022-04-inventory-level.json",
      "shopify-webhook-sample-2022-04-order-edit.json", "shopify-webhook-sample-2022-04-order-transaction.json",
      "netsuite/error-429-concurrency.json", "netsuite/oauth2-token-200.json", "netsuite/suiteql-page1.json",
      "marketplaces/walmart/published-errors/429.json", "marketplaces/walmart/stubs-eolabs/fetchToken.json",
    ])
  func `what is no order is not taken for one, and is named with advice`(path: String) async throws {
    guard let (input, result) = try await input(path) else { return }
    #expect(input.role == nil, "taken for \(input.format)")
    #expect(input.remarks.contains { $0.contains("--map") })
    #expect(result.orders.captured == 40)
  }

  @Test(
    arguments: [
      ("marketplaces/walmart/stubs-eolabs/fetchOrders.json", "walmart-orders", 10),
      ("marketplaces/walmart/fixtures-ventmere/test_order_list_res.json", "walmart-orders", 1),
      ("marketplaces/ebay/published-samples/getOrders-page.json", "ebay-orders", 1),
    ])
  func `a page of a marketplace's orders is read from inside its envelope`(
    path: String, format: String, orders: Int
  ) async throws {
    guard let (input, _) = try await input(path) else { return }
    #expect(input.role == .marketplaceOrders && input.format == format, "\(input)")
    #expect(input.used >= orders && input.unreadable.isEmpty, "\(input)")
  }

  @Test func `a sales order of NetSuite's record service is a receipt`() async throws {
    guard let (input, _) = try await input("netsuite/salesorder-get.json") else { return }
    #expect(input.role == .erp && input.rows == 1 && input.unreadable.isEmpty, "\(input)")
  }

  @Test func `a page of SuiteQL is read from inside its envelope`() async throws {
    let bench = try Workbench()
    try bench.write("storefront.csv", Self.storefront)
    let rows = (0..<40).map { number in
      ##"{"links":[],"id":"\##(number)","tranid":"SO\##(number)","otherrefnum":"#\##(1000 + number)","##
        + #""created":"2026-10-05 05:02:00"}"#
    }
    let page = #"{"links":[{"rel":"next","href":"https://x"}],"count":40,"hasMore":true,"items":["#
    try bench.write("page.json", page + rows.joined(separator: ",\n") + #"],"offset":0,"totalResults":80}"#)
    let result = try await bench.audit { $0.zone = try #require(ZoneRules(named: "America/Los_Angeles")) }.result
    let input = try #require(result.inputs.first { $0.path.hasSuffix("page.json") })
    #expect(input.format == "netsuite-suiteql" && input.used == 40, "\(input)")
    #expect(result.gap.captureToReceipt?.p50 == 120_000)
  }
}
