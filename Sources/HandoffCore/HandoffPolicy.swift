/// What a retailer has decided for one storefront; plain data, pinned to a handoff at intake where it fixes ownership.
public struct HandoffPolicy: Hashable, Sendable {
  /// Which of the two patterns.
  public var pattern: GatePattern
  /// Whether effects happen at all.
  public var mode: GateMode
  /// What the ERP offers against double creation.
  public var receiptClass: ReceiptClass
  /// What to do with each outcome of the inventory validation.
  public var inventory: InventoryRule
  /// Whether the storefront is asked to hold its fulfilment until the decision; pinned to each order at intake.
  public var holdsFulfillment: Bool
  /// How long each wait may last.
  public var deadlines: StageDeadlines
  /// How long between attempts.
  public var backoff: Backoff
  /// Look-ups that find nothing before a class-N handoff is quarantined.
  public var lookupBudget: Int
  /// The declared time by which the ERP's search trails its own creates; earlier, "not found" proves nothing (F34).
  public var searchLag: Duration
  /// The longest a request of ours can still be on its way; after it, "not found" settles a cancelled order (F33).
  public var requestLife: Duration
  /// How long an ERP of class K honours a key, less the longest request life.
  public var keyRetention: Duration
  /// Difference allowed between the storefront's and the ERP's total, in minor units.
  public var moneyTolerance: Int64
  /// Orders placed before this instant are only observed (S4c).
  public var watermark: Timestamp
  /// Percent of orders that are gated; the rest only observed. Which ones depends on the order's id alone.
  public var share: Int

  /// The defaults every configuration starts from.
  public init(
    pattern: GatePattern = .erpGated, mode: GateMode = .gate, receiptClass: ReceiptClass = .unique,
    inventory: InventoryRule = InventoryRule(), holdsFulfillment: Bool = false
  ) {
    self.pattern = pattern
    self.mode = mode
    self.receiptClass = receiptClass
    self.inventory = inventory
    self.holdsFulfillment = holdsFulfillment
    deadlines = StageDeadlines()
    backoff = Backoff()
    lookupBudget = 4
    searchLag = .zero
    requestLife = .seconds(300)
    keyRetention = .seconds(23 * 3600)
    moneyTolerance = 0
    watermark = .distantPast
    share = 100
  }
}

/// The two ways a confirmation is released.
public enum GatePattern: String, Hashable, Sendable, Codable, CaseIterable {
  /// Nothing is said until the ERP's receipt.
  case erpGated
  /// "Received, confirmation pending" at once, upgraded later.
  case acknowledgmentGated
}

/// How far Countersign acts for a storefront.
public enum GateMode: String, Hashable, Sendable, Codable, CaseIterable {
  /// Record only.
  case observe
  /// Record, plan effects, perform none.
  case shadow
  /// Own the handoff.
  case gate
}

/// What to do when the ERP has answered about stock.
public struct InventoryRule: Hashable, Sendable {
  /// Whether a validation is asked for at all; without it the receipt alone opens the gate.
  public var isRequired: Bool
  /// When nothing could be allocated.
  public var short: ShortageAction
  /// When only a part could be allocated.
  public var partlyShort: ShortageAction
  /// How long between two looks at a held order.
  public var recheck: Duration

  /// A required validation that holds for stock.
  public init(
    isRequired: Bool = true, short: ShortageAction = .hold, partlyShort: ShortageAction = .hold,
    recheck: Duration = .seconds(300)
  ) {
    self.isRequired = isRequired
    self.short = short
    self.partlyShort = partlyShort
    self.recheck = recheck
  }
}

/// What to do with an order the ERP could not allocate.
public enum ShortageAction: String, Hashable, Sendable, Codable, CaseIterable {
  /// Confirm it all the same: the retailer back-orders.
  case confirm
  /// Wait for stock and look again, up to the deadline.
  case hold
  /// Give it to a person at once.
  case exception
}

/// The longest each wait may last before a person is asked.
public struct StageDeadlines: Hashable, Sendable {
  /// From capture to receipt.
  public var receipt: Duration = .seconds(600)
  /// From receipt to inventory validation.
  public var validation: Duration = .seconds(600)
  /// In `held`, waiting for stock.
  public var stock: Duration = .seconds(24 * 3600)
  /// From decision to the message's delivery.
  public var message: Duration = .seconds(600)
  /// From a cancel to the ERP's answer.
  public var cancellation: Duration = .seconds(600)
  /// For a person to act on an exception before it escalates.
  public var exception: Duration = .seconds(4 * 3600)
  /// The defaults.
  public init() {}

  /// The longest wait in a stage; nil where nothing is awaited.
  func longest(in stage: Stage) -> Duration? {
    switch stage {
    case .captured, .submitting, .unresolved, .recorded, .refused, .updating: receipt
    case .receipted: validation
    case .held: stock
    case .decided, .declining: message
    case .cancelling: cancellation
    case .confirmed, .cancelled, .declined, .returned, .observed: nil
    }
  }
}

/// Growing pauses between attempts, with jitter that is a hash, not a random number.
public struct Backoff: Hashable, Sendable {
  /// The pause after the first attempt.
  public var base: Duration
  /// The longest pause.
  public var cap: Duration

  /// Doubling pauses from `base` to `cap`.
  public init(base: Duration = .milliseconds(500), cap: Duration = .seconds(60)) {
    self.base = base
    self.cap = cap
  }

  /// The pause after an attempt: doubled each time, capped, less up to a quarter that depends on the handoff.
  public func pause(after attempt: Int, for id: HandoffID) -> Duration {
    let doublings = min(max(attempt - 1, 0), 20)
    let grown = min(base * Int(1 << doublings), cap)
    let spread = StableHash.of(id.text, attempt) % 256
    return grown - grown * Int(spread) / 1024
  }
}

/// FNV-1a, 64 bits; spreads retries without a random number, so that a simulated run repeats bit for bit.
enum StableHash {
  static func of(_ text: String, _ number: Int) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return (hash ^ UInt64(truncatingIfNeeded: number)) &* 0x100_0000_01b3 >> 8
  }
}
