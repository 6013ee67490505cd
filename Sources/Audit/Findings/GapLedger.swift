/// What counts as what: one place for every finding that asks whether an order was late, lost or told too early.
struct GapLedger: Sendable {
  var assumptions: Assumptions
  /// How far the ERP's clock is ahead, beyond doubt; taken off its times.
  var receiptOffset: Int64 = 0
  /// How far the confirmation log's clock is ahead, beyond doubt.
  var confirmationOffset: Int64 = 0
  var hasReceipts = false
  var hasConfirmations = false
  /// The orders whose receipts ought to be in the ERP's log.
  var receiptSpan = CaptureSpan()
  /// The orders whose confirmations ought to be in the log of confirmations.
  var confirmationSpan = CaptureSpan()
  /// The orders whose webhooks, and whose messages of the queue, ought to be in their logs.
  var deliverySpan = CaptureSpan()
  var queueSpan = CaptureSpan()
  /// Milliseconds that the ERP's times leave open after them; none when they have seconds: clocks differ by more.
  var receiptBlur: Int64 = 0
  /// Milliseconds that the confirmations' times leave open after them.
  var confirmationBlur: Int64 = 0

  init(options: AuditOptions, facts: AuditFacts) {
    assumptions = options.assumptions
    hasReceipts = facts.roles.contains(.erp)
    hasConfirmations = facts.roles.contains(.confirmations)
    receiptBlur = Self.blur(facts.resolutions[.erp])
    confirmationBlur = Self.blur(facts.resolutions[.confirmations])
  }

  /// What a resolution leaves open beyond the tolerance, which seconds are within.
  static func blur(_ resolution: Int64?) -> Int64 {
    guard let resolution, resolution > 1000 else { return 0 }
    return resolution
  }

  /// Milliseconds from capture to receipt; nil when there is none that counts.
  @inline(__always)
  func receipt(_ order: Int, _ facts: borrowing AuditFacts) -> Int64? {
    facts.orders.received[order].map { $0 - receiptOffset }
  }

  @inline(__always)
  func confirmation(_ order: Int, _ facts: borrowing AuditFacts) -> Int64? {
    facts.orders.confirmed[order].map { $0 - confirmationOffset }
  }

  /// Receipt minus confirmation, unless the receipt's time says nothing.
  @inline(__always)
  func gap(_ order: Int, _ facts: borrowing AuditFacts) -> Int64? {
    guard let confirmation = confirmation(order, facts), let receipt = receipt(order, facts),
      !facts.orders.flags[order].contains(.reimported)
    else { return nil }
    return receipt - confirmation
  }

  @inline(__always)
  func isNever(_ order: Int, _ facts: borrowing AuditFacts) -> Bool {
    hasReceipts && facts.orders.received[order] == nil && !facts.orders.flags[order].contains(.cancelled)
      && receiptSpan.isOldEnough(facts.orders.captured[order])
  }

  /// Whether the ERP's log says nothing about the order, neither that it came nor that it did not.
  @inline(__always)
  func isOutside(_ order: Int, _ facts: borrowing AuditFacts) -> Bool {
    facts.orders.received[order] == nil && receiptSpan.isOutside(facts.orders.captured[order])
  }

  /// A gap that proves that the customer was told first: cut off seconds make a confirmation look earlier than it was.
  @inline(__always)
  func isFirst(_ gap: Int64) -> Bool { gap > assumptions.toleranceMilliseconds + confirmationBlur }

  /// A gap within which times without seconds hide who was first.
  @inline(__always)
  func isUndecided(_ gap: Int64) -> Bool { !isFirst(gap) && gap > assumptions.toleranceMilliseconds - receiptBlur }

  /// Whether the customer was told although the ERP did not have the order.
  @inline(__always)
  func isConfirmedFirst(_ order: Int, _ facts: borrowing AuditFacts) -> Bool {
    if let gap = gap(order, facts) { return isFirst(gap) }
    return facts.orders.confirmed[order] != nil && isNever(order, facts)
  }

  func isLate(_ order: Int, _ facts: borrowing AuditFacts) -> Bool {
    if let gap = gap(order, facts) { return gap > Int64(assumptions.lateAfterSeconds) * 1000 && isFirst(gap) }
    return facts.orders.confirmed[order] != nil && isNever(order, facts)
  }

  func finding(_ order: Int, _ facts: borrowing AuditFacts) -> OrderFinding {
    let captured = facts.orders.captured[order]
    return OrderFinding(
      orderID: orderID(order, facts), channel: channel(order, facts),
      captured: Instant(milliseconds: captured),
      confirmed: confirmation(order, facts).map { Instant(milliseconds: captured + $0) },
      received: receipt(order, facts).map { Instant(milliseconds: captured + $0) }, gap: gap(order, facts))
  }

  /// The order's number for people, and whether no other order can have the same text.
  func identity(_ order: Int, _ facts: borrowing AuditFacts) -> (text: String, isExact: Bool) {
    let key = facts.orders.keys[order]
    let shape = facts.keyShape(of: order)
    if key >= 0, shape.isBare { return (shape.text(key), true) }
    let text = key >= 0 ? shape.text(key) : ForeignText.string(facts.orders.keyTexts[key] ?? [])
    let masked = maskedIdentifier(text)
    return (masked, masked == text && (key >= 0 || text.utf8.allSatisfy { $0 < 0x80 }))
  }

  func orderID(_ order: Int, _ facts: borrowing AuditFacts) -> String { identity(order, facts).text }

  func channel(_ order: Int, _ facts: borrowing AuditFacts) -> String {
    masked(facts.catalog.channelName(facts.orders.channels[order]))
  }

  func marketplace(_ id: UInt8, _ facts: borrowing AuditFacts) -> String { masked(facts.marketplaces.channelName(id)) }

  /// An export without a heading has its first record for one: people can stand in it.
  func masked(_ input: InputFile) -> InputFile {
    var input = input
    input.columns = input.columns.mapValues { masked($0) }
    input.remarks = input.remarks.map { masked($0) }
    return input
  }

  /// A number of an order or ticket without people in it, unless asked otherwise.
  func maskedIdentifier(_ text: String) -> String {
    assumptions.isUnmasked ? text : PersonalData.maskedIdentifier(text)
  }

  /// Any other text without people in it, unless asked otherwise.
  func masked(_ text: String) -> String { assumptions.isUnmasked ? text : PersonalData.masked(text) }
}
