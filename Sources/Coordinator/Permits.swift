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
    /// The end of a task is waited for: all permits are in use, or a task is due that waits for another of its order.
    var isHeldUp = false
    var pausedUntil: Timestamp = .distantPast
    /// When whoever serves the lane looks at it again, unless woken.
    var sleepsUntil: Timestamp = .distantPast
  }

  private struct State {
    /// In the order of ``Permits/lanes``.
    var lanes: [Lane]
    var isClosed = false
  }

  private let state: Mutex<State>
  /// The lanes by name, in order; there are never others.
  let lanes: [String]

  init(_ limits: [String: Int]) {
    let sorted = limits.sorted { $0.key < $1.key }
    lanes = sorted.map(\.key)
    state = Mutex(State(lanes: sorted.map { Lane(limit: max(1, $0.value)) }))
  }

  /// Looks at a lane, or changes it; nil when there is no such lane.
  private func with<Value>(_ name: String, _ body: (inout Lane, _ isClosed: Bool) -> Value) -> Value? {
    // They are few, and most of their names are told apart faster than one is hashed.
    guard let place = lanes.firstIndex(of: name) else { return nil }
    return state.withLock { state in body(&state.lanes[place], state.isClosed) }
  }

  /// Takes one permit for a task that is being born; never past tasks that already wait.
  func takeOne(lane name: String, at now: Timestamp) -> Bool {
    with(name) { lane, isClosed in
      guard !isClosed, lane.pausedUntil <= now else { return false }
      guard !lane.hasBacklog, lane.inUse < lane.limit else {
        lane.hasBacklog = true
        return false
      }
      lane.inUse += 1
      return true
    } ?? false
  }

  /// Takes permits to look for waiting tasks with: all that are free where tasks are known to wait, otherwise half of
  /// them, one at least.
  ///
  /// The other half is left to tasks that are born meanwhile. Were all of them taken, each task born in that time would
  /// have to wait in its turn, and be looked for: once begun, that went on for as long as there was any load, with a
  /// transaction more for each task.
  func takeFree(lane name: String, at now: Timestamp) -> Int {
    with(name) { lane, isClosed in
      guard !isClosed, lane.pausedUntil <= now else { return 0 }
      let free = max(0, lane.limit - lane.inUse)
      // Noted together with what was seen, so that no permit comes back unnoticed in between.
      if free == 0 { lane.isHeldUp = true }
      let taken = lane.hasBacklog ? free : (free + 1) / 2
      lane.inUse += taken
      return taken
    } ?? 0
  }

  func giveBack(_ count: Int, lane name: String) {
    guard count > 0 else { return }
    _ = with(name) { lane, _ in lane.inUse -= count }
  }

  /// Notes what was found in a lane: whether tasks wait for permits, and whether tasks wait for others of their order.
  func note(hasBacklog: Bool, isHeldUp: Bool, lane name: String) {
    _ = with(name) { lane, _ in
      lane.hasBacklog = hasBacklog
      lane.isHeldUp = isHeldUp
    }
  }

  /// The lanes in which tasks wait, by name; asked after every transition, and nearly always none.
  var backlogs: [String] {
    state.withLock { state in
      guard state.lanes.contains(where: { $0.hasBacklog }) else { return [] }
      return state.lanes.indices.filter { state.lanes[$0].hasBacklog }.map { lanes[$0] }
    }
  }

  func hasBacklog(lane name: String) -> Bool { with(name) { lane, _ in lane.hasBacklog } ?? false }

  /// Whether whoever serves a lane has to look at it again as soon as a task in it has ended.
  func isAwaited(lane name: String) -> Bool { with(name) { lane, _ in lane.hasBacklog || lane.isHeldUp } ?? false }

  func pause(lane name: String, until: Timestamp) {
    _ = with(name) { lane, _ in lane.pausedUntil = until }
  }

  func pausedUntil(lane name: String) -> Timestamp {
    with(name) { lane, _ in lane.pausedUntil } ?? .distantPast
  }

  /// Whether tasks of a lane may be begun at all.
  func isOpen(lane name: String, at now: Timestamp) -> Bool {
    with(name) { lane, isClosed in !isClosed && lane.pausedUntil <= now } ?? false
  }

  /// Notes when whoever serves a lane looks at it again by itself.
  func noteSleep(lane name: String, until: Timestamp) {
    _ = with(name) { lane, _ in lane.sleepsUntil = until }
  }

  /// Whether a task that becomes due at an instant would be slept past; the next one is compared with this one.
  func isSleptPast(lane name: String, due: Timestamp) -> Bool {
    with(name) { lane, isClosed in
      guard !isClosed, due < lane.sleepsUntil else { return false }
      lane.sleepsUntil = due
      return true
    } ?? false
  }

  func close() { state.withLock { $0.isClosed = true } }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  var usage: [(lane: String, inUse: Int, limit: Int)] {
    state.withLock { state in
      zip(lanes, state.lanes).map { ($0, $1.inUse, $1.limit) }
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
