import ArgumentParser
import Foundation
import Hummingbird
import Logging
import Sandbox
import ServiceLifecycle
import Transport
import UnixSignals

/// `countersign demo`: sandbox, coordinator and a shop under load in one command.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch the broken flow and the gated flow side by side, on the same orders.",
    discussion: "Everything runs on this machine and listens on loopback. Ctrl-C ends it.")

  @Option(help: "The port of the demo page; the console is on the next one.")
  var port = 8080

  @Option(help: "Orders a second in quiet times; every minute a peak brings four times as many.")
  var rate = 8.0

  @Option(help: "Seed of orders and faults.")
  var seed: UInt64 = 1

  @Option(help: "The folder for database, log and configuration; those of an earlier demo there are removed.")
  var dir = "var/demo"

  @Option(help: "End after so many seconds; 0 for no end.")
  var seconds = 0

  func validate() throws {
    guard (1...65_534).contains(port) else { throw ValidationError("--port: a number from 1 to 65534.") }
    guard rate > 0, rate <= 200 else { throw ValidationError("--rate: more than 0, at most 200 orders a second.") }
  }

  func run() async throws {
    try prepareFolder()
    let wiring = SandboxWiring(concurrency: 14)
    let sandbox = SandboxServer(configuration: sandboxConfiguration(wiring), logger: quiet("sandbox"))
    let world = DemoWorld(sandbox: sandbox, transport: AHCTransport())
    let run = DemoRun(
      world: world, wiring: wiring, folder: dir, consolePort: port + 1, rate: rate, seed: seed, seconds: seconds)
    let application = Application(
      router: DemoDesk(world: world, run: run, consolePort: port + 1).router(),
      configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: quiet("demo"))
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(service: sandbox), .init(service: application),
          .init(service: run, successTerminationBehavior: .gracefullyShutdownGroup),
        ], gracefulShutdownSignals: [.sigint, .sigterm], logger: quiet("demo")))
    do { try await group.run() } catch let fault as CommandFault { throw fault } catch {
      throw ListeningFault.fault(error, host: "127.0.0.1", port: port) ?? CommandFault("The demo ended: \(error)")
    }
    await world.transport.shutdown()
    print("\nEnded. What happened is in \(dir).")
  }

  private func quiet(_ label: String) -> Logger {
    var logger = Logger(label: label)
    // Connections that a stop or a crash cuts off are what the demo is about, not news.
    logger.logLevel = .critical
    return logger
  }

  private func prepareFolder() throws {
    let files = FileManager.default
    try files.createDirectory(atPath: dir, withIntermediateDirectories: true)
    for name in try files.contentsOfDirectory(atPath: dir)
    where name.hasPrefix("countersign.") || name == "netsuite.pem" {
      try files.removeItem(atPath: dir + "/" + name)
    }
  }

  private func sandboxConfiguration(_ wiring: SandboxWiring) -> SandboxConfiguration {
    var configuration = SandboxConfiguration()
    configuration.catalogue = DemoWorld.catalogue
    configuration.shopify.delivery.timeScale = 0.0005
    configuration.shopify.delivery.seed = seed
    configuration.shopify.delivery.duplicate = 0.02
    // The naive flow's ERP takes what it is sent: nobody told it that an order can be sent twice.
    configuration.erp.uniqueExternalId = false
    configuration.erp.refuseWhenShort = false
    configuration.netsuite.concurrency = 15
    wiring.configure(&configuration)
    return configuration
  }
}
