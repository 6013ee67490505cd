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
    var version: UInt8 = 0
    var isUpdate = false
    var attempt: UInt8 = 0
    var isWaiting = false
    var answer: UInt8 = 0
  }

  struct Message: Hashable, Comparable, Sendable {
    var sender: Int
    var attempt: UInt8
    var isUpdate: Bool
    var version: UInt8
    var code: UInt8 { UInt8(sender) << 3 | attempt << 2 | (isUpdate ? 2 : 0) | (version - 1) }
    static func < (left: Self, right: Self) -> Bool { left.code < right.code }
  }

  struct State: Hashable, Sendable {
    var stage = Stage.none
    var current: UInt8 = 0
    var submitted: UInt8 = 0
    var receipt: UInt8 = 0
    var holder: UInt8 = 0
    var decided: UInt8 = 0
    var decidedVersion: UInt8 = 0
    var acknowledged: UInt8 = 0
    var orders: UInt8 = 0
    var erpVersion: UInt8 = 0
    var keys: UInt8 = 0
    var isExpired = false
    var isStopped = false
    var mails: UInt8 = 0
    var crashes: UInt8 = 0
    var losses: UInt8 = 0
    var steals: UInt8 = 0
    var timeouts: UInt8 = 0
    var next: UInt8 = 1
    var isTaken = false
    var workers = [Worker(), Worker()]
    var network: [Message] = []
    /// Which invariant this state breaks.
    var broken: UInt8 = 0

    /// Everything in 128 bits, for a quick set of what was seen.
    var packed: UInt128 {
      var word: UInt128 = 0
      func put(_ value: UInt8, _ bits: Int) { word = word << UInt128(bits) | UInt128(value) }
      put(stage.rawValue, 4)
      for value in [current, submitted, receipt, holder, decided, decidedVersion, acknowledged, orders] {
        put(value, 2)
      }
      for value in [erpVersion, keys, mails, next] { put(value, 2) }
      for value in [crashes, losses, steals, timeouts] { put(value, 2) }
      put((isExpired ? 1 : 0) | (isStopped ? 2 : 0) | (isTaken ? 4 : 0), 3)
      for worker in workers {
        put(worker.place.rawValue, 4)
        put(worker.seen.rawValue, 4)
        put(worker.version << 4 | worker.answer << 2 | worker.attempt << 1 | (worker.isWaiting ? 1 : 0), 6)
        put(worker.isUpdate ? 1 : 0, 1)
      }
      for index in 0..<3 { put(index < network.count ? network[index].code + 1 : 0, 5) }
      put(broken, 3)
      return word
    }
  }

  var mode: Mode
  var mistakes: Set<Mistake> = []
  /// How many crashes, lost messages, take-overs of a lease, and timeouts while something is under way.
  var budget: (crashes: UInt8, losses: UInt8, steals: UInt8, timeouts: UInt8) = (1, 1, 1, 1)

  private func has(_ mistake: Mistake) -> Bool { mistakes.contains(mistake) }

  var workers: Int { has(.sole) ? 1 : 2 }

  /// Every state that can follow.
  func successors(of state: State) -> [State] {
    if state.broken != 0 { return [] }
    var found = storefront(state) + erp(state)
    for me in 0..<workers { found += worker(state, me) }
    return found
  }

  private func storefront(_ state: State) -> [State] {
    guard state.next <= 2 else { return [] }
    var found: [State] = []
    var after = state
    if has(.ackEarly), !state.isTaken {
      after.acknowledged = max(after.acknowledged, state.next)
      after.isTaken = true
      found.append(after)
      if state.crashes < budget.crashes {
        after.crashes += 1
        after.isTaken = false
        after.next += 1
        found.append(checked(after))
      }
      return found
    }
    if has(.ackEarly) || !state.isTaken {
      if state.next > state.current {
        after.current = state.next
        if after.stage == .none || after.stage == .accepted { after.stage = .pending }
      }
      after.isTaken = !has(.ackEarly)
      if has(.ackEarly) { after.next += 1 }
      return [checked(after)]
    }
    after.isTaken = false
    if state.crashes < budget.crashes {
      var lost = after
      lost.crashes += 1
      found.append(lost)
    }
    after.acknowledged = max(after.acknowledged, state.next)
    after.next += 1
    found.append(checked(after))
    after.next = 3
    found.append(checked(after))
    return found
  }

  private func erp(_ state: State) -> [State] {
    var found: [State] = []
    for (index, message) in state.network.enumerated() {
      if index > 0, state.network[index - 1] == message { continue }
      var after = state
      after.network.remove(at: index)
      if state.losses < budget.losses {
        var lost = after
        lost.losses += 1
        found.append(lost)
      }
      let answer = perform(message, &after)
      let listens = after.workers[message.sender].isWaiting && after.workers[message.sender].attempt == message.attempt
      if listens {
        if state.losses < budget.losses {
          var lost = after
          lost.losses += 1
          found.append(checked(lost))
        }
        after.workers[message.sender].answer = answer
      }
      found.append(checked(after))
    }
    if has(.keyExpires) || has(.keyGuard), state.keys & 1 == 1, !state.isExpired {
      var after = state
      after.isExpired = true
      found.append(after)
    }
    if has(.keyMargin), state.keys & 1 == 1, !state.isExpired {
      var after = state
      if !state.isStopped { after.isStopped = true } else if state.network.isEmpty { after.isExpired = true }
      if after != state { found.append(after) }
    }
    return found
  }

  private func perform(_ message: Message, _ state: inout State) -> UInt8 {
    if message.isUpdate {
      state.erpVersion = max(state.erpVersion, message.version)
      return state.erpVersion
    }
    let bit: UInt8 = has(.keyFromVersion) ? message.version : 1
    switch mode {
    case .key where state.keys & bit != 0 && !state.isExpired: return state.erpVersion
    case .uniqueID where state.orders > 0: return state.erpVersion
    default:
      state.orders = min(3, state.orders + 1)
      state.erpVersion = message.version
      if mode == .key { state.keys |= bit }
      return message.version
    }
  }

  private func checked(_ state: State) -> State {
    var state = state
    if state.orders > 1 { state.broken = 3 }
    if state.decided > 1 { state.broken = 4 }
    if state.next > 2, !state.isTaken, state.current < state.acknowledged { state.broken = 2 }
    return state
  }
}
