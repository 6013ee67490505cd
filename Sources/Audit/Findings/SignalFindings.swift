/// The three diagnostic signals.
struct SignalFindings {
  let facts: AuditFacts
  let ledger: GapLedger
  let gap: GapFindings
  let zone: ZoneRules

  /// Fewer cases than this are chance.
  private static let fewest = 3
  /// Tickets inside the gap window, of those that name an order, from which the signal holds.
  private static let ticketShare = 0.01
  /// Stock cancellations with units in flight from which the signal holds.
  private static let flightShare = 0.2
  /// Difference of demand from which the signal holds.
  private static let demandShare = 0.01

  func add(to result: inout AuditResult, isJudged: Bool) {
    var affected = result.affected
    result.signals = [support(&affected), oversell(&affected), demand(&affected)]
    guard isJudged else {
      result.signals = result.signals.map(withheld)
      return
    }
    result.affected = affected
  }

  /// Beside a verdict that cannot be judged nothing holds, and nothing is refuted.
  private func withheld(_ signal: Signal) -> Signal {
    guard signal.state != .cannotBeJudged else { return signal }
    return Signal(
      name: signal.name, state: .cannotBeJudged,
      sentence: "This cannot be judged before it is known when orders reached the ERP and customers were told.")
  }

  private func absent(_ name: Signal.Name, _ sentence: String, _ toExport: [String]) -> Signal {
    var signal = Signal(name: name, state: .cannotBeJudged, sentence: sentence)
    signal.toExport = toExport
    return signal
  }

  private func support(_ affected: inout AffectedOrders) -> Signal {
    guard facts.roles.contains(.tickets), ledger.hasReceipts else {
      return absent(
        .supportCannotFindOrders, "Without tickets and ERP orders nobody can say whether support searched in vain.",
        (facts.roles.contains(.tickets)
          ? [] : ["support tickets with their time and the order number (a field or in the subject)"])
          + (ledger.hasReceipts ? [] : ["the ERP's sales orders with their creation time"]))
    }
    guard !facts.tickets.isEmpty else {
      return absent(
        .supportCannotFindOrders, "None of the \(facts.ticketRows) tickets names an order that was captured.",
        ["tickets with the order number in a field or in the subject"])
    }
    var findings: [TicketFinding] = []
    for ticket in facts.tickets {
      guard let order = ticket.order else { continue }
      let captured = facts.orders.captured[order]
      let confirmed = ledger.confirmation(order, facts).map { captured + $0 }
      if ledger.hasConfirmations, confirmed.map({ $0 > ticket.opened }) ?? true { continue }
      let received = ledger.receipt(order, facts).map { captured + $0 }
      if ledger.isOutside(order, facts) { continue }
      guard received.map({ $0 > ticket.opened }) ?? !facts.orders.flags[order].contains(.cancelled) else { continue }
      findings.append(
        TicketFinding(
          ticketID: ledger.maskedIdentifier(ticket.id), orderID: ledger.orderID(order, facts),
          opened: Instant(milliseconds: ticket.opened), confirmed: confirmed.map(Instant.init(milliseconds:)),
          received: received.map(Instant.init(milliseconds:))))
    }
    findings.sort { ($0.opened, $0.ticketID) < ($1.opened, $1.ticketID) }
    affected.ticketCount = findings.count
    affected.tickets = findings
    let share = Double(findings.count) / Double(facts.tickets.count)
    let holds = findings.count >= Self.fewest && share >= Self.ticketShare
    var signal = Signal(
      name: .supportCannotFindOrders, state: holds ? .holds : .doesNotHold,
      sentence:
        "\(Words.count(findings.count)) of \(Words.count(facts.tickets.count)) tickets about an order were opened "
        + "while the ERP did not have it.")
    signal.evidence = [
      Evidence("tickets-in-gap", Double(findings.count), signal.sentence),
      Evidence(
        "tickets-about-orders", Double(facts.tickets.count),
        "\(Words.count(facts.tickets.count)) of \(Words.count(facts.ticketRows)) tickets name an order."),
    ]
    return signal
  }

  private func oversell(_ affected: inout AffectedOrders) -> Signal {
    guard facts.roles.contains(.marketplaceCancellations) || !facts.cancellations.isEmpty, ledger.hasReceipts else {
      return absent(
        .marketplaceOversell, "Without the marketplaces' cancellations nobody can say whether they oversold.",
        [
          "marketplace cancellations with order, SKU, date and reason (Amazon: returns and cancellations; Walmart, "
            + "eBay: orders with status and reason)"
        ])
    }
    let stock = facts.cancellations.filter(\.isForWantOfStock)
    let flights = UnitsInFlight(facts: facts, ledger: ledger, skus: Set(stock.map(\.sku)))
    let hourly = Dictionary(gap.byHour.map { ($0.label, $0.orders) }) { $1 }
    let sorted = hourly.values.sorted()
    let usual = sorted.isEmpty ? 1 : max(1, sorted[sorted.count / 2])
    var findings = stock.map { cancellation in
      let ordered = cancellation.ordered ?? cancellation.cancelled
      return CancellationFinding(
        orderID: ledger.maskedIdentifier(cancellation.orderID),
        marketplace: ledger.marketplace(cancellation.marketplace, facts),
        sku: ledger.masked(facts.catalog.skus.text(Int(cancellation.sku))), ordered: Instant(milliseconds: ordered),
        unitsInFlight: flights.units(cancellation.sku, at: ordered, besides: cancellation.key),
        volumeRatio: volume(at: ordered, hourly, usual))
    }
    findings.sort { ($0.ordered, $0.orderID) < ($1.ordered, $1.orderID) }
    affected.cancellationCount = findings.count
    affected.cancellations = findings
    let inFlight = findings.filter { $0.unitsInFlight > 0 }
    let share = findings.isEmpty ? 0 : Double(inFlight.count) / Double(findings.count)
    let holds = inFlight.count >= Self.fewest && share >= Self.flightShare
    var signal = Signal(
      name: .marketplaceOversell, state: holds ? .holds : .doesNotHold,
      sentence:
        "\(Words.count(inFlight.count)) of \(Words.count(findings.count)) marketplace cancellations for want of stock "
        + "fell on units that were sold and not in the ERP."
    )
    let busy = findings.filter { $0.volumeRatio >= 2 }.count
    signal.evidence = [
      Evidence("cancellations-with-units-in-flight", Double(inFlight.count), signal.sentence),
      Evidence(
        "cancellations-after-peaks", Double(busy),
        "\(Words.count(busy)) of \(Words.count(findings.count)) followed an hour with twice the usual orders."),
    ]
    return signal
  }

  /// Orders of the hour or the hour before, over the median hour.
  private func volume(at instant: Int64, _ hourly: [String: Int], _ usual: Int) -> Double {
    let busiest = [instant, instant - 3_600_000].map { hourly[label($0)] ?? 0 }.max() ?? 0
    return Double(busiest) / Double(usual)
  }

  private func label(_ instant: Int64) -> String {
    let civil = CivilTime(milliseconds: instant + zone.offset(at: instant))
    return "\(civil.dateText)T\(civil.timeText.prefix(2))"
  }

  private func demand(_ affected: inout AffectedOrders) -> Signal {
    guard !facts.demand.isEmpty, facts.orders.lines.count > 0 else {
      return absent(
        .planningOnMismatchedDemand, "Without the ERP's demand figures nobody can compare them with what was sold.",
        facts.demand.isEmpty
          ? ["the ERP's demand per SKU and week, as planning uses it"] : ["storefront orders with SKU and quantity"])
    }
    let comparison = DemandComparison(facts: facts, ledger: ledger, zone: zone).compared()
    affected.demandCount = comparison.findings.count
    affected.demand = comparison.findings
    let share = comparison.captured == 0 ? 0 : Double(comparison.difference) / Double(comparison.captured)
    let explained = comparison.difference == 0 ? 0 : Double(comparison.explained) / Double(comparison.difference)
    var signal = Signal(
      name: .planningOnMismatchedDemand, state: share >= Self.demandShare ? .holds : .doesNotHold,
      sentence:
        "The ERP's demand differs from what was sold by \(Words.percent(share)) of units; the gap explains "
        + "\(Words.percent(explained)) of that."
    )
    signal.evidence = [
      Evidence("demand-difference-units", Double(comparison.difference), signal.sentence),
      Evidence(
        "demand-explained-units", Double(comparison.explained),
        "\(Words.count(Int(comparison.explained))) units reached the ERP after their week or never."),
      Evidence(
        "stockout-units", Double(comparison.stockouts),
        "\(Words.count(Int(comparison.stockouts))) units would be short had stock been ordered by the ERP's figures."),
    ]
    return signal
  }
}

/// Units captured and not in the ERP, for some SKUs.
struct UnitsInFlight {
  private var lines: [UInt32: [(key: Int64, from: Int64, to: Int64, units: Int64)]] = [:]

  init(facts: AuditFacts, ledger: GapLedger, skus: Set<UInt32>) {
    var wanted = [Bool](repeating: false, count: facts.catalog.skus.count)
    for sku in skus where Int(sku) < wanted.count { wanted[Int(sku)] = true }
    for line in 0..<facts.orders.lines.count {
      let sku = facts.orders.lines.skus[line]
      guard sku != LineTable.noSKU, wanted[Int(sku)] else { continue }
      let order = facts.orders.lines.owner(line)
      guard facts.orders.flags[order].isDisjoint(with: [.repeated, .cancelled, .reimported]),
        !ledger.isOutside(order, facts)
      else { continue }
      let captured = facts.orders.captured[order]
      let received = ledger.receipt(order, facts).map { captured + $0 } ?? .max
      lines[sku, default: []].append(
        (facts.orders.keys[order], captured, received, facts.orders.lines.quantity(line)))
    }
  }

  /// Units of a SKU at an instant; the cancelled order's own do not count.
  func units(_ sku: UInt32, at instant: Int64, besides key: Int64) -> Int {
    Int(
      (lines[sku] ?? []).reduce(0) { sum, line in
        sum + (line.key != key && line.from <= instant && instant < line.to ? line.units : 0)
      })
  }
}
