/// A worker of the model: it claims a lease, and may be paused between any two steps.
extension GateModel {
  func worker(_ state: State, _ me: Int) -> [State] {
    let place = state.workers[me].place
    var found: [State] = []
    if ![.idle, .waiting, .unknown].contains(place), state.crashes < budget.crashes { found = [crashed(state, me)] }
    switch place {
    case .idle: return found + claim(state, me)
    case .claimed: return found + [act(state, me)]
    case .unknown: return found + unknown(state, me)
    case .sending: return found + send(state, me)
    case .waiting: return found + wait(state, me)
    case .deciding: return found + [decide(state, me)]
    case .notifying: return found + [notify(state, me)]
    case .marking:
      return found + [released(state.with { if isFenced($0, me), $0.stage == .decided { $0.stage = .sent } }, me)]
    case .mailing: return found + [released(state.with { $0.mails = min(2, $0.mails + 1) }, me)]
    }
  }

  private func isFenced(_ state: State, _ me: Int) -> Bool { has(.noFence) || state.holder == UInt8(me + 1) }

  private func released(_ state: State, _ me: Int) -> State {
    state.with {
      if $0.holder == UInt8(me + 1) { $0.holder = 0 }
      $0.workers[me] = Worker(attempt: $0.workers[me].attempt)
    }
  }

  private func crashed(_ state: State, _ me: Int) -> State { released(state, me).with { $0.crashes += 1 } }

  private func claim(_ state: State, _ me: Int) -> [State] {
    if [.none, .sent, .exception, .lost].contains(state.stage) { return [] }
    guard state.holder == 0 || (state.holder != UInt8(me + 1) && state.steals < budget.steals) else { return [] }
    let claimed = state.with {
      if $0.holder != 0 { $0.steals += 1 }
      $0.holder = UInt8(me + 1)
      $0.workers[me].place = .claimed
      $0.workers[me].seen = $0.stage
      $0.workers[me].version = $0.current
    }
    return [claimed]
  }

  private func act(_ state: State, _ me: Int) -> State {
    let own = state.workers[me]
    var after = state
    after.workers[me].seen = .none
    switch own.seen {
    case .pending where state.receipt == 0 && state.submitted == 0:
      guard isFenced(state, me) else { return released(state, me) }
      after.stage = .submitting
      after.submitted = own.version
      after.workers[me].place = .sending
    case .pending where state.receipt == 0: after.workers[me].place = .unknown
    case .pending where state.receipt < own.version:
      after.workers[me].isUpdate = true
      after.workers[me].place = .sending
    case .pending:
      if isFenced(state, me) { after.stage = .accepted }
      return released(after, me)
    case .submitting, .unknown: after.workers[me].place = .unknown
    case .accepted: after.workers[me].place = .deciding
    case .decided: after.workers[me].place = .notifying
    default: return released(state, me)
    }
    return after
  }

  /// An earlier create whose outcome is not known.
  private func unknown(_ state: State, _ me: Int) -> [State] {
    let again = state.with { $0.workers[me].place = .sending }
    if mode != .nothing {
      let mustStop = (has(.keyMargin) && state.isStopped) || (has(.keyGuard) && state.isExpired)
      return [mustStop ? givenUp(state, me) : again]
    }
    if state.orders > 0 {
      let adopted = state.with {
        guard isFenced($0, me) else { return }
        $0.receipt = $0.erpVersion
        $0.stage = $0.receipt >= $0.current ? .accepted : .pending
      }
      return [released(adopted, me)]
    }
    if has(.naive) { return [again] }
    if has(.bounded) { return state.network.isEmpty ? [again] : [] }
    return [givenUp(state, me)]
  }

  private func givenUp(_ state: State, _ me: Int) -> State {
    released(state.with { if isFenced($0, me) { $0.stage = .exception } }, me)
  }

  private func send(_ state: State, _ me: Int) -> [State] {
    let own = state.workers[me]
    // Seen by the worker, and then the request is on its way: only a margin makes the two one.
    let mustStop = (has(.keyMargin) && state.isStopped) || (has(.keyGuard) && state.isExpired)
    if !own.isUpdate, mustStop { return [givenUp(state, me)] }
    guard state.network.count < 3 else { return [] }
    let created = has(.keyFromVersion) ? state.current : state.submitted
    let sent = state.with {
      $0.workers[me].place = .waiting
      $0.workers[me].attempt = 1 - own.attempt
      $0.workers[me].isWaiting = true
      $0.workers[me].answer = 0
      let version = own.isUpdate ? own.version : created
      $0.network.append(Message(sender: me, attempt: 1 - own.attempt, isUpdate: own.isUpdate, version: version))
      $0.network.sort { $0.code < $1.code }
    }
    return [sent]
  }

  private func wait(_ state: State, _ me: Int) -> [State] {
    let own = state.workers[me]
    if own.answer != 0 {
      let taken = state.with {
        guard isFenced($0, me) else { return }
        $0.receipt = max($0.receipt, own.answer)
        guard [.submitting, .unknown, .pending].contains($0.stage) else { return }
        $0.stage = $0.receipt >= $0.current ? .accepted : .pending
      }
      return (state.crashes < budget.crashes ? [crashed(state, me)] : []) + [released(taken, me)]
    }
    let isUnderWay = state.network.contains { $0.sender == me && $0.attempt == own.attempt }
    guard state.timeouts < budget.timeouts || !isUnderWay else { return [] }
    let over = state.with {
      if $0.timeouts < budget.timeouts { $0.timeouts += 1 }
      guard isFenced($0, me) else { return }
      if has(.fireAndForget) { $0.stage = .lost } else if $0.stage == .submitting { $0.stage = .unknown }
    }
    return [released(over, me)]
  }

  private func decide(_ state: State, _ me: Int) -> State {
    let mayDecide = isFenced(state, me) && state.decided == 0
    let isMet = mayDecide && state.receipt >= state.current && state.stage == .accepted
    var after = state
    if has(.noCompare) || has(.noVersion) ? state.receipt >= 1 && (mayDecide || has(.noCompare)) : isMet {
      after.decided += 1
      after.stage = .decided
      if after.decided > 1 { after.broken = 4 }
      let isHeld = state.receipt == state.current && state.orders == 1 && state.erpVersion >= state.current
      if has(.noVersion) ? state.receipt != state.current : !has(.noCompare) && !isHeld { after.broken = 1 }
    } else if !has(.noCompare), !has(.noVersion), isFenced(state, me), state.receipt < state.current {
      if state.stage == .accepted { after.stage = .pending }
    }
    return released(after, me)
  }

  private func notify(_ state: State, _ me: Int) -> State {
    if !has(.markFirst) {
      return state.with {
        $0.mails = min(2, $0.mails + 1)
        $0.workers[me].place = .marking
      }
    }
    guard isFenced(state, me), state.stage == .decided else { return released(state, me) }
    return state.with {
      $0.stage = .sent
      $0.workers[me].place = .mailing
    }
  }
}
