import HandoffCore
import HandoffStore

/// The people who work the queue of exceptions: hurried while things fail, thorough once they are mended.
final class People: Sendable {
  private let world: World
  private let memory: MemoryStore
  nonisolated(unsafe) private var tries: [Int: Int] = [:]

  init(_ world: World, _ memory: MemoryStore) {
    self.world = world
    self.memory = memory
  }

  /// One look at the queue; after the healing they come back from their holiday first.
  func look() {
    if let back = world.peopleBackAt, world.loop.now < back { return }
    let able = world.nodes.filter { $0.life.isAlive && !$0.isLeaving.value }
    guard let node = able.first else { return }
    var filter = ExceptionFilter()
    filter.limit = 10_000
    let open = (try? memory.transactNow { try $0.exceptions(filter) }) ?? []
    // The newest first, whatever a list begins with: a hasty decision does most harm while the order is still moving.
    let queue = open.sorted { $0.id > $1.id }.prefix(world.isHealed ? 10_000 : 20)
    for exception in queue {
      guard world.isHealed || world.dice.chance(world.rates[.personDecided]) else { continue }
      guard let order = world.byHandoff[exception.handoffID], !world.isScripted(order) else { continue }
      let tried = tries[order, default: 0]
      guard let decision = world.isHealed ? careful(exception, order, tried) : hasty(order) else { continue }
      if world.isHealed { tries[order] = tried + 1 }
      world.note(.personDecided)
      let row = try? memory.transactNow { try $0.row(exception.handoffID) }
      let revision = world.dice.chance(5000) ? row?.handoff.revision : nil
      world.record(.personDecided, order, 0, 0, decision.name)
      node.decide(decision, on: exception.handoffID, by: "Ada", revision: revision) { _ in }
    }
  }

  /// A decision in a hurry; only a proof lets a second create of class N go.
  private func hasty(_ order: Int) -> OperatorDecision? {
    switch world.dice.below(8) {
    case 0, 1, 2: return .retry
    case 3: return nothingExists(order) ? .createAgain : nil
    case 4: return record(of: order).map { .adopt(recordID: $0) }
    case 5: return .acceptShortage
    case 6: return .decline
    default: return world.dice.chance(5000) ? .cancel : .handBack
    }
  }

  private func careful(_ exception: StoredException, _ order: Int, _ tried: Int) -> OperatorDecision? {
    if tried > 4 { return .handBack }
    if exception.exception.kind.isLateness, world.loop.now - world.healedAt < 75_000_000 { return nil }
    let lastWord: OperatorDecision? = tried > 2 ? (tried == 3 ? .decline : .handBack) : nil
    switch exception.exception.kind {
    case .quarantined:
      if let record = record(of: order) { return .adopt(recordID: record) }
      return nothingExists(order) ? (tried > 1 ? .retry : .createAgain) : nil
    case .moneyMismatch:
      world.mendRecords(of: order)
      return lastWord ?? .retry
    case .shortage: return lastWord ?? .acceptShortage
    case .paymentVoided: return .cancel
    case .cancellation: return tried > 1 ? .handBack : .retry
    default: return lastWord ?? .retry
    }
  }

  /// The proof a person must have before a second create: nothing at the ERP, nothing on its way there, and no process
  /// that was stopped with the create in its hands.
  private func nothingExists(_ order: Int) -> Bool {
    let known = world.orders[order].records.contains { world.records[$0].status != .void }
    let isHeldUp = world.nodes.contains { $0.life.isAlive && $0.life.seat.isStopped }
    return !known && world.orders[order].underWay == 0 && !isHeldUp
  }

  private func record(of order: Int) -> String? {
    let found = world.orders[order].records.filter {
      world.records[$0].status == .live || world.records[$0].status == .pending
    }
    return found.first.map { world.records[$0].id }
  }
}

extension ExceptionKind {
  /// It says only that something takes long; what is mended goes on by itself.
  var isLateness: Bool { self == .receiptOverdue || self == .validationOverdue || self == .messageOverdue }
}
