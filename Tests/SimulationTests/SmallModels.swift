/// What is published never promises more than is there (S5): one unit kind, three orders, late and swapped snapshots.
struct InventoryModel: Sendable {
  enum Mistake: Sendable { case releaseOnReceipt, noSequence, collect }

  struct State: Hashable, Sendable {
    /// 0 unknown, 1 taken in, 2 receipted, 4 collected.
    var orders: [UInt8] = [0, 0, 0]
    var committedAt: [UInt8] = [0, 0, 0]
    var changes: UInt8 = 0
    var value: UInt8 = 2
    var mark: UInt8 = 0
    var snapshots: [[UInt8]] = []
  }

  static let stock = 2
  var mistakes: Set<Mistake> = []

  func successors(of state: State) -> [State] {
    var found: [State] = []
    let committed = UInt8(state.committedAt.filter { $0 > 0 }.count)
    if let next = state.orders.firstIndex(of: 0) { found.append(state.with { $0.orders[next] = 1 }) }
    for order in 0..<3 {
      if state.orders[order] == 1, state.committedAt[order] == 0, state.changes < 9 {
        found.append(
          state.with {
            $0.changes += 1
            $0.committedAt[order] = $0.changes
          })
      }
      if state.orders[order] == 1, state.committedAt[order] > 0 { found.append(state.with { $0.orders[order] = 2 }) }
      if mistakes.contains(.collect), state.orders[order] == 2, state.committedAt[order] <= state.mark {
        found.append(state.with { $0.orders[order] = 4 })
      }
    }
    if state.snapshots.count < 2 {
      let left = UInt8(max(0, Self.stock - Int(committed)))
      found.append(state.with { $0.snapshots.append([left, $0.changes]) })
    }
    for index in state.snapshots.indices {
      found.append(
        state.with {
          let snapshot = $0.snapshots.remove(at: index)
          if mistakes.contains(.noSequence) || snapshot[1] >= $0.mark {
            ($0.value, $0.mark) = (snapshot[0], snapshot[1])
          }
        })
    }
    return found
  }

  /// What would be published now is more than what is left.
  func isBroken(_ state: State) -> Bool {
    var published = Int(state.value)
    for order in 0..<3 {
      let isOnItsWay = state.orders[order] == 1
      let isUncovered =
        state.orders[order] == 2 && state.committedAt[order] > state.mark && !mistakes.contains(.releaseOnReceipt)
      if isOnItsWay || isUncovered { published -= 1 }
    }
    let known = state.orders.filter { $0 > 0 }.count
    return published > 0 && published > Self.stock - known
  }
}

extension InventoryModel.State {
  func with(_ change: (inout Self) -> Void) -> Self {
    var copy = self
    change(&copy)
    return copy
  }
}

/// An ERP whose orders begin as inert drafts: one recorded id is activated, and no other (class D).
struct DraftModel: Sendable {
  struct Worker: Hashable, Sendable {
    var isBusy = false
    var isWaiting = false
    var attempt: UInt8 = 0
    /// The draft to activate; 0 to make one.
    var target: UInt8 = 0
    var answer: UInt8 = 0
    var isActive = false
  }

  struct State: Hashable, Sendable {
    var recorded: UInt8 = 0
    var holder: UInt8 = 0
    var drafts: UInt8 = 0
    var live: Set<UInt8> = []
    var isAccepted = false
    var crashes: UInt8 = 0
    var losses: UInt8 = 0
    var steals: UInt8 = 0
    var workers = [Worker(), Worker()]
    /// Sender, attempt, and the draft to activate, 0 to make one.
    var network: [[UInt8]] = []

    func with(_ change: (inout Self) -> Void) -> Self {
      var copy = self
      change(&copy)
      copy.network.sort { ($0[0], $0[1], $0[2]) < ($1[0], $1[1], $1[2]) }
      return copy
    }
  }

  /// The mistake: the draft in the answer at hand is activated.
  var activatesAnswered = false
  static let budget: (crashes: UInt8, losses: UInt8, steals: UInt8) = (1, 1, 1)

  func isBroken(_ state: State) -> Bool { state.live.count > 1 }

  func successors(of state: State) -> [State] {
    erp(state) + worker(state, 0) + worker(state, 1)
  }

  private func erp(_ state: State) -> [State] {
    var found: [State] = []
    for index in state.network.indices {
      let message = state.network[index]
      let sender = Int(message[0])
      let arrived = state.with { state in
        state.network.remove(at: index)
        if message[2] == 0 { state.drafts = min(4, state.drafts + 1) } else { state.live.insert(message[2]) }
      }
      let listens = state.workers[sender].isWaiting && state.workers[sender].attempt == message[1]
      if listens {
        found.append(
          arrived.with {
            if message[2] == 0 { $0.workers[sender].answer = $0.drafts } else { $0.workers[sender].isActive = true }
          })
      }
      if !listens { found.append(arrived) }
      if state.losses < Self.budget.losses {
        found.append(arrived.with { $0.losses += 1 })
        found.append(
          state.with {
            $0.network.remove(at: index)
            $0.losses += 1
          })
      }
    }
    return found
  }

  private func worker(_ state: State, _ me: Int) -> [State] {
    let own = state.workers[me]
    let name = UInt8(me + 1)
    func released(_ state: inout State) {
      let attempt = state.workers[me].attempt
      state.workers[me] = Worker(attempt: attempt)
      if state.holder == name { state.holder = 0 }
    }
    var found: [State] = []
    if own.isBusy, state.crashes < Self.budget.crashes {
      found.append(
        state.with {
          released(&$0)
          $0.crashes += 1
        })
    }
    guard own.isBusy else {
      let isFree = state.holder == 0
      guard !state.isAccepted, isFree || (state.holder != name && state.steals < Self.budget.steals) else { return [] }
      return [
        state.with {
          if !isFree { $0.steals += 1 }
          $0.holder = name
          $0.workers[me].isBusy = true
          $0.workers[me].target = $0.recorded
        }
      ]
    }
    guard own.isWaiting else {
      guard state.network.count < 3 else { return found }
      return found + [
        state.with {
          $0.workers[me].attempt = 1 - own.attempt
          $0.workers[me].isWaiting = true
          $0.network.append([UInt8(me), 1 - own.attempt, own.target])
        }
      ]
    }
    if own.target == 0, own.answer != 0 { return found + [answered(state, me, released)] }
    if own.target != 0, own.isActive {
      return found + [
        state.with {
          if $0.holder == name { $0.isAccepted = true }
          released(&$0)
        }
      ]
    }
    if !state.network.contains(where: { $0[0] == UInt8(me) && $0[1] == own.attempt }) {
      found.append(state.with { released(&$0) })
    }
    return found
  }

  private func answered(_ state: State, _ me: Int, _ released: (inout State) -> Void) -> State {
    state.with { state in
      let answer = state.workers[me].answer
      let isHolder = state.holder == UInt8(me + 1)
      if activatesAnswered {
        if state.recorded == 0 { state.recorded = answer }
        state.workers[me].isWaiting = false
        state.workers[me].target = answer
        state.workers[me].answer = 0
      } else {
        if isHolder, state.recorded == 0 { state.recorded = answer }
        released(&state)
      }
    }
  }
}

/// Every state of a small model; whether one of them is broken.
func explore<State: Hashable>(
  from start: State, _ successors: (State) -> [State], isBroken: (State) -> Bool
) -> (states: Int, isBroken: Bool) {
  var seen: Set<State> = [start]
  var open = [start]
  while let state = open.popLast() {
    if isBroken(state) { return (seen.count, true) }
    for after in successors(state) where seen.insert(after).inserted { open.append(after) }
  }
  return (seen.count, false)
}
