import ArgumentParser
import HandoffCore

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
      for warning in settings.warnings { print("\(options.config): warning: \(warning)") }
      print("\(options.config) is valid: \(settings.storefronts.count) storefronts, \(settings.erps.count) ERPs.")
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what is in force after file, environment and flags; secrets are not shown.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let settings = try options.load(isWired: false)
      print(settings.summary(await StorefrontHistory.read(of: settings)).joined(separator: "\n"))
    }
  }
}
