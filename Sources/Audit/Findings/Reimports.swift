/// Finds receipts that were written in a burst for orders of many days: an import done again. The record that is left
/// carries the time of the import, not of the handoff.
enum Reimports {
  private static let minute: Int64 = 60_000
  private static let day: Int64 = 86_400_000
  /// A burst has this many receipts in a minute at least, and twenty times the usual.
  private static let fewest = 50
  /// Minutes between two parts of one burst.
  private static let pause = 3

  static func found(in facts: inout AuditFacts) -> [Reimport] {
    let orders = facts.orders
    guard let counts = perMinute(orders) else { return [] }
    let busy = counts.values.filter { $0 > 0 }.sorted()
    guard let usual = busy.isEmpty ? nil : Int(busy[busy.count / 2]) else { return [] }
    let limit = max(fewest, 20 * usual)
    var bursts: [Range<Int>] = []
    for (minute, count) in counts.values.enumerated() where Int(count) >= limit {
      if let last = bursts.last, minute - last.upperBound <= pause {
        bursts[bursts.count - 1] = last.lowerBound..<minute + 1
      } else {
        bursts.append(minute..<minute + 1)
      }
    }
    return bursts.compactMap { judged($0, counts.first, &facts) }
  }

  private static func perMinute(_ orders: OrderTable) -> (first: Int64, values: [Int32])? {
    var (first, last) = (Int64.max, Int64.min)
    for order in 0..<orders.count {
      guard let delay = orders.received[order] else { continue }
      first = min(first, orders.captured[order] + delay)
      last = max(last, orders.captured[order] + delay)
    }
    guard first <= last, (last - first) / minute < 5_000_000 else { return nil }
    var values = [Int32](repeating: 0, count: Int((last - first) / minute) + 1)
    for order in 0..<orders.count {
      guard let delay = orders.received[order] else { continue }
      values[Int((orders.captured[order] + delay - first) / minute)] += 1
    }
    return (first, values)
  }

  /// A queue that was stuck also ends in a burst, but of one night's orders: here they span more than a day.
  private static func judged(_ burst: Range<Int>, _ first: Int64, _ facts: inout AuditFacts) -> Reimport? {
    let from = first + Int64(burst.lowerBound) * minute
    let to = first + Int64(burst.upperBound) * minute
    var members: [Int] = []
    for order in 0..<facts.orders.count {
      guard let delay = facts.orders.received[order] else { continue }
      let received = facts.orders.captured[order] + delay
      // An order of the same hour came in the ordinary way.
      if received >= from, received < to, delay > 3_600_000 { members.append(order) }
    }
    guard members.count >= fewest else { return nil }
    let captured = members.map { facts.orders.captured[$0] }.sorted()
    let spread = captured[captured.count * 95 / 100] - captured[captured.count * 5 / 100]
    let delays = members.compactMap { facts.orders.received[$0] }.sorted()
    guard spread >= day, delays[delays.count / 2] >= day / 2 else { return nil }
    for order in members { facts.orders.flags[order].insert(.reimported) }
    let receipts = members.map { facts.orders.captured[$0] + (facts.orders.received[$0] ?? 0) }
    return Reimport(
      first: Instant(milliseconds: receipts.min() ?? from), last: Instant(milliseconds: receipts.max() ?? to),
      orders: members.count, oldestOrder: Instant(milliseconds: captured[0]),
      newestOrder: Instant(milliseconds: captured[captured.count - 1]))
  }
}
