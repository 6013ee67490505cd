import Connector
import HandoffCore
import Testing

@testable import ConnectorMail

/// Writing a message.
@Suite struct `Mail composing` {
  private func header(_ message: FrozenMessage, _ name: String) -> String? {
    let lines = String(decoding: message.content, as: UTF8.self).split(
      separator: "\r\n", omittingEmptySubsequences: false)
    return lines.prefix { !$0.isEmpty }.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
  }

  @Test func `the same facts give the same bytes`() throws {
    let facts = Mail.facts(order: try Mail.order())
    #expect(try Mail.sender().compose(facts) == Mail.sender().compose(facts))
  }

  @Test func `the Message-ID is the key's, and two keys never share one`() throws {
    let sender = try Mail.sender()
    var seen: Set<String> = []
    let keys = ["a", "a.b", "a=2E", "a=2eb", "a b", "ü", "A", String(repeating: "k", count: 500), "\r\nBcc: x", ""]
    for key in keys {
      let id = try Mail.required(header(sender.compose(Mail.facts(order: Mail.order(), key: key)), "Message-ID"))
      #expect(id.hasSuffix("@mugs.example>") && id.utf8.count < 200)
      #expect(!id.dropFirst().dropLast().contains { " <>\",:;()".contains($0) })
      seen.insert(id)
    }
    #expect(seen.count == keys.count)
  }

  @Test(arguments: [
    nil, "", "  ", "jo", "jo@", "@example.com", "jo@localhost", "jo@exa mple.com", "jo@example.com\r\nBcc: x@y.zz",
    "jo@example.com,al@example.com", "Jo <jo@example.com>", "jö@example.com", "jo@münchen.de", "jo@-a.com", "jo@a..com",
    "jo@example.com\u{0}", String(repeating: "a", count: 65) + "@example.com", "a@b@example.com", "\"a\"@example.com",
  ])
  func `an implausible address is found at the decision`(email: String?) throws {
    let sender = try Mail.sender()
    let facts = Mail.facts(order: try Mail.order(email: email))
    let failure = #expect(throws: CompositionFailure.self) { try sender.compose(facts) }
    let reason = try Mail.required(failure?.reason)
    #expect(reason.contains("Correct it in the storefront's order"))
    if let email, email.count > 3 { #expect(!reason.contains(email)) }
  }

  @Test(arguments: [
    ("jo@example.com", "jo@example.com"), (" jo@Example.COM\n", "jo@Example.COM"),
    ("o'neil+shop@a-b.co.uk", "o'neil+shop@a-b.co.uk"), ("a..b@docomo.example.jp", "\"a..b\"@docomo.example.jp"),
  ])
  func `a plausible address is kept`(written: String, kept: String) throws {
    #expect(try Mail.sender().compose(Mail.facts(order: Mail.order(email: written))).recipient == kept)
  }

  @Test func `a name that advertises a page is left out`() throws {
    let order = try Mail.order(name: "You won http://evil.example")
    let text = String(decoding: try Mail.sender().compose(Mail.facts(order: order)).content, as: UTF8.self)
    #expect(!text.contains("evil"))
  }

  @Test func `dates are right at the ends of years and of time`() {
    #expect(Timestamp(seconds: 0).mailDate == "Thu, 01 Jan 1970 00:00:00 +0000")
    #expect(Timestamp(seconds: 951_782_399).mailDate == "Mon, 28 Feb 2000 23:59:59 +0000")
    #expect(Timestamp(seconds: 951_782_400).mailDate == "Tue, 29 Feb 2000 00:00:00 +0000")
    #expect(Timestamp(seconds: 4_102_444_799).mailDate == "Thu, 31 Dec 2099 23:59:59 +0000")
    #expect(Timestamp.distantPast.mailDate == "Thu, 01 Jan 1970 00:00:00 +0000")
    #expect(Timestamp.distantFuture.mailDate == "Fri, 31 Dec 9999 23:59:59 +0000")
  }

  @Test func `an order of ten thousand lines is cut, not refused`() throws {
    let order = try Mail.order(titles: (0..<10_000).map { "Item \($0)" })
    let message = try Mail.sender().compose(Mail.facts(order: order))
    #expect(message.content.count < 100_000)
    #expect(String(decoding: message.content, as: UTF8.self).contains("9800 more"))
  }

  @Test func `quoted-printable lines are short, and never begin with a dot or From`() {
    let text =
      String(repeating: "word ", count: 40) + "\n.\n..\nFrom here\nend \t\n" + String(repeating: "=é.", count: 50)
    let encoded = BodyEncoding.quotedPrintable.encode(BodyEncoding.canonical(text))
    let lines = String(decoding: encoded, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.utf8.count <= 76 && !$0.hasPrefix(".") && !$0.hasPrefix("From ") })
    #expect(lines.allSatisfy { $0.last != " " && $0.last != "\t" })
    #expect(lines.last == "" && lines.dropLast().last?.isEmpty == false)
  }

  @Test func `markup characters are escaped also before a combining mark`() {
    #expect(ForeignText.html("\"\u{301} <\u{200D}b>&'") == "&quot;\u{301} &lt;\u{200D}b&gt;&amp;&#39;")
  }
}
