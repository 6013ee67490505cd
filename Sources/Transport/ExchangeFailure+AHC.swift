import AsyncHTTPClient
import Connector
import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ExchangeFailure {
  /// Judges an error of the HTTP client.
  ///
  /// `notSent` needs two things: an error that only the way to a connection can raise, and no sign that the request's
  /// head left. Everything else is `noAnswer`, the deadline included: the client raises one and the same error for a
  /// deadline before and after the connection was there.
  init(_ error: any Error, headWasSent: Bool) {
    let reason = String(Self.words(error).prefix(300))
    self = !headWasSent && Self.isBeforeSending(error) ? .notSent(reason) : .noAnswer(reason)
  }

  /// The error as a person would say it; the libraries' own descriptions are for their authors.
  private static func words(_ error: any Error) -> String {
    switch error {
    case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
    case let error as HTTPClientError: error.shortDescription.lowercased()
    case let error as NIOConnectionError:
      if let first = error.connectionErrors.first {
        words(first.error)
      } else {
        "the name \(error.host) has no address"
      }
    case ChannelError.connectTimeout: "no connection could be made in time"
    default: String(describing: error)
    }
  }

  private static func isBeforeSending(_ error: any Error) -> Bool {
    switch error {
    case let error as HTTPClientError: beforeConnection.contains(error) || isAboutFields(error)
    case is NIOConnectionError: true
    case let error as ChannelError:
      if case .connectTimeout = error { true } else { false }
    case let error as IOError: isAboutConnecting(error)
    default: isHandshake(error)
    }
  }

  private static let beforeConnection: [HTTPClientError] = [
    .invalidURL, .emptyHost, .emptyScheme, .alreadyShutdown, .connectTimeout, .getConnectionFromPoolTimeout,
    .tlsHandshakeTimeout, .socksHandshakeTimeout, .httpProxyHandshakeTimeout, .identityCodingIncorrectlyPresent,
    .traceRequestWithBody,
  ]

  private static func isAboutFields(_ error: HTTPClientError) -> Bool {
    let words = error.shortDescription
    return words == "Invalid header field names" || words == "Invalid header field values"
      || words == "Server offered unsupported application protocol"
  }

  /// Refused by the peer, or no local socket, port or descriptor to be had: none of these can follow a written byte.
  private static func isAboutConnecting(_ error: IOError) -> Bool {
    [ECONNREFUSED, EMFILE, ENFILE, EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.errnoCode)
  }

  /// A TLS handshake that failed, told by the name of the error: its type belongs to a module this target does not use.
  private static func isHandshake(_ error: any Error) -> Bool {
    guard String(reflecting: type(of: error)).hasPrefix("NIOSSL.") else { return false }
    let words = String(describing: error)
    return words.contains("andshake") || words.contains("failedToValidateHostname")
  }
}
