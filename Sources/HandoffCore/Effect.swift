/// Something to be done outside, as a value; it leaves the process only after it is durable (Rule 0).
public enum Effect: Hashable, Sendable {
  /// Create the order in the ERP; when `resuming`, an earlier attempt may have created it or done some of its steps.
  case submitOrder(version: Int, resuming: Bool)
  /// Look the order up in the ERP by its external id.
  case findReceipt(version: Int)
  /// Read how much of the order the ERP has allocated.
  case checkInventory
  /// Bring the ERP's record to a newer version, by record id.
  case updateOrder(version: Int)
  /// Cancel the ERP's record.
  case cancelOrder
  /// Tell the customer that the order is received and its confirmation pending.
  case sendAcknowledgement
  /// Tell the customer that the order is confirmed.
  case releaseConfirmation
  /// Tell the customer that the order cannot be fulfilled.
  case sendCannotFulfil
  /// Keep the storefront from shipping before the gate opens.
  case holdFulfillment
  /// Let the storefront ship.
  case releaseFulfillment

  /// The kind, without its data.
  public var kind: EffectKind {
    switch self {
    case .submitOrder: .submitOrder
    case .findReceipt: .findReceipt
    case .checkInventory: .checkInventory
    case .updateOrder: .updateOrder
    case .cancelOrder: .cancelOrder
    case .sendAcknowledgement: .sendAcknowledgement
    case .releaseConfirmation: .releaseConfirmation
    case .sendCannotFulfil: .sendCannotFulfil
    case .holdFulfillment: .holdFulfillment
    case .releaseFulfillment: .releaseFulfillment
    }
  }
}

/// The kinds of effect; the raw value is the text in the task table and, per handoff, the coalescing key.
public enum EffectKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// See ``Effect/submitOrder(version:resuming:)``.
  case submitOrder = "submit_order"
  /// See ``Effect/findReceipt(version:)``.
  case findReceipt = "find_receipt"
  /// See ``Effect/checkInventory``.
  case checkInventory = "check_inventory"
  /// See ``Effect/updateOrder(version:)``.
  case updateOrder = "update_order"
  /// See ``Effect/cancelOrder``.
  case cancelOrder = "cancel_order"
  /// See ``Effect/sendAcknowledgement``.
  case sendAcknowledgement = "send_acknowledgement"
  /// See ``Effect/releaseConfirmation``.
  case releaseConfirmation = "release_confirmation"
  /// See ``Effect/sendCannotFulfil``.
  case sendCannotFulfil = "send_cannot_fulfil"
  /// See ``Effect/holdFulfillment``.
  case holdFulfillment = "hold_fulfillment"
  /// See ``Effect/releaseFulfillment``.
  case releaseFulfillment = "release_fulfillment"

  /// Which kind of counterpart performs it; the lane has limits of its own (PM-35).
  public var destination: EffectDestination {
    switch self {
    case .submitOrder, .findReceipt, .checkInventory, .updateOrder, .cancelOrder: .erp
    case .sendAcknowledgement, .releaseConfirmation, .sendCannotFulfil: .notify
    case .holdFulfillment, .releaseFulfillment: .storefront
    }
  }
}

/// The kind of counterpart an effect goes to.
public enum EffectDestination: String, Hashable, Sendable, Codable, CaseIterable {
  /// The order's ERP.
  case erp
  /// Whoever tells the customer.
  case notify
  /// The order's storefront.
  case storefront
}

/// Whether an effect is carried out or only kept for comparison.
public enum Disposition: String, Hashable, Sendable, Codable, CaseIterable {
  /// Leased and performed.
  case perform
  /// Stored, compared, never leased (S10).
  case shadow
}

/// An effect with the earliest instant it may leave.
public struct PlannedEffect: Hashable, Sendable {
  /// What to do.
  public let effect: Effect
  /// Not before this instant.
  public let notBefore: Timestamp
  /// Perform or only keep.
  public let disposition: Disposition

  /// Plans an effect.
  public init(_ effect: Effect, notBefore: Timestamp, disposition: Disposition = .perform) {
    self.effect = effect
    self.notBefore = notBefore
    self.disposition = disposition
  }

  /// At most one open task per handoff carries this key; a later plan replaces an earlier one.
  public var coalescingKey: String { effect.kind.rawValue }
}
