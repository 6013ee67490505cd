/// Keys in order, in runs of bounded length: adding or taking one costs little among a hundred thousand.
struct OrderedKeys<Key: Comparable> {
  private static var longestRun: Int { 256 }
  /// Never an empty run.
  private var runs: [[Key]] = []

  var first: Key? { runs.first?.first }

  /// The index of the run a key lies or belongs in; nil when there is none yet.
  private func run(of key: Key) -> Int? {
    if runs.isEmpty { return nil }
    var low = 0
    var high = runs.count - 1
    while low < high {
      let middle = (low + high) / 2
      if let last = runs[middle].last, last < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func place(of key: Key, in run: [Key]) -> Int {
    var low = 0
    var high = run.count
    while low < high {
      let middle = (low + high) / 2
      if run[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func insert(_ key: Key) {
    guard let index = run(of: key) else {
      runs = [[key]]
      return
    }
    runs[index].insert(key, at: Self.place(of: key, in: runs[index]))
    guard runs[index].count > Self.longestRun else { return }
    let half = runs[index].count / 2
    let tail = Array(runs[index][half...])
    runs[index].removeSubrange(half...)
    runs.insert(tail, at: index + 1)
  }

  mutating func remove(_ key: Key) {
    guard let index = run(of: key) else { return }
    let place = Self.place(of: key, in: runs[index])
    guard place < runs[index].count, runs[index][place] == key else { return }
    runs[index].remove(at: place)
    if runs[index].isEmpty { runs.remove(at: index) }
  }

  /// The first key that satisfies a condition which, once satisfied, all later ones satisfy too.
  func first(where isReached: (Key) -> Bool) -> Key? {
    for run in runs where run.last.map(isReached) ?? false { return run.first(where: isReached) }
    return nil
  }

  /// The first keys that are wanted, as long as they satisfy the condition.
  func prefix(
    _ limit: Int, while isInRange: (Key) -> Bool, where isWanted: (Key) -> Bool = { _ in true }
  ) -> [Key] {
    var found: [Key] = []
    for run in runs {
      for key in run {
        guard found.count < limit, isInRange(key) else { return found }
        if isWanted(key) { found.append(key) }
      }
    }
    return found
  }

  /// The keys after one, in order.
  func prefix(_ limit: Int, after key: Key) -> [Key] {
    var found: [Key] = []
    guard let start = run(of: key) else { return found }
    for run in runs[start...] {
      for candidate in run where key < candidate {
        guard found.count < limit else { return found }
        found.append(candidate)
      }
    }
    return found
  }

  /// Every key, the last first.
  var backwards: some Sequence<Key> { runs.reversed().lazy.flatMap { $0.reversed() } }
}
