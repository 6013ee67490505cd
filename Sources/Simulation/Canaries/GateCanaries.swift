import Connector
import HandoffCore
import HandoffStore

extension Canary {
  /// S1, S8, S12: the gate opens for what it must not.
  static let gateCanaries: [Canary] = [
    Canary("newer-version-ignored", .s1, "an edit before the decision does not close the gate again") {
      $0.statements { statements, _ in
        statements.onUpdate = { row, _ in
          guard row.handoff.stage == .updating, row.handoff.decision == nil, let receipt = row.handoff.receipt else {
            return row
          }
          return row.altered {
            $0.stage = .receipted
            $0.receipt = Receipt(
              recordID: receipt.recordID, version: receipt.version, digest: $0.version.digest, total: nil)
          }
        }
        statements.onPut = { task in
          guard case .updateOrder = task.planned.effect else { return task }
          return NewTask(
            handoffID: task.handoffID, planned: PlannedEffect(.checkInventory, notBefore: task.planned.notBefore),
            lane: task.lane)
        }
      }
    },
    Canary("inventory-not-asked", .s1, "the validation the retailer asks for is left out") {
      $0.policy = { $0.inventory.isRequired = false }
    },
    Canary("shortage-confirmed", .s1, "an order the ERP could not allocate is confirmed against the policy") {
      $0.policy = {
        $0.inventory.short = .confirm
        $0.inventory.partlyShort = .confirm
      }
    },
    Canary("void-record-passes", .s1, "a record that was voided still counts as the receipt", budget: 150) {
      $0.connector {
        $0.onStock = { port, submission, receipt in
          let outcome = await port.checkInventory(submission, receipt: receipt)
          if case .void = outcome { return .allocated }
          return outcome
        }
      }
    },
    Canary("confirmation-instead-of-receipt", .s1, "the acknowledgement's task sends the confirmation") {
      $0.carrier { port, message in
        guard message.kind == .acknowledgement else { return await port.send(message) }
        return await port.send(
          FrozenMessage(
            key: message.key + "c", kind: .confirmation, recipient: message.recipient, content: message.content))
      }
    },
    Canary("cancel-not-read", .s1, "the storefront's cancel is read as an ordinary change") {
      $0.storefront { $0.onCapture = { $0.order.isCancelled = false } }
    },

    Canary("erp-total-not-read", .s8, "the connector leaves the ERP's total out of the receipt") {
      $0.connector { $0.receipts { receipt, _ in receipt.with(total: nil) } }
    },
    Canary("own-total-reported", .s8, "the connector reports the storefront's total as the ERP's") {
      $0.connector { $0.receipts { receipt, submission in receipt.with(total: submission.order.total) } }
    },
    Canary("money-tolerance", .s8, "a difference of a few cents passes although the retailer allows none") {
      $0.policy = { $0.moneyTolerance = 5 }
    },

    Canary("saved-is-accepted", .s12, "a record that the ERP has not approved counts as a receipt") {
      $0.connector {
        $0.onSubmit = { port, submission in
          let outcome = await port.submit(submission)
          guard case .recorded(let record, _) = outcome else { return outcome }
          return .accepted(submission.receipt(recordID: record))
        }
      }
    },
    Canary("garbage-is-yes", .s12, "an answer that cannot be read counts as a yes") {
      $0.connector {
        $0.onSubmit = { port, submission in
          let outcome = await port.submit(submission)
          guard case .unknown(let reason) = outcome, reason.hasPrefix("an answer") else { return outcome }
          return .accepted(submission.receipt(recordID: "R0"))
        }
      }
    },
    Canary("unknown-status-is-yes", .s12, "a status the connector does not know counts as accepted") {
      $0.connector {
        $0.onFind = { port, submission in
          let outcome = await port.findReceipt(submission)
          guard case .recorded(let record, _) = outcome else { return outcome }
          return .accepted(submission.receipt(recordID: record))
        }
      }
    },
    Canary("difference-is-yes", .s12, "a record that holds something else counts as a receipt") {
      $0.connector {
        $0.onFind = { port, submission in
          let outcome = await port.findReceipt(submission)
          guard case .differs(let record, _) = outcome else { return outcome }
          return .accepted(submission.receipt(recordID: record))
        }
      }
    },
    Canary("signature-not-checked", .s12, "a forged delivery is taken") {
      $0.storefront {
        $0.onRead = { (port, delivery) throws(WebhookRejection) in
          guard delivery.headers[SourcePort.topic] == "forged" else { return try port.read(delivery) }
          return .notice(topic: "forged", orderID: nil, dedupeID: nil)
        }
      }
    },
  ]
}

extension TwistedERP {
  /// Changes every receipt that the connector reports.
  mutating func receipts(_ change: @escaping @Sendable (Receipt, Submission) -> Receipt) {
    onSubmit = { port, submission in
      let outcome = await port.submit(submission)
      guard case .accepted(let receipt) = outcome else { return outcome }
      return .accepted(change(receipt, submission))
    }
    onUpdate = { port, submission, known in
      let outcome = await port.update(submission, receipt: known)
      guard case .accepted(let receipt) = outcome else { return outcome }
      return .accepted(change(receipt, submission))
    }
    onFind = { port, submission in
      let outcome = await port.findReceipt(submission)
      guard case .accepted(let receipt) = outcome else { return outcome }
      return .accepted(change(receipt, submission))
    }
  }
}

extension Receipt {
  func with(total: Money?) -> Receipt {
    Receipt(recordID: recordID, recordNumber: recordNumber, version: version, digest: digest, total: total)
  }
}
