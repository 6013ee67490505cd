/// Everything that follows from the facts.
struct Findings: Sendable {
  let options: AuditOptions
  private(set) var facts: AuditFacts
  private(set) var ledger: GapLedger
  private(set) var result = AuditResult()

  init(options: AuditOptions, facts: AuditFacts, inputs: [InputFile]) {
    self.options = options
    self.facts = facts
    ledger = GapLedger(options: options, facts: facts)
    result.inputs = inputs.map { input in
      var input = ledger.masked(input)
      input.path = options.labels[input.path] ?? input.path
      return input
    }
    result.assumptions = options.assumptions
    result.assumptions.timeZone = options.zone.name
  }

  consuming func finished() async -> FinishedAudit {
    let reimports = Reimports.found(in: &facts)
    result.reimports = reimports
    let skews = ClockSkews.found(in: facts, ledger: ledger)
    result.clockSkews = skews
    for skew in skews where skew.isCertain {
      let offset = Int64((skew.offsetSeconds * 1000).rounded())
      if skew.system == .erp { ledger.receiptOffset = offset }
      if skew.system == .confirmations { ledger.confirmationOffset = offset }
    }
    measureSpans()
    let (facts, ledger) = (facts, ledger)
    // Two halves of the work, one for each core.
    async let oversold = Oversell.found(in: facts, ledger: ledger)
    async let durations = Durations.found(in: facts, ledger: ledger)
    let (gap, counts, lists) = GapAnalysis(facts: facts, ledger: ledger, zone: options.zone).findings()
    result.gap = gap
    result.orders = counts
    result.affected.late = list(lists.late)
    result.affected.never = list(lists.never)
    result.affected.receivedTwice = list(lists.twice)
    let times = await durations
    result.gap.captureToReceipt = times.captureToReceipt
    result.gap.captureToConfirmation = times.captureToConfirmation
    result.gap.asRecorded = times.asRecorded
    if let period = times.period { result.period = period }
    let allOversold = await oversold
    result.affected.oversold = allOversold
    result.affected.oversoldCount = allOversold.count
    result.hops = Hops(facts: facts, ledger: ledger).found()
    result.verdict = Judgement(result: result, facts: facts, ledger: ledger).verdict()
    result.verdict.doubts = Doubts(result: result, facts: facts, ledger: ledger).sentences()
    let isJudged = result.verdict.kind != .cannotBeJudged
    if !isJudged { withhold() }
    SignalFindings(facts: facts, ledger: ledger, gap: result.gap, zone: options.zone).add(
      to: &result, isJudged: isJudged)
    result.marketplaces = MarketplaceMetrics.found(in: facts)
    result.oversellConfigurations = OversellConfigurations.found(in: facts, ledger: ledger, result: result)
    if isJudged { result.cost = Cost.estimate(result, options: options) }
    result.notes = notes()
    let full = result.affected
    cap()
    let positions = isJudged ? lists : OrderPositions(twice: lists.twice)
    return FinishedAudit(result: result, facts: facts, ledger: ledger, positions: positions, full: full)
  }

  /// What cannot be judged has no losses, no hop and no pattern either: a figure beside it would be taken for one. How
  /// long orders took is kept where the times are sound and the orders only too few.
  private mutating func withhold() {
    var gap = GapFindings()
    if Judgement.hasTimes(result) {
      gap.overall = result.gap.overall
      gap.captureToReceipt = result.gap.captureToReceipt
      gap.captureToConfirmation = result.gap.captureToConfirmation
    }
    result.orders.neverReceived = 0
    result.orders.neverReceivedButConfirmed = 0
    result.affected.late = OrderList()
    result.affected.never = OrderList()
    result.gap = gap
    result.hops = []
    if result.inputs.contains(where: { $0.role == .storefront && $0.isDayOrderOpen }) { result.period = nil }
  }

  /// The result goes into reports; the CSV files take everything from the full lists.
  private mutating func cap() {
    let limit = options.assumptions.listLimit
    result.affected.tickets = Array(result.affected.tickets.prefix(limit))
    result.affected.cancellations = Array(result.affected.cancellations.prefix(limit))
    result.affected.oversold = Array(result.affected.oversold.prefix(limit))
    result.affected.demand = Array(result.affected.demand.prefix(limit))
  }

  /// The first orders of a list.
  private func list(_ positions: [UInt32]) -> OrderList {
    var list = OrderList()
    list.count = positions.count
    list.orders = positions.prefix(options.assumptions.listLimit).map { ledger.finding(Int($0), facts) }
    return list
  }

  /// Each log ends with the last thing it says itself, unless somebody knows better.
  private mutating func measureSpans() {
    let grace = Int64(options.assumptions.graceSeconds) * 1000
    func span(_ role: FileRole, _ delays: DelayColumn, _ offset: Int64 = 0) -> CaptureSpan {
      if let end = options.end { return CaptureSpan(end: end, grace: grace) }
      return CaptureSpan(facts.extents[role] ?? TimeExtent(), delays: delays, offset: offset, grace: grace)
    }
    ledger.receiptSpan = span(.erp, facts.orders.received, ledger.receiptOffset)
    ledger.confirmationSpan = span(.confirmations, facts.orders.confirmed, ledger.confirmationOffset)
    ledger.deliverySpan = span(.webhooks, facts.orders.delivered)
    ledger.queueSpan = span(.queue, facts.orders.queued)
  }

  private func notes() -> [String] {
    var notes = options.notes + result.clockSkews.map(\.sentence)
    for reimport in result.reimports {
      notes.append(
        "\(reimport.orders) orders were recorded in one burst at \(reimport.first.iso8601), for orders of several "
          + "days: "
          + "a re-import. Their receipt times say nothing about the handoff and are left out of the gap.")
    }
    let unreadable = result.inputs.reduce(0) { $0 + $1.unreadable.reduce(0) { $0 + $1.count } }
    if unreadable > 0 {
      notes.append(
        unreadable == 1
          ? "1 record could not be read; it is listed with its reason and line."
          : "\(Words.count(unreadable)) records could not be read; they are listed by reason and line.")
    }
    return notes
  }
}
