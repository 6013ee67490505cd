import Connector
import HandoffCore
import Synchronization

/// Currency ids by code; they never change within a database.
final class CurrencyMemory: Sendable {
  private let known = Mutex<[String: Int]>([:])
  subscript(code: String) -> Int? {
    get { known.withLock { $0[code] } }
    set { known.withLock { $0[code] = newValue } }
  }
}

/// The product of a line: its id and the unit it is sold in.
struct TrytonProduct: Hashable, Sendable {
  let id: Int
  let unit: Int
}

extension TrytonERP {
  /// Why the parts of a sale could not be gathered.
  private enum Obstacle: Error {
    case refused(String)
    case fault(TrytonFault)
  }

  // MARK: Create

  /// Creates the sale; when somebody was faster, goes on from where that one stands.
  func create(_ submission: Submission) async -> SubmissionOutcome {
    let body: JSONValue
    do throws(Obstacle) {
      body = try await self.body(submission)
    } catch {
      switch error {
      case .refused(let reason): return .refused(reason: reason)
      case .fault(let fault): return submission.resuming ? fault.afterSending : fault.beforeWriting
      }
    }
    switch await exchange.send("POST", "sale.sale", ["id"], body: body) {
    case .json(let json):
      guard json["__name__"]?.string == "sale.sale", let id = json["id"]?.int, id > 0 else {
        return .unknown(reason: "Tryton answered the creation with something else: \(json.text.prefix(200))")
      }
      return await drive(TrytonSale(created: id), submission, isAsPlanned: true)
    case .refused(let words) where words.contains("must be unique"):
      switch await find(submission) {
      case .sale(let sale): return await drive(sale, submission)
      case .missing: return .unknown(reason: "\(words) Yet no sale has the web id \(submission.externalID).")
      case .foreign(let detail): return .unknown(reason: detail)
      case .fault(let fault): return fault.afterSending
      }
    case .refused(let words): return .refused(reason: words)
    case .wrongState(let words): return .unknown(reason: words)
    case .notFound: return .misconfigured(reason: "Tryton has no sales at this address; is the database name right?")
    case .fault(.notSent(let reason)) where !submission.resuming: return .busy(reason: reason)
    case .fault(let fault): return fault.afterSending
    }
  }

  private func body(_ submission: Submission) async throws(Obstacle) -> JSONValue {
    let plan = try plan(submission)
    let currency = try await currency(submission.order.currency)
    var members = content(submission)
    members["lines"] = [["create", .array(try await lines(of: plan))]]
    members["company"] = .number(String(configuration.company))
    members["party"] = .number(String(configuration.party))
    members["invoice_address"] = .number(String(configuration.invoiceAddress))
    members["shipment_address"] = .number(String(configuration.shipmentAddress))
    members["warehouse"] = .number(String(configuration.warehouse))
    members["currency"] = .number(String(currency))
    members["web_shop"] = .number(String(configuration.webShop))
    members["web_id"] = .string(submission.externalID.text)
    return .object(members)
  }

  /// What a later version of the order may change besides the lines.
  ///
  /// The sale date is left to Tryton: it checks the stock as of that date, and a date before today would hide what came
  /// in since. The customer goes into the comment, because all web orders are sold to one party.
  private func content(_ submission: Submission) -> [String: JSONValue] {
    ["reference": .string(submission.order.number), "comment": .string(TrytonComment.text(submission.order))]
  }

  private func plan(_ submission: Submission) throws(Obstacle) -> TrytonPlan {
    do throws(TrytonPlan.Fault) {
      return try TrytonPlan(submission.order, configuration)
    } catch {
      throw .refused(error.reason)
    }
  }

  private func lines(of plan: TrytonPlan) async throws(Obstacle) -> [JSONValue] {
    let products = try await products(Set(plan.lines.map(\.code)).sorted())
    var lines: [JSONValue] = []
    for line in plan.lines {
      guard let product = products[line.code] else { continue }
      var members: [String: JSONValue] = [
        "type": "line", "product": .number(String(product.id)), "unit": .number(String(product.unit)),
        "quantity": .number(String(line.quantity)),
        "unit_price": ["__class__": "Decimal", "decimal": .string(line.price.decimalText)],
      ]
      if let title = line.title, !title.isEmpty { members["description"] = .string(String(title.prefix(250))) }
      lines.append(.object(members))
    }
    return lines
  }

  /// One search for all product codes; every one must have exactly one product.
  private func products(_ codes: [String]) async throws(Obstacle) -> [String: TrytonProduct] {
    let domain: JSONValue = [["code", "in", .array(codes.map { .string($0) })]]
    let found: [JSONValue]
    switch await exchange.search("product.product", domain, fields: ["code", "default_uom"]) {
    case .json(let json):
      guard let array = json.array else { throw .fault(.unknown("The product search answered no list.")) }
      found = array
    case let other: throw .fault(other.asFault)
    }
    var products: [String: TrytonProduct] = [:]
    for json in found {
      guard let code = json["code"]?.string, let id = json["id"]?.int, let unit = json["default_uom"]?.int else {
        throw .fault(.unknown("The product search answered something else: \(json.text.prefix(200))"))
      }
      guard products[code] == nil else { throw .refused("Tryton has more than one product with the code \(code).") }
      products[code] = TrytonProduct(id: id, unit: unit)
    }
    let missing = codes.filter { products[$0] == nil }
    guard missing.isEmpty else {
      throw .refused("Tryton has no product with the code \(missing.joined(separator: ", ").prefix(400)).")
    }
    return products
  }

  private func currency(_ code: CurrencyCode) async throws(Obstacle) -> Int {
    if let id = currencies[code.text] { return id }
    switch await exchange.search("currency.currency", [["code", "=", .string(code.text)]], fields: ["code"]) {
    case .json(let json):
      guard let found = json.array else { throw .fault(.unknown("The currency search answered no list.")) }
      guard let id = found.first?["id"]?.int else { throw .refused("Tryton has no currency \(code.text).") }
      currencies[code.text] = id
      return id
    case let other: throw .fault(other.asFault)
    }
  }

  // MARK: Drive

  /// Takes a sale of ours through the steps that are still missing, whichever they are.
  ///
  /// Lines are replaced once, and only those that were there at the beginning: a submission that was held up between
  /// two steps must not overwrite what a newer one wrote meanwhile (S7). The number of steps is bounded.
  func drive(
    _ found: TrytonSale, _ submission: Submission, isAsPlanned: Bool = false, isUpdate: Bool = false
  ) async -> SubmissionOutcome {
    var sale = found
    var isAsPlanned = isAsPlanned
    var wasProcessed = false
    var replaceable: [Int]? = isAsPlanned ? nil : found.lineIDs
    for _ in 0..<12 {
      let planned: TrytonPlan
      do throws(Obstacle) {
        planned = try plan(submission)
      } catch {
        guard case .refused(let reason) = error else { return .unknown(reason: "The order cannot be planned.") }
        return await refuse(sale, reason)
      }
      let difference = isAsPlanned ? nil : planned.difference(to: sale)
      if difference != nil, sale.canBeRewritten, sale.lineIDs != replaceable {
        return .unknown(reason: "The lines of sale \(sale.recordID) were changed by somebody else meanwhile.")
      }
      let step: Step
      switch (sale.state, difference) {
      case ("processing", nil), ("done", nil):
        return .accepted(
          submission.receipt(recordID: sale.recordID, recordNumber: sale.number, total: sale.total))
      case ("processing", .some(let detail)), ("done", .some(let detail)):
        let words = "Sale \(sale.recordID) is \(sale.state) in Tryton; its amendment needs a person. \(detail)"
        return isUpdate ? .refused(reason: words) : .unknown(reason: words)
      case ("confirmed", nil):
        guard submission.resuming, !wasProcessed else { return .recorded(recordID: sale.recordID, state: sale.state) }
        wasProcessed = true
        step = await press("process", &sale, submission)
      case ("confirmed", .some), ("quotation", .some), ("cancelled", _):
        step = await press("draft", &sale, submission)
      case ("quotation", nil):
        guard confirms else { return .recorded(recordID: sale.recordID, state: sale.state) }
        step = await press("confirm", &sale, submission)
      case ("draft", nil): step = await press("quote", &sale, submission)
      case ("draft", .some):
        step = await rewrite(&sale, submission)
        replaceable = nil
        isAsPlanned = step == .done
        if step == .done { continue }
      default: return .unknown(reason: "Sale \(sale.recordID) is in a state we do not know: \(sale.state.prefix(40))")
      }
      switch step {
      case .done: break
      case .readAgain: isAsPlanned = false
      case .refused(let words): return await refuse(sale, words)
      case .ended(let outcome): return outcome
      }
    }
    return .unknown(reason: "Sale \(sale.recordID) was changed by somebody else again and again.")
  }

  private enum Step: Equatable {
    case done
    case readAgain
    case refused(String)
    case ended(SubmissionOutcome)
  }

  /// Presses a button. After all but a plain `quote` the sale is read anew: `confirm` and `process` answer with the
  /// state
  /// before the processing task, whose failure they hide; a sale put back to draft may hold an earlier version; and a
  /// `quote` that another submission has overtaken answers with that one's state.
  private func press(_ button: String, _ sale: inout TrytonSale, _ submission: Submission) async -> Step {
    let answer = await exchange.send("POST", "sale.sale/\(sale.id)/\(button)", ["state"], body: [:])
    switch answer {
    case .json(let json):
      guard json["__name__"]?.string == "sale.sale", let state = json["state"]?.string, !state.isEmpty else {
        return .ended(.unknown(reason: "Tryton answered \(button) with something else: \(json.text.prefix(200))"))
      }
      guard button == "quote", state == "quotation" else { return await reread(&sale, submission) }
      sale.state = state
      return .done
    case .refused(let words):
      if button == "quote" || button == "confirm" { return .refused(words) }
      return .ended(.unknown(reason: "Tryton refuses \(button) of sale \(sale.recordID): \(words)"))
    case .wrongState: return await reread(&sale, submission)
    case .notFound: return .ended(.unknown(reason: "Sale \(sale.recordID) has vanished from Tryton."))
    case .fault(let fault): return .ended(fault.afterSending)
    }
  }

  private func reread(_ sale: inout TrytonSale, _ submission: Submission) async -> Step {
    switch await find(submission, recordID: sale.recordID) {
    case .sale(let fresh):
      sale = fresh
      return .readAgain
    case .missing: return .ended(.unknown(reason: "Sale \(sale.recordID) has vanished from Tryton."))
    case .foreign(let detail): return .ended(.unknown(reason: detail))
    case .fault(let fault): return .ended(fault.afterSending)
    }
  }

  /// Replaces every line of a draft in one transaction, so that no half of two versions is ever quoted. The lines to be
  /// deleted are named, and Tryton refuses the whole when one is gone: so a late request changes nothing either.
  private func rewrite(_ sale: inout TrytonSale, _ submission: Submission) async -> Step {
    var members: [String: JSONValue]
    do throws(Obstacle) {
      members = content(submission)
      let old: JSONValue = ["delete", .array(sale.lineIDs.map { .number(String($0)) })]
      let new: JSONValue = ["create", .array(try await lines(of: try plan(submission)))]
      members["lines"] = sale.lineIDs.isEmpty ? [new] : [old, new]
      members["currency"] = .number(String(try await currency(submission.order.currency)))
    } catch {
      switch error {
      case .refused(let reason): return .refused(reason)
      case .fault(let fault): return .ended(fault.afterSending)
      }
    }
    switch await exchange.send("PUT", "sale.sale/\(sale.id)", ["id"], body: .object(members)) {
    case .json: return .done
    case .refused(let words) where words.contains("don't exist"): return await reread(&sale, submission)
    case .refused(let words): return .refused(words)
    case .wrongState: return await reread(&sale, submission)
    case .notFound: return .ended(.unknown(reason: "Sale \(sale.recordID) has vanished from Tryton."))
    case .fault(let fault): return .ended(fault.afterSending)
    }
  }

  /// Cancels what was refused: a quotation left behind would go on blocking the stock of other orders.
  private func refuse(_ sale: TrytonSale, _ words: String) async -> SubmissionOutcome {
    let reason = String(words.prefix(500))
    switch sale.state {
    case "cancelled": return .refused(reason: reason)
    case "processing", "done", "confirmed":
      return .unknown(reason: "Sale \(sale.recordID) is \(sale.state) in Tryton, but the order is refused: \(reason)")
    default: break
    }
    let trouble: String
    switch await exchange.send("POST", "sale.sale/\(sale.id)/cancel", ["state"], body: [:]) {
    case .json(let json) where json["state"]?.string == "cancelled": return .refused(reason: reason)
    case .json(let json): trouble = String(json.text.prefix(200))
    case .refused(let words), .wrongState(let words): trouble = words
    case .notFound: return .refused(reason: reason)
    case .fault(let fault): trouble = fault.reason
    }
    return .refused(
      reason: "\(reason) Whether sale \(sale.recordID) was cancelled is not known (\(trouble.prefix(200))); "
        + "until it is, it blocks stock: cancel it in Tryton.")
  }
}

extension TrytonSale {
  /// Whether its lines may still be replaced, by way of the draft.
  fileprivate var canBeRewritten: Bool { ["draft", "quotation", "confirmed", "cancelled"].contains(state) }
}

extension TrytonExchange.Answer {
  /// The fault an answer is where only records would do.
  var asFault: TrytonFault {
    switch self {
    case .json(let json): .unknown("Tryton answered something else: \(json.text.prefix(200))")
    case .refused(let words), .wrongState(let words): .unknown(words)
    case .notFound: .misconfigured("Tryton has nothing at this address; is the database name right?")
    case .fault(let fault): fault
    }
  }
}
