import Connector
import HandoffCore
import HandoffStore

extension Canary {
  /// S3, S10: more than one record, or one where there must be none.
  static let recordCanaries: [Canary] = [
    Canary("lost-reply-is-retry", .s3, "a lost answer counts as: nothing was done, try again") {
      $0.connector {
        $0.onSubmit = { port, submission in
          let outcome = await port.submit(submission)
          if case .unknown(let reason) = outcome { return .busy(reason: reason) }
          return outcome
        }
      }
    },
    Canary("key-from-version", .s3, "the key of a create is derived from the version") {
      $0.connector {
        $0.onSubmit = { port, submission in
          await port.submit(submission.under("\(submission.externalID.text)-v\(submission.version)"))
        }
        $0.onFind = { port, submission in
          await port.findReceipt(submission.under("\(submission.externalID.text)-v\(submission.version)"))
        }
      }
    },
    Canary("key-from-process", .s3, "every process makes a key of its own") {
      $0.connector {
        $0.onSubmit = { port, submission in
          await port.submit(submission.under("\(submission.externalID.text)-\(port.life.number)"))
        }
      }
    },
    Canary("naive-search-then-create", .s3, "class N: not found, so it is created again") {
      $0.connector {
        $0.onFind = { port, submission in
          let outcome = await port.findReceipt(submission)
          guard case .notFound = outcome else { return outcome }
          if case .accepted(let receipt) = await port.submit(submission) { return .accepted(receipt) }
          return .failed(reason: "created again")
        }
      }
    },
    Canary("newest-instead-of-frozen", .s3, "a repeated create carries what is newest, not what was sent first") {
      $0.connector {
        $0.onSubmit = { port, submission in
          guard let order = port.world.order(submission.key.orderID), let newest = port.world.newest(order) else {
            return await port.submit(submission)
          }
          return await port.submit(submission.carrying(newest.value))
        }
      }
    },
    Canary("draft-answered-is-activated", .s3, "class D: the draft in the answer is activated, not the recorded one") {
      $0.connector {
        $0.onSubmit = { port, submission in
          guard port.receiptClass == .draft else { return await port.submit(submission) }
          let drafted = await port.submit(submission.naming(nil))
          guard case .recorded(let record, _) = drafted else { return drafted }
          return await port.submit(submission.naming(record))
        }
      }
    },
    Canary("cancel-overtakes-create", .s3, "an order is cancelled while its create may still land", budget: 400) {
      $0.policy = {
        $0.requestLife = .zero
        $0.searchLag = .zero
      }
    },

    Canary("shadow-acts", .s10, "a storefront in shadow mode is treated as gated", budget: 150) {
      $0.policy = { $0.mode = .gate }
    },
    Canary("test-order-submitted", .s10, "a test order goes to the ERP") {
      $0.storefront { $0.onCapture = { $0.order.isTest = false } }
    },
    Canary("placed-at-not-read", .s10, "an order from before the watermark is taken for new") {
      $0.storefront { $0.onCapture = { $0.order.placedAt = nil } }
    },
    Canary("observed-is-captured", .s10, "an order that is only observed is written as captured", budget: 100) {
      $0.statements { statements, _ in
        statements.onInsertRow = { row in
          guard row.handoff.stage == .observed, row.handoff.mode == .gate else { return row }
          return row.altered {
            $0.stage = .captured
            $0.stageDeadline = $0.capturedAt + .seconds(1)
            $0.exception = nil
          }
        }
      }
    },
  ]
}

extension Submission {
  /// The submission under another external id.
  func under(_ id: String) -> Submission {
    Submission(
      handoffID: handoffID, key: key, externalID: ExternalID(id), order: order, version: version, digest: digest,
      recordID: recordID, resuming: resuming)
  }

  /// The submission with another content.
  func carrying(_ other: Order) -> Submission {
    Submission(
      handoffID: handoffID, key: key, externalID: externalID, order: other, version: version, digest: digest,
      recordID: recordID, resuming: resuming)
  }

  /// The submission naming another record.
  func naming(_ record: String?) -> Submission {
    Submission(
      handoffID: handoffID, key: key, externalID: externalID, order: order, version: version, digest: digest,
      recordID: record, resuming: resuming)
  }
}
