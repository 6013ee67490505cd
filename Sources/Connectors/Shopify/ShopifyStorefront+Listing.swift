public import Connector
public import HandoffCore

extension ShopifyStorefront {
  /// Pages of further lines that are read for one order before it is given to a person: 5 000 lines.
  static let linePageLimit = 50

  /// Lists one page of the orders changed in a window, by the time of change, oldest first.
  ///
  /// Shopify's cursors are keysets, so orders that change meanwhile do not shift a page; one that changed while listing
  /// may come twice, which the digest makes harmless. Shopify's search lags behind its writes by an unknown time, so
  /// windows must overlap. Orders older than 60 days need the scope `read_all_orders`.
  /// Any reply that is not a whole page is a failure, and the cursor stays (F25).
  public func listChanged(_ cursor: BackfillCursor, until: Timestamp) async -> BackfillOutcome {
    let query =
      "updated_at:>='\(Self.searchable(cursor.since, up: false))' updated_at:<='\(Self.searchable(until, up: true))'"
    let variables: JSONValue = [
      "first": .number(String(configuration.pageSize)), "query": .string(query),
      "after": cursor.page.map { JSONValue.string($0) } ?? .null,
    ]
    let page: JSONValue
    switch await read(Documents.changedOrders, variables) {
    case .failure(let stop): return stop.outcome
    case .success(let data): page = data["orders"] ?? .null
    }
    guard let nodes = page["nodes"]?.array, let hasNext = page["pageInfo"]?["hasNextPage"]?.bool else {
      return .failed(reason: "the answer is no page of orders")
    }
    let end = page["pageInfo"]?["endCursor"]?.string
    if hasNext, end == nil || end == "" || end == cursor.page {
      return .failed(reason: "Shopify says there are more orders but gives no new cursor")
    }
    var orders: [OrderCapture] = []
    var unreadable: [String] = []
    for node in nodes {
      switch await capture(node, topic: "backfill") {
      case .failure(let stop): return stop.outcome
      case .success(.order(let capture)): orders.append(capture)
      case .success(.unreadable(let reason)): unreadable.append(reason)
      }
    }
    return .page(
      orders: orders, unreadable: unreadable, next: hasNext ? BackfillCursor(since: cursor.since, page: end) : nil)
  }

  /// Fetches one order by its id.
  ///
  /// An order that does not exist is reported as unreadable, with words, so that it gets an owner: it was known before.
  public func fetch(orderID: String) async -> BackfillOutcome {
    guard ShopifyIdentity.isNumber(orderID) else {
      return .page(orders: [], unreadable: ["\(Words.clipped(orderID, to: 60)): no Shopify order id"], next: nil)
    }
    let node: JSONValue
    switch await read(Documents.oneOrder, ["id": .string(ShopifyIdentity.order(orderID))]) {
    case .failure(let stop): return stop.outcome
    case .success(let data):
      guard let found = data["order"] else { return .failed(reason: "the answer is no order") }
      node = found
    }
    if node.isNull {
      let reason = "\(orderID): the shop has no such order, or the token may not see it (read_all_orders)"
      return .page(orders: [], unreadable: [reason], next: nil)
    }
    switch await capture(node, topic: "fetch") {
    case .failure(let stop): return stop.outcome
    case .success(.unreadable(let reason)): return .page(orders: [], unreadable: [reason], next: nil)
    case .success(.order(let capture)):
      guard capture.order.id == orderID else {
        return .failed(reason: "asked for the order \(orderID), Shopify answered with \(capture.order.id)")
      }
      return .page(orders: [capture], unreadable: [], next: nil)
    }
  }

  private enum Reading {
    case order(OrderCapture)
    case unreadable(String)
  }

  /// Why a listing cannot go on.
  struct Stop: Error {
    let outcome: BackfillOutcome
  }

  /// Asks a question whose answer is only good as a whole.
  func read(_ document: String, _ variables: JSONValue) async -> Result<JSONValue, Stop> {
    switch await api.ask(document, variables) {
    case .busy(let reason), .unknown(let reason): return .failure(Stop(outcome: .failed(reason: reason)))
    case .misconfigured(let reason): return .failure(Stop(outcome: .misconfigured(reason: reason)))
    case .answer(let data, let errors, _):
      if errors.isEmpty { return .success(data) }
      if case .misconfigured(let reason) = AdminReply.refusal(errors) {
        return .failure(Stop(outcome: .misconfigured(reason: reason)))
      }
      return .failure(Stop(outcome: .failed(reason: "an incomplete answer: " + AdminError.words(errors))))
    }
  }

  private func capture(_ node: JSONValue, topic: String) async -> Result<Reading, Stop> {
    let label = (node["legacyResourceId"]?.scalarText ?? "?") + " (" + (node["name"]?.string ?? "?") + ")"
    guard var lines = node["lineItems"]?["nodes"]?.array else {
      return .success(.unreadable(label + ": lineItems: an array of order lines is missing"))
    }
    var info = node["lineItems"]?["pageInfo"]
    var pages = 0
    while info?["hasNextPage"]?.bool == true {
      pages += 1
      guard pages <= Self.linePageLimit, let id = node["id"]?.string, let after = info?["endCursor"]?.string else {
        return .success(.unreadable(label + ": more lines than can be read (\(lines.count) so far)"))
      }
      switch await read(Documents.moreLines, ["id": .string(id), "after": .string(after)]) {
      case .failure(let stop): return .failure(stop)
      case .success(let data):
        let order = data["order"] ?? .null
        guard let more = order["lineItems"]?["nodes"]?.array, order["updatedAt"] == node["updatedAt"],
          order["lineItems"]?["pageInfo"]?["endCursor"]?.string != after
        else {
          return .failure(Stop(outcome: .failed(reason: label + " changed while its lines were read")))
        }
        lines += more
        info = order["lineItems"]?["pageInfo"]
      }
    }
    do throws(OrderFault) {
      let order = try OrderReader.order(GraphQLOrder.body(node, lines: lines))
      guard let updatedAt = order.updatedAt else {
        return .success(.unreadable(label + ": updatedAt: this member is missing"))
      }
      return .success(.order(OrderCapture(order: order, updatedAt: updatedAt, topic: topic)))
    } catch {
      return .success(.unreadable(Words.clipped(label + ": \(error)")))
    }
  }

  /// An instant as Shopify's search takes it: whole seconds, between 1970 and 9999, never narrowing the window.
  static func searchable(_ instant: Timestamp, up: Bool) -> String {
    let inRange = min(253_402_300_798_000_000, max(0, instant.microseconds))
    let seconds = inRange / 1_000_000 + (up && inRange % 1_000_000 != 0 ? 1 : 0)
    return Timestamp(seconds: seconds).iso8601
  }
}
