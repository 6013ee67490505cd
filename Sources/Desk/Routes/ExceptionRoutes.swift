import Connector
import Coordinator
import HandoffCore
import HandoffStore

extension FrontOffice {
  /// Reading exceptions and deciding about them.
  var exceptionRoutes: [DeskRoute] {
    [
      DeskRoute("GET", "/v1/exceptions", .api) { request in try await listExceptions(request) },
      DeskRoute("POST", "/v1/exceptions/{id}/retry", .api) { request in
        let body = try DecisionBody(request)
        return try await decided(request, .retry, by: body.name, expecting: body.revision)
      },
      DeskRoute("POST", "/v1/exceptions/{id}/resolve", .api) { request in
        let body = try DecisionBody(request)
        return try await decided(request, try body.decision, by: body.name, expecting: body.revision)
      },
      DeskRoute("POST", "/v1/exceptions/{id}/assign", .api) { request in
        let body = try DecisionBody(request)
        let record = try await assign(request.parameters["id"] ?? "", to: try body.owner, by: body.name)
        return .json(ExceptionReport.json(record, now: clock.now, Mask.emails))
      },
    ]
  }

  private func listExceptions(_ request: DeskRequest) async throws -> DeskAnswer {
    var filter = ExceptionFilter()
    filter.onlyOpen = request.query("all") != "1"
    filter.owner = request.query("owner").flatMap { $0.isEmpty ? nil : $0 }
    filter.limit = try OrderQuery.limit(request)
    filter.after = try FrontOffice.place(request)
    let now = clock.now
    let found = try await exceptions(filter)
    let unreadable = try await unreadableCount(of: filter.owner, now: now)
    var answer: [String: JSONValue] = [
      "exceptions": .array(found.list.map { $0.json(now: now) }),
      "total": .count(found.total(of: filter.owner)),
      "unreadable": ["open": .count(unreadable.open), "overdue": .count(unreadable.overdue)],
    ]
    if let next = found.next { answer["next"] = .string(next.text) }
    return .json(.object(answer))
  }

  /// Where a page of exceptions begins; nil for the first.
  static func place(_ request: DeskRequest) throws(Problem) -> ExceptionPlace? {
    guard let text = request.query("after"), !text.isEmpty else { return nil }
    guard let place = ExceptionPlace(text) else {
      throw Problem(.malformed, "`after` is the `next` of the page before; without it the first page is shown.")
    }
    return place
  }

  /// Deliveries that nobody could read, of everybody or of one owner.
  private func unreadableCount(of owner: String?, now: Timestamp) async throws -> (open: Int, overdue: Int) {
    guard let owner else {
      let all = try await coordinator.store.read { try $0.unreadableCount(now: now) }
      return (all.open, all.overdue)
    }
    var filter = UnreadableFilter()
    filter.owner = owner
    filter.limit = 10_000
    let theirs = try await coordinator.store.read { [filter] in try $0.unreadable(filter) }
    return (theirs.count, theirs.count { $0.delivery.deadline <= now })
  }

  /// Exceptions with the orders they are about, and how many there are beyond the limit, as of one instant.
  func exceptions(_ filter: ExceptionFilter) async throws -> ExceptionListing {
    let now = clock.now
    // One more than is shown tells whether there is a further page.
    var more = filter
    more.limit += 1
    return try await coordinator.store.read { [moves = coordinator.moves, more] store in
      let found = try store.exceptions(more)
      let records = found.prefix(filter.limit)
      let list = try records.compactMap { record -> ExceptionOfOrder? in
        guard let row = try store.row(record.handoffID) else { return nil }
        let policy = moves.setting.policy(row.handoff.key.storefront)
        let isOpen = record.closedAt == nil
        let decisions = isOpen ? Decisions.possible(for: row.handoff, at: now, policy: policy) : []
        return ExceptionOfOrder(record: record, row: row, decisions: decisions)
      }
      let next = found.count > records.count ? records.last.map(ExceptionPlace.init(of:)) : nil
      return ExceptionListing(
        list: list, owners: try store.exceptionCounts(onlyOpen: filter.onlyOpen), next: next)
    }
  }

  /// The one exception of a path, open.
  private func open(_ text: String) async throws -> StoredException {
    guard let id = Int64(text), let record = try await coordinator.store.read({ try $0.exception(id) }) else {
      throw Problem(.notFound, "There is no exception of this number.")
    }
    guard record.closedAt != nil else { return record }
    var filter = ExceptionFilter()
    filter.handoff = record.handoffID
    let open = try await coordinator.store.read { [filter] in try $0.exceptions(filter).first }
    let now = open.map { "it has exception \($0.id) (\($0.exception.kind.rawValue)) now" } ?? "it has none open now"
    throw Problem(
      .conflict, "Exception \(id) was \(Mask.emails(in: record.resolution)). As for its order, \(now).")
  }

  private func decided(
    _ request: DeskRequest, _ decision: OperatorDecision, by name: String, expecting revision: Int?
  ) async throws -> DeskAnswer {
    let handoff = try await decide(decision, exception: request.parameters["id"] ?? "", by: name, expecting: revision)
    guard let row = try await coordinator.store.read({ try $0.row(handoff.id) }) else {
      throw Problem(.notFound, "The order is gone.")
    }
    return .json(.object(OrderReport.summary(row, withContent: false)))
  }

  func decide(
    _ decision: OperatorDecision, exception text: String, by name: String, expecting revision: Int?
  ) async throws -> Handoff {
    let record = try await open(text)
    do {
      guard let handoff = try await coordinator.decide(decision, on: record.handoffID, by: name, expecting: revision)
      else { throw Problem(.notFound, "The order is gone.") }
      return handoff
    } catch let refusal as Refusal {
      throw Problem(.refused, "In stage \(refusal.stage.rawValue): \(refusal.reason)")
    }
  }

  func assign(_ text: String, to owner: String, by name: String) async throws -> StoredException {
    let record = try await open(text)
    guard let assigned = try await coordinator.assign(exception: record.id, to: owner, by: name) else {
      throw Problem(.conflict, "The exception was closed in the meantime.")
    }
    return assigned
  }
}

/// Exceptions as far as a limit goes, and how many each owner has beyond it.
struct ExceptionListing: Sendable {
  let list: [ExceptionOfOrder]
  let owners: [String: Int]
  /// Where a further page begins; nil when this is the last.
  let next: ExceptionPlace?

  /// How many there are, of everybody or of one owner.
  func total(of owner: String?) -> Int {
    guard let owner else { return owners.values.reduce(0, +) }
    return owners[owner] ?? 0
  }
}

/// An exception, its order, and what a person may decide about it now.
struct ExceptionOfOrder: Sendable {
  let record: StoredException
  let row: HandoffRow
  let decisions: [OperatorDecision]

  func json(now: Timestamp) -> JSONValue {
    var members = ExceptionReport.members(record, now: now, Mask.emails)
    members["storefront"] = .string(row.handoff.key.storefront.text)
    members["orderId"] = .string(row.handoff.key.orderID)
    members["number"] = .string(row.number)
    members["stage"] = .string(row.handoff.stage.rawValue)
    members["revision"] = .count(row.handoff.revision)
    members["decisions"] = .array(decisions.map { .string($0.name) })
    return .object(members)
  }
}

/// What a person may decide.
enum Decisions {
  private static let all = DecisionWords.all

  /// Those the rules would take now: they are asked, on a copy.
  static func possible(for handoff: Handoff, at now: Timestamp, policy: HandoffPolicy) -> [OperatorDecision] {
    all.filter { decision in
      var copy = handoff
      return (try? copy.step(.operatorDecided(decision, by: "nobody"), at: now, policy: policy)) != nil
    }
  }

  static func named(_ name: String, recordID: String?) throws(Problem) -> OperatorDecision {
    if name == "adopt" {
      guard let recordID, Receipt.isPlausible(recordID: recordID) else {
        throw Problem(.malformed, "`adopt` needs `recordId`, the ERP's id of the record.")
      }
      return .adopt(recordID: recordID)
    }
    guard let decision = all.first(where: { $0.name == name }) else {
      let names = all.map(\.name).joined(separator: ", ")
      throw Problem(.malformed, "`decision` is none of \(names).")
    }
    return decision
  }
}

/// The body of a decision: `by`, and what the path needs besides.
private struct DecisionBody {
  let json: JSONValue
  let name: String
  let revision: Int?

  init(_ request: DeskRequest) throws(Problem) {
    guard let json = try? JSONValue(parsing: request.body), json.isObject else {
      throw Problem(.malformed, "The body is no JSON object.")
    }
    self.json = json
    name = try DecisionBody.line(json, "by")
    revision = json["revision"]?.int
    if revision == nil, let given = json["revision"], !given.isNull {
      throw Problem(.malformed, "`revision` is the whole number that was read with the order.")
    }
  }

  var decision: OperatorDecision {
    get throws(Problem) {
      try Decisions.named(try DecisionBody.line(json, "decision"), recordID: json["recordId"]?.scalarText)
    }
  }

  var owner: String {
    get throws(Problem) { try DecisionBody.line(json, "owner") }
  }

  private static func line(_ json: JSONValue, _ key: String) throws(Problem) -> String {
    try PersonName.checked(json[key]?.string, field: key)
  }
}

/// Names that people give themselves and others.
enum PersonName {
  /// A short single line.
  static func checked(_ text: String?, field: String) throws(Problem) -> String {
    guard let text, !text.allSatisfy(\.isWhitespace), text.utf8.count <= 200,
      !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
    else { throw Problem(.malformed, "`\(field)` is missing, or no single line of at most 200 bytes.") }
    return text
  }
}
