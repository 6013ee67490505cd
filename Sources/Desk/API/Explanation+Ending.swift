import HandoffCore
import HandoffStore

/// What is known of how an order came to its end, beyond its row.
struct OrderEnding: Sendable {
  /// Whether the storefront itself has cancelled it.
  var isCancelledThere = false
  /// The person who cancelled it here.
  var canceller: String?
  /// Whether the ERP has said that its record is cancelled or void.
  var isVoid = false
  /// What the customer was told: the messages that a carrier has taken.
  var told: Set<EffectKind> = []
  /// Where an order that was only observed was seen in its ERP.
  var sighting: Sighting?

  init() {}

  init(_ journal: [JournalEntry], _ messages: [StoredMessage], isCancelledThere: Bool) {
    self.isCancelledThere =
      isCancelledThere
      || journal.contains { $0.event == "order_cancelled" || ($0.event == "captured" && $0.stageAfter == "cancelled") }
    canceller = journal.last { $0.event == "operator_decided" && $0.detail.hasPrefix("cancel by ") }?.actor
    isVoid = journal.contains { $0.event == "cancellation_completed" || $0.event == "receipt_revoked" }
    told = Set(messages.filter { $0.acceptedAt != nil }.map(\.kind))
  }
}

/// The end of an order: what it leaves in the ERP, at the storefront and with the customer.
extension Explanation {
  static func cancelling(_ handoff: Handoff, _ ending: OrderEnding, since: String) -> String {
    let record = handoff.recordID.map { "record \($0)" } ?? "its record"
    return "\(whoCancelled(ending)); ERP \(handoff.erp.text) was asked \(since) to cancel \(record)."
  }

  static func cancelled(_ handoff: Handoff, _ ending: OrderEnding) -> String {
    let record = handoff.recordID.map { "its record \($0) is cancelled or void" } ?? "it has no record of it"
    let since = Words.instant(handoff.stageSince)
    return "\(whoCancelled(ending)). It is no longer pursued here since \(since); ERP \(handoff.erp.text): \(record)."
  }

  private static func whoCancelled(_ ending: OrderEnding) -> String {
    if ending.isCancelledThere { return "The storefront cancelled it" }
    return "\(ending.canceller ?? "A person") cancelled it here"
  }

  /// What the end leaves to be done by people, or that nothing is left.
  static func leftOver(_ handoff: Handoff, _ ending: OrderEnding) -> [String] {
    switch handoff.stage {
    case .cancelling, .cancelled: [atStorefront(handoff, ending), afterCancel(ending)].compactMap { $0 }
    case .declining, .declined: [inERP(handoff, ending), atStorefront(handoff, ending)].compactMap { $0 }
    case .returned:
      [returned(handoff)] + [hold(ofReturned: handoff)].compactMap { $0 }
        + ["The customer \(lastWord(ending)) Countersign tells them nothing more."]
    default: []
    }
  }

  private static func inERP(_ handoff: Handoff, _ ending: OrderEnding) -> String? {
    guard let record = handoff.recordID else { return "ERP \(handoff.erp.text) has no record of it." }
    return ending.isVoid ? "ERP \(handoff.erp.text): its record \(record) is cancelled or void." : nil
  }

  private static func atStorefront(_ handoff: Handoff, _ ending: OrderEnding) -> String? {
    if ending.isCancelledThere { return nil }
    let shop = handoff.key.storefront.text
    let hold = handoff.holdsFulfillment ? " Our hold on its shipping stays there, so that nothing is shipped." : ""
    return "Nothing was cancelled or refunded in storefront \(shop) by Countersign: cancel and refund it in \(shop) "
      + "yourself." + hold
  }

  private static func afterCancel(_ ending: OrderEnding) -> String {
    let who = ending.isCancelledThere ? "that is the storefront's to do" : "tell them yourself"
    return "The customer \(lastWord(ending)) Countersign does not tell them of the cancellation: \(who)."
  }

  private static func lastWord(_ ending: OrderEnding) -> String {
    if ending.told.contains(.sendCannotFulfil) { return "was told that it cannot be fulfilled, and" }
    if ending.told.contains(.releaseConfirmation) { return "was told that it is confirmed, and" }
    if ending.told.contains(.sendAcknowledgement) { return "was told that it was received, and" }
    return "was told nothing here, and"
  }

  private static func returned(_ handoff: Handoff) -> String {
    let erp = "ERP \(handoff.erp.text)"
    if let record = handoff.recordID { return "What \(erp) has of it, record \(record), stays as it is." }
    return handoff.mayExist ? "\(erp) may have it: look there." : "\(erp) has no record of it."
  }

  private static func hold(ofReturned handoff: Handoff) -> String? {
    guard handoff.holdsFulfillment else { return nil }
    if handoff.hasOpen(.fulfillment) || handoff.hasOpen(.misconfigured) {
      return "Our hold on its shipping could not be let go: end it in storefront \(handoff.key.storefront.text)."
    }
    return handoff.stillWants(.releaseFulfillment)
      ? "Our hold on its shipping is let go: whether it ships is theirs to decide."
      : "It was cancelled or declined before, so our hold on its shipping stays in storefront "
        + "\(handoff.key.storefront.text)."
  }
}
