public import Connector
public import HandoffCore

/// A storefront with everything the coordinator needs of it.
///
/// A class, because it is looked up at every step of an order and nothing in it changes.
public final class Storefront: Sendable {
  /// Its name in the configuration.
  public let name: StorefrontName
  /// Reads its deliveries and lists its orders.
  public let source: any OrderSource
  /// Tells its customers; nil only outside mode `gate`, where nobody is told (S10).
  public let sender: (any ConfirmationSender)?
  /// Holds and releases its shipping; nil when it cannot, or outside mode `gate`.
  public let fulfillment: (any FulfillmentGate)?
  /// What the retailer decided.
  public let policy: HandoffPolicy
  /// The ERP its orders go to.
  public let erp: ERPName
  /// How external ids are minted, with `{storefront}` and `{orderId}`.
  public let externalIDTemplate: String
  /// How often its orders are listed to find what no webhook told; nil for never.
  public let backfillInterval: Duration?

  /// Wires a storefront.
  public init(
    name: StorefrontName, source: any OrderSource, sender: (any ConfirmationSender)?,
    fulfillment: (any FulfillmentGate)? = nil, policy: HandoffPolicy, erp: ERPName,
    externalIDTemplate: String = "CS-{storefront}-{orderId}", backfillInterval: Duration? = .seconds(300)
  ) {
    self.name = name
    self.source = source
    self.sender = sender
    self.fulfillment = fulfillment
    self.policy = policy
    self.erp = erp
    self.externalIDTemplate = externalIDTemplate
    self.backfillInterval = backfillInterval
  }
}

/// Everything the coordinator is made of.
public struct CoordinatorSetting: Sendable {
  /// The storefronts by name.
  public var storefronts: [StorefrontName: Storefront]
  /// The ERPs by name.
  public var erps: [ERPName: any ERPConnector]
  /// How observed orders are looked for, by ERP; none are where an ERP is missing here.
  public var watches: [ERPName: WatchSetting] = [:]
  /// Who owns exceptions of a role; `default` stands in for the rest.
  public var owners: [OwnerRole: String]
  /// Who owns what has no owner of its own.
  public var defaultOwner: String
  /// Who gets what nobody has acted on by its deadline; nil leaves it with its configured owner.
  public var escalationOwner: String?
  /// Tells owners that something waits for them; nil when nobody is told.
  public var alerts: (any AlertSender)?
  /// How often is looked whether there is something to tell.
  public var alertInterval: Duration = .seconds(5)
  /// Messages under way at once, per storefront.
  public var notifyConcurrency = 64
  /// Holds and releases under way at once, per storefront.
  public var storefrontConcurrency = 8
  /// How long a performer may take.
  public var lease: Duration = .seconds(120)
  /// How long a lane without anything due sleeps at most: what a lost signal can cost.
  public var longestPause: Duration = .seconds(1)
  /// How often deadlines are looked at.
  public var sweepInterval: Duration = .seconds(1)
  /// How far two backfill windows overlap: storefronts index late (facts: Shopify search lag).
  public var backfillOverlap: Duration = .seconds(600)
  /// How long a lane rests after a set-up fault.
  public var misconfiguredPause: Duration = .seconds(15)

  /// Gathers the parts.
  public init(
    storefronts: [Storefront], erps: [ERPName: any ERPConnector], defaultOwner: String,
    owners: [OwnerRole: String] = [:]
  ) {
    self.storefronts = Dictionary(storefronts.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    self.erps = erps
    self.defaultOwner = defaultOwner
    self.owners = owners
  }

  /// Who owns an exception of a kind.
  public func owner(of kind: ExceptionKind) -> String { owners[kind.ownerRole] ?? defaultOwner }
}
