/// A shop with something wrong (or nothing), as the generator plants it.
public enum World: String, CaseIterable, Sendable, Codable {
  /// Confirmations follow receipts within seconds.
  case healthy
  /// Confirmations follow receipts, but the queue takes twenty minutes.
  case lagRightSequence = "lag-right-sequence"
  /// Confirmations leave at capture; everything else is quick.
  case brokenFastWebhooks = "broken-fast-webhooks"
  /// Confirmations wait a minute, which is enough except in the busiest hour of the day.
  case brokenAtPeaks = "broken-at-peaks"
  /// Confirmations wait a minute; from one to five at night the queue stands still.
  case nightlyQueue = "nightly-queue"
  /// Two in a hundred webhooks never arrive; their customers are told all the same.
  case webhookLoss = "webhook-loss"
  /// Healthy, but five days of orders were imported into the ERP once more and carry the second time.
  case reimport
  /// As broken-fast-webhooks, while the ERP's clock is seven minutes behind and hides it.
  case clockSkew = "clock-skew-7min"
  /// Healthy, while the ERP's clock is seven minutes ahead and makes it look broken.
  case clockAhead = "clock-ahead-7min"
  /// Healthy, while the ERP's export cuts the seconds off (but of records saved again) and makes effects stand before
  /// their causes.
  case wholeMinutes = "erp-whole-minutes"
  /// As broken-fast-webhooks, while the ERP's export cuts the seconds off.
  case brokenWholeMinutes = "broken-whole-minutes"
  /// As broken-fast-webhooks, with everything that real exports have wrong with them.
  case dirt

  /// How far the ERP's clock is ahead, in seconds.
  var skew: Int64 { self == .clockSkew ? -420 : self == .clockAhead ? 420 : 0 }

  /// Whether the confirmation waits for the receipt.
  var isGated: Bool { [.healthy, .lagRightSequence, .reimport, .clockAhead, .wholeMinutes].contains(self) }

  /// Whether the customer is told at once, whatever becomes of the order.
  private var isBroken: Bool { [.brokenFastWebhooks, .clockSkew, .dirt, .brokenWholeMinutes].contains(self) }

  /// What the ERP's times are cut off to, in seconds.
  var erpResolution: Int64 { self == .wholeMinutes || self == .brokenWholeMinutes ? 60 : 1 }

  /// The share of orders whose webhook never arrives.
  var lossShare: Double { self == .webhookLoss ? 0.02 : 0 }

  /// The share of orders the ERP never records though it got them.
  var neverShare: Double { isBroken ? 0.002 : 0 }

  var verdict: Verdict.Kind {
    switch self {
    case .healthy, .reimport, .clockAhead, .wholeMinutes: .healthy
    case .lagRightSequence: .syncLag
    default: .handoffFailure
    }
  }

  var scope: Verdict.Scope? {
    switch self {
    case .brokenFastWebhooks, .clockSkew, .dirt, .brokenWholeMinutes: .everywhere
    case .brokenAtPeaks: .atPeaks
    case .nightlyQueue: .atHours
    case .webhookLoss: .lostOrders
    default: nil
    }
  }

  var hop: HopName? {
    switch self {
    case .brokenFastWebhooks, .clockSkew, .dirt, .brokenWholeMinutes: .trigger
    case .brokenAtPeaks, .nightlyQueue, .lagRightSequence: .integrationQueue
    case .webhookLoss: .webhookDelivery
    default: nil
    }
  }

  /// The steps of one order, in seconds after its capture; nil where it never comes.
  func steps(hour: Int, secondOfDay: Int64, random: inout SeededRandom) -> Steps {
    var steps = Steps()
    let isLost = random.chance(lossShare)
    steps.delivered = isLost ? nil : random.seconds(0...2)
    var queue = random.seconds(1...4)
    switch self {
    case .lagRightSequence: queue = Int64(1200 * Self.spread(&random, 0.6))
    case .brokenAtPeaks where hour == Self.peakHour: queue = random.seconds(600...3600)
    case .nightlyQueue where (1...4).contains(hour): queue = 5 * 3600 - secondOfDay + random.seconds(5...90)
    default: break
    }
    let processing =
      isBroken
      ? Int64(15 * Self.spread(&random, 0.9)) + 2 : random.seconds(2...18)
    if let delivered = steps.delivered {
      steps.queued = delivered + queue
      if !random.chance(neverShare) { steps.received = delivered + queue + processing }
    }
    if isGated {
      steps.confirmed = steps.received.map { $0 + random.seconds(1...3) }
    } else if verdict == .handoffFailure, scope == .everywhere {
      steps.confirmed = random.seconds(1...4)
    } else {
      steps.confirmed = random.seconds(60...90)
    }
    if random.chance(0.001) { steps.confirmed = nil }
    return steps
  }

  static let peakHour = 20

  /// A log-normal factor with median 1, at most 20.
  private static func spread(_ random: inout SeededRandom, _ width: Double) -> Double {
    // The sum of twelve uniform numbers is near enough to normal, and needs no logarithm.
    var sum = -6.0
    for _ in 0..<12 { sum += random.unit() }
    var factor = 1.0
    let exponent = sum * width
    var term = 1.0
    for index in 1...24 {
      term *= exponent / Double(index)
      factor += term
    }
    return min(20, max(0.05, factor))
  }

  struct Steps {
    var delivered: Int64?
    var queued: Int64?
    var received: Int64?
    var confirmed: Int64?
  }
}
