import HandoffCore

/// A seeded source of numbers (SplitMix64): a failing walk is repeated by its seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { limit < 1 ? 0 : Int(next() % UInt64(limit)) }

  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  mutating func pick<Value>(_ values: [Value], or other: Value) -> Value {
    values.isEmpty ? other : values[below(values.count)]
  }
}

func currency(_ text: String) -> CurrencyCode {
  guard let code = CurrencyCode(text) else { preconditionFailure("\(text) is no currency") }
  return code
}

func money(_ minorUnits: Int64, _ code: String = "USD") -> Money {
  Money(minorUnits: minorUnits, currency: currency(code))
}

enum Fixture {
  static let start = Timestamp(seconds: 1_800_000_000)
  static let record = "SO-1"

  /// The digest of a content; equal contents have equal digests.
  static func digest(_ content: Int) -> ContentDigest {
    ContentDigest(bytes: Array(repeating: UInt8(truncatingIfNeeded: content), count: 32))
  }

  static func version(_ number: Int, content: Int? = nil, total: Int64 = 1000) -> OrderVersion {
    OrderVersion(
      number: number, digest: digest(content ?? number), updatedAt: start + .seconds(number), total: money(total))
  }

  static func receipt(_ version: OrderVersion, record: String = record, total: Money? = nil) -> Receipt {
    Receipt(recordID: record, version: version.number, digest: version.digest, total: total)
  }

  static func policy(
    _ receiptClass: ReceiptClass = .unique, pattern: GatePattern = .erpGated, mode: GateMode = .gate,
    inventory: InventoryRule = InventoryRule(), holds: Bool = false
  ) -> HandoffPolicy {
    HandoffPolicy(
      pattern: pattern, mode: mode, receiptClass: receiptClass, inventory: inventory, holdsFulfillment: holds)
  }

  static func capture(
    _ version: OrderVersion = version(1), placedAt: Timestamp? = start, isCancelled: Bool = false, isTest: Bool = false,
    payment: PaymentState = .paid
  ) -> FirstCapture {
    let key = OrderKey(storefront: StorefrontName("main"), orderID: "1001")
    return FirstCapture(
      key: key, id: HandoffID("h1001"), externalID: ExternalID("CS-main-1001"), erp: ERPName("books"),
      version: version, placedAt: placedAt, isCancelled: isCancelled, isTest: isTest, payment: payment)
  }
}

/// A handoff on its way, one second a step.
struct Walk {
  var handoff: Handoff
  var policy: HandoffPolicy
  var now: Timestamp
  /// What the last step planned.
  var planned: [PlannedEffect]

  init(_ policy: HandoffPolicy = Fixture.policy(), capture: FirstCapture = Fixture.capture()) {
    self.policy = policy
    now = Fixture.start
    (handoff, planned) = Handoff.begin(capture, policy: policy, at: now)
  }

  var effects: [Effect] { planned.map(\.effect) }
  var stage: Stage { handoff.stage }

  mutating func take(_ event: HandoffEvent, after pause: Duration = .seconds(1)) throws {
    now = now + pause
    planned = try handoff.step(event, at: now, policy: policy)
  }

  func taking(_ events: HandoffEvent...) throws -> Walk {
    var walk = self
    for event in events { try walk.take(event) }
    return walk
  }

  /// What an ERP that holds this version answers.
  func receipt(_ number: Int? = nil, total: Money? = nil) -> HandoffEvent {
    let version = number.map { Fixture.version($0) } ?? handoff.version
    return .receiptIssued(Fixture.receipt(version, total: total))
  }

  static func submitting(_ policy: HandoffPolicy = Fixture.policy()) throws -> Walk {
    try Walk(policy).taking(.submissionStarted)
  }

  static func unresolved(_ policy: HandoffPolicy = Fixture.policy()) throws -> Walk {
    try submitting(policy).taking(.submissionOutcomeUnknown(reason: "connection lost"))
  }

  static func receipted(_ policy: HandoffPolicy = Fixture.policy()) throws -> Walk {
    let walk = try submitting(policy)
    return try walk.taking(walk.receipt())
  }

  static func decided(_ policy: HandoffPolicy = Fixture.policy()) throws -> Walk {
    try receipted(policy).taking(.inventoryValidated)
  }

  static let short = HandoffEvent.inventoryShort([Shortage(sku: "A", ordered: 2, allocated: 0)], partly: false)

  /// A handoff in a stage, brought there by steps alone.
  static func at(_ stage: Stage, _ policy: HandoffPolicy = Fixture.policy()) throws -> Walk {
    switch stage {
    case .captured: return Walk(policy)
    case .submitting: return try submitting(policy)
    case .unresolved: return try unresolved(policy)
    case .recorded: return try submitting(policy).taking(.orderRecorded(recordID: Fixture.record, state: "draft"))
    case .refused: return try submitting(policy).taking(.submissionRefused(reason: "unknown SKU"))
    case .receipted: return try receipted(policy)
    case .updating: return try receipted(policy).taking(.orderEdited(Fixture.version(2)))
    case .held: return try receipted(policy).taking(short)
    case .decided: return try decided(policy)
    case .confirmed: return try decided(policy).taking(.confirmationSent)
    case .cancelling: return try receipted(policy).taking(.orderCancelled)
    case .cancelled: return try Walk(policy).taking(.orderCancelled)
    case .declining: return try at(.refused, policy).taking(.operatorDecided(.decline, by: "Ada"))
    case .declined: return try at(.declining, policy).taking(.cannotFulfilSent)
    case .returned: return try Walk(policy).taking(.operatorDecided(.handBack, by: "Ada"))
    case .observed:
      var watched = policy
      watched.mode = .shadow
      return Walk(watched)
    }
  }
}
