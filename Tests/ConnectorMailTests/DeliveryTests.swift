import Connector
import Foundation
import HandoffCore
import Testing

@testable import ConnectorMail

/// Messages through a real mail server, read back by a mail parser that is not ours.
@Suite struct `Mail delivery` {
  @Test(arguments: MessageKind.allCases, ["en", "de", "fr", "es"])
  func `every built-in text arrives as text and HTML`(kind: MessageKind, language: String) async throws {
    guard let drop = try MailDrop.open() else { return }
    let address = MailDrop.freshAddress()
    let sender = try Mail.sender(url: drop.url)
    let order = try Mail.order(email: address, name: "Zoë 👩‍👩‍👧 𠜎", language: language, titles: ["كوب أزرق & <b>"])
    let message = try sender.compose(Mail.facts(kind, order: order))
    #expect(await sender.send(message) == .accepted)
    let mail = try Mail.required(drop.messages(to: address).first)
    #expect(mail.raw == message.content)
    #expect(mail.list("defects") == [])
    #expect(mail.list("parts") == ["multipart/alternative", "text/plain", "text/html"])
    #expect(mail.list("toNames") == ["Zoë 👩‍👩‍👧 𠜎"])
    #expect(mail.list("toAddresses") == [address])
    #expect(mail.list("fromNames") == ["Mugs & More"])
    #expect(mail.sender == "orders@mugs.example")
    #expect(mail.header("subject")?.contains("#1001") == true)
    #expect(mail.header("message-id") == "<cs-1-confirmation-1@mugs.example>")
    #expect(mail.header("date") == "Mon, 23 Nov 2026 09:30:45 +0000")
    #expect(mail.header("auto-submitted") == "auto-generated")
    #expect(mail.header("x-countersign-order") == "main/7001")
    #expect(mail.header("content-language") == language)
    #expect(mail.text.contains("Zoë 👩‍👩‍👧 𠜎"))
    #expect(mail.html.contains("<bdi>Zoë 👩‍👩‍👧 𠜎</bdi>"))
    #expect(mail.html.contains("Mugs &amp; More"))
    #expect(mail.text.contains("كوب أزرق & <b>") == (kind == .confirmation))
    #expect(mail.html.contains("كوب أزرق &amp; &lt;b&gt;") == (kind == .confirmation))
    #expect(mail.text.contains("12.50 EUR") == (kind == .confirmation))
    #expect(mail.longestLine <= 76 && mail.bareLineEnds == 0)
  }

  @Test func `no foreign text adds a header, a recipient or markup`() async throws {
    guard let drop = try MailDrop.open() else { return }
    let address = MailDrop.freshAddress()
    let sender = try Mail.sender(url: drop.url)
    let expected = [
      "Date", "From", "To", "Message-ID", "References", "Subject", "Auto-Submitted", "Content-Language",
      "X-Countersign-Order", "X-Countersign-Message", "MIME-Version", "Content-Type",
    ]
    var random = Seeded(seed: 20_261_123)
    var sent: [(name: String?, number: String, title: String?)] = []
    for _ in 0..<300 {
      let number = "#" + random.text(upTo: 60)
      let title = "x" + random.text(upTo: 80)
      var order = try Mail.order(number: number, email: address, name: random.text(upTo: 150), titles: [title])
      order.id = random.text(upTo: 40)
      order.language = random.text(upTo: 5)
      let message = try sender.compose(Mail.facts(order: order, key: "k" + random.text(upTo: 60)))
      #expect(message.content.allSatisfy { $0 < 0x80 && ($0 >= 0x20 || $0 == 0x0D || $0 == 0x0A) })
      #expect(await sender.send(message) == .accepted)
      sent.append(
        (
          ForeignText.name(order.customerName), ForeignText.line(number, limit: ForeignText.nameLimit) ?? "",
          ForeignText.line(title, limit: ForeignText.titleLimit)
        ))
    }
    let received = try drop.messages(to: address)
    #expect(received.count == 300)
    for (mail, order) in zip(received, sent) {
      #expect(mail.list("names") == expected)
      #expect(mail.list("defects") == [])
      #expect(mail.list("toAddresses") == [address])
      #expect(mail.list("recipients") == [address])
      #expect(mail.list("toNames") == [order.name ?? ""])
      #expect(mail.header("subject") == "Order \(order.number) confirmed")
      #expect(mail.text.contains(order.title ?? ""))
      #expect(mail.html.contains("× <bdi>\(ForeignText.html(order.title ?? ""))</bdi></li>"))
      #expect(mail.longestLine <= 300 && mail.bareLineEnds == 0)
    }
  }

  @Test func `STARTTLS is verified, and sign-in decides`() async throws {
    guard let drop = try MailDrop.open() else { return }
    let address = MailDrop.freshAddress()
    let message = try Mail.sender().compose(Mail.facts(order: Mail.order(email: address)))

    let unknownAuthority = try Mail.sender(url: drop.url, tls: "starttls")
    let distrust = await unknownAuthority.send(message)
    guard case .misconfigured = distrust else {
      Issue.record("\(distrust)")
      return
    }
    func sender(password: String) throws -> MailSender {
      let credentials = MailCredentials(user: "tester", password: password)
      return try Mail.sender(url: drop.url, tls: "starttls", credentials: credentials) {
        $0.server.authorities = drop.authorities
      }
    }
    let denied = await (try sender(password: "wrong secret 1234")).send(message)
    guard case .misconfigured(let reason) = denied else {
      Issue.record("\(denied)")
      return
    }
    #expect(reason.contains("535") && !reason.contains("wrong secret 1234"))
    #expect(try drop.messages(to: address).isEmpty)
    #expect(try await sender(password: "correct horse").send(message) == .accepted)
    #expect(try drop.messages(to: address).map(\.raw) == [message.content])
  }

  @Test func `encryption from the first byte is verified, and sign-in decides (RFC 8314)`() async throws {
    guard let drop = try MailDrop.open() else { return }
    let url = try drop.implicitURL()
    let address = MailDrop.freshAddress()
    let message = try Mail.sender().compose(Mail.facts(order: Mail.order(email: address)))
    let distrust = await (try Mail.sender(url: url)).send(message)
    guard case .misconfigured = distrust else {
      Issue.record("\(distrust)")
      return
    }
    // A server that does not speak TLS there takes nothing either.
    let plain = drop.url.replacingOccurrences(of: "smtp://", with: "smtps://")
    let unencrypted = await (try Mail.sender(url: plain) { $0.server.authorities = drop.authorities }).send(message)
    #expect(unencrypted != .accepted)
    #expect(try drop.messages(to: address).isEmpty)
    let credentials = MailCredentials(user: "tester", password: "correct horse")
    let sender = try Mail.sender(url: url, credentials: credentials) { $0.server.authorities = drop.authorities }
    #expect(await sender.send(message) == .accepted)
    #expect(try drop.messages(to: address).map(\.raw) == [message.content])
    #expect(await sender.probe().allSatisfy(\.isHealthy))
  }

  @Test func `the envelope's sender is that of the storefront's identity`() async throws {
    guard let drop = try MailDrop.open() else { return }
    let address = MailDrop.freshAddress()
    let sender = try Mail.sender(url: drop.url) {
      let mailbox = try Mailbox("Bücher und Tee, die große Auswahl für lange Abende <post@buecher.example>")
      $0.identities[StorefrontName("books")] = MailIdentity(shop: "Bücher", from: mailbox, replyTo: mailbox)
    }
    let facts = Mail.facts(order: try Mail.order(email: address), storefront: "books")
    #expect(await sender.send(try sender.compose(facts)) == .accepted)
    let mail = try Mail.required(drop.messages(to: address).first)
    #expect(mail.sender == "post@buecher.example")
    #expect(mail.list("fromNames") == ["Bücher und Tee, die große Auswahl für lange Abende"])
    #expect(mail.header("reply-to")?.contains("post@buecher.example") == true)
    #expect(mail.text.contains("Bücher"))
  }

  @Test func `the probe greets, and sends a test message where asked`() async throws {
    guard let drop = try MailDrop.open() else { return }
    let address = MailDrop.freshAddress()
    let sender = try Mail.sender(url: drop.url) { $0.testRecipient = try MailAddress(address) }
    let findings = await sender.probe()
    #expect(findings.count == 3)
    #expect(findings.map(\.isHealthy) == [true, true, true])
    #expect(try drop.messages(to: address).first?.header("subject") == "Countersign test message")
    let nobody = await (try Mail.sender(url: "smtp://127.0.0.1:1")).probe()
    #expect(nobody.map(\.isHealthy) == [false])
  }
}
