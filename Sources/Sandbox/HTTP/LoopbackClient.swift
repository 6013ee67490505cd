import NIOCore
import NIOPosix
import Synchronization

/// Why a delivery got no answer.
enum LoopbackFailure: Error, Equatable {
  case badAddress
  case closed
  case timedOut
  case malformed
}

/// The answer to a delivery.
struct LoopbackReply: Sendable {
  var status: Int
  var headers: [(name: String, value: String)]
  var body: [UInt8]

  func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
}

/// A small HTTP/1.1 client for webhook deliveries to loopback: plain text, no redirects, no retries of its own,
/// connections kept alive per address as Shopify does.
///
/// Written over sockets because the exact request bytes (HTTP version, header spelling, raw body) are part of what is
/// simulated.
final class LoopbackClient: Sendable {
  private let group: any EventLoopGroup
  private let idle = Mutex<[String: [any Channel]]>([:])
  static let mostIdle = 64

  init(group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) { self.group = group }

  /// Sends one request and waits for the whole answer. Throws `LoopbackFailure`, or NIO's error when connecting fails.
  func send(
    _ method: String, _ address: String, headers: [(String, String)] = [], body: [UInt8] = [],
    timeoutSeconds: Double = 5
  ) async throws -> LoopbackReply {
    guard let target = LoopbackTarget(address) else { throw LoopbackFailure.badAddress }
    let bytes = target.request(method, headers, body)
    var channel = keptConnection(target)
    if channel == nil { channel = try await connect(target) }
    guard let channel else { throw LoopbackFailure.closed }
    return try await exchange(channel, target, bytes, headOnly: method == "HEAD", timeoutSeconds)
  }

  private func exchange(
    _ channel: any Channel, _ target: LoopbackTarget, _ bytes: [UInt8], headOnly: Bool, _ timeoutSeconds: Double
  ) async throws -> LoopbackReply {
    let promise = channel.eventLoop.makePromise(of: LoopbackReply.self)
    channel.eventLoop.execute {
      do {
        let reader = try channel.pipeline.syncOperations.handler(type: LoopbackReader.self)
        reader.expect(promise, headRequest: headOnly)
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
      } catch {
        promise.fail(LoopbackFailure.closed)
      }
    }
    let timer = channel.eventLoop.scheduleTask(in: .milliseconds(Self.milliseconds(timeoutSeconds))) {
      promise.fail(LoopbackFailure.timedOut)
      channel.close(promise: nil)
    }
    defer { timer.cancel() }
    let reply = try await promise.futureResult.get()
    if reply.header("connection")?.lowercased() == "close" {
      channel.close(promise: nil)
    } else {
      keep(channel, target.key)
    }
    return reply
  }

  private static func milliseconds(_ seconds: Double) -> Int64 {
    Int64(exactly: (max(0.001, min(seconds, 3_600)) * 1_000).rounded()) ?? 5_000
  }

  func close() {
    let channels = idle.withLock { idle in
      defer { idle = [:] }
      return idle.values.flatMap { $0 }
    }
    for channel in channels { channel.close(promise: nil) }
  }

  private func keep(_ channel: any Channel, _ key: String) {
    let kept = idle.withLock { idle in
      guard idle[key, default: []].count < Self.mostIdle else { return false }
      idle[key, default: []].append(channel)
      return true
    }
    if !kept { channel.close(promise: nil) }
  }

  private func keptConnection(_ target: LoopbackTarget) -> (any Channel)? {
    while let channel = idle.withLock({ $0[target.key]?.popLast() }) {
      if channel.isActive { return channel }
    }
    return nil
  }

  private func connect(_ target: LoopbackTarget) async throws -> any Channel {
    try await ClientBootstrap(group: group).connectTimeout(.seconds(1)).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(LoopbackReader()) }
    }.connect(host: target.host, port: target.port).get()
  }
}

/// An `http://host:port/path` address taken apart.
struct LoopbackTarget: Sendable {
  var host: String
  var port: Int
  var path: String
  var key: String { "\(host):\(port)" }

  init?(_ address: String) {
    guard address.hasPrefix("http://") else { return nil }
    let rest = address.dropFirst(7)
    let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) ?? rest.endIndex
    let authority = rest[..<slash].split(separator: ":")
    guard let host = authority.first, authority.count <= 2 else { return nil }
    guard let port = authority.count == 2 ? Int(authority[1]) : 80, (1...65_535).contains(port) else { return nil }
    self.host = String(host)
    self.port = port
    let path = String(rest[slash...])
    self.path = path.isEmpty ? "/" : path
  }

  func request(_ method: String, _ headers: [(String, String)], _ body: [UInt8]) -> [UInt8] {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: \(key)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !body.isEmpty || method == "POST" || method == "PUT" || method == "PATCH" {
      head += "Content-Length: \(body.count)\r\n"
    }
    return Array((head + "\r\n").utf8) + body
  }
}
