/// What was planted: the audit's findings must equal this.
public struct Truth: Codable, Sendable, Equatable {
  /// The world.
  public var world: String
  /// The seed.
  public var seed: UInt64
  /// The verdict.
  public var verdict: Verdict.Kind
  /// When it happens.
  public var scope: Verdict.Scope?
  /// Where.
  public var hop: HopName?
  /// Different orders, test orders left out.
  public var captured = 0
  /// Orders with a confirmation.
  public var confirmed = 0
  /// Orders with a receipt.
  public var received = 0
  /// Orders with both.
  public var joined = 0
  /// Cancelled at the storefront.
  public var cancelled = 0
  /// Confirmed before the receipt, by more than the tolerance, or never received.
  public var confirmedFirst = 0
  /// Orders of which the ERP's resolution hides whether the customer was told first.
  public var undecided = 0
  /// Ids of orders never received, ascending.
  public var never: [Int64] = []
  /// Ids of confirmed orders received later than a quarter of an hour or never, ascending.
  public var late: [Int64] = []
  /// ERP records beyond the first.
  public var receivedTwice = 0
  /// The gap in milliseconds at 0.5, 0.9, 0.99 and 1, by sorting.
  public var gapQuantiles: [Double] = []
  /// How far the ERP's clock is ahead, in seconds.
  public var skewSeconds: Int64 = 0
  /// Orders whose receipt was overwritten by a re-import.
  public var reimported = 0
  /// Tickets opened while the ERP did not have their order, after the confirmation.
  public var ticketsInGap = 0
  /// All tickets that name an order.
  public var tickets = 0
  /// Stock cancellations that fell on units in flight.
  public var cancellationsInFlight = 0
  /// All stock cancellations.
  public var stockCancellations = 0
  /// Units by which the ERP's demand differs from what was sold, summed over SKUs and weeks.
  public var demandDifference: Int64 = 0
  /// SKUs sold beyond the snapshot.
  public var oversoldSKUs: [String] = []
  /// Records planted as unreadable, by file and reason.
  public var unreadable: [String: [String: Int]] = [:]
  /// Repeated records at the storefront.
  public var repeated = 0
}
