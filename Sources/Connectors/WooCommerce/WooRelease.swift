public import Connector
public import HandoffCore

/// The shop's own release as the confirmation: on arrival in `processing` WooCommerce mails the customer, so the gate
/// is that an order stays in `on-hold` until the ERP has countersigned it.
///
/// Every call reads the order first: a repetition finds its own mark and does nothing, and a cancelled order is refused
/// in words instead of being brought back. Between that read and the change the shop offers no condition, so a
/// cancellation in this moment is overwritten; `docs/connectors/woocommerce.md` says what follows. As a
/// ``FulfillmentGate`` it keeps and lifts the same status when somebody else tells the customer.
public struct WooRelease: ConfirmationSender, FulfillmentGate {
  private let configuration: WooConfiguration
  private let connection: WooConnection
  private let reader: WooOrderReader

  /// Takes a configuration.
  /// - Throws: ``WooSetupFault`` for a bad address, missing credentials, or a status that does not mean what it must.
  public init(_ configuration: WooConfiguration) throws(WooSetupFault) {
    connection = try WooConnection(configuration)
    guard connection.hasCredentials else { throw WooSetupFault("consumerKey", "a REST key and secret are needed") }
    for (key, status, wanted) in [
      ("waitingStatus", configuration.waitingStatus, WooStatusMeaning.waiting),
      ("releaseStatus", configuration.releaseStatus, .released),
    ] {
      let own = configuration.customStatuses[status] ?? WooConfiguration.ownMeaning(of: status) ?? wanted
      guard own == wanted else { throw WooSetupFault(key, "\(status) means \(own.rawValue), not \(wanted.rawValue)") }
    }
    self.configuration = configuration
    reader = WooOrderReader(configuration: configuration)
  }

  /// Writes the change of the order that will be made, or the customer note.
  /// - Throws: ``CompositionFailure`` for an order id that is no number, and for a confirmation without an ERP record.
  public func compose(_ facts: MessageFacts) throws(CompositionFailure) -> FrozenMessage {
    let id = facts.key.orderID
    guard WooOrderReader.isID(id) else { throw CompositionFailure("\"\(id.prefix(60))\" is no WooCommerce order id.") }
    let content: JSONValue
    switch facts.kind {
    case .acknowledgement: content = ["expect": .string(configuration.waitingStatus)]
    case .confirmation:
      guard let record = facts.recordID else { throw CompositionFailure("A confirmation needs the ERP's record.") }
      content = [
        "status": .string(configuration.releaseStatus),
        "meta_data": WooMark.meta(
          state: "confirmed", handoffID: facts.handoffID, recordID: record, payment: facts.order.payment,
          messageKey: facts.messageKey),
      ]
    case .cannotFulfil:
      guard !configuration.cannotFulfilNote.isEmpty, facts.messageKey.utf8.count >= 8 else {
        throw CompositionFailure("cannotFulfilNote is empty, or the message has no key to recognise it by.")
      }
      let text = configuration.cannotFulfilNote.split(separator: "{number}", omittingEmptySubsequences: false)
        .joined(separator: facts.order.number)
      content = ["customer_note": true, "note": .string("\(text)\n\nRef. \(facts.messageKey)")]
    }
    return FrozenMessage(key: facts.messageKey, kind: facts.kind, recipient: id, content: content.bytes)
  }

  /// Hands the frozen change to the shop.
  public func send(_ message: FrozenMessage) async -> MessageOutcome {
    guard WooOrderReader.isID(message.recipient), let content = try? JSONValue(parsing: message.content) else {
      return .refused(reason: "The stored message is no change of a WooCommerce order.")
    }
    switch message.kind {
    case .acknowledgement: return await acknowledge(message.recipient)
    case .confirmation: return await confirm(message, content)
    case .cannotFulfil: return await note(message)
    }
  }

  /// The mail that WooCommerce sends on arrival in `on-hold` is the acknowledgement: nothing is written, only read.
  private func acknowledge(_ id: String) async -> MessageOutcome {
    switch await look(id) {
    case .failure(let trouble): return trouble.message
    case .success(let found):
      switch found.meaning {
      case .waiting?: return .accepted
      case .released? where found.mark.isConfirmed: return .accepted
      case .released?:
        let text = "new orders must arrive in \(configuration.waitingStatus)"
        return .refused(
          reason: "The order is \(found.status) already, so the shop has sent its own confirmation; \(text).")
      default: return .refused(reason: "The order is \(found.status); there is nothing to acknowledge.")
      }
    }
  }

  private func confirm(_ message: FrozenMessage, _ content: JSONValue) async -> MessageOutcome {
    switch await look(message.recipient) {
    case .failure(let trouble): return trouble.message
    case .success(let found):
      switch found.meaning {
      case .waiting?: return await change(message.recipient, content).message
      case .released? where found.mark.messageKey == message.key: return .accepted
      case .released?:
        // Somebody else moved it, so the mail has gone; only the mark is missing.
        guard let meta = content["meta_data"] else { return .accepted }
        return await change(message.recipient, ["meta_data": meta]).message
      default: return .refused(reason: "The order is \(found.status) in the shop; it is not released.")
      }
    }
  }

  /// A customer note, which WooCommerce mails; our key in the text keeps a repetition from writing it twice.
  private func note(_ message: FrozenMessage) async -> MessageOutcome {
    let path = "orders/\(message.recipient)/notes"
    switch await connection.call("GET", path + "?type=customer") {
    case .document(let json, _):
      guard let notes = json.array else { return .deferred(reason: "The list of notes is no array.") }
      if notes.contains(where: { $0["note"]?.string?.contains(message.key) == true }) { return .accepted }
    case let answer: return WooTrouble(answer).message
    }
    switch await connection.call("POST", path, body: message.content) {
    case .document(let json, _) where json["id"] != nil: return .accepted
    case .document: return .deferred(reason: "The shop's answer names no note.")
    case let answer: return WooTrouble(answer).message
    }
  }

  /// Keeps the order in the waiting status and marks it as ours.
  public func hold(_ key: OrderKey, handoffID: HandoffID) async -> GateOutcome {
    switch await look(key.orderID) {
    case .failure(let trouble): return trouble.gate
    case .success(let found):
      let meta = WooMark.meta(state: "waiting", handoffID: handoffID)
      switch found.meaning {
      case .waiting?:
        if found.mark.state == "waiting" { return .done }
        return await change(key.orderID, ["meta_data": meta], expecting: .waiting).gate
      case .released? where found.status == configuration.releaseStatus && !found.mark.isConfirmed:
        let body: JSONValue = ["status": .string(configuration.waitingStatus), "meta_data": meta]
        return await change(key.orderID, body, expecting: .waiting).gate
      case .released?: return .refused(reason: "The order is \(found.status) already and cannot be held.")
      case .cancelled?, .refunded?, .failed?, .unpaid?, .draft?: return .done
      case nil: return .refused(reason: "The status \(found.status) is not known.")
      }
    }
  }

  /// Lets the order go, with the ERP's record id in its mark.
  public func release(_ key: OrderKey, handoffID: HandoffID, recordID: String?) async -> GateOutcome {
    switch await look(key.orderID) {
    case .failure(let trouble): return trouble.gate
    case .success(let found):
      let meta = WooMark.meta(
        state: "confirmed", handoffID: handoffID, recordID: recordID, payment: found.payment)
      switch found.meaning {
      case .waiting?:
        let body: JSONValue = ["status": .string(configuration.releaseStatus), "meta_data": meta]
        return await change(key.orderID, body).gate
      case .released? where found.mark.isConfirmed && (recordID == nil || found.mark.recordID == recordID):
        return .done
      case .released?: return await change(key.orderID, ["meta_data": meta]).gate
      default: return .refused(reason: "The order is \(found.status) in the shop; it is not released.")
      }
    }
  }

  private func change(
    _ id: String, _ body: JSONValue, expecting meaning: WooStatusMeaning = .released
  ) async -> WooTrouble? {
    switch await connection.call("PUT", "orders/\(id)", body: body.bytes) {
    case .document(let json, _):
      guard json["id"]?.scalarText == id, let status = json["status"]?.string else {
        return .passing("The shop's answer is not about order \(id).")
      }
      guard configuration.meaning(of: status) == meaning else {
        return .passing("After the change the order is \(status.prefix(60)).")
      }
      return nil
    case let answer: return WooTrouble(answer)
    }
  }

  private func look(_ id: String) async -> Result<WooFound, WooTrouble> {
    guard WooOrderReader.isID(id) else { return .failure(.final("\(id.prefix(60)) is no WooCommerce order id.")) }
    switch await connection.call("GET", "orders/\(id)") {
    case .document(let json, _):
      guard json["id"]?.scalarText == id, let status = json["status"]?.string else {
        return .failure(.passing("The shop's answer is not about order \(id)."))
      }
      let mark = WooMark(json)
      let meaning = configuration.meaning(of: status)
      var payment: PaymentState?
      if let meaning, case .order(let order, _, _)? = try? reader.read(json) {
        payment = reader.payment(json, meaning, mark, order.total)
      }
      return .success(WooFound(status: String(status.prefix(60)), meaning: meaning, mark: mark, payment: payment))
    case let answer: return .failure(WooTrouble(answer))
    }
  }

  /// Reads an order, to show that the key may.
  public func probe() async -> [ProbeFinding] {
    switch await connection.call("GET", "orders?per_page=1&status=\(configuration.waitingStatus)") {
    case .document: return [ProbeFinding("release", isHealthy: true, finding: "orders can be read with this key")]
    case let answer:
      return [ProbeFinding("release", isHealthy: false, finding: WooTrouble(answer).reason)]
    }
  }
}

/// An order as it stands in the shop at the moment of a release.
private struct WooFound {
  let status: String
  let meaning: WooStatusMeaning?
  let mark: WooMark
  let payment: PaymentState?
}

/// Why something was not done, and whether it is worth another try.
private enum WooTrouble: Error {
  case passing(String)
  case final(String)
  case setUp(String)

  init(_ answer: WooAnswer) {
    switch answer {
    case .document: self = .passing("The shop's answer was not understood.")
    case .missing(let reason): self = .final("The order is not in the shop: \(reason)")
    case .refused(let reason): self = .final(reason)
    case .misconfigured(let reason): self = .setUp(reason)
    case .trouble(let reason): self = .passing(reason)
    }
  }

  var reason: String {
    switch self {
    case .passing(let reason), .final(let reason), .setUp(let reason): reason
    }
  }

  var message: MessageOutcome {
    switch self {
    case .passing(let reason): .deferred(reason: reason)
    case .final(let reason): .refused(reason: reason)
    case .setUp(let reason): .misconfigured(reason: reason)
    }
  }

  var gate: GateOutcome {
    switch self {
    case .passing(let reason): .deferred(reason: reason)
    case .final(let reason): .refused(reason: reason)
    case .setUp(let reason): .misconfigured(reason: reason)
    }
  }
}

extension WooTrouble? {
  fileprivate var message: MessageOutcome { self?.message ?? .accepted }
  fileprivate var gate: GateOutcome { self?.gate ?? .done }
}
