import Desk
import Foundation
import HandoffCore
import Testing

@testable import countersign

struct SettingsTests {
  private static let good = """
    store: { sqlite: ./x.db }
    http: { host: 127.0.0.1, port: 8080 }
    storefronts:
      main: { kind: shopify, shop: a.myshopify.com, webhookSecret: "${SECRET}", erp: books }
    erps:
      books: { kind: generic, url: "http://127.0.0.1:9000" }
    confirmation: { kind: smtp, url: "smtp://127.0.0.1:2525", from: a@example.com }
    owners: { default: ops@example.com, finance: money@example.com }
    """

  private func parse(
    _ text: String, environment: [String: String] = ["SECRET": "s3cret"], flags: [String: String] = [:]
  ) throws -> Settings {
    try Settings.parse(text, file: "t.yaml", environment: environment, flags: flags)
  }

  private func faults(_ text: String, environment: [String: String] = ["SECRET": "s"]) -> [ConfigFault] {
    do {
      _ = try parse(text, environment: environment)
      return []
    } catch let error as ConfigFaults { return error.faults } catch { return [] }
  }

  @Test func `a small configuration is read with its defaults`() throws {
    let settings = try parse(Self.good)
    #expect(settings.http.port == 8080)
    let storefront = try #require(settings.storefronts.first)
    #expect(storefront.policy.pattern == .erpGated)
    #expect(storefront.policy.mode == .gate)
    #expect(storefront.externalID == "CS-{storefront}-{orderId}")
    guard case .shopify(let shopify) = storefront.kind else {
      Issue.record("not a Shopify storefront")
      return
    }
    #expect(shopify.shop == "a.myshopify.com")
    #expect(shopify.secrets == ["s3cret"])
    #expect(settings.owners[.finance] == "money@example.com")
  }

  private static let hookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  @Test func `alerts are told by mail to addresses, or by a signed webhook to any name`() throws {
    let mail = Self.good + "\nalerts: { kind: smtp, url: \"smtp://127.0.0.1:2525\", from: c@example.com }\n"
    guard case .smtp(let server) = try parse(mail).alerts?.kind else {
      Issue.record("no mail")
      return
    }
    #expect(server.url == "smtp://127.0.0.1:2525" && server.from == "c@example.com" && server.user == nil)
    let unnamed = faults(mail.replacingOccurrences(of: "money@example.com", with: "the till"))
    #expect(unnamed.map(\.path) == ["alerts.kind"])
    #expect(unnamed.first?.problem.contains("\"the till\"") == true)
    let raised = Self.good.replacingOccurrences(of: "owners: {", with: "owners: { escalation: the boss,")
    #expect(try parse(raised).escalationOwner == "the boss")
    #expect(faults(raised + "\nalerts: { kind: smtp, url: \"smtp://x:1\", from: c@example.com }\n").count == 1)
    let hook =
      Self.good + "\nalerts: { kind: webhook, url: \"https://x\", secret: \(Self.hookSecret), console: \"http://y\" }\n"
    let settings = try parse(hook.replacingOccurrences(of: "money@example.com", with: "the till"))
    guard case .webhook("https://x", [Self.hookSecret]) = settings.alerts?.kind else {
      Issue.record("no webhook")
      return
    }
    #expect(settings.alerts?.console == "http://y")
    #expect(faults(Self.good + "\nalerts: { kind: pigeon }\n").map(\.path) == ["alerts.kind"])
    #expect(faults(Self.good + "\nalerts: { kind: webhook, url: \"https://x\" }\n").map(\.path) == ["alerts.secret"])
    #expect(faults(Self.good + "\nalerts: { kind: smtp, mailbox: x }\n").contains { $0.path == "alerts.mailbox" })
  }

  @Test func `a flag comes before the environment, the environment before the file`() throws {
    #expect(try parse(Self.good, environment: ["SECRET": "s", "COUNTERSIGN_HTTP_PORT": "9"]).http.port == 9)
    let flagged = try parse(
      Self.good, environment: ["SECRET": "s", "COUNTERSIGN_HTTP_PORT": "9"], flags: ["http.port": "10"])
    #expect(flagged.http.port == 10)
  }

  @Test func `an unknown key is refused with its line and the nearest known one`() throws {
    let text = Self.good.replacingOccurrences(of: "port: 8080", with: "prot: 8080")
    let fault = try #require(faults(text).first { $0.path == "http.prot" })
    #expect(fault.line == 2)
    #expect(fault.problem.contains("did you mean port"))
  }

  @Test func `every fault is reported at once`() {
    let text = """
      http: { port: 99999 }
      storefronts:
        main: { kind: shopfy, webhookSecret: "${MISSING}", erp: nowhere, pattern: sometimes }
      """
    let paths = Set(faults(text).map(\.path))
    #expect(
      paths.isSuperset(of: [
        "http.port", "storefronts.main.kind", "storefronts.main.webhookSecret", "storefronts.main.pattern",
        "storefronts.main.erp", "owners.default",
      ]))
  }

  @Test func `a console that others can reach needs a token`() {
    let text = Self.good.replacingOccurrences(of: "host: 127.0.0.1, port", with: "host: 0.0.0.0, port")
    #expect(faults(text).contains { $0.path == "http.token" })
  }

  @Test func `further names of the desk are read, and reach it`() throws {
    let text = Self.good.replacingOccurrences(
      of: "port: 8080 }", with: "port: 8080, allowedHosts: [Desk.example.com, other], behindTLS: true }")
    let desk = try parse(text).http.desk(figures: { [] })
    #expect(desk.allowedHosts == ["desk.example.com", "other"])
    #expect(desk.isBehindTLS)
    #expect(desk.fault == nil)
    for wrong in ["https://desk.example.com", "desk:8080", "\"\"", "a b"] {
      let text = Self.good.replacingOccurrences(of: "port: 8080 }", with: "port: 8080, allowedHosts: \"\(wrong)\" }")
      #expect(faults(text).contains { $0.path == "http.allowedHosts" || $0.path == "$" }, "\(wrong)")
    }
  }

  @Test func `a key that stands twice is refused`() {
    #expect(!faults(Self.good + "\nowners: { default: b@example.com }\n").isEmpty)
  }

  @Test func `in mode gate somebody must tell the customer`() {
    let text = Self.good.replacingOccurrences(
      of: "confirmation: { kind: smtp, url: \"smtp://127.0.0.1:2525\", from: a@example.com }\n", with: "")
    #expect(faults(text).contains { $0.path == "storefronts.main" })
  }

  @Test(arguments: ["", "[]", "a: [", "\u{0}", "- 1", "storefronts: 3", "erps: { x: { kind: 7 } }"])
  func `nonsense is refused and never crashes`(text: String) {
    #expect(!faults(text).isEmpty)
  }

  @Test func `a negative or endless duration is refused`() {
    for value in ["-1s", "0s", "5", "1000000000d", "s", "1.5h"] {
      let text = Self.good.replacingOccurrences(
        of: "erp: books }", with: "erp: books, deadlines: { receipt: \"\(value)\" } }")
      #expect(faults(text).contains { $0.path == "storefronts.main.deadlines.receipt" }, "\(value)")
    }
  }
}
