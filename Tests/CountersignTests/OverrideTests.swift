import Foundation
import HandoffCore
import Testing

@testable import countersign

/// Settings from flags and from the environment: they need nothing in the file, and are checked like it.
struct OverrideTests {
  private static let file = """
    storefronts:
      web: { kind: generic, webhookSecret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, erp: office }
    erps:
      office: { kind: generic, url: "http://127.0.0.1:9000" }
    confirmation: { kind: webhook, url: "http://127.0.0.1:9000", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }
    owners: { default: ops@example.com }
    """

  private func parse(_ flags: [String: String], _ environment: [String: String] = [:]) throws -> Settings {
    try Settings.parse(Self.file, file: "t.yaml", environment: environment, flags: flags)
  }

  private func faults(
    _ flags: [String: String], _ environment: [String: String] = [:], shorthands: [String: String] = [:]
  ) -> [String] {
    do {
      _ = try Settings.parse(
        Self.file, file: "t.yaml", environment: environment, flags: flags, shorthands: shorthands)
      return []
    } catch { return error.faults.map(\.description) }
  }

  @Test func `a flag makes the groups it needs`() throws {
    let settings = try parse([
      "http.port": "9001", "store.sqlite": "other.db", "rollout.web.mode": "shadow", "owners.erp": "erp@example.com",
      "storefronts.web.deadlines.receipt": "1m", "storefronts.web.inventory.validate": "false",
    ])
    let storefront = try #require(settings.storefronts.first)
    #expect(settings.http.port == 9001)
    #expect(settings.database == "other.db")
    #expect(settings.owners[.erp] == "erp@example.com")
    #expect(storefront.policy.mode == .shadow)
    #expect(storefront.policy.deadlines.receipt == .seconds(60))
    #expect(!storefront.policy.inventory.isRequired)
  }

  @Test func `the environment makes them too`() throws {
    let settings = try parse(
      [:],
      [
        "COUNTERSIGN_HTTP_PORT": "9002", "COUNTERSIGN_ROLLOUT_WEB_MODE": "observe",
        "COUNTERSIGN_STOREFRONTS_WEB_RETRY_FIRST": "2s",
      ])
    #expect(settings.http.port == 9002)
    #expect(settings.storefronts.first?.policy.mode == .observe)
    #expect(settings.storefronts.first?.policy.backoff.base == .seconds(2))
  }

  @Test func `a whole storefront can come by flags`() throws {
    let prefix = "storefronts.two."
    let settings = try parse([
      prefix + "kind": "generic", prefix + "webhookSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      prefix + "erp": "office",
    ])
    #expect(settings.storefronts.map(\.name.text) == ["web", "two"])
  }

  @Test(arguments: [
    ("http.prt", "--set http.prt: there is no such setting; did you mean port?"),
    ("htpp.port", "--set htpp.port: there is no such setting; did you mean http?"),
    ("http.port.x", "--set http.port.x: there is no such setting"),
    ("http", "--set http: this is a group of settings"),
    ("rollout.wbe.mode", "--set rollout.wbe.mode: there is no storefront of this name; did you mean web?"),
    ("storefronts.web.deadlines.reciept", "did you mean receipt?"),
    ("storefronts.zz.kind", "--set storefronts.zz.kind: storefronts.zz.erp: this setting is missing"),
  ])
  func `a flag that names no setting is refused by its name`(flag: String, words: String) {
    let found = faults([flag: "generic"])
    #expect(found.contains { $0.contains(words) }, "\(found)")
  }

  @Test func `a wrong value names the flag or the variable`() {
    #expect(faults(["http.port": "x"]).first?.hasPrefix("--set http.port: \"x\" is no whole number") == true)
    #expect(
      faults(["http.port": "x"], shorthands: ["http.port": "--port"]).first?.hasPrefix("--port: http.port: ") == true)
    #expect(
      faults([:], ["COUNTERSIGN_HTTP_PORT": "x"]).first?.hasPrefix("COUNTERSIGN_HTTP_PORT: http.port: ") == true)
  }

  @Test func `a variable that nearly names a setting is refused, any other is left alone`() {
    #expect(
      faults([:], ["COUNTERSIGN_HTTP_PRT": "1"])
        == ["COUNTERSIGN_HTTP_PRT: there is no such setting; did you mean COUNTERSIGN_HTTP_PORT?"])
    #expect(faults([:], ["COUNTERSIGN_STOREFRONT_WEB_ERP": "office"]).count == 1)
    #expect(faults([:], ["COUNTERSIGN_STOREFRONTS_NEW_KIND": "generic"]).first?.contains("--set") == true)
    let others = ["COUNTERSIGN_SMTP_URL", "COUNTERSIGN_SERVICE_HOST", "COUNTERSIGN_PORT", "COUNTERSIGN_KILLS", "PRT"]
    #expect(faults([:], Dictionary(uniqueKeysWithValues: others.map { ($0, "1") })).isEmpty)
  }

  @Test func `a variable that a value mentions is no setting`() throws {
    let text = Self.file.replacingOccurrences(of: "ops@example.com", with: "\"${COUNTERSIGN_OWNERS_MAIL}\"")
    let settings = try Settings.parse(
      text, file: "t.yaml", environment: ["COUNTERSIGN_OWNERS_MAIL": "a@example.com"], flags: [:])
    #expect(settings.defaultOwner == "a@example.com")
  }
}
