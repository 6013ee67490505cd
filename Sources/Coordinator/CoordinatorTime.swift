public import Connector
import HandoffCore
import Synchronization

/// The clock and the waiting of the coordinator: real in production, virtual in the simulator.
public protocol CoordinatorTime: WallClock {
  /// Returns after the duration, or at once when the task is cancelled.
  func sleep(for duration: Duration) async
}

/// Something to wait for that can be set many times and is taken once.
final class Signal: Sendable {
  private struct State {
    var isSet = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// Wakes the waiter, or the next one to come.
  func set() {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      let waiter = state.waiter
      state.waiter = nil
      if waiter == nil { state.isSet = true }
      return waiter
    }
    waiter?.resume()
  }

  /// Waits for the signal; at most one waiter at a time.
  private func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isSet = state.withLock { state in
          if state.isSet || Task.isCancelled {
            state.isSet = false
            return true
          }
          state.waiter = continuation
          return false
        }
        if isSet { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
        let waiter = state.waiter
        state.waiter = nil
        return waiter
      }
      waiter?.resume()
    }
  }

  /// Waits for the signal or for the duration, whichever comes first.
  func wait(upTo duration: Duration, _ time: any CoordinatorTime) async {
    if state.withLock({ state in
      let isSet = state.isSet
      state.isSet = false
      return isSet
    }) {
      return
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await time.sleep(for: duration) }
      group.addTask { await self.wait() }
      await group.next()
      group.cancelAll()
    }
  }
}
