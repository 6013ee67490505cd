import Connector
import ConnectorTryton
import HandoffCore
import Testing
import Transport

/// Against a real Tryton. Each test has stock keeping units of its own, of which a fresh database holds 100 each.
@Suite(.serialized) struct RealTrytonTests {
  /// What is in stock to promise right now; earlier runs on the same database have taken some.
  private func available(_ erp: TrytonERP, _ sku: String) async throws -> Int {
    guard case .levels(let levels) = await erp.availability(of: [sku]) else { throw RealTryton.Missing() }
    return try #require(levels.first).available
  }

  @Test func `an order goes in, is accepted, and its stock is taken`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp()
    let before = try await available(erp, "SKU-0011")
    let submission = tryton.submission("happy", [("SKU-0011", 2), ("SKU-0012", 1)])
    let receipt = try #require(await erp.submit(submission).receipt)
    #expect(Receipt.isPlausible(recordID: receipt.recordID))
    #expect(receipt.recordNumber != nil)
    #expect(receipt.total == submission.order.total)
    #expect(await erp.findReceipt(submission) == .accepted(receipt))
    #expect(await erp.findReceipt(submission.knowing(receipt.recordID)) == .accepted(receipt))
    #expect(await erp.checkInventory(submission, receipt: receipt) == .allocated)
    let left = try await available(erp, "SKU-0011")
    #expect(left == before - 2)
    #expect(await erp.submit(submission.again) == .accepted(receipt))
    #expect(await erp.update(submission, receipt: receipt) == .accepted(receipt))
    let edit = submission.edited([("SKU-0011", 3)])
    #expect(await erp.update(edit, receipt: receipt).refusal?.contains("needs a person") == true)
    guard case .refused(let words) = await erp.cancel(submission, recordID: receipt.recordID) else {
      Issue.record("a sale under way was cancelled")
      return
    }
    #expect(words.contains("processing"))
  }

  @Test func `a sale is seen under its reference, with the time Tryton made it`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp()
    let submission = tryton.submission("watched", [("SKU-0011", 1)])
    let before = SystemClock().now - .seconds(2)
    let receipt = try #require(await erp.submit(submission).receipt)
    let watch = TrytonWatch(erp, field: .webID)
    let outcome = await watch.records(under: ["nobody's", submission.externalID.text])
    guard case .records(let records) = outcome, let record = records.first, records.count == 1 else {
      Issue.record("\(outcome)")
      return
    }
    #expect(record.reference == submission.externalID.text && record.recordID == receipt.recordID)
    let made = try #require(record.recordedAt)
    #expect(made >= before && made <= SystemClock().now + .seconds(2))
    #expect(await TrytonWatch(erp, field: .reference).records(under: ["nobody's"]) == .records([]))
  }

  @Test func `a rehearsal leaves nothing but a cancelled sale`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp()
    let before = try await available(erp, "SKU-0012")
    let submission = tryton.submission("rehearsal", [("SKU-0012", 1)])
    let findings = await erp.rehearse(submission)
    #expect(findings.count == 3 && findings.allSatisfy { $0.isHealthy }, "\(findings)")
    guard case .void = await erp.findReceipt(submission) else {
      Issue.record("the sample sale is not cancelled")
      return
    }
    #expect(try await available(erp, "SKU-0012") == before)
  }

  @Test func `shipping, discount and tax are booked so that the totals agree`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    var order = Sample.order("charges-\(UInt64.random(in: 0...UInt64.max))", [("SKU-0013", 3)])
    order.shipping = Sample.money(595)
    order.discount = Sample.money(100)
    order.tax = Sample.money(77)
    order.total = Sample.money(900 + 595 - 100 + 77)
    let submission = Sample.submission(order)
    let receipt = try #require(await tryton.erp().submit(submission).receipt)
    #expect(receipt.total == order.total)
    #expect(await tryton.erp().findReceipt(submission) == .accepted(receipt))
  }

  @Test func `sixteen submissions of one order at once make one sale`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp()
    let before = try await available(erp, "SKU-0014")
    let submission = tryton.submission("storm", [("SKU-0014", 5)])
    let outcomes = await withTaskGroup(of: SubmissionOutcome.self) { group in
      for _ in 0..<16 { group.addTask { await erp.submit(submission) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    for outcome in outcomes {
      switch outcome {
      case .accepted, .recorded, .unknown: break
      default: Issue.record("\(outcome)")
      }
    }
    let last = await erp.submit(submission.again)
    let receipts = Set(outcomes.compactMap(\.receipt) + [last].compactMap(\.receipt))
    #expect(receipts.count == 1)
    #expect(receipts.first?.total == submission.order.total)
    let left = try await available(erp, "SKU-0014")
    #expect(left == before - 5)
  }

  @Test(arguments: 1...6)
  func `after an answer lost at any step a resumed submission ends with one sale`(step: Int) async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp()
    let before = try await available(erp, "SKU-0015")
    let submission = tryton.submission("lost\(step)", [("SKU-0015", 1)])
    let losing = LosingTransport(answer: step)
    let first = await tryton.erp(losing).submit(submission)
    #expect(losing.performed == step)
    #expect(step <= 2 ? first.isBusy : first.isUnknown, "\(first)")
    switch (step, await erp.findReceipt(submission)) {
    case (1...2, .notFound), (3, .incomplete(_, "draft")), (4, .incomplete(_, "quotation")), (5..., .accepted): break
    case let (_, other): Issue.record("after step \(step): \(other)")
    }
    #expect(await erp.submit(submission.again).receipt != nil)
    let left = try await available(erp, "SKU-0015")
    #expect(left == before - 1)
  }

  @Test func `a shortage is refused in Tryton's words and blocks nobody; the edited order takes the same record`()
    async throws
  {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp()
    let stock = try await available(erp, "SKU-0016")
    let large = tryton.submission("short", [("SKU-0016", stock + 1)])
    let words = try #require(await erp.submit(large).refusal)
    #expect(words.contains("is lower than its quantity"))
    guard case .void(let recordID, _) = await erp.findReceipt(large) else {
      Issue.record("the refused sale is not void")
      return
    }
    let rest = stock / 2
    #expect(await erp.submit(tryton.submission("other", [("SKU-0016", rest)])).receipt != nil)
    #expect(await erp.submit(large.again).refusal?.contains("is lower than its quantity") == true)
    let edited = large.edited([("SKU-0016", stock - rest), ("SKU-0017", 1)])
    let receipt = try #require(await erp.submit(edited).receipt)
    #expect(receipt.recordID == recordID)
    #expect(receipt.total == edited.order.total)
    let left = try await available(erp, "SKU-0016")
    #expect(left == 0)
  }

  @Test func `an order edited before it was accepted goes in as edited`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp()
    for step in 3...4 {
      let submission = tryton.submission("edit\(step)", [("SKU-0018", 2)])
      #expect(await tryton.erp(LosingTransport(answer: step)).submit(submission).isUnknown)
      let edited = submission.edited([("SKU-0018", 1), ("SKU-0019", 1)])
      let receipt = try #require(await erp.submit(edited).receipt)
      #expect(receipt.total == edited.order.total)
      guard case .differs = await erp.findReceipt(submission) else {
        Issue.record("the earlier version passes for the later one")
        return
      }
    }
  }

  @Test func `an older submission that was held up before its write does not overwrite the newer one`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp()
    let first = tryton.submission("late", [("SKU-0024", 1)])
    #expect(await tryton.erp(LosingTransport(answer: 3)).submit(first).isUnknown)
    let older = first.edited([("SKU-0024", 2)])
    let newer = Sample.submission(
      Sample.order(first.order.id, [("SKU-0024", 3)]), version: 3, resuming: true)
    // The newer one stops before it is quoted, while the older one waits with its PUT ready to go.
    let slow = OvertakenTransport {
      let cut = await tryton.erp(LosingTransport(answer: 4)).submit(newer)
      #expect(cut.isUnknown)
    }
    let late = await tryton.erp(slow).submit(older)
    #expect(late.isUnknown, "\(late)")
    let receipt = try #require(await erp.submit(newer).receipt)
    #expect(receipt.total == newer.order.total)
    guard case .accepted = await erp.findReceipt(newer) else {
      Issue.record("the newer version is not what Tryton has")
      return
    }
  }

  @Test func `a draft or a quotation is cancelled, twice if need be`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp()
    for step in 3...4 {
      let submission = tryton.submission("cancel\(step)", [("SKU-0020", 2)])
      #expect(await tryton.erp(LosingTransport(answer: step)).submit(submission).isUnknown)
      guard case .incomplete(let recordID, _) = await erp.findReceipt(submission) else {
        Issue.record("no draft or quotation")
        return
      }
      #expect(await erp.cancel(submission, recordID: recordID) == .cancelled)
      #expect(await erp.cancel(submission, recordID: recordID) == .cancelled)
    }
  }

  @Test func `an unknown stock keeping unit is refused by name and leaves nothing behind`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let submission = tryton.submission("unknown", [("SKU-0021", 1), ("NO-SUCH-ITEM", 1)])
    #expect(await tryton.erp().submit(submission).refusal?.contains("NO-SUCH-ITEM") == true)
    #expect(await tryton.erp().findReceipt(submission) == .notFound)
  }

  @Test func `a key that does not hold is our fault, not an order's`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp { $0.key = "revoked" }
    let submission = tryton.submission("key", [("SKU-0022", 1)])
    #expect(await erp.submit(submission).isMisconfigured)
    #expect(await erp.submit(submission.again).isMisconfigured)
    guard case .misconfigured = await erp.findReceipt(submission) else {
      Issue.record("a look-up without a key found something")
      return
    }
    #expect(await erp.probe().contains { !$0.isHealthy })
  }

  @Test func `a wrong database is our fault, and never proof that a sale is gone`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp { $0.baseURL += "x" }
    let submission = tryton.submission("database", [("SKU-0022", 1)])
    for one in [submission, submission.knowing("1")] {
      let found = await erp.findReceipt(one)
      #expect(found != .notFound)
      #expect(await erp.submit(one).receipt == nil)
    }
  }

  @Test func `a server that is gone means nothing was done`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp { $0.baseURL = "http://127.0.0.1:1/erp" }
    #expect(await erp.submit(tryton.submission("gone", [("SKU-0022", 1)])).isBusy)
  }

  @Test func `twelve orders of ten for what is left sell no unit twice`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let erp = tryton.erp()
    let stock = try await available(erp, "SKU-0023")
    let outcomes = await withTaskGroup(of: SubmissionOutcome.self) { group in
      for number in 0..<12 {
        let submission = tryton.submission("race\(number)", [("SKU-0023", 10)])
        group.addTask {
          let outcome = await erp.submit(submission)
          return outcome.isUnknown ? await erp.submit(submission.again) : outcome
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let accepted = outcomes.filter { $0.receipt != nil }.count
    #expect(accepted * 10 <= stock)
    #expect(outcomes.allSatisfy { $0.receipt != nil || $0.refusal != nil || $0.isUnknown }, "\(outcomes)")
    let left = try await available(erp, "SKU-0023")
    #expect(left == stock - accepted * 10)
  }

  @Test func `the probe finds everything it needs, and says what it does not find`() async throws {
    guard let tryton = try RealTryton.connect() else { return }
    let healthy = await tryton.erp().probe()
    #expect(healthy.filter { !$0.isHealthy } == [])
    let broken = await tryton.erp {
      $0.warehouse = 99_999
      $0.taxProduct = "NO-SUCH-ITEM"
    }.probe()
    #expect(broken.filter { !$0.isHealthy }.map(\.check) == ["warehouse", "taxProduct"])
  }
}
