import ServiceLifecycle

/// Work that outlives the request which caused it: repeated processing, webhook deliveries and their retries.
///
/// It runs in one task group of the sandbox, so it stops with the sandbox and nothing is left behind.
final class BackgroundWork: Sendable {
  typealias Job = @Sendable () async -> Void
  private let stream: AsyncStream<Job>
  private let continuation: AsyncStream<Job>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func submit(_ job: @escaping Job) { continuation.yield(job) }

  func run() async {
    await withDiscardingTaskGroup { group in
      for await job in stream.cancelOnGracefulShutdown() { group.addTask { await job() } }
      group.cancelAll()
    }
  }
}
