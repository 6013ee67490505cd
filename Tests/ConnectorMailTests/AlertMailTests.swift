import Connector
import HandoffCore
import Testing

@testable import ConnectorMail

@Suite struct `Alert mail` {
  private func sender(_ url: String = "smtp://127.0.0.1:9") throws -> AlertMail {
    AlertMail(
      server: try MailServer(url: url), from: try Mailbox("Countersign <countersign@mugs.example>"),
      console: "https://desk.example/exceptions")
  }

  private func alert(to owner: String, subject: String = "#1001") -> OwnerAlert {
    let lines = (0..<10).map { index in
      OwnerAlertLine(
        occasion: index == 0 ? "escalated" : "opened", kind: "refused", storefront: StorefrontName("main"),
        subject: index == 0 ? subject : "#\(index)", since: Mail.decided, deadline: Mail.decided + .seconds(3600))
    }
    return OwnerAlert(
      key: "alert-00-7", owner: owner, at: Mail.decided, counts: ["refused": 12, "shortage": 2], oldest: lines)
  }

  @Test func `it says how many, of what kind, and which are the oldest`() throws {
    let sender = try sender()
    let address = try MailAddress("ops@example.com")
    let bytes = sender.write(alert(to: "ops@example.com"), to: address)
    let text = String(decoding: bytes, as: UTF8.self).replacing("=\r\n", with: "")
    #expect(text.contains("Subject: Countersign: 14 wait for you: 12 refused, 2 shortage\r\n"))
    #expect(text.contains("Message-ID: <alert-00-7@mugs.example>\r\n"))
    #expect(text.contains("- order #1001 of main: refused, gone up because its deadline passed;"))
    #expect(text.contains("- and 4 more\r\n"))
    #expect(text.contains("https://desk.example/exceptions"))
    #expect(bytes == sender.write(alert(to: "ops@example.com"), to: address), "the same bytes on every attempt")
  }

  @Test func `only addresses can be told, and a subject adds no line`() async throws {
    let sender = try sender()
    #expect(sender.canReach("ops@example.com"))
    #expect(!sender.canReach("the desk") && !sender.canReach(""))
    #expect(await sender.send(alert(to: "the desk")) == .refused(reason: "The owner is no mail address."))
    let hostile = sender.write(
      alert(to: "ops@example.com", subject: "#1\r\nBcc: thief@example.net\r\n"), to: try MailAddress("ops@example.com"))
    #expect(!String(decoding: hostile, as: UTF8.self).contains("\nBcc:"))
  }

  @Test func `it arrives through a real mail server`() async throws {
    guard let drop = try MailDrop.open() else { return }
    let address = MailDrop.freshAddress()
    let sender = try sender(drop.url)
    #expect(await sender.probe().allSatisfy(\.isHealthy))
    #expect(await sender.send(alert(to: address)) == .accepted)
    let mail = try Mail.required(drop.messages(to: address).first)
    #expect(mail.list("defects") == [])
    #expect(mail.text.contains("12 refused, 2 shortage"))
    #expect(mail.sender == "countersign@mugs.example")
    #expect(mail.longestLine <= 76 && mail.bareLineEnds == 0)
  }
}
