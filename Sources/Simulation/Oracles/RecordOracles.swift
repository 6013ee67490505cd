import HandoffCore

/// S3, S7: what reached the ERP.
enum RecordOracles {
  static let all: [Oracle] = [creates, undone, monotonic, current]

  /// S3 for class N, and S3b for all: a repeated create carries the same key and the same content, until the ERP has
  /// said no; or the record was taken back and a person has the order made again.
  static func creates(_ story: Story) -> (property: Property, text: String)? {
    let isUnprotected = story.world.plan.erps[story.info.erp].receiptClass == .none
    var key: FactText?
    var meanings: Set<Int> = []
    var isTakenBack = false
    var mayChange = false
    var mayRepeat = true
    // Creates that a person decided on; the automatic one may arrive after them, from a process that was stopped.
    var byPerson = 0
    var hasNo = false
    for fact in story.facts {
      switch fact.kind {
      case .createAnswered where fact.first == 0:
        hasNo = true
        mayRepeat = true
      case .receiptTold: isTakenBack = false
      case .voidTold: isTakenBack = true
      case .personDecided where fact.text == "create-again": byPerson += 1
      case .journal where fact.text.hasPrefix("operator_decided create-again"): mayChange = isTakenBack
      case .createArrived:
        if isUnprotected, !mayRepeat {
          if byPerson == 0 { return (.s3, "a second automatic create of a class N order") }
          byPerson -= 1
        }
        mayRepeat = false
        if let key, key != fact.text { return (.s3, "created under \(key) and \(fact.text)") }
        key = fact.text
        let isNew = meanings.insert(story.meaning(fact.first)).inserted
        if isNew, meanings.count > 1 {
          if !hasNo, !mayChange { return (.s3, "a repeated create carries another content") }
          // One no lets the content change once. What arrives after it with the old content may be late, from a process
          // that was stopped, and takes nothing from it.
          hasNo = false
        }
        mayChange = false
      default: break
      }
    }
    return nil
  }

  /// S3c: what ended as cancelled, or as declined, has nothing live at the ERP.
  static func undone(_ story: Story) -> (property: Property, text: String)? {
    guard let last = story.lastStage, last == .cancelled || last == .declined, !story.info.outlived else { return nil }
    // A person who takes note of a cancel the ERP refused takes the record over.
    if last == .declined, story.facts.contains(where: { $0.kind == .personDecided && $0.text == "hand-back" }) {
      return nil
    }
    let live = story.info.records.filter { story.world.records[$0].status == .live }
    guard let first = live.first else { return nil }
    return (.s3, "\(last.rawValue), and record \(story.world.records[first].id) is live")
  }

  /// S7: versions never go back, and nothing acknowledged was lost to something older.
  static func monotonic(_ story: Story) -> (property: Property, text: String)? {
    var last: Int32 = 0
    var instant = Timestamp.distantPast
    var newest: Content?
    for fact in story.facts {
      if fact.kind == .acknowledged, fact.second == 0, let content = story.content(fact.first), !content.isCancelled,
        content.updatedAt > newest?.updatedAt ?? .distantPast
      {
        newest = content
      }
      if fact.kind == .journal {
        if fact.second < last { return (.s7, "the version went from \(last) back to \(fact.second)") }
        last = fact.second
      }
      if fact.kind == .versionStored, let content = Story.content(storedAs: fact) {
        let updatedAt = story.world.contents[content].updatedAt
        if updatedAt < instant { return (.s7, "content \(content) was taken for newer than what came after it") }
        instant = updatedAt
        // A return to what was there before is stored as no version, and is newer all the same.
        let meaning = story.world.contents[content].meaning
        if let newest, newest.updatedAt > updatedAt, newest.meaning != meaning,
          !story.isBack(meaning, after: newest.updatedAt, by: fact.at)
        {
          return (.s7, "content \(content) was taken for newest after something newer was acknowledged")
        }
      }
    }
    guard let final = story.versions[last] else { return nil }
    for fact in story.facts where fact.kind == .acknowledged && fact.second == 0 {
      guard let content = story.content(fact.first), !content.isCancelled else { continue }
      let known = story.world.contents[final]
      if content.updatedAt > known.updatedAt, content.meaning != known.meaning, story.lastStage != .observed,
        !story.isBack(known.meaning, after: content.updatedAt, by: .max / 2)
      {
        return (.s7, "content \(fact.first) was acknowledged, and the newest known is the older \(final)")
      }
    }
    return nil
  }

  /// S7 at the end: the ERP holds the newest content of what was confirmed.
  static func current(_ story: Story) -> (property: Property, text: String)? {
    guard story.lastStage == .confirmed, !story.hasPerson, !story.info.outlived else { return nil }
    guard let last = story.facts.last(where: { $0.kind == .journal }), let newest = story.versions[last.second] else {
      return nil
    }
    let live = story.info.records.filter { story.world.records[$0].status == .live }
    guard let record = live.first else { return nil }
    let held = story.world.records[record].content
    if story.world.contents[held].meaning == story.world.contents[newest].meaning { return nil }
    return (.s7, "confirmed, and the ERP holds content \(held) instead of \(newest)")
  }
}
