public import Connector
import HandoffCore

/// Tells owners by mail, in plain text, through a connection of its own: no customer's message waits for it.
public struct AlertMail: AlertSender {
  private let server: MailServer
  private let from: Mailbox
  private let console: String?
  private let workers: MailWorkers

  /// Makes a sender; no connection is made yet.
  /// - Parameter console: the console's address, for the link in each message.
  public init(server: MailServer, from: Mailbox, console: String? = nil) {
    self.server = server
    self.from = from
    self.console = console
    workers = MailWorkers(server: server, greeting: from.address.domain, limit: 1)
  }

  /// Owners that are mail addresses.
  public func canReach(_ owner: String) -> Bool { (try? MailAddress(owner)) != nil }

  /// Sends one message; the same facts give the same bytes under the same Message-ID.
  public func send(_ alert: OwnerAlert) async -> MessageOutcome {
    guard let recipient = try? MailAddress(alert.owner) else {
      return .refused(reason: "The owner is no mail address.")
    }
    let envelope = SMTPJob.Envelope(
      sender: from.address.text, recipient: recipient.text, content: write(alert, to: recipient))
    guard let end = await workers.perform(SMTPJob(message: envelope)) else {
      return .deferred(reason: "Not sent: the connection to the mail server was busy.")
    }
    return MessageOutcome(end, recipient: recipient.text)
  }

  /// Connects, encrypts and signs in; sends nothing.
  public func probe() async -> [ProbeFinding] {
    let check = "mail server \(server.host):\(server.port), \(server.security.rawValue)"
    guard let end = await workers.perform(SMTPJob(message: nil)) else {
      return [ProbeFinding(check, isHealthy: false, finding: "The connection to the mail server is busy.")]
    }
    switch MessageOutcome(end, recipient: "") {
    case .accepted: return [ProbeFinding(check, isHealthy: true, finding: "It let us in: \(end.reply)")]
    case .deferred(let reason), .refused(let reason), .misconfigured(let reason):
      return [ProbeFinding(check, isHealthy: false, finding: reason)]
    }
  }

  /// The bytes of one message.
  func write(_ alert: OwnerAlert, to recipient: MailAddress) -> [UInt8] {
    let body = BodyEncoding.canonical(text(alert))
    let encoding = BodyEncoding.best(for: body)
    var header = HeaderWriter()
    header.add("Date", token: alert.at.mailDate)
    header.add("From", mailbox: from)
    header.add("To", mailbox: Mailbox(name: nil, address: recipient))
    header.add("Message-ID", token: MessageWriter.messageID(key: alert.key, domain: from.address.domain))
    let wait = alert.total == 1 ? "1 waits" : "\(alert.total) wait"
    header.add("Subject", text: "Countersign: \(wait) for you: \(alert.summary)")
    header.add("Auto-Submitted", token: "auto-generated")
    header.add("MIME-Version", token: "1.0")
    header.add("Content-Type", token: "text/plain; charset=utf-8")
    header.add("Content-Transfer-Encoding", token: encoding.rawValue)
    return header.bytes + [0x0D, 0x0A] + encoding.encode(body)
  }

  private func text(_ alert: OwnerAlert) -> String {
    var text = "Since the last message to you: \(alert.summary).\n\n"
    for line in alert.oldest { text += "- " + AlertMail.words(line) + "\n" }
    if alert.total > alert.oldest.count { text += "- and \(alert.total - alert.oldest.count) more\n" }
    text += "\nSome may be settled by now. What is still open:\n\n"
    text += "  countersign exception list --owner \(alert.owner)\n  countersign unreadable list\n"
    if let console { text += "  \(console)\n" }
    return text
  }

  private static func words(_ line: OwnerAlertLine) -> String {
    let subject = ForeignText.line(line.subject, limit: 100) ?? "?"
    let what = line.occasion == "unreadable" ? "an unreadable delivery, \(subject)," : "order \(subject)"
    var text = "\(what) of \(line.storefront.text): \(line.kind)"
    if line.occasion == "escalated" { text += ", gone up because its deadline passed" }
    if line.occasion == "assigned" { text += ", given to you" }
    return text + "; since \(line.since.iso8601), act before \(line.deadline.iso8601)"
  }
}
