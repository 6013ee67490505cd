import Synchronization

/// What has been handed in and waits for its one taker, oldest first.
///
/// An `AsyncStream` would do; the queue inside it is not specialised, and every step of every order passes here.
final class Inbox<Element: Sendable>: Sendable {
  private struct State {
    var waiting: [Element] = []
    /// How many of them have been taken.
    var taken = 0
    var taker: CheckedContinuation<Element?, Never>?
    var isClosed = false

    mutating func takeFirst() -> Element? {
      guard taken < waiting.count else { return nil }
      let first = waiting[taken]
      taken += 1
      // Emptied as a whole, or by half: to move all of them up for each would cost the square of a backlog.
      if taken == waiting.count {
        waiting.removeAll(keepingCapacity: taken <= 64)
        taken = 0
      } else if taken >= 64, taken * 2 >= waiting.count {
        waiting.removeFirst(taken)
        taken = 0
      }
      return first
    }
  }

  private let state = Mutex(State())

  /// Hands something in.
  /// - Returns: false when nothing is taken any more.
  @discardableResult
  func put(_ element: Element) -> Bool {
    let (isOpen, taker) = state.withLock { state -> (Bool, CheckedContinuation<Element?, Never>?) in
      if state.isClosed { return (false, nil) }
      if let taker = state.taker.take() { return (true, taker) }
      state.waiting.append(element)
      return (true, nil)
    }
    taker?.resume(returning: element)
    return isOpen
  }

  /// The next one, once there is one; nil when it has been closed and is empty.
  ///
  /// There is one taker, the coordinator's ``Coordinator/run()``: a second one would wait for ever, and so gets nil.
  func next() async -> Element? {
    await withCheckedContinuation { continuation in
      let found = state.withLock { state -> Element?? in
        if let first = state.takeFirst() { return first }
        if state.isClosed || state.taker != nil { return .some(nil) }
        state.taker = continuation
        return nil
      }
      if let found { continuation.resume(returning: found) }
    }
  }

  /// Nothing is taken in any more; what is there can still be taken out.
  func close() {
    let taker = state.withLock { state -> CheckedContinuation<Element?, Never>? in
      state.isClosed = true
      return state.taker.take()
    }
    taker?.resume(returning: nil)
  }
}
