import Crypto
import Foundation
import Sandbox

/// A sandbox and the configuration that fits it: keys are made anew at every start and are worth nothing elsewhere.
struct SandboxWiring {
  /// The simulated shop's domain.
  static let shop = "demo.myshopify.com"
  static let clientID = "sandbox-client"
  static let certificateID = "sandbox-certificate"
  /// The secret of the generic storefront and of the outbound webhooks.
  static let webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  private let key = P256.Signing.PrivateKey()

  /// Lets the sandbox know the key that the coordinator will sign with.
  func configure(_ configuration: inout SandboxConfiguration) {
    configuration.netsuite.clients = [
      NetSuiteClient(
        clientId: Self.clientID, certificateId: Self.certificateID, publicKeyPEM: key.publicKey.pemRepresentation)
    ]
    configuration.netsuite.customers = ["12345"]
  }

  /// Writes the key and a configuration for a coordinator in front of the sandbox; returns the configuration's path.
  func write(into folder: String, ports: SandboxPorts, coordinatorPort: Int) throws -> String {
    let files = FileManager.default
    try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let keyFile = folder + "/netsuite.pem"
    try Data(key.pemRepresentation.utf8).write(to: URL(filePath: keyFile))
    try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile)
    let path = folder + "/countersign.yaml"
    try Data(text(folder: folder, ports: ports, port: coordinatorPort).utf8).write(to: URL(filePath: path))
    return path
  }

  private func text(folder: String, ports: SandboxPorts, port: Int) -> String {
    """
    # Written by `countersign sandbox` for the sandbox it started; the keys fit no other.
    store: { sqlite: "\(folder)/countersign.db" }
    http: { host: 127.0.0.1, port: \(port) }
    log: notice
    storefronts:
      shopify:
        kind: shopify
        shop: \(Self.shop)
        webhookSecret: shpss_sandbox
        accessToken: shpat_sandbox
        baseURL: "\(ports.baseURL)/shopify/\(Self.shop)"
        erp: books
        backfill: 30s
      woo:
        kind: woocommerce
        site: "\(ports.baseURL)/woo"
        webhookSecret: woo_sandbox
        consumerKey: ck_sandbox
        consumerSecret: cs_sandbox
        erp: books
        backfill: 30s
        confirmation: { kind: storefront }
      web:
        kind: generic
        webhookSecret: \(Self.webhookSecret)
        erp: office
        inventory: { validate: false }
        confirmation: { kind: webhook, url: "\(ports.baseURL)/sink/confirm", secret: \(Self.webhookSecret) }
    erps:
      books:
        kind: netsuite
        account: "1234567_SB1"
        baseURL: "\(ports.baseURL)/netsuite"
        customer: "12345"
        currency: USD
        shippingItem: SHIPPING
        taxItem: TAX
        discountItem: DISCOUNT
        concurrency: 4
        auth:
          clientId: \(Self.clientID)
          certificateId: \(Self.certificateID)
          privateKey: "file:\(folder)/netsuite.pem"
      office: { kind: generic, url: "\(ports.baseURL)/erp", concurrency: 16 }
    confirmation: { kind: smtp, url: "smtp://127.0.0.1:\(ports.smtp)", from: orders@example.com, shop: Demo Shop }
    owners: { default: ops@example.com, erp: erp-team@example.com, storefront: web-team@example.com }

    """
  }
}
