import Connector
import ConnectorGeneric
import ConnectorTesting
import HandoffCore
import Testing

@Suite struct GenericERPTests {
  private func submit(_ replies: ScriptedTransport.Reply...) async throws -> SubmissionOutcome {
    await (try Fixtures.erp(ScriptedTransport(replies))).submit(try Fixtures.submission())
  }

  @Test func `the body is the canonical order with its external id, byte for byte as the tree would be written`()
    async throws
  {
    let transport = ScriptedTransport([.json(201, #"{"internalId":"SO-1"}"#)])
    let submission = try Fixtures.submission()
    let erp = try Fixtures.erp(transport) { $0.token = "t0ken" }
    _ = await erp.submit(submission)
    let call = try #require(transport.calls.first)
    var members = try #require(OrderJSON.write(submission.order).object)
    members["externalId"] = "CS-main-9007199254740993"
    members["orderId"] = "9007199254740993"
    members["storefront"] = "main"
    members["digest"] = .string(submission.digest.hex)
    #expect(call.body == JSONValue.object(members).bytes)
    #expect(call.method == "POST")
    #expect(call.url == "https://erp.example/api/orders")
    #expect(call.headers["authorization"] == "Bearer t0ken")
    #expect(call.headers["content-type"] == "application/json")
  }

  @Test func `the fast writer equals the tree for every order a seed makes`() async throws {
    var numbers = SeededNumbers(state: 7)
    let texts = ["", "a\"b\\c", "\u{1}\n\r\t/", "Żółw 🐢", "x"]
    for _ in 0..<300 {
      var order = try Fixtures.order()
      func text() -> String? { Bool.random(using: &numbers) ? texts.randomElement(using: &numbers) : nil }
      order.note = text()
      order.email = text()
      order.customerName = text()
      order.phone = text()
      order.source = text()
      order.language = text()
      order.isTest = .random(using: &numbers)
      order.isCancelled = .random(using: &numbers)
      if Bool.random(using: &numbers) { order.storedValue = [] }
      if Bool.random(using: &numbers) { order.lines = [] }
      if Bool.random(using: &numbers) { order.shippingAddress = nil }
      var address = Address()
      address.street1 = text()
      address.region = text()
      if Bool.random(using: &numbers) { order.billingAddress = address }
      for index in order.lines.indices {
        order.lines[index].sku = text()
        order.lines[index].isGiftCard = .random(using: &numbers)
        order.lines[index].requiresShipping = .random(using: &numbers)
      }
      let base = try Fixtures.submission()
      let submission = Submission(
        handoffID: base.handoffID, key: base.key, externalID: base.externalID, order: order, version: 1,
        digest: base.digest)
      let transport = ScriptedTransport([.json(201, "{}")])
      _ = await (try Fixtures.erp(transport)).submit(submission)
      var members = try #require(OrderJSON.write(order).object)
      members["externalId"] = .string(base.externalID.text)
      members["orderId"] = .string(base.key.orderID)
      members["storefront"] = "main"
      members["digest"] = .string(base.digest.hex)
      #expect(transport.calls.first?.body == JSONValue.object(members).bytes)
    }
  }

  @Test func `a created record is a receipt for this very content`() async throws {
    let submission = try Fixtures.submission()
    let plain = try await submit(.json(201, #"{"internalId":"SO-1"}"#))
    #expect(plain == .accepted(submission.receipt(recordID: "SO-1")))
    let number = try await submit(
      .json(200, #"{"internalId":4711,"internalNumber":"S/1","status":"accepted","total":29.35}"#))
    #expect(
      number
        == .accepted(submission.receipt(recordID: "4711", recordNumber: "S/1", total: submission.order.total)))
    let foreign = try await submit(.json(201, #"{"internalId":"1","total":"30","currency":"USD"}"#))
    let dollars = try #require(CurrencyCode("USD"))
    #expect(
      foreign
        == .accepted(submission.receipt(recordID: "1", total: Money(minorUnits: 3000, currency: dollars))))
  }

  @Test func `a pending record is recorded, and so is a 202 that does not say accepted`() async throws {
    let pending = try await submit(.json(201, #"{"internalId":"1","status":"pending"}"#))
    #expect(pending == .recorded(recordID: "1", state: "pending"))
    guard case .recorded(recordID: "1", _) = try await submit(.json(202, #"{"internalId":"1"}"#)) else {
      Issue.record("202 is no receipt")
      return
    }
    guard case .accepted = try await submit(.json(202, #"{"internalId":"1","status":"accepted"}"#)) else {
      Issue.record("202 that says accepted is one")
      return
    }
  }

  @Test func `no answer outside the contract becomes a receipt`() async throws {
    let replies: [ScriptedTransport.Reply] = [
      .failure(.noAnswer("reset")), .json(500, "{}"), .json(502, "<html>"), .json(504, ""), .json(201, ""),
      .json(201, "{"), .json(201, "[]"), .json(201, "{}"), .json(201, "\"SO-1\""), .json(204, ""), .json(299, "{}"),
      .json(200, #"{"error":"no such item","internalId":"1"}"#), .json(201, #"{"errors":["x"],"internalId":"1"}"#),
      .json(201, #"{"internalId":null}"#), .json(201, #"{"internalId":""}"#), .json(201, #"{"internalId":{}}"#),
      .json(201, #"{"internalId":"{\"error\":1}"}"#), .json(201, #"{"internalId":"Internal Server Error"}"#),
      .json(201, #"{"internalId":"1","status":"exploded"}"#), .json(201, #"{"internalId":"1","status":7}"#),
      .json(201, #"{"internalId":"1","status":"cancelled"}"#), .json(201, #"{"internalId":"1","total":"many"}"#),
      .json(201, #"{"internalId":"1","total":"1.234"}"#), .json(201, #"{"internalId":"1","currency":7}"#),
      .json(201, #"{"internalId":"1","externalId":"CS-main-2"}"#), .json(301, ""), .json(307, ""), .json(408, ""),
      .json(402, ""), .json(418, ""),
      .success(
        HTTPAnswer(
          status: 201, headers: [HTTPField("Content-Type", "text/html")], body: Array(#"{"internalId":"1"}"#.utf8))),
    ]
    for reply in replies {
      let outcome = try await submit(reply)
      guard case .unknown = outcome else {
        Issue.record("\(reply) gave \(outcome)")
        continue
      }
    }
  }

  @Test func `refusals are verbatim, and set-up, load and connection are told apart`() async throws {
    let refused = try await submit(
      .json(422, #"{"reasons":["unknown SKU A-1",{"path":"lines[1]","message":"closed"}]}"#))
    #expect(refused == .refused(reason: "HTTP 422: unknown SKU A-1; lines[1]: closed"))
    let bad = try await submit(.json(400, #"{"title":"t","detail":"period is closed"}"#))
    #expect(bad == .refused(reason: "HTTP 400: period is closed"))
    for status in [401, 403, 404, 405, 415] {
      guard case .misconfigured = try await submit(.json(status, "{}")) else {
        Issue.record("\(status)")
        continue
      }
    }
    for status in [429, 503] {
      guard case .busy = try await submit(.json(status, "{}")) else {
        Issue.record("\(status)")
        continue
      }
    }
    guard case .busy = try await submit(.failure(.notSent("refused"))) else {
      Issue.record("nothing left us, so nothing was done")
      return
    }
    guard case .refused(let long) = try await submit(.json(422, String(repeating: "x", count: 5000))) else { return }
    #expect(long.count < 600)
  }

  @Test func `a conflict is looked up and adopted when nothing speaks against it`() async throws {
    let submission = try Fixtures.submission()
    let transport = ScriptedTransport([
      .json(409, #"{"detail":"exists"}"#),
      .json(
        200,
        #"{"internalId":"SO-9","externalId":"CS-main-9007199254740993","total":"29.35","#
          + #""lines":[{"sku":"B","quantity":1},{"sku":"A-1","quantity":"2.0"},{"quantity":1}]}"#
      ),
    ])
    let outcome = await (try Fixtures.erp(transport)).submit(submission)
    #expect(outcome == .accepted(submission.receipt(recordID: "SO-9", total: submission.order.total)))
    #expect(transport.calls.last?.method == "GET")
    #expect(transport.calls.last?.url == "https://erp.example/api/orders?externalId=CS-main-9007199254740993")
  }

  @Test func `a conflict that cannot be resolved stays unknown`() async throws {
    let looks: [ScriptedTransport.Reply] = [
      .json(404, "{}"), .json(500, ""), .json(401, "{}"), .failure(.notSent("x")), .json(200, "{}"),
      .json(200, #"{"internalId":"1","status":"cancelled"}"#),
      .json(200, #"{"internalId":"1","lines":[{"sku":"A-1","quantity":3},{"sku":"B","quantity":1}]}"#),
    ]
    for look in looks {
      guard case .unknown = try await submit(.json(409, "{}"), look) else {
        Issue.record("\(look)")
        continue
      }
    }
  }

  @Test func `a look-up tells accepted, pending, void, different and absent apart`() async throws {
    let submission = try Fixtures.submission()
    func look(_ status: Int, _ body: String, known: String? = nil) async throws -> LookupOutcome {
      let erp = try Fixtures.erp(ScriptedTransport([.json(status, body)]))
      return await erp.findReceipt(try Fixtures.submission(recordID: known))
    }
    #expect(try await look(200, #"{"internalId":1}"#) == .accepted(submission.receipt(recordID: "1")))
    #expect(try await look(200, #"{"internalId":1,"status":"pending"}"#) == .recorded(recordID: "1", state: "pending"))
    #expect(try await look(404, "") == .notFound)
    let digest = #"{"internalId":1,"lines":[],"digest":""# + submission.digest.hex + #""}"#
    #expect(try await look(200, digest) == .accepted(submission.receipt(recordID: "1")))
    guard case .void(recordID: "1", _) = try await look(200, #"{"internalId":1,"status":"void","reason":"by hand"}"#),
      case .differs(recordID: "1", _) = try await look(200, #"{"internalId":1,"digest":"00"}"#),
      case .differs(recordID: "1", _) = try await look(200, #"{"internalId":1,"lines":[{"sku":"A-1","quantity":2}]}"#),
      case .differs(recordID: "1", _) = try await look(200, #"{"internalId":1,"lines":[{"sku":"A-1","quantity":{}}]}"#),
      case .differs(recordID: "1", _) = try await look(200, #"{"internalId":1}"#, known: "2"),
      case .failed = try await look(200, #"{"orders":[]}"#), case .failed = try await look(500, ""),
      case .misconfigured = try await look(403, "{}")
    else {
      Issue.record("a look-up was misread")
      return
    }
    let page = HTTPAnswer(status: 404, headers: [HTTPField("Content-Type", "text/html")], body: Array("<p>".utf8))
    guard case .failed = await (try Fixtures.erp(ScriptedTransport([.success(page)]))).findReceipt(submission) else {
      Issue.record("a web server's page proves nothing")
      return
    }
  }

  @Test func `an external id and a record id are encoded in the address`() async throws {
    let base = try Fixtures.submission()
    let odd = Submission(
      handoffID: base.handoffID, key: base.key, externalID: ExternalID("a&b c/ä"), order: base.order, version: 1,
      digest: base.digest)
    let transport = ScriptedTransport { _ in .json(404, "{}") }
    let erp = try Fixtures.erp(transport)
    _ = await erp.findReceipt(odd)
    _ = await erp.update(odd, receipt: odd.receipt(recordID: "SO/1#2"))
    #expect(
      transport.calls.map(\.url) == [
        "https://erp.example/api/orders?externalId=a%26b%20c%2F%C3%A4", "https://erp.example/api/orders/SO%2F1%232",
      ])
  }

  @Test func `an update says which version it is, so that an ERP can refuse one that comes too late`() async throws {
    let submission = try Fixtures.submission()
    let transport = ScriptedTransport([.json(412, #"{"detail":"version 3 was taken already"}"#)])
    let outcome = await (try Fixtures.erp(transport)).update(submission, receipt: submission.receipt(recordID: "SO-1"))
    #expect(transport.calls.first?.headers["Countersign-Version"] == String(submission.version))
    guard case .refused(let reason) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.contains("version 3 was taken already"))
  }

  @Test func `an update names its record and accepts no other`() async throws {
    let submission = try Fixtures.submission()
    let receipt = submission.receipt(recordID: "SO-1")
    func update(_ reply: ScriptedTransport.Reply) async throws -> SubmissionOutcome {
      await (try Fixtures.erp(ScriptedTransport([reply]))).update(submission, receipt: receipt)
    }
    #expect(try await update(.json(204, "")) == .accepted(receipt))
    #expect(try await update(.json(200, "{}")) == .accepted(receipt))
    guard case .unknown = try await update(.json(200, #"{"internalId":"SO-2"}"#)),
      case .unknown = try await update(.json(404, "{}")), case .refused = try await update(.json(409, "{}")),
      case .refused = try await update(.json(405, "{}")), case .busy = try await update(.json(503, "{}")),
      case .unknown = try await update(.failure(.noAnswer("x")))
    else {
      Issue.record("an update was misread")
      return
    }
  }

  @Test func `a cancellation is repeatable, and doubt is settled by a look`() async throws {
    func cancel(_ replies: ScriptedTransport.Reply...) async throws -> CancellationOutcome {
      await (try Fixtures.erp(ScriptedTransport(replies))).cancel(try Fixtures.submission(), recordID: "SO-1")
    }
    #expect(try await cancel(.json(200, "")) == .cancelled)
    #expect(try await cancel(.json(204, "")) == .cancelled)
    #expect(try await cancel(.json(404, ""), .json(404, "")) == .cancelled)
    #expect(try await cancel(.json(409, ""), .json(200, #"{"internalId":"SO-1","status":"cancelled"}"#)) == .cancelled)
    guard case .refused = try await cancel(.json(409, "shipped"), .json(200, #"{"internalId":"SO-1"}"#)),
      case .refused = try await cancel(.json(404, ""), .json(200, #"{"internalId":"SO-1"}"#)),
      case .deferred = try await cancel(.json(404, ""), .json(500, "")),
      case .deferred = try await cancel(.json(200, #"{"status":"accepted"}"#)),
      case .deferred = try await cancel(.json(200, #"{"error":"x"}"#)),
      case .deferred = try await cancel(.failure(.noAnswer("x"))),
      case .deferred = try await cancel(.failure(.notSent("x"))), case .deferred = try await cancel(.json(503, "")),
      case .misconfigured = try await cancel(.json(401, ""))
    else {
      Issue.record("a cancellation was misread")
      return
    }
  }

  @Test func `hostile answers never stop the process and never make a receipt of another order`() async throws {
    var numbers = SeededNumbers(state: 99)
    let text =
      #"{"internalId":"SO-1","externalId":"CS-main-9007199254740993","status":"accepted","total":"29.35","#
      + #""lines":[{"sku":"A-1","quantity":2}],"allocation":[{"sku":"A-1","ordered":2,"allocated":2}],"#
      + #""levels":[{"sku":"A-1","available":3}]}"#
    let seed = Array(text.utf8)
    let submission = try Fixtures.submission()
    for _ in 0..<3000 {
      let body = mutated(seed, &numbers)
      let transport = ScriptedTransport { _ in .success(HTTPAnswer(status: 200, body: body)) }
      let erp = try Fixtures.erp(transport)
      if case .accepted(let receipt) = await erp.submit(submission) {
        #expect(Receipt.isPlausible(recordID: receipt.recordID))
      }
      _ = await erp.findReceipt(submission)
      _ = await erp.checkInventory(submission, receipt: submission.receipt(recordID: "SO-1"))
      _ = await erp.availability(of: ["A-1"])
      _ = await erp.cancel(submission, recordID: "SO-1")
    }
  }
}
