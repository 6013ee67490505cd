/// A server that takes mail, and how to speak to it.
public struct MailServer: Sendable {
  /// Host name or address, without brackets.
  public let host: String
  /// Port; 465 for implicit TLS, 587 otherwise, unless written.
  public let port: Int
  /// Encryption.
  public let security: MailSecurity
  /// Sign-in; nil for a relay that knows us by our address.
  public let credentials: MailCredentials?
  /// A PEM file of certificate authorities to trust instead of the system's.
  public var authorities: String?
  /// How long connecting may take, sign-in excluded.
  public var connectTimeout: Duration = .seconds(10)
  /// How long one message may take from the first byte to the last.
  public var totalTimeout: Duration = .seconds(30)

  /// Reads `smtp://user:password@host:port` or `smtps://…`.
  ///
  /// `smtps` means encryption from the first byte. `smtp` means STARTTLS, which then must succeed; only a server on
  /// loopback is spoken to in the clear without being told to. A `tls` setting (``MailSecurity``) overrides.
  /// - Throws: ``MailConfigurationFault``
  public init(url: String, tls: String? = nil, credentials: MailCredentials? = nil) throws(MailConfigurationFault) {
    let parts = try MailServer.parts(of: url)
    host = parts.host
    self.credentials = credentials ?? parts.credentials
    var chosen: MailSecurity
    if let tls {
      guard let named = MailSecurity(rawValue: tls) else {
        throw MailConfigurationFault("tls", "\"\(tls.prefix(40))\" is not one of starttls, implicit, none")
      }
      chosen = named
    } else {
      chosen = parts.isImplicit ? .implicit : MailServer.isLoopback(parts.host) ? .none : .startTLS
    }
    if parts.isImplicit, chosen != .implicit {
      throw MailConfigurationFault("tls", "the url says smtps, so this cannot be \(chosen.rawValue)")
    }
    if chosen == .none, self.credentials != nil, !MailServer.isLoopback(parts.host) {
      throw MailConfigurationFault("tls", "a password would cross the network in the clear: set starttls or implicit")
    }
    security = chosen
    port = parts.port ?? (chosen == .implicit ? 465 : 587)
  }

  /// Whether the server is on this machine.
  public var isLoopback: Bool { MailServer.isLoopback(host) }

  /// The URL as libcurl wants it; the path is the name we greet with (RFC 5321, section 4.1.1.1).
  func url(greeting: String) -> String {
    let scheme = security == .implicit ? "smtps" : "smtp"
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(scheme)://\(name):\(port)/\(greeting)"
  }

  private static func isLoopback(_ host: String) -> Bool {
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    let isIPv4Loopback = octets.count == 4 && octets.first == "127" && octets.allSatisfy { UInt8($0) != nil }
    return host == "localhost" || host == "::1" || isIPv4Loopback
  }

  private struct Parts {
    var isImplicit: Bool
    var credentials: MailCredentials?
    var host: String
    var port: Int?
  }

  private static func parts(of url: String) throws(MailConfigurationFault) -> Parts {
    let isImplicit = url.hasPrefix("smtps://")
    guard isImplicit || url.hasPrefix("smtp://") else {
      throw MailConfigurationFault("url", "an address that starts with smtp:// or smtps:// is needed")
    }
    var rest = Substring(url).drop { $0 != "/" }.dropFirst(2)
    if rest.last == "/" { rest = rest.dropLast() }
    var credentials: MailCredentials?
    if let at = rest.lastIndex(of: "@") {
      let pair = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let user = pair.first.flatMap(unescaped), let password = pair.dropFirst().first.flatMap(unescaped) else {
        throw MailConfigurationFault("url", "before the @, user:password is needed, with % escapes")
      }
      credentials = MailCredentials(user: user, password: password)
      rest = rest[rest.index(after: at)...]
    }
    var host = rest
    var port: Substring?
    if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
      host = rest[rest.index(after: rest.startIndex)..<close]
      let tail = rest[rest.index(after: close)...]
      port = tail.hasPrefix(":") ? tail.dropFirst() : tail.isEmpty ? nil : "?"
    } else if let colon = rest.lastIndex(of: ":") {
      host = rest[..<colon]
      port = rest[rest.index(after: colon)...]
    }
    let number = port.flatMap { UInt16($0) }.map(Int.init)
    guard isHost(host), port == nil || (number ?? 0) > 0 else {
      throw MailConfigurationFault("url", "the form smtp://host:port is needed, without a path")
    }
    return Parts(isImplicit: isImplicit, credentials: credentials, host: String(host), port: number)
  }

  private static func isHost(_ host: Substring) -> Bool {
    !host.isEmpty && host.utf8.count <= 253
      && host.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5F: true
        default: false
        }
      }
  }

  private static func unescaped(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
      guard digits.count == 2 else { return nil }
      bytes.append(UInt8(digits[0] * 16 + digits[1]))
      rest = rest.dropFirst(2)
    }
    return bytes.isEmpty || bytes.contains(0) ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
