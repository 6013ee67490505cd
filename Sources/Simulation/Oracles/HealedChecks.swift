import HandoffCore
import HandoffStore

/// What must have come right a while after nothing fails any more (L4, L5, L8), although single orders stay poisoned
/// until after that.
final class HealedChecks: Sendable {
  private let world: World
  private let memory: MemoryStore
  nonisolated(unsafe) private var isFound = false
  nonisolated(unsafe) private var isDrained = false

  init(_ world: World, _ memory: MemoryStore) {
    self.world = world
    self.memory = memory
  }

  /// Every listing interval and its pages are long over.
  static let findingTime: Int64 = 40_000_000
  /// Every deadline of a stage has passed once.
  static let drainTime: Int64 = 62_000_000

  func look() {
    let since = world.loop.now - world.healedAt
    if since >= Self.findingTime, !isFound {
      isFound = true
      find()
    }
    if since >= Self.drainTime, !isDrained {
      isDrained = true
      drain()
      world.isPoisonMended = true
    }
  }

  /// L5: no order and no change is missing because its webhook never came.
  private func find() {
    let facts = world.history.byOrder(world.orders.count)
    for (index, order) in world.orders.enumerated() {
      guard order.handoff != nil else {
        world.violate(.l5, index, "the order was never found")
        continue
      }
      let story = Story(world, index, facts[index])
      guard let newest = world.newest(index), story.firstStage != .observed else { continue }
      if newest.isCancelled {
        let isKnown = story.facts.contains { fact in
          guard fact.kind == .journal else { return false }
          if fact.text == "order_cancelled" || fact.text.hasPrefix("operator_decided cancel") { return true }
          return Story.stages(fact).before == nil && Story.stages(fact).after == .cancelled
        }
        if !isKnown { world.violate(.l5, index, "the cancel was never found") }
      } else if !story.versions.values.contains(where: { world.contents[$0].meaning == newest.meaning }) {
        world.violate(.l5, index, "the newest content was never found")
      }
    }
  }

  /// L4 and L8: what is not poisoned is at an end or with a person, although other orders are poisoned.
  private func drain() {
    let facts = world.history.byOrder(world.orders.count)
    let poisoned = Set(world.orders.filter { $0.poison != .none }.map(\.erp))
    for (index, order) in world.orders.enumerated() where order.poison == .none && !order.outlived {
      let story = Story(world, index, facts[index])
      guard let stage = story.lastStage, !stage.isTerminal else { continue }
      let person = story.facts.last { $0.kind == .personDecided }?.at ?? 0
      let taken = story.facts.first { $0.kind == .journal }?.at ?? 0
      guard world.loop.now - max(person, taken) > 45_000_000, !isOpen(order) else { continue }
      world.violate(
        poisoned.contains(order.erp) ? .l8 : .l4, index, "still \(stage.rawValue) long after everything was mended")
    }
  }

  private func isOpen(_ order: WorldOrder) -> Bool {
    var filter = ExceptionFilter()
    filter.handoff = order.handoff
    let open = (try? memory.transactNow { try $0.exceptions(filter) }) ?? []
    // That it takes long is no answer to the question why.
    return open.contains { !$0.exception.kind.isLateness }
  }
}
