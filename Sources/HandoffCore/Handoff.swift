/// The handoff of one order: a value whose only mutator is ``step(_:at:policy:)``.
///
/// The row in the database is this value. Nothing else decides what may happen to an order: not SQL, not a handler, not
/// a connector.
public struct Handoff: Hashable, Sendable {
  /// The handoff's name.
  public let id: HandoffID
  /// Which order of which storefront.
  public let key: OrderKey
  /// The id the order carries in the ERP; minted once.
  public let externalID: ExternalID
  /// The ERP it goes to; pinned at intake (F49).
  public let erp: ERPName
  /// The pattern it was taken in under; pinned, so that exactly one party owns the message (S4b).
  public let pattern: GatePattern
  /// The mode it was taken in under; pinned.
  public let mode: GateMode
  /// Whether the storefront was asked to hold its fulfilment; pinned, so that what is held is also let go.
  public let holdsFulfillment: Bool
  /// When it was first durable here.
  public let capturedAt: Timestamp

  /// Where it stands.
  public internal(set) var stage: Stage
  /// The newest content taken in; never goes back (S7).
  public internal(set) var version: OrderVersion
  /// The content the ERP was last asked to create: frozen until its outcome is known (S3b).
  public internal(set) var submittedVersion: Int?
  /// When the first and the latest submission left.
  public internal(set) var firstSubmittedAt: Timestamp?
  /// See ``firstSubmittedAt``.
  public internal(set) var lastSubmittedAt: Timestamp?
  /// Whether an earlier submission may still take effect.
  public internal(set) var mayExist: Bool
  /// The ERP's record id, once known, accepted or not.
  public internal(set) var recordID: String?
  /// The ERP's receipt; nil until there is one.
  public internal(set) var receipt: Receipt?
  /// What the ERP said about stock for the newest version.
  public internal(set) var validation: Validation?
  /// Submissions made.
  public internal(set) var attempts: Int
  /// Look-ups and validations made since the last progress.
  public internal(set) var lookups: Int
  /// Messages tried since the last progress.
  public internal(set) var messageAttempts: Int
  /// The storefront has cancelled; carried out as soon as nothing is unknown (S3c).
  public internal(set) var cancelRequested: Bool
  /// The acknowledgement has left.
  public internal(set) var acknowledged: Bool
  /// The one decision, once made (S4).
  public internal(set) var decision: Decision?
  /// The version the decision was made for.
  public internal(set) var decidedVersion: Int?
  /// What a person is asked about: the gravest of what is open.
  public internal(set) var exception: OpenException?
  /// What else is open, the oldest first: asked about as soon as nothing graver is.
  public internal(set) var covered: [OpenException]
  /// When the stage has lasted too long; nil in terminal stages.
  public internal(set) var stageDeadline: Timestamp?
  /// When the stage was entered.
  public internal(set) var stageSince: Timestamp
  /// Counts steps; the store writes only when it still is what was read.
  public internal(set) var revision: Int

  /// The next instant at which the row needs attention without anything else happening.
  public var deadline: Timestamp? { exception?.deadline ?? stageDeadline }

  /// Whether an effect that was planned earlier is still called for; asked again just before it leaves.
  ///
  /// So a pending message never overtakes a decision (F56) and a submission never leaves after a cancel.
  public func stillWants(_ effect: Effect) -> Bool {
    switch effect {
    case .submitOrder(_, let resuming):
      switch stage {
      case .captured: !cancelRequested && !hasOpen(.paymentVoided)
      case .unresolved: !cancelRequested && !hasOpen(.quarantined)
      // A first create that was planned before somebody retried at once must not follow the record that retry has made.
      case .recorded: resuming
      default: false
      }
    case .findReceipt(let number):
      stage == .unresolved || stage == .recorded || (stage == .updating && number == version.number)
        || isDeclinedUnseen
    case .checkInventory: stage == .receipted || stage == .held
    case .updateOrder(let number):
      (stage == .updating || stage.isPastDecision) && number == version.number
    case .cancelOrder: stage == .cancelling || stage == .declining || stage == .declined
    case .sendAcknowledgement: !acknowledged && isOpen
    case .releaseConfirmation: stage == .decided
    case .sendCannotFulfil: stage == .declining
    case .holdFulfillment: isOpen
    case .releaseFulfillment:
      // Whoever an order was handed back to decides whether it ships; one that is cancelled or declined stays held.
      !cancelRequested && (decision == .confirm || (stage == .returned && decision == nil && holdsFulfillment))
    }
  }

  /// Declined while a create of it may still land, or have landed.
  var isDeclinedUnseen: Bool { (stage == .declining || stage == .declined) && recordID == nil && mayExist }

  /// Whether nothing has been decided about the order, by us or by the storefront.
  var isOpen: Bool { decision == nil && !stage.isTerminal && !cancelRequested }
}

/// The one thing the customer is finally told.
public enum Decision: String, Hashable, Sendable, Codable, CaseIterable {
  /// The order is confirmed.
  case confirm
  /// The order cannot be fulfilled.
  case cannotFulfil = "cannot_fulfil"
}
