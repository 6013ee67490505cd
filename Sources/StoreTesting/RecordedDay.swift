import HandoffCore
public import HandoffStore

/// A day's work, made from a seed, that every store must answer alike: deliveries, leases, outcomes of every kind,
/// people and passing time.
public struct RecordedDay: Sendable {
  /// What came of a day.
  public struct Outcome: Hashable, Sendable {
    /// Operations carried out.
    public var operations = 0
    /// Tasks performed.
    public var performed = 0
    /// Operations the rules or the store refused.
    public var refusals = 0
    /// Handoffs confirmed at the end.
    public var confirmed = 0
    /// What each operation answered, hashed.
    public var trace: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func note(_ text: String) {
      for byte in text.utf8 { trace = (trace ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
  }

  enum Operation: Sendable {
    case deliver(order: Int, hats: Int, payment: PaymentState, cancelled: Bool, back: Int, dedupe: Int?, eager: Bool)
    case claim(lane: Int, limit: Int)
    case settle(pick: Int, outcome: Int)
    case sweep
    case decide(pick: Int, decision: Int)
    case wait(seconds: Int)
    case restart
    case keep(dedupe: Int, quarantine: Bool)
  }

  let operations: [Operation]
  private let policy: HandoffPolicy

  /// Makes a day.
  public init(seed: UInt64, operations count: Int) {
    var dice = SeededDice(seed: seed)
    let classes = ReceiptClass.allCases
    var policy = HandoffPolicy(
      pattern: dice.below(2) == 0 ? .erpGated : .acknowledgmentGated, receiptClass: classes[Int(seed % 4)],
      inventory: InventoryRule(partlyShort: .exception), holdsFulfillment: dice.below(2) == 0)
    policy.searchLag = dice.below(2) == 0 ? .zero : .seconds(20)
    self.policy = policy
    let orders = max(4, count / 10)
    operations = (0..<count).map { _ in RecordedDay.operation(&dice, orders: orders) }
  }

  private static func operation(_ dice: inout SeededDice, orders: Int) -> Operation {
    switch dice.below(100) {
    case 0..<22:
      let payments: [PaymentState] = [.paid, .paid, .paid, .paid, .paid, .paid, .authorized, .voided]
      return .deliver(
        order: dice.below(orders), hats: dice.below(4) == 0 ? 2 + dice.below(2) : 1,
        payment: payments[dice.below(payments.count)],
        cancelled: dice.below(20) == 0, back: dice.below(8) == 0 ? dice.below(600) : 0,
        dedupe: dice.below(10) == 0 ? nil : dice.below(orders * 8), eager: dice.below(3) == 0)
    case 22..<48: return .claim(lane: dice.below(3), limit: 1 + dice.below(3))
    case 48..<86: return .settle(pick: dice.below(1000), outcome: dice.below(100))
    case 86..<88: return .sweep
    case 88..<92: return .decide(pick: dice.below(1000), decision: dice.below(100))
    case 92..<98: return .wait(seconds: [1, 1, 2, 5, 5, 30, 130, 700, 3600][dice.below(9)])
    case 98: return .restart
    default: return .keep(dedupe: dice.below(20), quarantine: dice.below(2) == 0)
    }
  }

  /// Carries the day out on a store, one operation a transaction.
  public func replay(on store: any HandoffStore) async throws -> Outcome {
    var shift = Shift(bench: StoreBench(store, policy: policy))
    for operation in operations { try await shift.perform(operation) }
    shift.outcome.confirmed = try await store.read { try $0.counts()[.confirmed] ?? 0 }
    return shift.outcome
  }
}

/// Whoever works through a day: the clock and the tasks in hand.
private struct Shift {
  let bench: StoreBench
  var outcome = RecordedDay.Outcome()
  private var seconds = 0
  private var inHand: [ClaimedTask] = []
  private var ids: [HandoffID] = []

  init(bench: StoreBench) { self.bench = bench }

  mutating func perform(_ operation: RecordedDay.Operation) async throws {
    outcome.operations += 1
    do {
      switch operation {
      case .deliver(let order, let hats, let payment, let cancelled, let back, let dedupe, let eager):
        let content = try StoreBench.order(
          "\(order)", hats: hats, email: order % 9 == 8 && hats < 3 ? nil : "kim\(order)@example.com", payment: payment,
          isCancelled: cancelled)
        let request = StoreBench.request(
          content, at: seconds, updated: seconds - back, dedupeID: dedupe.map { "d\($0)" })
        let result = try await bench.take(request, desk: eager ? OpenDesk() : ClosedDesk())
        if !ids.contains(result.handoff.id) { ids.append(result.handoff.id) }
        take(result.claimed)
        outcome.note("\(result.disposition) \(result.handoff.stage)")
      case .claim(let lane, let limit):
        let lanes = [StoreBench.erp, StoreBench.notify, "storefront:main"]
        take(try await bench.claim(lanes[lane % lanes.count], at: seconds, limit: limit))
      case .settle(let pick, let number): try await settle(pick, number)
      case .sweep: outcome.note("\(try await bench.sweep(at: seconds, limit: 20))")
      case .decide(let pick, let number): try await decide(pick, number)
      case .wait(let pause): seconds += pause
      case .restart:
        let now = StoreBench.at(seconds)
        outcome.note("\(try await bench.store.transact { try $0.expireLeases(now: now) })")
      case .keep(let dedupe, let quarantine): try await keep(dedupe, quarantine)
      }
    } catch let refusal as Refusal {
      outcome.refusals += 1
      outcome.note(refusal.reason)
    } catch is StoreFailure {
      outcome.refusals += 1
      outcome.note("failure")
    }
    if outcome.operations % 3 == 0 { seconds += 1 }
  }

  private mutating func take(_ claimed: [ClaimedTask]) {
    inHand += claimed
    for task in claimed { outcome.note("\(task.id) \(task.attempt) \(task.effect) \(task.version)") }
  }

  private mutating func settle(_ pick: Int, _ number: Int) async throws {
    guard !inHand.isEmpty else { return }
    // Mostly the latest, as performers answer; the rest stay in hand until their leases have run out.
    let index = pick % 10 == 0 ? pick / 10 % inHand.count : max(0, inHand.count - 1 - pick % 6)
    let task = inHand[index]
    // One performer in twenty never reports back; one in twenty reports twice.
    if number % 20 != 0 { inHand.remove(at: index) }
    if number % 20 == 1 { return }
    outcome.performed += 1
    let event = Answers.event(task, number)
    take(try await bench.settle(task, event, at: seconds, desk: number % 3 == 0 ? OpenDesk() : ClosedDesk()))
  }

  private mutating func decide(_ pick: Int, _ number: Int) async throws {
    guard !ids.isEmpty else { return }
    let decisions: [OperatorDecision] = [
      .retry, .retry, .retry, .createAgain, .adopt(recordID: "SO-adopted"), .acceptShortage, .decline, .cancel,
      .handBack,
    ]
    let decided = try await bench.decide(
      decisions[number % decisions.count], on: ids[pick % ids.count], expecting: number > 90 ? 3 : nil, at: seconds)
    outcome.note("\(decided?.stage.rawValue ?? "none")")
  }

  private mutating func keep(_ dedupe: Int, _ quarantine: Bool) async throws {
    let (moves, now) = (bench.moves, StoreBench.at(seconds))
    let kind = try await bench.store.transact {
      try $0.setMarker("cursor", to: "\(dedupe)")
      return try moves.keep(
        storefront: StorefrontName("main"), topic: "app/other", dedupeID: "d\(dedupe)", headers: "", body: [7],
        receivedAt: now, unreadable: quarantine ? "unknown enum" : nil, in: $0)
    }
    outcome.note(kind.rawValue)
  }
}

/// What counterparts answer, by a number.
private enum Answers {
  static func event(_ task: ClaimedTask, _ number: Int) -> HandoffEvent {
    let kind = task.effect.kind
    if number > 97 { return .connectorMisconfigured(kind, reason: "401") }
    switch kind {
    case .submitOrder, .updateOrder, .findReceipt: return submission(task, number)
    case .checkInventory:
      let missing = [Shortage(sku: "HAT", ordered: 2, allocated: 1)]
      return number < 70
        ? .inventoryValidated
        : number < 80 ? .inventoryShort(missing, partly: number % 2 == 0) : .inventoryUnknown(reason: "503")
    case .cancelOrder:
      return number < 70
        ? .cancellationCompleted
        : number < 90 ? .cancellationDeferred(reason: "503") : .cancellationRefused(reason: "shipped")
    case .sendAcknowledgement, .releaseConfirmation, .sendCannotFulfil:
      if number > 90 { return .messageRefused(kind, reason: "550") }
      if number > 75 { return .messageDeferred(kind, reason: "busy") }
      return kind == .sendAcknowledgement
        ? .acknowledgementSent : kind == .releaseConfirmation ? .confirmationSent : .cannotFulfilSent
    case .holdFulfillment, .releaseFulfillment:
      return number < 80
        ? .fulfillmentChanged(kind)
        : number < 90 ? .fulfillmentDeferred(kind, reason: "429") : .fulfillmentRefused(kind, reason: "403")
    }
  }

  private static func submission(_ task: ClaimedTask, _ number: Int) -> HandoffEvent {
    let record = "SO-\(task.handoff.key.orderID)"
    let receipt = StoreBench.receipt(task, record: record)
    let isLookup = task.effect.kind == .findReceipt
    switch number {
    case 0..<55: return isLookup ? .receiptFound(receipt) : .receiptIssued(receipt)
    case 55..<60:
      let wrong = Money(minorUnits: 1, currency: task.order.currency)
      return .receiptIssued(Receipt(recordID: record, version: task.version, digest: task.digest, total: wrong))
    case 60..<70: return isLookup ? .receiptNotFound : .submissionOutcomeUnknown(reason: "connection lost")
    case 70..<78: return isLookup ? .lookupFailed(reason: "503") : .submissionDeferred(reason: "429")
    case 78..<83: return isLookup ? .receiptNotFound : .submissionRefused(reason: "unknown SKU")
    case 83..<88: return .orderRecorded(recordID: record, state: "draft")
    case 88..<91: return .submissionIncomplete(recordID: record, state: "draft")
    case 91..<93: return .receiptDiffers(recordID: record, detail: "a line more")
    case 93..<95: return .receiptRevoked(reason: "voided in the ERP")
    default: return .receiptIssued(Receipt(recordID: "<html>", version: task.version, digest: task.digest))
    }
  }
}
