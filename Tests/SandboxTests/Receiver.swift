import NIOCore
import NIOPosix
import Synchronization

@testable import Sandbox

/// A webhook receiver on loopback that answers as told and keeps what it was sent.
final class Receiver: Sendable {
  struct Delivery: Sendable {
    var headers: [String: String]
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
  }
  private let kept = Mutex<[Delivery]>([])
  private let answers: @Sendable (Int) -> Int

  /// `answers` gives the status for the n-th delivery, counted from 0; 0 hangs up without an answer.
  init(_ answers: @escaping @Sendable (Int) -> Int = { _ in 200 }) { self.answers = answers }

  var deliveries: [Delivery] { kept.withLock { $0 } }

  /// Listens for the length of the body.
  func with(_ body: (String) async throws -> Void) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    let port = server.channel.localAddress?.port ?? 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await server.executeThenClose { clients in
          try await withThrowingDiscardingTaskGroup { inner in
            for try await client in clients { inner.addTask { try? await self.serve(client) } }
          }
        }
      }
      defer { group.cancelAll() }
      try await body("http://127.0.0.1:\(port)/hook")
    }
  }

  private func serve(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
    try await client.executeThenClose { inbound, outbound in
      var bytes: [UInt8] = []
      for try await buffer in inbound {
        bytes.append(contentsOf: buffer.readableBytesView)
        // Requests look like answers but for the first line, so the answer reader can be lent to them.
        while let first = bytes.firstIndex(of: 0x0A) {
          let lent = Array("HTTP/1.1 200 OK\r\n".utf8) + bytes[(first + 1)...]
          guard case .complete(let read) = LoopbackAnswer.read(lent, atEnd: false) else { break }
          let headers = Dictionary(read.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
          bytes = []
          let number = kept.withLock { kept in
            kept.append(Delivery(headers: headers, body: read.body))
            return kept.count - 1
          }
          let status = answers(number)
          guard status > 0 else { return }
          try await outbound.write(ByteBuffer(string: "HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n"))
        }
      }
    }
  }
}
