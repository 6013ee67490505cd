import Connector
import HandoffCore

/// The connector of one process to one simulated ERP: it sends once, and whatever is not definite is unknown.
struct ERPPort: ERPConnector {
  let world: World
  let life: Life
  let erp: Int

  var receiptClass: ReceiptClass { world.plan.erps[erp].receiptClass }
  var concurrency: Int { world.plan.erps[erp].concurrency }

  private func place(_ submission: Submission) -> (order: Int, content: Int) {
    (world.order(submission.key.orderID) ?? 0, world.content(of: submission.order))
  }

  func submit(_ submission: Submission) async -> SubmissionOutcome {
    let (order, content) = place(submission)
    let recordID = submission.recordID
    let doubles = receiptClass != .none
    let answer = await world.exchange(
      life, order: order, canDouble: doubles, isTaken: \.isTaken
    ) { [world, life, receiptClass] in
      // A record that is known is gone on with; nothing is created beside it, whatever the class.
      if let recordID, receiptClass == .draft || receiptClass == .none {
        return world.activate(order: order, recordID: recordID, content: content, node: life.number)
      }
      return world.create(
        order: order, content: content, version: submission.version, key: submission.externalID.text,
        node: life.number)
    }
    switch answer {
    case .notSent: return definite(order, .busy(reason: "connection refused"))
    case .noAnswer: return .unknown(reason: "no answer")
    case .answered(.conflict): return await adopt(submission, order)
    case .answered(let answer): return definite(order, outcome(answer, submission))
    }
  }

  /// The ERP says the id is taken: what is it?
  private func adopt(_ submission: Submission, _ order: Int) async -> SubmissionOutcome {
    switch await findReceipt(submission) {
    case .accepted(let receipt): return definite(order, .accepted(receipt))
    case .recorded(let id, let state), .incomplete(let id, let state): return .recorded(recordID: id, state: state)
    case .differs(let id, _): return .unknown(reason: "record \(id) is there and differs")
    case .void(let id, _): return .unknown(reason: "record \(id) is there and void")
    case .notFound, .failed, .misconfigured: return .unknown(reason: "the id is taken, and nothing was found")
    }
  }

  /// Tells the history what the process now knows for certain.
  private func definite(_ order: Int, _ outcome: SubmissionOutcome) -> SubmissionOutcome {
    guard life.isAlive else { return outcome }
    switch outcome {
    case .accepted: world.record(.createAnswered, order, 1, 0, "accepted")
    case .recorded: world.record(.createAnswered, order, 1, 0, "recorded")
    case .refused: world.record(.createAnswered, order, 0, 0, "refused")
    case .busy: world.record(.createAnswered, order, 0, 0, "busy")
    case .misconfigured: world.record(.createAnswered, order, 0, 0, "misconfigured")
    case .unknown: break
    }
    return outcome
  }

  private func outcome(_ answer: ERPAnswer, _ submission: Submission) -> SubmissionOutcome {
    switch answer {
    case .busy: return .busy(reason: "429")
    case .unavailable: return .unknown(reason: "503 from a proxy")
    case .misconfigured: return .misconfigured(reason: "401")
    case .refused(let reason): return .refused(reason: reason)
    case .record(let record): return told(record, submission)
    case .garbled, .conflict, .notFound, .done, .stock: return .unknown(reason: "an answer that makes no sense")
    }
  }

  /// A record in an answer to our own request: a receipt only when it is ours, live and equal.
  private func told(_ record: Record, _ submission: Submission) -> SubmissionOutcome {
    switch record.status {
    case .live where holds(record, submission):
      if world.strikes(.unknownStatus) { return .recorded(recordID: record.id, state: "status 17") }
      return .accepted(receipt(record, submission))
    case .live: return .unknown(reason: "record \(record.id) holds something else")
    case .pending, .draft: return .recorded(recordID: record.id, state: record.status.rawValue)
    case .void: return .unknown(reason: "record \(record.id) is void")
    }
  }

  /// The definite yes, written down where it reaches the process: nothing else may open the gate (S12).
  private func receipt(_ record: Record, _ submission: Submission) -> Receipt {
    if life.isAlive { world.record(.receiptTold, record.order, 0, record.content) }
    return submission.receipt(recordID: record.id, recordNumber: "N" + record.id, total: record.total)
  }

  private func holds(_ record: Record, _ submission: Submission) -> Bool {
    let content = world.content(of: submission.order)
    guard content >= 0 else { return false }
    return world.contents[record.content].meaning == world.contents[content].meaning
  }

  func findReceipt(_ submission: Submission) async -> LookupOutcome {
    let (order, _) = place(submission)
    let recordID = submission.recordID
    let answer = await world.exchange(life, order: order, canDouble: true) { [world] in
      world.find(order: order, recordID: recordID, key: submission.externalID.text)
    }
    guard case .answered(let answer) = answer else { return .failed(reason: "no answer") }
    switch answer {
    case .notFound: return .notFound
    case .misconfigured: return .misconfigured(reason: "401")
    case .record(let record):
      switch record.status {
      case .void:
        if life.isAlive { world.record(.voidTold, order) }
        return .void(recordID: record.id, reason: "cancelled in the ERP")
      case .draft: return .incomplete(recordID: record.id, state: "draft")
      case .pending: return .recorded(recordID: record.id, state: "pending")
      case .live where holds(record, submission):
        if world.strikes(.unknownStatus) { return .recorded(recordID: record.id, state: "status 17") }
        return .accepted(receipt(record, submission))
      case .live: return .differs(recordID: record.id, detail: "other lines")
      }
    default: return .failed(reason: "an answer that makes no sense")
    }
  }

  func checkInventory(_ submission: Submission, receipt: Receipt) async -> InventoryOutcome {
    let (order, content) = place(submission)
    let answer = await world.exchange(life, order: order, canDouble: true) { [world] in
      world.stock(order: order, recordID: receipt.recordID)
    }
    guard case .answered(let answer) = answer else { return .unknown(reason: "no answer") }
    switch answer {
    case .stock(let allocated, let partly, let shortages, let ask):
      // Nobody hears an answer to a process that is no more.
      if life.isAlive { world.record(.stockAnswered, order, (allocated ? 0 : partly ? 1 : 2) + Int(ask) * 4, content) }
      return allocated ? .allocated : partly ? .partlyShort(shortages) : .short(shortages)
    case .notFound:
      if life.isAlive { world.record(.voidTold, order) }
      return .void(reason: "the record is gone")
    case .misconfigured: return .misconfigured(reason: "401")
    default: return .unknown(reason: "an answer that makes no sense")
    }
  }

  func update(_ submission: Submission, receipt: Receipt) async -> SubmissionOutcome {
    let (order, content) = place(submission)
    let answer = await world.exchange(life, order: order, canDouble: true) { [world] in
      world.change(order: order, recordID: receipt.recordID, content: content, version: submission.version)
    }
    switch answer {
    case .notSent: return .busy(reason: "connection refused")
    case .noAnswer: return .unknown(reason: "no answer")
    case .answered(let answer): return outcome(answer, submission)
    }
  }

  func cancel(_ submission: Submission, recordID: String) async -> CancellationOutcome {
    let (order, _) = place(submission)
    let answer = await world.exchange(life, order: order, canDouble: true) { [world] in
      world.cancel(order: order, recordID: recordID)
    }
    guard case .answered(let answer) = answer else { return .deferred(reason: "no answer") }
    switch answer {
    case .done: return .cancelled
    case .refused(let reason): return .refused(reason: reason)
    case .notFound: return .refused(reason: "there is no such record")
    case .misconfigured: return .misconfigured(reason: "401")
    default: return .deferred(reason: "an answer that makes no sense")
    }
  }

  func availability(of skus: [String]) async -> AvailabilityOutcome { .failed(reason: "not asked in a simulation") }

  func probe() async -> [ProbeFinding] { [] }
}
