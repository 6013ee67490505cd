public import HandoffCore

/// The three things a customer can be told.
public enum MessageKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// "Received, confirmation pending"; never worded as a confirmation (S1c).
  case acknowledgement
  /// "Confirmed".
  case confirmation
  /// "Cannot be fulfilled".
  case cannotFulfil = "cannot_fulfil"

  /// The kind an effect sends; nil when it sends none.
  public init?(_ effect: EffectKind) {
    switch effect {
    case .sendAcknowledgement: self = .acknowledgement
    case .releaseConfirmation: self = .confirmation
    case .sendCannotFulfil: self = .cannotFulfil
    default: return nil
    }
  }
}

/// What a message is written from; taken at the moment of decision and never again.
public struct MessageFacts: Sendable {
  /// What is to be said.
  public let kind: MessageKind
  /// The handoff.
  public let handoffID: HandoffID
  /// Which order of which storefront.
  public let key: OrderKey
  /// The ERP's record id; nil before a receipt.
  public let recordID: String?
  /// The ERP's number for people.
  public let recordNumber: String?
  /// The order as decided.
  public let order: Order
  /// When it was decided.
  public let decidedAt: Timestamp
  /// The stable key of this message; the same on every attempt (S4).
  public let messageKey: String

  /// Gathers the facts.
  public init(
    kind: MessageKind, handoffID: HandoffID, key: OrderKey, recordID: String?, recordNumber: String?, order: Order,
    decidedAt: Timestamp, messageKey: String
  ) {
    self.kind = kind
    self.handoffID = handoffID
    self.key = key
    self.recordID = recordID
    self.recordNumber = recordNumber
    self.order = order
    self.decidedAt = decidedAt
    self.messageKey = messageKey
  }
}

/// A message as it will leave, byte for byte, on every attempt.
public struct FrozenMessage: Hashable, Sendable {
  /// The stable key.
  public let key: String
  /// What it says.
  public let kind: MessageKind
  /// To whom, in the carrier's own form (a mail address, a URL, an order id).
  public let recipient: String
  /// The bytes.
  public let content: [UInt8]

  /// Freezes a message.
  public init(key: String, kind: MessageKind, recipient: String, content: [UInt8]) {
    self.key = key
    self.kind = kind
    self.recipient = recipient
    self.content = content
  }
}

/// Why a message could not be written; found at decision, not at sending (F55).
public struct CompositionFailure: Error, Hashable, Sendable {
  /// What is missing or wrong, and how to mend it.
  public let reason: String
  /// Names a failure.
  public init(_ reason: String) { self.reason = reason }
}

/// How handing a message to its carrier ended.
public enum MessageOutcome: Hashable, Sendable {
  /// The carrier has taken it.
  case accepted
  /// Not taken, or not known: send the same bytes under the same key again.
  case deferred(reason: String)
  /// The carrier refuses this recipient or content for good.
  case refused(reason: String)
  /// Our set-up is wrong.
  case misconfigured(reason: String)
}

/// Whoever tells the customer.
public protocol ConfirmationSender: Sendable {
  /// Writes the message; pure, so that it can run inside the deciding transaction.
  func compose(_ facts: MessageFacts) throws(CompositionFailure) -> FrozenMessage
  /// Hands the frozen bytes to the carrier.
  func send(_ message: FrozenMessage) async -> MessageOutcome
  /// Proves the path for `doctor`.
  func probe() async -> [ProbeFinding]
}
