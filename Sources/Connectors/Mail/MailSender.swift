public import Connector
import HandoffCore

/// Tells customers by mail, through one SMTP server.
///
/// `compose` fixes every byte, the Message-ID included; `send` hands exactly these bytes over and never renders again.
/// Delivery is at least once (S4): when the server's answer is lost, the same message is sent again, and mail programs
/// that look at the Message-ID show it once.
public struct MailSender: ConfirmationSender {
  private let configuration: MailConfiguration
  private let templates: MailTemplates
  private let clock: any WallClock
  private let workers: MailWorkers

  /// Makes a sender; no connection is made yet.
  /// - Throws: ``MailConfigurationFault`` when a setting would spoil every message.
  public init(
    configuration: MailConfiguration, templates: MailTemplates, clock: any WallClock
  ) throws(MailConfigurationFault) {
    guard MailAddress.isDomain(configuration.messageDomain.utf8) else {
      throw MailConfigurationFault("messageDomain", "this is no domain name")
    }
    for identity in [configuration.identity] + configuration.identities.values {
      guard let shop = ForeignText.line(identity.shop, limit: ForeignText.nameLimit), shop == identity.shop else {
        throw MailConfigurationFault(
          "shop", "the name is empty, too long, or has line ends or control characters")
      }
      if let stem = templates.offence(inShopName: shop) {
        throw MailConfigurationFault(
          "shop", "the name contains '\(stem)', which an acknowledgement must not say")
      }
    }
    self.configuration = configuration
    self.templates = templates
    self.clock = clock
    workers = MailWorkers(
      server: configuration.server, greeting: configuration.messageDomain, limit: configuration.connections)
  }

  /// Writes the message; see ``Connector/ConfirmationSender/compose(_:)``.
  public func compose(_ facts: MessageFacts) throws(CompositionFailure) -> FrozenMessage {
    let address: MailAddress
    do {
      address = try MailAddress(facts.order.email ?? "")
    } catch {
      throw CompositionFailure(
        "The order's e-mail address \(error.rawValue). Correct it in the storefront's order, or tell the customer "
          + "another way and resolve this exception.")
    }
    let identity = configuration.identity(of: facts.key.storefront)
    let mail = try templates.render(facts, shop: identity.shop)
    let recipient = Mailbox(name: ForeignText.name(facts.order.customerName), address: address)
    let writer = MessageWriter(identity: identity, domain: configuration.messageDomain)
    return FrozenMessage(
      key: facts.messageKey, kind: facts.kind, recipient: address.text,
      content: writer.write(mail, to: recipient, facts: facts))
  }

  /// Hands the frozen bytes to the server; see ``Connector/ConfirmationSender/send(_:)``.
  ///
  /// It ends within twice the server's total timeout, the wait for a free connection included, whether or not the
  /// calling task was cancelled meanwhile.
  public func send(_ message: FrozenMessage) async -> MessageOutcome {
    guard let recipient = try? MailAddress(message.recipient) else {
      return .refused(reason: "The stored recipient is no mail address.")
    }
    let envelope = SMTPJob.Envelope(
      sender: sender(of: message.content), recipient: recipient.text, content: message.content)
    guard let end = await workers.perform(SMTPJob(message: envelope)) else {
      return .deferred(reason: "Not sent: every connection to the mail server was busy.")
    }
    return MessageOutcome(end, recipient: recipient.text)
  }

  /// Connects, encrypts, signs in; then, where a test recipient is configured, sends it a message.
  public func probe() async -> [ProbeFinding] {
    let server = configuration.server
    let check = "mail server \(server.host):\(server.port), \(server.security.rawValue)"
    guard let end = await workers.perform(SMTPJob(message: nil)) else {
      return [ProbeFinding(check, isHealthy: false, finding: "Every connection to the mail server is busy.")]
    }
    guard case .accepted = MessageOutcome(end, recipient: "") else {
      return [ProbeFinding(check, isHealthy: false, finding: MailSender.words(MessageOutcome(end, recipient: "")))]
    }
    var findings = [ProbeFinding(check, isHealthy: true, finding: "It greeted us and let us in: \(end.reply)")]
    if server.security == .none {
      findings.append(
        ProbeFinding(
          "mail encryption", isHealthy: server.isLoopback,
          finding: server.isLoopback
            ? "None; the server is on this machine." : "None: anyone on the way reads the mail. Set tls to starttls."))
    }
    if let recipient = configuration.testRecipient { findings.append(await probe(recipient)) }
    return findings
  }

  private func probe(_ recipient: MailAddress) async -> ProbeFinding {
    let check = "test message to the configured address"
    let now = clock.now
    let identity = configuration.identity
    let facts = ProbeFacts(now: now)
    let writer = MessageWriter(identity: identity, domain: configuration.messageDomain)
    guard let message = facts.message else {
      return ProbeFinding(check, isHealthy: false, finding: "The test message could not be written.")
    }
    let mail = RenderedMail(
      language: "en", subject: "Countersign test message",
      text: "This message proves that \(identity.shop) can send mail through Countersign.\n",
      html: "<p>This message proves that \(ForeignText.html(identity.shop)) can send mail through Countersign.</p>\n")
    let content = writer.write(mail, to: Mailbox(name: nil, address: recipient), facts: message)
    let frozen = FrozenMessage(
      key: message.messageKey, kind: message.kind, recipient: recipient.text, content: content)
    let outcome = await send(frozen)
    return ProbeFinding(check, isHealthy: outcome == .accepted, finding: MailSender.words(outcome))
  }

  private static func words(_ outcome: MessageOutcome) -> String {
    switch outcome {
    case .accepted: "The server has taken it."
    case .deferred(let reason), .refused(let reason), .misconfigured(let reason): reason
    }
  }

  /// The envelope's sender: the identity the frozen message was written for, so that bounces and SPF follow it.
  private func sender(of content: [UInt8]) -> String {
    let identities = [configuration.identity] + configuration.identities.values
    let header = String(decoding: content.prefix(4000), as: UTF8.self)
    let lines = header.split(separator: "\r\n").drop { !$0.hasPrefix("From: ") }
    let field = lines.prefix(1).joined() + lines.dropFirst().prefix { $0.hasPrefix(" ") }.joined()
    let written = identities.map(\.from.address.text).sorted { $0.count > $1.count }
    return written.first { field.contains("<\($0)>") || field == "From: \($0)" }
      ?? configuration.identity.from.address.text
  }
}

/// Facts of a test message, so that it is written by the same code as a real one.
private struct ProbeFacts {
  let now: Timestamp

  var message: MessageFacts? {
    guard let currency = CurrencyCode("EUR") else { return nil }
    let order = Order(
      id: "test", number: "test", currency: currency, total: Money(minorUnits: 0, currency: currency), lines: [])
    return MessageFacts(
      kind: .acknowledgement, handoffID: HandoffID("test"),
      key: OrderKey(storefront: StorefrontName("doctor"), orderID: "test"), recordID: nil, recordNumber: nil,
      order: order, decidedAt: now, messageKey: "test-\(now.microseconds)")
  }
}
