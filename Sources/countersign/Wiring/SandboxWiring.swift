import Crypto
import Foundation
import Sandbox

/// A sandbox and the configuration that fits it; its key is worth nothing elsewhere.
struct SandboxWiring {
  /// The simulated shop's domain.
  static let shop = "demo.myshopify.com"
  static let clientID = "sandbox-client"
  static let certificateID = "sandbox-certificate"
  /// The secret of the generic storefront and of the outbound webhooks.
  static let webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  private let concurrency: Int
  private let pattern: String
  private let key: P256.Signing.PrivateKey

  /// - Parameters:
  ///   - concurrency: NetSuite requests at once; the simulated account must allow them.
  ///   - keyFile: an earlier sandbox's key, to go on with it.
  ///   - pattern: how the Shopify storefront is gated.
  init(concurrency: Int = 4, keyFile: String? = nil, pattern: String = "erpGated") {
    self.concurrency = concurrency
    self.pattern = pattern
    let earlier = keyFile.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }
    key = earlier.flatMap { try? P256.Signing.PrivateKey(pemRepresentation: $0) } ?? P256.Signing.PrivateKey()
  }

  /// Lets the sandbox know the key that the coordinator will sign with.
  func configure(_ configuration: inout SandboxConfiguration) {
    configuration.netsuite.clients = [
      NetSuiteClient(
        clientId: Self.clientID, certificateId: Self.certificateID, publicKeyPEM: key.publicKey.pemRepresentation)
    ]
    configuration.netsuite.customers = ["12345"]
  }

  /// Writes the key and a configuration for a coordinator in front of the sandbox; returns the configuration's path.
  ///
  /// A configuration that somebody has edited is left alone, and the fitting one is written beside it.
  func write(into folder: String, ports: SandboxPorts, coordinatorPort: Int) throws -> String {
    let files = FileManager.default
    try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let keyFile = folder + "/netsuite.pem"
    try Data(key.pemRepresentation.utf8).write(to: URL(filePath: keyFile))
    try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile)
    let body = text(folder: folder, ports: ports, port: coordinatorPort)
    let path = folder + (Self.isEdited(folder + "/countersign.yaml") ? "/countersign.new.yaml" : "/countersign.yaml")
    try Data((Self.headline(body) + body).utf8).write(to: URL(filePath: path))
    return path
  }

  private static func headline(_ body: String) -> String {
    let digest = SHA256.hash(data: Data(body.utf8)).prefix(4).map { String($0, radix: 16) }.joined()
    return "# Written by `countersign sandbox` (\(digest)); once edited, it is not written over.\n"
  }

  private static func isEdited(_ path: String) -> Bool {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return false }
    guard let end = text.firstIndex(of: "\n") else { return true }
    return headline(String(text[text.index(after: end)...])) != String(text[...end])
  }

  private func text(folder: String, ports: SandboxPorts, port: Int) -> String {
    """
    store: { sqlite: "\(folder)/countersign.db" }
    http: { host: 127.0.0.1, port: \(port) }
    log: notice
    storefronts:
      shopify:
        kind: shopify
        pattern: \(pattern)
        shop: \(Self.shop)
        webhookSecret: shpss_sandbox
        accessToken: shpat_sandbox
        baseURL: "\(ports.baseURL)/shopify/\(Self.shop)"
        erp: books
        backfill: 30s
      woo:
        kind: woocommerce
        site: "\(ports.baseURL)/woo"
        webhookSource: https://woo.example
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
        concurrency: \(concurrency)
        auth:
          clientId: \(Self.clientID)
          certificateId: \(Self.certificateID)
          privateKey: "file:\(folder)/netsuite.pem"
      office: { kind: generic, url: "\(ports.baseURL)/erp", concurrency: 16 }
    confirmation: { kind: smtp, url: "smtp://127.0.0.1:\(ports.smtp)", from: orders@example.com, shop: Demo Shop }
    rollout:
      shopify: { watermark: "2000-01-01T00:00:00Z" }
      woo: { watermark: "2000-01-01T00:00:00Z" }
      web: { watermark: "2000-01-01T00:00:00Z" }
    owners: { default: ops@example.com, erp: erp-team@example.com, storefront: web-team@example.com }

    """
  }
}
