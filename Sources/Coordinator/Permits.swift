import HandoffCore
import HandoffStore
import Synchronization

/// Who may perform how much at once, lane by lane.
///
/// An ERP's lane is the ERP's whole concurrency: two storefronts that share an ERP share its lane.
final class Permits: Sendable {
  private struct Lane {
    var limit: Int
    var inUse = 0
    var hasBacklog = true
    var pausedUntil: Timestamp = .distantPast
    /// When whoever serves the lane looks at it again, unless woken.
    var sleepsUntil: Timestamp = .distantPast
  }

  private struct State {
    var lanes: [String: Lane]
    var isClosed = false
  }

  private let state: Mutex<State>

  init(_ limits: [String: Int]) {
    state = Mutex(State(lanes: limits.mapValues { Lane(limit: max(1, $0)) }))
  }

  var lanes: [String] { state.withLock { $0.lanes.keys.sorted() } }

  /// Takes one permit for a task that is being born; never past tasks that already wait.
  func takeOne(lane name: String, at now: Timestamp) -> Bool {
    state.withLock { state in
      guard !state.isClosed, var lane = state.lanes[name], lane.pausedUntil <= now else { return false }
      guard !lane.hasBacklog, lane.inUse < lane.limit else {
        lane.hasBacklog = true
        state.lanes[name] = lane
        return false
      }
      lane.inUse += 1
      state.lanes[name] = lane
      return true
    }
  }

  /// Takes as many permits as are free.
  func takeFree(lane name: String, at now: Timestamp) -> Int {
    state.withLock { state in
      guard !state.isClosed, var lane = state.lanes[name], lane.pausedUntil <= now else { return 0 }
      let free = max(0, lane.limit - lane.inUse)
      lane.inUse += free
      state.lanes[name] = lane
      return free
    }
  }

  func giveBack(_ count: Int, lane name: String) {
    guard count > 0 else { return }
    state.withLock { $0.lanes[name]?.inUse -= count }
  }

  func noteBacklog(_ hasBacklog: Bool, lane name: String) {
    state.withLock { $0.lanes[name]?.hasBacklog = hasBacklog }
  }

  /// The lanes in which tasks wait, by name; asked after every transition, and nearly always none.
  var backlogs: [String] {
    state.withLock { state in
      guard state.lanes.values.contains(where: { $0.hasBacklog }) else { return [] }
      return state.lanes.filter { $0.value.hasBacklog }.keys.sorted()
    }
  }

  func hasBacklog(lane name: String) -> Bool { state.withLock { $0.lanes[name]?.hasBacklog ?? false } }

  func pause(lane name: String, until: Timestamp) { state.withLock { $0.lanes[name]?.pausedUntil = until } }

  func pausedUntil(lane name: String) -> Timestamp { state.withLock { $0.lanes[name]?.pausedUntil ?? .distantPast } }

  /// Whether tasks of a lane may be begun at all.
  func isOpen(lane name: String, at now: Timestamp) -> Bool {
    state.withLock { state in
      guard !state.isClosed, let lane = state.lanes[name] else { return false }
      return lane.pausedUntil <= now
    }
  }

  /// Notes when whoever serves a lane looks at it again by itself.
  func noteSleep(lane name: String, until: Timestamp) { state.withLock { $0.lanes[name]?.sleepsUntil = until } }

  /// Whether a task that becomes due at an instant would be slept past; the next one is compared with this one.
  func isSleptPast(lane name: String, due: Timestamp) -> Bool {
    state.withLock { state in
      guard !state.isClosed, let until = state.lanes[name]?.sleepsUntil, due < until else { return false }
      state.lanes[name]?.sleepsUntil = due
      return true
    }
  }

  func close() { state.withLock { $0.isClosed = true } }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  var usage: [(lane: String, inUse: Int, limit: Int)] {
    state.withLock { state in
      state.lanes.sorted { $0.key < $1.key }.map { ($0.key, $0.value.inUse, $0.value.limit) }
    }
  }
}

/// The desk of one transaction: it remembers what it gave, so that a failed commit, or a body that is run again, can
/// return it.
final class TransactionDesk: LeaseDesk {
  private struct State {
    var now = Timestamp.distantPast
    var taken: [String] = []
    var isCreditLeft = true
    var waiting: [(lane: String, due: Timestamp)] = []
  }

  private let permits: Permits
  private let credit: String?
  private let state = Mutex(State())

  /// - Parameter credit: the lane of a permit that the transaction's own task holds, and may hand on.
  init(_ permits: Permits, credit: String? = nil) {
    self.permits = permits
    self.credit = credit
  }

  /// Whether the permit of the transaction's own task was not handed on.
  var isCreditLeft: Bool { state.withLock { $0.isCreditLeft } }

  /// To be called first in every run of the body.
  func begin(at now: Timestamp) {
    returnAll()
    state.withLock { $0.now = now }
  }

  func take(lane: String) -> Bool {
    state.withLock { state in
      if lane == credit, state.isCreditLeft, permits.isOpen(lane: lane, at: state.now) {
        state.isCreditLeft = false
        return true
      }
      guard permits.takeOne(lane: lane, at: state.now) else { return false }
      state.taken.append(lane)
      return true
    }
  }

  func note(lane: String, due: Timestamp) { state.withLock { $0.waiting.append((lane, due)) } }

  /// What was planned for later, by lane.
  var waiting: [(lane: String, due: Timestamp)] { state.withLock { $0.waiting } }

  func returnAll() {
    let lanes = state.withLock { state in
      defer {
        state.taken = []
        state.waiting = []
        state.isCreditLeft = true
      }
      return state.taken
    }
    for lane in lanes { permits.giveBack(1, lane: lane) }
  }
}
