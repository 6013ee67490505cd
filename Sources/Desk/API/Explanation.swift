import HandoffCore
import HandoffStore

/// Why a handoff stands where it stands, in sentences: the same on the page, in the API and on the command line.
enum Explanation {
  /// Why it is in this stage, what is awaited, who owns it, and when the next thing happens.
  /// - Parameters:
  ///   - tasks: its open tasks.
  ///   - exceptions: its exceptions; only the open one is told of.
  ///   - ending: how it came to its end, if it has.
  ///   - lastTrouble: the words of the last attempt, when it led to nothing.
  static func sentences(
    for row: HandoffRow, tasks: [StoredTask], exceptions: [StoredException], ending: OrderEnding = OrderEnding(),
    lastTrouble: String? = nil, now: Timestamp
  ) -> [String] {
    let handoff = row.handoff
    var sentences = [stage(handoff, ending, now: now)]
    if let lastTrouble, !lastTrouble.isEmpty, !handoff.stage.isTerminal {
      sentences.append("The last attempt led to nothing: \(lastTrouble)")
      if let last = lastTrouble.last, !".!?…".contains(last) { sentences[sentences.count - 1] += "." }
    }
    sentences += leftOver(handoff, ending)
    sentences += circumstances(handoff, ending)
    if let open = exceptions.first(where: { $0.closedAt == nil }) { sentences += exception(open, now: now) }
    let next = tasks.map { task($0, now: now) }
    sentences += next
    if let deadline = handoff.stageDeadline, handoff.exception == nil {
      sentences.append(
        deadline > now
          ? "If it is still so in \(Words.span(deadline.since(now))), a person is asked."
          : "Its deadline has passed; a person is about to be asked.")
    } else if next.isEmpty, handoff.exception != nil, !handoff.stage.isTerminal {
      let isMessage = handoff.exception?.kind == .messageRefused
      sentences.append(
        isMessage
          ? "It is not sent again by itself. `retry` sends the same words to the same address; if that is wrong, "
            + "tell the customer another way and `hand-back`."
          : "Nothing more happens by itself until a person decides.")
    }
    return sentences
  }

  private static func stage(_ handoff: Handoff, _ ending: OrderEnding, now: Timestamp) -> String {
    let erp = "ERP " + handoff.erp.text
    let since = Words.relative(handoff.stageSince, to: now)
    let record = handoff.recordID.map { "record \($0)" } ?? "a record"
    switch handoff.stage {
    case .captured:
      return handoff.attempts == 0
        ? "Captured \(since); \(erp) has not been asked yet."
        : "Captured \(Words.relative(handoff.capturedAt, to: now)); \(erp) was asked \(times(handoff.attempts)) "
          + "and has certainly nothing yet."
    case .submitting:
      return "Being submitted to \(erp) since \(Words.instant(handoff.stageSince)) (attempt \(handoff.attempts)); "
        + "until it answers, nobody knows whether it has the order."
    case .unresolved:
      return "Submitted to \(erp), and the outcome is unknown since \(since): it is looked up as "
        + "\(handoff.externalID.text) before anything else, so that it is never created twice."
    case .recorded: return recorded(handoff, erp, record)
    case .refused:
      return "\(erp) refused it \(since)" + (handoff.mayExist ? "." : " and holds nothing.")
    case .receipted: return "\(erp) accepted it as \(record) \(since); what it says about stock is awaited."
    case .updating:
      return "\(erp) holds version \(handoff.receipt?.version ?? 0) as \(record), the storefront has version "
        + "\(handoff.version.number): the gate stays shut until the ERP has the newer one."
    case .held: return "\(erp) accepted it as \(record) and cannot allocate everything: \(shortage(handoff))."
    case .decided:
      return "The decision to confirm version \(handoff.decidedVersion ?? handoff.version.number) was recorded "
        + "\(since) on the receipt \(record); \(message(handoff))."
    case .confirmed: return "The customer was told \(since) that it is confirmed; the receipt is \(record) of \(erp)."
    case .cancelling: return cancelling(handoff, ending, since: since)
    case .cancelled: return cancelled(handoff, ending)
    case .declining:
      return "The decision that it cannot be fulfilled was recorded \(since); \(message(handoff))."
    case .declined: return "The customer was told \(since) that it cannot be fulfilled."
    case .returned: return "Handed back \(since) to the people of the storefront, who own it now."
    case .observed: return observed(handoff) + (ending.sighting.map { seen($0, handoff) } ?? "")
    }
  }

  /// A record that a person adopted is only a claim until a look-up has found it.
  private static func recorded(_ handoff: Handoff, _ erp: String, _ record: String) -> String {
    if handoff.exception?.kind == .receiptRevoked {
      return "\(erp) was asked for \(record) and does not have it; nothing is confirmed on it."
    }
    if handoff.lookups == 0 {
      return "\(erp) is asked for \(record): until it is found there and is this order, nothing is confirmed on it."
    }
    return "\(erp) has not said yet that it accepted \(record), and is asked again: saved is not accepted."
  }

  private static func message(_ handoff: Handoff) -> String {
    if handoff.hasOpen(.messageRefused) { return "the message was refused, so the customer does not know" }
    if handoff.hasOpen(.messageOverdue) { return "the message has not been taken yet and is tried again" }
    return "the message is on its way"
  }

  private static func observed(_ handoff: Handoff) -> String {
    switch handoff.mode {
    case .observe: "Only watched: the storefront runs in mode observe, so nothing is submitted and nobody is told."
    case .shadow:
      "Only watched: the storefront runs in mode shadow, so what would be done is planned, kept and never performed."
    case .gate: "Only watched: it is a test order, or it was placed before the cutover or closed before it came."
    }
  }

  /// What became of an order that is only watched, as far as the ERP shows it.
  private static func seen(_ sighting: Sighting, _ handoff: Handoff) -> String {
    let record = sighting.recordNumber.map { "\(sighting.recordID) (\($0))" } ?? sighting.recordID
    let here = " ERP \(handoff.erp.text) has it as record \(record), "
    guard let recordedAt = sighting.recordedAt else {
      return here + "seen \(Words.span(sighting.seenAt.since(handoff.capturedAt))) after it came here."
    }
    return recordedAt >= handoff.capturedAt
      ? here + "made \(Words.span(recordedAt.since(handoff.capturedAt))) after it came here."
      : here + "made \(Words.span(handoff.capturedAt.since(recordedAt))) before it came here."
  }

  private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  private static func shortage(_ handoff: Handoff) -> String {
    switch handoff.validation {
    case .short(let shortages), .partlyShort(let shortages):
      shortages.isEmpty
        ? "it does not say what is missing"
        : shortages.prefix(5).map { "\($0.sku) has \($0.allocated) of \($0.ordered)" }.joined(separator: ", ")
    case .allocated, .waived, nil: "it does not say what is missing"
    }
  }

  private static func circumstances(_ handoff: Handoff, _ ending: OrderEnding) -> [String] {
    var sentences: [String] = []
    if handoff.cancelRequested, !handoff.stage.isTerminal, handoff.stage != .cancelling {
      let who = ending.isCancelledThere ? "The storefront has" : "\(ending.canceller ?? "A person") has"
      sentences.append("\(who) cancelled it; that is carried out as soon as nothing is unknown.")
    }
    if handoff.mayExist, [.captured, .refused, .recorded].contains(handoff.stage) {
      sentences.append("An earlier submission may still take effect in ERP \(handoff.erp.text).")
    }
    if case .waived(let name) = handoff.validation {
      sentences.append("\(name) let it pass in spite of a shortage.")
    }
    if handoff.acknowledged, handoff.decision == nil {
      sentences.append("The customer knows that it was received and that the confirmation is pending.")
    }
    for open in handoff.covered {
      sentences.append("It is open as well, and asked about next, that " + Words.exception(open.kind) + ".")
    }
    return sentences
  }

  private static func exception(_ record: StoredException, now: Timestamp) -> [String] {
    let exception = record.exception
    var first = "It belongs to \(record.owner) since \(Words.instant(exception.openedAt)), because "
    first += Words.exception(exception.kind)
    first += exception.reason.isEmpty ? "." : ": " + exception.reason
    if let last = first.last, !".!?…".contains(last) { first += "." }
    let raised = exception.escalations == 0 ? "" : " It has gone up \(times(exception.escalations)) already."
    let deadline =
      exception.deadline > now
      ? "If nobody acts within \(Words.span(exception.deadline.since(now))), it goes up."
      : "Its deadline passed \(Words.span(now.since(exception.deadline))) ago."
    return [first, deadline + raised]
  }

  private static func task(_ task: StoredTask, now: Timestamp) -> String {
    let what = Words.effect(task.planned.effect.kind)
    if task.planned.disposition == .shadow { return "Planned and never performed: the \(what)." }
    if let until = task.leasedUntil, until > now {
      return "Under way: the \(what) (attempt \(task.attempt))."
    }
    let due = task.planned.notBefore
    return due > now ? "Next: the \(what), in \(Words.span(due.since(now)))." : "Next: the \(what), now due."
  }
}
