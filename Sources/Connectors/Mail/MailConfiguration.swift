public import HandoffCore

/// Everything the mail connector needs to know.
public struct MailConfiguration: Sendable {
  /// The server that takes our mail.
  public var server: MailServer
  /// Who the mail is from, for storefronts without an identity of their own.
  public var identity: MailIdentity
  /// Who the mail is from, per storefront.
  public var identities: [StorefrontName: MailIdentity]
  /// Right side of every Message-ID, normally our own domain. Changing it while messages wait does not touch them.
  public var messageDomain: String
  /// Connections kept to the server, 1 to 16; each has a thread of its own.
  public var connections: Int
  /// Where `doctor` sends its test message; nil for none.
  public var testRecipient: MailAddress?

  /// A configuration with two connections and the sender's own domain in Message-IDs.
  public init(server: MailServer, identity: MailIdentity) {
    self.server = server
    self.identity = identity
    identities = [:]
    messageDomain = identity.from.address.domain
    connections = 2
    testRecipient = nil
  }

  /// The identity of a storefront.
  public func identity(of storefront: StorefrontName) -> MailIdentity { identities[storefront] ?? identity }
}

/// Who a message is from.
public struct MailIdentity: Hashable, Sendable {
  /// The shop's name as the texts use it.
  public var shop: String
  /// The sender; also the envelope's sender, so that bounces and SPF follow it.
  public var from: Mailbox
  /// Where answers go; nil for the sender.
  public var replyTo: Mailbox?
  /// Makes an identity.
  public init(shop: String, from: Mailbox, replyTo: Mailbox? = nil) {
    self.shop = shop
    self.from = from
    self.replyTo = replyTo
  }
}

/// A user name and a password; never printed.
public struct MailCredentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The user name.
  public let user: String
  /// The password.
  public let password: String
  /// Makes credentials.
  public init(user: String, password: String) {
    self.user = user
    self.password = password
  }
  /// A placeholder, so that no log can carry the secret (F123).
  public var description: String { "credentials (not shown)" }
  /// The same placeholder.
  public var debugDescription: String { description }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Whether and when the connection to the server is encrypted.
public enum MailSecurity: String, Hashable, Sendable, CaseIterable {
  /// Plain at first, then encrypted before anything else is said; refused when the server cannot (RFC 3207).
  case startTLS = "starttls"
  /// Encrypted from the first byte, `smtps://` (RFC 8314, section 3.3).
  case implicit
  /// Never; anyone on the way can read the mail.
  case none
}

/// What is wrong with a setting, and how to mend it; never contains a secret.
public struct MailConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The configuration key.
  public let key: String
  /// The words.
  public let reason: String
  /// Names a fault.
  public init(_ key: String, _ reason: String) {
    self.key = key
    self.reason = reason
  }
  /// For the report that lists every fault of a configuration.
  public var description: String { "\(key): \(reason)" }
}
