/// A handoff that needs a person: why, who, and until when.
public struct OpenException: Hashable, Sendable {
  /// Why.
  public let kind: ExceptionKind
  /// What was found, in words, verbatim where a vendor said it.
  public let reason: String
  /// When it was opened.
  public let openedAt: Timestamp
  /// When it goes to the next person up.
  public let deadline: Timestamp
  /// How often it has gone up.
  public let escalations: Int

  /// Makes an exception.
  public init(kind: ExceptionKind, reason: String, openedAt: Timestamp, deadline: Timestamp, escalations: Int = 0) {
    self.kind = kind
    self.reason = reason
    self.openedAt = openedAt
    self.deadline = deadline
    self.escalations = escalations
  }
}

/// The kinds of exception; each has an owner role, so that none is ever nobody's (L2).
public enum ExceptionKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// The ERP refused the order.
  case refused
  /// No receipt within its deadline.
  case receiptOverdue = "receipt_overdue"
  /// It cannot be known whether the ERP has it, and a second create is not safe.
  case quarantined
  /// The ERP's record is not what was sent.
  case mismatch
  /// The ERP's total is not the storefront's.
  case moneyMismatch = "money_mismatch"
  /// The ERP could not allocate it.
  case shortage
  /// The ERP could not be asked about stock within its deadline.
  case validationOverdue = "validation_overdue"
  /// A message was refused by its carrier.
  case messageRefused = "message_refused"
  /// A message could not be delivered within its deadline.
  case messageOverdue = "message_overdue"
  /// A message could not be written.
  case templateFailed = "template_failed"
  /// The storefront would not hold or release its fulfilment.
  case fulfillment
  /// The ERP would not cancel, or not in time.
  case cancellation
  /// The ERP's record vanished or was cancelled by somebody else.
  case receiptRevoked = "receipt_revoked"
  /// The payment was voided while the order was in flight.
  case paymentVoided = "payment_voided"
  /// The order changed after it was confirmed and the ERP would not take the change.
  case editRefused = "edit_refused"
  /// A connector is not set up rightly.
  case misconfigured
  /// Something happened that the rules do not expect; see its reason.
  case unexpected

  /// The role that owns it; the configuration names the person.
  public var ownerRole: OwnerRole {
    switch self {
    case .refused, .receiptOverdue, .quarantined, .mismatch, .validationOverdue, .cancellation, .receiptRevoked,
      .editRefused, .misconfigured, .unexpected:
      .erp
    case .moneyMismatch, .paymentVoided: .finance
    case .shortage: .inventory
    case .messageRefused, .messageOverdue, .templateFailed: .support
    case .fulfillment: .storefront
    }
  }

  /// Whether progress alone closes it; the others wait for a person or an edit.
  public var closesOnProgress: Bool {
    switch self {
    case .receiptOverdue, .validationOverdue, .messageOverdue, .misconfigured: true
    default: false
    }
  }

  /// Whether the gate stays shut while it is open.
  var blocksDecision: Bool {
    switch self {
    case .moneyMismatch, .mismatch, .paymentVoided, .quarantined, .receiptRevoked, .refused: true
    default: false
    }
  }

  /// Whether newer content from the storefront makes it a question of the past.
  var isAboutContent: Bool {
    switch self {
    case .shortage, .moneyMismatch, .editRefused, .paymentVoided, .templateFailed: true
    default: false
    }
  }

  /// Whether the next look at the ERP's record says anew what is wrong.
  var isAboutRecord: Bool {
    switch self {
    case .refused, .quarantined, .mismatch, .receiptRevoked: true
    default: false
    }
  }

  /// Which of two exceptions is in view: what only says "late" gives way, what shuts the gate comes first. A void
  /// payment is told by nothing else than its exception, so that no other covers it.
  var gravity: Int { self == .paymentVoided ? 3 : blocksDecision ? 2 : closesOnProgress ? 0 : 1 }

  /// Whether it still needs a person although the handoff has come to its end.
  func outlives(_ end: Stage) -> Bool {
    switch (end, self) {
    case (.returned, _): false
    case (_, .messageRefused), (_, .mismatch), (.declined, .cancellation), (.declined, .unexpected): true
    // What was seen of a cancelled order, such as its reopening in the storefront.
    case (.cancelled, .unexpected): true
    case (.confirmed, .receiptRevoked), (.confirmed, .editRefused),
      (.confirmed, .paymentVoided), (.confirmed, .fulfillment), (.confirmed, .unexpected):
      true
    default: false
    }
  }
}

/// Who is asked.
public enum OwnerRole: String, Hashable, Sendable, Codable, CaseIterable {
  /// The people of the ERP.
  case erp
  /// The people of the storefront.
  case storefront
  /// The people of stock.
  case inventory
  /// The people of money.
  case finance
  /// The people who talk to customers.
  case support
}

/// An event that makes no sense in a stage: it changes nothing, and the caller opens an exception.
public struct Refusal: Error, Hashable, Sendable {
  /// The stage the handoff is in.
  public let stage: Stage
  /// What the event was.
  public let event: String
  /// Why it cannot be taken.
  public let reason: String
}
