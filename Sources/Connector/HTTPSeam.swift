public import HandoffCore

/// One HTTP request to a foreign system, as a value.
public struct HTTPCall: Sendable {
  /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
  public var method: String
  /// The absolute URL.
  public var url: String
  /// Header fields in order.
  public var headers: [HTTPField]
  /// The body; empty for none.
  public var body: [UInt8]
  /// The longest the whole exchange may take; every wait has a deadline (L10).
  public var deadline: Duration

  /// Makes a request; the default deadline is 30 s.
  public init(
    _ method: String, _ url: String, headers: [HTTPField] = [], body: [UInt8] = [], deadline: Duration = .seconds(30)
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.deadline = deadline
  }
}

/// One header field.
public struct HTTPField: Hashable, Sendable {
  /// The field's name; compared without regard to case (RFC 9110, section 5.1).
  public let name: String
  /// The field's value.
  public let value: String
  /// Makes a field.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension [HTTPField] {
  /// The first value of a field, its name compared without regard to case.
  public subscript(_ name: String) -> String? {
    first { $0.isNamed(name) }?.value
  }
}

extension HTTPField {
  /// Whether the field has a name; letters of ASCII compare without regard to case (RFC 9110, section 5.1).
  public func isNamed(_ wanted: String) -> Bool { name.utf8.count == wanted.utf8.count && hasPrefix(wanted) }

  /// Whether the field's name begins with a text, compared in the same way.
  public func hasPrefix(_ wanted: String) -> Bool {
    var (name, wanted) = (name, wanted)
    return name.withUTF8 { name in
      wanted.withUTF8 { wanted in
        guard wanted.count <= name.count else { return false }
        for place in wanted.indices {
          if HTTPField.small(name[place]) != HTTPField.small(wanted[place]) { return false }
        }
        return true
      }
    }
  }

  /// The bytes of the name with the letters of ASCII in lower case.
  package var lowercasedName: [UInt8] {
    var name = name
    return name.withUTF8 { $0.map(HTTPField.small) }
  }

  private static func small(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 32 : byte }
}

/// A complete HTTP answer.
public struct HTTPAnswer: Sendable {
  /// The status code.
  public var status: Int
  /// Header fields in order.
  public var headers: [HTTPField]
  /// The whole body, cut off by the transport at its size limit.
  public var body: [UInt8]

  /// Makes an answer.
  public init(status: Int, headers: [HTTPField] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The body as text, with replacement characters where it is no UTF-8.
  public var text: String { String(decoding: body, as: UTF8.self) }

  /// The body as JSON; nil when it is none.
  public var json: JSONValue? { try? JSONValue(parsing: body) }
}

/// Why an exchange gave no answer; the difference decides whether anything may have happened at the other end.
public enum ExchangeFailure: Error, Hashable, Sendable {
  /// No byte of the request left: certain that nothing was done.
  case notSent(String)
  /// The request left, at least in part, and no complete answer came: the outcome is unknown.
  case noAnswer(String)

  /// What happened, for the journal.
  public var reason: String {
    switch self {
    case .notSent(let reason): "not sent: \(reason)"
    case .noAnswer(let reason): "sent, no answer: \(reason)"
    }
  }
}

/// Sends one request once: no retries and no redirects of its own (F100).
public protocol HTTPTransport: Sendable {
  /// Performs the exchange within the call's deadline.
  /// - Throws: ``ExchangeFailure``; a cancelled task, a dead keep-alive connection and a truncated body are `noAnswer`.
  func send(_ call: HTTPCall) async throws(ExchangeFailure) -> HTTPAnswer
}

/// Where connectors read the wall clock: for signatures and logs, never for decisions.
public protocol WallClock: Sendable {
  /// The present instant.
  var now: Timestamp { get }
}
