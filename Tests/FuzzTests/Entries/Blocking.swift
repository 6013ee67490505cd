import Foundation
import Synchronization

/// Runs asynchronous code to its end on the calling thread: connectors over a scripted transport never wait, and a
/// switch of threads would cost more than the parser under test.
enum Blocking {
  private final class Executor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
      UnownedJob(job).runSynchronously(on: asUnownedTaskExecutor())
    }
  }

  private final class Box<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
    let isDone = DispatchSemaphore(value: 0)
  }

  private static let executor = Executor()

  static func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) throws(Finding) -> Value {
    let box = Box<Value>()
    Task(executorPreference: executor) {
      let value = await body()
      box.value.withLock { $0 = value }
      box.isDone.signal()
    }
    box.isDone.wait()
    guard let value = box.value.withLock({ $0 }) else { throw Finding("a task ended without a value") }
    return value
  }
}
