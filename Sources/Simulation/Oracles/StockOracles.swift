import HandoffCore

/// S5 and L6, as far as they are built: what is counted against the ERP's availability, no less and no more.
enum StockOracles {
  static let all: [Oracle] = [holds, letGo]

  /// How long the units of an order may stay counted after nothing holds them any more, in microseconds.
  static let publication: Int64 = 10_000_000

  private static let undone: Set<Stage> = [.cancelled, .declining, .declined]

  /// S5: units stay in flight until the order is cancelled or declined, not a moment less. L6: and no more of them.
  static func holds(_ story: Story) -> (property: Property, text: String)? {
    var units: Int32 = 0
    var mark: Int32 = 0
    var stage: Stage?
    var newest: Int?
    let versions = story.versions
    for fact in story.facts {
      switch fact.kind {
      case .journal:
        stage = Story.stages(fact).after
        newest = versions[fact.second] ?? newest
      case .inFlight:
        if fact.first == 0, units > 0, !(stage.map(undone.contains) ?? false) {
          return (.s5, "the hold on stock ended in stage \(stage?.rawValue ?? "-")")
        }
        units = fact.first
        mark = fact.second
      default: break
      }
    }
    // What was handed back stays as it was counted: nobody here knows what people make of it.
    guard let stage, let newest, !undone.contains(stage), stage != .observed, stage != .returned else { return nil }
    let lines = story.world.contents[newest].value.lines
    let wanted = lines.reduce(0) { $0 + $1.quantity }
    if Int(units) < wanted { return (.s5, "\(units) units are counted in flight, \(wanted) are") }
    if Int(units) > wanted { return (.l6, "\(units) units are counted in flight, \(wanted) are") }
    if mark != Stock.mark(lines.map { ($0.sku ?? "", $0.quantity) }) {
      return (.l6, "the units in flight are counted under other SKUs than the order's")
    }
    return nil
  }

  /// L6: what the ERP never had, or has cancelled, is soon free again: S5 is not kept by holding for ever.
  static func letGo(_ story: Story) -> (property: Property, text: String)? {
    var units: Int32 = 0
    var since: Int64?
    for fact in story.facts {
      if let since, units > 0, fact.at - since > publication {
        return (.l6, "\(units) units were still counted \((fact.at - since) / 1_000_000) s after nothing held them")
      }
      switch fact.kind {
      case .inFlight: units = fact.first
      case .journal:
        let stages = Story.stages(fact)
        if stages.after == .cancelled || fact.text == "cancellation_completed" {
          since = since ?? fact.at
        } else if stages.after != .declined, stages.after != .declining {
          since = nil
        }
      default: break
      }
    }
    guard units > 0, let last = story.lastStage, undone.contains(last) else { return nil }
    let isHeld = story.info.outlived || story.info.records.contains { story.world.records[$0].status != .void }
    return isHeld ? nil : (.l6, "\(units) units are counted for an order that ended as \(last.rawValue)")
  }
}

/// Quantities by SKU as one number that adds up.
enum Stock {
  static func mark(_ lines: [(sku: String, quantity: Int)]) -> Int32 {
    var sum: UInt32 = 0
    for line in lines {
      var hash: UInt32 = 0x811c_9dc5
      for byte in line.sku.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
      sum = sum &+ UInt32(truncatingIfNeeded: line.quantity) &* hash
    }
    return Int32(bitPattern: sum)
  }
}
