import Connector
import Coordinator
import HandoffCore
import HandoffStore

extension FrontOffice {
  func ordersPage(_ request: DeskRequest) async throws -> DeskAnswer {
    let query = try OrderQuery(request)
    let found = try await rows(query)
    if query.filter.text != nil, found.count == 1, let only = found.first {
      return .seeOther("/orders/" + FormText.encode(only.handoff.id.text))
    }
    return try orderList(request, query, found, notice: "")
  }

  private func orderList(
    _ request: DeskRequest, _ query: OrderQuery, _ found: [HandoffRow], notice: String
  ) throws -> DeskAnswer {
    let now = clock.now
    let rows = found.map { row -> [String: Any] in
      let handoff = row.handoff
      let badge = FrontOffice.badge(handoff.stage)
      return [
        "handoff": handoff.id.text, "number": FrontOffice.shown(row.number), "stage": badge["text"] ?? "",
        "tone": badge["tone"] ?? "", "hasException": handoff.exception != nil,
        "total": Words.money(handoff.version.total), "email": row.email.map(Mask.email) ?? "–",
        "storefront": handoff.key.storefront.text,
        "record": handoff.receipt?.recordNumber ?? handoff.recordID ?? "–",
        "capturedAt": handoff.capturedAt.iso8601, "ago": Words.relative(handoff.capturedAt, to: now),
      ]
    }
    let names = coordinator.setting.storefronts.keys.map(\.text).sorted()
    let values: [String: Any] = [
      "text": query.filter.text ?? "", "rows": rows, "notice": FrontOffice.section(notice),
      "stages": Stage.allCases.map { stage -> [String: Any] in
        [
          "name": stage.rawValue, "label": Words.event(stage.rawValue), "isChosen": stage == query.filter.stage,
        ]
      },
      "storefronts": names.map { name -> [String: Any] in
        ["name": name, "isChosen": name == query.filter.storefront?.text]
      },
    ]
    return try page("orders", "Orders", values, session: request.session, current: "/orders")
  }

  /// A number people can click on, also where a storefront sent none.
  static func shown(_ number: String) -> String { number.allSatisfy(\.isWhitespace) ? "(no number)" : number }

  func orderPage(_ request: DeskRequest) async throws -> DeskAnswer {
    let text = request.parameters["id"] ?? ""
    switch try await find(text, storefront: request.query("storefront").map(StorefrontName.init)) {
    case .none: throw Problem(.notFound, "No order has this id, number, address or record id.")
    case .several(let rows):
      let notice = "\(rows.count) orders fit; which one?"
      var query = try OrderQuery(request)
      query.filter.text = text
      return try orderList(request, query, rows, notice: notice)
    case .one(let report): return try orderPage(request, report)
    }
  }

  private func orderPage(_ request: DeskRequest, _ report: OrderReport) throws -> DeskAnswer {
    let isMasked = request.query("content") != "1"
    let clean = { (text: String) in isMasked ? Mask.emails(in: text) : text }
    let now = clock.now
    let handoff = report.row.handoff
    let badge = FrontOffice.badge(handoff.stage)
    var values: [String: Any] = [
      "number": FrontOffice.shown(report.row.number), "handoff": handoff.id.text, "stage": badge["text"] ?? "",
      "tone": badge["tone"] ?? "", "sentences": report.explanation(now: now, clean), "isMasked": isMasked,
      "picture": Swimlane.draw(report.timeline, clean), "span": FrontOffice.span(of: report),
      "facts": facts(report, isMasked: isMasked), "version": handoff.version.number,
      "total": Words.money(handoff.version.total), "entries": report.row.entries,
      "done": FrontOffice.section(FrontOffice.done(request.query("done"))), "deliveryCount": report.deliveries.count,
    ]
    values["open"] = try openException(report, request, now: now)
    values["lines"] = lines(report)
    values["hasVersions"] = report.versions.count > 1
    values["versions"] = report.versions.map { stored -> [String: Any] in
      [
        "number": stored.version.number, "total": Words.money(stored.version.total),
        "at": Words.instant(stored.version.updatedAt), "digest": String(stored.version.digest.hex.prefix(12)),
      ]
    }
    values["tasks"] = report.tasks.map { FrontOffice.task($0, now: now) }
    values["messages"] = report.messages.map { FrontOffice.message($0, isMasked: isMasked, now: now) }
    values["journal"] = report.journal.map { FrontOffice.entry($0, clean) }
    values["deliveries"] = report.deliveries.map { delivery -> [String: Any] in
      [
        "at": Words.instant(delivery.receivedAt), "topic": delivery.topic,
        "disposition": delivery.disposition.rawValue, "id": delivery.dedupeID ?? "",
      ]
    }
    let title = "Order " + FrontOffice.shown(report.row.number)
    return try page("order", title, values, session: request.session, current: "/orders")
  }

  private func openException(
    _ report: OrderReport, _ request: DeskRequest, now: Timestamp
  ) throws -> [[String: Any]] {
    guard let record = report.exceptions.first(where: { $0.closedAt == nil }) else { return [] }
    let policy = coordinator.moves.setting.policy(report.row.handoff.key.storefront)
    let decisions = Decisions.possible(for: report.row.handoff, at: now, policy: policy)
    let whole = ExceptionOfOrder(record: record, row: report.row, decisions: decisions)
    var values = exceptionValues(whole, now: now)
    let back = "/orders/" + FormText.encode(report.row.handoff.id.text)
    values["actions"] = actions(for: whole, back: back, session: request.session)
    return [values]
  }

  private func facts(_ report: OrderReport, isMasked: Bool) -> [[String: Any]] {
    let handoff = report.row.handoff
    let address = report.row.email.map { isMasked ? Mask.email($0) : $0 }
    let facts: [(String, String?)] = [
      ("Storefront", handoff.key.storefront.text), ("Storefront's id", handoff.key.orderID),
      ("Handoff", handoff.id.text), ("ERP", handoff.erp.text), ("External id", handoff.externalID.text),
      ("ERP record", handoff.recordID), ("ERP number", handoff.receipt?.recordNumber),
      ("Receipt", handoff.receipt.map { "version \($0.version)" + ($0.total.map { ", " + Words.money($0) } ?? "") }),
      ("Stock", handoff.validation.map { Words.event($0.text.split(separator: "\n").first.map(String.init) ?? "") }),
      ("Customer", address), ("Captured", Words.instant(handoff.capturedAt)),
      ("In this stage since", Words.instant(handoff.stageSince)), ("Deadline", handoff.deadline.map(Words.instant)),
      ("Submissions", String(handoff.attempts)), ("Pattern", handoff.pattern.rawValue),
      ("Mode", handoff.mode.rawValue), ("Revision", String(handoff.revision)),
    ]
    return facts.compactMap { name, value in
      guard let value, !value.isEmpty else { return nil }
      return ["name": name, "value": value]
    }
  }

  private func lines(_ report: OrderReport) -> [[String: Any]] {
    guard let body = report.versions.last?.body, let order = try? coordinator.moves.setting.decode(body) else {
      return []
    }
    return order.lines.prefix(200).map { line in
      [
        "sku": line.sku ?? "–", "title": line.title, "quantity": line.quantity,
        "price": line.unitPrice.decimalText,
      ]
    }
  }

  private static func span(of report: OrderReport) -> String {
    guard let first = report.journal.first, let last = report.journal.last else { return "" }
    return "from \(Words.instant(first.at)), \(Swimlane.offset(last.at.since(first.at)))"
  }

  private static func task(_ task: StoredTask, now: Timestamp) -> [String: Any] {
    var when = Words.relative(task.planned.notBefore, to: now)
    if let until = task.leasedUntil, until > now { when = "under way, attempt \(task.attempt)" }
    if task.planned.disposition == .shadow { when = "kept, never performed" }
    return ["what": Words.effect(task.planned.effect.kind), "lane": task.lane, "when": when]
  }

  private static func message(_ message: StoredMessage, isMasked: Bool, now: Timestamp) -> [String: Any] {
    let attempts = message.attempts == 1 ? "1 attempt" : "\(message.attempts) attempts"
    var kind = Words.effect(message.kind)
    if kind.hasSuffix(" to the customer") { kind.removeLast(" to the customer".count) }
    return [
      "kind": kind, "recipient": isMasked ? Mask.emails(in: message.recipient) : message.recipient,
      "decided": Words.instant(message.decidedAt), "attempts": attempts,
      "accepted": message.acceptedAt.map { "taken by its carrier " + Words.relative($0, to: now) } ?? "not taken yet",
      "content": FrontOffice.section(
        isMasked ? "" : String(decoding: message.content.prefix(65_536), as: UTF8.self)),
    ]
  }

  private static func entry(_ entry: JournalEntry, _ clean: (String) -> String) -> [String: Any] {
    let isSame = entry.stageBefore == entry.stageAfter || entry.stageBefore.isEmpty
    let stage = isSame ? entry.stageAfter : entry.stageBefore + " → " + entry.stageAfter
    return [
      "sequence": entry.sequence, "at": entry.at.iso8601, "event": Words.event(entry.event), "actor": entry.actor,
      "stage": Words.event(stage), "detail": clean(entry.detail), "hash": String(entry.hash.prefix(12)),
    ]
  }
}
