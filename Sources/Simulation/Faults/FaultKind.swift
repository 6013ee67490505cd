/// What is done to the system under test; each is counted where it strikes.
package enum FaultKind: Int, CaseIterable, Sendable {
  case requestLost, replyLost, requestLate, replyLate, requestBeyondAll, requestDoubled, connectionRefused
  case busy, unavailable, misconfigured, garbled, unknownStatus
  case orderRefused, contentAltered, approvalPending, approvalDenied, totalWrong
  case recordVoided, stockShort, changeRefused
  case mailRefused, templateFailed, shippingRefused
  case webhookLost, webhookDoubled, webhookLate, answerLost, signatureWrong, bodyUnreadable
  case listingFailed, listingLate
  case storeAway, commitUnknown, crashBeforeCommit, crashAfterCommit, crashAtAwait, crashAfterEffect
  case nodeStopped, clockMoved, policyChanged, nodeEnded
  case orderEdited, orderCancelled, paymentVoided, poisonOrder, personDecided

  /// The name in tables.
  package var name: String { "\(self)" }
}

/// How often each fault strikes in one world, in ten-thousandths; drawn per seed, so that seeds differ in kind.
package struct FaultRates: Sendable {
  private var rates = [Int](repeating: 0, count: FaultKind.allCases.count)

  /// No faults at all.
  package init() {}

  /// The rate of a kind.
  package subscript(_ kind: FaultKind) -> Int {
    get { rates[kind.rawValue] }
    set { rates[kind.rawValue] = newValue }
  }

  /// What one world has to bear: every kind is off in some seeds, rare in most and frequent in some.
  package static func drawn(with dice: inout Dice) -> FaultRates {
    var rates = FaultRates()
    let heat = dice.pick([1, 2, 2, 4]) ?? 1
    for kind in FaultKind.allCases {
      let base = usual(kind)
      switch dice.below(10) {
      case 0..<3: rates[kind] = 0
      case 3..<8: rates[kind] = base * heat / 2
      default: rates[kind] = base * heat * 2
      }
    }
    // Each seed has at least these: a world without faults proves nothing.
    rates[.replyLost] = max(rates[.replyLost], 50)
    rates[.crashAtAwait] = max(rates[.crashAtAwait], 1)
    rates[.webhookDoubled] = max(rates[.webhookDoubled], 50)
    return rates
  }

  private static func usual(_ kind: FaultKind) -> Int {
    switch kind {
    case .requestLost, .replyLost, .requestLate, .replyLate, .requestDoubled: 200
    case .requestBeyondAll: 20
    case .connectionRefused, .busy, .unavailable: 150
    case .misconfigured: 10
    case .garbled, .unknownStatus: 80
    case .orderRefused, .approvalPending, .stockShort: 200
    case .approvalDenied, .totalWrong, .recordVoided, .changeRefused: 80
    case .contentAltered: 40
    case .mailRefused, .templateFailed, .shippingRefused: 60
    case .webhookLost, .webhookDoubled, .webhookLate, .answerLost: 300
    case .signatureWrong, .bodyUnreadable: 50
    case .listingFailed, .listingLate: 1000
    case .storeAway, .commitUnknown: 60
    case .crashBeforeCommit, .crashAfterCommit, .crashAfterEffect: 6
    case .crashAtAwait, .nodeStopped, .clockMoved, .policyChanged, .nodeEnded: 1
    case .orderEdited: 1500
    case .orderCancelled: 600
    case .paymentVoided: 150
    case .poisonOrder: 100
    case .personDecided: 3000
    }
  }
}
