import Synchronization

/// What the simulated mail server received.
final class Mailbox: Sendable {
  let settings: MailboxSettings
  let tools: VendorTools
  private let state: Mutex<State>

  private struct State {
    var messages: [MailMessage] = []
    var received = 0
  }

  init(_ settings: MailboxSettings, tools: VendorTools) {
    self.settings = settings
    self.tools = tools
    state = Mutex(State())
  }

  /// The reply to a recipient, and whether it is taken.
  func verdict(on recipient: String) -> (accepted: Bool, reply: String) {
    let faults = tools.faults.faults
    let address = recipient.lowercased()
    if faults.refuseRecipients.contains(where: { $0.lowercased() == address }) {
      tools.record(.mailRefused, ref: "", detail: ["to": .string(recipient), "reply": "550"])
      return (false, "550 5.1.1 No such mailbox\r\n")
    }
    if faults.deferRecipients.contains(where: { $0.lowercased() == address }) {
      return (false, "451 4.3.0 Mailbox busy, try again later\r\n")
    }
    return (true, "250 2.1.5 Ok\r\n")
  }

  /// Stores a message; the ledger entry is written before anybody hears of it.
  @discardableResult
  func accept(_ envelope: SMTPSession.Envelope) -> Int {
    var message = MailMessage(envelope: envelope)
    return state.withLock { state in
      state.received += 1
      message.number = state.received
      message.microseconds = tools.clock.microseconds
      state.messages.append(message)
      if state.messages.count > settings.keep + 1024 {
        state.messages.removeFirst(state.messages.count - settings.keep)
      }
      tools.record(
        .mailAccepted, ref: message.header("X-Countersign-Order") ?? "",
        erpId: message.header("X-Countersign-ERP") ?? "",
        detail: [
          "messageId": JSON(message.header("Message-ID")), "subject": JSON(message.header("Subject")),
          "order": JSON(message.header("X-Countersign-Order")),
          "message": JSON(message.header("X-Countersign-Message")), "to": JSON(strings: envelope.to),
          "from": .string(envelope.from), "number": JSON(message.number),
        ])
      return state.received
    }
  }

  var count: Int { state.withLock { $0.received } }

  /// Messages kept, optionally to an address, with a Message-ID, or for an order; oldest first.
  func messages(to: String? = nil, messageId: String? = nil, order: String? = nil) -> [MailMessage] {
    state.withLock { state in
      state.messages.filter { message in
        if let to, !message.envelope.to.contains(where: { $0.lowercased() == to.lowercased() }) { return false }
        if let messageId, message.header("Message-ID")?.strippedBrackets != messageId.strippedBrackets { return false }
        if let order, message.header("X-Countersign-Order") != order { return false }
        return true
      }
    }
  }
}

/// A message as received, its headers unfolded.
struct MailMessage: Sendable {
  var number = 0
  var microseconds: Int64 = 0
  var envelope: SMTPSession.Envelope
  var headers: [(name: String, value: String)] = []

  init(envelope: SMTPSession.Envelope) {
    self.envelope = envelope
    let text = String(decoding: envelope.body, as: UTF8.self)
    for line in text.split(separator: "\r\n" as Character, omittingEmptySubsequences: false) {
      if line.isEmpty { break }
      if line.first == " " || line.first == "\t", !headers.isEmpty {
        headers[headers.count - 1].value += " " + line.trimmed
      } else if let colon = line.firstIndex(of: ":") {
        headers.append((String(line[..<colon]), line[line.index(after: colon)...].trimmed))
      }
    }
  }

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  var json: JSON {
    [
      "number": JSON(number), "at_us": JSON(microseconds),
      "envelope": [
        "helo": .string(envelope.helo), "from": .string(envelope.from), "to": JSON(strings: envelope.to),
        "user": JSON(envelope.user),
      ],
      "headers": .array(headers.map { [.string($0.name), .string($0.value)] }),
      "raw": .string(String(decoding: envelope.body, as: UTF8.self)),
    ]
  }
}

extension String {
  fileprivate var strippedBrackets: String {
    hasPrefix("<") && hasSuffix(">") ? String(dropFirst().dropLast()) : self
  }
}
