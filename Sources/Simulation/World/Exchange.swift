import HandoffCore

/// How one request to the world ended, seen from the process that sent it.
enum Exchanged<Answer> {
  /// An answer came.
  case answered(Answer)
  /// No byte left.
  case notSent
  /// It left, and nobody knows.
  case noAnswer
}

extension World {
  /// The longest a process waits for an answer.
  static let patience: Int64 = 5_000_000
  /// The longest a late request is on its way; less than the life that policies declare.
  static let lateness: Int64 = 15_000_000

  /// Sends a request through the network of this world: it can be lost, late, doubled or overtaken, and so can its
  /// answer, after its effect as well as before.
  func exchange<Answer>(
    _ life: Life, order: Int, canDouble: Bool, isTaken: @escaping (Answer) -> Bool = { _ in true },
    _ effect: @escaping () -> Answer
  ) async -> Exchanged<Answer> {
    guard life.isAlive else { return .noAnswer }
    if strikes(.connectionRefused) {
      await loop.sleep(500, life.seat)
      return .notSent
    }
    let answer = OneThread<Answer?>(nil)
    let isSilent = orders[order].poison == .silent && !isPoisonMended
    let isLost = isSilent || strikes(.requestLost)
    var travel: Int64 = 0
    if !isLost {
      travel = requestTime(order)
      arrive(after: travel, order) { answer.value = effect() }
      if canDouble, strikes(.requestDoubled) {
        // What a counterpart certainly did not take, the network does not bring again.
        arrive(after: travel + Int64(dice.below(Int(World.lateness))) / 4, order) {
          if let first = answer.value, isTaken(first) { _ = effect() }
        }
      }
    }
    if !isLost, strikes(.crashAfterEffect) { loop.after(travel) { life.die() } }
    let back: Int64 = strikes(.replyLate) ? Int64(dice.below(6_000_000)) : Int64(dice.between(200, 20_000))
    if isLost || strikes(.replyLost) || travel + back >= World.patience {
      // A broken connection is noticed at once, a silent one only when patience ends.
      await loop.sleep(dice.chance(5000) ? World.patience : min(World.patience, travel + back), life.seat)
      return .noAnswer
    }
    await loop.sleep(travel + back, life.seat)
    guard life.isAlive, let answer = answer.value else { return .noAnswer }
    return .answered(answer)
  }

  private func requestTime(_ order: Int) -> Int64 {
    // Class K rests on a declared bound for the life of a request; the others do not.
    if plan.erps[orders[order].erp].receiptClass != .key, strikes(.requestBeyondAll) {
      orders[order].outlived = true
      return World.lateness + Int64(dice.below(120_000_000))
    }
    if strikes(.requestLate) { return Int64(dice.below(Int(World.lateness))) }
    return dice.chance(3000) ? Int64(dice.below(20_000)) : 0
  }

  private func arrive(after travel: Int64, _ order: Int, _ effect: @escaping () -> Void) {
    if travel == 0 { return effect() }
    orders[order].underWay += 1
    loop.after(travel) { [self] in
      orders[order].underWay -= 1
      effect()
    }
  }
}
