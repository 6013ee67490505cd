/// How long customers were told before the ERP knew.
public struct GapFindings: Codable, Sendable, Equatable {
  /// Over all joined orders; nil when there is none. Where a clock was wrong beyond doubt, this and everything below is
  /// measured after moving it (``AuditResult/clockSkews``).
  public var overall: Distribution?
  /// As ``overall`` on the times as they stand in the files; nil when no clock was moved.
  public var asRecorded: Distribution?
  /// From capture to the ERP's record: how slow the synchronisation is, whatever customers were told.
  public var captureToReceipt: Distribution?
  /// From capture to the confirmation.
  public var captureToConfirmation: Distribution?
  /// Confirmed orders whose ERP record came later (beyond the tolerance) or never.
  public var confirmedFirst = 0
  /// Joined orders whose times lie so close that their files' resolution hides which came first: in neither count.
  public var undecided = 0
  /// ``confirmedFirst`` over the orders where both is known or the receipt is missing.
  public var confirmedFirstShare = 0.0
  /// By hour of the day, 0 to 23, in the assumed zone; hours without orders are left out.
  public var byHourOfDay: [GapGroup] = []
  /// By day, in the assumed zone.
  public var byDay: [GapGroup] = []
  /// By hour of the period, in the assumed zone: the timeline.
  public var byHour: [GapGroup] = []
  /// By sales channel.
  public var byChannel: [GapGroup] = []
  /// By how many orders came in the same hour, quietest first; empty with fewer than 20 hours.
  public var byVolume: [VolumeClass] = []
  /// Rank correlation of an hour's orders with its median gap, -1 to 1; nil with fewer than ten hours.
  public var volumeCorrelation: Double?
  /// How many joined orders lie in each range of the gap.
  public var histogram: [HistogramBar] = []

  /// Nothing found yet.
  public init() {}
}

/// Exact quantiles of a set of durations in milliseconds, interpolated between neighbours (SQL's `quantile_cont`).
public struct Distribution: Codable, Sendable, Equatable {
  /// How many.
  public var count = 0
  /// The smallest.
  public var min = 0.0
  /// The median.
  public var p50 = 0.0
  /// Nine of ten are at most this.
  public var p90 = 0.0
  /// 99 of 100 are at most this.
  public var p99 = 0.0
  /// The largest.
  public var max = 0.0
  /// How many exceed one minute.
  public var over1Minute = 0
  /// How many exceed five minutes.
  public var over5Minutes = 0
  /// How many exceed a quarter of an hour.
  public var over15Minutes = 0
  /// How many exceed an hour.
  public var over60Minutes = 0

  /// No durations.
  public init() {}

  /// A count as a share of all.
  public func share(_ part: Int) -> Double { count == 0 ? 0 : Double(part) / Double(count) }
}

/// The gap of some of the orders.
public struct GapGroup: Codable, Sendable, Equatable {
  /// `07` for an hour of the day, `2026-10-01` for a day, `2026-10-01T07` for an hour, or a channel's name.
  public var label: String
  /// Orders captured, joined or not.
  public var orders: Int
  /// Of them, confirmed first: the receipt came later or never.
  public var confirmedFirst: Int
  /// Of them, never received.
  public var neverReceived: Int
  /// The gap of the joined ones; nil when there is none.
  public var gap: Distribution?

  /// Makes a group.
  public init(label: String, orders: Int, confirmedFirst: Int, neverReceived: Int, gap: Distribution?) {
    self.label = label
    self.orders = orders
    self.confirmedFirst = confirmedFirst
    self.neverReceived = neverReceived
    self.gap = gap
  }
}

/// The hours with similar numbers of orders, and their gap.
public struct VolumeClass: Codable, Sendable, Equatable {
  /// In words, for instance ``peaks``.
  public var label: String
  /// Hours in this class.
  public var hours: Int
  /// The fewest orders in one of these hours.
  public var ordersFrom: Int
  /// The most orders in one of these hours.
  public var ordersTo: Int
  /// The orders of these hours.
  public var group: GapGroup

  /// The label of the peaks: the one definition of a peak that there is.
  public static let peaks = "peaks (hours with twice the orders of the median hour)"

  /// Whether these hours are the peaks.
  public var isPeak: Bool { label == Self.peaks }

  /// Makes a class.
  public init(label: String, hours: Int, ordersFrom: Int, ordersTo: Int, group: GapGroup) {
    self.label = label
    self.hours = hours
    self.ordersFrom = ordersFrom
    self.ordersTo = ordersTo
    self.group = group
  }
}

/// A bar of the histogram: joined orders whose gap is above `fromSeconds` and at most `toSeconds`.
public struct HistogramBar: Codable, Sendable, Equatable {
  /// Lower end, not included; nil without one.
  public var fromSeconds: Double?
  /// Upper end, included; nil without one.
  public var toSeconds: Double?
  /// Orders in it.
  public var count: Int

  /// Makes a bar.
  public init(fromSeconds: Double?, toSeconds: Double?, count: Int) {
    self.fromSeconds = fromSeconds
    self.toSeconds = toSeconds
    self.count = count
  }
}
