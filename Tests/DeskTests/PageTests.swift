import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import HummingbirdTesting
import Mustache
import Testing

@testable import Desk

@Suite struct PageTests {
  /// Each would run something, or end an attribute or element, where it came through unescaped.
  static let attacks = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</textarea><b>",
    "\"\u{301} autofocus onfocus=alert(1) x=\"", "&lt;script&gt;", "{{number}}{{{content}}}", "javascript:alert(1)",
  ]

  @Test(arguments: attacks) func `what others wrote is shown and never runs`(attack: String) async throws {
    let fixture = DeskFixture()
    let line: JSONValue = [
      "id": "1", "sku": .string(attack), "title": .string(attack), "quantity": 1, "unitPrice": "12.50",
    ]
    let changes: [String: JSONValue] = [
      "number": .string(attack), "email": .string("a" + attack + "@example.org"), "lines": [line],
    ]
    let (handoff, id) = try await fixture.overdue("1001", changes)
    try await fixture.run { client in
      _ = try await client.post("/v1/exceptions/\(id)/assign", ["owner": .string(attack), "by": .string(attack)])
      _ = try await client.ask("POST", "/webhooks/shop", ["webhook-signature": "right"], body: Array(attack.utf8))
      let query = FormText.encode(attack)
      let paths = [
        "/", "/orders", "/orders/\(handoff?.id.text ?? "")", "/orders/\(handoff?.id.text ?? "")?content=1",
        "/exceptions", "/exceptions?owner=\(query)", "/unreadable?all=1", "/unreadable/1", "/orders?text=\(query)x",
        "/orders/\(query)x", "/login?then=\(query)", "/exceptions?done=\(query)",
      ]
      for path in paths {
        let page = try await client.ask("GET", path, ["accept": "text/html"])
        let raw = Array(page.text.unicodeScalars)
        // Only characters that mean something in HTML have to be gone; `javascript:` in text is harmless.
        if attack.contains(where: { "<>\"'".unicodeScalars.contains($0.unicodeScalars.first ?? "x") }) {
          #expect(!PageTests.contains(raw, Array(attack.unicodeScalars)), "\(path)")
        }
        #expect(!page.text.contains("href=\"javascript:"), "\(path)")
      }
    }
  }

  private static func contains(_ text: [Unicode.Scalar], _ wanted: [Unicode.Scalar]) -> Bool {
    guard let first = wanted.first, text.count >= wanted.count else { return false }
    return text.indices.contains { start in
      text[start] == first && text[start...].starts(with: wanted)
    }
  }

  @Test func `a quotation mark with an accent on it is escaped too`() {
    #expect(PageText.escape("\"\u{301}<\u{338}'") == "&quot;\u{301}&lt;\u{338}&#39;")
    #expect(PageText.escape("\u{202E}abc") == "\u{FFFD}abc")
    let shown = Templates.library.render(["title": "\"\u{301}<b>", "status": 1], withTemplate: "problem") ?? ""
    #expect(shown.contains("&quot;\u{301}&lt;b&gt;"))
  }

  @Test func `every template can be read, and none writes unescaped what it is given`() {
    for (name, text) in Templates.all {
      #expect(Templates.library.getTemplate(named: name) != nil, "\(name)")
      let unescaped = text.matches(of: /\{\{\{([^}]*)\}\}\}/).map { String($0.1) }
      let written = Set(unescaped)
      // These four are HTML that templates and drawings made, every text in it escaped there.
      #expect(written.isSubset(of: ["content", "actions", "picture", "chart"]), "\(name): \(written)")
      #expect(!text.contains("style="), "\(name)")
      #expect(text.firstMatch(of: /\son[a-z]+=/) == nil, "\(name)")
    }
  }

  @Test func `what there is nothing to say about leaves no empty box`() async throws {
    let fixture = DeskFixture()
    let (handoff, _) = try await fixture.overdue()
    try await fixture.run { client in
      for path in ["/orders", "/exceptions", "/orders/\(handoff?.id.text ?? "")", "/unreadable"] {
        let page = try await client.ask("GET", path).text
        #expect(!page.contains("class=\"notice") && !page.contains("<pre>"), "\(path)")
      }
      #expect(try await client.ask("GET", "/exceptions?done=retry").text.contains("class=\"notice good\""))
      let order = try await client.ask("GET", "/orders/\(handoff?.id.text ?? "")").text
      #expect(order.contains("ops@example.com"))
    }
  }

  @Test func `a search that finds one order leads to it`() async throws {
    let fixture = DeskFixture()
    let handoff = await fixture.capture()
    try await fixture.run { client in
      let answer = try await client.ask("GET", "/orders?text=1001")
      #expect(answer.status == .seeOther)
      #expect(answer.field("location") == "/orders/\(handoff?.id.text ?? "")")
    }
  }

  @Test func `a person gets a problem as a page, a program as a document`() async throws {
    try await DeskFixture().run { client in
      let page = try await client.ask("GET", "/orders/nothing", ["accept": "text/html,*/*"])
      #expect(page.status == .notFound)
      #expect(page.field("content-type") == "text/html; charset=utf-8")
      let document = try await client.ask("GET", "/v1/orders/nothing", ["accept": "application/json"])
      #expect(document.field("content-type") == "application/problem+json")
    }
  }

  @Test func `the style sheet and the script are served from here, and pages load nothing else`() async throws {
    try await DeskFixture().run { client in
      let page = try await client.ask("GET", "/").text
      for match in page.matches(of: /(?:src|href)="([^"]*)"/) {
        #expect(match.1.hasPrefix("/") || match.1.hasPrefix("#"), "\(match.1)")
      }
      #expect(try await client.ask("GET", Assets.stylePath).field("content-type") == "text/css; charset=utf-8")
      #expect(try await client.ask("GET", Assets.scriptPath).field("content-type") == "text/javascript; charset=utf-8")
      #expect(try await client.ask("GET", "/assets/mark.svg").field("content-type") == "image/svg+xml")
    }
  }

  @Test func `an unreadable body with an address is masked in the list`() async throws {
    try await DeskFixture().run { client in
      _ = try await client.ask(
        "POST", "/webhooks/shop", ["webhook-signature": "right"], body: Array(#"{"id": anna@example.org"#.utf8))
      #expect(try await !client.ask("GET", "/unreadable").text.contains("anna@example.org"))
    }
  }

  @Test(arguments: [
    ("anna@example.org", "a***@e***"), ("a@b", "a***@b***"), ("", ""), ("nobody", "n***"), ("x@y@z", "x***@z***"),
  ])
  func `an address shows two letters`(address: String, masked: String) {
    #expect(Mask.email(address) == masked)
  }

  @Test func `addresses inside a text are masked, the rest stays`() {
    #expect(Mask.emails(in: "550 <anna@example.org>: no such user") == "550 <a***@e***>: no such user")
    #expect(Mask.emails(in: "no address @ all") == "no address @ all")
  }
}
