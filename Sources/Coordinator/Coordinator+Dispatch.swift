import Connector
import HandoffCore
import HandoffStore
import Logging

extension Coordinator {
  /// Serves one lane: claims what is due as far as permits go, and waits for a signal or for the next due instant.
  func serve(lane: String) async {
    guard let signal = signals[lane] else { return }
    while !permits.isClosed {
      let now = time.now
      let free = permits.takeFree(lane: lane, at: now)
      var isLookedThrough = false
      if free > 0 {
        let claimed = await claim(lane: lane, limit: free, at: now)
        permits.giveBack(free - (claimed?.count ?? 0), lane: lane)
        for task in claimed ?? [] { start(task) }
        if claimed?.count == free { continue }
        isLookedThrough = claimed != nil
      }
      // Until it is known how long: what is planned meanwhile wakes the lane.
      permits.noteSleep(lane: lane, until: .distantFuture)
      let pause = await pause(lane: lane, hasFree: free > 0, lookedThroughAt: isLookedThrough ? now : nil)
      permits.noteSleep(lane: lane, until: time.now + pause)
      await signal.wait(upTo: pause, time)
    }
  }

  /// Leases what may be begun; nil when the store did not answer.
  private func claim(lane: String, limit: Int, at now: Timestamp) async -> [ClaimedTask]? {
    do {
      return try await store.transact { [moves, permits] transaction in
        let claimed = try moves.claim(lane: lane, limit: limit, at: now, in: transaction)
        // What came due with time, after an outage, was turned away at no desk: where every free permit found a task
        // and more wait, each permit that is given back wakes the lane. Otherwise they were served one round a second.
        // Noted before another transaction can turn a task away, or that one's note would be lost.
        let next = claimed.count == limit ? try transaction.nextDue(lane: lane) : nil
        permits.noteBacklog(next.map { $0 <= now } ?? false, lane: lane)
        return claimed
      }
    } catch {
      logger.error("claim failed", metadata: ["lane": "\(lane)", "error": "\(error)"])
      return nil
    }
  }

  /// Until the next task is due, at most the longest pause: a lost signal costs that and nothing else.
  ///
  /// What was due when the lane was looked through, and is due still, waits for another task of its order: the end of
  /// that one wakes the lane. To look again and again until then would be a transaction every few milliseconds.
  /// - Parameter looked: when every task that was due, and could be begun, was; nil when that did not happen.
  private func pause(lane: String, hasFree: Bool, lookedThroughAt looked: Timestamp?) async -> Duration {
    let longest = setting.longestPause
    let resting = permits.pausedUntil(lane: lane).since(time.now)
    if resting > .zero { return min(resting, longest) }
    guard hasFree, !permits.hasBacklog(lane: lane) else { return hasFree ? .milliseconds(20) : longest }
    let next = try? await store.read { store -> (due: Timestamp, isHeldUp: Bool)? in
      guard let due = try store.nextDue(lane: lane) else { return nil }
      guard let looked, due <= looked else { return (due, false) }
      return (try store.nextDue(lane: lane, after: looked) ?? .distantFuture, true)
    }
    permits.noteHeldUp(next?.isHeldUp ?? false, lane: lane)
    guard let due = next?.due else { return longest }
    return max(.milliseconds(5), min(longest, due.since(time.now)))
  }

  /// Performs a task and what follows from it while permits last, then wakes the lane if others wait.
  func perform(_ first: ClaimedTask) async {
    var next: [ClaimedTask] = [first]
    while let task = next.popLast() {
      let event = await outcome(of: task)
      tell(event.isTrouble ? event.detail : nil, lane: task.lane)
      let desk = TransactionDesk(permits, credit: task.lane)
      let followers = await settle(task, event, desk)
      if desk.isCreditLeft { permits.giveBack(1, lane: task.lane) }
      if permits.isAwaited(lane: task.lane) { signals[task.lane]?.set() }
      // The first follower goes on here; others get a child of their own, so that none waits for another.
      if let follower = followers.first { next.append(follower) }
      for follower in followers.dropFirst() {
        if case .terminated = inbox.yield(.perform(follower)) { next.append(follower) }
      }
    }
  }

  private func tell(_ trouble: String?, lane: String) {
    switch troubles.note(trouble, lane: lane, at: time.now) {
    case .trouble(let reason, let count):
      logger.warning(
        "no success",
        metadata: ["lane": "\(lane)", "attempts": "\(count)", "reason": "\(LogText.words(reason))"])
    case .over: logger.notice("success again", metadata: ["lane": "\(lane)"])
    case nil: break
    }
  }

  /// Makes an outcome durable. Knowledge is never given up: a store that is away is asked again until it is back.
  ///
  /// What follows at once in the same lane keeps the permit: an order that has begun is finished before others begin,
  /// or after a peak every order would wait for all the others at each of its steps.
  private func settle(_ task: ClaimedTask, _ event: HandoffEvent, _ desk: TransactionDesk) async -> [ClaimedTask] {
    var pause = Duration.milliseconds(50)
    if case .connectorMisconfigured = event {
      permits.pause(lane: task.lane, until: time.now + setting.misconfiguredPause)
    }
    for _ in 0..<200 {
      let now = time.now
      do {
        let (claimed, handoff) = try await store.transact { [moves] transaction in
          desk.begin(at: now)
          let claimed = try moves.settle(
            task, event, by: task.effect.kind.destination.rawValue, at: now, in: transaction, desk: desk)
          return (claimed, try transaction.row(task.handoff.id)?.handoff)
        }
        if let handoff { announce(handoff, event.name, at: now) }
        wake(handoff)
        expect(desk.waiting)
        return claimed
      } catch {
        desk.returnAll()
        logger.error(
          "settle failed",
          metadata: ["handoff.id": "\(task.handoff.id)", "event": "\(event.name)", "error": "\(error)"])
        // A cancelled task no longer sleeps: it would ask the store 200 times within an instant.
        if Task.isCancelled { return [] }
        await time.sleep(for: pause)
        pause = min(pause * 2, .seconds(2))
      }
    }
    // The lease runs out and the task is looked at again: a submission by a look-up, the rest by repetition.
    return []
  }

  /// Wakes the lanes a handoff's waiting tasks may be in.
  func wake(_ handoff: Handoff?) {
    guard let handoff else { return }
    for lane in permits.backlogs where Moves.serves(lane: lane, handoff) { signals[lane]?.set() }
  }

  /// Wakes the lanes that would sleep past what was just planned for later, at the instant it becomes due.
  func expect(_ waiting: [(lane: String, due: Timestamp)]) {
    for (lane, due) in waiting where permits.isSleptPast(lane: lane, due: due) {
      guard let signal = signals[lane] else { continue }
      _ = time.alarm(after: max(.milliseconds(5), due.since(time.now))) { signal.set() }
    }
  }

  func announce(_ handoff: Handoff, _ event: String, at now: Timestamp) {
    meter.count(event: event)
    if handoff.stage == .confirmed, event == "confirmation_sent" {
      meter.note("captured_to_confirmed", took: now.since(handoff.capturedAt))
    }
    transitions.publish(Transition(handoff: handoff, event: event, at: now))
    logger.debug(
      "handoff moved",
      metadata: ["handoff.id": "\(handoff.id)", "event": "\(event)", "stage": "\(handoff.stage.rawValue)"])
  }

  /// Looks at the deadlines again and again.
  func watchDeadlines() async {
    while !permits.isClosed {
      let now = time.now
      do {
        let count = try await store.transact { [moves] in try moves.sweep(at: now, limit: 200, in: $0) }
        if count == 200 { continue }
      } catch {
        logger.error("deadline sweep failed", metadata: ["error": "\(error)"])
      }
      await stopping.wait(upTo: setting.sweepInterval, time)
    }
  }
}
