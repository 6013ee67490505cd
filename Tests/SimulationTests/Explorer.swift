/// Breadth first through every state of a model, within its bounds.
struct Exploration {
  /// How many states there are.
  var states = 0
  /// The first broken invariant, 0 when none is.
  var broken: UInt8 = 0
  /// How many steps lead to it.
  var depth = 0
  /// Whether from every state that owes an answer an end can still be reached.
  var canAlwaysEnd = true
  /// Which stages were seen to follow each other.
  var moves: Set<[GateModel.Stage]> = []

  init(_ model: GateModel, liveness: Bool = false) {
    var seen: [UInt128: Int32] = [:]
    var layer = [GateModel.State()]
    seen[layer[0].packed] = 0
    var sources: [Int32] = []
    var targets: [Int32] = []
    var isEnd: [Bool] = [false]
    var owes: [Bool] = [false]
    while !layer.isEmpty {
      var next: [GateModel.State] = []
      for state in layer {
        let from = liveness ? seen[state.packed] ?? 0 : 0
        for after in model.successors(of: state) {
          if state.stage != after.stage { moves.insert([state.stage, after.stage]) }
          let known = seen[after.packed]
          let number = known ?? Int32(seen.count)
          if known == nil {
            seen[after.packed] = number
            next.append(after)
            isEnd.append(after.stage == .exception || (after.stage == .sent && after.mails > 0))
            owes.append(after.acknowledged > 0)
            if after.broken != 0, broken == 0 { broken = after.broken }
          }
          if liveness {
            sources.append(from)
            targets.append(number)
          }
        }
      }
      depth += 1
      if broken != 0, !liveness { break }
      layer = next
    }
    states = seen.count
    if liveness { canAlwaysEnd = Self.allEnd(sources, targets, isEnd, owes) }
  }

  /// Backwards from every end: a state that owes an answer and is not met on the way is stuck for ever.
  private static func allEnd(_ sources: [Int32], _ targets: [Int32], _ isEnd: [Bool], _ owes: [Bool]) -> Bool {
    var first = [Int32](repeating: -1, count: isEnd.count)
    var following = [Int32](repeating: -1, count: sources.count)
    for edge in sources.indices {
      following[edge] = first[Int(targets[edge])]
      first[Int(targets[edge])] = Int32(edge)
    }
    var met = isEnd
    var open = isEnd.indices.filter { isEnd[$0] }
    while let state = open.popLast() {
      var edge = first[state]
      while edge >= 0 {
        let source = Int(sources[Int(edge)])
        if !met[source] {
          met[source] = true
          open.append(source)
        }
        edge = following[Int(edge)]
      }
    }
    return !owes.indices.contains { owes[$0] && !met[$0] }
  }
}

extension GateModel.Message {
  var code: UInt8 { UInt8(sender) << 3 | attempt << 2 | (isUpdate ? 2 : 0) | (version - 1) }
}

extension GateModel.State {
  /// Everything in 128 bits, for a quick set of what was seen.
  var packed: UInt128 {
    var word: UInt128 = 0
    func put(_ bits: Int, _ values: UInt8...) {
      for value in values { word = word << UInt128(bits) | UInt128(value) }
    }
    put(4, stage.rawValue)
    put(2, current, submitted, receipt, holder, decided, acknowledged, mails)
    put(2, orders, erpVersion, keys, next, crashes, losses, steals, timeouts)
    put(1, isExpired ? 1 : 0, isStopped ? 1 : 0, isTaken ? 1 : 0)
    for own in workers {
      put(4, own.place.rawValue, own.seen.rawValue)
      put(2, own.version, own.answer, own.attempt << 1 | (own.isWaiting ? 1 : 0))
      put(1, own.isUpdate ? 1 : 0)
    }
    for index in 0..<3 { put(5, index < network.count ? network[index].code + 1 : 0) }
    put(3, broken)
    return word
  }

  /// The state after a change.
  func with(_ change: (inout Self) -> Void) -> Self {
    var after = self
    change(&after)
    return after
  }
}
