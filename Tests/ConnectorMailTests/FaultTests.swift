import Connector
import HandoffCore
import Testing

@testable import ConnectorMail

/// What each fault of a mail server means for the message.
@Suite struct `Mail faults` {
  private func outcome(_ moves: [FaultySMTPServer.Cue: FaultySMTPServer.Move]) async throws -> MessageOutcome {
    let server = try FaultySMTPServer(moves)
    defer { server.close() }
    // Only silence is waited for; everywhere else a busy machine must not look like a fault.
    let isSilent = moves.values.contains { if case .silence = $0 { true } else { false } }
    let sender = try Mail.sender(url: server.url) {
      $0.server.totalTimeout = isSilent ? .seconds(2) : .seconds(60)
    }
    return await sender.send(try sender.compose(Mail.facts(order: Mail.order())))
  }

  @Test func `a probe shows the server's words as they are`() async throws {
    let server = try FaultySMTPServer([.greeting: .say("554 5.7.1 go away")])
    defer { server.close() }
    let findings = try await Mail.sender(url: server.url).probe()
    #expect(findings.first?.isHealthy == false)
    #expect(findings.first?.finding.contains("554 5.7.1 go away") == true, "\(findings)")
    #expect(!findings.contains { $0.finding.contains("(recipient)") })
  }

  @Test func `a server without moods takes the message`() async throws {
    #expect(try await outcome([:]) == .accepted)
  }

  @Test(arguments: ["RCPT", "MAIL", "DATA"])
  func `a 4xx reply defers, with the server's words`(verb: String) async throws {
    let result = try await outcome([.command(verb): .say("451 4.7.1 greylisted, come back")])
    guard case .deferred(let reason) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(reason.contains("451 4.7.1 greylisted, come back"))
  }

  @Test func `a 4xx reply to the content or the greeting defers`() async throws {
    for cue in [FaultySMTPServer.Cue.content, .greeting] {
      let result = try await outcome([cue: .say("421 4.3.2 closing down")])
      guard case .deferred(let reason) = result else {
        Issue.record("\(result)")
        continue
      }
      #expect(reason.contains("421 4.3.2 closing down"))
    }
  }

  @Test(arguments: [FaultySMTPServer.Cue.command("RCPT"), .command("DATA"), .content])
  func `a 5xx reply to recipient or content is final`(cue: FaultySMTPServer.Cue) async throws {
    let result = try await outcome([cue: .say("550-5.1.1 no such\r\n550 5.1.1 mailbox")])
    guard case .refused(let reason) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(reason.contains("550-5.1.1 no such 550 5.1.1 mailbox"))
  }

  @Test(arguments: [FaultySMTPServer.Cue.command("MAIL"), .greeting])
  func `a 5xx reply before the recipient is our set-up`(cue: FaultySMTPServer.Cue) async throws {
    let result = try await outcome([cue: .say("554 5.7.1 go away")])
    guard case .misconfigured(let reason) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(reason.contains("554 5.7.1 go away"))
  }

  @Test func `a demand to sign in is our set-up, wherever it comes`() async throws {
    let result = try await outcome([.command("RCPT"): .say("530 5.7.0 Authentication required")])
    guard case .misconfigured = result else {
      Issue.record("\(result)")
      return
    }
  }

  @Test func `the customer's address stays out of the reason`() async throws {
    let result = try await outcome([.command("RCPT"): .say("550 5.1.1 <jo@example.com> unknown")])
    #expect(result == .refused(reason: "The mail server refused the recipient: 550 5.1.1 <(recipient)> unknown"))
  }

  @Test func `a connection lost after the content leaves the outcome unknown`() async throws {
    let result = try await outcome([.content: .hangUp])
    guard case .deferred(let reason) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(reason.contains("unknown whether the message was taken"))
  }

  @Test func `silence after the content leaves the outcome unknown`() async throws {
    let result = try await outcome([.content: .silence])
    guard case .deferred(let reason) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(reason.contains("unknown whether the message was taken"))
  }

  @Test(arguments: [FaultySMTPServer.Cue.greeting, .command("RCPT"), .command("DATA")])
  func `a connection lost before the content sends later`(cue: FaultySMTPServer.Cue) async throws {
    let result = try await outcome([cue: .hangUp])
    guard case .deferred(let reason) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(reason.contains("the message was not taken"))
  }

  @Test func `nobody listening defers`() async throws {
    let server = try FaultySMTPServer()
    server.close()
    let sender = try Mail.sender(url: "smtp://127.0.0.1:1")
    let result = await sender.send(try sender.compose(Mail.facts(order: Mail.order())))
    guard case .deferred = result else {
      Issue.record("\(result)")
      return
    }
  }

  @Test func `a host that does not resolve is our set-up`() async throws {
    let sender = try Mail.sender(url: "smtp://no-such-host.invalid:25")
    let result = await sender.send(try sender.compose(Mail.facts(order: Mail.order())))
    guard case .misconfigured = result else {
      Issue.record("\(result)")
      return
    }
  }

  @Test func `a server without TLS is refused where TLS is demanded`() async throws {
    let server = try FaultySMTPServer()
    defer { server.close() }
    let sender = try Mail.sender(url: server.url, tls: "starttls")
    let result = await sender.send(try sender.compose(Mail.facts(order: Mail.order())))
    guard case .misconfigured = result else {
      Issue.record("\(result)")
      return
    }
    #expect(!server.commands.contains { $0.hasPrefix("MAIL") || $0.hasPrefix("AUTH") })
  }

  @Test func `a lost answer is followed by the same bytes under the same Message-ID`() async throws {
    let server = try FaultySMTPServer([.content: .hangUp])
    defer { server.close() }
    let sender = try Mail.sender(url: server.url)
    let message = try sender.compose(Mail.facts(order: Mail.order()))
    _ = await sender.send(message)
    _ = await sender.send(message)
    #expect(server.contents == [message.content, message.content])
  }

  @Test func `one connection carries many messages`() async throws {
    let server = try FaultySMTPServer()
    defer { server.close() }
    let sender = try Mail.sender(url: server.url) { $0.connections = 1 }
    for number in 0..<20 {
      let message = try sender.compose(Mail.facts(order: Mail.order(), key: "k-\(number)"))
      #expect(await sender.send(message) == .accepted)
    }
    // libcurl gives up a connection that lay idle while the machine was busy.
    #expect(server.connections < 5)
    #expect(server.contents.count == 20)
  }

  @Test func `one refusal among a hundred concurrent messages touches no other`() async throws {
    let server = try FaultySMTPServer()
    defer { server.close() }
    let sender = try Mail.sender(url: server.url) { $0.connections = 3 }
    let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<100 {
        let message = try sender.compose(Mail.facts(order: Mail.order(), key: "k-\(number)"))
        let recipient = number == 57 ? "no address" : message.recipient
        let given = FrozenMessage(key: message.key, kind: message.kind, recipient: recipient, content: message.content)
        group.addTask { await sender.send(given) == .accepted }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(accepted == 99)
    #expect(Set(server.contents).count == 99)
    #expect(server.contents.count == 99)
    #expect(server.connections <= 3)
  }
}
