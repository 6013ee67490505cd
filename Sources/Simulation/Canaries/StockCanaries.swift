import HandoffCore
import HandoffStore

extension Canary {
  /// S5, L6: units in flight are let go too early, or too late.
  static let stockCanaries: [Canary] = [
    Canary("hold-ends-at-receipt", .s5, "units are free as soon as the ERP has the order") {
      $0.statements { $0.letsGo(in: .receipted, world: $1) }
    },
    Canary("hold-ends-at-confirmation", .s5, "units are free as soon as the customer is told") {
      $0.statements { $0.letsGo(in: .confirmed, world: $1) }
    },
    Canary("hold-ends-at-cancel-wish", .s5, "units are free before the ERP has cancelled (PM-39)") {
      $0.statements { $0.letsGo(in: .cancelling, world: $1) }
    },
    Canary("edit-not-counted", .s5, "an edit does not change the units in flight") {
      $0.statements { statements, _ in
        statements.onInFlight = { lines, id, transaction in
          let isKnown = try transaction.row(id) != nil
          return isKnown && !lines.isEmpty ? nil : lines
        }
      }
    },

    Canary("units-kept-for-ever", .l6, "what was counted once is never let go") {
      $0.statements { statements, _ in statements.onInFlight = { lines, _, _ in lines.isEmpty ? nil : lines } }
    },
    Canary("units-kept-after-cancel", .l6, "units stay counted although the ERP has cancelled the order") {
      $0.statements { statements, _ in
        statements.onInFlight = { lines, id, transaction in
          let isCancelling = try transaction.row(id)?.handoff.stage == .cancelling
          return isCancelling && lines.isEmpty ? nil : lines
        }
      }
    },
    Canary("edit-adds-up", .l6, "the units of an edit are counted beside those it replaces") {
      $0.statements { statements, _ in
        statements.onInFlight = { lines, id, transaction in
          guard try transaction.row(id) != nil else { return lines }
          return lines.map { InFlightLine(sku: $0.sku, quantity: $0.quantity * 2) }
        }
      }
    },
    Canary("units-under-one-sku", .l6, "all units of an order are counted under its first SKU") {
      $0.statements { statements, _ in
        statements.onInFlight = { lines, _, _ in
          guard let first = lines.first else { return lines }
          return [InFlightLine(sku: first.sku, quantity: lines.reduce(0) { $0 + $1.quantity })]
        }
      }
    },
  ]
}

extension TwistedStatements {
  fileprivate func letsGo(in stage: Stage, world: World) {
    onUpdate = { row, transaction in
      if row.handoff.stage == stage { try transaction.setInFlight([], of: row.handoff.id) }
      return row
    }
  }
}
