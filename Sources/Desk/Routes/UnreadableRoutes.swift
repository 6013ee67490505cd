import Connector
import Coordinator
import HandoffCore
import HandoffStore
import Signing

extension FrontOffice {
  /// Deliveries that are authentic and could not be understood: to be seen, read again, and closed.
  var unreadableRoutes: [DeskRoute] {
    [
      DeskRoute("GET", "/v1/unreadable", .api) { request in try await listUnreadable(request) },
      DeskRoute("GET", "/v1/unreadable/{id}", .api) { request in
        let record = try await unreadable(request.parameters["id"] ?? "")
        return .json(UnreadableReport.whole(record, now: clock.now))
      },
      DeskRoute("POST", "/v1/unreadable/{id}/replay", .api) { request in
        let body = try PersonalBody(request)
        let outcome = try await replay(request.parameters["id"] ?? "", by: body.name)
        return .json(UnreadableReport.replay(outcome, now: clock.now))
      },
      DeskRoute("POST", "/v1/unreadable/{id}/close", .api) { request in
        let body = try PersonalBody(request)
        let reason = try PersonName.checked(body.json["reason"]?.string, field: "reason")
        let record = try await close(request.parameters["id"] ?? "", by: body.name, because: reason)
        return .json(.object(UnreadableReport.members(record, now: clock.now) { $0 }))
      },
    ]
  }

  private func listUnreadable(_ request: DeskRequest) async throws -> DeskAnswer {
    let now = clock.now
    var filter = UnreadableFilter()
    filter.onlyOpen = request.query("all") != "1"
    filter.owner = request.query("owner").flatMap { $0.isEmpty ? nil : $0 }
    filter.limit = try OrderQuery.limit(request)
    let isShown = request.query("content") == "1"
    let show: (String) -> String = { text in isShown ? text : Mask.emails(in: text) }
    let records = try await coordinator.store.read { [filter] in try $0.unreadable(filter) }
    return .json([
      "unreadable": .array(records.map { .object(UnreadableReport.members($0, now: now, show)) })
    ])
  }

  /// The one of a path, with its body.
  func unreadable(_ text: String) async throws -> StoredUnreadable {
    guard let id = Int64(text), let record = try await coordinator.store.read({ try $0.unreadable(id) }) else {
      throw Problem(.notFound, "There is no unreadable delivery of this number.")
    }
    return record
  }

  func replay(_ text: String, by name: String) async throws -> ReplayOutcome {
    let record = try await unreadable(text)
    guard let outcome = try await coordinator.replay(unreadable: record.id, by: name) else {
      throw Problem(.notFound, "There is no unreadable delivery of this number.")
    }
    if case .closed(let record) = outcome { throw Problem(.conflict, "It is closed: \(record.resolution).") }
    return outcome
  }

  func close(_ text: String, by name: String, because reason: String) async throws -> StoredUnreadable {
    let record = try await unreadable(text)
    if record.closedAt != nil { throw Problem(.conflict, "It is closed: \(record.resolution).") }
    guard let closed = try await coordinator.close(unreadable: record.id, by: name, because: reason) else {
      throw Problem(.notFound, "There is no unreadable delivery of this number.")
    }
    return closed
  }
}

/// Unreadable deliveries as programs see them.
enum UnreadableReport {
  static func members(
    _ record: StoredUnreadable, now: Timestamp, _ show: (String) -> String
  ) -> [String: JSONValue] {
    let delivery = record.delivery
    return [
      "id": .count(record.id), "storefront": .string(delivery.storefront.text), "topic": .string(delivery.topic),
      "reason": .string(show(delivery.reason)), "receivedAt": .instant(delivery.receivedAt),
      "owner": .string(delivery.owner), "deadline": .instant(delivery.deadline),
      "overdue": .bool(record.closedAt == nil && delivery.deadline <= now), "bytes": .count(record.bytes),
      "closedAt": .instant(record.closedAt), "resolution": .string(record.resolution),
    ]
  }

  /// With headers and body: the text where it is one, else base64; a NUL is none, most readers of JSON refuse it.
  static func whole(_ record: StoredUnreadable, now: Timestamp) -> JSONValue {
    var members = members(record, now: now) { $0 }
    members["headers"] = .array(
      record.delivery.headers.split(separator: "\n").map { .string(String($0)) })
    let body = record.delivery.body
    if !body.contains(0), let text = String(validating: body, as: UTF8.self) {
      members["body"] = .string(text)
    } else {
      members["bodyBase64"] = .string(Base64.encode(body))
    }
    return .object(members)
  }

  static func replay(_ outcome: ReplayOutcome, now: Timestamp) -> JSONValue {
    switch outcome {
    case .understood(let record, let handoff):
      return [
        "outcome": "understood", "reason": .string(record.resolution), "handoff": .text(handoff?.id.text),
        "stage": .text(handoff?.stage.rawValue),
      ]
    case .unreadable(let reason):
      return ["outcome": "unreadable", "reason": .string(reason), "handoff": .null, "stage": .null]
    case .rejected(let reason):
      return ["outcome": "rejected", "reason": .string(reason), "handoff": .null, "stage": .null]
    case .closed(let record):
      return ["outcome": "closed", "reason": .string(record.resolution), "handoff": .null, "stage": .null]
    }
  }
}

/// A body that says who acts: `by`.
struct PersonalBody {
  let json: JSONValue
  let name: String

  init(_ request: DeskRequest) throws(Problem) {
    guard let json = try? JSONValue(parsing: request.body), json.isObject else {
      throw Problem(.malformed, "The body is no JSON object.")
    }
    self.json = json
    name = try PersonName.checked(json["by"]?.string, field: "by")
  }
}
