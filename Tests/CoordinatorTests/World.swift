import Coordinator
import HandoffCore
import Synchronization

/// One queue, one thread, and time that passes only when a test says so.
///
/// Whatever the coordinator does runs here as jobs in the order in which they became ready, so that a test sees the
/// same interleaving every time and never waits for a clock. Before time moves, everything that can run has run.
final class World: TaskExecutor, CoordinatorTime {
  private struct State {
    var now: Timestamp
    var jobs: [UnownedJob] = []
    var sleepers: [Int: (until: Timestamp, wake: @Sendable () -> Void)] = [:]
    var next = 0
  }

  static let start = Timestamp(seconds: 1_800_000_000)
  private let state: Mutex<State>

  init(at start: Timestamp = World.start) { state = Mutex(State(now: start)) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
  }

  var now: Timestamp { state.withLock { $0.now } }

  func sleep(for duration: Duration) async {
    guard duration > .zero else { return await Task.yield() }
    let number = state.withLock { state in
      state.next += 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if Task.isCancelled { return true }
          state.sleepers[number] = (state.now + duration, { continuation.resume() })
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: number) }?.wake()
    }
  }

  func alarm(after duration: Duration, _ ring: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
    let number = state.withLock { state in
      state.next += 1
      state.sleepers[state.next] = (state.now + duration, ring)
      return state.next
    }
    return { [self] in state.withLock { _ = $0.sleepers.removeValue(forKey: number) } }
  }

  /// Runs what can run without time passing.
  func settle() {
    while let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) {
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }

  /// Lets time pass, stopping wherever somebody wakes.
  func advance(by duration: Duration) {
    settle()
    let end = now + duration
    while let next = state.withLock({ $0.sleepers.values.map(\.until).min() }), next <= end {
      let woken = state.withLock { state in
        state.now = max(state.now, next)
        let due = state.sleepers.filter { $0.value.until <= next }.sorted { $0.key < $1.key }
        for (number, _) in due { state.sleepers[number] = nil }
        return due.map(\.value.wake)
      }
      for wake in woken { wake() }
      settle()
    }
    state.withLock { $0.now = max($0.now, end) }
  }

  /// Lets time pass until a condition holds; false when it does not within the duration.
  func advance(upTo duration: Duration, until condition: () -> Bool) -> Bool {
    settle()
    let end = now + duration
    while !condition() {
      let next = state.withLock { $0.sleepers.values.map(\.until).min() }
      guard let next, next <= end else { return false }
      advance(by: max(.zero, next.since(now)))
    }
    return true
  }

  /// Begins something and runs it as far as it comes.
  @discardableResult func begin<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Outcome<Value> {
    let outcome = Outcome<Value>()
    Task(executorPreference: self) { outcome.set(await work()) }
    settle()
    return outcome
  }

  /// The value of something that needs no time.
  func value<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
    let outcome = begin { () -> Result<Value, any Error> in
      do { return .success(try await work()) } catch { return .failure(error) }
    }
    guard let result = outcome.value else { throw Unexpected("it did not end without time passing") }
    return try result.get()
  }
}

/// What becomes of something that was begun.
final class Outcome<Value: Sendable>: Sendable {
  private let kept = Mutex<Value?>(nil)
  var value: Value? { kept.withLock { $0 } }
  var isThere: Bool { value != nil }
  func set(_ value: Value) { kept.withLock { $0 = value } }
}

/// A place where performers wait until a test lets them go on.
final class Turnstile: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var inside = 0
    var most = 0
    var passed = 0
  }

  private let state = Mutex(State())

  /// How many are inside now, how many there ever were at once, and how many have left.
  var counts: (inside: Int, most: Int, passed: Int) { state.withLock { ($0.inside, $0.most, $0.passed) } }

  func pass() async {
    state.withLock { state in
      state.inside += 1
      state.most = max(state.most, state.inside)
    }
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
    state.withLock { state in
      state.inside -= 1
      state.passed += 1
    }
  }

  /// Lets the one who has waited longest go on.
  func letOneGo() { state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }?.resume() }

  /// Lets everybody go on, now and later.
  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

/// Numbers and texts that fakes note and tests read.
final class Notes<Value: Sendable>: Sendable {
  private let kept = Mutex<[Value]>([])
  var all: [Value] { kept.withLock { $0 } }
  var count: Int { kept.withLock { $0.count } }
  func add(_ value: Value) { kept.withLock { $0.append(value) } }
}
