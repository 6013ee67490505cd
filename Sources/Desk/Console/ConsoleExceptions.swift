import Connector
import Coordinator
import HandoffCore
import HandoffStore
import Mustache

extension FrontOffice {
  func exceptionsPage(_ request: DeskRequest) async throws -> DeskAnswer {
    let now = clock.now
    let owner = request.query("owner").flatMap { $0.isEmpty ? nil : $0 }
    var filter = ExceptionFilter()
    filter.owner = owner
    filter.after = try FrontOffice.place(request)
    let found = try await exceptions(filter)
    let (shown, total) = (found.list.count, found.total(of: owner))
    let which = filter.after == nil ? "those with the nearest deadline first" : "those that come next"
    let cut = shown < total ? "\(shown) of \(total), \(which)" : ""
    let values: [String: Any] = [
      "owner": FrontOffice.section(owner ?? ""), "ownerQuery": FormText.encode(owner ?? ""),
      "next": FrontOffice.section(found.next?.text ?? ""), "isFurther": filter.after != nil,
      "done": FrontOffice.section(FrontOffice.done(request.query("done"))),
      "cut": FrontOffice.section(cut),
      "owners": found.owners.sorted { $0.key < $1.key }.map { name, count -> [String: Any] in
        ["name": name, "query": FormText.encode(name), "count": count, "isChosen": name == owner]
      },
      "list": found.list.map { item -> [String: Any] in
        var values = exceptionValues(item, now: now)
        values["actions"] = actions(for: item, back: "/exceptions", session: request.session)
        return values
      },
    ]
    return try page("exceptions", "Exceptions", values, session: request.session, current: "/exceptions")
  }

  func exceptionValues(_ item: ExceptionOfOrder, now: Timestamp) -> [String: Any] {
    let exception = item.record.exception
    let badge = FrontOffice.badge(item.row.handoff.stage)
    let escalations = exception.escalations
    return [
      "handoff": item.row.handoff.id.text, "number": FrontOffice.shown(item.row.number),
      "kind": Words.event(exception.kind.rawValue), "reason": Mask.emails(in: exception.reason),
      "owner": item.record.owner, "storefront": item.row.handoff.key.storefront.text,
      "stage": badge["text"] ?? "", "tone": badge["tone"] ?? "",
      "since": Words.relative(exception.openedAt, to: now), "isLate": exception.deadline <= now,
      "left": FrontOffice.left(exception.deadline, now: now), "untilMs": FrontOffice.milliseconds(exception.deadline),
      "escalated": FrontOffice.section(
        escalations == 0 ? "" : "gone up \(escalations == 1 ? "once" : "\(escalations) times")"),
    ]
  }

  static func left(_ deadline: Timestamp, now: Timestamp) -> String {
    deadline > now
      ? Words.span(deadline.since(now)) + " left" : "overdue by " + Words.span(now.since(deadline))
  }

  /// For the script's countdown.
  static func milliseconds(_ instant: Timestamp) -> String { String(instant.microseconds / 1000) }

  // MARK: Actions

  /// The forms that decide about an exception, ready to be put into a page.
  func actions(for item: ExceptionOfOrder, back: String, session: Session?) -> String {
    let values: [String: Any] = [
      "id": String(item.record.id), "formToken": session?.formToken ?? "", "revision": item.row.handoff.revision,
      "back": back, "owner": item.record.owner,
      "mayAdopt": item.decisions.contains { $0.name == "adopt" },
      "buttons": item.decisions.map { decision -> [String: Any] in
        let look = FrontOffice.look(of: decision)
        return [
          "name": decision.name, "label": look.label, "look": look.tone,
          "hint": DecisionWords.effect(of: decision),
          "ask": FrontOffice.section(look.ask),
        ]
      },
    ]
    return Templates.library.render(values, withTemplate: "actions") ?? ""
  }

  private static func look(of decision: OperatorDecision) -> (label: String, tone: String, ask: String) {
    switch decision {
    case .retry: ("Retry", "", "")
    case .createAgain:
      (
        "Create again", "danger",
        "Have you made sure that the ERP does not have this order? If it has, it is created twice."
      )
    case .adopt: ("Adopt record", "", "")
    case .acceptShortage: ("Accept shortage", "", "")
    case .acceptVoidPayment:
      (
        "Go on unpaid", "danger",
        "The customer may be told that an order is confirmed which nobody has paid. The journal names you."
      )
    case .decline:
      (
        "Decline", "danger",
        "The customer is told that the order cannot be fulfilled. This cannot be taken back, and in the storefront the "
          + "order stays open and paid until you end it there."
      )
    case .cancel:
      (
        "Cancel", "danger",
        "The order is cancelled in the ERP and here. The customer is told nothing, and in the storefront the order "
          + "stays open and paid until you end it there."
      )
    case .handBack:
      ("Hand back", "quiet", "Nothing more happens here with this order; the storefront's people own it.")
    }
  }

  func decideForm(_ request: DeskRequest) async throws -> DeskAnswer {
    let name = try PersonName.checked(request.form("by"), field: "Your name")
    let decision = try Decisions.named(
      request.form("decision") ?? "", recordID: request.form("recordId").map(FrontOffice.trimmed))
    guard let revision = request.form("revision").flatMap(Int.init) else {
      throw Problem(.malformed, "The form carries no revision; load the page again.")
    }
    _ = try await decide(
      decision, exception: request.parameters["id"] ?? "", by: name, expecting: revision)
    return .seeOther(FrontOffice.own(request.form("back") ?? "/exceptions") + "?done=" + decision.name)
  }

  func assignForm(_ request: DeskRequest) async throws -> DeskAnswer {
    let name = try PersonName.checked(request.form("by"), field: "Your name")
    let owner = try PersonName.checked(request.form("owner"), field: "New owner")
    _ = try await assign(request.parameters["id"] ?? "", to: owner, by: name)
    return .seeOther(FrontOffice.own(request.form("back") ?? "/exceptions") + "?done=assign")
  }

  private static func trimmed(_ text: String) -> String {
    let blank: (Character) -> Bool = { $0.isWhitespace }
    return String(text.drop(while: blank).reversed().drop(while: blank).reversed())
  }

  /// What the page says after a decision: only known words, never what the address holds.
  static func done(_ name: String?) -> String {
    switch name {
    case "retry": "It goes on where it stopped."
    case "create-again": "It is submitted again."
    case "adopt": "The record is looked up and compared."
    case "accept-shortage": "It passes in spite of the shortage."
    case "decline": "The customer is being told that it cannot be fulfilled."
    case "cancel": "It is being cancelled."
    case "hand-back": "The storefront's people own it now."
    case "assign": "It has a new owner."
    default: ""
    }
  }
}
