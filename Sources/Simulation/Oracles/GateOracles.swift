import HandoffCore

/// S1, S8, S12: what the gate may open for.
enum GateOracles {
  static let all: [Oracle] = [told]

  /// What an order's story has come to when a decision is looked at.
  private struct Known {
    var held: Set<Int> = []
    var live: [Int32: Int] = [:]
    var wrongMoney: Set<Int32> = []
    var stock: [Int: Int32] = [:]
    var told: Set<Int> = []
    var acknowledged: [Int] = []
    var isRevoked = false
    /// The ERP told this very process that the record is void.
    var isVoidTold = false
    var isWaived = false
    /// A person has seen that the payment is void and let the order go on.
    var isVoidWaived = false
    var exception: Int32 = -1

    static let void = Int32(ExceptionKind.allCases.firstIndex(of: .paymentVoided) ?? -1)

    mutating func take(_ fact: Fact, _ story: Story) {
      switch fact.kind {
      case .recordLive, .recordChanged:
        if fact.kind == .recordLive { live[fact.first] = 0 }
        if fact.text == "wrong" { wrongMoney.insert(fact.first) } else { wrongMoney.remove(fact.first) }
        guard live[fact.first] != nil else { return }
        let meaning = story.meaning(fact.second)
        live[fact.first] = meaning
        held.insert(meaning)
      case .recordVoid: live[fact.first] = nil
      case .receiptTold:
        told.insert(story.meaning(fact.second))
        isVoidTold = false
      case .voidTold: isVoidTold = true
      case .stockAnswered:
        // A late answer to an earlier question says nothing about now.
        let meaning = story.meaning(fact.second)
        if fact.first >= stock[meaning] ?? 0 { stock[meaning] = fact.first }
      case .acknowledged where fact.second == 0:
        if !acknowledged.contains(Int(fact.first)) { acknowledged.append(Int(fact.first)) }
      case .exceptionOpened: exception = fact.first
      case .journal:
        if fact.text == "receipt_revoked" { isRevoked = true }
        if fact.text.hasPrefix("receipt_issued") || fact.text.hasPrefix("receipt_found") { isRevoked = false }
        if fact.text == "order_edited" { isWaived = false }
        if fact.text.hasPrefix("operator_decided accept-shortage") { isWaived = true }
        if fact.text.hasPrefix("operator_decided"), exception == Known.void { isVoidWaived = true }
      default: break
      }
    }
  }

  /// S1 and S8 at each decision to confirm, and S12: only a definite yes opens the gate.
  ///
  /// S12 is judged on its own, because a decision without a yes is as a rule one without a record too: one promise must
  /// not hide that another is broken. Both in one walk over the order's facts; of each the first that is found.
  static func atDecisions(_ story: Story) -> [(property: Property, text: String)] {
    guard story.isEverDecided else { return [] }
    var found: [(property: Property, text: String)] = []
    var (isBroken, isUntold) = (false, false)
    var known = Known()
    for fact in story.facts {
      known.take(fact, story)
      guard fact.kind == .journal else { continue }
      let (before, after) = Story.stages(fact)
      guard after == .decided, before != .decided else { continue }
      guard let content = story.versions[fact.second] else {
        if !isBroken { found.append((.s1, "decided for a version nobody stored")) }
        return found
      }
      if !isBroken, let one = broken(known, content, story, at: fact.at) {
        isBroken = true
        found.append(one)
      }
      if !isUntold, !known.told.contains(story.world.contents[content].meaning) {
        isUntold = true
        found.append((.s12, "decided for content \(content) without a definite yes of the ERP"))
      }
    }
    return found
  }

  private static func broken(
    _ known: Known, _ content: Int, _ story: Story, at instant: Int64
  ) -> (property: Property, text: String)? {
    let decided = story.world.contents[content]
    if !known.held.contains(decided.meaning) {
      return (.s1, "decided for content \(content), which the ERP never held")
    }
    if known.isRevoked { return (.s1, "decided after the receipt was revoked") }
    if known.isVoidTold, !story.world.plan.overlaps { return (.s1, "decided after the ERP said the record is void") }
    let wrong = known.live.contains { $0.value == decided.meaning && known.wrongMoney.contains($0.key) }
    if wrong { return (.s8, "decided although the ERP's total is not the storefront's") }
    for number in known.acknowledged {
      let other = story.world.contents[number]
      if other.isCancelled { return (.s1, "decided after the cancel \(number) was acknowledged") }
      if other.isVoid, !known.isVoidWaived {
        return (.s1, "decided after the payment was known to be void")
      }
      if other.updatedAt > decided.updatedAt, other.meaning != decided.meaning,
        !story.isBack(decided.meaning, after: other.updatedAt, by: instant)
      {
        return (.s1, "decided for content \(content) after the newer \(number) was acknowledged")
      }
    }
    return inventory(known, decided, story)
  }

  private static func inventory(
    _ known: Known, _ decided: Content, _ story: Story
  ) -> (property: Property, text: String)? {
    let rule = story.world.plan.shops[story.info.shop].policy.inventory
    guard rule.isRequired, !known.isWaived else { return nil }
    switch known.stock[decided.meaning].map({ $0 % 4 }) {
    case 0: return nil
    case 1 where rule.partlyShort == .confirm: return nil
    case 2 where rule.short == .confirm: return nil
    case nil: return (.s1, "decided without the inventory validation the retailer asks for")
    default: return (.s1, "decided although the ERP could not allocate it")
    }
  }

  /// S1b: the customer hears nothing before it is decided, and of nothing else than was decided.
  static func told(_ story: Story) -> (property: Property, text: String)? {
    let versions = story.versions
    var decided: Int?
    var isDeclining = false
    for fact in story.facts {
      if fact.kind == .journal {
        let (before, after) = Story.stages(fact)
        if after == .decided, before != .decided { decided = versions[fact.second] }
        if after == .declining { isDeclining = true }
      }
      guard fact.kind == .mailTaken else { continue }
      if fact.first == 1 {
        guard let decided else { return (.s1, "a confirmation left before any decision") }
        if story.meaning(Int32(decided)) != story.meaning(fact.second) {
          return (.s1, "the confirmation names content \(fact.second), decided was \(decided)")
        }
      }
      if fact.first == 2, !isDeclining { return (.s4, "an apology left before any decision") }
    }
    return nil
  }
}
