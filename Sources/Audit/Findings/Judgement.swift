/// Comes to the verdict. The thresholds are what a person would still call an exception; they are named here and in
/// `docs/audit/README.md`.
struct Judgement {
  let result: AuditResult
  let facts: AuditFacts
  let ledger: GapLedger

  /// Fewer orders with both times than this prove nothing.
  static let fewestOrders = 30
  /// A smaller share of orders confirmed first is an exception, not a pattern.
  static let exceptionShare = 0.001
  /// A slower median or ninth tenth of the receipts is a lag.
  static let lagMedian = 120_000.0
  static let lagP90 = 900_000.0
  /// A gap that times without seconds could hide must be smaller than this, in milliseconds.
  static let widestHidden = 30_000.0
  /// An hour is bad when this share of its orders is confirmed first; the rest is good when it has a tenth of that.
  static let badShare = 0.05
  /// An hour with fewer orders confirmed first is no pattern but chance.
  static let fewestInBadHour = 3

  func verdict() -> Verdict {
    let judged = result.orders.joined + result.orders.neverReceivedButConfirmed
    // Receipts and confirmations without one order in common are of different shops or periods, or joined by the wrong
    // column: nobody loses every order.
    guard ledger.hasReceipts, ledger.hasConfirmations, judged >= Self.fewestOrders, result.orders.joined > 0 else {
      return notJudged(result.orders.joined)
    }
    if let verdict = withoutDates() { return verdict }
    let share = result.gap.confirmedFirstShare
    if share < Self.exceptionShare || result.gap.confirmedFirst < 3 {
      let isOpen = Double(result.gap.undecided) >= Self.exceptionShare * Double(judged)
      return isOpen && !isVisible ? tooCoarse() : inSequence()
    }
    return failure(share, judged)
  }

  private func notJudged(_ judged: Int) -> Verdict {
    var verdict = Verdict(kind: .cannotBeJudged)
    if !ledger.hasReceipts {
      verdict.toExport.append("the ERP's sales orders with their creation time and the storefront's order number")
    }
    if !ledger.hasConfirmations {
      verdict.toExport.append("the log of order confirmations with sending time and order number")
    }
    if verdict.toExport.isEmpty { verdict.toExport.append("logs of one period with order numbers in common") }
    verdict.sentence =
      "This cannot be judged: "
      + (judged == 0 ? "no order has" : judged == 1 ? "only 1 order has" : "only \(judged) orders have")
      + " both a confirmation and a receipt."
    verdict.evidence = [
      Evidence("judged-orders", Double(judged), "\(judged == 1 ? "1 order" : "\(judged) orders") could be judged.")
    ]
    return verdict
  }

  private func inSequence() -> Verdict {
    let receipt = result.gap.captureToReceipt ?? Distribution()
    let isSlow = receipt.p50 > Self.lagMedian || receipt.p90 > Self.lagP90
    var verdict = Verdict(kind: isSlow ? .syncLag : .healthy)
    // Seconds that were cut off count as if they had passed.
    let (half, most) = (within(receipt.p50), within(receipt.p90))
    let sequence = Evidence(
      "confirmed-first-share", result.gap.confirmedFirstShare,
      result.gap.undecided > 0
        ? "\(result.gap.confirmedFirst == 0 ? "Not one" : Words.percent(result.gap.confirmedFirstShare)) of the "
          + "confirmed orders can be seen to be told before the ERP had it."
        : "\(Words.percent(1 - result.gap.confirmedFirstShare)) of confirmed orders were in the ERP before the "
          + "customer was told.")
    let speed = Evidence(
      "capture-to-receipt-p50", receipt.p50,
      "Half of the orders reach the ERP within \(half), 9 of 10 within \(most).")
    verdict.evidence = isSlow ? [speed, sequence] : [sequence, speed]
    if result.gap.undecided > 0 { verdict.evidence.append(undecided()) }
    if isSlow {
      verdict.sentence =
        "Sync lag: customers are told after the ERP knows, but the ERP knows late (median \(half))."
      verdict.hop = slowestHop()
      verdict.toExport = missingLogs()
    } else {
      verdict.sentence =
        "Healthy: customers are told after the ERP knows, and it knows within \(most)."
    }
    return verdict
  }

  private func within(_ delay: Double) -> String { Words.span(max(0, delay + Double(ledger.receiptBlur))) }

  private func failure(_ share: Double, _ judged: Int) -> Verdict {
    var verdict = Verdict(kind: .handoffFailure)
    let never = result.orders.neverReceivedButConfirmed
    let isLoss = never * 10 >= result.gap.confirmedFirst * 8
    let (peak, rest) = peakShares()
    let hours = badHours()
    if isLoss {
      verdict.scope = .lostOrders
    } else if let peak, let rest, peak >= Self.badShare, rest * 10 <= peak {
      verdict.scope = .atPeaks
    } else if !hours.isEmpty {
      verdict.scope = .atHours
      verdict.hours = hours
    } else {
      verdict.scope = decidedShare(judged) >= 0.25 || badHourShare() >= 0.8 ? .everywhere : .scattered
    }
    verdict.hop = hop(verdict.scope)
    verdict.evidence = evidence(share, judged, peak, rest)
    verdict.sentence = sentence(verdict, share)
    if verdict.hop == nil || verdict.scope != .everywhere { verdict.toExport = missingLogs() }
    return verdict
  }

  private func sentence(_ verdict: Verdict, _ share: Double) -> String {
    let least = result.gap.undecided > 0 ? "at least " : ""
    let told = "\(least)\(Words.percent(share)) of customers are told \"confirmed\" before the ERP has the order"
    switch verdict.scope {
    case .lostOrders:
      return
        "Handoff failure: \(Words.count(result.orders.neverReceivedButConfirmed)) orders were confirmed and never "
        + "reached the ERP."
    case .atPeaks: return "Handoff failure at peaks: \(told), nearly all of them in the busiest hours."
    case .atHours:
      let hours = verdict.hours.map { ($0 < 10 ? "0" : "") + "\($0):00" }.joined(separator: ", ")
      return "Handoff failure at certain hours: \(told), nearly all of them at \(hours)."
    case .scattered: return "Handoff failure here and there: \(told)."
    default: return "Handoff failure: \(told), however fast the synchronisation is."
    }
  }

  private func evidence(_ share: Double, _ judged: Int, _ peak: Double?, _ rest: Double?) -> [Evidence] {
    var evidence = [
      Evidence(
        "confirmed-first-share", share,
        "\(Words.count(result.gap.confirmedFirst)) of \(Words.count(judged)) confirmed orders reached the ERP later "
          + "or never."
      )
    ]
    if result.gap.undecided > 0 { evidence.append(undecided()) }
    if let fast = fastShare() {
      evidence.append(
        Evidence(
          "confirmed-first-share-of-fast", fast,
          "Of orders that took less than a minute to the ERP, \(Words.percent(fast)) were still confirmed first."))
    }
    if result.orders.neverReceived > 0 {
      evidence.append(
        Evidence(
          "never-received", Double(result.orders.neverReceived),
          "\(Words.count(result.orders.neverReceived)) orders never reached the ERP, "
            + "\(Words.count(result.orders.neverReceivedButConfirmed)) of them confirmed."
        ))
    }
    if let peak, let rest {
      evidence.append(
        Evidence(
          "confirmed-first-share-at-peaks", peak,
          "At peaks, hours with twice the usual orders, it is \(Words.percent(peak)), otherwise \(Words.percent(rest))."
        ))
    }
    if let gap = result.gap.overall {
      evidence.append(
        Evidence(
          "gap-p50", gap.p50,
          "The median gap is \(gap.p50 < 0 ? "-" : "")\(Words.span(gap.p50)), 99 of 100 are within "
            + "\(Words.span(gap.p99))."
        ))
    }
    return evidence
  }

  /// The share among the orders of which it can be said.
  private func decidedShare(_ judged: Int) -> Double {
    Double(result.gap.confirmedFirst) / Double(max(1, judged - result.gap.undecided))
  }

  /// Among orders that reached the ERP within a minute: how many were confirmed first all the same.
  private func fastShare() -> Double? {
    var (fast, first) = (0, 0)
    for order in 0..<facts.orders.count where !facts.orders.flags[order].contains(.repeated) {
      guard let gap = ledger.gap(order, facts), let receipt = ledger.receipt(order, facts), receipt <= 60_000 else {
        continue
      }
      fast += 1
      if ledger.isFirst(gap) { first += 1 }
    }
    return fast >= Self.fewestOrders ? Double(first) / Double(fast) : nil
  }

  private static func share(_ groups: [GapGroup]) -> Double? {
    let orders = groups.reduce(0) { $0 + $1.orders }
    return orders == 0 ? nil : Double(groups.reduce(0) { $0 + $1.confirmedFirst - $1.neverReceived }) / Double(orders)
  }

  /// The shares at peaks and in all other hours.
  private func peakShares() -> (Double?, Double?) {
    let classes = result.gap.byVolume
    guard classes.reduce(0, { $0 + $1.hours }) >= 24, let peaks = classes.first(where: \.isPeak), peaks.hours >= 3
    else { return (nil, nil) }
    return (Self.share([peaks.group]), Self.share(classes.filter { !$0.isPeak }.map(\.group)))
  }

  /// Hours of the day that are bad while the others are good; empty when there is no such pattern.
  private func badHours() -> [Int] {
    let groups = result.gap.byHourOfDay
    let bad = groups.filter { group in
      (Self.share([group]) ?? 0) >= Self.badShare
        && group.confirmedFirst - group.neverReceived >= Self.fewestInBadHour
    }
    // What holds in most of the hours that have orders at all is no matter of the hour.
    guard !bad.isEmpty, bad.count * 2 <= groups.count, let good = Self.share(groups.filter { !bad.contains($0) }),
      let worst = Self.share(bad), good * 10 <= worst
    else { return [] }
    return bad.compactMap { Int($0.label) }
  }

  private func badHourShare() -> Double {
    let hours = result.gap.byHour.filter { $0.orders >= 5 }
    return hours.isEmpty ? 0 : Double(hours.count { (Self.share([$0]) ?? 0) >= Self.badShare }) / Double(hours.count)
  }

  private func hop(_ scope: Verdict.Scope?) -> HopName? {
    // Without a log of the way, which step it is would be a guess.
    guard !result.hops.isEmpty else { return nil }
    switch scope {
    case .everywhere: return .trigger
    case .lostOrders: return result.hops.filter { $0.lost > 0 }.max { $0.lost < $1.lost }?.name
    default: return slowestHop()
    }
  }

  private func slowestHop() -> HopName? {
    result.hops.filter { $0.shareOfLateness != nil }.max { ($0.shareOfLateness ?? 0) < ($1.shareOfLateness ?? 0) }?.name
  }

  private func missingLogs() -> [String] {
    var missing: [String] = []
    if facts.orders.delivered.isEmpty {
      missing.append("the storefront's webhook delivery log, to say which hop it is")
    }
    if facts.orders.queued.isEmpty { missing.append("the integration's queue log, to say which hop it is") }
    return missing
  }
}
