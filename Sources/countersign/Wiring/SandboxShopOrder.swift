import Connector
import HandoffCore
import Transport

/// An order for the simulated shop behind a storefront, when there is one: a webhook alone would be about an order that
/// the shop does not know.
struct SandboxShopOrder {
  private let origin: String
  private let path: String
  private let wish: JSONValue

  /// Nil where the storefront cannot be the sandbox's: it is generic, or not on this machine.
  init?(_ storefront: StorefrontSettings, sku: String, email: String) {
    let address: String?
    switch storefront.kind {
    case .shopify(let settings):
      address = settings.baseURL
      path = "/_sandbox/shopify/\(settings.shop)/orders"
    case .woocommerce(let settings):
      address = settings.site
      path = "/_sandbox/woo/orders"
    case .generic: return nil
    }
    // Scheme, host and port alone.
    let parts = (address ?? "").split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0] == "http:", parts[2].hasPrefix("127.0.0.1:") || parts[2].hasPrefix("localhost:")
    else { return nil }
    origin = "http://" + parts[2]
    wish = ["count": 1, "currency": "USD", "sku": .string(sku), "email": .string(email)]
  }

  /// Places it; false when there is no sandbox at the address, so that nothing was done.
  func place(dryRun: Bool) async throws -> Bool {
    let transport = AHCTransport()
    let result: Result<HTTPAnswer?, ExchangeFailure>
    do throws(ExchangeFailure) { result = .success(try await answer(transport, dryRun)) } catch {
      result = .failure(error)
    }
    await transport.shutdown()
    guard let answer = try? result.get() else { return false }
    if dryRun {
      print("POST \(origin + path)\n\n\(wish.text)")
      return true
    }
    guard answer.status == 200, let id = answer.json?["ids"]?.array?.first?.string else {
      throw CommandFault("The sandbox answered \(answer.status): \(answer.text.prefix(200))")
    }
    print("order \(id): placed in the sandbox's shop, which sends its webhook")
    return true
  }

  /// Nil when what answers is no sandbox.
  private func answer(_ transport: AHCTransport, _ dryRun: Bool) async throws(ExchangeFailure) -> HTTPAnswer? {
    let there = try await transport.send(HTTPCall("GET", origin + "/_sandbox/healthz", deadline: .seconds(5)))
    guard there.status == 200, there.json?["ok"]?.bool == true else { return nil }
    if dryRun { return there }
    return try await transport.send(
      HTTPCall(
        "POST", origin + path, headers: [HTTPField("Content-Type", "application/json")], body: wish.bytes,
        deadline: .seconds(10)))
  }
}
