import Connector
import Coordinator
import HandoffCore
import HandoffStore

extension FrontOffice {
  /// Reading orders.
  var orderRoutes: [DeskRoute] {
    [
      DeskRoute("GET", "/v1/orders", .api) { request in try await listOrders(request) },
      DeskRoute("GET", "/v1/orders/{id}", .api) { request in try await showOrder(request) },
      DeskRoute("POST", "/v1/orders/{id}/erase", .api) { request in try await eraseOrder(request) },
    ]
  }

  private func listOrders(_ request: DeskRequest) async throws -> DeskAnswer {
    var query = try OrderQuery(request)
    let limit = query.filter.limit
    // One more than is shown tells whether there is a further page.
    query.filter.limit += 1
    if let before = query.filter.before, try await coordinator.store.read({ try $0.row(before) }) == nil {
      throw Problem(.malformed, "`after` is the `next` of the page before.")
    }
    let found = try await rows(query)
    let rows = found.prefix(limit)
    var answer: [String: JSONValue] = [
      "orders": .array(rows.map { .object(OrderReport.summary($0, withContent: false)) })
    ]
    if found.count > limit, let last = rows.last { answer["next"] = .string(last.handoff.id.text) }
    return .json(.object(answer))
  }

  func rows(_ query: OrderQuery) async throws -> [HandoffRow] {
    let filter = query.filter
    let found = try await coordinator.store.read { try $0.rows(filter) }
    if found.isEmpty, let name = filter.storefront { try await check(name) }
    return found
  }

  /// A misspelt storefront is not one without orders. One that has left the configuration is known by its orders.
  private func check(_ name: StorefrontName) async throws {
    if coordinator.setting.storefronts[name] != nil { return }
    var filter = RowFilter()
    filter.storefront = name
    filter.limit = 1
    if try await coordinator.store.read({ [filter] in try !$0.rows(filter).isEmpty }) { return }
    let names = coordinator.setting.storefronts.keys.map(\.text).sorted().joined(separator: ", ")
    throw Problem(.malformed, "The storefront is none of \(names).")
  }

  private func showOrder(_ request: DeskRequest) async throws -> DeskAnswer {
    let storefront = request.query("storefront").map(StorefrontName.init)
    switch try await find(request.parameters["id"] ?? "", storefront: storefront) {
    case .none: throw Problem(.notFound, "No order has this id, number, address or record id.")
    case .one(let report):
      return .json(report.json(withContent: request.query("content") == "1", now: clock.now))
    case .several(let rows):
      let matches = rows.map { JSONValue.object(OrderReport.summary($0, withContent: false)) }
      return .json(["matches": .array(matches)], status: 300)
    }
  }

  /// By handoff id alone: what is erased does not come back, so that no text may stand for two orders.
  private func eraseOrder(_ request: DeskRequest) async throws -> DeskAnswer {
    let body = try PersonalBody(request)
    let id = HandoffID(request.parameters["id"] ?? "")
    switch try await coordinator.erase(id, by: body.name) {
    case .unknown: throw Problem(.notFound, "There is no order with this handoff id.")
    case .needed(let reason): throw Problem(.conflict, "Its data is still needed: \(reason).")
    case .erased:
      guard let row = try await coordinator.store.read({ try $0.row(id) }) else {
        throw Problem(.notFound, "There is no order with this handoff id.")
      }
      return .json(.object(OrderReport.summary(row, withContent: false)))
    }
  }

  /// What a text may stand for.
  enum Match: Sendable {
    case none
    case one(OrderReport)
    case several([HandoffRow])
  }

  /// Finds an order by whatever a person has in hand; a handoff id is never ambiguous.
  func find(_ text: String, storefront: StorefrontName?) async throws -> Match {
    try await coordinator.store.read { store in
      if let row = try store.row(HandoffID(text)) { return .one(try OrderReport(of: row, in: store)) }
      var filter = RowFilter()
      filter.text = text
      filter.storefront = storefront
      filter.limit = 50
      let rows = try store.rows(filter)
      guard let first = rows.first else { return .none }
      return rows.count == 1 ? .one(try OrderReport(of: first, in: store)) : .several(rows)
    }
  }
}

/// Which orders a list shows.
struct OrderQuery: Sendable {
  var filter = RowFilter()

  static let longest = 500

  init(_ request: DeskRequest) throws(Problem) {
    if let text = request.query("text"), !text.isEmpty { filter.text = text }
    if let name = request.query("storefront"), !name.isEmpty { filter.storefront = StorefrontName(name) }
    if let text = request.query("stage"), !text.isEmpty {
      guard let stage = Stage(rawValue: text) else {
        let names = Stage.allCases.map(\.rawValue).joined(separator: ", ")
        throw Problem(.malformed, "The stage is none of \(names).")
      }
      filter.stage = stage
    }
    if let text = request.query("after"), !text.isEmpty { filter.before = HandoffID(text) }
    filter.limit = try OrderQuery.limit(request)
  }

  /// The `limit` of a list: 50 unless told, at most ``longest``.
  static func limit(_ request: DeskRequest) throws(Problem) -> Int {
    guard let text = request.query("limit") else { return 50 }
    guard let limit = Int(text), (1...longest).contains(limit) else {
      throw Problem(.malformed, "The limit is a whole number from 1 to \(longest).")
    }
    return limit
  }
}
