import NIOCore
import NIOPosix
import Synchronization

/// What the raw server does with one complete request.
enum Reply: Sendable {
  /// Writes these bytes and keeps the connection.
  case write(String)
  /// Writes these bytes and closes.
  case writeAndClose(String)
  /// Closes without a byte.
  case close
  /// Does nothing, ever.
  case silence

  /// An ordinary answer on a connection that stays.
  static func ok(_ body: String) -> Reply {
    .write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }
}

/// A server that knows just enough HTTP to count requests, and answers each with whatever bytes a test likes.
final class RawServer: Sendable {
  /// Answers the n-th request (from 1) the server has seen in all.
  typealias Script = @Sendable (_ number: Int, _ request: String) -> Reply

  let port: Int
  /// Every complete request, as it arrives.
  let arrivals: AsyncStream<String>
  private let channel: any Channel
  private let record: Record

  final class Record: Sendable {
    private let seen = Mutex<[String]>([])
    private let openings = Atomic(0)
    let continuation: AsyncStream<String>.Continuation
    init(_ continuation: AsyncStream<String>.Continuation) { self.continuation = continuation }
    var requests: [String] { seen.withLock { $0 } }
    var connections: Int { openings.load(ordering: .relaxed) }
    func opened() { openings.add(1, ordering: .relaxed) }
    func append(_ request: String) -> Int {
      let number = seen.withLock { seen in
        seen.append(request)
        return seen.count
      }
      continuation.yield(request)
      return number
    }
  }

  /// Every complete request so far.
  var requests: [String] { record.requests }
  /// Connections accepted so far.
  var connections: Int { record.connections }

  init(_ script: @escaping Script) async throws {
    let (arrivals, continuation) = AsyncStream.makeStream(of: String.self)
    let record = Record(continuation)
    self.arrivals = arrivals
    self.record = record
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(RawHandler(record: record, script: script))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  /// The URL of a path on this server.
  func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

  /// Stops listening.
  func stop() async { try? await channel.close().get() }

  /// A loopback port on which nothing listens.
  static func unusedPort() async throws -> Int {
    let server = try await RawServer { _, _ in .silence }
    await server.stop()
    return server.port
  }
}

private final class RawHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let record: RawServer.Record
  private let script: RawServer.Script
  private var text = ""

  init(record: RawServer.Record, script: @escaping RawServer.Script) {
    self.record = record
    self.script = script
  }

  func channelActive(context: ChannelHandlerContext) { record.opened() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    text += String(buffer: unwrapInboundIn(data))
    while let request = nextRequest() {
      switch script(record.append(request), request) {
      case .write(let bytes): context.writeAndFlush(NIOAny(ByteBuffer(string: bytes)), promise: nil)
      case .writeAndClose(let bytes):
        context.writeAndFlush(NIOAny(ByteBuffer(string: bytes)), promise: nil)
        context.close(promise: nil)
      case .close: context.close(promise: nil)
      case .silence: break
      }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func nextRequest() -> String? {
    guard let head = text.firstRange(of: "\r\n\r\n") else { return nil }
    var length = 0
    for line in text[..<head.lowerBound].lowercased().split(separator: "\r\n") where line.hasPrefix("content-length:") {
      length = Int(line.dropFirst("content-length:".count).drop { $0 == " " }) ?? 0
    }
    guard text[head.upperBound...].utf8.count >= length else { return nil }
    let end = text.utf8.index(head.upperBound, offsetBy: length)
    let request = String(text[..<end])
    text = String(text[end...])
    return request
  }
}
