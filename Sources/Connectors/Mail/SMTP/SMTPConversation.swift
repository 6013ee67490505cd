/// How far an exchange with a mail server came.
enum SMTPPhase: Int, Comparable {
  /// Connecting, greeting, encryption.
  case opening
  /// Proving who we are.
  case signIn
  /// Naming the sender.
  case sender
  /// Naming the recipient.
  case recipient
  /// Asking to send the content.
  case data
  /// Content partly handed over.
  case content
  /// All content handed over; only the answer is missing.
  case contentSent

  static func < (left: SMTPPhase, right: SMTPPhase) -> Bool { left.rawValue < right.rawValue }

  /// What was being said, for a person.
  var name: String {
    switch self {
    case .opening: "the greeting"
    case .signIn: "sign-in"
    case .sender: "the sender"
    case .recipient: "the recipient"
    case .data: "the request to send"
    case .content, .contentSent: "the message"
    }
  }
}

/// What one exchange said in both directions, as far as its outcome depends on it; never leaves its thread.
final class SMTPConversation {
  private let content: [UInt8]
  private var offset = 0
  private var replyIsComplete = true
  private var isLeaving = false

  /// How far it came.
  private(set) var phase = SMTPPhase.opening
  /// The code of the server's latest reply; 0 before any.
  private(set) var replyCode = 0
  /// The server's latest reply, cut at some hundred bytes.
  private(set) var reply: [UInt8] = []

  /// Starts a conversation about some bytes.
  init(content: [UInt8]) { self.content = content }

  /// Gives libcurl the next bytes of the content.
  func give(into buffer: UnsafeMutablePointer<CChar>, capacity: Int) -> Int {
    let count = min(capacity, content.count - offset)
    content.withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(start: buffer, count: count)
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]))
    }
    offset += count
    phase = offset == content.count ? .contentSent : .content
    return count
  }

  /// Takes a line of the server's reply (RFC 5321, section 4.2.1).
  func take(replyLine line: UnsafeRawBufferPointer) {
    let digits = line.prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }), !isLeaving else { return }
    if replyIsComplete { reply = [] }
    replyCode = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    replyIsComplete = line.dropFirst(3).first != UInt8(ascii: "-")
    if reply.count < 500 {
      if !reply.isEmpty { reply.append(0x20) }
      reply += line.prefix(500).filter { $0 >= 0x20 && $0 != 0x7F }
    }
  }

  /// Notes a command as it leaves. Only its verb is looked at: a sign-in carries secrets.
  func note(command: UnsafeRawBufferPointer) {
    // What a server answers to a goodbye says nothing about the message.
    if command.starts(with: Array("QUIT".utf8)) { isLeaving = true }
    for (verb, next) in SMTPConversation.verbs where command.starts(with: verb) { phase = next }
  }

  private static let verbs: [([UInt8], SMTPPhase)] = [
    (Array("AUTH ".utf8), .signIn), (Array("MAIL FROM:".utf8), .sender), (Array("RCPT TO:".utf8), .recipient),
    (Array("DATA\r\n".utf8), .data),
  ]
}

/// How an exchange ended, as libcurl and the server tell it.
struct SMTPEnd: Sendable, Hashable {
  /// libcurl's verdict.
  var code: UInt32
  /// libcurl's words.
  var words: String
  /// How far it came.
  var phase: SMTPPhase
  /// The server's latest code; 0 when it said nothing.
  var replyCode: Int
  /// The server's latest words.
  var reply: String
}
