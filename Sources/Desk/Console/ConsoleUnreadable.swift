import Connector
import Coordinator
import HandoffCore
import HandoffStore

extension FrontOffice {
  func unreadablePage(_ request: DeskRequest) async throws -> DeskAnswer {
    let now = clock.now
    var filter = UnreadableFilter()
    filter.onlyOpen = request.query("all") != "1"
    let records = try await coordinator.store.read { [filter] in try $0.unreadable(filter) }
    let values: [String: Any] = [
      "done": FrontOffice.section(FrontOffice.unreadableDone(request.query("done"))),
      "list": records.map { unreadableValues($0, now: now, session: request.session, Mask.emails) },
      "isAll": !filter.onlyOpen,
    ]
    return try page("unreadable", "Unreadable", values, session: request.session, current: "/unreadable")
  }

  /// One with its headers and its body: whoever has logged in may see what the storefront sent.
  func unreadableDeliveryPage(_ request: DeskRequest) async throws -> DeskAnswer {
    let record = try await unreadable(request.parameters["id"] ?? "")
    var values = unreadableValues(record, now: clock.now, session: request.session) { $0 }
    values["said"] = FrontOffice.section(FrontOffice.unreadableDone(request.query("done")))
    values["headers"] = FrontOffice.section(record.delivery.headers)
    values["body"] = FrontOffice.section(String(decoding: record.delivery.body.prefix(65_536), as: UTF8.self))
    values["isCut"] = record.bytes > 65_536
    return try page(
      "unreadableDelivery", "Unreadable \(record.id)", values, session: request.session, current: "/unreadable")
  }

  private func unreadableValues(
    _ record: StoredUnreadable, now: Timestamp, session: Session?, _ show: (String) -> String
  ) -> [String: Any] {
    let delivery = record.delivery
    let isOpen = record.closedAt == nil
    return [
      "id": String(record.id), "storefront": delivery.storefront.text, "topic": delivery.topic,
      "reason": show(delivery.reason), "owner": delivery.owner,
      "since": Words.relative(delivery.receivedAt, to: now), "at": Words.instant(delivery.receivedAt),
      "bytes": record.bytes, "isOpen": isOpen, "isLate": isOpen && delivery.deadline <= now,
      "left": FrontOffice.left(delivery.deadline, now: now),
      "untilMs": FrontOffice.milliseconds(delivery.deadline),
      "resolution": FrontOffice.section(record.resolution), "formToken": session?.formToken ?? "",
    ]
  }

  func replayForm(_ request: DeskRequest) async throws -> DeskAnswer {
    let name = try PersonName.checked(request.form("by"), field: "Your name")
    let id = request.parameters["id"] ?? ""
    switch try await replay(id, by: name) {
    case .understood(_, let handoff?): return .seeOther("/orders/" + handoff.id.text)
    case .understood, .closed: return .seeOther("/unreadable?done=replay")
    case .unreadable: return .seeOther("/unreadable/\(Int64(id) ?? 0)?done=still")
    case .rejected: return .seeOther("/unreadable/\(Int64(id) ?? 0)?done=rejected")
    }
  }

  func closeForm(_ request: DeskRequest) async throws -> DeskAnswer {
    let name = try PersonName.checked(request.form("by"), field: "Your name")
    let reason = try PersonName.checked(request.form("reason"), field: "Reason")
    _ = try await close(request.parameters["id"] ?? "", by: name, because: reason)
    return .seeOther("/unreadable?done=close")
  }

  /// What the page says after an action: only known words, never what the address holds.
  private static func unreadableDone(_ name: String?) -> String {
    switch name {
    case "replay": "It was understood this time, and is closed."
    case "close": "It is closed."
    case "still": "It still cannot be understood: the cause is not mended yet. The reason below is the first one."
    case "rejected":
      "It is not authentic any more: its signature fits none of the configured secrets. Configure the secret of that "
        + "time beside the present one, and replay again."
    default: ""
    }
  }
}
