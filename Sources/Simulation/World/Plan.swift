package import HandoffCore

/// Everything a seed decides before the first order: how many orders, which ERPs, how bad the world is.
package struct Plan: Sendable {
  /// One storefront.
  package struct Shop: Sendable {
    /// Its name in the configuration.
    package let name: StorefrontName
    /// Which ERP takes its orders.
    package let erp: Int
    /// What its retailer decided, and meant.
    package var policy: HandoffPolicy
  }

  /// One ERP.
  package struct ERP: Sendable {
    /// Its name in the configuration.
    package let name: ERPName
    /// What it offers against double creation.
    package let receiptClass: ReceiptClass
    /// Requests it bears at once.
    package fileprivate(set) var concurrency: Int
    /// By how much its search trails its creates, in microseconds.
    package let searchLag: Int64
  }

  /// The seed.
  package let seed: UInt64
  /// The storefronts.
  package var shops: [Shop]
  /// The ERPs.
  package var erps: [ERP]
  /// How many orders are placed.
  package let orders: Int
  /// For how long orders are placed, in microseconds.
  package private(set) var span: Int64
  /// By how much the storefronts' listings trail their orders, in microseconds.
  package let listLag: Int64
  /// How often a storefront's orders are listed.
  package let listInterval: Duration
  /// By how much two listings overlap: what the listings trail, what a clock can be off by, and a margin.
  package let listOverlap: Duration
  /// How long an idle lane sleeps at most.
  package let longestPause: Duration
  /// In how many of ten thousand cases the store takes its time, before a transaction and after it.
  package let storePauses: Int
  /// How long a process may take for a task; in some worlds less than an answer may take, so that answers come to
  /// tasks that others have begun again.
  package private(set) var lease: Duration
  /// What the world does to the system.
  package var rates: FaultRates
  /// In how many of ten thousand choices the oldest ready job runs.
  package let inOrder: Int
  /// Whether two processes may work on one store for a while.
  package private(set) var overlaps: Bool
  /// The scripts that are followed beside everything else, by number; each has a storefront and an ERP of its own.
  package private(set) var scripts: [Int] = []

  /// How many storefronts are open to every customer, and how many ERPs serve them; those of scripts come after them.
  package var openShops: Int { shops.count - scripts.count }
  /// See ``openShops``.
  package var openERPs: Int { erps.count - scripts.count }

  /// Draws a plan.
  /// - Parameter asked: the scripts to follow, instead of what the seed says.
  package init(seed: UInt64, orders wanted: Int? = nil, calm: Bool = false, scripts asked: [Int]? = nil) {
    var dice = Dice(seed: seed)
    self.seed = seed
    erps = (0..<dice.between(1, 2)).map { index in
      ERP(
        name: ERPName("erp\(index)"), receiptClass: dice.pick([.unique, .key, .draft, .none, .unique]) ?? .unique,
        concurrency: dice.between(4, 16), searchLag: dice.chance(4000) ? Int64(dice.between(1, 3000)) * 1000 : 0)
    }
    let count = dice.between(1, 2)
    shops = []
    for index in 0..<count {
      let erp = dice.below(erps.count)
      shops.append(
        Shop(
          name: StorefrontName("shop\(index)"), erp: erp,
          policy: Plan.policy(erps[erp], isFirst: index == 0, with: &dice)))
    }
    orders = wanted ?? dice.pick([40, 120, 240, 400]) ?? 120
    span = Int64(orders) * Int64(dice.between(20, 120)) * 1000
    rates = calm ? FaultRates() : .drawn(with: &dice)
    listLag = calm ? 0 : Int64(dice.below(7_000)) * 1000
    inOrder = dice.pick([0, 3000, 9000, 10_000]) ?? 3000
    overlaps = dice.chance(3000)
    lease = calm || dice.chance(7000) ? .seconds(15) : .seconds(dice.between(2, 6))
    // What comes often costs most and shows least: in one world of four as often as it can be, in the others seldom.
    let isEager = dice.chance(2500)
    // An ERP that bears few requests at once makes orders wait for one another, and every task is then claimed in a
    // transaction of its own: so in one world of four, down to one request; in the others only some orders wait.
    for index in erps.indices {
      erps[index].concurrency = isEager ? max(1, erps[index].concurrency / 4) : erps[index].concurrency * 4
    }
    storePauses = isEager ? 3000 : dice.pick([500, 1000, 3000]) ?? 1000
    longestPause = isEager ? .seconds(1) : .seconds(10)
    listInterval = isEager ? .seconds(15) : .seconds(30)
    let skew: Duration = rates[.clockMoved] > 0 ? Nemesis.clockRange : .zero
    listOverlap = isEager ? .seconds(20) : .microseconds(listLag) + skew + .seconds(2)
    let isScripted = !calm && dice.chance(Plan.scripted)
    if let asked { follow(asked, with: &dice) } else if isScripted { follow(drawnScripts(with: &dice), with: &dice) }
  }

  /// In how many of ten thousand worlds scripts are followed.
  static let scripted = 800
  /// How many of them in one world.
  static let scriptsAtOnce = 8

  /// Scripts one after the other, from any on.
  private func drawnScripts(with dice: inout Dice) -> [Int] {
    let first = dice.below(Script.all.count)
    return (0..<Plan.scriptsAtOnce).map { (first + $0) % Script.all.count }
  }

  /// Adds scripts, each with a storefront and an ERP of its own.
  private mutating func follow(_ asked: [Int], with dice: inout Dice) {
    for (place, script) in asked.enumerated() {
      let erp = ERP(
        name: ERPName("bench\(place)"), receiptClass: Script.all[script].receiptClass, concurrency: 4, searchLag: 0)
      var policy = Plan.policy(erp, isFirst: true, with: &dice)
      policy.inventory = InventoryRule(short: .hold, partlyShort: .hold, recheck: .seconds(5))
      policy.share = 100
      shops.append(Shop(name: StorefrontName("stand\(place)"), erp: erps.count, policy: policy))
      erps.append(erp)
      scripts.append(script)
    }
    // A script outlasts leases: short ones, and the time for several.
    lease = .seconds(dice.between(2, 5))
    span = max(span, 25_000_000)
    overlaps = true
  }

  private static func policy(_ erp: ERP, isFirst: Bool, with dice: inout Dice) -> HandoffPolicy {
    let actions: [ShortageAction] = [.confirm, .hold, .hold, .exception]
    var policy = HandoffPolicy(
      pattern: dice.chance(5000) ? .erpGated : .acknowledgmentGated,
      // The first storefront always works; another may only watch.
      mode: isFirst || dice.chance(7500) ? .gate : dice.pick([.shadow, .observe]) ?? .shadow,
      receiptClass: erp.receiptClass,
      inventory: InventoryRule(
        isRequired: dice.chance(8000), short: dice.pick(actions) ?? .hold, partlyShort: dice.pick(actions) ?? .hold,
        recheck: .seconds(5)), holdsFulfillment: dice.chance(3000))
    policy.deadlines.receipt = .seconds(dice.between(20, 40))
    policy.deadlines.validation = .seconds(30)
    policy.deadlines.stock = .seconds(60)
    policy.deadlines.message = .seconds(30)
    policy.deadlines.cancellation = .seconds(30)
    policy.deadlines.exception = .seconds(45)
    policy.backoff = Backoff(base: .milliseconds(200), cap: .seconds(6))
    policy.lookupBudget = 4
    policy.searchLag = .microseconds(erp.searchLag)
    // The longest a request travels, a second copy of it included, and what two clocks can differ.
    policy.requestLife = .seconds(40)
    policy.keyRetention = .seconds(60)
    policy.watermark = World.watermark
    policy.share = dice.chance(1500) ? dice.between(30, 90) : 100
    return policy
  }
}
