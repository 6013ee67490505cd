import Foundation
import Testing

@testable import countersign

/// The pages about settings against the reader of settings: each knows exactly what the other knows.
struct SettingsPagesTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func text(of page: String) throws -> String {
    try String(contentsOf: root.appending(path: page), encoding: .utf8)
  }

  /// The keys in the first column of the tables whose heading has all of some words.
  private static func keys(in page: String, _ words: String...) throws -> Set<String> {
    var keys: Set<String> = []
    var isOurs = false
    var wasTable = false
    for line in try text(of: page).split(separator: "\n", omittingEmptySubsequences: false) {
      let isTable = line.hasPrefix("|")
      defer { wasTable = isTable }
      guard isTable else { continue }
      let cell = String(line.dropFirst().prefix { $0 != "|" })
      if !wasTable {
        isOurs = words.allSatisfy(cell.contains)
      } else if isOurs {
        keys.formUnion(Self.names(in: cell))
      }
    }
    return keys
  }

  /// The words between back ticks; one that begins with a dot stands in the group of the one before.
  private static func names(in cell: String) -> [String] {
    var names: [String] = []
    for (index, part) in cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
    where !index.isMultiple(of: 2) {
      let group = names.last?.split(separator: ".").dropLast().joined(separator: ".") ?? ""
      names.append(part.hasPrefix(".") ? group + part : String(part))
    }
    return names
  }

  /// Every setting that the reader asks for below a path of a text, and the pattern `<name>` for the name `x`.
  private func known(_ text: String, below path: String) throws -> Set<String> {
    let context = ConfigContext(environment: [:], flags: [:])
    _ = try Settings.read(text, context: context)
    return Set(context.known.filter { $0.hasPrefix(path + ".") }.map { String($0.dropFirst(path.count + 1)) })
  }

  @Test(arguments: ["shopify", "woocommerce", "generic"])
  func `a storefront's settings are those of its page and the common ones`(kind: String) throws {
    let page = try Self.keys(in: "docs/connectors/\(kind).md", "`storefronts.<name>`", "`kind: \(kind)`")
    let common = try Self.keys(in: "docs/operating/configuration.md", "`storefronts.<name>`", "every kind")
    #expect(page.count > 3 && common.count > 15)
    #expect(try known("storefronts: { x: { kind: \(kind) } }", below: "storefronts.x") == page.union(common))
  }

  @Test(arguments: ["netsuite", "tryton", "generic"])
  func `an ERP's settings are those of its page`(kind: String) throws {
    let page = try Self.keys(in: "docs/connectors/\(kind).md", "`erps.<name>`", "`kind: \(kind)`")
    var known: Set<String> = []
    for auth in ["oauth2", "tokenBased"] {
      known.formUnion(try self.known("erps: { x: { kind: \(kind), auth: { kind: \(auth) } } }", below: "erps.x"))
    }
    #expect(page.count > 5)
    #expect(known == page.union(["kind"]))
  }

  @Test(arguments: [("smtp", "mail"), ("webhook", "generic")])
  func `the settings of confirmations are those of their page`(kind: String, name: String) throws {
    let page = try Self.keys(in: "docs/connectors/\(name).md", "`confirmation`", "`kind: \(kind)`")
    #expect(page.count > 2)
    #expect(try known("confirmation: { kind: \(kind) }", below: "confirmation") == page.union(["kind"]))
  }

  @Test func `the settings of alerts are those of their page`() throws {
    let page = try Self.keys(in: "docs/operating/alerts.md", "setting")
    let both = try known("alerts: { kind: smtp }", below: "alerts")
      .union(try known("alerts: { kind: webhook }", below: "alerts"))
    #expect(both == page)
  }

  @Test func `everything else is on the page about configuration`() throws {
    let page = try Self.keys(in: "docs/operating/configuration.md", "setting")
    let context = ConfigContext(environment: [:], flags: [:])
    _ = try Settings.read("storefronts: { x: { kind: generic } }\nconfirmation: { kind: storefront }", context: context)
    let known = context.known.filter { !$0.hasPrefix("storefronts.") && !$0.hasPrefix("erps.") } + ["alerts"]
    #expect(page.count > 15)
    #expect(Set(known.map { $0.replacingOccurrences(of: "rollout.x.", with: "rollout.<name>.") }) == page)
  }

  @Test(
    arguments: ["shopify", "woocommerce", "generic", "netsuite", "tryton", "mail"].map { "docs/connectors/\($0).md" }
      + ["README.md"])
  func `every example is a valid configuration`(page: String) throws {
    let blocks = try Self.text(of: page).components(separatedBy: "```yaml\n").dropFirst()
      .compactMap { $0.components(separatedBy: "```").first }
    #expect(!blocks.isEmpty)
    for block in blocks {
      // The files and secrets of an example are on no machine; one value does for all of them.
      let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
      let text = block.replacing(/"file:[^"]*"/, with: "\"${KEY}\"")
      let names = text.matches(of: /\$\{([A-Z_]+)\}/).map { (String($0.output.1), secret) }
      var faults: [ConfigFault] = []
      do {
        _ = try Settings.parse(
          text, file: page, environment: Dictionary(names, uniquingKeysWith: { first, _ in first }), flags: [:])
      } catch { faults = error.faults.filter { !$0.description.contains("no PEM private key") } }
      #expect(faults.isEmpty, "\(faults)")
    }
  }
}
