import Connector
import Foundation
import HandoffCore
import Testing

@testable import ConnectorMail

/// Templates, ours and the operator's.
@Suite struct `Mail templates` {
  /// Loads a folder with some files in it.
  private func load(
    _ files: [String: String], storefronts: [String] = ["main"], defaultLanguage: String = "en",
    words: [String: [String]] = [:]
  ) throws -> MailTemplates {
    let folder = FileManager.default.temporaryDirectory.path + "/mail-templates-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (path, text) in files {
      let file = URL(filePath: folder + "/" + path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return try MailTemplates.load(
      folder: folder, storefronts: storefronts.map { StorefrontName($0) }, defaultLanguage: defaultLanguage,
      confirmationWords: words)
  }

  private func faults(_ files: [String: String]) -> [String] {
    do {
      _ = try load(files)
      return []
    } catch let error as MailTemplateFaults {
      return error.faults
    } catch {
      return ["\(error)"]
    }
  }

  @Test func `the nearest language with all parts is used`() {
    #expect(MailTemplates.chain("pt-BR", default: "de") == ["pt-br", "pt", "de", "en"])
    #expect(MailTemplates.chain("zh_Hant_TW", default: "en") == ["zh-hant-tw", "zh-hant", "zh", "en"])
    #expect(MailTemplates.chain(nil, default: "en") == ["en"])
    #expect(MailTemplates.chain("../../etc\r\n", default: "fr") == ["fr", "en"])
  }

  @Test func `a language without texts falls back`() throws {
    let templates = try MailTemplates.load(defaultLanguage: "de")
    let subject: (String) throws -> String = { language in
      try templates.render(Mail.facts(order: Mail.order(language: language)), shop: "S").subject
    }
    #expect(try subject("es-MX") == "Pedido #1001 confirmado")
    #expect(try subject("ko") == "Bestellung #1001 bestätigt")
  }

  @Test func `a storefront's text goes before everybody's, and that before ours`() throws {
    let templates = try load(
      [
        "all/en/confirmation.subject.mustache": "All {{number}}",
        "storefronts/main/en/confirmation.subject.mustache": "Main {{number}}",
      ], storefronts: ["main", "other"])
    let order = try Mail.order()
    #expect(try templates.render(Mail.facts(order: order), shop: "S").subject == "Main #1001")
    #expect(try templates.render(Mail.facts(order: order, storefront: "other"), shop: "S").subject == "All #1001")
  }

  @Test(arguments: [
    ("all/en/confirmation.text.mustache", "a\nb {{totl}}", ":2: 'totl' is unknown"),
    ("all/en/confirmation.text.mustache", "{{#lines}}\n{{title}}", ":2: section 'lines' is never closed"),
    ("all/en/confirmation.text.mustache", "{{#lines}}{{/record}}", ":1: {{/record}} closes nothing"),
    ("all/en/confirmation.html.mustache", "\n\n{{{number}}}", ":3: {{{number}} is not allowed"),
    ("all/en/confirmation.html.mustache", "{{&number}}", "is not allowed"),
    ("all/en/confirmation.html.mustache", "{{> confirmation}}", "is not allowed"),
    ("all/en/confirmation.html.mustache", "{{=<% %>=}}", "is not allowed"),
    ("all/en/confirmation.html.mustache", "{{uppercased(number)}}", "is not allowed"),
    ("all/en/confirmation.html.mustache", "{{title}}", "'title' is not available here"),
    ("all/en/confirmation.html.mustache", "x {{number", "has no }} on the same line"),
    ("all/en/confirmation.text.mustache", " \n", "came out empty"),
    ("all/en/acknowledgement.text.mustache", "You owe {{total}}", "no amounts"),
    ("all/en/acknowledgement.text.mustache", "{{#lines}}{{/lines}}", "no amounts and no items"),
    ("all/pt/confirmation.text.mustache", "Pedido {{number}}", "has no confirmation.html.mustache"),
    ("all/en/confirmation.txt.mustache", "x", "a text is named"),
    ("en/confirmation.text.mustache", "x", "texts belong in"),
    ("storefronts/typo/en/confirmation.text.mustache", "x", "no storefront 'typo'"),
  ])
  func `a faulty template stops the start, with its place`(file: String, text: String, fault: String) {
    let found = faults([file: text])
    #expect(
      found.contains { $0.contains(fault) && $0.contains(file.split(separator: "/").last ?? "") || $0.contains(fault) })
    #expect(!found.isEmpty)
  }

  @Test func `all faults are reported together`() {
    let found = faults([
      "all/en/confirmation.text.mustache": "{{a}}", "all/de/confirmation.html.mustache": "{{b}}", "stray.txt": "",
    ])
    #expect(found.count >= 3)
  }

  @Test func `foreign text is data, never a template`() throws {
    let order = try Mail.order(number: "{{total}}", name: "{{#lines}}", titles: ["{{> x}}", "{{shop}}"])
    let mail = try MailTemplates.load().render(Mail.facts(order: order), shop: "S")
    #expect(mail.subject == "Order {{total}} confirmed")
    #expect(mail.text.contains("{{#lines}}") && mail.text.contains("{{> x}}") && mail.text.contains("{{shop}}"))
  }
}

/// What an acknowledgement may not say.
@Suite struct `Acknowledgement wording` {
  private let rule = AcknowledgementRule()

  @Test(arguments: [
    "Your order is confirmed.", "Order confirmation", "CONFIRMED", "Confirmation pending no longer: confirmed",
    "con\u{AD}firmed", "con\u{200B}firmed", "Ihre Bestellung ist bestätigt", "Bestellbestätigung", "besta\u{308}tigt",
    "BESTATIGT", "confirme\u{301}e",
    "commande confirmée", "pedido confirmado", "ordine confermato", "bevestigd", "potwierdzone", "ご注文を確定しました",
    "We guarantee delivery", "we have accepted your order", "not yet confirmed, or rather: confirmed",
  ])
  func `a phrase that confirms is refused`(text: String) {
    #expect(rule.offence(in: text) != nil)
  }

  @Test(arguments: [
    "Confirmation pending", "confirmation  is\npending", "It is not yet confirmed.",
    "This is not an order confirmation.",
    "Ihre Bestellung ist noch nicht bestätigt", "Diese Nachricht ist keine Auftragsbestätigung",
    "n’est pas encore confirmée", "Ce message n'est pas une confirmation", "pendiente de confirmación", "Thank you.",
  ])
  func `a phrase that says pending is allowed`(text: String) {
    #expect(rule.offence(in: text) == nil)
  }

  @Test(arguments: [
    "<p>con<b>firm</b>ed</p>", "<img alt=\"confirmed\">", "<p>c&#111;nfirmed</p>", "<p>best&auml;tigt</p>",
    "<!-- --><p>con&shy;firmed</p>", "con<!-- x -->firmed",
  ])
  func `markup does not hide a phrase`(html: String) {
    #expect(rule.offence(inHTML: html) != nil)
  }

  @Test func `markup does not make a phrase`() {
    #expect(rule.offence(inHTML: "<p>it is not yet</p>\n<p>here</p>") == nil)
    #expect(rule.offence(inHTML: "<p>Confirmation <b>pending</b> &amp; more &unknown; <</p>") == nil)
  }

  @Test func `a confirming template stops the start, in any branch and in any language's folder`() throws {
    for text in [
      "Confirmed!", "{{^number}}confirmed{{/number}}", "con{{! x }}firmed", "Bestellung bestätigt {{number}}",
    ] {
      let fault = #expect(throws: TemplateFault.self) {
        try TemplateCompiler.compile("x\n" + text, kind: .acknowledgement, part: .text, rule: rule)
      }
      #expect(fault?.reason.contains("must not say") == true)
      _ = try TemplateCompiler.compile(text, kind: .confirmation, part: .text, rule: rule)
    }
  }

  @Test func `a language we cannot judge needs words first`() {
    #expect(!rule.covers("th") && rule.covers("pt-BR"))
    let told = AcknowledgementRule(additional: ["th": ["ยืนยัน"]])
    #expect(told.covers("th") && told.offence(in: "ยืนยันแล้ว") != nil)
  }

  @Test func `a name that reads as a confirmation is left out, a number is refused`() throws {
    let templates = try MailTemplates.load()
    let named = try Mail.order(name: "Order Confirmed")
    let mail = try templates.render(Mail.facts(.acknowledgement, order: named), shop: "S")
    #expect(!mail.text.contains("Order Confirmed") && mail.text.hasPrefix("Hello,"))
    let numbered = Mail.facts(.acknowledgement, order: try Mail.order(number: "CONFIRMED-7"))
    #expect(throws: CompositionFailure.self) { try templates.render(numbered, shop: "S") }
  }

  @Test func `no acknowledgement shows an amount or an item, whatever the customer wrote`() throws {
    let templates = try MailTemplates.load()
    var random = Seeded(seed: 7)
    for language in ["en", "de", "fr", "es"] {
      for _ in 0..<100 {
        let order = try Mail.order(name: random.text(upTo: 30), language: language, titles: ["confirmed item"])
        let mail = try templates.render(Mail.facts(.acknowledgement, order: order), shop: "S")
        #expect(!mail.text.contains("12.50") && !mail.text.contains("item") && !mail.html.contains("12.50"))
        #expect(rule.offence(in: mail.subject + "\n" + mail.text) == nil && rule.offence(inHTML: mail.html) == nil)
      }
    }
  }
}
