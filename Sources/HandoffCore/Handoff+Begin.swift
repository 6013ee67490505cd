/// What intake knows about an order it has never seen.
public struct FirstCapture: Sendable {
  /// Which order.
  public let key: OrderKey
  /// The name derived from the key.
  public let id: HandoffID
  /// The id minted for the ERP.
  public let externalID: ExternalID
  /// The ERP it goes to.
  public let erp: ERPName
  /// Its first content.
  public let version: OrderVersion
  /// When the customer placed it, as the storefront says.
  public let placedAt: Timestamp?
  /// Already cancelled in the storefront.
  public let isCancelled: Bool
  /// A test order.
  public let isTest: Bool
  /// What is known of the payment.
  public let payment: PaymentState

  /// Makes a first capture.
  public init(
    key: OrderKey, id: HandoffID, externalID: ExternalID, erp: ERPName, version: OrderVersion, placedAt: Timestamp?,
    isCancelled: Bool, isTest: Bool, payment: PaymentState
  ) {
    self.key = key
    self.id = id
    self.externalID = externalID
    self.erp = erp
    self.version = version
    self.placedAt = placedAt
    self.isCancelled = isCancelled
    self.isTest = isTest
    self.payment = payment
  }
}

extension Handoff {
  /// Takes an order in: the handoff in its first stage, and what is to be done first.
  ///
  /// Test orders, orders older than the watermark (S4c) and every order outside mode `gate` are only observed. An order
  /// that is already cancelled is recorded as such and never reaches the ERP.
  public static func begin(
    _ capture: FirstCapture, policy: HandoffPolicy, at now: Timestamp
  ) -> (handoff: Handoff, effects: [PlannedEffect]) {
    var handoff = Handoff(capture, policy: policy, at: now)
    let isOld = (capture.placedAt ?? now) < policy.watermark
    let isOutside = StableHash.of(capture.key.orderID, 0) % 100 >= UInt64(max(0, policy.share))
    if policy.mode != .gate || capture.isTest || isOld || isOutside {
      handoff.stage = .observed
      handoff.cancelRequested = capture.isCancelled
      handoff.stageDeadline = nil
      let planned = handoff.firstEffects(policy: policy, at: now, disposition: .shadow)
      return (handoff, policy.mode == .shadow ? planned : [])
    }
    if capture.isCancelled {
      handoff.stage = .cancelled
      handoff.cancelRequested = true
      handoff.stageDeadline = nil
      return (handoff, [])
    }
    if capture.payment == .voided {
      handoff.raise(.paymentVoided, "The payment was void when the order first arrived.", at: now, policy: policy)
      return (handoff, [])
    }
    return (handoff, handoff.firstEffects(policy: policy, at: now, disposition: .perform))
  }

  private init(_ capture: FirstCapture, policy: HandoffPolicy, at now: Timestamp) {
    var record = HandoffRecord(
      id: capture.id, key: capture.key, externalID: capture.externalID, erp: capture.erp, pattern: policy.pattern,
      mode: policy.mode, capturedAt: now, stage: .captured, version: capture.version, stageSince: now, revision: 1)
    record.holdsFulfillment = policy.holdsFulfillment
    record.stageDeadline = now + policy.deadlines.receipt
    self.init(restoring: record)
  }

  private func firstEffects(
    policy: HandoffPolicy, at now: Timestamp, disposition: Disposition
  ) -> [PlannedEffect] {
    var effects = [Effect.submitOrder(version: version.number, resuming: false)]
    if pattern == .acknowledgmentGated { effects.append(.sendAcknowledgement) }
    if holdsFulfillment { effects.append(.holdFulfillment) }
    return effects.map { PlannedEffect($0, notBefore: now, disposition: disposition) }
  }
}
