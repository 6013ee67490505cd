import HandoffCore

/// S2, S6, L2, L4: what was acknowledged is kept, what is open has an owner, and nobody is asked too often.
enum StoreOracles {
  static let all: [Oracle] = [acknowledged, accounted, owned, paced]

  /// S2: nothing was acknowledged that was not durable at that very moment.
  static func acknowledged(_ story: Story) -> (property: Property, text: String)? {
    var stored = 0
    var acknowledged = 0
    var newest = Timestamp.distantPast
    var current = -1
    var isCancelKnown = false
    for fact in story.facts {
      switch fact.kind {
      case .deliveryStored: stored += 1
      case .versionStored:
        if let content = Story.content(storedAs: fact) {
          newest = max(newest, story.world.contents[content].updatedAt)
          current = story.world.contents[content].meaning
          if story.world.contents[content].isCancelled { isCancelKnown = true }
        }
      case .journal:
        if fact.text == "order_cancelled" || fact.text.hasPrefix("operator_decided cancel")
          || story.info.isCancelled && Story.stages(fact).after == .cancelled
        {
          isCancelKnown = true
        }
      case .acknowledged where fact.second == 0:
        acknowledged += 1
        if acknowledged > stored { return (.s2, "content \(fact.first) was acknowledged and is not stored") }
        guard let content = story.content(fact.first) else { continue }
        if content.isCancelled, !isCancelKnown { return (.s2, "a cancel was acknowledged and is not stored") }
        if !content.isCancelled, content.updatedAt > newest, !isTwin(content, story),
          !story.isBack(current, after: content.updatedAt, by: fact.at)
        {
          return (.s2, "content \(fact.first) was acknowledged, and only older ones are stored")
        }
      default: break
      }
    }
    return nil
  }

  /// Whether something that means the same was stored before.
  private static func isTwin(_ content: Content, _ story: Story) -> Bool {
    story.versions.values.contains { story.world.contents[$0].meaning == content.meaning }
  }

  /// S6: what was taken in is at an end, or on its way, or with a person; it is never just gone.
  static func accounted(_ story: Story) -> (property: Property, text: String)? {
    let isKnown = story.facts.contains { $0.kind == .acknowledged && $0.second == 0 }
    if isKnown, story.lastStage == nil { return (.s6, "acknowledged, and there is no handoff") }
    var before: Stage?
    for fact in story.facts where fact.kind == .journal {
      let stages = Story.stages(fact)
      if stages.before != before { return (.s6, "the journal has a hole: a step is not in it") }
      before = stages.after
    }
    return nil
  }

  /// L2: an exception has an owner from birth on, and goes up when nobody acts.
  static func owned(_ story: Story) -> (property: Property, text: String)? {
    let owners = Set(Node.owners.values)
    let slack: Int64 = story.world.isClockMoved ? 45_000_000 : 20_000_000
    var since: Int64?
    for fact in story.facts {
      if let since, fact.at - since > 45_000_000 + slack, fact.kind != .exceptionMoved {
        return (.l2, "an exception was nobody's turn for \((fact.at - since) / 1_000_000) s")
      }
      switch fact.kind {
      case .exceptionOpened, .exceptionMoved:
        if !owners.contains(fact.text.description) { return (.l2, "an exception belongs to \"\(fact.text)\"") }
        since = fact.at
      case .exceptionClosed: since = nil
      default: break
      }
    }
    return nil
  }

  /// L4: no order asks its counterparts again and again without a pause.
  static func paced(_ story: Story) -> (property: Property, text: String)? {
    var window: [Int64] = []
    for fact in story.facts {
      switch fact.kind {
      case .createArrived, .asked, .changeArrived, .mailTaken: window.append(fact.at)
      default: continue
      }
      if window.count > 30 {
        let first = window.removeFirst()
        if fact.at - first < 5_000_000 { return (.l4, "more than 30 requests for one order within 5 s") }
      }
    }
    return nil
  }
}
