import ArgumentParser
import HandoffCore
import Transport

/// `countersign config`: looks at a configuration without running it.
struct Config: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check or show a configuration.", subcommands: [Check.self, Show.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Report every fault of a configuration with its line; exit 1 if there is any.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let settings = try options.load()
      let transport = AHCTransport()
      do { _ = try Assembly(settings: settings, transport: transport).coordinatorSetting() } catch {
        await transport.shutdown()
        print("\(options.config): \(error)")
        throw ExitStatus.found
      }
      await transport.shutdown()
      print("\(options.config) is valid: \(settings.storefronts.count) storefronts, \(settings.erps.count) ERPs.")
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what is in force after file, environment and flags; secrets are not shown.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let settings = try options.load()
      print("database   \(settings.database)")
      print(
        "http       \(settings.http.host):\(settings.http.port)\(settings.http.token == nil ? "" : " with a token")")
      if !settings.http.allowedHosts.isEmpty {
        print("           also called \(settings.http.allowedHosts.joined(separator: ", "))")
      }
      if settings.http.isBehindTLS { print("           behind TLS") }
      print("owners     default \(settings.defaultOwner)")
      for role in OwnerRole.allCases {
        if let owner = settings.owners[role] { print("           \(role.rawValue) \(owner)") }
      }
      for erp in settings.erps { print("erp        \(erp.name)") }
      for storefront in settings.storefronts {
        let policy = storefront.policy
        print(
          "storefront \(storefront.name) -> \(storefront.erp): \(policy.mode.rawValue), \(policy.pattern.rawValue), "
            + "share \(policy.share) %, external id \(storefront.externalID)")
        print(
          "           deadlines: receipt \(policy.deadlines.receipt), validation \(policy.deadlines.validation), "
            + "stock \(policy.deadlines.stock), message \(policy.deadlines.message)")
        print(
          "           inventory: validate \(policy.inventory.isRequired), short \(policy.inventory.short.rawValue), "
            + "partly short \(policy.inventory.partlyShort.rawValue)")
      }
    }
  }
}
