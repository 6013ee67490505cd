import HandoffCore
import Testing

@testable import ConnectorMail

/// Settings of the mail connector.
@Suite struct `Mail configuration` {
  @Test(arguments: [
    ("smtp://127.0.0.1:2525", MailSecurity.none, "smtp://127.0.0.1:2525/x.example"),
    ("smtp://localhost", .none, "smtp://localhost:587/x.example"),
    ("smtp://[::1]:25/", .none, "smtp://[::1]:25/x.example"),
    ("smtp://127.example.com", .startTLS, "smtp://127.example.com:587/x.example"),
    ("smtp://mail.example.com", .startTLS, "smtp://mail.example.com:587/x.example"),
    ("smtps://u:p%40ss@mail.example.com", .implicit, "smtps://mail.example.com:465/x.example"),
  ])
  func `the URL decides encryption`(url: String, security: MailSecurity, curl: String) throws {
    let server = try MailServer(url: url)
    #expect(server.security == security)
    #expect(server.url(greeting: "x.example") == curl)
  }

  @Test func `credentials are unescaped and never printed`() throws {
    let server = try MailServer(url: "smtps://us%65r:p%40ss:w@mail.example.com")
    #expect(server.credentials?.user == "user" && server.credentials?.password == "p@ss:w")
    var dumped = "\(server) \(String(reflecting: server))"
    dump(server, to: &dumped)
    #expect(!dumped.contains("p@ss") && !dumped.contains("user"))
  }

  @Test(arguments: [
    "http://mail.example.com", "smtp://", "smtp://a b", "smtp://host:0", "smtp://host:99999", "smtp://host/path",
    "smtp://user@host", "smtp://u:%zz@host", "smtp://u:%+1@host", "smtp://host?x", "smtp://host\r\n", "smtp://[::1",
  ])
  func `a wrong URL is refused`(url: String) {
    #expect(throws: MailConfigurationFault.self) { try MailServer(url: url) }
  }

  @Test func `a password never crosses the network in the clear`() throws {
    let credentials = MailCredentials(user: "u", password: "p")
    #expect(throws: MailConfigurationFault.self) {
      try MailServer(url: "smtp://mail.example.com", tls: "none", credentials: credentials)
    }
    #expect(try MailServer(url: "smtp://mail.example.com", tls: "none").security == .none)
    #expect(throws: MailConfigurationFault.self) { try MailServer(url: "smtps://mail.example.com", tls: "none") }
    #expect(throws: MailConfigurationFault.self) { try MailServer(url: "smtp://mail.example.com", tls: "yes") }
  }

  @Test func `a shop whose name reads as a confirmation is refused at the start`() {
    #expect(throws: MailConfigurationFault.self) { try Mail.sender { $0.identity.shop = "Confirmed Goods" } }
    #expect(throws: MailConfigurationFault.self) { try Mail.sender { $0.identity.shop = "A\r\nB" } }
    #expect(throws: MailConfigurationFault.self) { try Mail.sender { $0.messageDomain = "not a domain" } }
  }
}
