import HandoffCore

/// The one thread of a simulated world: its jobs, its clock and its dice.
///
/// Every task that runs here was started with an executor preference, which child tasks inherit; the production code
/// starts no other kind. Which of the jobs that are ready runs next is thrown with the dice, so that a seed is also a
/// schedule. The clock moves only when nothing is ready, and then to the next thing that is due.
package final class SeededLoop: Sendable {
  private struct Job {
    let job: UnownedJob
    let seat: Seat
  }

  private struct State {
    var ready: [Job] = []
    var due = DueTimes()
    var sleepers: [Int: UnsafeContinuation<Void, Never>] = [:]
    var errands: [Int: () -> Void] = [:]
    var nextNumber = 0
    var now: Int64 = 0
    var steps = 0
    var dice: Dice
    /// In how many of ten thousand cases the oldest ready job runs rather than any.
    var inOrder: Int
  }

  private let state: OneThread<State>

  /// Makes a loop at the instant zero.
  package init(dice: Dice, inOrder: Int) { state = OneThread(State(dice: dice, inOrder: inOrder)) }

  /// Microseconds of simulated time since the beginning.
  package var now: Int64 { state.value.now }
  /// Jobs run so far.
  package var steps: Int { state.value.steps }
  /// The state of the schedule's dice, for the trace digest.
  package var fingerprint: UInt64 { state.value.dice.state }

  func enqueue(_ job: UnownedJob, _ seat: Seat) { state.value.ready.append(Job(job: job, seat: seat)) }

  /// Does something at an instant.
  package func at(_ instant: Int64, _ errand: @escaping () -> Void) {
    let number = state.value.nextNumber
    state.value.nextNumber += 1
    state.value.errands[number] = errand
    state.value.due.insert(max(instant, state.value.now), number)
  }

  /// Does something after some microseconds.
  package func after(_ microseconds: Int64, _ errand: @escaping () -> Void) {
    at(state.value.now + max(0, microseconds), errand)
  }

  /// Waits for some microseconds; returns at once when the task is cancelled.
  package func sleep(_ microseconds: Int64) async {
    let number = state.value.nextNumber
    state.value.nextNumber += 1
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if Task.isCancelled {
          continuation.resume()
          return
        }
        state.value.sleepers[number] = continuation
        state.value.due.insert(state.value.now + max(0, microseconds), number)
      }
    } onCancel: {
      state.value.sleepers.removeValue(forKey: number)?.resume()
    }
  }

  /// More jobs than any honest run takes: whatever runs on for ever ends here.
  static let mostSteps = 3_000_000

  /// Runs until nothing is left to do or the condition holds, which is asked whenever the clock is about to move.
  package func run(until isDone: (Int64) -> Bool) {
    while state.value.steps < Self.mostSteps {
      while !state.value.ready.isEmpty, state.value.steps < Self.mostSteps { runOne() }
      guard let next = state.value.due.first, !isDone(next.instant) else { return }
      state.value.due.removeFirst()
      if let errand = state.value.errands.removeValue(forKey: next.number) {
        state.value.now = max(state.value.now, next.instant)
        errand()
      } else if let sleeper = state.value.sleepers.removeValue(forKey: next.number) {
        state.value.now = max(state.value.now, next.instant)
        sleeper.resume()
      }
    }
  }

  private func runOne() {
    let count = state.value.ready.count
    let isInOrder = count == 1 || state.value.dice.chance(state.value.inOrder)
    let index = isInOrder ? 0 : state.value.dice.below(count)
    let job = state.value.ready.remove(at: index)
    state.value.steps += 1
    guard job.seat.mayRun(job.job) else { return }
    job.job.runSynchronously(on: job.seat.asUnownedTaskExecutor())
  }
}

/// Where the tasks of one process run; a process can be stopped at any job and go on later (SIGSTOP, SIGCONT).
package final class Seat: TaskExecutor {
  private struct State {
    var isStopped = false
    var held: [UnownedJob] = []
    var jobsUntilAlarm = -1
    var alarm: (() -> Void)?
  }

  private let loop: SeededLoop
  private let state = OneThread(State())

  /// Takes a seat on a loop.
  package init(_ loop: SeededLoop) { self.loop = loop }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if state.value.isStopped { state.value.held.append(job) } else { loop.enqueue(job, self) }
  }

  /// Whether a job may run now; one that may not is kept for later.
  func mayRun(_ job: UnownedJob) -> Bool {
    if state.value.isStopped {
      state.value.held.append(job)
      return false
    }
    if state.value.jobsUntilAlarm >= 0 {
      if state.value.jobsUntilAlarm == 0, let alarm = state.value.alarm {
        state.value.alarm = nil
        state.value.jobsUntilAlarm = -1
        alarm()
        return mayRun(job)
      }
      state.value.jobsUntilAlarm -= 1
    }
    return true
  }

  /// Does something just before the n-th job from now: at any await whatsoever.
  package func before(job count: Int, _ alarm: @escaping () -> Void) {
    state.value.jobsUntilAlarm = count
    state.value.alarm = alarm
  }

  /// Runs nothing any more until ``resume()``.
  package func stop() { state.value.isStopped = true }

  /// Runs what was held, and everything from now on.
  package func resume() {
    state.value.isStopped = false
    let held = state.value.held
    state.value.held = []
    for job in held { loop.enqueue(job, self) }
  }
}

/// Instants in order, and among equal ones in the order in which they were asked for: a binary heap.
struct DueTimes {
  private var heap: [(instant: Int64, number: Int)] = []

  var first: (instant: Int64, number: Int)? { heap.first }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    (heap[left].instant, heap[left].number) < (heap[right].instant, heap[right].number)
  }

  mutating func insert(_ instant: Int64, _ number: Int) {
    heap.append((instant, number))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isBefore(child, parent) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeFirst() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [parent * 2 + 1, parent * 2 + 2] where child < heap.count && isBefore(child, least) { least = child }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
