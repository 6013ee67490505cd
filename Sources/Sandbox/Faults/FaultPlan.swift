import Synchronization

/// What one request will suffer, decided before the vendor sees it.
struct FaultPlan: Sendable {
  var action: Faults.Action = .none
  var delayMs = 0
  var maintenance = false
  var duplicateDelayMs = 0
  var lateCommitMs = 0
}

/// The faults of one vendor and the seeded draw that applies them.
final class FaultBox: Sendable {
  private struct State {
    var faults = Faults()
    var generator = SeededGenerator(seed: 1)
  }
  private let state = Mutex(State())

  var faults: Faults { state.withLock { $0.faults } }

  func set(_ faults: Faults) {
    state.withLock { state in
      state.faults = faults
      state.generator = SeededGenerator(seed: faults.seed)
    }
  }

  func plan(method: String, path: String, unixSeconds: Int) -> FaultPlan {
    state.withLock { state in
      let faults = state.faults
      var plan = FaultPlan(
        duplicateDelayMs: max(0, faults.duplicateDelayMs), lateCommitMs: max(0, faults.lateCommitMs))
      plan.maintenance = faults.maintenance || Self.inWindow(faults.nightlyWindow, unixSeconds)
      plan.delayMs = max(0, faults.latencyMs)
      if faults.jitterMs > 0 { plan.delayMs += state.generator.below(faults.jitterMs + 1) }
      let touched =
        (faults.method.isEmpty || faults.method == method)
        && (faults.pathContains.isEmpty || path.contains(faults.pathContains))
      if touched { plan.action = Self.action(&state.faults, &state.generator) }
      if plan.action == .slow { plan.delayMs += max(0, faults.slowMs) }
      return plan
    }
  }

  private static func action(_ faults: inout Faults, _ generator: inout SeededGenerator) -> Faults.Action {
    if !faults.script.isEmpty { return faults.script.removeFirst() }
    let odds: [(Faults.Action, Double)] = [
      (.lostRequest, faults.lostRequest), (.lostReplyAfterCommit, faults.lostReplyAfterCommit),
      (.lateCommit, faults.lateCommit), (.tooManyRequests, faults.tooManyRequests), (.badGateway, faults.badGateway),
      (.badGatewayAfterCommit, faults.badGatewayAfterCommit),
      (.serverErrorAfterCommit, faults.serverErrorAfterCommit), (.errorBodyWith200, faults.errorBodyWith200),
      (.truncatedJSON, faults.truncatedJSON), (.duplicateProcessing, faults.duplicateProcessing), (.slow, faults.slow),
    ]
    guard odds.contains(where: { $0.1 > 0 }) else { return .none }
    var chosen = Faults.Action.none
    for (action, probability) in odds where generator.chance(probability) && chosen == .none { chosen = action }
    return chosen
  }

  private static func inWindow(_ window: [Int], _ unixSeconds: Int) -> Bool {
    guard window.count == 2, let from = window.first, let to = window.last else { return false }
    let minute = ((unixSeconds % 86_400) + 86_400) % 86_400 / 60
    return from <= to ? (from..<to).contains(minute) : (minute >= from || minute < to)
  }
}
