import NIOCore
import NIOPosix
import Testing

@testable import Sandbox

@Suite struct `mailbox conversation` {
  private func talk(_ session: inout SMTPSession, _ text: String) -> [SMTPSession.Output] {
    session.receive(text.utf8) { ($0 != "no@example.com", $0 == "no@example.com" ? "550 no\r\n" : "250 ok\r\n") }
  }

  private func codes(_ outputs: [SMTPSession.Output]) -> [String] {
    outputs.compactMap { if case .reply(let text) = $0 { String(text.prefix(3)) } else { nil } }
  }

  @Test func `a pipelined transaction is answered in order and its dots are unstuffed`() {
    var session = SMTPSession(MailboxSettings())
    _ = talk(&session, "EHLO shop.example\r\n")
    let replies = talk(&session, "MAIL FROM:<a@example.com> SIZE=20\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
    #expect(codes(replies) == ["250", "250", "354"])
    let outputs = talk(&session, "Subject: x\r\n\r\n..dot\r\n.\r\nNOOP\r\n")
    guard case .message(let envelope) = outputs.first else {
      Issue.record("no message: \(outputs)")
      return
    }
    #expect(String(decoding: envelope.body, as: UTF8.self) == "Subject: x\r\n\r\n.dot\r\n")
    #expect(envelope.to == ["b@example.com"])
    #expect(codes(outputs) == ["250"])
  }

  @Test func `bytes may arrive one at a time`() {
    var session = SMTPSession(MailboxSettings())
    var outputs: [SMTPSession.Output] = []
    for byte in "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nhello\r\n.\r\n".utf8 {
      outputs += session.receive([byte]) { _ in (true, "250 ok\r\n") }
    }
    #expect(
      outputs.contains {
        if case .message(let envelope) = $0 { envelope.body == Array("hello\r\n".utf8) } else { false }
      })
  }

  @Test func `size, order of commands and unknown recipients are refused`() {
    var settings = MailboxSettings()
    settings.largestMessage = 10
    var session = SMTPSession(settings)
    #expect(codes(talk(&session, "MAIL FROM:<a@example.com>\r\n")) == ["503"])
    _ = talk(&session, "EHLO x\r\n")
    #expect(codes(talk(&session, "MAIL FROM:<a@example.com> SIZE=11\r\n")) == ["552"])
    #expect(codes(talk(&session, "MAIL FROM:<é@example.com>\r\n")) == ["553"])
    #expect(codes(talk(&session, "MAIL FROM:<é@example.com> SMTPUTF8\r\nRSET\r\nDATA\r\n")) == ["250", "250", "503"])
    #expect(
      codes(talk(&session, "MAIL FROM:<a@example.com>\r\nRCPT TO:<no@example.com>\r\nDATA\r\n")) == [
        "250", "550", "554",
      ])
    #expect(
      codes(talk(&session, "RCPT TO:<b@example.com>\r\nDATA\r\n0123456789012\r\n.\r\n")) == ["250", "354", "552"])
    #expect(talk(&session, "QUIT\r\n").last == .close)
  }

  @Test func `credentials are demanded when set`() {
    var settings = MailboxSettings()
    settings.user = "u"
    settings.password = "p"
    var session = SMTPSession(settings)
    #expect(codes(talk(&session, "EHLO x\r\nMAIL FROM:<a@example.com>\r\n")).last == "530")
    #expect(codes(talk(&session, "AUTH PLAIN AHUAeA==\r\n")) == ["535"])
    #expect(
      codes(talk(&session, "AUTH LOGIN\r\ndQ==\r\ncA==\r\nMAIL FROM:<a@example.com>\r\n")) == [
        "334", "334", "235", "250",
      ])
    var other = SMTPSession(settings)
    #expect(codes(talk(&other, "EHLO x\r\nAUTH PLAIN AHUAcA==\r\n")).last == "235")
  }
}

@Suite struct `mailbox over the wire` {
  static let message = """
    EHLO shop.example\r
    MAIL FROM:<orders@example.com>\r
    RCPT TO:<buyer@example.com>\r
    DATA\r
    Message-ID: <m1@countersign>\r
    X-Countersign-Order: CS-1\r
    Subject: Order\r
     confirmed\r
    \r
    hello\r
    .\r
    QUIT\r

    """

  @Test func `a delivered message is in the ledger and can be asked for`() async throws {
    try await Running.with { sandbox in
      let answer = try await Plain.exchange(port: sandbox.ports.smtp, Self.message)
      #expect(answer.contains("250 2.0.0 Ok: queued as 1\r\n"))
      let entry = try #require(sandbox.entries(.mailAccepted).first)
      #expect(entry.ref == "CS-1")
      let detail = try JSON(parsing: entry.detail)
      #expect(detail["messageId"]?.string == "<m1@countersign>")
      #expect(detail["subject"]?.string == "Order confirmed")
      let found = try await sandbox.send("GET", "/mailbox/messages?to=BUYER@example.com&message-id=m1%40countersign")
      #expect(found.json?["count"]?.int == 1)
      #expect(found.json?.at("messages.0.raw")?.string?.hasSuffix("hello\r\n") == true)
      #expect(try await sandbox.send("GET", "/mailbox/messages?to=else@example.com").json?["count"]?.int == 0)
    }
  }

  @Test func `a lost reply keeps the message although the sender never hears of it`() async throws {
    try await Running.with { sandbox in
      var faults = Faults()
      faults.script = [.lostReplyAfterCommit, .lostRequest, .tooManyRequests]
      sandbox.server.setFaults(faults, for: .mailbox)
      let answer1 = try await Plain.exchange(port: sandbox.ports.smtp, Self.message).contains("queued")
      #expect(!answer1)
      #expect(sandbox.entries(.mailAccepted).count == 1)
      let answer2 = try await Plain.exchange(port: sandbox.ports.smtp, Self.message).contains("queued")
      #expect(!answer2)
      #expect(sandbox.entries(.mailAccepted).count == 1)
      let answer3 = try await Plain.exchange(port: sandbox.ports.smtp, Self.message).contains("\r\n451 4.7.1")
      #expect(answer3)
    }
  }
}

/// Sends a text over a connection and collects what comes until the other side closes.
enum Plain {
  static func exchange(port: Int, _ text: String) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: text))
      var collected = ""
      do {
        for try await buffer in inbound { collected += String(buffer: buffer) }
      } catch {
        // A reset is one of the ways in which the other side closes.
      }
      return collected
    }
  }
}
