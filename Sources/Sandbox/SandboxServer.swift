public import Logging
public import ServiceLifecycle
import Hummingbird
import NIOCore

/// Simulated vendors on loopback: one HTTP port for all of them under path prefixes, one SMTP port for the mailbox.
///
/// They check signatures and tokens for real, keep real stock, misbehave on request, and write every effect to one
/// ledger at the moment it happens. A checker reads that ledger over HTTP and needs nothing of the coordinator.
public struct SandboxServer: Service {
  let world: SandboxWorld
  private let ports = PublishedPorts()

  /// A sandbox that is not yet listening; `run()` starts it.
  public init(configuration: SandboxConfiguration = SandboxConfiguration(), logger: Logger = Logger(label: "sandbox")) {
    world = SandboxWorld(configuration, logger: logger)
  }

  /// Listens until cancelled or gracefully shut down.
  /// - Throws: ``SandboxPortFault`` when a port cannot be listened on.
  public func run() async throws {
    let configuration = world.configuration
    let application = Application(
      responder: SandboxResponder(world: world),
      configuration: .init(
        address: .hostname(configuration.host, port: configuration.httpPort), serverName: "sandbox", backlog: 1024),
      onServerRunning: { channel in ports.set(http: channel.localAddress?.port ?? 0) }, logger: world.logger)
    let mail = MailServer(mailbox: world.mailbox, host: configuration.host, port: configuration.smtpPort) { port in
      ports.set(smtp: port)
    }
    defer { world.client.close() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await Self.listening(on: configuration.httpPort) { try await application.run() } }
      group.addTask { try await Self.listening(on: configuration.smtpPort) { try await mail.run() } }
      group.addTask { await world.background.run() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// With two ports, an error of the system alone would not say which of them it is about.
  private static func listening(on port: Int, _ run: () async throws -> Void) async throws {
    do { try await run() } catch let error as IOError { throw SandboxPortFault(port: port, reason: error) }
  }

  /// The bound ports, once both servers listen.
  /// - Throws: `CancellationError` when the waiting is cancelled.
  public func boundPorts() async throws -> SandboxPorts { try await ports.both() }

  /// The last sequence number that earlier sandboxes left in the ledger's file, 0 for a new one: sequence, time and ids
  /// go on after theirs.
  public var earlierEntries: Int { world.earlierEntries }

  /// The ledger of all vendors.
  public var ledger: SandboxLedger { world.ledger }

  /// Replaces a vendor's faults and restarts its seeded draw.
  public func setFaults(_ faults: Faults, for vendor: SandboxVendor) { world.faults(of: vendor).set(faults) }

  /// A vendor's faults as they stand, with what is left of its script.
  public func faults(of vendor: SandboxVendor) -> Faults { world.faults(of: vendor).faults }

  /// Places orders of the shop's seeded generator in a simulated Shopify shop, at once and in order; webhooks follow by
  /// themselves.
  @discardableResult
  public func placeShopifyOrders(shop: String, count: Int = 1) -> [SandboxOrder] {
    (0..<max(0, count)).map { _ in world.shopify.place(shop: shop) }
  }

  /// Places a given order in a simulated Shopify shop; its id, number and dates are set by the shop.
  @discardableResult
  public func placeShopifyOrder(shop: String, _ order: SandboxOrder) -> SandboxOrder {
    world.shopify.place(shop: shop, order)
  }

  /// Subscribes an address to a topic such as `orders/create`, as an installed app would have done.
  public func subscribeShopify(shop: String, topic: String, to address: String) {
    world.shopify.subscribe(shop: shop, topic: topic, uri: address)
  }

  /// Places orders in the simulated WooCommerce shop in a status such as `on-hold`; webhooks follow by themselves.
  @discardableResult
  public func placeWooOrders(status: String = "on-hold", count: Int = 1) -> [SandboxOrder] {
    (0..<max(0, count)).map { _ in world.woo.place(status: status) }
  }

  /// Creates a WooCommerce webhook, which pings its address first.
  public func registerWooWebhook(topic: String, to address: String) {
    world.woo.register(topic: topic, uri: address, secret: world.configuration.woo.webhookSecret)
  }

  /// Moves the wall clock of all vendors; the ledger's clock is not touched.
  public func advanceClock(seconds: Double) { world.clock.advance(seconds: seconds) }
}

/// A port of a sandbox cannot be listened on.
public struct SandboxPortFault: Error, CustomStringConvertible {
  /// The port as configured.
  public let port: Int
  /// What the system says; an `IOError` of NIO.
  public let reason: any Error
  /// The port, and what the system says.
  public var description: String { "port \(port): \(reason)" }
}

/// Where a sandbox listens.
public struct SandboxPorts: Sendable, Equatable {
  /// Port of all vendors' HTTP faces.
  public var http: Int
  /// Port of the mailbox.
  public var smtp: Int
  /// The address before a vendor's prefix, without a slash at the end.
  public var baseURL: String { "http://127.0.0.1:\(http)" }
}
