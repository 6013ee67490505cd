/// An address mail can be sent to, in the form the protocol carries (RFC 5321, section 4.1.2).
///
/// Only ASCII addresses are taken: an address with other letters needs SMTPUTF8 at every hop, and a server that lacks
/// it would refuse the message days after the decision. No value of this type can end a line or add a recipient.
public struct MailAddress: Hashable, Sendable {
  /// The address, for example `orders@example.com`.
  public let text: String
  /// What follows the `@`, in small letters.
  public let domain: String

  /// Reads an address; blanks around it are ignored.
  /// - Throws: ``MailAddressFault``, which never repeats the address.
  public init(_ text: String) throws(MailAddressFault) {
    let trimmed = Array(text.utf8).trimmingBlanks
    guard !trimmed.isEmpty else { throw .empty }
    guard trimmed.allSatisfy({ $0 < 0x80 }) else { throw .notASCII }
    guard trimmed.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { throw .badCharacter }
    guard let at = trimmed.lastIndex(of: UInt8(ascii: "@")) else { throw .noAt }
    let local = trimmed[..<at]
    let domain = trimmed[trimmed.index(after: at)...]
    guard !local.isEmpty, local.count <= 64, trimmed.count <= 254 else { throw .badLength }
    guard local.allSatisfy(MailAddress.isLocal) else { throw .badCharacter }
    guard MailAddress.isDomain(domain) else { throw .badDomain }
    self.domain = String(decoding: domain, as: UTF8.self).lowercased()
    let name = String(decoding: local, as: UTF8.self)
    // Some carriers issued addresses such as `a..b@`; the protocol takes them only between quotes.
    let isDotted = local.first != 0x2E && local.last != 0x2E && !name.contains("..")
    self.text = (isDotted ? name : "\"\(name)\"") + "@" + String(decoding: domain, as: UTF8.self)
  }

  private static func isLocal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
  }

  /// Whether bytes are a host name of at least two labels (RFC 1035, section 2.3.1, with digits allowed in front).
  static func isDomain(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
    let labels = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard labels.count >= 2, bytes.count <= 253 else { return false }
    return labels.allSatisfy { label in
      guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
      return first != 0x2D && last != 0x2D && label.allSatisfy(isHostByte)
    }
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
    default: false
    }
  }
}

/// Why text is no address; without the text, because it is personal data.
public enum MailAddressFault: String, Error, Hashable, Sendable {
  /// Nothing there.
  case empty = "is empty"
  /// No `@`.
  case noAt = "has no @"
  /// A blank, a control character or a character the protocol does not allow.
  case badCharacter = "has a character that no mail address has"
  /// Letters outside ASCII.
  case notASCII = "has letters outside ASCII, which many mail servers refuse"
  /// Too long, or nothing before the `@`.
  case badLength = "has nothing before the @ or is too long"
  /// What follows the `@` is no host name.
  case badDomain = "has no plausible domain after the @"
}

/// An address with the name shown beside it.
public struct Mailbox: Hashable, Sendable {
  /// The name shown; nil for none.
  public let name: String?
  /// The address.
  public let address: MailAddress

  /// Joins a name and an address.
  public init(name: String?, address: MailAddress) {
    self.name = name.flatMap { ForeignText.line($0, limit: ForeignText.nameLimit) }
    self.address = address
  }

  /// Reads `orders@example.com` or `Some Shop <orders@example.com>`, as configuration writes it.
  /// - Throws: ``MailAddressFault``
  public init(_ text: String) throws(MailAddressFault) {
    guard let open = text.lastIndex(of: "<"), let close = text.lastIndex(of: ">"), open < close else {
      self.init(name: nil, address: try MailAddress(text))
      return
    }
    let name = text[..<open].drop { $0 == " " || $0 == "\"" }
    let end = name.lastIndex { $0 != " " && $0 != "\"" }
    let shown = end.map { String(name[...$0]) }
    self.init(name: shown, address: try MailAddress(String(text[text.index(after: open)..<close])))
  }
}

extension Array where Element == UInt8 {
  /// The bytes without blanks and line ends at either end.
  fileprivate var trimmingBlanks: ArraySlice<UInt8> {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return []
    }
    return self[first...last]
  }
}
