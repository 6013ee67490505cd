import ArgumentParser
import Connector
import HandoffCore
import Transport

/// `countersign subscribe`: makes a storefront's webhook subscriptions by its API.
struct SubscribeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subscribe",
    abstract: "Make the webhook subscriptions of a Shopify or WooCommerce storefront; may be repeated.",
    discussion: """
      Missing subscriptions are made, and those the shop has switched off are switched on again; others are left \
      alone. Exit 0 when every topic is subscribed to, 1 when one is missing (with --dry-run) or was refused, 3 when \
      the shop could not be asked. Fit for a daily cron: Shopify deletes subscriptions after eight failed deliveries \
      in a row.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Argument(help: "The storefront's name in the configuration.")
  var storefront: String

  @Option(help: "The public address of this coordinator, https://hooks.example.com; /webhooks/NAME is added.")
  var at: String

  @Flag(name: .customLong("dry-run"), help: "Show what is missing, and change nothing.")
  var dryRun = false

  func validate() throws {
    let lowered = at.lowercased()
    let isLocal = ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { lowered.hasPrefix($0) }
    guard lowered.hasPrefix("https://") || isLocal, !at.contains("?"), !at.contains("#") else {
      throw ValidationError("--at: an https:// address, for example https://hooks.example.com")
    }
  }

  func run() async throws {
    let settings = try options.load()
    guard let target = settings.storefronts.first(where: { $0.name.text == storefront }) else {
      let known = settings.storefronts.map(\.name.text).joined(separator: ", ")
      throw CommandFault("There is no storefront \"\(storefront)\" in \(options.config) (known: \(known)).")
    }
    let transport = AHCTransport()
    guard
      let subscriber = try Assembly(settings: settings, transport: transport).source(target) as? any WebhookSubscriber
    else {
      await transport.shutdown()
      throw CommandFault("A \(target.kind.name) storefront has no subscriptions: it sends its orders by itself.")
    }
    let path = "/webhooks/" + storefront
    var address = at
    while address.hasSuffix("/") { address.removeLast() }
    if !address.hasSuffix(path) { address += path }
    let report = await subscriber.subscribe(
      at: address, holdsFulfillment: target.policy.holdsFulfillment, dryRun: dryRun)
    await transport.shutdown()
    if let reason = report.stopped { throw CommandFault("The shop could not be asked: \(reason)") }
    print("subscriptions of \(storefront) at \(address)")
    for topic in report.existing { print("✔ \(topic): is there") }
    for topic in report.created { print(dryRun ? "✘ \(topic): is missing" : "✔ \(topic): made") }
    for failure in report.failed { print(TextTable.clean("✘ \(failure.topic): \(failure.reason)")) }
    if !report.isComplete || (dryRun && !report.created.isEmpty) { throw ExitStatus.found }
  }
}

extension StorefrontSettings.Kind {
  /// As the configuration writes it.
  var name: String {
    switch self {
    case .shopify: "shopify"
    case .woocommerce: "woocommerce"
    case .generic: "generic"
    }
  }
}
