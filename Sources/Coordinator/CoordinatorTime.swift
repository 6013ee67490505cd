public import Connector
import HandoffCore
import Synchronization

/// The clock and the waiting of the coordinator: real in production, virtual in the simulator.
public protocol CoordinatorTime: WallClock {
  /// Returns after the duration, or at once when the task is cancelled.
  func sleep(for duration: Duration) async

  /// Calls `ring` once after the duration, from anywhere, and returns at once.
  /// - Returns: what takes the alarm back; it may still ring when it was about to.
  func alarm(after duration: Duration, _ ring: @escaping @Sendable () -> Void) -> @Sendable () -> Void
}

extension CoordinatorTime {
  /// A task that sleeps.
  public func alarm(after duration: Duration, _ ring: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
    let task = Task {
      await sleep(for: duration)
      if !Task.isCancelled { ring() }
    }
    return { task.cancel() }
  }
}

/// Something to wait for that can be set many times and is taken once.
final class Signal: Sendable {
  private struct State {
    var isSet = false
    var waiter: CheckedContinuation<Void, Never>?
    /// Which wait is going on, so that an alarm of an earlier one ends nothing.
    var round = 0
    /// The wait going on, or about to, has had its time.
    var isOver = false
  }

  private let state = Mutex(State())

  /// Wakes the waiter, or the next one to come.
  func set() {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.waiter == nil { state.isSet = true }
      return state.waiter.take()
    }
    waiter?.resume()
  }

  /// Ends the wait of a round, if it is still going on.
  private func end(_ round: Int) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.round == round else { return nil }
      state.isOver = true
      return state.waiter.take()
    }
    waiter?.resume()
  }

  /// Waits for the signal or for the duration, whichever comes first; at most one waiter at a time.
  ///
  /// One suspension and one alarm: each lane waits about once a second, and a simulation does hardly anything else. A
  /// cancellation has no handler of its own here: whoever is cancelled is stopped, and a stop sets every signal.
  func wait(upTo duration: Duration, _ time: any CoordinatorTime) async {
    let round = state.withLock { state -> Int? in
      state.round += 1
      state.isOver = false
      return state.isSet.exchange(false) ? nil : state.round
    }
    guard let round else { return }
    let takeBack = time.alarm(after: duration) { [weak self] in self?.end(round) }
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.isSet.exchange(false) || state.isOver || Task.isCancelled { return true }
        state.waiter = continuation
        return false
      }
      if isOver { continuation.resume() }
    }
    takeBack()
  }
}

extension Bool {
  /// Sets a value and returns the one before.
  fileprivate mutating func exchange(_ value: Bool) -> Bool {
    defer { self = value }
    return self
  }
}
