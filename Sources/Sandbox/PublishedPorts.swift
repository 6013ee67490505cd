import Synchronization

/// The ports of a sandbox, for whoever waits until it listens.
final class PublishedPorts: Sendable {
  private struct State {
    var http: Int?
    var smtp: Int?
    var waiting: [CheckedContinuation<SandboxPorts, Never>] = []
    var both: SandboxPorts? {
      guard let http, let smtp else { return nil }
      return SandboxPorts(http: http, smtp: smtp)
    }
  }
  private let state = Mutex(State())

  func set(http: Int) { update { $0.http = http } }
  func set(smtp: Int) { update { $0.smtp = smtp } }

  func both() async -> SandboxPorts {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state -> SandboxPorts? in
        if state.both == nil { state.waiting.append(continuation) }
        return state.both
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  private func update(_ change: (inout State) -> Void) {
    let (ready, waiting) = state.withLock { state -> (SandboxPorts?, [CheckedContinuation<SandboxPorts, Never>]) in
      change(&state)
      guard let both = state.both else { return (nil, []) }
      defer { state.waiting = [] }
      return (both, state.waiting)
    }
    guard let ready else { return }
    for continuation in waiting { continuation.resume(returning: ready) }
  }
}
