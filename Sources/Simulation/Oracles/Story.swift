import HandoffCore

/// The content of each version number; versions count from 1.
struct Versions {
  private(set) var values: [Int] = []
  private var numbers: [Int32] = []

  mutating func keep(_ content: Int?, at number: Int32) {
    guard let content else { return }
    if let place = numbers.firstIndex(of: number) {
      values[place] = content
    } else {
      values.append(content)
      numbers.append(number)
    }
  }

  subscript(number: Int32) -> Int? { numbers.firstIndex(of: number).map { values[$0] } }
}

/// All that happened to one order, in order: what an oracle over one order reads.
struct Story {
  let world: World
  let order: Int
  let info: WorldOrder
  let facts: ArraySlice<Fact>
  /// The content of each version number.
  let versions: Versions
  /// Whether it was ever decided to confirm it.
  let isEverDecided: Bool

  init(_ world: World, _ order: Int, _ facts: ArraySlice<Fact>) {
    self.world = world
    self.order = order
    info = world.orders[order]
    self.facts = facts
    var versions = Versions()
    var isEverDecided = false
    for fact in facts {
      if fact.kind == .versionStored { versions.keep(Story.content(storedAs: fact), at: fact.second) }
      if fact.kind == .journal, fact.stages.after == .decided { isEverDecided = true }
    }
    self.versions = versions
    self.isEverDecided = isEverDecided
  }

  /// The stages of a journal entry.
  static func stages(_ fact: Fact) -> (before: Stage?, after: Stage?) { fact.stages }

  /// The stage the journal ends in.
  var lastStage: Stage? {
    facts.last { $0.kind == .journal }.flatMap { Story.stages($0).after }
  }

  /// The stage the journal begins in.
  var firstStage: Stage? {
    facts.first { $0.kind == .journal }.flatMap { Story.stages($0).after }
  }

  func meaning(_ content: Int32) -> Int { content >= 0 ? world.contents[Int(content)].meaning : -1 }

  func content(_ number: Int32) -> Content? { number >= 0 ? world.contents[Int(number)] : nil }

  /// The content a stored version came from.
  static func content(storedAs fact: Fact) -> Int? { fact.first >= 0 ? Int(fact.first) : nil }

  /// Whether something that means the same was the storefront's content after an instant and before another: the
  /// customer may have gone back to it.
  func isBack(_ meaning: Int, after instant: Timestamp, by end: Int64) -> Bool {
    info.contents.contains { number in
      let content = world.contents[number]
      return content.meaning == meaning && content.updatedAt > instant
        && content.updatedAt <= World.beginning + .microseconds(end)
    }
  }

  var hasPerson: Bool { facts.contains { $0.kind == .personDecided } }
}

/// One promise checked over one order; nil when it is kept.
typealias Oracle = @Sendable (Story) -> (property: Property, text: String)?
