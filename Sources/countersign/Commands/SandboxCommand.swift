import ArgumentParser
import Foundation
import Logging
import Sandbox
import ServiceLifecycle
import UnixSignals

/// `countersign sandbox`: the simulated vendors, with a configuration that fits them.
struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Run simulated Shopify, WooCommerce, NetSuite, a generic ERP and a mail server on loopback.")

  @Option(help: "The folder for the configuration and the ledger; with an earlier ledger in it, order numbers go on.")
  var dir = "var/sandbox"

  @Option(help: "The HTTP port; 0 takes any free one.")
  var port = 8090

  @Option(name: .customLong("smtp-port"), help: "The SMTP port; 0 takes any free one.")
  var smtpPort = 8025

  @Option(name: .customLong("coordinator-port"), help: "Where the coordinator will listen; webhooks go there.")
  var coordinatorPort = 8080

  @Option(help: "Orders a second to place in the simulated shop; 0 for none.")
  var rate = 0.0

  @Option(help: "How many orders to place in all; 0 for no end.")
  var orders = 0

  @Option(help: "Seed of orders and faults.")
  var seed: UInt64 = 1

  func validate() throws {
    guard (0...65_535).contains(port), (0...65_535).contains(smtpPort), (1...65_535).contains(coordinatorPort) else {
      throw ValidationError("A port is a number from 0 to 65535.")
    }
    guard port == 0 || port != smtpPort else { throw ValidationError("--port and --smtp-port are to be different.") }
    guard rate >= 0, rate <= 5000 else { throw ValidationError("--rate: 0 to 5000 orders a second.") }
  }

  func run() async throws {
    var configuration = SandboxConfiguration()
    configuration.httpPort = port
    configuration.smtpPort = smtpPort
    configuration.ledgerFile = dir + "/ledger.jsonl"
    configuration.shopify.delivery.seed = seed
    configuration.shopify.delivery.timeScale = 0.001
    let wiring = SandboxWiring(keyFile: dir + "/netsuite.pem", pattern: "acknowledgmentGated")
    wiring.configure(&configuration)
    try FileManager.default.createDirectory(atPath: dir, withIntermediateDirectories: true)
    let server = SandboxServer(configuration: configuration)
    let shop = SandboxShop(
      server: server, wiring: wiring, folder: dir, coordinatorPort: coordinatorPort, rate: rate, limit: orders,
      seed: seed)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [server, shop], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "sandbox")))
    do { try await group.run() } catch let fault as SandboxPortFault {
      let option = fault.port == smtpPort && fault.port != port ? "--smtp-port" : "--port"
      throw ListeningFault.fault(fault.reason, host: "127.0.0.1", port: fault.port, option: option)
        ?? CommandFault("The sandbox ended: \(fault)")
    } catch {
      throw CommandFault("The sandbox ended: \(error)")
    }
  }
}

/// The customers of the simulated shop.
private struct SandboxShop: Service {
  let server: SandboxServer
  let wiring: SandboxWiring
  let folder: String
  let coordinatorPort: Int
  let rate: Double
  let limit: Int
  let seed: UInt64

  static let topics = [
    "orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/edited", "orders/delete",
    "refunds/create", "app/uninstalled",
  ]
  static let wooTopics = ["order.created", "order.updated", "order.deleted", "order.restored"]

  func run() async throws {
    let ports = try await server.boundPorts()
    let file = try wiring.write(into: folder, ports: ports, coordinatorPort: coordinatorPort)
    if !file.hasSuffix("/countersign.yaml") {
      print("\(folder)/countersign.yaml has been edited and stays as it is; what fits this sandbox is in \(file).")
    }
    sayWhatWasBefore()
    let target = "http://127.0.0.1:\(coordinatorPort)/webhooks"
    for topic in Self.topics {
      server.subscribeShopify(shop: SandboxWiring.shop, topic: topic, to: target + "/shopify")
    }
    for topic in Self.wooTopics { server.registerWooWebhook(topic: topic, to: target + "/woo") }
    print("sandbox ready: \(ports.baseURL), smtp 127.0.0.1:\(ports.smtp), configuration \(file)")
    fflush(nil)
    await cancelWhenGracefulShutdown { await place() }
    try await gracefulShutdown()
  }

  /// What is left of an earlier sandbox in the folder, and what that means for a coordinator's database beside it.
  private func sayWhatWasBefore() {
    if server.earlierEntries > 0 {
      print(
        "\(folder)/ledger.jsonl ends with seq \(server.earlierEntries): sequence and order numbers go on after it.",
        "The shops and ERPs begin empty.")
    } else if FileManager.default.fileExists(atPath: folder + "/countersign.db") {
      print(
        "\(folder)/countersign.db knows the orders of an earlier sandbox, whose ledger.jsonl is gone: order numbers",
        "begin anew, and `serve` takes new orders for repeated deliveries of those. Delete countersign.db as well, or",
        "start with another --dir.")
    }
  }

  private func place() async {
    guard rate > 0 else { return }
    // The simulated NetSuite keeps one currency.
    var generator = SandboxOrderGenerator(seed: seed, catalogue: CatalogueItem.standard)
    let clock = ContinuousClock()
    let start = clock.now
    var placed = 0
    while !Task.isCancelled, limit == 0 || placed < limit {
      let due = Int((start.duration(to: clock.now) / .seconds(1)) * rate)
      let count = limit == 0 ? due - placed : min(due, limit) - placed
      if count > 0 {
        for _ in 0..<count {
          var order = generator.next()
          order.currency = "USD"
          server.placeShopifyOrder(shop: SandboxWiring.shop, order)
        }
        placed += count
      }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }
}
