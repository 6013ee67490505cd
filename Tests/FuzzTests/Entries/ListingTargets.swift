import Connector
import ConnectorTesting
import HandoffCore

@testable import ConnectorGeneric
@testable import ConnectorShopify
@testable import ConnectorWooCommerce

extension FuzzTarget {
  private static let key = OrderKey(storefront: StorefrontName("main"), orderID: "1001")
  private static let cursor = BackfillCursor(since: Sample.now - .seconds(3600))

  /// Answers of Shopify's Admin API to a listing, a fetch, the fulfilment gate and subscriptions.
  static let shopifyAPI = FuzzTarget(name: "shopify-api") { bytes throws(Finding) in
    try listing(ShopifyStorefront(Shops.shopify(Script.transport(bytes))))
    try subscribe(ShopifyStorefront(Shops.shopify(Script.transport(bytes))))
    let gate = ShopifyFulfillmentGate(Shops.shopify(Script.transport(bytes)))
    _ = try Blocking.run { await gate.hold(key, handoffID: HandoffID("h1")) }
    _ = try Blocking.run { await gate.release(key, handoffID: HandoffID("h1"), recordID: "77") }
  }

  /// Answers of WooCommerce's REST API to a listing, a fetch, a release and subscriptions.
  static let wooAPI = FuzzTarget(name: "woo-api") { bytes throws(Finding) in
    let configuration = Shops.woo(Script.transport(bytes))
    guard let shop = try? WooStorefront(configuration), let release = try? WooRelease(configuration),
      let again = try? WooStorefront(Shops.woo(Script.transport(bytes)))
    else { throw Finding("no shop") }
    try listing(shop)
    try subscribe(again)
    _ = try Blocking.run { await release.hold(key, handoffID: HandoffID("h1")) }
    _ = try Blocking.run { await release.release(key, handoffID: HandoffID("h1"), recordID: "77") }
    guard let message = try? release.compose(Sample.facts(.confirmation, Sample.order)) else { return }
    _ = try Blocking.run { await release.send(message) }
  }

  /// Answers of a generic storefront's listing.
  static let genericAPI = FuzzTarget(name: "generic-api") { bytes throws(Finding) in
    guard let shop = try? GenericStorefront(Shops.generic(Script.transport(bytes))) else { throw Finding("no shop") }
    try listing(shop)
  }

  private static func subscribe(_ shop: some WebhookSubscriber) throws(Finding) {
    let report = try Blocking.run {
      await shop.subscribe(at: "https://gate.example/webhooks/main", holdsFulfillment: true, dryRun: false)
    }
    let count = report.created.count + report.existing.count + report.failed.count
    try must((count == 0) == (report.stopped != nil), "a subscription is neither made nor refused")
  }

  private static func listing(_ shop: some OrderSource) throws(Finding) {
    let first = try Blocking.run { await shop.listChanged(cursor, until: Sample.now) }
    try Accepted.page(first)
    if case .page(_, _, let next?) = first {
      try Accepted.page(try Blocking.run { await shop.listChanged(next, until: Sample.now) })
    }
    try Accepted.page(try Blocking.run { await shop.fetch(orderID: "1001") })
    _ = try Blocking.run { await shop.probe() }
  }
}
