import Connector
import Crypto
import Foundation
import Logging
import Sandbox
import ServiceLifecycle
import Transport

/// A sandbox in this process, and a configuration for a coordinator in front of it.
enum SandboxFixture {
  static let shop = "demo.myshopify.com"

  static func configuration(folder: String, ports: SandboxPorts, port: Int, keyFile: String) -> String {
    """
    store: { sqlite: "\(folder)/countersign.db" }
    http: { host: 127.0.0.1, port: \(port) }
    log: warning
    storefronts:
      shopify:
        kind: shopify
        shop: \(shop)
        webhookSecret: shpss_sandbox
        accessToken: shpat_sandbox
        baseURL: "\(ports.baseURL)/shopify/\(shop)"
        erp: books
        backfill: 2s
        retry: { first: 100ms, longest: 2s }
    erps:
      books:
        kind: netsuite
        account: "1234567_SB1"
        baseURL: "\(ports.baseURL)/netsuite"
        customer: "12345"
        currency: USD
        shippingItem: SHIPPING
        currencies: { EUR: "2", GBP: "3", CAD: "4", JPY: "5", PLN: "6" }
        concurrency: 4
        auth: { clientId: sandbox-client, certificateId: sandbox-certificate, privateKey: "file:\(keyFile)" }
    confirmation: { kind: smtp, url: "smtp://127.0.0.1:\(ports.smtp)", from: orders@example.com, shop: Test Shop }
    rollout: { shopify: { watermark: "2000-01-01T00:00:00Z" } }
    owners: { default: ops@example.com }

    """
  }
}

/// Runs a body with a sandbox that sends its webhooks to a coordinator's port.
func withSandbox(
  port: Int, folder: String, _ body: (SandboxServer, String, AHCTransport) async throws -> Void
) async throws {
  let key = P256.Signing.PrivateKey()
  var configuration = SandboxConfiguration()
  configuration.netsuite.clients = [
    NetSuiteClient(
      clientId: "sandbox-client", certificateId: "sandbox-certificate", publicKeyPEM: key.publicKey.pemRepresentation)
  ]
  configuration.netsuite.customers = ["12345"]
  configuration.shopify.delivery.timeScale = 0.0002
  configuration.shopify.delivery.dropAfterFailures = 1_000_000
  configuration.shopify.delivery.duplicate = 0.1
  var logger = Logger(label: "sandbox")
  logger.logLevel = .error
  let sandbox = SandboxServer(configuration: configuration, logger: logger)
  let transport = AHCTransport()
  let running = Task { try await sandbox.run() }
  let ports = try await sandbox.boundPorts()
  let keyFile = folder + "/netsuite.pem"
  try Data(key.pemRepresentation.utf8).write(to: URL(filePath: keyFile))
  let file = folder + "/countersign.yaml"
  let text = SandboxFixture.configuration(folder: folder, ports: ports, port: port, keyFile: keyFile)
  try Data(text.utf8).write(to: URL(filePath: file))
  for topic in ["orders/create", "orders/updated", "orders/cancelled"] {
    sandbox.subscribeShopify(
      shop: SandboxFixture.shop, topic: topic, to: "http://127.0.0.1:\(port)/webhooks/shopify")
  }
  do {
    try await body(sandbox, file, transport)
  } catch {
    running.cancel()
    await transport.shutdown()
    throw error
  }
  running.cancel()
  await transport.shutdown()
}
