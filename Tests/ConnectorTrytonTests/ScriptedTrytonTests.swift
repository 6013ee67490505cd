import Connector
import ConnectorTesting
import ConnectorTryton
import HandoffCore
import Testing

/// What a real Tryton cannot be made to do on demand. The bodies are those of Tryton 8.2.
@Suite struct ScriptedTrytonTests {
  typealias Reply = ScriptedTransport.Reply

  private static let products =
    Reply.json(200, #"[{"code":"SKU-0001","__name__":"product.product","id":1,"default_uom":1}]"#)
  private static let currency = Reply.json(200, #"[{"code":"USD","id":1,"__name__":"currency.currency"}]"#)
  private static let created = Reply.json(200, #"{"__name__":"sale.sale","id":7}"#)
  private static let lost = Reply.failure(.noAnswer("reset"))
  private static let unsent = Reply.failure(.notSent("refused"))
  private static let brokenHTML = html(500, "Internal Server Error")
  private static let short = refusal(#"The forcast quantity (1 u) for line \"2 u\" is lower than its quantity (2 u)."#)

  private static func html(_ status: Int, _ title: String) -> Reply {
    .success(
      HTTPAnswer(
        status: status, headers: [HTTPField("Content-Type", "text/html; charset=utf-8")],
        body: Array("<!doctype html>\n<title>\(status) \(title)</title>\n<h1>\(title)</h1>".utf8)))
  }

  private static func refusal(_ message: String) -> Reply {
    .json(400, #"{"status":400,"message":"\#(message)","description":""}"#)
  }

  private static func state(_ state: String) -> Reply {
    .json(200, #"{"__name__":"sale.sale","id":7,"state":"\#(state)"}"#)
  }

  /// A sale of two units at 3.00, as a look-up by id shows it.
  private static func sale(
    _ state: String, webID: String = "CS-main-1", quantity: String = "2.0", total: String = "6.00",
    shipment: String = "waiting", forecast: String = "98.0"
  ) -> String {
    #"{"__name__":"sale.sale","id":7,"number":"S7","state":"\#(state)","web_id":"\#(webID)","web_shop":1,"#
      + #""currency":{"code":"USD","id":1},"total_amount":{"__class__":"Decimal","decimal":"\#(total)"},"#
      + #""shipment_state":"\#(shipment)","lines":[{"id":70,"type":"line","quantity":\#(quantity),"#
      + #""unit_price":{"__class__":"Decimal","decimal":"3.0000"},"product":{"code":"SKU-0001","id":1,"#
      + #""type":"goods","consumable":false,"forecast_quantity":\#(forecast)}},{"id":71,"type":"comment"}]}"#
  }

  private static func one(_ state: String, quantity: String = "2.0", total: String = "6.00") -> Reply {
    .json(200, sale(state, quantity: quantity, total: total))
  }

  private static func list(_ sales: String...) -> Reply { .json(200, "[\(sales.joined(separator: ","))]") }

  private func erp(_ transport: ScriptedTransport) -> TrytonERP {
    TrytonERP(
      TrytonERP.Configuration(
        baseURL: "http://erp.example/erp/", key: "k", company: 1, party: 2, invoiceAddress: 3, shipmentAddress: 4,
        warehouse: 5, webShop: 1),
      transport: transport, clock: StillClock(Timestamp(seconds: 1_795_392_000)))
  }

  private let submission = Sample.submission(Sample.order("1", [("SKU-0001", 2)]))

  private func submit(_ replies: [Reply], resuming: Bool = false) async -> (SubmissionOutcome, [String]) {
    let transport = ScriptedTransport(replies)
    let outcome = await erp(transport).submit(resuming ? submission.again : submission)
    let paths = transport.calls.map { call in
      call.method + " "
        + (call.url.split(separator: "?").first?.split(separator: "/").suffix(2).joined(separator: "/") ?? "")
    }
    return (outcome, paths)
  }

  @Test func `a submission looks products up once, creates, quotes, confirms and reads the result`() async throws {
    let transport = ScriptedTransport([
      Self.currency, Self.products, Self.created, Self.state("quotation"), Self.state("confirmed"),
      Self.one("processing"),
    ])
    let outcome = await erp(transport).submit(submission)
    #expect(outcome == .accepted(submission.receipt(recordID: "7", recordNumber: "S7", total: Sample.money(600))))
    let calls = transport.calls
    #expect(calls.count == 6)
    #expect(calls.allSatisfy { $0.headers["authorization"] == "Bearer k" && $0.headers["x-tryton-context"] != nil })
    let body = try JSONValue(parsing: calls[2].body)
    #expect(body["web_id"] == "CS-main-1")
    #expect(body["web_shop"] == 1)
    #expect(body["sale_date"] == nil)
    let line = body["lines"]?.array?.first?.array?.last?.array?.first
    #expect(line?["unit_price"] == ["__class__": "Decimal", "decimal": "3.00"])
    #expect(body["comment"]?.string?.contains("Ada Buyer") == true)
  }

  @Test func `a rehearsal stops at the quotation and takes it back`() async {
    let transport = ScriptedTransport([
      Self.currency, Self.products, Self.created, Self.state("quotation"), Self.list(Self.sale("quotation")),
      Self.one("quotation"), Self.state("cancelled"),
    ])
    let findings = await erp(transport).rehearse(submission)
    #expect(findings.map(\.check) == ["create CS-main-1", "read it back", "cancel it"])
    #expect(findings.allSatisfy { $0.isHealthy }, "\(findings)")
    #expect(!transport.calls.contains { $0.url.contains("/confirm") })
  }

  @Test func `an answer lost before the creation leaves nothing done`() async {
    for reply in [Self.lost, Self.unsent, Self.brokenHTML] {
      let (first, _) = await submit([reply])
      let (second, _) = await submit([Self.currency, reply])
      #expect(first.isBusy && second.isBusy)
    }
    let (unsent, _) = await submit([Self.currency, Self.products, Self.unsent])
    #expect(unsent.isBusy)
  }

  @Test(arguments: 0..<8)
  func `a creation without a sensible answer is unknown`(index: Int) async {
    let nonsense = [
      Self.lost, Self.brokenHTML, Self.html(502, "Bad Gateway"), Self.html(302, "Found"), Self.html(200, "Welcome"),
      .json(200, "{}"), .json(200, #"{"__name__":"sale.sale","id":"7 error"}"#), .json(400, #"{"error":"x"}"#),
    ]
    let (outcome, paths) = await submit([Self.currency, Self.products, nonsense[index]])
    #expect(outcome.isUnknown, "\(outcome)")
    #expect(paths.count == 3)
  }

  @Test func `an answer lost after the creation is unknown`() async {
    let made = [Self.currency, Self.products, Self.created]
    for reply in [Self.lost, Self.unsent, Self.brokenHTML, .json(200, "[]")] {
      let (quote, _) = await submit(made + [reply])
      let (confirm, _) = await submit(made + [Self.state("quotation"), reply])
      let (read, _) = await submit(made + [Self.state("quotation"), Self.state("confirmed"), reply])
      #expect(quote.isUnknown && confirm.isUnknown && read.isUnknown)
    }
  }

  @Test func `a creation refused for its web id goes on from the sale that is there`() async {
    let unique = Self.refusal("The web ID on the sale must be unique per shop.")
    let start = [Self.currency, Self.products, unique]
    let (done, _) = await submit(start + [Self.list(Self.sale("processing"))])
    #expect(done.receipt?.recordID == "7")
    let (quoted, paths) = await submit(
      start + [Self.list(Self.sale("quotation")), Self.state("confirmed"), Self.one("processing")])
    #expect(quoted.receipt?.recordID == "7")
    #expect(paths.suffix(2) == ["POST 7/confirm", "GET sale.sale/7"])
    let (gone, _) = await submit(start + [Self.list()])
    #expect(gone.isUnknown)
  }

  @Test func `a step somebody else has done is no failure`() async {
    let late = Self.refusal(#"You can not call \"quote\" on \"3 [#2004]\" of \"Sale\"."#)
    let (outcome, _) = await submit([Self.currency, Self.products, Self.created, late, Self.one("processing")])
    #expect(outcome.receipt?.recordID == "7")
  }

  @Test func `a quote that was overtaken is read before anything is accepted`() async {
    let made = [Self.currency, Self.products, Self.created, Self.state("processing")]
    let (outcome, _) = await submit(made + [Self.one("processing")])
    #expect(outcome == .accepted(submission.receipt(recordID: "7", recordNumber: "S7", total: Sample.money(600))))
    let (other, _) = await submit(made + [Self.one("processing", quantity: "3.0", total: "9.00")])
    #expect(other.isUnknown)
  }

  @Test func `two submissions that undo each other's work end`() async {
    let late = Self.refusal(#"You can not call \"quote\" on \"3 [#2004]\" of \"Sale\"."#)
    let transport = ScriptedTransport { call in
      call.method == "GET"
        ? (call.url.contains("sale.sale?") ? Self.list(Self.sale("draft")) : Self.one("draft")) : late
    }
    #expect(await erp(transport).submit(submission.again).isUnknown)
    #expect(transport.calls.count < 40)
  }

  @Test func `confirmed without being processed is recorded; only a resumed submission asks for the processing`() async
  {
    let (first, _) = await submit([
      Self.currency, Self.products, Self.created, Self.state("quotation"), Self.state("confirmed"),
      Self.one("confirmed"),
    ])
    #expect(first == .recorded(recordID: "7", state: "confirmed"))
    let (stuck, paths) = await submit(
      [Self.list(Self.sale("confirmed")), Self.state("confirmed"), Self.one("confirmed")], resuming: true)
    #expect(stuck == .recorded(recordID: "7", state: "confirmed"))
    #expect(paths == ["GET model/sale.sale", "POST 7/process", "GET sale.sale/7"])
    let (recovered, _) = await submit(
      [Self.list(Self.sale("confirmed")), Self.state("processing"), Self.one("processing")], resuming: true)
    #expect(recovered.receipt?.recordID == "7")
    let transport = ScriptedTransport([Self.list(Self.sale("confirmed"))])
    #expect(await erp(transport).findReceipt(submission) == .recorded(recordID: "7", state: "confirmed"))
    #expect(transport.calls.count == 1)
  }

  @Test func `what is refused is cancelled, and a doubt about that is said`() async {
    let made = [Self.currency, Self.products, Self.created]
    let (quote, paths) = await submit(made + [Self.short, Self.state("cancelled")])
    #expect(quote.refusal == #"The forcast quantity (1 u) for line "2 u" is lower than its quantity (2 u)."#)
    #expect(paths.last == "POST 7/cancel")
    let (confirm, _) = await submit(made + [Self.state("quotation"), Self.short, Self.state("cancelled")])
    #expect(confirm.refusal?.hasSuffix("(2 u).") == true)
    for reply in [Self.lost, Self.brokenHTML, Self.state("quotation")] {
      let (doubt, _) = await submit(made + [Self.state("quotation"), Self.short, reply])
      #expect(doubt.refusal?.hasPrefix("The forcast quantity") == true)
      #expect(doubt.refusal?.contains("cancel it in Tryton") == true)
    }
  }

  @Test func `Tryton's refusal of the creation stays in its words`() async {
    let words = "The value for field is not valid according to its domain."
    let (outcome, _) = await submit([Self.currency, Self.products, Self.refusal(words)])
    #expect(outcome.refusal == words)
  }

  @Test(arguments: 0..<4)
  func `a missing key or right is our fault`(index: Int) async {
    let replies = [
      Self.html(401, "Unauthorized"), Self.html(403, "Forbidden"),
      Self.refusal(#"You are not allowed to access \"Sale\"."#),
      Self.refusal(#"Calling button \"quote on \"Sale\" is not allowed."#),
    ]
    let made = [Self.currency, Self.products]
    for start in [[], [Self.currency], made, made + [Self.created]] {
      let (outcome, _) = await submit(start + [replies[index]])
      #expect(outcome.isMisconfigured, "\(outcome)")
    }
  }

  @Test func `an order that cannot be a sale is refused before anything is sent`() async {
    func refusal(_ change: (inout Order) -> Void) async -> String? {
      var order = submission.order
      change(&order)
      let transport = ScriptedTransport([])
      let outcome = await erp(transport).submit(Sample.submission(order))
      #expect(transport.calls.isEmpty)
      return outcome.refusal
    }
    #expect(await refusal { $0.lines[0].sku = nil }?.contains("no SKU") == true)
    #expect(await refusal { $0.lines[0].sku = "" }?.contains("no SKU") == true)
    #expect(await refusal { $0.lines[0].quantity = -1 }?.contains("quantity -1") == true)
    #expect(await refusal { $0.lines[0].quantity = 0 }?.contains("no line with a quantity") == true)
    #expect(await refusal { $0.lines = [] }?.contains("no line") == true)
    #expect(await refusal { $0.total = Sample.money(601) }?.contains("6.01") == true)
    #expect(await refusal { $0.lines[0].unitPrice = Sample.money(.max) }?.contains("SKU-0001") == true)
    let shipping = await refusal { order in
      order.shipping = Sample.money(100)
      order.total = Sample.money(700)
    }
    #expect(shipping?.contains("shippingProduct") == true)
  }

  @Test func `a line taken out of the order does not reach the sale`() async throws {
    var order = submission.order
    order.lines.append(
      OrderLine(id: "gone", sku: "SKU-0009", title: "gone", quantity: 0, unitPrice: Sample.money(100)))
    let transport = ScriptedTransport([
      Self.currency, Self.products, Self.created, Self.state("quotation"), Self.state("confirmed"),
      Self.one("processing"),
    ])
    #expect(await erp(transport).submit(Sample.submission(order)).receipt != nil)
  }

  @Test func `two products under one code are refused, none is guessed`() async {
    let twice = Reply.json(
      200, #"[{"code":"SKU-0001","id":1,"default_uom":1},{"code":"SKU-0001","id":2,"default_uom":1}]"#)
    let (outcome, _) = await submit([Self.currency, twice])
    #expect(outcome.refusal?.contains("more than one product") == true)
  }

  @Test func `a look-up tells apart what is there`() async {
    func find(_ reply: Reply, knowing id: String? = nil) async -> LookupOutcome {
      let one = id.map { submission.knowing($0) } ?? submission
      return await erp(ScriptedTransport([reply, Self.list()])).findReceipt(one)
    }
    #expect(await find(Self.list()) == .notFound)
    #expect(await find(Self.html(404, "Not Found"), knowing: "7") == .notFound)
    #expect(await find(Self.list(Self.sale("draft"))) == .incomplete(recordID: "7", state: "draft"))
    #expect(await find(Self.list(Self.sale("quotation"))) == .incomplete(recordID: "7", state: "quotation"))
    #expect(await find(Self.list(Self.sale("confirmed"))) == .recorded(recordID: "7", state: "confirmed"))
    let receipt = submission.receipt(recordID: "7", recordNumber: "S7", total: Sample.money(600))
    #expect(await find(Self.list(Self.sale("processing"))) == .accepted(receipt))
    #expect(await find(Self.one("done"), knowing: "7") == .accepted(receipt))
    for state in ["draft", "confirmed", "processing"] {
      let foreign = await find(.json(200, Self.sale(state, webID: "CS-main-2")), knowing: "7")
      guard case .differs = foreign else {
        Issue.record("\(foreign)")
        continue
      }
    }
    for body in [Self.sale("processing", quantity: "3.0"), Self.sale("processing", total: "6.01")] {
      let other = await find(Self.list(body))
      guard case .differs = other else {
        Issue.record("\(other)")
        continue
      }
    }
  }

  @Test func `a look-up that gives nothing sensible has failed, and is never proof`() async {
    let nonsense = [
      Self.lost, Self.unsent, Self.brokenHTML, Self.html(200, "Welcome"), .json(200, "{}"), .json(200, #"[{"id":7}]"#),
      Self.list(Self.sale("processing"), Self.sale("processing")), Self.list(Self.sale("exploded")),
    ]
    for reply in nonsense {
      let found = await erp(ScriptedTransport([reply])).findReceipt(submission)
      guard case .failed = found else {
        Issue.record("\(found)")
        continue
      }
    }
    let wrongDatabase = ScriptedTransport { _ in Self.html(404, "Not Found") }
    for one in [submission, submission.knowing("7")] {
      let found = await erp(wrongDatabase).findReceipt(one)
      guard case .misconfigured = found else {
        Issue.record("\(found)")
        continue
      }
    }
  }

  @Test func `stock is allocated unless the forecast has fallen below zero`() async {
    let receipt = submission.receipt(recordID: "7")
    func check(_ body: String) async -> InventoryOutcome {
      await erp(ScriptedTransport([.json(200, body)])).checkInventory(submission, receipt: receipt)
    }
    #expect(await check(Self.sale("processing")) == .allocated)
    #expect(await check(Self.sale("processing", forecast: "0.0")) == .allocated)
    #expect(await check(Self.sale("done", forecast: "-9.0")) == .allocated)
    #expect(await check(Self.sale("processing", shipment: "sent", forecast: "-9.0")) == .allocated)
    let missing = Shortage(sku: "SKU-0001", ordered: 2, allocated: 1)
    #expect(await check(Self.sale("processing", forecast: "-1.0")) == .partlyShort([missing]))
    #expect(await check(Self.sale("processing", forecast: "-0.5")) == .partlyShort([missing]))
    let all = Shortage(sku: "SKU-0001", ordered: 2, allocated: 0)
    #expect(await check(Self.sale("processing", forecast: "-50.0")) == .short([all]))
    for body in [Self.sale("confirmed"), Self.sale("processing", shipment: "exception"), "{}"] {
      guard case .unknown = await check(body) else {
        Issue.record("\(body)")
        continue
      }
    }
    guard case .void = await check(Self.sale("cancelled")) else {
      Issue.record("a cancelled sale has stock")
      return
    }
  }

  @Test func `a confirmed sale is put back to draft and cancelled; a doubt is deferred`() async {
    let steps = ScriptedTransport([
      Self.one("confirmed"), Self.state("draft"), Self.one("draft"), Self.state("cancelled"),
    ])
    #expect(await erp(steps).cancel(submission, recordID: "7") == .cancelled)
    #expect(steps.calls.filter { $0.method == "POST" }.allSatisfy { $0.url.hasSuffix("?f=state") })
    #expect(
      await erp(ScriptedTransport([Self.html(404, "x"), Self.list()])).cancel(submission, recordID: "7") == .cancelled)
    for replies in [[Self.lost], [Self.one("draft"), Self.lost], [Self.one("draft"), Self.brokenHTML]] {
      let outcome = await erp(ScriptedTransport(replies)).cancel(submission, recordID: "7")
      guard case .deferred = outcome else {
        Issue.record("\(outcome)")
        continue
      }
    }
  }

  @Test func `availability is whole units, never negative, and silent about what it does not know`() async {
    let body = """
      [{"code":"A","forecast_quantity":98.0},{"code":"B","forecast_quantity":2.75},
      {"code":"C","forecast_quantity":-3.0},
       {"code":"D","forecast_quantity":1.0},{"code":"D","forecast_quantity":2.0}]
      """
    let outcome = await erp(ScriptedTransport([.json(200, body)])).availability(of: ["A", "B", "C", "D", "E"])
    let levels = [("A", 98), ("B", 2), ("C", 0)].map { StockLevel(sku: $0.0, available: $0.1) }
    #expect(outcome == .levels(levels))
    let nonsense = await erp(ScriptedTransport([.json(200, "{}")])).availability(of: ["A"])
    guard case .failed = nonsense else {
      Issue.record("\(nonsense)")
      return
    }
  }

  @Test func `a submission that was overtaken between two steps overwrites nothing`() async throws {
    func theirs(_ state: String) -> Reply {
      let other = Self.sale(state, quantity: "3.0", total: "9.00").replacing(#""id":70"#, with: #""id":80"#)
      return .json(200, other)
    }
    let gone = Self.refusal(#"You are trying to read records \"70\" of \"Sale Line\" that don't exist."#)
    let read = Self.one("draft", quantity: "1.0", total: "3.00")
    // The newer lines came before the write, and before the button.
    let late: [[Reply]] = [
      [read, Self.products, Self.currency, gone, theirs("draft")],
      [read, Self.products, Self.currency, gone, theirs("quotation")],
      [Self.one("quotation", quantity: "1.0", total: "3.00"), Self.state("draft"), theirs("draft")],
    ]
    for replies in late {
      let transport = ScriptedTransport(replies)
      let outcome = await erp(transport).update(submission, receipt: receipt)
      #expect(outcome.isUnknown, "\(outcome)")
      #expect(transport.calls.count == replies.count)
      #expect(transport.calls.count { $0.method == "PUT" } <= 1)
    }
    // Ours went in, and theirs after it: what differs now is newer.
    let after = [
      read, Self.products, Self.currency, Self.created, Self.state("quotation"), Self.state("confirmed"),
      theirs("confirmed"),
    ]
    let transport = ScriptedTransport(after)
    let outcome = await erp(transport).update(submission, receipt: receipt)
    #expect(outcome.isUnknown, "\(outcome)")
    #expect(transport.calls.count { $0.method == "PUT" } == 1 && transport.calls.count == after.count)
  }

  private var receipt: Receipt { submission.receipt(recordID: "7", recordNumber: "S7", total: Sample.money(600)) }
}
