import Connector
import ConnectorTesting
import HandoffCore
import Mustache

@testable import ConnectorMail

extension FuzzTarget {
  /// What a mail server says, line by line; `>` before a line makes it a command of ours.
  static let smtp = FuzzTarget(name: "smtp") { bytes throws(Finding) in
    let conversation = SMTPConversation(content: Array("content".utf8))
    let code = UInt32(bytes.first ?? 0)
    for line in bytes.dropFirst().split(separator: 0x0A, omittingEmptySubsequences: false) {
      Array(line).withUnsafeBytes { raw in
        if raw.first == UInt8(ascii: ">") {
          conversation.note(command: UnsafeRawBufferPointer(rebasing: raw.dropFirst()))
        } else {
          conversation.take(replyLine: raw)
        }
      }
    }
    try must((0...999).contains(conversation.replyCode), "a reply code of \(conversation.replyCode)")
    try must(conversation.reply.count <= 1100, "a reply of \(conversation.reply.count) bytes is kept")
    let end = SMTPEnd(
      code: code, words: "words", phase: conversation.phase, replyCode: conversation.replyCode,
      reply: String(decoding: conversation.reply, as: UTF8.self))
    for recipient in ["", "anna@example.org"] {
      let outcome = MessageOutcome(end, recipient: recipient)
      let isTaken = (200...299).contains(conversation.replyCode) && code == 0
      try must((outcome == .accepted) == isTaken, "\(conversation.replyCode) is \(outcome)")
    }
  }

  private static let sender: MailSender? = {
    guard let server = try? MailServer(url: "smtp://127.0.0.1:9"),
      let from = try? Mailbox("Mugs & More <orders@mugs.example>"), let templates = try? MailTemplates.load()
    else { return nil }
    let identity = MailIdentity(shop: "Mugs & More", from: from)
    return try? MailSender(
      configuration: MailConfiguration(server: server, identity: identity), templates: templates,
      clock: Sample.clock)
  }()

  /// Fields of an order, one after the other with `|` between them, as mail.
  static let mail = FuzzTarget(name: "mail") { bytes throws(Finding) in
    guard let sender else { throw Finding("no sender") }
    let parts = bytes.split(separator: UInt8(ascii: "|"), maxSplits: 7, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    func part(_ index: Int) -> String { index < parts.count ? parts[index] : "" }
    var order = Sample.order
    order.number = part(0)
    order.email = part(1)
    order.customerName = part(2)
    order.language = part(3)
    order.lines[0].title = part(4)
    order.lines[0].sku = part(5)
    var address = Address()
    address.city = part(6)
    address.street1 = part(7)
    order.shippingAddress = address
    for kind in MessageKind.allCases {
      guard let message = try? sender.compose(Sample.facts(kind, order)) else { continue }
      try wellFormed(message.content)
      try must((try? sender.compose(Sample.facts(kind, order))) == message, "a second writing differs")
    }
    guard let owner = try? MailAddress("ops@example.com") else { throw Finding("no owner") }
    for occasion in ["opened", "unreadable"] {
      try wellFormed(alerts?.write(alert(occasion, about: part(0), of: part(4)), to: owner) ?? [])
    }
  }

  private static let alerts: AlertMail? = {
    guard let server = try? MailServer(url: "smtp://127.0.0.1:9"), let from = try? Mailbox("orders@mugs.example")
    else { return nil }
    return AlertMail(server: server, from: from)
  }()

  /// What an owner is told; number and storefront are as foreign as an order's.
  private static func alert(_ occasion: String, about subject: String, of storefront: String) -> OwnerAlert {
    let line = OwnerAlertLine(
      occasion: occasion, kind: "refused", storefront: StorefrontName(storefront), subject: subject, since: Sample.now,
      deadline: Sample.now)
    return OwnerAlert(
      key: "cs-alert-1", owner: "ops@example.com", at: Sample.now, counts: ["refused": 1], oldest: [line])
  }

  private static let fields: Set<String> = [
    "Date", "From", "To", "Message-ID", "References", "Subject", "Auto-Submitted", "Content-Language",
    "X-Countersign-Order", "X-Countersign-Message", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
  ]

  /// Seven bits, lines of at most 998 bytes ended by CRLF, and no header field but ours.
  private static func wellFormed(_ content: [UInt8]) throws(Finding) {
    try must(content.allSatisfy { $0 < 0x80 && $0 != 0 }, "a message of eight bits")
    var inHeader = true
    for line in content.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
      try must(line.last == 0x0D && line.dropLast().allSatisfy { $0 != 0x0D }, "a line that CRLF does not end")
      try must(line.count <= 999, "a line of \(line.count) bytes")
      if line.count == 1 { inHeader = false }
      guard inHeader, line.first != 0x20 else { continue }
      let name = String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
      try must(fields.contains(name), "a foreign header field \(name)")
    }
  }

  private static let rule = AcknowledgementRule(additional: [:])

  /// A byte that chooses kind and part, then a template.
  static let template = FuzzTarget(name: "template") { bytes throws(Finding) in
    let choice = Int(bytes.first ?? 0)
    let kind = MessageKind.allCases[choice % MessageKind.allCases.count]
    let part = TemplatePart.allCases[choice / 4 % TemplatePart.allCases.count]
    let source = String(decoding: bytes.dropFirst(), as: UTF8.self)
    guard let template = try? TemplateCompiler.compile(source, kind: kind, part: part, rule: rule) else { return }
    var order = Sample.order
    order.customerName = "<script>"
    let facts = TemplateFacts(Sample.facts(kind, order), shop: "Mugs")
    let text = template.render(facts.object(for: part))
    let shows = part == .html && !source.contains("script") && text.contains("<script")
    try must(!shows, "a template lets a customer's HTML through: \(text)")
  }
}
