import Connector
import Coordinator
import HandoffCore
import HandoffStore
import Synchronization

/// How fast things go: samples for the throughput curve, and a short memory of costly counts.
final class Pace: Sendable {
  /// What had been counted at an instant.
  struct Sample: Hashable, Sendable {
    let at: Timestamp
    let captured: Int
    let confirmed: Int
  }

  private struct State {
    var samples: [Sample] = []
    var counts: [Stage: Int] = [:]
    var countedAt: Timestamp?
    var lastRejection: Timestamp = .distantPast
    var streams = 0
  }

  static let sampleInterval: Duration = .seconds(5)
  static let sampleLimit = 120
  static let streamLimit = 64

  private let coordinator: Coordinator
  private let clock: any WallClock
  private let state = Mutex(State())

  init(coordinator: Coordinator, clock: any WallClock) {
    self.coordinator = coordinator
    self.clock = clock
  }

  /// Samples until it is cancelled.
  func run() async {
    while !Task.isCancelled {
      sample()
      try? await Task.sleep(for: Pace.sampleInterval)
    }
  }

  func sample() {
    let counters = coordinator.meter.reading.counters
    let sample = Sample(
      at: clock.now, captured: counters["deliveries.applied"] ?? 0,
      confirmed: counters["events.confirmation_sent"] ?? 0)
    state.withLock { state in
      state.samples.append(sample)
      if state.samples.count > Pace.sampleLimit { state.samples.removeFirst() }
    }
  }

  var samples: [Sample] { state.withLock { $0.samples } }

  /// How many handoffs stand in each stage, at most a second old: many pages and scrapes share one count.
  func counts() async throws -> [Stage: Int] {
    let now = clock.now
    let known = state.withLock { state -> [Stage: Int]? in
      guard let at = state.countedAt, now.since(at) < .seconds(1), now >= at else { return nil }
      return state.counts
    }
    if let known { return known }
    let counts = try await coordinator.store.read { try $0.counts() }
    state.withLock { state in
      state.counts = counts
      state.countedAt = now
    }
    return counts
  }

  /// True at most once a second.
  func mayLogRejection() -> Bool {
    let now = clock.now
    return state.withLock { state in
      guard now.since(state.lastRejection) >= .seconds(1) else { return false }
      state.lastRejection = now
      return true
    }
  }

  /// Takes a place among the open event streams; false when all are taken.
  func openStream() -> Bool {
    state.withLock { state in
      guard state.streams < Pace.streamLimit else { return false }
      state.streams += 1
      return true
    }
  }

  func closeStream() { state.withLock { $0.streams -= 1 } }
}
