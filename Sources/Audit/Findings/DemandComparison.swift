/// The ERP's demand against captured units, by SKU and week.
struct DemandComparison {
  let facts: AuditFacts
  let ledger: GapLedger
  let zone: ZoneRules

  struct Outcome {
    var findings: [DemandFinding] = []
    var captured: Int64 = 0
    var difference: Int64 = 0
    var explained: Int64 = 0
    var stockouts: Int64 = 0
  }

  private struct Cell {
    var captured: Int64 = 0
    var late: Int64 = 0
    var planned: Int64 = 0
  }

  private struct Place: Hashable {
    let sku: UInt32
    let week: Int
  }

  func compared() -> Outcome {
    var cells: [Place: Cell] = [:]
    for figure in facts.demand {
      cells[Place(sku: figure.sku, week: figure.week), default: Cell()].planned += figure.units
    }
    let weeks = Set(cells.keys.map(\.week))
    for line in 0..<facts.orders.lines.count {
      let sku = facts.orders.lines.skus[line]
      let order = facts.orders.lines.owner(line)
      guard sku != LineTable.noSKU, facts.orders.flags[order].isDisjoint(with: [.repeated, .cancelled]) else {
        continue
      }
      let captured = facts.orders.captured[order]
      let week = self.week(captured)
      guard weeks.contains(week) else { continue }
      let units = facts.orders.lines.quantity(line)
      cells[Place(sku: sku, week: week), default: Cell()].captured += units
      if ledger.receipt(order, facts).map({ self.week(captured + $0) > week }) ?? !ledger.isOutside(order, facts) {
        cells[Place(sku: sku, week: week), default: Cell()].late += units
      }
    }
    return outcome(cells)
  }

  private func week(_ instant: Int64) -> Int {
    let local = instant + zone.offset(at: instant)
    return Week.monday(Int(local / CivilTime.millisecondsPerDay))
  }

  private func outcome(_ cells: [Place: Cell]) -> Outcome {
    var outcome = Outcome()
    var left = facts.stock
    for (place, cell) in cells.sorted(by: { ($0.key.week, $0.key.sku) < ($1.key.week, $1.key.sku) }) {
      outcome.captured += cell.captured
      let missing = cell.captured - cell.planned
      var stockout: Int64 = 0
      if let shelf = left[place.sku] {
        stockout = max(0, missing - max(0, shelf))
        left[place.sku] = max(0, shelf - max(0, missing))
      }
      guard missing != 0 else { continue }
      let explained = min(max(0, missing), cell.late)
      outcome.difference += abs(missing)
      outcome.explained += explained
      outcome.stockouts += stockout
      outcome.findings.append(
        DemandFinding(
          sku: ledger.masked(facts.catalog.skus.text(Int(place.sku))),
          week: CivilTime(milliseconds: Int64(place.week) * CivilTime.millisecondsPerDay).dateText,
          captured: Int(cell.captured), planned: Int(cell.planned), explainedByGap: Int(explained),
          stockout: Int(stockout)))
    }
    outcome.findings.sort { ($0.week, $0.sku) < ($1.week, $1.sku) }
    return outcome
  }
}
