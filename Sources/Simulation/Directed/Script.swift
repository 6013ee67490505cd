import HandoffCore
import HandoffStore

/// A way to pairs of stage and event that chance hardly ever finds: which answers are kept, for how long, and what
/// people do in the meantime.
///
/// Most need a task whose lease has run out and which nobody has taken back, while another process brings its order to
/// a stage in which nothing is asked of that counterpart.
struct Script: Sendable {
  /// What happens, in a few words.
  let name: String
  /// The pairs that are reached when no fault comes between.
  let pairs: [(stage: Stage, event: String)]
  /// What the ERP offers against double creation.
  let receiptClass: ReceiptClass
  /// What is done, step by step.
  let run: @Sendable (Hand) async throws -> Void

  init(
    _ name: String, _ stage: Stage, _ event: String, _ receiptClass: ReceiptClass,
    _ run: @escaping @Sendable (Hand) async throws -> Void
  ) {
    self.name = name
    pairs = [(stage, event)]
    self.receiptClass = receiptClass
    self.run = run
  }

  /// Every script.
  static let all: [Script] =
    oldSubmissions + oldLookups + besideSubmission + besideLookup + oldStock + afterCancel + keptUpdates

  /// What an answer to a submission can be that no record comes with.
  enum No: String, CaseIterable {
    case refused = "submission_refused"
    case deferred = "submission_deferred"
    case unknown = "submission_outcome_unknown"

    func event(_ hand: Hand) -> HandoffEvent {
      switch self {
      case .refused: hand.refusal()
      case .deferred: hand.deferral()
      case .unknown: .submissionOutcomeUnknown(reason: "no answer")
      }
    }
  }

  /// What an answer about stock can be.
  enum Stock: String, CaseIterable {
    case validated = "inventory_validated"
    case short = "inventory_short"
    case unknown = "inventory_unknown"

    func event(_ task: ClaimedTask, _ hand: Hand) async throws -> HandoffEvent {
      hand.setStock(self != .short)
      return self == .unknown ? .inventoryUnknown(reason: "no answer") : try await hand.perform(task)
    }
  }
}

extension Script {
  /// The answer of a submission comes after a person had it made again: the record it was about was taken back, and a
  /// look-up that had been under way for long says so.
  static let oldSubmissions: [Script] = [Stage.refused, .unresolved, .captured].flatMap { stage in
    No.allCases.map { answer in
      Script("an old submission in \(stage.rawValue)", stage, answer.rawValue, .none) { hand in
        let first = try await hand.place()
        let record = try hand.create(first)
        try await hand.settle(first, .submissionOutcomeUnknown(reason: "no answer"))
        hand.void(record)
        let lookup = try await hand.claim(.findReceipt)
        let found = try await hand.perform(lookup)
        try await hand.outlast()
        guard let old = try await hand.decide(.createAgain) else { throw Hand.Derailed() }
        try await hand.settle(lookup, found)
        try await hand.expect(.refused)
        if stage != .refused {
          try await hand.outlast()
          try await hand.decide(.retry, leases: false)
        }
        if stage == .captured {
          guard let other = try await hand.decide(.createAgain) else { throw Hand.Derailed() }
          try await hand.settle(other, hand.deferral())
        }
        try await hand.expect(stage)
        try await hand.settle(old, answer.event(hand))
      }
    }
  }

  /// What a look-up can find, and what must have happened at the ERP for it.
  enum Found: String, CaseIterable {
    case differs = "receipt_differs"
    case revoked = "receipt_revoked"
    case nothing = "receipt_not_found"
    case incomplete = "submission_incomplete"
    case failed = "lookup_failed"

    /// The answer to a look-up, and the record as it is afterwards: taken back, or as it was accepted.
    func event(_ lookup: ClaimedTask, _ record: Int?, _ hand: Hand, isUndone: Bool) async throws -> HandoffEvent {
      guard let record else {
        return self == .failed ? .lookupFailed(reason: "no answer") : try await hand.perform(lookup)
      }
      let content = hand.world.records[record].content
      switch self {
      case .differs: hand.alter(record, to: content == 0 ? 1 : 0)
      case .revoked: hand.void(record)
      default: hand.reopen(record)
      }
      let event = try await hand.perform(lookup)
      hand.alter(record, to: content)
      if isUndone { hand.void(record) } else { hand.accept(record) }
      return event
    }

    var needsRecord: Bool { self != .nothing && self != .failed }
  }

  /// A look-up's answer comes after a person had the order created again, which the ERP put off.
  static let oldLookups: [Script] = Found.allCases.map { found in
    Script("an old look-up in captured", .captured, found.rawValue, .none) { hand in
      let first = try await hand.place()
      let record = found.needsRecord ? try hand.create(first) : nil
      try await hand.settle(first, .submissionOutcomeUnknown(reason: "no answer"))
      let lookup = try await hand.claim(.findReceipt)
      let event = try await found.event(lookup, record, hand, isUndone: true)
      try await hand.outlast()
      guard let other = try await hand.decide(.createAgain) else { throw Hand.Derailed() }
      try await hand.settle(other, hand.deferral())
      try await hand.expect(.captured)
      try await hand.settle(lookup, event)
    }
  }

  /// A submission that was made again is slow, and the first one's receipt comes late.
  static let besideSubmission: [Script] = afterReceipt.flatMap { stage in
    No.allCases.map { answer in
      Script("an old submission in \(stage.rawValue)", stage, answer.rawValue, .unique) { hand in
        let first = try await hand.place()
        try await hand.outlast()
        let lookup = try await hand.claim(.findReceipt)
        try await hand.settle(lookup, try await hand.perform(lookup))
        let second = try await hand.claim(.submitOrder)
        try await hand.outlast()
        try await go(to: stage, with: first, try await hand.perform(first), hand)
        try await hand.settle(second, answer.event(hand))
      }
    }
  }

  /// A look-up is slow, and the receipt it was to find comes late.
  static let besideLookup: [Script] = afterReceipt.flatMap { stage in
    Found.allCases.filter { $0 != .revoked }.map { found in
      Script("an old look-up in \(stage.rawValue)", stage, found.rawValue, .unique) { hand in
        let first = try await hand.place()
        var late: HandoffEvent?
        if found.needsRecord { late = try await hand.perform(first) }
        try await hand.outlast()
        let lookup = try await hand.claim(.findReceipt)
        let record = found.needsRecord ? try hand.lastRecord() : nil
        let event = try await found.event(lookup, record, hand, isUndone: false)
        try await hand.outlast()
        if late == nil { late = try await hand.perform(first) }
        guard let late else { throw Hand.Derailed() }
        try await go(to: stage, with: first, late, hand)
        try await hand.settle(lookup, event)
      }
    }
  }

  private static let afterReceipt: [Stage] = [.receipted, .held, .decided, .confirmed]

  /// Brings a receipt back, and what the ERP says about stock, as far as a stage.
  private static func go(
    to stage: Stage, with task: ClaimedTask, _ receipt: HandoffEvent, _ hand: Hand
  ) async throws {
    guard let check = try await hand.settle(task, receipt) else { throw Hand.Derailed() }
    if stage != .receipted {
      let stock = stage == .held ? Stock.short : .validated
      try await hand.settle(check, try await stock.event(check, hand))
    }
    if stage == .confirmed { try await hand.wait(for: stage) }
    try await hand.expect(stage)
  }
}

extension Script {
  /// Stock was asked about and nobody heard; a second draft turned up, a person had it looked at, and the record, which
  /// somebody had opened again, was to be activated once more: planned by a clock that is behind, so that it is due
  /// before the question about stock is.
  static let oldStock: [Script] = [Stage.submitting, .unresolved, .refused].flatMap { stage in
    Stock.allCases.map { stock in
      Script("an old stock check in \(stage.rawValue)", stage, stock.rawValue, .draft) { hand in
        let first = try await hand.place()
        try await hand.outlast()
        let check = try await receipted(hand)
        let record = try hand.lastRecord()
        let answer = try await stock.event(check, hand)
        try await hand.settle(first, try await hand.perform(first))
        hand.reopen(record)
        try await hand.outlast()
        guard let lookup = try await hand.decide(.retry) else { throw Hand.Derailed() }
        try await hand.settle(lookup, try await hand.perform(lookup), clock: .seconds(-10))
        let again = try await hand.claim(.submitOrder)
        if stage == .unresolved { try await hand.settle(again, .submissionOutcomeUnknown(reason: "no answer")) }
        if stage == .refused { try await hand.settle(again, hand.refusal()) }
        try await hand.expect(stage)
        try await hand.settle(check, answer)
      }
    }
  }

  /// From a submission whose lease has run out to the question about stock: looked up, not found, drafted, activated.
  private static func receipted(_ hand: Hand) async throws -> ClaimedTask {
    let lookup = try await hand.claim(.findReceipt)
    try await hand.settle(lookup, try await hand.perform(lookup))
    let second = try await hand.claim(.submitOrder)
    try await hand.settle(second, try await hand.perform(second))
    let again = try await hand.claim(.findReceipt)
    try await hand.settle(again, try await hand.perform(again))
    let third = try await hand.claim(.submitOrder)
    guard let check = try await hand.settle(third, try await hand.perform(third)) else { throw Hand.Derailed() }
    return check
  }

  /// The order is cancelled at the ERP while an answer about it is still out.
  static let afterCancel: [Script] =
    Stock.allCases.map { stock in
      Script("an old stock check in cancelled", .cancelled, stock.rawValue, .unique) { hand in
        let first = try await hand.place()
        guard let check = try await hand.settle(first, try await hand.perform(first)) else { throw Hand.Derailed() }
        let answer = try await stock.event(check, hand)
        try await cancelled(hand)
        try await hand.settle(check, answer)
      }
    }
    + No.allCases.map { answer in
      Script("an old update in cancelled", .cancelled, answer.rawValue, .unique) { hand in
        let first = try await hand.place()
        guard let check = try await hand.settle(first, try await hand.perform(first)) else { throw Hand.Derailed() }
        try await hand.edit()
        try await hand.settle(check, .inventoryUnknown(reason: "no answer"))
        let update = try await hand.claim(.updateOrder)
        try await cancelled(hand)
        try await hand.settle(update, answer.event(hand))
      }
    }

  /// The ERP has taken note of an update and still holds the older content, or holds the record back.
  static let keptUpdates: [Script] = [Found.differs, .incomplete].map { found in
    Script("a look-up after an update", .updating, found.rawValue, .unique) { hand in
      let first = try await hand.place()
      guard let check = try await hand.settle(first, try await hand.perform(first)) else { throw Hand.Derailed() }
      try await hand.edit()
      try await hand.settle(check, .inventoryUnknown(reason: "no answer"))
      let update = try await hand.claim(.updateOrder)
      let record = try hand.lastRecord()
      let name = hand.world.records[record].id
      try await hand.settle(update, .orderRecorded(recordID: name, state: "pending approval"))
      let lookup = try await hand.claim(.findReceipt)
      if found == .incomplete { hand.reopen(record) }
      let event = try await hand.perform(lookup)
      hand.accept(record)
      try await hand.settle(lookup, event)
    }
  }

  private static func cancelled(_ hand: Hand) async throws {
    try await hand.cancelOrder()
    try await hand.outlast()
    let cancel = try await hand.claim(.cancelOrder)
    try await hand.settle(cancel, try await hand.perform(cancel))
    try await hand.expect(.cancelled)
  }
}
