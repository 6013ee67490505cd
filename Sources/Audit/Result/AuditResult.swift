/// Everything one audit found: what the terminal, the JSON, the CSV files and the report are made from.
///
/// **Gap** is the ERP's record of the order minus the customer's confirmation: positive when the customer was told
/// first. All durations are milliseconds unless a name says otherwise, all shares are between 0 and 1.
public struct AuditResult: Codable, Sendable, Equatable {
  /// The name and version of this form; changes when a field changes its meaning.
  public var format = "countersign.audit/1"
  /// What was assumed where the files do not say.
  public var assumptions = Assumptions()
  /// Every file with what was read and what was not.
  public var inputs: [InputFile] = []
  /// First to last captured order; nil when there is none.
  public var period: Period?
  /// How many orders there are, by what happened to them.
  public var orders = OrderCounts()
  /// How long customers were told before the ERP knew.
  public var gap = GapFindings()
  /// The steps between capture and receipt, with the time each takes, as far as the files show it.
  public var hops: [Hop] = []
  /// The answer.
  public var verdict = Verdict(kind: .cannotBeJudged)
  /// Systems whose clocks disagree with the storefront's.
  public var clockSkews: [ClockSkew] = []
  /// Bursts of receipts that are re-imports: their times say nothing about the handoff and are left out of the gap.
  public var reimports: [Reimport] = []
  /// The three diagnostic signals, always all three.
  public var signals: [Signal] = []
  /// Penalty metrics against the marketplaces' published limits.
  public var marketplaces: [MarketplaceMetric] = []
  /// Ways of working that oversell by design, where the files show them.
  public var oversellConfigurations: [OversellConfiguration] = []
  /// What it cost; nil when there was nothing to price.
  public var cost: CostEstimate?
  /// The orders themselves, capped.
  public var affected = AffectedOrders()
  /// What the reader should know about the figures, each a sentence.
  public var notes: [String] = []

  /// An empty result.
  public init() {}

  /// Whether a gap was found: decides the exit code.
  public var foundGap: Bool { verdict.kind == .handoffFailure || verdict.kind == .syncLag }
}

/// What was assumed where the files do not say.
public struct Assumptions: Codable, Sendable, Equatable {
  /// The zone of timestamps that carry none, as an IANA name; days and hours of the findings are in it too.
  public var timeZone = "UTC"
  /// Gaps above this are listed as late.
  public var lateAfterSeconds = 900
  /// Receipts this much after the confirmation are still taken as simultaneous, because clocks differ.
  public var toleranceMilliseconds: Int64 = 1000
  /// An order younger than this at the end of the ERP's log is not counted as never received.
  public var graceSeconds = 900
  /// At most so many orders are named in each list of ``AuditResult/affected``.
  public var listLimit = 1000
  /// Whether e-mail addresses, telephone numbers and names that got into order numbers, SKUs, channels or headings stay
  /// readable; masked unless asked. Nothing else about people is kept at all.
  public var isUnmasked = false

  /// The defaults.
  public init() {}
}

/// What a file holds.
public enum FileRole: String, Codable, Sendable, Equatable, CaseIterable {
  /// Orders as the storefront captured them.
  case storefront
  /// Orders as the ERP recorded them.
  case erp
  /// Messages to customers.
  case confirmations
  /// Deliveries of the storefront's webhooks.
  case webhooks
  /// Messages through the integration's queue.
  case queue
  /// Support tickets.
  case tickets
  /// Marketplace orders.
  case marketplaceOrders
  /// Marketplace cancellations and returns.
  case marketplaceCancellations
  /// Stock on hand per SKU.
  case stock
  /// Demand as the ERP planned with it.
  case demand
}

/// A file that was given, and how reading it went.
public struct InputFile: Codable, Sendable, Equatable {
  /// The path as given.
  public var path: String
  /// What it holds; nil when nobody could say.
  public var role: FileRole?
  /// The export it was recognised as, for instance `shopify-csv`.
  public var format: String
  /// `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`.
  public var encoding: String
  /// Whether it was gzip.
  public var isCompressed: Bool
  /// Bytes of the file on disk.
  public var bytes: Int64
  /// Records read, the heading not counted.
  public var rows: Int
  /// Records used, further lines of an order among them.
  public var used: Int
  /// Records left out on purpose, by reason: `test order`, `repeats the order above`, `another kind of record` …
  public var skipped: [Reason]
  /// Records that could not be read, by reason.
  public var unreadable: [Reason]
  /// What the columns were taken for: field to heading.
  public var columns: [String: String]
  /// What was noticed about the file, each a sentence.
  public var remarks: [String]
  /// The earliest of its times; nil when none was read.
  public var firstTime: Instant?
  /// The latest of its times.
  public var lastTime: Instant?
  /// How finely its times are written: 60 for whole minutes, 86400 for dates without a time of day.
  public var timeResolutionSeconds: Double?
  /// Whether nobody can say which number is the day in its dates: nothing rests on its times.
  public var isDayOrderOpen = false

  /// A file about which nothing is known yet.
  public init(path: String, role: FileRole? = nil, format: String = "unknown") {
    self.path = path
    self.role = role
    self.format = format
    encoding = "utf-8"
    isCompressed = false
    bytes = 0
    rows = 0
    used = 0
    skipped = []
    unreadable = []
    columns = [:]
    remarks = []
  }
}

/// Why records were not used, how many, and where the first ones are.
public struct Reason: Codable, Sendable, Equatable {
  /// The reason in words.
  public var reason: String
  /// How many records.
  public var count: Int
  /// Line numbers of the first records, at most ten.
  public var firstLines: [Int]

  /// Makes a reason.
  public init(_ reason: String, count: Int, firstLines: [Int] = []) {
    self.reason = reason
    self.count = count
    self.firstLines = firstLines
  }
}

/// From the first captured order to the last.
public struct Period: Codable, Sendable, Equatable {
  /// The first order's capture.
  public var first: Instant
  /// The last order's capture.
  public var last: Instant

  /// Makes a period.
  public init(first: Instant, last: Instant) {
    self.first = first
    self.last = last
  }
}

/// How many orders there are, by what happened to them.
public struct OrderCounts: Codable, Sendable, Equatable {
  /// Different orders captured by the storefront, test orders left out.
  public var captured = 0
  /// Test orders left out.
  public var test = 0
  /// Orders cancelled at the storefront; they are kept in every figure but the never-received.
  public var cancelled = 0
  /// Storefront records that repeat an order already read.
  public var repeated = 0
  /// Orders with a confirmation.
  public var confirmed = 0
  /// Orders with a receipt.
  public var received = 0
  /// Orders with both: those the gap is measured on.
  public var joined = 0
  /// Captured while the ERP's log speaks, old enough at its end, not cancelled, never received; 0 when nothing can be
  /// judged.
  public var neverReceived = 0
  /// Of these, the ones whose customer was told.
  public var neverReceivedButConfirmed = 0
  /// Received and never confirmed.
  public var neverConfirmed = 0
  /// Captured too near the end of the ERP's log to be called never received.
  public var tooRecent = 0
  /// Not received, and captured before the ERP's log begins or after it ends: nothing is known about these.
  public var outsideReceipts = 0
  /// Not confirmed, and captured before the log of confirmations begins or after it ends.
  public var outsideConfirmations = 0
  /// ERP records of an order that already had one.
  public var receivedTwice = 0
  /// ERP records that match no captured order.
  public var unmatchedReceipts = 0
  /// Confirmations that match no captured order.
  public var unmatchedConfirmations = 0

  /// Nothing counted yet.
  public init() {}
}
