import Connector
import Foundation
import Testing

@testable import countersign

/// What `config check` says: every fault at once, each with its line and in words.
struct CheckTests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  private func faults(_ text: String, environment: [String: String] = [:]) -> [String] {
    do {
      _ = try Settings.parse(text, file: "t.yaml", environment: environment, flags: [:])
      return []
    } catch { return error.faults.map(\.description) }
  }

  @Test func `what the connectors find stands beside the rest, with its line and the key of the file`() {
    let found = faults(
      """
      http: { prot: 1 }
      storefronts:
        web:
          kind: generic
          webhookSecret: whsec_c2hvcnQ=
          erp: g
        shop: { kind: woocommerce, site: "http://shop.example.com", webhookSecret: abcdefgh, erp: n }
      erps:
        g:
          kind: generic
          url: ftp://x
        n:
          kind: netsuite
          account: "1"
          customer: twelve
          currency: US
          auth: { clientId: a, certificateId: b, privateKey: c }
        t: { kind: tryton, url: erp.example.com, key: k, company: 1, party: 1, invoiceAddress: 1,
             shipmentAddress: 1, warehouse: 1, webShop: 1 }
      confirmation:
        kind: smtp
        url: http://mail.example.com
        from: nobody
      owners: { default: ops@example.com }
      """)
    let expected = [
      "line 1: http.prot: ", "line 5: storefronts.web.webhookSecret: 24 to 64 random bytes",
      "line 7: storefronts.shop.site: an https:// address", "line 11: erps.g.url: an http:// or https:// address",
      "line 16: erps.n.currency: \"US\" is no ISO 4217 code", "line 18: erps.t.url: an http:// or https:// address",
      "line 15: erps.n.customer: the customer's internal id", "line 22: confirmation.url: an address that starts with",
      "line 23: confirmation.from: the address has no @",
    ]
    for words in expected { #expect(found.contains { $0.hasPrefix(words) }, "\(words) in \(found)") }
    #expect(!found.contains { $0.contains("(reason:") || $0.contains("siteURL") || $0.contains("baseURL") })
  }

  @Test func `an address of a mail setting is judged at its own line`() {
    let text = """
      storefronts: { web: { kind: generic, webhookSecret: \(Self.secret), erp: g } }
      erps: { g: { kind: generic, url: "http://127.0.0.1:9" } }
      owners: { default: ops@example.com }
      confirmation:
        kind: smtp
        url: smtp://127.0.0.1:25
      """
    #expect(faults(text + "\n  from: nobody") == ["line 7: confirmation.from: the address has no @"])
    #expect(
      faults(text + "\n  from: a@example.com\n  tls: maybe")
        == ["line 8: confirmation.tls: \"maybe\" is not one of starttls, implicit, none"])
    #expect(
      faults(text + "\n  from: a@example.com\n  shop: Confirmed Goods").first?.hasPrefix("line 8: confirmation.shop: ")
        == true)
    #expect(faults(text + "\n  from: a@example.com\n  user: me").first?.contains("belong together") == true)
  }

  @Test func `an empty secret is none`() {
    func text(_ secret: String) -> String {
      """
      storefronts: { web: { kind: shopify, shop: a, pattern: acknowledgmentGated, webhookSecret: \(secret), erp: g } }
      erps: { g: { kind: generic, url: "http://127.0.0.1:9" } }
      owners: { default: ops@example.com }
      confirmation: { kind: webhook, url: "http://127.0.0.1:9", secret: \(Self.secret) }
      """
    }
    #expect(faults(text("s3cret")).isEmpty)
    for empty in ["\"\"", "[a, \"\"]", "[]", "\"${EMPTY}\""] {
      let found = faults(text(empty), environment: ["EMPTY": ""])
      #expect(found.contains { $0.hasPrefix("line 1: storefronts.web.webhookSecret: ") }, "\(empty): \(found)")
    }
  }

  @Test func `a text that is no YAML is refused at its line`() {
    #expect(faults("http: { port: 1 }\nowners: [").first?.contains("this is no YAML") == true)
    #expect(faults("log: info\nlog: info").first?.contains("log: this key stands twice") == true)
  }

  @Test(arguments: ["requestLife: 20s", "requestLife: 30s"])
  func `a request cannot live longer than is waited for it`(retry: String) {
    let found = faults(
      """
      storefronts: { web: { kind: generic, webhookSecret: \(Self.secret), erp: g, retry: { \(retry) } } }
      erps: { g: { kind: generic, url: "http://127.0.0.1:9" } }
      owners: { default: ops@example.com }
      confirmation: { kind: webhook, url: "http://127.0.0.1:9", secret: \(Self.secret) }
      """)
    #expect(found == ["line 1: storefronts.web.retry.requestLife: must be longer than erps.g.timeout, 30s"])
  }

  @Test func `every documented setting reaches its connector's settings`() throws {
    let settings = try Settings.parse(
      """
      storefronts:
        shop:
          kind: woocommerce
          site: https://shop.example.com
          webhookSecret: abcdefgh
          erp: n
          offlineMethods: [invoice]
          customStatuses: { packed: released }
          moneyTolerance: 3
      erps:
        n:
          kind: netsuite
          account: "1"
          customer: "12"
          currency: USD
          shippingItem: "id:77"
          taxItem: TAX
          extraFields: { custbody_a: true, custbody_b: 12, custbody_c: "12", department: { id: "3" } }
          availabilityLocations: ["2"]
          auth: { kind: tokenBased, consumerKey: a, consumerSecret: b, token: c, tokenSecret: d }
      owners: { default: ops@example.com }
      confirmation: { kind: webhook, url: "http://127.0.0.1:9", secret: \(Self.secret) }
      """, file: "t.yaml", environment: [:], flags: ["erps.n.extraFields.custbody_d": "x"])
    guard case .woocommerce(let woo) = settings.storefronts.first?.kind,
      case .netsuite(let netsuite) = settings.erps.first?.kind
    else {
      Issue.record("\(settings)")
      return
    }
    #expect(woo.offlineMethods == ["invoice"] && "\(woo.customStatuses)".contains("released"))
    #expect("\(String(describing: netsuite.shippingItem))".contains("id(\"77\")"))
    #expect("\(String(describing: netsuite.taxItem))".contains("externalID(\"TAX\")"))
    #expect(
      netsuite.extraFields == [
        "custbody_a": true, "custbody_b": .number("12"), "custbody_c": "12", "department": ["id": "3"],
        "custbody_d": "x",
      ])
    #expect(netsuite.availabilityLocations == ["2"])
  }

  @Test func `a Shopify storefront that is erpGated gets a warning, and stays valid`() async throws {
    func text(_ pattern: String, mode: String = "gate") -> String {
      """
      storefronts:
        main: { kind: shopify, shop: a, webhookSecret: s, accessToken: t, erp: g, pattern: \(pattern) }
      erps: { g: { kind: generic, url: "http://127.0.0.1:9" } }
      owners: { default: ops@example.com }
      confirmation: { kind: webhook, url: "http://127.0.0.1:9", secret: \(Self.secret) }
      alerts: { kind: webhook, url: "http://127.0.0.1:9", secret: \(Self.secret) }
      rollout: { main: { mode: \(mode) } }
      """
    }
    func warnings(_ text: String) throws -> [ConfigFault] {
      try Settings.parse(text, file: "t.yaml", environment: [:], flags: [:]).warnings
    }
    #expect(try warnings(text("erpGated")).map(\.line) == [2])
    #expect(try warnings(text("acknowledgmentGated")).isEmpty)
    #expect(try warnings(text("erpGated", mode: "shadow")).isEmpty)
    let folder = try ScratchFolder()
    try folder.write(text("erpGated"))
    let check = try await CommandRun("config", "check", in: folder)
    #expect(check.status == 0)
    #expect(check.out.contains("warning: line 2: storefronts.main.pattern: Shopify sends its own order mail"))
  }

  @Test(
    arguments: [
      ("kind: shopify, shop: a, webhookSecret: s", "", ["storefronts.main.accessToken"]),
      ("kind: shopify, shop: a, webhookSecret: s, backfill: off", "", []),
      ("kind: shopify, shop: a, webhookSecret: s, accessToken: t", "", []),
      ("kind: shopify, shop: www.example.com, webhookSecret: s, accessToken: t", "", ["storefronts.main.shop"]),
      ("kind: shopify, shop: 'https://A.myshopify.com/', webhookSecret: s, accessToken: t", "", []),
      ("kind: woocommerce, site: 'https://a.example', webhookSecret: abcdefgh", "", ["storefronts.main.consumerKey"]),
      ("kind: generic, webhookSecret: \(Self.secret)", "", ["storefronts.main.listURL"]),
      ("kind: generic, webhookSecret: \(Self.secret), listURL: 'https://a.example'", "", []),
      (
        "kind: generic, webhookSecret: \(Self.secret), backfill: off", ", tls: none, url: 'smtp://mail.example.com:25'",
        ["confirmation.tls"]
      ),
      // Without `tls` a remote server is spoken to by STARTTLS or not at all.
      ("kind: generic, webhookSecret: \(Self.secret), backfill: off", ", url: 'smtp://mail.example.com:25'", []),
    ] as [(String, String, [String])])
  func `what is valid and probably not meant gets a warning at its setting`(
    storefront: String, mail: String, paths: [String]
  ) throws {
    let way = mail.isEmpty ? ", tls: none, url: 'smtp://127.0.0.1:25'" : mail
    let settings = try Settings.parse(
      """
      storefronts: { main: { \(storefront), erp: g, pattern: acknowledgmentGated } }
      erps: { g: { kind: generic, url: "http://127.0.0.1:9" } }
      owners: { default: ops@example.com }
      confirmation: { kind: smtp, from: orders@example.com\(way) }
      alerts: { kind: webhook, url: "http://127.0.0.1:9", secret: \(Self.secret) }
      """, file: "t.yaml", environment: [:], flags: [:])
    let warned = settings.warnings.map { $0.path }
    #expect(warned == paths)
  }

  @Test func `that nobody is told of exceptions gets a warning`() async throws {
    let folder = try ScratchFolder()
    try folder.write(ServedDesk.configuration())
    let silent = try await CommandRun("config", "check", in: folder)
    #expect(silent.status == 0)
    #expect(silent.out.contains("countersign.yaml: warning: alerts: without it no owner is told that an order waits"))
    let alerts = "alerts: { kind: webhook, url: \"http://127.0.0.1:9\", secret: \(Self.secret) }\n"
    try folder.write(ServedDesk.configuration() + alerts)
    let told = try await CommandRun("config", "check", in: folder)
    #expect(told.status == 0 && !told.out.contains("alerts"), "\(told.out)")
  }

  @Test(
    arguments: [
      ("http://127.0.0.1:99999/erp", false), ("http://127.0.0.1:0", false), ("http://erp.example.com:/erp", false),
      ("https://erp.example.com:80x", false), ("https://[::1]:65536", false), ("http://127.0.0.1:65535/erp", true),
      ("https://erp.example.com/a:b", true), ("https://[::1]/erp", true), ("https://me:secret@erp.example.com", true),
    ])
  func `a port that is none is refused at its line`(address: String, isSound: Bool) {
    let found = faults(
      """
      storefronts: { web: { kind: generic, webhookSecret: \(Self.secret), erp: g } }
      erps:
        g: { kind: generic, url: "\(address)" }
      owners: { default: ops@example.com }
      confirmation: { kind: webhook, url: "http://127.0.0.1:9", secret: \(Self.secret) }
      """)
    #expect(found == (isSound ? [] : ["line 3: erps.g.url: the port in this address is no number from 1 to 65535"]))
  }

  @Test func `ports of storefronts and of NetSuite are judged too`() {
    let found = faults(
      """
      storefronts:
        shop: { kind: woocommerce, site: "https://shop.example.com:70000", webhookSecret: abcdefgh, erp: n }
        main: { kind: shopify, shop: a, webhookSecret: s, erp: n, baseURL: "http://127.0.0.1:70000/shopify" }
      erps:
        n:
          kind: netsuite
          account: "1"
          customer: "12"
          currency: USD
          shippingItem: SHIPPING
          taxItem: TAX
          baseURL: "http://127.0.0.1:70000"
          auth: { kind: tokenBased, consumerKey: a, consumerSecret: b, token: c, tokenSecret: d }
      owners: { default: ops@example.com }
      confirmation: { kind: webhook, url: "http://127.0.0.1:70000", secret: \(Self.secret) }
      """)
    let paths = ["storefronts.shop.site", "storefronts.main.baseURL", "erps.n.baseURL", "confirmation.url"]
    for path in paths {
      let isFound = found.contains { $0.hasSuffix(" \(path): the port in this address is no number from 1 to 65535") }
      #expect(isFound, "\(path)")
    }
    #expect(found.count == paths.count, "\(found)")
  }

  @Test func `a line that begins with a tab is called so`() {
    #expect(
      faults("http:\n\tport: 1\n") == ["line 2: $: this is no YAML: the line is indented with a tab; YAML wants blanks"]
    )
  }

  @Test func `a duration is written as a configuration reads it`() {
    let durations: [Duration] = [.zero, .milliseconds(1500), .seconds(90), .seconds(600), .seconds(14_400)]
    #expect(durations.map(\.words) == ["0ms", "1500ms", "90s", "10m", "4h"])
  }
}
