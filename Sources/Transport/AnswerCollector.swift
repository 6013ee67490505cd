import AsyncHTTPClient
import Connector
import NIOCore
import NIOHTTP1
import Synchronization

/// Gathers one answer and remembers whether the request left.
///
/// The client's deadline for a delegate lasts until the last byte of the body; that of its `async` interface ends with
/// the head, and a body that drips would then wait for ever.
final class AnswerCollector: HTTPClientResponseDelegate {
  typealias Response = HTTPAnswer

  private struct State {
    var headWasSent = false
    var answer = HTTPAnswer(status: 0)
  }

  private let state = Mutex(State())
  private let bodyLimit: Int
  private let isHead: Bool

  init(bodyLimit: Int, isHead: Bool) {
    self.bodyLimit = bodyLimit
    self.isHead = isHead
  }

  /// Whether the request's head was surely handed to the operating system; false proves nothing by itself.
  var headWasSent: Bool { state.withLock { $0.headWasSent } }

  func didSendRequestHead(task: HTTPClient.Task<HTTPAnswer>, _ head: HTTPRequestHead) {
    state.withLock { $0.headWasSent = true }
  }

  func didReceiveHead(task: HTTPClient.Task<HTTPAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    let announced = head.headers.first(name: "content-length").flatMap(Int.init)
    if !isHead, let announced, announced > bodyLimit { return task.eventLoop.makeFailedFuture(tooLarge) }
    var fields: [HTTPField] = []
    fields.reserveCapacity(head.headers.count)
    for (name, value) in head.headers { fields.append(HTTPField(name, value)) }
    state.withLock { state in
      state.answer.status = Int(head.status.code)
      state.answer.headers = fields
      if let announced, !isHead, announced > 0 { state.answer.body.reserveCapacity(announced) }
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<HTTPAnswer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard buffer.readableBytes <= bodyLimit - state.answer.body.count else { return false }
      state.answer.body.append(contentsOf: buffer.readableBytesView)
      return true
    }
    return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(tooLarge)
  }

  func didFinishRequest(task: HTTPClient.Task<HTTPAnswer>) throws -> HTTPAnswer { state.withLock { $0.answer } }

  private var tooLarge: AnswerTooLarge { AnswerTooLarge(limit: bodyLimit) }
}

/// The answer's body is longer than we read.
struct AnswerTooLarge: Error, CustomStringConvertible {
  let limit: Int
  var description: String { "the answer's body is longer than \(limit) bytes" }
}
