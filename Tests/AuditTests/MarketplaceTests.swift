import Testing

@testable import Audit

/// Penalty metrics, cost and the ways of working that oversell.
@Suite struct MarketplaceTests {
  private func bench(cancelled: Int) throws -> Workbench {
    let bench = try Workbench()
    let orders = (0..<100).map { "\(7000 + $0),2026-10-\($0 < 50 ? "05" : "06")T12:00:00Z,web,A,1\n" }.joined()
    try bench.write("storefront.csv", "order_id,created_at,channel,sku,qty\n" + orders)
    let receipts = (0..<100).map { "\(7000 + $0),2026-10-07T12:\(10 + $0 % 50):00Z\n" }.joined()
    try bench.write("erp.csv", "external_id,recorded_at\n" + receipts)
    let mails = (0..<100).map { "\(7000 + $0),2026-10-06T12:01:00Z\n" }.joined()
    try bench.write("confirm.csv", "order_id,sent_at\n" + mails)
    let amazon = (0..<100).map { "111-0000000-\(1_000_000 + $0)\t2026-10-06T13:00:00+00:00\tShipped\tA\t1\n" }.joined()
    try bench.write("amazon-orders.txt", "amazon-order-id\tpurchase-date\torder-status\tsku\tquantity\n" + amazon)
    let rows = (0..<cancelled).map {
      "111-0000000-\(1_000_000 + $0)\t2026-10-06T13:00:00+00:00\t2026-10-06T19:00:00+00:00\tA\tNoInventory\n"
    }.joined()
    let bought = "111-0000000-1000099\t2026-10-06T13:00:00+00:00\t2026-10-06T19:00:00+00:00\tA\tBuyer changed mind\n"
    try bench.write(
      "amazon-cancellations.txt", "amazon-order-id\torder-date\tcancel-date\tsku\tcancel-reason\n" + rows + bought)
    return bench
  }

  @Test func `a rate over the published limit is a breach, the buyer's own cancellations aside`() async throws {
    let result = try await bench(cancelled: 3).audit().result
    let metric = try #require(result.marketplaces.first { $0.metric == "pre-fulfilment cancel rate" })
    #expect(metric.orders == 100)
    #expect(metric.defects == 3)
    #expect(metric.isBreached)
    #expect(metric.source.contains("200370550"))
  }

  @Test func `a rate within the limit is none`() async throws {
    let result = try await bench(cancelled: 2).audit().result
    #expect(result.marketplaces.first { $0.metric == "pre-fulfilment cancel rate" }?.isBreached == false)
  }

  @Test func `units in flight are those sold and not in the ERP at that moment`() async throws {
    let result = try await bench(cancelled: 3).audit().result
    #expect(result.affected.cancellations.map(\.unitsInFlight) == [100, 100, 100])
    #expect(result.signals.first { $0.name == .marketplaceOversell }?.state == .holds)
    #expect(result.oversellConfigurations.map(\.name) == ["in-flight-not-subtracted"])
  }

  @Test func `the cost is counts times prices, given or assumed`() async throws {
    let result = try await bench(cancelled: 3).audit {
      $0.prices = ["cancellation": 10]
      $0.currency = "EUR"
    }.result
    let cost = try #require(result.cost)
    let item = try #require(cost.items.first { $0.name == "cancellation" })
    #expect((item.count, item.each, item.total, item.basis) == (3, 10, 30, "given"))
    #expect(cost.items.first { $0.name == "late-order" }?.basis == "assumed")
    #expect(cost.total == cost.items.reduce(0) { $0 + $1.total })
  }
}
