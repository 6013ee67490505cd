import Connector
import Foundation
import HandoffCore
import Yams

extension Settings {
  /// Reads a configuration file.
  /// - Parameter isWired: whether the connectors are asked too; a command that only needs the coordinator's address
  ///   leaves that out.
  /// - Throws: ``ConfigFaults`` with every fault found, each with its line.
  static func load(
    file: String, environment: [String: String], flags: [String: String], shorthands: [String: String] = [:],
    isWired: Bool = true
  ) throws(ConfigFaults) -> Settings {
    let files = FileManager.default
    guard let data = files.contents(atPath: file), let text = String(data: data, encoding: .utf8) else {
      let isThere = files.fileExists(atPath: file)
      throw ConfigFaults(
        file: file,
        reason: isThere
          ? "\(file) cannot be read as UTF-8 text."
          : "There is no file \(file). --config names another; `countersign sandbox` runs simulated vendors and writes "
            + "a configuration that fits them.")
    }
    return try parse(
      text, file: file, environment: environment, flags: flags, shorthands: shorthands, isWired: isWired)
  }

  static func parse(
    _ text: String, file: String, environment: [String: String], flags: [String: String],
    shorthands: [String: String] = [:], isWired: Bool = true
  ) throws(ConfigFaults) -> Settings {
    let context = ConfigContext(environment: environment, flags: flags, shorthands: shorthands)
    var settings: Settings
    do { settings = try read(text, context: context) } catch { throw ConfigFaults(file: file, faults: [error]) }
    if isWired {
      for fault in Assembly(settings: settings, transport: NoTransport()).faults()
      where !context.isExplained(fault.path) { context.fault(at: fault.path, fault.problem) }
    }
    guard context.faults.isEmpty else { throw ConfigFaults(file: file, faults: context.faults) }
    settings.warnings = settings.storefronts.flatMap { storefront in
      storefront.warnings.map { context.place("storefronts.\(storefront.name).\($0.key)", $0.words) }
    }
    for warning in settings.storefronts.compactMap({ $0.confirmation?.warning }) {
      let placed = context.place(warning.path, warning.words)
      if !settings.warnings.contains(placed) { settings.warnings.append(placed) }
    }
    if let words = settings.alertWarning { settings.warnings.append(context.place("alerts", words)) }
    return settings
  }

  /// Reads a text; what is wrong with it is left in the context.
  /// - Throws: a fault when the text is no YAML at all.
  static func read(_ text: String, context: ConfigContext) throws(ConfigFault) -> Settings {
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch { throw ConfigFault(yaml: error, in: text) }
    return SettingsReader(root: ConfigMap(root, path: "", context: context), context: context).read()
  }
}

/// For connectors that are made only to hear what they say about their settings.
private struct NoTransport: HTTPTransport {
  func send(_ call: HTTPCall) async throws(ExchangeFailure) -> HTTPAnswer { throw .notSent("nothing is sent here") }
}

/// Reads the sections of a configuration.
struct SettingsReader {
  let root: ConfigMap
  let context: ConfigContext

  func read() -> Settings {
    var settings = Settings()
    readStore(&settings)
    readHTTP(&settings)
    readOwners(&settings)
    readAlerts(&settings)
    settings.logLevel = root.text("log") ?? "info"
    if !["trace", "debug", "info", "notice", "warning", "error", "critical"].contains(settings.logLevel) {
      root.fault("log", "write trace, debug, info, notice, warning, error or critical")
    }
    settings.erps = root.entries("erps").map { readERP($0.name, $0.map) }
    let confirmation = root.section("confirmation")
    let shared = confirmation.isPresent ? readConfirmation(confirmation) : nil
    let rollout = root.section("rollout")
    settings.storefronts = root.entries("storefronts").map { name, map in
      readStorefront(name, map, shared: shared, rollout: rollout.section(name))
    }
    rollout.finish("there is no storefront of this name")
    if settings.storefronts.isEmpty { context.fault(root.line, "storefronts", "at least one storefront is needed") }
    root.finish()
    context.finish(
      sections: ["store", "http", "log", "owners", "alerts", "erps", "confirmation", "rollout", "storefronts"])
    check(settings)
    return settings
  }

  private func readStore(_ settings: inout Settings) {
    let store = root.section("store")
    settings.database = store.text("sqlite") ?? settings.database
    store.finish()
  }

  private func readHTTP(_ settings: inout Settings) {
    let http = root.section("http")
    settings.http.host = http.text("host") ?? settings.http.host
    settings.http.port = http.int("port", in: 0...65_535, default: settings.http.port)
    settings.http.token = http.secret("token")
    if !settings.http.isLoopback, (settings.http.token ?? "").utf8.count < 16 {
      http.fault(
        "token", "a token of at least 16 characters is needed when the console can be reached from other machines")
    }
    settings.http.isBehindTLS = http.bool("behindTLS", default: false)
    settings.http.allowedHosts = http.texts("allowedHosts").map { $0.lowercased() }
    for host in settings.http.allowedHosts where !HTTPSettings.isHostName(host) {
      http.fault("allowedHosts", "\"\(host.prefix(60))\" is no host name; write it as desk.example.com, without a port")
    }
    http.finish()
  }

  private func readOwners(_ settings: inout Settings) {
    let owners = root.section("owners")
    settings.defaultOwner = owners.text("default") ?? ""
    for role in OwnerRole.allCases { settings.owners[role] = owners.text(role.rawValue) }
    settings.escalationOwner = owners.text("escalation").flatMap { $0.isEmpty ? nil : $0 }
    if settings.defaultOwner.isEmpty {
      owners.fault("default", "somebody must own every exception; for example default: ops@example.com")
    }
    owners.finish()
  }
}
