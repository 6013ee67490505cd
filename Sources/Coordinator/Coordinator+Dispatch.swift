import Connector
import HandoffCore
import HandoffStore
import Logging

extension Coordinator {
  /// What was found when a lane was looked through.
  private struct Look: Sendable {
    var claimed: [ClaimedTask]
    /// Others could be begun as well.
    var isMoreDue: Bool
    /// When the next task becomes due, or the lease of one runs out; what is due already waits for another of its
    /// order.
    var next: Timestamp?
  }

  /// Serves one lane: claims what is due as far as permits go, and waits for a signal or for the next due instant.
  func serve(lane: String) async {
    guard let signal = signals[lane] else { return }
    while !permits.isClosed {
      let now = time.now
      let free = permits.takeFree(lane: lane, at: now)
      // What is planned while nobody has looked yet wakes the lane.
      permits.noteSleep(lane: lane, until: .distantFuture)
      var pause = setting.longestPause
      if free > 0 {
        let look = await look(lane: lane, limit: free, at: now)
        permits.giveBack(free - (look?.claimed.count ?? 0), lane: lane)
        for task in look?.claimed ?? [] { start(task) }
        if let look, look.isMoreDue || look.claimed.count == free { continue }
        pause = self.pause(lane: lane, after: look)
      } else {
        let resting = permits.pausedUntil(lane: lane).since(now)
        if resting > .zero { pause = min(pause, resting) }
      }
      permits.noteSleep(lane: lane, until: time.now + pause)
      await signal.wait(upTo: pause, time)
    }
  }

  /// Leases what may be begun; nil when the store did not answer.
  private func look(lane: String, limit: Int, at now: Timestamp) async -> Look? {
    do {
      return try await store.transact { [moves, permits] transaction in
        let claimed = try moves.claim(lane: lane, limit: limit, at: now, in: transaction)
        let isMoreDue = try !transaction.dueTasks(lane: lane, now: now, limit: 1).isEmpty
        let isHeldUp = try !isMoreDue && transaction.nextDue(lane: lane).map { $0 <= now } ?? false
        // What came due with time, after an outage, was turned away at no desk: where more wait, each permit that is
        // given back wakes the lane. Otherwise they were served one round a second. Noted before another transaction
        // can turn a task away, or end the one that is waited for, or that one's note would be lost.
        permits.note(hasBacklog: isMoreDue, isHeldUp: isHeldUp, lane: lane)
        return Look(
          claimed: claimed, isMoreDue: isMoreDue, next: try transaction.nextDue(lane: lane, after: now))
      }
    } catch {
      logger.error("claim failed", metadata: ["lane": "\(lane)", "error": "\(error)"])
      return nil
    }
  }

  /// Until the next task is due, at most the longest pause: a lost signal costs that and nothing else.
  ///
  /// What is due and was not begun waits for another task of its order: the end of that one wakes the lane. To look
  /// again and again until then would be a transaction every few milliseconds.
  private func pause(lane: String, after look: Look?) -> Duration {
    guard let look else { return .milliseconds(50) }
    // Somebody was turned away meanwhile.
    if permits.hasBacklog(lane: lane) { return .milliseconds(20) }
    guard let next = look.next else { return setting.longestPause }
    return max(.milliseconds(5), min(setting.longestPause, next.since(time.now)))
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
        if !inbox.put(.perform(follower)) { next.append(follower) }
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
