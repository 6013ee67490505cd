/// What counts as what: one place for every finding that asks whether an order was late, lost or told too early.
struct GapLedger: Sendable {
  var assumptions: Assumptions
  /// How far the ERP's clock is ahead, beyond doubt; taken off its times.
  var receiptOffset: Int64 = 0
  /// How far the confirmation log's clock is ahead, beyond doubt.
  var confirmationOffset: Int64 = 0
  var hasReceipts = false
  var hasConfirmations = false
  /// The last instant of the logs.
  var end: Int64 = 0

  init(options: AuditOptions, facts: AuditFacts) {
    assumptions = options.assumptions
    hasReceipts = facts.roles.contains(.erp)
    hasConfirmations = facts.roles.contains(.confirmations)
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

  /// Captured too near the end of the logs to be missed.
  @inline(__always)
  func isTooRecent(_ order: Int, _ facts: borrowing AuditFacts) -> Bool {
    facts.orders.captured[order] + Int64(assumptions.graceSeconds) * 1000 > end
  }

  @inline(__always)
  func isNever(_ order: Int, _ facts: borrowing AuditFacts) -> Bool {
    hasReceipts && facts.orders.received[order] == nil && !facts.orders.flags[order].contains(.cancelled)
      && !isTooRecent(order, facts)
  }

  /// Whether the customer was told although the ERP did not have the order.
  @inline(__always)
  func isConfirmedFirst(_ order: Int, _ facts: borrowing AuditFacts) -> Bool {
    if let gap = gap(order, facts) { return gap > assumptions.toleranceMilliseconds }
    return facts.orders.confirmed[order] != nil && isNever(order, facts)
  }

  func isLate(_ order: Int, _ facts: borrowing AuditFacts) -> Bool {
    if let gap = gap(order, facts) { return gap > Int64(assumptions.lateAfterSeconds) * 1000 }
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
    if key >= 0, facts.keyShape.isBare { return (facts.keyShape.text(key), true) }
    let text = key >= 0 ? facts.keyShape.text(key) : ForeignText.string(facts.orders.keyTexts[key] ?? [])
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
