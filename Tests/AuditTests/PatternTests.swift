import Testing

@testable import Audit

/// When a failure may be called one of certain hours.
@Suite struct PatternTests {
  /// Customers are told in the second minute; of the orders that `isLate` names the ERP learns later.
  private func verdict(
    orders: Int, captured: ((Int) -> Int)? = nil, isLate: @escaping (Int) -> Bool
  ) async throws -> Verdict {
    var shop = HandWritten()
    shop.orders = orders
    if let captured { shop.captured = captured }
    shop.confirmed = { _ in 90 }
    shop.received = { isLate($0) ? 1200 + $0 % 7 : 20 + $0 % 31 }
    return try await shop.audit().result.verdict
  }

  /// The hour of the day in which an order of ``HandWritten`` was placed.
  private func hour(_ order: Int) -> Int { Int(HandWritten().time(order).timeText.prefix(2)) ?? 0 }

  @Test func `what happens every night at the same hour is called so`() async throws {
    let verdict = try await verdict(orders: 200) { hour($0) == 3 }
    #expect(verdict.scope == .atHours && verdict.hours == [3], "\(verdict)")
  }

  @Test func `one late order in each of many hours is no pattern of hours`() async throws {
    let verdict = try await verdict(orders: 48) { $0 % 5 == 0 }
    #expect(verdict.kind == .handoffFailure && verdict.scope == .scattered, "\(verdict)")
  }

  @Test func `what happens in most hours is no pattern of hours`() async throws {
    // Thirty orders a day from 8:00 to 18:00; in the first six of these ten hours every second one is late.
    let captured = { (order: Int) in order / 30 * 86_400 + order % 30 * 1200 }
    let verdict = try await verdict(orders: 300, captured: captured) { $0 % 30 < 18 && $0 % 2 == 0 }
    #expect(verdict.kind == .handoffFailure && verdict.scope == .everywhere, "\(verdict)")
  }

  @Test func `orders that the ERP has twice have a line of their own`() async throws {
    let bench = try Workbench()
    try HandWritten().write(to: bench)
    try bench.write(
      "erp-2.csv", "external_id,recorded_at\n1005,2026-03-06T18:00:00Z\n1006,2026-03-06T18:00:00Z\n")
    let result = try await bench.audit().result
    #expect(result.orders.receivedTwice == 2)
    #expect(AuditSummary(result).text.contains("Twice    2 orders"), "\(AuditSummary(result).text)")
  }
}
