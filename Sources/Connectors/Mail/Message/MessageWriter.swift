import Connector
import HandoffCore
import Signing

/// Writes the bytes of one message (RFC 5322, RFC 2046); the same facts always give the same bytes.
struct MessageWriter {
  /// Who sends.
  let identity: MailIdentity
  /// Right side of the Message-ID.
  let domain: String

  /// The name of a message in the mail world; the same on every attempt, so that a second copy is known for one.
  static func messageID(key: String, domain: String) -> String { "<\(safe(key))@\(domain)>" }

  /// The whole message.
  func write(_ mail: RenderedMail, to recipient: Mailbox, facts: MessageFacts) -> [UInt8] {
    let boundary = "=_cs_" + MessageWriter.hex(sha256(Array(facts.messageKey.utf8))).prefix(20)
    var header = HeaderWriter()
    header.add("Date", token: facts.decidedAt.mailDate)
    header.add("From", mailbox: identity.from)
    if let replyTo = identity.replyTo { header.add("Reply-To", mailbox: replyTo) }
    header.add("To", mailbox: recipient)
    header.add("Message-ID", token: MessageWriter.messageID(key: facts.messageKey, domain: domain))
    // One reference for all messages of an order: mail programs show them as one conversation (F56).
    header.add("References", token: MessageWriter.messageID(key: "order-" + facts.handoffID.text, domain: domain))
    header.add("Subject", text: mail.subject)
    header.add("Auto-Submitted", token: "auto-generated")
    header.add("Content-Language", token: mail.language)
    header.add("X-Countersign-Order", text: facts.key.storefront.text + "/" + facts.key.orderID)
    header.add("X-Countersign-Message", text: facts.messageKey)
    header.add("MIME-Version", token: "1.0")
    header.add("Content-Type", token: "multipart/alternative; boundary=\"\(boundary)\"")
    var bytes = header.bytes
    bytes += MessageWriter.part(mail.text, type: "text/plain", boundary: boundary)
    bytes += MessageWriter.part(mail.html, type: "text/html", boundary: boundary)
    bytes += Array("\r\n--\(boundary)--\r\n".utf8)
    return bytes
  }

  private static func part(_ text: String, type: String, boundary: String) -> [UInt8] {
    let body = BodyEncoding.canonical(text)
    let encoding = BodyEncoding.best(for: body)
    var head = HeaderWriter()
    head.add("Content-Type", token: "\(type); charset=utf-8")
    head.add("Content-Transfer-Encoding", token: encoding.rawValue)
    return Array("\r\n--\(boundary)\r\n".utf8) + head.bytes + [0x0D, 0x0A] + encoding.encode(body)
  }

  /// A key as the left side of a Message-ID: letters, digits, `-` and `_` stay, the rest becomes `=` and two digits.
  ///
  /// Two different keys never meet in one id. A key too long for that is replaced by its digest.
  private static func safe(_ key: String) -> String {
    var text = ""
    for byte in key.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "=" + hex([byte])
      }
    }
    return text.isEmpty || text.utf8.count > 160 ? "=sha256=" + hex(sha256(Array(key.utf8))) : text
  }

  private static func hex(_ bytes: [UInt8]) -> String { ContentDigest(bytes: bytes).hex }
}
