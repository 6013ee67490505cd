import HandoffCore

/// S4, S10, L1: what customers were told, once, and by whom.
enum MessageOracles {
  static let all: [Oracle] = [oneDecision, oneMessage, onlyWatched, ended]

  /// S4: at most one decision, and never both.
  static func oneDecision(_ story: Story) -> (property: Property, text: String)? {
    var confirms = 0
    var declines = 0
    let journal = story.facts.filter { $0.kind == .journal }
    for (index, fact) in journal.enumerated() {
      let (before, after) = Story.stages(fact)
      // A decision that cannot be put into words is none (F55); the next entry says so.
      let isUnwritten = index + 1 < journal.count && journal[index + 1].text == "composition_failed"
      if isUnwritten { continue }
      if after == .decided, before != .decided { confirms += 1 }
      if after == .declining, before != .declining { declines += 1 }
    }
    if confirms > 1 { return (.s4, "decided to confirm \(confirms) times") }
    if declines > 1 { return (.s4, "decided to decline \(declines) times") }
    return confirms > 0 && declines > 0 ? (.s4, "decided to confirm and to decline") : nil
  }

  /// S4: one key and one wording for each thing said.
  static func oneMessage(_ story: Story) -> (property: Property, text: String)? {
    var keys: [Int32: FactText] = [:]
    for fact in story.facts where fact.kind == .mailTaken {
      if let known = keys[fact.first], known != fact.text { return (.s4, "one message under two keys") }
      keys[fact.first] = fact.text
      if story.info.isOld { return (.s4, "an order from before the watermark was written to (S4c)") }
    }
    if keys[1] != nil, keys[2] != nil { return (.s4, "told both that it is confirmed and that it cannot be") }
    for key in keys.values where (story.world.mailBytes[key.description]?.count ?? 0) > 1 {
      return (.s4, "one key with two wordings")
    }
    return nil
  }

  /// S10: what is only watched has no effects.
  static func onlyWatched(_ story: Story) -> (property: Property, text: String)? {
    let isWatched =
      story.firstStage == .observed || story.info.isTest || story.info.isOld
      || !story.world.everGated.contains(story.info.shop)
    guard isWatched else { return nil }
    let effects: Set<FactKind> = [.createArrived, .changeArrived, .mailTaken, .held, .released]
    guard let effect = story.facts.first(where: { effects.contains($0.kind) }) else { return nil }
    return (.s10, "an order that is only watched had the effect \(effect.kind)")
  }

  /// L1: whoever was told "confirmed" in our books was really told, and what was held ships.
  static func ended(_ story: Story) -> (property: Property, text: String)? {
    let mails = Set(story.facts.filter { $0.kind == .mailTaken }.map(\.first))
    switch story.lastStage {
    case .confirmed where !mails.contains(1): return (.l1, "confirmed, and no confirmation reached the carrier")
    case .declined where !mails.contains(2): return (.l1, "declined, and no message reached the carrier")
    case .confirmed:
      let isHeld = story.facts.contains { $0.kind == .held }
      let isReleased = story.facts.contains { $0.kind == .released }
      if isHeld, !isReleased, !story.hasPerson { return (.l1, "confirmed, held, and never let go") }
      return nil
    case .returned: return returned(story)
    default: return nil
    }
  }

  /// L1: what people were handed back is theirs to ship, unless it was cancelled or declined before.
  private static func returned(_ story: Story) -> (property: Property, text: String)? {
    guard story.facts.contains(where: { $0.kind == .held }) else { return nil }
    let isEnded = story.facts.contains { fact in
      if fact.kind == .personDecided { return fact.text == "cancel" || fact.text == "decline" }
      return fact.kind == .journal && fact.text == "order_cancelled"
    }
    // A storefront that refuses to let go is told to a person, who has taken note of it.
    let isAsked = story.facts.contains { $0.kind == .journal && $0.text == "fulfillment_refused" }
    let isReleased = story.facts.contains { $0.kind == .released }
    return isEnded || isAsked || isReleased ? nil : (.l1, "handed back, held, and never let go")
  }
}
