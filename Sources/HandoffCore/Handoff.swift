/// The handoff of one order: a value whose only mutator is ``step(_:at:policy:)``.
///
/// The row in the database is this value. Nothing else decides what may happen to an order: not SQL, not a handler, not
/// a connector.
public struct Handoff: Hashable, Sendable {
  /// Open to the getters below, which other modules take in: one field is read then, where a call would copy the whole.
  @usableFromInline var shared: Shared<HandoffRecord>

  /// Restores a handoff from what a store kept of it.
  public init(restoring record: HandoffRecord) { shared = Shared(record) }

  /// Every stored value at once, for a store that writes columns.
  public var record: HandoffRecord { shared.value }

  /// The handoff's name.
  @inlinable public var id: HandoffID { shared.value.id }
  /// Which order of which storefront.
  @inlinable public var key: OrderKey { shared.value.key }
  /// The id the order carries in the ERP; minted once.
  @inlinable public var externalID: ExternalID { shared.value.externalID }
  /// The ERP it goes to; pinned at intake (F49).
  @inlinable public var erp: ERPName { shared.value.erp }
  /// The pattern it was taken in under; pinned, so that exactly one party owns the message (S4b).
  @inlinable public var pattern: GatePattern { shared.value.pattern }
  /// The mode it was taken in under; pinned.
  @inlinable public var mode: GateMode { shared.value.mode }
  /// Whether the storefront was asked to hold its fulfilment; pinned, so that what is held is also let go.
  @inlinable public var holdsFulfillment: Bool { shared.value.holdsFulfillment }
  /// When it was first durable here.
  @inlinable public var capturedAt: Timestamp { shared.value.capturedAt }

  /// Where it stands.
  public internal(set) var stage: Stage {
    @inlinable get { shared.value.stage }
    set { Shared.write(&shared) { $0.stage = newValue } }
  }
  /// The newest content taken in; never goes back (S7).
  public internal(set) var version: OrderVersion {
    @inlinable get { shared.value.version }
    set { Shared.write(&shared) { $0.version = newValue } }
  }
  /// The content the ERP was last asked to create: frozen until its outcome is known (S3b).
  public internal(set) var submittedVersion: Int? {
    @inlinable get { shared.value.submittedVersion }
    set { Shared.write(&shared) { $0.submittedVersion = newValue } }
  }
  /// When the first and the latest submission left.
  public internal(set) var firstSubmittedAt: Timestamp? {
    @inlinable get { shared.value.firstSubmittedAt }
    set { Shared.write(&shared) { $0.firstSubmittedAt = newValue } }
  }
  /// See ``firstSubmittedAt``.
  public internal(set) var lastSubmittedAt: Timestamp? {
    @inlinable get { shared.value.lastSubmittedAt }
    set { Shared.write(&shared) { $0.lastSubmittedAt = newValue } }
  }
  /// Whether an earlier submission may still take effect.
  public internal(set) var mayExist: Bool {
    @inlinable get { shared.value.mayExist }
    set { Shared.write(&shared) { $0.mayExist = newValue } }
  }
  /// The ERP's record id, once known, accepted or not.
  public internal(set) var recordID: String? {
    @inlinable get { shared.value.recordID }
    set { Shared.write(&shared) { $0.recordID = newValue } }
  }
  /// The ERP's receipt; nil until there is one.
  public internal(set) var receipt: Receipt? {
    @inlinable get { shared.value.receipt }
    set { Shared.write(&shared) { $0.receipt = newValue } }
  }
  /// What the ERP said about stock for the newest version.
  public internal(set) var validation: Validation? {
    @inlinable get { shared.value.validation }
    set { Shared.write(&shared) { $0.validation = newValue } }
  }
  /// Submissions made.
  public internal(set) var attempts: Int {
    @inlinable get { shared.value.attempts }
    set { Shared.write(&shared) { $0.attempts = newValue } }
  }
  /// Look-ups and validations made since the last progress.
  public internal(set) var lookups: Int {
    @inlinable get { shared.value.lookups }
    set { Shared.write(&shared) { $0.lookups = newValue } }
  }
  /// Messages tried since the last progress.
  public internal(set) var messageAttempts: Int {
    @inlinable get { shared.value.messageAttempts }
    set { Shared.write(&shared) { $0.messageAttempts = newValue } }
  }
  /// The storefront has cancelled; carried out as soon as nothing is unknown (S3c).
  public internal(set) var cancelRequested: Bool {
    @inlinable get { shared.value.cancelRequested }
    set { Shared.write(&shared) { $0.cancelRequested = newValue } }
  }
  /// The acknowledgement has left.
  public internal(set) var acknowledged: Bool {
    @inlinable get { shared.value.acknowledged }
    set { Shared.write(&shared) { $0.acknowledged = newValue } }
  }
  /// The one decision, once made (S4).
  public internal(set) var decision: Decision? {
    @inlinable get { shared.value.decision }
    set { Shared.write(&shared) { $0.decision = newValue } }
  }
  /// The version the decision was made for.
  public internal(set) var decidedVersion: Int? {
    @inlinable get { shared.value.decidedVersion }
    set { Shared.write(&shared) { $0.decidedVersion = newValue } }
  }
  /// What a person is asked about: the gravest of what is open.
  public internal(set) var exception: OpenException? {
    @inlinable get { shared.value.exception }
    set { Shared.write(&shared) { $0.exception = newValue } }
  }
  /// What else is open, the oldest first: asked about as soon as nothing graver is.
  public internal(set) var covered: [OpenException] {
    @inlinable get { shared.value.covered }
    set { Shared.write(&shared) { $0.covered = newValue } }
  }
  /// When the stage has lasted too long; nil in terminal stages.
  public internal(set) var stageDeadline: Timestamp? {
    @inlinable get { shared.value.stageDeadline }
    set { Shared.write(&shared) { $0.stageDeadline = newValue } }
  }
  /// When the stage was entered.
  public internal(set) var stageSince: Timestamp {
    @inlinable get { shared.value.stageSince }
    set { Shared.write(&shared) { $0.stageSince = newValue } }
  }
  /// Counts steps; the store writes only when it still is what was read.
  public internal(set) var revision: Int {
    @inlinable get { shared.value.revision }
    set { Shared.write(&shared) { $0.revision = newValue } }
  }

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
