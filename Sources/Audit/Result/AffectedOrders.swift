/// The orders behind the figures; each list is capped, its count is not.
public struct AffectedOrders: Codable, Sendable, Equatable {
  /// Confirmed, and received later than the limit or never; by order id.
  public var late = OrderList()
  /// Captured and never received; by order id.
  public var never = OrderList()
  /// Received more than once.
  public var receivedTwice = OrderList()
  /// Tickets about an order the ERP did not have when they were opened.
  public var tickets: [TicketFinding] = []
  /// How many tickets there are, listed or not.
  public var ticketCount = 0
  /// Marketplace orders cancelled for want of stock.
  public var cancellations: [CancellationFinding] = []
  /// How many cancellations there are, listed or not.
  public var cancellationCount = 0
  /// SKUs sold beyond the stock of the snapshot.
  public var oversold: [OversoldSKU] = []
  /// How many SKUs there are, listed or not.
  public var oversoldCount = 0
  /// SKUs and weeks whose ERP demand differs from what was sold.
  public var demand: [DemandFinding] = []
  /// How many there are, listed or not.
  public var demandCount = 0

  /// Nothing listed.
  public init() {}
}

/// A capped list of orders.
public struct OrderList: Codable, Sendable, Equatable {
  /// How many there are, listed or not.
  public var count = 0
  /// The first ones.
  public var orders: [OrderFinding] = []

  /// An empty list.
  public init() {}
}

/// An order with its instants.
public struct OrderFinding: Codable, Sendable, Equatable {
  /// The storefront's order id or number, as written in the file that joins.
  public var orderID: String
  /// The sales channel; empty when not known.
  public var channel: String
  /// When the storefront captured it.
  public var captured: Instant?
  /// When the customer was told.
  public var confirmed: Instant?
  /// When the ERP recorded it.
  public var received: Instant?
  /// Receipt minus confirmation, in milliseconds.
  public var gap: Int64?

  /// Makes a finding.
  public init(
    orderID: String, channel: String = "", captured: Instant?, confirmed: Instant?, received: Instant?, gap: Int64?
  ) {
    self.orderID = orderID
    self.channel = channel
    self.captured = captured
    self.confirmed = confirmed
    self.received = received
    self.gap = gap
  }
}

/// A ticket about an order the ERP did not have yet.
public struct TicketFinding: Codable, Sendable, Equatable {
  /// The ticket.
  public var ticketID: String
  /// The order it names.
  public var orderID: String
  /// When it was opened.
  public var opened: Instant
  /// When the customer was told.
  public var confirmed: Instant?
  /// When the ERP recorded the order; nil when never.
  public var received: Instant?

  /// Makes a finding.
  public init(ticketID: String, orderID: String, opened: Instant, confirmed: Instant?, received: Instant?) {
    self.ticketID = ticketID
    self.orderID = orderID
    self.opened = opened
    self.confirmed = confirmed
    self.received = received
  }
}

/// A marketplace order cancelled for want of stock.
public struct CancellationFinding: Codable, Sendable, Equatable {
  /// The marketplace's order id.
  public var orderID: String
  /// `amazon`, `walmart`, `ebay` or as written.
  public var marketplace: String
  /// What was sold.
  public var sku: String
  /// When it was ordered; when cancelled if that is not in the files.
  public var ordered: Instant
  /// Units of the SKU captured and not in the ERP at that instant.
  public var unitsInFlight: Int
  /// Orders captured in the hour before, over the median hour; how busy it was.
  public var volumeRatio: Double

  /// Makes a finding.
  public init(
    orderID: String, marketplace: String, sku: String, ordered: Instant, unitsInFlight: Int, volumeRatio: Double
  ) {
    self.orderID = orderID
    self.marketplace = marketplace
    self.sku = sku
    self.ordered = ordered
    self.unitsInFlight = unitsInFlight
    self.volumeRatio = volumeRatio
  }
}

/// A SKU that was sold beyond the stock of the snapshot.
public struct OversoldSKU: Codable, Sendable, Equatable {
  /// Which.
  public var sku: String
  /// Units in the snapshot.
  public var onHand: Int
  /// Units sold since.
  public var sold: Int
  /// The order with which it went below zero.
  public var first: Instant
  /// Orders from then on.
  public var orders: Int

  /// Makes a finding.
  public init(sku: String, onHand: Int, sold: Int, first: Instant, orders: Int) {
    self.sku = sku
    self.onHand = onHand
    self.sold = sold
    self.first = first
    self.orders = orders
  }
}

/// A SKU's demand in a week, as sold and as the ERP has it.
public struct DemandFinding: Codable, Sendable, Equatable {
  /// Which.
  public var sku: String
  /// Monday of the week, `2026-10-05`.
  public var week: String
  /// Units captured by the storefront.
  public var captured: Int
  /// Units in the ERP's figures.
  public var planned: Int
  /// Captured units that reached the ERP after the week's end or never: the part of the difference the gap explains.
  public var explainedByGap: Int
  /// Units short on the shelf had stock been ordered by the ERP's figure; zero without a snapshot.
  public var stockout: Int

  /// Makes a finding.
  public init(sku: String, week: String, captured: Int, planned: Int, explainedByGap: Int, stockout: Int) {
    self.sku = sku
    self.week = week
    self.captured = captured
    self.planned = planned
    self.explainedByGap = explainedByGap
    self.stockout = stockout
  }
}
