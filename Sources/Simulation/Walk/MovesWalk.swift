import HandoffCore
import HandoffStore
import StoreTesting

/// One order after another through the moves, with every answer that the types of the connectors allow, at any time and
/// from performers whose lease has long gone to others: what no walk reaches, the moves cannot do.
///
/// Unlike the simulated world it knows no sense: an ERP may refuse what it has, and accept what it never got.
package struct MovesWalk {
  /// The pairs of stage and event on the way.
  package private(set) var reached = Coverage()
  private var dice: Dice
  /// Which ways are walked; the dice say only what happens on them.
  private var guide: Dice
  private var corpus: [[Segment]] = []
  private var places: [Int: [[Segment]]] = [:]
  /// The stages in which something is left to be reached.
  private var near: [Int] = []
  private var seen: Set<[String]> = []
  private var memory = MemoryStore()
  private let words = Words()
  private var policy = HandoffPolicy()
  private var moves: Moves
  private var now = 0
  private var id: HandoffID?
  private var hats = 1
  private var inHand: [ClaimedTask] = []
  private var temper = Temper()

  /// So many steps with these dice.
  private struct Segment {
    let seed: UInt64
    let steps: Int
  }

  /// What one walk is given to: walks that differ in kind get to more places than walks that differ in luck.
  private struct Temper {
    var opensDesk = 50
    var settles = 30
    var claims = 25
    var passes = 6
    var edits = 8
    var decides = 8
    var cancels = 2
    var isHasty = true
    var recordOther = 6
    var yes = 50
  }

  /// Whether messages can be written just now.
  private final class Words: Sendable {
    nonisolated(unsafe) var fail = false
  }

  /// Starts from a seed.
  package init(seed: UInt64) {
    guide = Dice(seed: seed)
    dice = Dice(seed: seed)
    moves = Moves(StoreBench.setting(policy))
  }

  private mutating func chance(_ percent: Int) -> Bool { dice.below(100) < percent }

  private mutating func pick<Value>(_ values: [Value]) -> Value { values[dice.below(values.count)] }

  /// Walks so many orders, each so many steps.
  ///
  /// Half of them go on from where an earlier one came to something new, as a fuzzer does: what takes a dozen unlikely
  /// steps in a row is found step by step.
  package mutating func run(orders: Int, steps: Int) throws {
    for order in 0..<orders {
      if order.isMultiple(of: 64) { near = places.keys.filter { !reached.missing(in: $0).isEmpty }.sorted() }
      var path = guide.chance(8000) ? start() : []
      path.append(Segment(seed: guide.next(), steps: path.isEmpty ? steps : guide.between(1, steps)))
      try walk(path)
      try note()
    }
  }

  /// A place to go on from: where something is left to be reached, what was found last, or any.
  private mutating func start() -> [Segment] {
    switch guide.below(3) {
    case 0:
      guard let stage = guide.pick(near), let there = places[stage] else { return [] }
      return guide.pick(there) ?? []
    case 1: return corpus.isEmpty ? [] : corpus[corpus.count - 1 - guide.below(min(100, corpus.count))]
    default: return guide.pick(corpus) ?? []
    }
  }

  private mutating func walk(_ path: [Segment]) throws {
    for (index, segment) in path.enumerated() {
      dice = Dice(seed: segment.seed)
      if index == 0 { try begin() }
      for taken in 0..<segment.steps {
        try step()
        guard index == path.count - 1 else { continue }
        let place = try feature()
        guard seen.insert(place).inserted else { continue }
        let way = Array(path.dropLast()) + [Segment(seed: segment.seed, steps: taken + 1)]
        corpus.append(way)
        if let stage = Coverage.stages.firstIndex(of: place[0]) { places[stage, default: []].append(way) }
      }
    }
  }

  /// What makes one place on a way unlike another: the stage, what is known of the record, and what is in whose hands.
  private func feature() throws -> [String] {
    guard let id, let handoff = try memory.transactNow({ try $0.row(id)?.handoff }) else { return [""] }
    var words = [handoff.stage.rawValue]
    if handoff.mayExist { words.append("may exist") }
    if handoff.recordID != nil { words.append("record") }
    if handoff.cancelRequested { words.append("cancel") }
    if handoff.receipt != nil { words.append("receipt") }
    if handoff.decision != nil { words.append("decision") }
    words += Set(
      try inHand.map { task in
        let stored = try memory.transactNow { try $0.task(task.id) }
        guard let stored, stored.attempt == task.attempt else { return task.effect.kind.rawValue + " late" }
        return task.effect.kind.rawValue + (stored.leasedUntil ?? .distantPast > StoreBench.at(now) ? "" : " old")
      }
    ).sorted()
    return words
  }

  private mutating func begin() throws {
    now = 100
    inHand = []
    id = nil
    memory = MemoryStore()
    temper.opensDesk = pick([0, 50, 90, 100])
    temper.settles = pick([10, 30, 60])
    temper.claims = pick([5, 25, 40])
    temper.passes = pick([1, 6, 20])
    temper.edits = pick([0, 4, 15])
    temper.decides = pick([2, 10, 30])
    temper.cancels = pick([0, 0, 2, 6])
    temper.isHasty = chance(30)
    temper.recordOther = pick([0, 0, 10, 40])
    temper.yes = pick([10, 50, 80])
    hats = 1
    let actions: [ShortageAction] = [.hold, .confirm, .exception]
    policy = HandoffPolicy(
      pattern: pick([.erpGated, .acknowledgmentGated]), mode: chance(97) ? .gate : pick([.shadow, .observe]),
      receiptClass: pick(ReceiptClass.allCases),
      inventory: InventoryRule(isRequired: chance(80), short: pick(actions), partlyShort: pick(actions)),
      holdsFulfillment: chance(60))
    setMoves()
    try intake(isCancelled: chance(2), payment: chance(3) ? .voided : .paid)
  }

  private mutating func setMoves() {
    var setting = StoreBench.setting(policy)
    setting.sha256 = Fingerprint.digest
    let (write, words) = (setting.compose, words)
    setting.compose = { kind, handoff, order, key, now throws(Unwritable) in
      if words.fail { throw Unwritable("The template is broken.") }
      return try write(kind, handoff, order, key, now)
    }
    moves = Moves(setting)
  }

  private mutating func step() throws {
    words.fail = chance(4)
    let kinds = [
      temper.claims, temper.settles, temper.passes, 4, temper.decides, temper.edits, temper.cancels, temper.cancels, 1,
      1,
    ]
    var left = dice.below(kinds.reduce(0, +))
    let kind = kinds.firstIndex { weight in
      left -= weight
      return left < 0
    }
    switch kind {
    case 0: try claim()
    case 1: try settle()
    case 2: now += pick([1, 5, 130, 130, 700, 15_000])
    case 3: _ = try transact { moves, store, now in _ = try moves.sweep(at: now, limit: 9, in: store) }
    case 4: try decide()
    case 5: try edit()
    case 6: try intake(isCancelled: true, payment: .paid)
    case 7: try intake(isCancelled: false, payment: .voided)
    case 8: _ = try transact { _, store, now in _ = try store.expireLeases(now: now) }
    default:
      // Another process with another setting.
      policy.holdsFulfillment.toggle()
      policy.inventory.isRequired.toggle()
      setMoves()
    }
  }

  /// Runs a body; what the rules or the store refuse changes nothing.
  private func transact(_ body: (Moves, any StoreTransaction, Timestamp) throws -> Void) throws -> Bool {
    do {
      try memory.transactNow { try body(moves, $0, StoreBench.at(now)) }
      return true
    } catch is Refusal { return false } catch is StoreFailure { return false }
  }

  private mutating func claim() throws {
    let lane = pick(["erp:books", "notify:main", "storefront:main"])
    var claimed: [ClaimedTask] = []
    _ = try transact { moves, transaction, now in
      claimed = try moves.claim(lane: lane, limit: 1, at: now, in: transaction)
    }
    inHand += claimed.filter { $0.handoff.id == id }
  }

  private mutating func settle() throws {
    guard !inHand.isEmpty else { return }
    let task = inHand.remove(at: dice.below(inHand.count))
    // Some performers never report back.
    if chance(10) { return }
    let event = outcome(of: task)
    let isOpen = chance(temper.opensDesk)
    var claimed: [ClaimedTask] = []
    _ = try transact { moves, transaction, now in
      claimed = try moves.settle(
        task, event, by: "counterpart", at: now, in: transaction, desk: isOpen ? OpenDesk() : ClosedDesk())
    }
    inHand += claimed
  }

  private mutating func decide() throws {
    guard let id else { return }
    let decision = pick([
      OperatorDecision.retry, .retry, .retry, .createAgain, .createAgain, .adopt(recordID: "SO-1"), .acceptShortage,
      .acceptVoidPayment, .decline, temper.isHasty ? .decline : .retry, temper.isHasty ? .cancel : .retry,
      temper.isHasty ? .handBack : .adopt(recordID: "SO-2"),
    ])
    let isOpen = chance(temper.opensDesk)
    var claimed: [ClaimedTask] = []
    _ = try transact { moves, transaction, now in
      claimed =
        try moves.decide(
          decision, on: id, by: "Ada", expecting: nil, at: now, in: transaction,
          desk: isOpen ? OpenDesk() : ClosedDesk())?.claimed ?? []
    }
    inHand += claimed
  }

  private mutating func edit() throws {
    hats = 1 + dice.below(4)
    try intake(isCancelled: false, payment: .paid)
  }

  private mutating func intake(isCancelled: Bool, payment: PaymentState) throws {
    now += 1
    let order = try StoreBench.order(
      "5001", hats: hats, email: chance(95) ? "kim@example.com" : nil, payment: payment,
      isCancelled: isCancelled)
    let request = StoreBench.request(order, at: now, updated: chance(90) ? now : max(0, now - 50))
    let isOpen = chance(temper.opensDesk)
    var found: IntakeResult?
    _ = try transact { moves, transaction, _ in
      found = try moves.intake(request, in: transaction, desk: isOpen ? OpenDesk() : ClosedDesk())
    }
    if let found {
      id = found.handoff.id
      inHand += found.claimed
    }
  }

  /// Reads the order's journal into what was reached.
  private mutating func note() throws {
    guard let id else { return }
    let journal = try memory.transactNow { try $0.journal(of: id) }
    for entry in journal {
      guard let stage = Stage(rawValue: entry.stageBefore).flatMap({ Stage.allCases.firstIndex(of: $0) }) else {
        continue
      }
      FactText.within(entry.event) { event in
        FactText.within(entry.detail) { reached.note(stage: stage, event, detail: $0) }
      }
    }
  }

  /// Anything the connector's type can say about a task.
  private mutating func outcome(of task: ClaimedTask) -> HandoffEvent {
    let kind = task.effect.kind
    let why = "as the counterpart said"
    if chance(3) { return .connectorMisconfigured(kind, reason: why) }
    let record = chance(temper.recordOther) ? "SO-2" : "SO-1"
    let receipt = Receipt(
      recordID: chance(98) ? record : "<html>", version: task.version, digest: task.digest,
      total: chance(90) ? task.order.total : nil)
    let recorded = HandoffEvent.orderRecorded(recordID: record, state: "pending")
    let shortage = [Shortage(sku: "HAT", ordered: 2, allocated: 1)]
    let says = chance(temper.yes)
    switch kind {
    case .submitOrder where says, .updateOrder where says: return .receiptIssued(receipt)
    case .findReceipt where says: return .receiptFound(receipt)
    case .checkInventory where says: return .inventoryValidated
    case .submitOrder, .updateOrder:
      return pick([
        .receiptIssued(receipt), .receiptIssued(receipt), .receiptIssued(receipt), recorded,
        .submissionRefused(reason: why), .submissionDeferred(reason: why), .submissionOutcomeUnknown(reason: why),
      ])
    case .findReceipt:
      return pick([
        .receiptFound(receipt), .receiptFound(receipt), recorded,
        .submissionIncomplete(recordID: record, state: "draft"),
        .receiptDiffers(recordID: record, detail: why), .receiptRevoked(reason: why), .receiptNotFound,
        .lookupFailed(reason: why),
      ])
    case .checkInventory:
      return pick([
        .inventoryValidated, .inventoryValidated, .inventoryShort(shortage, partly: true),
        .inventoryShort(shortage, partly: false), .inventoryUnknown(reason: why), .receiptRevoked(reason: why),
      ])
    case .cancelOrder:
      return pick([.cancellationCompleted, .cancellationDeferred(reason: why), .cancellationRefused(reason: why)])
    case .sendAcknowledgement, .releaseConfirmation, .sendCannotFulfil:
      let sent: HandoffEvent =
        kind == .sendAcknowledgement
        ? .acknowledgementSent : kind == .releaseConfirmation ? .confirmationSent : .cannotFulfilSent
      return pick([sent, sent, .messageDeferred(kind, reason: why), .messageRefused(kind, reason: why)])
    case .holdFulfillment, .releaseFulfillment:
      return pick([
        .fulfillmentChanged(kind), .fulfillmentDeferred(kind, reason: why), .fulfillmentRefused(kind, reason: why),
      ])
    }
  }
}
