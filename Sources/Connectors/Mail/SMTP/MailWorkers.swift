import Dispatch
import Foundation
import Synchronization

/// The threads that talk to the mail server.
///
/// An exchange blocks for up to half a minute; on Swift's own threads it would hold up everything else in the process.
/// Each thread owns one connection and nothing else touches it. Threads start when there is work, and end with this.
final class MailWorkers: Sendable {
  private let queue: JobQueue
  private let limit: Int

  /// Prepares at most a number of threads, 1 to 16.
  init(server: MailServer, greeting: String, limit: Int) {
    self.limit = min(max(1, limit), 16)
    queue = JobQueue(server: server, greeting: greeting)
  }

  deinit { queue.close() }

  /// Performs a job; nil when no thread came free within the server's total timeout, so that nothing was sent.
  func perform(_ job: SMTPJob) async -> SMTPEnd? {
    await withCheckedContinuation { continuation in
      if queue.add(job, continuation, threadLimit: limit) {
        // The thread holds the queue, not this object: otherwise neither would ever end.
        Thread.detachNewThread { [queue] in queue.work() }
      }
    }
  }
}

/// Jobs waiting for a thread.
private final class JobQueue: Sendable {
  private struct Waiting {
    let job: SMTPJob
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<SMTPEnd?, Never>
  }

  private struct State {
    var waiting: [Waiting] = []
    var idle = 0
    var threads = 0
    var isClosed = false
  }

  private let server: MailServer
  private let greeting: String
  private let state = Mutex(State())
  private let wakeUp = DispatchSemaphore(value: 0)

  init(server: MailServer, greeting: String) {
    self.server = server
    self.greeting = greeting
  }

  /// Queues a job; answers whether a further thread is to be started for it.
  func add(_ job: SMTPJob, _ continuation: CheckedContinuation<SMTPEnd?, Never>, threadLimit: Int) -> Bool {
    let deadline = ContinuousClock.now + server.totalTimeout
    let needsThread = state.withLock { state in
      state.waiting.append(Waiting(job: job, deadline: deadline, continuation: continuation))
      guard state.waiting.count > state.idle, state.threads < threadLimit else { return false }
      state.threads += 1
      return true
    }
    wakeUp.signal()
    return needsThread
  }

  /// Lets every thread end once the queue is empty.
  func close() {
    let threads = state.withLock { state in
      state.isClosed = true
      return state.threads
    }
    for _ in 0..<threads { wakeUp.signal() }
  }

  /// A thread's whole life.
  func work() {
    let connection = SMTPConnection(server: server, greeting: greeting)
    while let next = next() {
      let isLate = ContinuousClock.now > next.deadline
      next.continuation.resume(returning: isLate ? nil : connection.perform(next.job))
    }
  }

  private func next() -> Waiting? {
    state.withLock { $0.idle += 1 }
    defer { state.withLock { $0.idle -= 1 } }
    while true {
      wakeUp.wait()
      let (job, isClosed): (Waiting?, Bool) = state.withLock { state in
        (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.isClosed)
      }
      if let job { return job }
      if isClosed { return nil }
    }
  }
}
