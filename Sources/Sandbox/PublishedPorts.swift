import Synchronization

/// The ports of a sandbox, for whoever waits until it listens.
final class PublishedPorts: Sendable {
  private struct State {
    var http: Int?
    var smtp: Int?
  }
  private let state = Mutex(State())

  func set(http: Int) { state.withLock { $0.http = http } }
  func set(smtp: Int) { state.withLock { $0.smtp = smtp } }

  /// Waits until both servers listen.
  /// - Throws: `CancellationError` when the waiting is cancelled, as it is when a port could not be bound.
  func both() async throws -> SandboxPorts {
    while true {
      let (http, smtp) = state.withLock { ($0.http, $0.smtp) }
      if let http, let smtp { return SandboxPorts(http: http, smtp: smtp) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
