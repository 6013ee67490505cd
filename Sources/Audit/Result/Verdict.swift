/// The answer, and why.
public struct Verdict: Codable, Sendable, Equatable {
  /// What it comes down to.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Customers are told after the ERP knows, soon.
    case healthy
    /// Customers are told after the ERP knows, but the ERP knows late: speed is the problem, not sequence.
    case syncLag
    /// Customers are told before the ERP knows: sequence is the problem, whatever the speed.
    case handoffFailure
    /// The files do not allow an answer.
    case cannotBeJudged
  }

  /// When a handoff failure happens.
  public enum Scope: String, Codable, Sendable, CaseIterable {
    /// At all times.
    case everywhere
    /// In hours with many orders.
    case atPeaks
    /// In some hours of the day.
    case atHours
    /// To orders that never arrive.
    case lostOrders
    /// Here and there, without a pattern in time or volume.
    case scattered
  }

  /// What it comes down to.
  public var kind: Kind
  /// When it happens; nil unless it is a handoff failure.
  public var scope: Scope?
  /// The hours of the day, when the scope is ``Scope/atHours``.
  public var hours: [Int] = []
  /// The hop where the time or the order is lost; nil when the files do not show the way.
  public var hop: HopName?
  /// The verdict as a sentence.
  public var sentence = ""
  /// The figures it rests on, the weightiest first.
  public var evidence: [Evidence] = []
  /// What could make the verdict another one (a zone, a file without seconds, one that ends early), each a sentence
  /// with a way out; to be shown beside the verdict.
  public var doubts: [String] = []
  /// What to export to judge better or at all.
  public var toExport: [String] = []

  /// Makes a verdict of a kind.
  public init(kind: Kind) { self.kind = kind }
}

/// A figure and what it says.
public struct Evidence: Codable, Sendable, Equatable {
  /// A stable name, for instance `confirmed-first-share`.
  public var name: String
  /// The figure.
  public var value: Double
  /// What it says, as a sentence.
  public var sentence: String

  /// Makes a piece of evidence.
  public init(_ name: String, _ value: Double, _ sentence: String) {
    self.name = name
    self.value = value
    self.sentence = sentence
  }
}

/// A step between capture and the ERP's record, or what starts the confirmation.
public enum HopName: String, Codable, Sendable, CaseIterable {
  /// From capture to the webhook's delivery.
  case webhookDelivery
  /// From the webhook's delivery to the integration's being done with it.
  case integrationQueue
  /// From there to the ERP's record.
  case erpProcessing
  /// The confirmation does not wait for the receipt at all.
  case trigger
}

/// A hop with the time it takes.
public struct Hop: Codable, Sendable, Equatable {
  /// Which.
  public var name: HopName
  /// Orders seen on both ends of it.
  public var orders: Int
  /// Orders seen before it and never after it.
  public var lost: Int
  /// How long it takes; nil when no order is seen on both ends.
  public var duration: Distribution?
  /// Its part of all the time between capture and receipt of late orders, 0 to 1; nil when not known.
  public var shareOfLateness: Double?
  /// What this says, as a sentence.
  public var sentence: String

  /// Makes a hop.
  public init(
    name: HopName, orders: Int, lost: Int, duration: Distribution?, shareOfLateness: Double? = nil, sentence: String
  ) {
    self.name = name
    self.orders = orders
    self.lost = lost
    self.duration = duration
    self.shareOfLateness = shareOfLateness
    self.sentence = sentence
  }
}

/// A system whose clock disagrees with the storefront's.
public struct ClockSkew: Codable, Sendable, Equatable {
  /// Whose clock: `erp`, `confirmations`, `webhooks` or `queue`.
  public var system: FileRole
  /// How far it is ahead of the storefront's, in seconds; negative when it is behind.
  public var offsetSeconds: Double
  /// Orders with an effect before its cause on the recorded times.
  public var impossibleOrders: Int
  /// Whether it is beyond doubt (effects before causes) and was taken out for the verdict.
  public var isCertain: Bool
  /// What this says, as a sentence.
  public var sentence: String

  /// Makes a skew.
  public init(system: FileRole, offsetSeconds: Double, impossibleOrders: Int, isCertain: Bool, sentence: String) {
    self.system = system
    self.offsetSeconds = offsetSeconds
    self.impossibleOrders = impossibleOrders
    self.isCertain = isCertain
    self.sentence = sentence
  }
}

/// Receipts recorded in one burst for orders of many days.
public struct Reimport: Codable, Sendable, Equatable {
  /// The burst's first receipt.
  public var first: Instant
  /// The burst's last receipt.
  public var last: Instant
  /// Orders whose only receipt lies in it.
  public var orders: Int
  /// The oldest of these orders.
  public var oldestOrder: Instant
  /// The newest of these orders.
  public var newestOrder: Instant

  /// Makes a re-import.
  public init(first: Instant, last: Instant, orders: Int, oldestOrder: Instant, newestOrder: Instant) {
    self.first = first
    self.last = last
    self.orders = orders
    self.oldestOrder = oldestOrder
    self.newestOrder = newestOrder
  }
}
