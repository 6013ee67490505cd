import CLibCurl

/// What one exchange is to do.
struct SMTPJob: Sendable {
  /// The message; nil to greet, sign in, and leave it at a NOOP.
  var message: Envelope?

  /// A message with its envelope.
  struct Envelope: Sendable {
    var sender: String
    var recipient: String
    var content: [UInt8]
  }
}

/// One connection to a mail server, used by one thread; kept open between messages.
final class SMTPConnection {
  private let server: MailServer
  private let greeting: String
  private let handle: UnsafeMutableRawPointer?

  private static let started = cs_curl_start()

  /// Prepares a connection; it is made with the first exchange.
  init(server: MailServer, greeting: String) {
    self.server = server
    self.greeting = greeting
    handle = SMTPConnection.started == CURLE_OK ? curl_easy_init() : nil
  }

  deinit { if let handle { curl_easy_cleanup(handle) } }

  /// Performs one exchange and blocks until it has ended, at the latest after the server's total timeout.
  func perform(_ job: SMTPJob) -> SMTPEnd {
    guard let handle else {
      return SMTPEnd(
        code: CURLE_FAILED_INIT.rawValue, words: "libcurl did not start.", phase: .opening, replyCode: 0, reply: "")
    }
    let conversation = SMTPConversation(content: job.message?.content ?? [])
    let context = Unmanaged.passUnretained(conversation).toOpaque()
    let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    // A reset forgets every option and pointer of the last exchange, and keeps the connection.
    curl_easy_reset(handle)
    var recipients: UnsafeMutablePointer<curl_slist>?
    defer {
      curl_easy_reset(handle)
      curl_slist_free_all(recipients)
      words.deallocate()
    }
    var codes = [cs_curl_error_words(handle, words)] + configure(handle, context: context)
    if let message = job.message {
      recipients = curl_slist_append(nil, message.recipient)
      codes += [
        cs_curl_text(handle, CURLOPT_MAIL_FROM, message.sender), cs_curl_recipients(handle, recipients),
        cs_curl_number(handle, CURLOPT_UPLOAD, 1),
        cs_curl_source(handle, SMTPConnection.give, context, curl_off_t(message.content.count)),
      ]
    } else {
      codes.append(cs_curl_text(handle, CURLOPT_CUSTOMREQUEST, "NOOP"))
    }
    let end = codes.first { $0 != CURLE_OK } ?? withExtendedLifetime(conversation) { curl_easy_perform(handle) }
    let said = String(cString: words)
    return SMTPEnd(
      code: end.rawValue, words: said.isEmpty ? String(cString: curl_easy_strerror(end)) : said,
      phase: conversation.phase, replyCode: conversation.replyCode,
      reply: String(decoding: conversation.reply, as: UTF8.self))
  }

  private func configure(_ handle: UnsafeMutableRawPointer, context: UnsafeMutableRawPointer) -> [CURLcode] {
    let milliseconds: (Duration) -> Int = { duration in
      let (seconds, attoseconds) = duration.components
      return Int(min(max(seconds, 0), 3600)) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
    var codes = [
      cs_curl_text(handle, CURLOPT_URL, server.url(greeting: greeting)),
      cs_curl_text(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
      // Otherwise the environment variable ALL_PROXY would decide where our customers' mail goes.
      cs_curl_text(handle, CURLOPT_PROXY, ""),
      cs_curl_number(handle, CURLOPT_NOSIGNAL, 1),
      cs_curl_number(handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, milliseconds(server.connectTimeout))),
      cs_curl_number(handle, CURLOPT_TIMEOUT_MS, max(1, milliseconds(server.totalTimeout))),
      cs_curl_number(handle, CURLOPT_MAXAGE_CONN, 30),
      cs_curl_number(handle, CURLOPT_SSL_VERIFYPEER, 1),
      cs_curl_number(handle, CURLOPT_SSL_VERIFYHOST, 2),
      cs_curl_number(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
      cs_curl_number(
        handle, CURLOPT_USE_SSL, Int(server.security == .none ? CURLUSESSL_NONE.rawValue : CURLUSESSL_ALL.rawValue)),
      cs_curl_replies(handle, SMTPConnection.takeReply, context),
      cs_curl_body(handle, SMTPConnection.swallow, nil),
      cs_curl_commands(handle, SMTPConnection.watch, context),
    ]
    if let authorities = server.authorities { codes.append(cs_curl_text(handle, CURLOPT_CAINFO, authorities)) }
    if let credentials = server.credentials {
      codes.append(cs_curl_text(handle, CURLOPT_USERNAME, credentials.user))
      codes.append(cs_curl_text(handle, CURLOPT_PASSWORD, credentials.password))
    }
    return codes
  }

  private static func conversation(_ context: UnsafeMutableRawPointer?) -> SMTPConversation? {
    context.map { Unmanaged<SMTPConversation>.fromOpaque($0).takeUnretainedValue() }
  }

  private static let give: cs_curl_bytes = { buffer, size, count, context in
    guard let buffer, let conversation = conversation(context) else { return 0 }
    return conversation.give(into: buffer, capacity: size * count)
  }

  private static let takeReply: cs_curl_bytes = { buffer, size, count, context in
    conversation(context)?.take(replyLine: UnsafeRawBufferPointer(start: buffer, count: size * count))
    return size * count
  }

  private static let swallow: cs_curl_bytes = { _, size, count, _ in size * count }

  private static let watch: cs_curl_watch = { _, type, bytes, count, context in
    if type == CURLINFO_HEADER_OUT {
      conversation(context)?.note(command: UnsafeRawBufferPointer(start: bytes, count: count))
    }
    return 0
  }
}
