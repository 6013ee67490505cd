import Connector
import HandoffCore

/// A storefront as one process reads it: deliveries are the number of a content, signed or not.
struct SourcePort: OrderSource {
  static let topic = "webhook-topic"
  static let id = "webhook-id"
  static let signature = "webhook-signature"

  let world: World
  let life: Life
  let shop: Int

  func read(_ delivery: WebhookDelivery) throws(WebhookRejection) -> WebhookReading {
    guard delivery.headers[SourcePort.signature] == "right" else { throw .unauthenticated("a wrong signature") }
    let dedupeID = delivery.headers[SourcePort.id]
    let topic = delivery.headers[SourcePort.topic] ?? ""
    guard topic != "ping" else { return .ping }
    guard let number = Int(delivery.text), number >= 0, number < world.contents.count else {
      return .unreadable(topic: topic, reason: "the body is no order", dedupeID: dedupeID)
    }
    let content = world.contents[number]
    if topic == "notice" {
      return .notice(topic: topic, orderID: content.value.id, dedupeID: dedupeID)
    }
    return .order(
      OrderCapture(order: content.value, updatedAt: content.updatedAt, topic: topic, dedupeID: dedupeID))
  }

  func listChanged(_ cursor: BackfillCursor, until: Timestamp) async -> BackfillOutcome {
    guard let answer = await world.list(life, shop: shop, cursor, until: until) else {
      return .failed(reason: "no answer")
    }
    return answer
  }

  func fetch(orderID: String) async -> BackfillOutcome {
    guard let order = world.order(orderID) else { return .page(orders: [], unreadable: [], next: nil) }
    let answer = await world.exchange(life, order: order, canDouble: true) { [world] in
      world.newest(order).map { OrderCapture(order: $0.value, updatedAt: $0.updatedAt, topic: "fetched") }
    }
    guard case .answered(let capture) = answer else { return .failed(reason: "no answer") }
    return .page(orders: capture.map { [$0] } ?? [], unreadable: [], next: nil)
  }

  var canList: Bool { true }

  func probe() async -> [ProbeFinding] { [] }
}

extension WebhookDelivery {
  var text: String { String(decoding: body, as: UTF8.self) }
}

extension World {
  static let pageSize = 20

  /// One page of a storefront's orders by their last change; the page can fail, and can come late.
  func list(
    _ life: Life, shop: Int, _ cursor: BackfillCursor, until: Timestamp
  ) async -> BackfillOutcome? {
    guard life.isAlive else { return nil }
    await loop.sleep(strikes(.listingLate) ? Int64(dice.below(4_000_000)) : Int64(dice.between(500, 10_000)), life.seat)
    guard life.isAlive else { return nil }
    if strikes(.listingFailed) { return .failed(reason: "503 on a page") }
    let indexed = World.beginning + .microseconds(loop.now - (isHealed ? 0 : plan.listLag))
    // The page marker is the last instant and order seen, so that what changes between two pages is not skipped.
    var last: (at: Timestamp, order: Int)?
    if let page = cursor.page {
      let parts = page.split(separator: "/").compactMap { Int64($0) }
      guard parts.count == 2 else { return .failed(reason: "no such page") }
      last = (Timestamp(microseconds: parts[0]), Int(parts[1]))
    }
    let found = shown(of: shop, from: cursor.since, until: until, indexed: indexed, after: last)
    let page = found.prefix(World.pageSize)
    record(.listed, -1, page.count)
    let captures = page.map {
      OrderCapture(order: contents[$0.content].value, updatedAt: $0.at, topic: "backfill")
    }
    guard found.count > page.count, let end = page.last else {
      return .page(orders: captures, unreadable: [], next: nil)
    }
    return .page(
      orders: captures, unreadable: [],
      next: BackfillCursor(since: cursor.since, page: "\(end.at.microseconds)/\(end.order)"))
  }

  /// The orders of a storefront by their last change, as its index shows them: the index trails the orders themselves.
  private func shown(
    of shop: Int, from since: Timestamp, until: Timestamp, indexed: Timestamp, after last: (at: Timestamp, order: Int)?
  ) -> [(at: Timestamp, order: Int, content: Int)] {
    // Contents stand in the order in which they came, give or take the microseconds that keep an order's clock rising.
    let start = max(since, last?.at ?? since) - .milliseconds(1)
    var (low, high) = (0, contents.count)
    while low < high {
      let middle = (low + high) / 2
      if contents[middle].updatedAt < start { low = middle + 1 } else { high = middle }
    }
    var found: [(at: Timestamp, order: Int, content: Int)] = []
    for number in low..<contents.count {
      let (order, at) = (contents[number].order, contents[number].updatedAt)
      guard at >= since, at <= until, at <= indexed, orders[order].shop == shop else { continue }
      if let last, (at, order) <= last { continue }
      guard orders[order].contents.last(where: { contents[$0].updatedAt <= indexed }) == number else { continue }
      found.append((at, order, number))
    }
    found.sort { ($0.at, $0.order) < ($1.at, $1.order) }
    return found
  }
}
