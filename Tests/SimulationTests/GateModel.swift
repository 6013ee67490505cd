/// The gate as a model: one order, one edit, two workers, an ERP and a network that loses, delays and reorders.
///
/// It follows the published Spin model step by step, in the same words, and is small enough to be explored to its end.
/// Messages under way are a set rather than a queue, which is what "in any order" means and takes far fewer states.
struct GateModel: Sendable {
  /// What an ERP offers against double creation.
  enum Mode: Sendable { case key, uniqueID, nothing }
  /// A deliberate mistake; each must break what the table says.
  enum Mistake: Sendable {
    case naive, bounded, sole, keyFromVersion, keyExpires, keyGuard, keyMargin, ackEarly, noFence, noCompare
    case noVersion, markFirst, fireAndForget
  }
  enum Stage: UInt8, Sendable { case none, pending, submitting, unknown, accepted, decided, sent, exception, lost }
  enum Place: UInt8, Sendable { case idle, claimed, sending, unknown, waiting, deciding, notifying, marking, mailing }

  struct Worker: Hashable, Sendable {
    var place = Place.idle
    var seen = Stage.none
    var isUpdate = false
    var isWaiting = false
    var version: UInt8 = 0
    var attempt: UInt8 = 0
    var answer: UInt8 = 0
  }

  struct Message: Hashable, Sendable {
    var sender: Int
    var attempt: UInt8
    var isUpdate: Bool
    var version: UInt8
  }

  struct State: Hashable, Sendable {
    var stage = Stage.none
    var (current, submitted, receipt, holder): (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
    var (decided, acknowledged, mails): (UInt8, UInt8, UInt8) = (0, 0, 0)
    var (orders, erpVersion, keys): (UInt8, UInt8, UInt8) = (0, 0, 0)
    var (crashes, losses, steals, timeouts): (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
    var (isExpired, isStopped, isTaken) = (false, false, false)
    /// The content the storefront delivers next.
    var next: UInt8 = 1
    var workers = [Worker(), Worker()]
    var network: [Message] = []
    /// Which invariant this state breaks.
    var broken: UInt8 = 0
  }

  var mode: Mode
  var mistakes: Set<Mistake> = []
  /// How many crashes, lost messages, take-overs of a lease, and timeouts while something is under way.
  var budget: (crashes: UInt8, losses: UInt8, steals: UInt8, timeouts: UInt8) = (1, 1, 1, 1)

  func has(_ mistake: Mistake) -> Bool { mistakes.contains(mistake) }

  /// Every state that can follow.
  func successors(of state: State) -> [State] {
    if state.broken != 0 { return [] }
    return storefront(state) + erp(state) + (0..<(has(.sole) ? 1 : 2)).flatMap { worker(state, $0) }
  }

  private func storefront(_ state: State) -> [State] {
    guard state.next <= 2 else { return [] }
    let mayCrash = state.crashes < budget.crashes
    if has(.ackEarly), !state.isTaken {
      let after = state.with {
        $0.acknowledged = max($0.acknowledged, $0.next)
        $0.isTaken = true
      }
      let crashed = after.with {
        $0.crashes += 1
        $0.isTaken = false
        $0.next += 1
      }
      return mayCrash ? [after, checked(crashed)] : [after]
    }
    if has(.ackEarly) || !state.isTaken {
      let stored = state.with {
        if $0.next > $0.current {
          $0.current = $0.next
          if $0.stage == .none || $0.stage == .accepted { $0.stage = .pending }
        }
        $0.isTaken = !has(.ackEarly)
        if has(.ackEarly) { $0.next += 1 }
      }
      return [checked(stored)]
    }
    let unsaid = state.with { $0.isTaken = false }
    let said = unsaid.with {
      $0.acknowledged = max($0.acknowledged, $0.next)
      $0.next += 1
    }
    return (mayCrash ? [unsaid.with { $0.crashes += 1 }] : []) + [checked(said), checked(said.with { $0.next = 3 })]
  }

  private func erp(_ state: State) -> [State] {
    var found: [State] = []
    let mayLose = state.losses < budget.losses
    for (index, message) in state.network.enumerated() where index == 0 || state.network[index - 1] != message {
      var after = state.with { $0.network.remove(at: index) }
      if mayLose { found.append(after.with { $0.losses += 1 }) }
      let answer = perform(message, &after)
      let sender = after.workers[message.sender]
      if sender.isWaiting, sender.attempt == message.attempt {
        if mayLose { found.append(checked(after.with { $0.losses += 1 })) }
        after.workers[message.sender].answer = answer
      }
      found.append(checked(after))
    }
    guard state.keys & 1 == 1, !state.isExpired else { return found }
    if has(.keyExpires) || has(.keyGuard) { found.append(state.with { $0.isExpired = true }) }
    if has(.keyMargin), !state.isStopped { found.append(state.with { $0.isStopped = true }) }
    if has(.keyMargin), state.isStopped, state.network.isEmpty { found.append(state.with { $0.isExpired = true }) }
    return found
  }

  private func perform(_ message: Message, _ state: inout State) -> UInt8 {
    if message.isUpdate {
      state.erpVersion = max(state.erpVersion, message.version)
      return state.erpVersion
    }
    let bit: UInt8 = has(.keyFromVersion) ? message.version : 1
    if mode == .key, state.keys & bit != 0, !state.isExpired { return state.erpVersion }
    if mode == .uniqueID, state.orders > 0 { return state.erpVersion }
    state.orders = min(3, state.orders + 1)
    state.erpVersion = message.version
    if mode == .key { state.keys |= bit }
    return message.version
  }

  private func checked(_ state: State) -> State {
    state.with {
      if $0.orders > 1 { $0.broken = 3 }
      if $0.decided > 1 { $0.broken = 4 }
      if $0.next > 2, !$0.isTaken, $0.current < $0.acknowledged { $0.broken = 2 }
    }
  }
}
