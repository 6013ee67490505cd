public import Connector
public import HandoffCore
import Synchronization

/// A transport that answers from a script and keeps what was asked; the only peer a connector meets in its unit tests.
public final class ScriptedTransport: HTTPTransport {
  /// What one request is answered with.
  public typealias Reply = Result<HTTPAnswer, ExchangeFailure>

  private struct State {
    var replies: [Reply]
    var calls: [HTTPCall] = []
    var respond: (@Sendable (HTTPCall) -> Reply)?
  }

  private let state: Mutex<State>

  /// Answers the n-th request with the n-th reply; a request beyond the script is `noAnswer`.
  public init(_ replies: [Reply]) { state = Mutex(State(replies: replies)) }

  /// Answers every request with a function.
  public init(_ respond: @escaping @Sendable (HTTPCall) -> Reply) {
    state = Mutex(State(replies: [], respond: respond))
  }

  /// Every request seen, in order.
  public var calls: [HTTPCall] { state.withLock { $0.calls } }

  /// See ``Connector/HTTPTransport/send(_:)``.
  public func send(_ call: HTTPCall) async throws(ExchangeFailure) -> HTTPAnswer {
    let reply: Reply = state.withLock { state in
      state.calls.append(call)
      if let respond = state.respond { return respond(call) }
      guard !state.replies.isEmpty else { return .failure(.noAnswer("The script has no further reply.")) }
      return state.replies.removeFirst()
    }
    return try reply.get()
  }
}

extension Result where Success == HTTPAnswer, Failure == ExchangeFailure {
  /// An answer with a JSON body.
  public static func json(_ status: Int, _ text: String, _ headers: [HTTPField] = []) -> Self {
    let fields = [HTTPField("Content-Type", "application/json")] + headers
    return .success(HTTPAnswer(status: status, headers: fields, body: Array(text.utf8)))
  }
}

/// A clock that stands still until a test moves it.
public final class StillClock: WallClock {
  private let instant: Mutex<Timestamp>
  /// Starts at an instant.
  public init(_ start: Timestamp) { instant = Mutex(start) }
  /// The instant.
  public var now: Timestamp { instant.withLock { $0 } }
  /// Moves the clock.
  public func advance(by duration: Duration) { instant.withLock { $0 = $0 + duration } }
}
