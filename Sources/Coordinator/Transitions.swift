public import HandoffCore
import Synchronization

/// A change of one handoff, after its commit: what the live stream shows.
public struct Transition: Hashable, Sendable {
  /// The handoff as it now stands.
  public let handoff: Handoff
  /// What happened.
  public let event: String
  /// When.
  public let at: Timestamp
}

/// Tells whoever listens what has been committed; costs nothing while nobody does.
final class Transitions: Sendable {
  private struct State {
    var next = 0
    var listeners: [Int: AsyncStream<Transition>.Continuation] = [:]
    var waiters: [HandoffID: [Int: AsyncStream<Transition>.Continuation]] = [:]
  }

  private let state = Mutex(State())

  func publish(_ transition: Transition) {
    state.withLock { state in
      if state.listeners.isEmpty, state.waiters.isEmpty { return }
      for listener in state.listeners.values { listener.yield(transition) }
      if let waiting = state.waiters[transition.handoff.id] {
        for waiter in waiting.values { waiter.yield(transition) }
      }
    }
  }

  /// Every transition from now on; a slow listener loses the oldest beyond 1,000.
  func listen() -> AsyncStream<Transition> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1000)) { continuation in
      let number = state.withLock { state in
        state.next += 1
        state.listeners[state.next] = continuation
        return state.next
      }
      continuation.onTermination = { [weak self] _ in
        self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
      }
    }
  }

  /// The transitions of one handoff from now on.
  func listen(to id: HandoffID) -> AsyncStream<Transition> {
    AsyncStream(bufferingPolicy: .bufferingNewest(50)) { continuation in
      let number = state.withLock { state in
        state.next += 1
        state.waiters[id, default: [:]][state.next] = continuation
        return state.next
      }
      continuation.onTermination = { [weak self] _ in
        self?.state.withLock { state in
          state.waiters[id]?[number] = nil
          if state.waiters[id]?.isEmpty == true { state.waiters[id] = nil }
        }
      }
    }
  }
}
