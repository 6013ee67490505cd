import HandoffStore
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOPosix
import Testing

@testable import Desk

/// What only a real connection shows: how bodies come, and how connections end.
@Suite struct SocketTests {
  private static let signed = "host: localhost\r\nwebhook-signature: right\r\nwebhook-id: w1\r\n"

  private static func setting(bytes: Int = 2048, time: Duration = .seconds(30)) -> DeskSetting {
    var setting = DeskSetting(port: 0)
    setting.maxBodyBytes = bytes
    setting.maxBodyTime = time
    return setting
  }

  private func live(
    _ setting: DeskSetting, _ body: @escaping @Sendable (DeskFixture, Int) async throws -> Void
  ) async throws {
    let fixture = DeskFixture(setting)
    try await fixture.server.application.test(.live) { client in try await body(fixture, client.port ?? 0) }
  }

  private static func chunk(_ count: Int) -> String {
    String(count, radix: 16) + "\r\n" + String(repeating: " ", count: count) + "\r\n"
  }

  private static let chunkedHead = "POST /webhooks/shop HTTP/1.1\r\n\(signed)transfer-encoding: chunked\r\n\r\n"

  @Test func `a body without a length is 413 beyond the limit, and the connection goes on`() async throws {
    try await live(Self.setting()) { _, port in
      let connection = try await RawConnection(port: port)
      try await connection.send(Self.chunkedHead)
      for _ in 0..<3 { try await connection.send(Self.chunk(1000)) }
      try await connection.send("0\r\n\r\n")
      #expect(await connection.answer().hasPrefix("HTTP/1.1 413 "))
      try await connection.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
      #expect(await connection.answer().hasPrefix("HTTP/1.1 200 "))
      await connection.close()
    }
  }

  @Test func `a body without a length and without an end is 413 and cut off`() async throws {
    try await live(Self.setting()) { fixture, port in
      let connection = try await RawConnection(port: port)
      try await connection.send(Self.chunkedHead)
      // The peer may close while we are still sending.
      for _ in 0..<50 { try? await connection.send(Self.chunk(1000)) }
      let text = await connection.rest()
      #expect(text.hasPrefix("HTTP/1.1 413 "))
      #expect(text.lowercased().contains("connection: close\r\n"))
      #expect(try await fixture.store.read { try $0.counts() }.isEmpty)
    }
  }

  @Test func `a length far beyond the limit is refused before a byte of the body`() async throws {
    try await live(Self.setting()) { _, port in
      let connection = try await RawConnection(port: port)
      try await connection.send(
        "POST /webhooks/shop HTTP/1.1\r\n\(Self.signed)content-length: 99999999999\r\n\r\n")
      let text = await connection.rest()
      #expect(text.hasPrefix("HTTP/1.1 413 ") && text.contains("At most 2048 bytes are read."))
    }
  }

  @Test func `a client that dribbles is answered 408 and cut off (F18)`() async throws {
    try await live(Self.setting(time: .zero)) { _, port in
      let connection = try await RawConnection(port: port)
      try await connection.send("POST /webhooks/shop HTTP/1.1\r\n\(Self.signed)content-length: 1000\r\n\r\n")
      for _ in 0..<1000 {
        guard (try? await connection.send(" ")) != nil else { break }
      }
      let text = await connection.rest()
      #expect(text.hasPrefix("HTTP/1.1 408 "))
      #expect(text.contains("/problems/too-slow"))
    }
  }

  @Test func `a dribbled body that nobody wants is cut off too`() async throws {
    try await live(Self.setting(time: .zero)) { _, port in
      for target in ["POST /nowhere", "GET /healthz", "PUT /webhooks/shop"] {
        let connection = try await RawConnection(port: port)
        try await connection.send("\(target) HTTP/1.1\r\n\(Self.signed)content-length: 100000\r\n\r\n")
        for _ in 0..<1000 {
          guard (try? await connection.send(" ")) != nil else { break }
        }
        let text = await connection.rest()
        #expect(text.hasPrefix("HTTP/1.1 ") && text.lowercased().contains("connection: close\r\n"), "\(target)")
      }
    }
  }

  @Test func `clients that stand still hold no thread: others are answered (F18)`() async throws {
    try await live(Self.setting(bytes: 100_000)) { fixture, port in
      var standing: [RawConnection] = []
      for _ in 0..<64 {
        let connection = try await RawConnection(port: port)
        try await connection.send("POST /webhooks/shop HTTP/1.1\r\n\(Self.signed)content-length: 1000\r\n\r\n{")
        standing.append(connection)
      }
      let body = String(decoding: DeskFixture.order(), as: UTF8.self)
      let other = try await RawConnection(port: port)
      try await other.send(
        "POST /webhooks/shop HTTP/1.1\r\n\(Self.signed)content-length: \(body.utf8.count)\r\n\r\n\(body)")
      #expect(await other.answer().hasPrefix("HTTP/1.1 200 "))
      #expect(try await fixture.store.read { try $0.counts() }.values.reduce(0, +) == 1)
      for connection in standing { await connection.close() }
      await other.close()
    }
  }

  @Test(arguments: ["gzip", "GZIP", "deflate", "br", "gzip, gzip", "x"])
  func `a compressed body is refused with words, whatever it would inflate to (F17)`(coding: String) async throws {
    try await live(Self.setting()) { fixture, port in
      let connection = try await RawConnection(port: port)
      try await connection.send(
        "POST /webhooks/shop HTTP/1.1\r\n\(Self.signed)content-encoding: \(coding)\r\ncontent-length: 4\r\n\r\nxxxx")
      let text = await connection.answer()
      #expect(text.hasPrefix("HTTP/1.1 415 "))
      #expect(text.lowercased().contains("accept-encoding: identity\r\n"))
      #expect(text.contains("send it without Content-Encoding"))
      try await connection.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
      #expect(await connection.answer().hasPrefix("HTTP/1.1 200 "))
      #expect(try await fixture.store.read { try $0.unreadable(UnreadableFilter()) }.isEmpty)
      await connection.close()
    }
  }

  @Test func `a body that says it is not coded is read`() async throws {
    try await live(Self.setting(bytes: 100_000)) { _, port in
      let body = String(decoding: DeskFixture.order(), as: UTF8.self)
      let connection = try await RawConnection(port: port)
      let head = "POST /webhooks/shop HTTP/1.1\r\n\(Self.signed)content-encoding: identity\r\n"
      try await connection.send("\(head)content-length: \(body.utf8.count)\r\n\r\n\(body)")
      #expect(await connection.answer().hasPrefix("HTTP/1.1 200 "))
      await connection.close()
    }
  }
}

/// A connection that sends whatever bytes a test likes.
final class RawConnection: Sendable {
  private let channel: any Channel
  private let arrivals: AsyncStream<String>

  init(port: Int) async throws {
    let (arrivals, continuation) = AsyncStream.makeStream(of: String.self)
    self.arrivals = arrivals
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Arrivals(continuation))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }

  func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }

  /// One whole answer with a length.
  func answer() async -> String {
    var text = ""
    for await part in arrivals {
      text += part
      guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
      let length = text[..<end.lowerBound].split(separator: "\r\n").first {
        $0.lowercased().hasPrefix("content-length:")
      }
      let count = length.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
      if text[end.upperBound...].utf8.count >= count { break }
    }
    return text
  }

  /// Everything until the peer closes.
  func rest() async -> String {
    var text = ""
    for await part in arrivals { text += part }
    return text
  }

  func close() async { try? await channel.close().get() }

  private final class Arrivals: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let continuation: AsyncStream<String>.Continuation
    init(_ continuation: AsyncStream<String>.Continuation) { self.continuation = continuation }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      continuation.yield(String(buffer: unwrapInboundIn(data)))
    }
    func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
