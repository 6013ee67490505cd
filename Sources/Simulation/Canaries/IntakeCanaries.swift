import Connector
import Coordinator
import HandoffCore
import HandoffStore

extension Canary {
  /// S2, S6, S7, L5: what comes in is lost, counted wrongly, or taken for newer than it is.
  static let intakeCanaries: [Canary] = [
    Canary("ack-before-commit", .s2, "2xx goes out before the commit") { $0.reception = .early },
    Canary("ack-on-error", .s2, "2xx goes out although the store was away (PM-06)") { $0.reception = .always },
    Canary("delivery-not-kept", .s2, "a repeated delivery is answered and not recorded") {
      $0.statements { statements, _ in
        statements.onDelivery = { $0.disposition == .duplicate ? nil : $0 }
      }
    },

    Canary("row-not-written", .s6, "the journal and the tasks are written, the row is not") {
      $0.statements { statements, world in
        statements.onInsertRow = { row in
          guard let order = world.order(row.handoff.key.orderID) else { return row }
          return order % 7 == 3 ? nil : row
        }
      }
    },
    Canary("held-order-dropped", .s6, "an order that waits for stock is given up without a word") {
      $0.statements { statements, _ in
        statements.onUpdate = { row, _ in
          guard row.handoff.stage == .held, row.handoff.exception == nil else { return row }
          return row.altered { $0.stage = .returned }
        }
      }
    },
    Canary("quarantine-dropped", .s6, "what could not be read is answered and thrown away") {
      $0.statements { statements, _ in statements.onUnreadable = { _ in nil } }
    },
    Canary("unreadable-noticed", .s6, "what could not be read is filed as no order") {
      $0.storefront {
        $0.onRead = { (port, delivery) throws(WebhookRejection) in
          let reading = try port.read(delivery)
          guard case .unreadable(let topic, _, let dedupeID) = reading else { return reading }
          return .notice(topic: topic, orderID: nil, dedupeID: dedupeID)
        }
      }
    },

    Canary("digest-blind", .s7, "the digest does not see that the content changed") {
      $0.sha256 = { bytes in
        // A canonical form begins with its version field; everything else is hashed as ever.
        bytes.starts(with: Array("v:1:1id".utf8)) ? [UInt8](repeating: 7, count: 32) : Fingerprint.digest(bytes)
      }
    },
    Canary("storefront-clock-ignored", .s7, "the last delivery to arrive counts as the newest") {
      $0.storefront {
        $0.onRead = { (port, delivery) throws(WebhookRejection) in
          let reading = try port.read(delivery)
          guard case .order(var capture) = reading else { return reading }
          capture.updatedAt = delivery.receivedAt
          return .order(capture)
        }
      }
    },
    Canary("stored-clock-forgotten", .s7, "the clock of the known version is not compared") {
      $0.statements { statements, _ in
        statements.onRead = { row in
          let old = row.handoff.version
          return row.altered {
            $0.version = OrderVersion(
              number: old.number, digest: old.digest, updatedAt: .distantPast, total: old.total)
          }
        }
      }
    },
    Canary("return-forgotten", .s7, "an edit undoes the return to what was there before", budget: 300) {
      $0.statements { statements, _ in statements.onMarker = { _ in nil } }
    },
    Canary("update-not-sent", .s7, "an edit after the confirmation never reaches the ERP") {
      $0.connector {
        $0.onUpdate = { _, submission, receipt in .accepted(submission.receipt(recordID: receipt.recordID)) }
      }
    },

    Canary("no-backfill", .l5, "orders are never listed") {
      $0.setting = { setting in
        for name in setting.storefronts.keys {
          guard let old = setting.storefronts[name] else { continue }
          setting.storefronts[name] = .init(
            name: old.name, source: old.source, sender: old.sender, fulfillment: old.fulfillment, policy: old.policy,
            erp: old.erp, backfillInterval: nil)
        }
      }
    },
    Canary("failed-page-is-the-last", .l5, "a page that failed counts as the end of the list (PM-31)", budget: 200) {
      $0.storefront {
        $0.onList = { _, outcome in
          if case .failed = outcome { return .page(orders: [], unreadable: [], next: nil) }
          return outcome
        }
      }
      // As much as the indexes trail, and no more: a window that is skipped is not read again by chance.
      $0.setting = { $0.backfillOverlap = .seconds(10) }
    },
    Canary("first-page-only", .l5, "only the first page of a list is read") {
      $0.storefront {
        $0.onList = { _, outcome in
          guard case .page(let orders, let unreadable, _) = outcome else { return outcome }
          return .page(orders: orders, unreadable: unreadable, next: nil)
        }
      }
    },
    Canary("window-without-overlap", .l5, "a window begins where the last one ended, although indexes trail") {
      $0.setting = { $0.backfillOverlap = .zero }
    },
  ]
}
