import AsyncHTTPClient
public import Connector
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Sends requests over the network, once each.
///
/// Nothing here retries, follows a redirect or hides a doubt: what surely did not leave is `notSent`, everything else
/// without a complete answer is `noAnswer` (F100). Certificates are verified against the system's roots; HTTP/1.1 is
/// spoken on every connection, because a refused HTTP/2 stream would be one more state between sent and not sent.
public struct AHCTransport: HTTPTransport {
  /// The limits of a transport.
  public struct Configuration: Sendable {
    /// Where requests may go.
    public var destinations: Destinations
    /// The longest body that is read, in bytes; a longer one is `noAnswer`.
    public var bodyLimit: Int
    /// Connections kept to one host at once; further requests wait for one, at most ``connectTimeout``.
    public var connectionsPerHost: Int
    /// How long a connection may lie unused. Short, since a server that closes first costs an unknown outcome: common
    /// servers close after 2 to 75 s.
    public var idleTimeout: Duration
    /// How long a request may wait for a connection, name resolution and TLS handshake included.
    public var connectTimeout: Duration

    /// Makes the limits; the defaults fit an ERP's API.
    public init(
      destinations: Destinations = .any, bodyLimit: Int = 8 << 20, connectionsPerHost: Int = 32,
      idleTimeout: Duration = .seconds(4), connectTimeout: Duration = .seconds(10)
    ) {
      self.destinations = destinations
      self.bodyLimit = bodyLimit
      self.connectionsPerHost = connectionsPerHost
      self.idleTimeout = idleTimeout
      self.connectTimeout = connectTimeout
    }
  }

  private let clients: ClientPool
  private let bodyLimit: Int

  /// Makes a transport; it keeps its connections until ``shutdown()`` or until the last copy of it is gone.
  public init(_ configuration: Configuration = Configuration()) {
    self.init(configuration, resolver: .system, rule: { $0.isPublic })
  }

  /// Makes a transport with another resolver and another rule for addresses; for tests of the guard itself.
  init(
    _ configuration: Configuration, resolver: AddressResolver, checkedFor: TimeAmount = .seconds(60),
    rule: @escaping @Sendable (IPAddress) -> Bool
  ) {
    bodyLimit = max(0, configuration.bodyLimit)
    clients = ClientPool(configuration, resolver: resolver, checkedFor: checkedFor, rule: rule)
  }

  /// Closes every connection; requests under way end as `noAnswer`, later ones as `notSent`.
  public func shutdown() async { await clients.shutdown() }

  /// See ``Connector/HTTPTransport/send(_:)``.
  public func send(_ call: HTTPCall) async throws(ExchangeFailure) -> HTTPAnswer {
    let deadline = NIODeadline.now() + call.deadline.timeAmount
    let request = try Self.request(call)
    let client = try await clients.client(for: request, deadline: deadline)
    let collector = AnswerCollector(bodyLimit: bodyLimit, isHead: call.method == "HEAD")
    let task = client.execute(request: request, delegate: collector, deadline: deadline)
    do {
      return try await withTaskCancellationHandler {
        try await task.get()
      } onCancel: {
        task.cancel()
      }
    } catch {
      throw ExchangeFailure(error, headWasSent: collector.headWasSent)
    }
  }

  private static func request(_ call: HTTPCall) throws(ExchangeFailure) -> HTTPClient.Request {
    guard !call.method.isEmpty, call.method.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }) else {
      throw .notSent("The method is not a word of capital letters.")
    }
    var headers = HTTPHeaders()
    headers.reserveCapacity(call.headers.count + 3)
    for field in call.headers { headers.add(name: field.name, value: field.value) }
    let request: HTTPClient.Request
    do {
      request = try HTTPClient.Request(
        url: call.url, method: HTTPMethod(rawValue: call.method), headers: headers,
        body: call.body.isEmpty ? nil : .byteBuffer(ByteBuffer(bytes: call.body)))
    } catch {
      throw .notSent("No request can be made of the URL: \(error)")
    }
    guard request.scheme == "http" || request.scheme == "https" else {
      throw .notSent("Only http and https URLs are called.")
    }
    guard request.url.user == nil, request.url.password == nil else {
      throw .notSent("A URL with a user name or password in it is not called.")
    }
    return request
  }
}

extension Duration {
  /// The duration for NIO: at least 1 ms, at most a day, so that no foreign number overflows a deadline.
  var timeAmount: TimeAmount {
    let seconds = min(max(components.seconds, 0), 86_400)
    return max(.milliseconds(1), .seconds(seconds) + .nanoseconds(components.attoseconds / 1_000_000_000))
  }
}
