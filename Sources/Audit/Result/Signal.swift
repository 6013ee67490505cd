/// One of the three diagnostic signals.
public struct Signal: Codable, Sendable, Equatable {
  /// Which.
  public enum Name: String, Codable, Sendable, CaseIterable {
    /// Support cannot find orders in the ERP within minutes of the confirmation.
    case supportCannotFindOrders
    /// Marketplaces oversell after periods of high volume.
    case marketplaceOversell
    /// Planning works on demand that differs from what was sold.
    case planningOnMismatchedDemand
  }

  /// Whether it is there.
  public enum State: String, Codable, Sendable, CaseIterable {
    /// The files show it.
    case holds
    /// The files show that it is not there.
    case doesNotHold
    /// The files do not allow an answer.
    case cannotBeJudged
  }

  /// Which.
  public var name: Name
  /// Whether it is there.
  public var state: State
  /// The finding as a sentence.
  public var sentence: String
  /// The figures it rests on.
  public var evidence: [Evidence] = []
  /// What to export to judge it; empty when it was judged.
  public var toExport: [String] = []

  /// Makes a signal.
  public init(name: Name, state: State, sentence: String) {
    self.name = name
    self.state = state
    self.sentence = sentence
  }
}

/// A penalty metric against a marketplace's published limit.
public struct MarketplaceMetric: Codable, Sendable, Equatable {
  /// `amazon`, `walmart` or `ebay`.
  public var marketplace: String
  /// The metric in the marketplace's own words.
  public var metric: String
  /// Orders it is measured on, in its window.
  public var orders: Int
  /// Orders that count against the seller.
  public var defects: Int
  /// Of them, cancelled for want of stock.
  public var forWantOfStock: Int
  /// ``defects`` over ``orders``.
  public var rate: Double
  /// The limit.
  public var limit: Double
  /// Days of the window that ends with the last order; the worst window is reported.
  public var windowDays: Int
  /// Last day of the worst window.
  public var windowEnd: Instant?
  /// Whether the rate is beyond the limit.
  public var isBreached: Bool
  /// Where the limit is published.
  public var source: String

  /// Makes a metric.
  public init(
    marketplace: String, metric: String, orders: Int, defects: Int, forWantOfStock: Int, limit: Double, windowDays: Int,
    windowEnd: Instant?, source: String
  ) {
    self.marketplace = marketplace
    self.metric = metric
    self.orders = orders
    self.defects = defects
    self.forWantOfStock = forWantOfStock
    rate = orders == 0 ? 0 : Double(defects) / Double(orders)
    self.limit = limit
    self.windowDays = windowDays
    self.windowEnd = windowEnd
    isBreached = rate > limit
    self.source = source
  }
}

/// A way of working that oversells by design.
public struct OversellConfiguration: Codable, Sendable, Equatable {
  /// A stable name, for instance `on-hand-published`.
  public var name: String
  /// The finding as a sentence.
  public var sentence: String
  /// SKUs that show it.
  public var skus: Int
  /// Where it is described.
  public var source: String

  /// Makes a finding.
  public init(name: String, sentence: String, skus: Int, source: String) {
    self.name = name
    self.sentence = sentence
    self.skus = skus
    self.source = source
  }
}

/// What it cost, with every assumption shown.
public struct CostEstimate: Codable, Sendable, Equatable {
  /// One item: a count from the files times a price that was assumed.
  public struct Item: Codable, Sendable, Equatable {
    /// A stable name, also the key of `--cost`.
    public var name: String
    /// What is counted.
    public var what: String
    /// How many.
    public var count: Int
    /// The price of one, in ``CostEstimate/currency``.
    public var each: Double
    /// Count times price.
    public var total: Double
    /// Where the price comes from: `assumed` or `given`.
    public var basis: String

    /// Makes an item.
    public init(name: String, what: String, count: Int, each: Double, basis: String) {
      self.name = name
      self.what = what
      self.count = count
      self.each = each
      total = Double(count) * each
      self.basis = basis
    }
  }

  /// ISO 4217.
  public var currency: String
  /// The items.
  public var items: [Item]
  /// Their sum over the period.
  public var total: Double
  /// The sum for a year, by the length of the period; nil when the period is shorter than a day.
  public var perYear: Double?

  /// Makes an estimate.
  public init(currency: String, items: [Item], perYear: Double? = nil) {
    self.currency = currency
    self.items = items
    total = items.reduce(0) { $0 + $1.total }
    self.perYear = perYear
  }
}
