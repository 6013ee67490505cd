import Connector
public import HandoffCore
import HandoffStore
import Logging
import Synchronization

/// Whether the store takes writes: what readiness says of a full disk.
///
/// A failure is noted where an order could not be made durable, and where ``Coordinator/tryWriting()`` could not. A
/// small write can still fit where an order does not; so a failure of the first kind counts until an order has been
/// written again, or for ``memory`` when none comes any more because we are not ready.
public final class WriteHealth: Sendable {
  private struct State {
    var order: (at: Timestamp, reason: String)?
    var trial: (at: Timestamp, reason: String)?
  }

  /// How long an order that could not be written counts, at most.
  public static let memory = Duration.seconds(30)

  private let state = Mutex(State())

  func noteOrder(failed reason: String?, at now: Timestamp) {
    state.withLock { $0.order = reason.map { (now, $0) } }
  }

  func noteTrial(failed reason: String?, at now: Timestamp) {
    state.withLock { $0.trial = reason.map { (now, $0) } }
  }

  /// Why the store cannot be written just now; nil when it can.
  public func failure(at now: Timestamp) -> String? {
    state.withLock { state in
      if let trial = state.trial { return trial.reason }
      guard let order = state.order, now < order.at + WriteHealth.memory else { return nil }
      return order.reason
    }
  }
}

extension Coordinator {
  /// Writes one small row and notes whether that worked; so that a disk is known to be full before an order comes.
  public func tryWriting() async {
    let now = time.now
    do {
      try await store.transact { try $0.setMarker("write-trial", to: now.iso8601) }
      writeHealth.noteTrial(failed: nil, at: now)
    } catch {
      writeHealth.noteTrial(failed: "\(error)", at: now)
      logger.error("the store cannot be written", metadata: ["error": "\(error)"])
    }
  }
}
