import HandoffCore

/// The one thread of a simulated world: its jobs, its clock and its dice.
///
/// Every task that runs here was started with an executor preference, which child tasks inherit; the production code
/// starts no other kind. Which of the jobs that are ready runs next is thrown with the dice, so that a seed is also a
/// schedule. The clock moves only when nothing is ready, and then to the next thing that is due.
package final class SeededLoop: Sendable {
  private struct Job {
    let job: UnownedJob
    /// Kept alive by its process, as an executor is to be.
    unowned(unsafe) let seat: Seat
  }

  /// What is to happen at an instant.
  private enum Due {
    case errand(() -> Void)
    case sleeper(UnsafeContinuation<Void, Never>, Seat)
  }

  private nonisolated(unsafe) var ready: [Job] = []
  private nonisolated(unsafe) var due = DueTimes()
  /// What is due, by the place it was given; what was taken back leaves an empty place.
  private nonisolated(unsafe) var places: [(number: Int, due: Due?)] = []
  private nonisolated(unsafe) var freePlaces: [Int] = []
  private nonisolated(unsafe) var nextNumber = 0
  private nonisolated(unsafe) var dice: Dice
  /// In how many of ten thousand cases the oldest ready job runs rather than any.
  private let inOrder: Int

  /// Microseconds of simulated time since the beginning.
  package private(set) nonisolated(unsafe) var now: Int64 = 0
  /// Jobs run so far.
  package private(set) nonisolated(unsafe) var steps = 0
  /// The state of the schedule's dice, for the trace digest.
  package var fingerprint: UInt64 { dice.state }

  /// Makes a loop at the instant zero.
  package init(dice: Dice, inOrder: Int) {
    self.dice = dice
    self.inOrder = inOrder
  }

  func enqueue(_ job: UnownedJob, _ seat: Seat) { ready.append(Job(job: job, seat: seat)) }

  /// A place in the line of what is due, so that it can be taken back.
  package struct Ticket: Sendable {
    fileprivate let place: Int
    fileprivate let number: Int
  }

  private func insert(_ instant: Int64, _ what: consuming Due) -> Ticket {
    nextNumber += 1
    let place = freePlaces.popLast() ?? places.count
    if place == places.count { places.append((0, nil)) }
    places[place].number = nextNumber
    places[place].due = consume what
    due.insert(DueTimes.Entry(instant: max(instant, now), number: nextNumber, place: place))
    return Ticket(place: place, number: nextNumber)
  }

  private func take(_ ticket: Ticket) -> Due? {
    guard ticket.place < places.count, places[ticket.place].number == ticket.number else { return nil }
    var due: Due?
    // Swapped, not copied: the count of references costs more than all the rest.
    swap(&due, &places[ticket.place].due)
    return due
  }

  /// Does something at an instant.
  @discardableResult
  package func at(_ instant: Int64, _ errand: @escaping () -> Void) -> Ticket { insert(instant, .errand(errand)) }

  /// Does something after some microseconds.
  @discardableResult
  package func after(_ microseconds: Int64, _ errand: @escaping () -> Void) -> Ticket {
    at(now + max(0, microseconds), errand)
  }

  /// Does not do it after all; nothing when it has been done.
  package func forget(_ ticket: Ticket) { _ = take(ticket) }

  /// Waits for some microseconds, or until its process is gone.
  ///
  /// The seat ends the wait, not the task's cancellation, which comes of nothing else: a handler for that would cost as
  /// much as all the rest, and a world hardly does anything but wait.
  package func sleep(_ microseconds: Int64, _ seat: Seat) async {
    if seat.isGone { return }
    await withUnsafeContinuation { continuation in
      _ = insert(now + max(0, microseconds), .sleeper(continuation, seat))
    }
  }

  /// Ends every wait of a process that is gone.
  func wakeAll(of seat: Seat) {
    var waiting: [(number: Int, place: Int)] = []
    for (place, entry) in places.enumerated() {
      if case .sleeper(_, let owner) = entry.due, owner === seat { waiting.append((entry.number, place)) }
    }
    for (number, place) in waiting.sorted(by: { $0.number < $1.number }) {
      if case .sleeper(let continuation, _) = take(Ticket(place: place, number: number)) { continuation.resume() }
    }
  }

  /// More jobs than any honest run takes: whatever runs on for ever ends here.
  static let mostSteps = 3_000_000

  /// Runs until nothing is left to do or the condition holds, which is asked whenever the clock is about to move.
  package func run(until isDone: (Int64) -> Bool) {
    while steps < Self.mostSteps {
      while !ready.isEmpty, steps < Self.mostSteps { runOne() }
      guard let next = due.first, !isDone(next.instant) else { return }
      due.removeFirst()
      let what = take(Ticket(place: next.place, number: next.number))
      freePlaces.append(next.place)
      guard let what else { continue }
      now = max(now, next.instant)
      switch consume what {
      case .errand(let errand): errand()
      case .sleeper(let continuation, _): continuation.resume()
      }
    }
  }

  private func runOne() {
    let count = ready.count
    let isInOrder = count == 1 || dice.chance(inOrder)
    let job = ready.remove(at: isInOrder ? 0 : dice.below(count))
    steps += 1
    guard job.seat.mayRun(job.job) else { return }
    job.job.runSynchronously(on: job.seat.asUnownedTaskExecutor())
  }
}

/// Where the tasks of one process run; a process can be stopped at any job and go on later (SIGSTOP, SIGCONT).
package final class Seat: TaskExecutor {
  private let loop: SeededLoop
  /// Whether it has been stopped and not resumed.
  package private(set) nonisolated(unsafe) var isStopped = false
  private nonisolated(unsafe) var held: [UnownedJob] = []
  private nonisolated(unsafe) var jobsUntilAlarm = -1
  private nonisolated(unsafe) var alarm: (() -> Void)?

  /// Takes a seat on a loop.
  package init(_ loop: SeededLoop) { self.loop = loop }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isStopped { held.append(job) } else { loop.enqueue(job, self) }
  }

  /// Whether a job may run now; one that may not is kept for later.
  func mayRun(_ job: UnownedJob) -> Bool {
    if isStopped {
      held.append(job)
      return false
    }
    if jobsUntilAlarm >= 0 {
      if jobsUntilAlarm == 0, let alarm {
        self.alarm = nil
        jobsUntilAlarm = -1
        alarm()
        return mayRun(job)
      }
      jobsUntilAlarm -= 1
    }
    return true
  }

  /// Does something just before the n-th job from now: at any await whatsoever.
  package func before(job count: Int, _ alarm: @escaping () -> Void) {
    jobsUntilAlarm = count
    self.alarm = alarm
  }

  /// Whether the process is gone: none of its tasks waits for time any more.
  package private(set) nonisolated(unsafe) var isGone = false

  /// The process is gone.
  func leave() {
    isGone = true
    loop.wakeAll(of: self)
  }

  /// Forgets what was to be done before a job: it knows the process, and the process its seat.
  func forgetAlarm() { alarm = nil }

  /// Runs nothing any more until ``resume()``.
  package func stop() { isStopped = true }

  /// Runs what was held, and everything from now on.
  package func resume() {
    isStopped = false
    let kept = held
    held = []
    for job in kept { loop.enqueue(job, self) }
  }
}

/// Instants in order, and among equal ones in the order in which they were asked for: a binary heap.
struct DueTimes {
  struct Entry {
    let instant: Int64
    let number: Int
    let place: Int
  }

  private var heap: [Entry] = []

  var first: Entry? { heap.first }

  private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
    left.instant != right.instant ? left.instant < right.instant : left.number < right.number
  }

  mutating func insert(_ entry: Entry) {
    heap.append(entry)
    heap.withUnsafeMutableBufferPointer { heap in
      var child = heap.count - 1
      while child > 0 {
        let parent = (child - 1) / 2
        guard DueTimes.isBefore(entry, heap[parent]) else { break }
        heap[child] = heap[parent]
        child = parent
      }
      heap[child] = entry
    }
  }

  mutating func removeFirst() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap.withUnsafeMutableBufferPointer { heap in
      var parent = 0
      while true {
        var child = parent * 2 + 1
        guard child < heap.count else { break }
        if child + 1 < heap.count, DueTimes.isBefore(heap[child + 1], heap[child]) { child += 1 }
        guard DueTimes.isBefore(heap[child], last) else { break }
        heap[parent] = heap[child]
        parent = child
      }
      heap[parent] = last
    }
  }
}
