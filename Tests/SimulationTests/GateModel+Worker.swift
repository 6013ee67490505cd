/// A worker of the model: it claims a lease, and may be paused between any two steps.
extension GateModel {
  func worker(_ state: State, _ me: Int) -> [State] {
    let own = state.workers[me]
    var found: [State] = []
    if own.place != .idle, own.place != .waiting, own.place != .unknown, state.crashes < budget.crashes {
      found.append(crashed(state, me))
    }
    switch own.place {
    case .idle: found += claim(state, me)
    case .claimed: found += act(state, me)
    case .unknown: found += unknown(state, me)
    case .sending: found += send(state, me)
    case .waiting: found += wait(state, me)
    case .deciding: found.append(decide(state, me))
    case .notifying: found.append(notify(state, me))
    case .marking:
      var after = state
      if isFenced(state, me), state.stage == .decided { after.stage = .sent }
      found.append(released(after, me))
    case .mailing:
      var after = state
      after.mails = min(2, after.mails + 1)
      found.append(released(after, me))
    }
    return found
  }

  private func isFenced(_ state: State, _ me: Int) -> Bool {
    mistakes.contains(.noFence) || state.holder == UInt8(me + 1)
  }

  private func released(_ state: State, _ me: Int) -> State {
    var after = state
    if after.holder == UInt8(me + 1) { after.holder = 0 }
    let attempt = after.workers[me].attempt
    after.workers[me] = Worker()
    after.workers[me].attempt = attempt
    return after
  }

  private func crashed(_ state: State, _ me: Int) -> State {
    var after = released(state, me)
    after.crashes += 1
    return after
  }

  private func claim(_ state: State, _ me: Int) -> [State] {
    switch state.stage {
    case .none, .sent, .exception, .lost: return []
    default: break
    }
    guard state.holder == 0 || (state.holder != UInt8(me + 1) && state.steals < budget.steals) else { return [] }
    var after = state
    if state.holder != 0 { after.steals += 1 }
    after.holder = UInt8(me + 1)
    after.workers[me].place = .claimed
    after.workers[me].seen = state.stage
    after.workers[me].version = state.current
    return [after]
  }

  private func act(_ state: State, _ me: Int) -> [State] {
    var after = state
    let own = state.workers[me]
    after.workers[me].seen = .none
    switch own.seen {
    case .pending where state.receipt == 0 && state.submitted == 0:
      guard isFenced(state, me) else { return [released(state, me)] }
      after.stage = .submitting
      after.submitted = own.version
      after.workers[me].place = .sending
    case .pending where state.receipt == 0: after.workers[me].place = .unknown
    case .pending where state.receipt < own.version:
      after.workers[me].isUpdate = true
      after.workers[me].place = .sending
    case .pending:
      if isFenced(state, me) { after.stage = .accepted }
      return [released(after, me)]
    case .submitting, .unknown: after.workers[me].place = .unknown
    case .accepted: after.workers[me].place = .deciding
    case .decided: after.workers[me].place = .notifying
    default: return [released(state, me)]
    }
    return [after]
  }

  /// An earlier create whose outcome is not known.
  private func unknown(_ state: State, _ me: Int) -> [State] {
    var after = state
    after.workers[me].place = .sending
    if mode != .nothing {
      let mustStop =
        (mistakes.contains(.keyMargin) && state.isStopped) || (mistakes.contains(.keyGuard) && state.isExpired)
      return [mustStop ? givenUp(state, me) : after]
    }
    if state.orders > 0 {
      var adopted = state
      if isFenced(state, me) {
        adopted.receipt = state.erpVersion
        adopted.stage = adopted.receipt >= state.current ? .accepted : .pending
      }
      return [released(adopted, me)]
    }
    if mistakes.contains(.naive) { return [after] }
    if mistakes.contains(.bounded) { return state.network.isEmpty ? [after] : [] }
    return [givenUp(state, me)]
  }

  private func givenUp(_ state: State, _ me: Int) -> State {
    var after = state
    if isFenced(state, me) { after.stage = .exception }
    return released(after, me)
  }

  private func send(_ state: State, _ me: Int) -> [State] {
    var after = state
    let own = state.workers[me]
    if !own.isUpdate {
      // Seen by the worker, and then the request is on its way: only a margin makes the two one.
      if mistakes.contains(.keyMargin), state.isStopped { return [givenUp(state, me)] }
      if mistakes.contains(.keyGuard), state.isExpired { return [givenUp(state, me)] }
    }
    guard state.network.count < 3 else { return [] }
    after.workers[me].place = .waiting
    after.workers[me].attempt = 1 - own.attempt
    after.workers[me].isWaiting = true
    after.workers[me].answer = 0
    let created = mistakes.contains(.keyFromVersion) ? state.current : state.submitted
    let message = Message(
      sender: me, attempt: 1 - own.attempt, isUpdate: own.isUpdate, version: own.isUpdate ? own.version : created)
    after.network.append(message)
    after.network.sort()
    return [after]
  }

  private func wait(_ state: State, _ me: Int) -> [State] {
    let own = state.workers[me]
    var after = state
    if own.answer != 0 {
      var found: [State] = state.crashes < budget.crashes ? [crashed(state, me)] : []
      if isFenced(state, me) {
        after.receipt = max(after.receipt, own.answer)
        if [.submitting, .unknown, .pending].contains(state.stage) {
          after.stage = after.receipt >= after.current ? .accepted : .pending
        }
      }
      found.append(released(after, me))
      return found
    }
    let isUnderWay = state.network.contains { $0.sender == me && $0.attempt == own.attempt }
    guard state.timeouts < budget.timeouts || !isUnderWay else { return [] }
    if state.timeouts < budget.timeouts { after.timeouts += 1 }
    if isFenced(state, me) {
      if mistakes.contains(.fireAndForget) {
        after.stage = .lost
      } else if state.stage == .submitting {
        after.stage = .unknown
      }
    }
    return [released(after, me)]
  }

  private func decide(_ state: State, _ me: Int) -> State {
    var after = state
    if mistakes.contains(.noCompare) {
      if state.receipt >= 1 {
        after.decided += 1
        after.decidedVersion = state.receipt
        after.stage = .decided
        if after.decided > 1 { after.broken = 4 }
      }
    } else if mistakes.contains(.noVersion) {
      if isFenced(state, me), state.decided == 0, state.receipt >= 1 {
        after.decided = 1
        after.decidedVersion = state.current
        after.stage = .decided
        if state.receipt != state.current { after.broken = 1 }
      }
    } else if isFenced(state, me), state.decided == 0, state.receipt >= state.current, state.stage == .accepted {
      after.decided = 1
      after.decidedVersion = state.current
      after.stage = .decided
      if state.orders != 1 || state.erpVersion < state.current || state.receipt != state.current { after.broken = 1 }
    } else if isFenced(state, me), state.stage == .accepted, state.receipt < state.current {
      after.stage = .pending
    }
    return released(after, me)
  }

  private func notify(_ state: State, _ me: Int) -> State {
    var after = state
    if mistakes.contains(.markFirst) {
      guard isFenced(state, me), state.stage == .decided else { return released(state, me) }
      after.stage = .sent
      after.workers[me].place = .mailing
    } else {
      after.mails = min(2, after.mails + 1)
      after.workers[me].place = .marking
    }
    return after
  }
}
