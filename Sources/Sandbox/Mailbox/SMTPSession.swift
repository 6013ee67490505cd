/// One SMTP conversation as a value (RFC 5321, with PIPELINING, 8BITMIME, SMTPUTF8, SIZE and AUTH): bytes go in,
/// replies and finished messages come out. It performs nothing itself.
struct SMTPSession: Sendable {
  /// What the connection has to do next, in order.
  enum Output: Sendable, Equatable {
    case reply(String)
    /// A whole message arrived; its outcome decides the reply.
    case message(Envelope)
    case close
  }

  /// What was handed over in one transaction.
  struct Envelope: Sendable, Equatable {
    var helo = ""
    var from = ""
    var to: [String] = []
    var body: [UInt8] = []
    var user: String?
  }

  typealias Verdict = (String) -> (accepted: Bool, reply: String)

  private enum Mode: Sendable, Equatable { case command, data, skip, authUser, authPassword, authPlain }

  private var mode = Mode.command
  private var buffer: [UInt8] = []
  private var envelope = Envelope()
  private var hasSender = false
  private var user: String?
  private var offeredUser = ""
  private let settings: MailboxSettings
  private static let longestLine = 4096

  init(_ settings: MailboxSettings) { self.settings = settings }

  var greeting: String { "220 sandbox.example ESMTP ready\r\n" }

  /// Takes bytes from the wire and says what is to be done; `verdict` decides on each recipient as it comes.
  mutating func receive(_ bytes: some Sequence<UInt8>, verdict: Verdict) -> [Output] {
    buffer.append(contentsOf: bytes)
    var outputs: [Output] = []
    var start = 0
    var index = 0
    while index < buffer.count {
      guard buffer[index] == 0x0A else {
        index += 1
        continue
      }
      var end = index
      if end > start, buffer[end - 1] == 0x0D { end -= 1 }
      line(Array(buffer[start..<end]), into: &outputs, verdict)
      index += 1
      start = index
      if outputs.last == .close { break }
    }
    buffer.removeFirst(start)
    if mode == .command, buffer.count > Self.longestLine {
      outputs += [.reply("500 5.5.2 Line too long\r\n"), .close]
    }
    return outputs
  }

  private mutating func line(_ line: [UInt8], into outputs: inout [Output], _ verdict: Verdict) {
    switch mode {
    case .data, .skip: dataLine(line, into: &outputs)
    case .authUser:
      offeredUser = Self.decoded(line)
      mode = .authPassword
      outputs.append(.reply("334 UGFzc3dvcmQ6\r\n"))
    case .authPassword: finishAuth(offeredUser, Self.decoded(line), into: &outputs)
    case .authPlain: plain(Self.decoded(line), into: &outputs)
    case .command: command(String(decoding: line, as: UTF8.self), into: &outputs, verdict)
    }
  }

  private mutating func dataLine(_ line: [UInt8], into outputs: inout [Output]) {
    guard line != [UInt8(ascii: ".")] else {
      let tooLarge = mode == .skip
      mode = .command
      if tooLarge {
        outputs.append(.reply("552 5.3.4 Message too big\r\n"))
      } else {
        envelope.user = user
        outputs.append(.message(envelope))
      }
      reset()
      return
    }
    guard mode == .data else { return }
    // A line that begins with a dot was stuffed with another (RFC 5321 section 4.5.2).
    envelope.body.append(contentsOf: line.first == UInt8(ascii: ".") ? Array(line.dropFirst()) : line)
    envelope.body.append(contentsOf: [0x0D, 0x0A])
    if envelope.body.count > settings.largestMessage {
      envelope.body = []
      mode = .skip
    }
  }

  private mutating func reset() {
    hasSender = false
    envelope = Envelope(helo: envelope.helo)
  }

  private mutating func command(_ text: String, into outputs: inout [Output], _ verdict: Verdict) {
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    let verb = parts.first.map { $0.uppercased() } ?? ""
    let rest = parts.count > 1 ? String(parts[1]) : ""
    switch verb {
    case "EHLO":
      reset()
      envelope.helo = rest
      var lines = ["sandbox.example", "PIPELINING", "SIZE \(settings.largestMessage)", "8BITMIME", "SMTPUTF8"]
      if settings.user != nil { lines.append("AUTH PLAIN LOGIN") }
      lines.append("ENHANCEDSTATUSCODES")
      for line in lines.dropLast() { outputs.append(.reply("250-\(line)\r\n")) }
      outputs.append(.reply("250 \(lines.last ?? "")\r\n"))
    case "HELO":
      reset()
      envelope.helo = rest
      outputs.append(.reply("250 sandbox.example\r\n"))
    case "MAIL": mail(rest, into: &outputs)
    case "RCPT": rcpt(rest, into: &outputs, verdict)
    case "DATA":
      guard hasSender else { return outputs.append(.reply("503 5.5.1 MAIL first\r\n")) }
      guard !envelope.to.isEmpty else { return outputs.append(.reply("554 5.5.1 No valid recipients\r\n")) }
      mode = .data
      outputs.append(.reply("354 End data with <CR><LF>.<CR><LF>\r\n"))
    case "RSET":
      reset()
      outputs.append(.reply("250 2.0.0 Ok\r\n"))
    case "NOOP": outputs.append(.reply("250 2.0.0 Ok\r\n"))
    case "VRFY": outputs.append(.reply("252 2.0.0 Cannot verify\r\n"))
    case "AUTH": auth(rest, into: &outputs)
    case "QUIT": outputs += [.reply("221 2.0.0 Bye\r\n"), .close]
    default: outputs.append(.reply("502 5.5.2 Command not recognised\r\n"))
    }
  }

  private mutating func mail(_ rest: String, into outputs: inout [Output]) {
    guard !envelope.helo.isEmpty else { return outputs.append(.reply("503 5.5.1 EHLO first\r\n")) }
    guard settings.user == nil || user != nil else {
      return outputs.append(.reply("530 5.7.0 Authentication required\r\n"))
    }
    guard !hasSender else { return outputs.append(.reply("503 5.5.1 Sender already given\r\n")) }
    guard let (address, options) = Self.path(rest, after: "FROM:") else {
      return outputs.append(.reply("501 5.5.4 Syntax: MAIL FROM:<address>\r\n"))
    }
    for option in options where option.uppercased().hasPrefix("SIZE=") {
      guard let size = Int(option.dropFirst(5)), size <= settings.largestMessage else {
        return outputs.append(.reply("552 5.3.4 Message too big\r\n"))
      }
    }
    guard address.utf8.allSatisfy({ $0 < 0x80 }) || options.contains(where: { $0.uppercased() == "SMTPUTF8" }) else {
      return outputs.append(.reply("553 5.6.7 SMTPUTF8 is needed for this address\r\n"))
    }
    envelope.from = address
    hasSender = true
    outputs.append(.reply("250 2.1.0 Ok\r\n"))
  }

  private mutating func rcpt(_ rest: String, into outputs: inout [Output], _ verdict: Verdict) {
    guard hasSender else { return outputs.append(.reply("503 5.5.1 MAIL first\r\n")) }
    guard let (address, _) = Self.path(rest, after: "TO:"), address.contains("@") else {
      return outputs.append(.reply("501 5.1.3 Syntax: RCPT TO:<address>\r\n"))
    }
    let answer = verdict(address)
    if answer.accepted { envelope.to.append(address) }
    outputs.append(.reply(answer.reply))
  }

  private mutating func auth(_ rest: String, into outputs: inout [Output]) {
    guard settings.user != nil else { return outputs.append(.reply("502 5.5.1 AUTH is not offered\r\n")) }
    let parts = rest.split(separator: " ", maxSplits: 1)
    switch parts.first?.uppercased() {
    case "PLAIN" where parts.count > 1: plain(Self.decoded(Array(parts[1].utf8)), into: &outputs)
    case "PLAIN":
      mode = .authPlain
      outputs.append(.reply("334 \r\n"))
    case "LOGIN" where parts.count > 1:
      offeredUser = Self.decoded(Array(parts[1].utf8))
      mode = .authPassword
      outputs.append(.reply("334 UGFzc3dvcmQ6\r\n"))
    case "LOGIN":
      mode = .authUser
      outputs.append(.reply("334 VXNlcm5hbWU6\r\n"))
    default: outputs.append(.reply("504 5.5.4 Mechanism not offered\r\n"))
    }
  }

  private mutating func plain(_ text: String, into outputs: inout [Output]) {
    let parts = text.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
    finishAuth(parts.count == 3 ? parts[1] : "", parts.count == 3 ? parts[2] : "", into: &outputs)
  }

  private mutating func finishAuth(_ name: String, _ password: String, into outputs: inout [Output]) {
    mode = .command
    guard name == settings.user, password == settings.password else {
      return outputs.append(.reply("535 5.7.8 Authentication credentials invalid\r\n"))
    }
    user = name
    outputs.append(.reply("235 2.7.0 Authentication successful\r\n"))
  }

  private static func decoded(_ line: [UInt8]) -> String {
    Authentic.fromBase64(String(decoding: line, as: UTF8.self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Takes `FROM:<a@b> SIZE=10` apart.
  private static func path(_ text: String, after keyword: String) -> (String, [String])? {
    guard text.uppercased().hasPrefix(keyword) else { return nil }
    let rest = text.dropFirst(keyword.count).trimmed
    guard rest.hasPrefix("<"), let end = rest.firstIndex(of: ">") else { return nil }
    let options = rest[rest.index(after: end)...].split(separator: " ").map(String.init)
    return (String(rest[rest.index(after: rest.startIndex)..<end]), options)
  }
}
