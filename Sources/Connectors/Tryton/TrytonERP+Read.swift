public import Connector
public import HandoffCore

/// What a look-up of one sale found.
enum TrytonFinding: Sendable {
  /// The sale under our web id.
  case sale(TrytonSale)
  /// None.
  case missing
  /// A record that is not ours, or an answer that makes no sense together.
  case foreign(String)
  /// No usable answer.
  case fault(TrytonFault)
}

extension TrytonERP {
  /// Reads the sale of a submission: by record id when one is known, else by web shop and web id.
  ///
  /// A record id that Tryton does not know is asked for by web id too: a wrong database name answers 404 as well, and
  /// must not look like a sale that has vanished.
  func find(
    _ submission: Submission, recordID: String? = nil, fields: [String] = TrytonSale.fields,
    context: [String: JSONValue] = [:]
  ) async -> TrytonFinding {
    guard let known = recordID ?? submission.recordID else { return await search(submission, fields, context) }
    guard let id = Int(known), id > 0 else { return .foreign("\"\(known.prefix(40))\" is no id of a sale in Tryton.") }
    switch await exchange.send("GET", "sale.sale/\(id)", fields, context: context) {
    case .json(let json): return finding(json, submission)
    case .notFound:
      let other = await search(submission, fields, context)
      guard case .sale(let sale) = other else { return other }
      return .foreign("Tryton has no sale \(id), but sale \(sale.recordID) under the same web id.")
    case let answer: return .fault(answer.asFault)
    }
  }

  private func search(
    _ submission: Submission, _ fields: [String], _ context: [String: JSONValue]
  ) async -> TrytonFinding {
    let domain: JSONValue = [
      ["web_shop", "=", .number(String(configuration.webShop))], ["web_id", "=", .string(submission.externalID.text)],
    ]
    let answer = await exchange.search("sale.sale", domain, fields: fields, context: context)
    guard case .json(let json) = answer else { return .fault(answer.asFault) }
    guard let all = json.array else {
      return .fault(.unknown("Tryton answered no list of sales: \(json.text.prefix(200))"))
    }
    guard let first = all.first else { return .missing }
    guard all.count == 1 else { return .foreign("Tryton knows \(all.count) sales under one web id.") }
    return finding(first, submission)
  }

  private func finding(_ json: JSONValue, _ submission: Submission) -> TrytonFinding {
    guard let sale = TrytonSale(json) else {
      return .fault(.unknown("Tryton answered something that is no sale: \(json.text.prefix(200))"))
    }
    guard sale.webID == submission.externalID.text, sale.webShop == configuration.webShop else {
      return .foreign("Sale \(sale.recordID) carries the web id \(sale.webID?.prefix(80) ?? "none"), not ours.")
    }
    return .sale(sale)
  }

  /// See ``Connector/ERPConnector/findReceipt(_:)``; reads only.
  public func findReceipt(_ submission: Submission) async -> LookupOutcome {
    let sale: TrytonSale
    switch await find(submission) {
    case .sale(let found): sale = found
    case .missing: return .notFound
    case .foreign(let detail):
      return submission.recordID.map { .differs(recordID: $0, detail: detail) } ?? .failed(reason: detail)
    case .fault(.misconfigured(let reason)): return .misconfigured(reason: reason)
    case .fault(let fault): return .failed(reason: fault.reason)
    }
    switch sale.state {
    case "cancelled": return .void(recordID: sale.recordID, reason: "The sale is cancelled in Tryton.")
    case "draft", "quotation": return .incomplete(recordID: sale.recordID, state: sale.state)
    case "confirmed", "processing", "done": break
    default: return .failed(reason: "Sale \(sale.recordID) is in a state we do not know: \(sale.state.prefix(40))")
    }
    do throws(TrytonPlan.Fault) {
      if let detail = try TrytonPlan(submission.order, configuration).difference(to: sale) {
        return .differs(recordID: sale.recordID, detail: detail)
      }
    } catch {
      return .differs(recordID: sale.recordID, detail: error.reason)
    }
    if sale.state == "confirmed" { return .recorded(recordID: sale.recordID, state: sale.state) }
    return .accepted(submission.receipt(recordID: sale.recordID, recordNumber: sale.number, total: sale.total))
  }

  /// See ``Connector/ERPConnector/checkInventory(_:receipt:)``.
  ///
  /// Tryton let the sale pass its hard shortage check before it was processed; what can go wrong afterwards is stock
  /// that turns out not to be there. Then the forecast of the product is below zero, and as many units are missing.
  public func checkInventory(_ submission: Submission, receipt: Receipt) async -> InventoryOutcome {
    let sale: TrytonSale
    let fields = TrytonSale.fields + TrytonSale.stockFields
    switch await find(submission, recordID: receipt.recordID, fields: fields, context: stockContext) {
    case .sale(let found): sale = found
    case .missing: return .void(reason: "Sale \(receipt.recordID) is not in Tryton any more.")
    case .foreign(let detail): return .unknown(reason: detail)
    case .fault(.misconfigured(let reason)): return .misconfigured(reason: reason)
    case .fault(let fault): return .unknown(reason: fault.reason)
    }
    switch sale.state {
    case "cancelled": return .void(reason: "The sale is cancelled in Tryton.")
    case "done": return .allocated
    case "processing": break
    default: return .unknown(reason: "Sale \(sale.recordID) is \(sale.state): Tryton has not planned its shipment.")
    }
    guard sale.shipmentState != "exception" else {
      return .unknown(reason: "A shipment of sale \(sale.recordID) is in exception; a person must decide in Tryton.")
    }
    return Self.allocation(sale)
  }

  private static func allocation(_ sale: TrytonSale) -> InventoryOutcome {
    if sale.shipmentState == "sent" { return .allocated }
    var ordered: [String: Int] = [:]
    var forecasts: [String: Int] = [:]
    for line in sale.lines {
      guard let code = line.code, let forecast = line.forecast, let quantity = line.quantity, quantity > 0 else {
        continue
      }
      let (sum, overflow) = ordered[code, default: 0].addingReportingOverflow(quantity)
      guard !overflow else { return .unknown(reason: "The quantities of \(code) cannot be added.") }
      ordered[code] = sum
      forecasts[code] = forecast
    }
    let shortages = ordered.keys.sorted().compactMap { code -> Shortage? in
      guard let quantity = ordered[code], let forecast = forecasts[code], forecast < 0 else { return nil }
      let missing = min(quantity, Int(clamping: forecast.magnitude))
      return Shortage(sku: code, ordered: quantity, allocated: quantity - missing)
    }
    if shortages.isEmpty { return .allocated }
    let isAllShort = shortages.count == ordered.count && shortages.allSatisfy { $0.allocated == 0 }
    return isAllShort ? .short(shortages) : .partlyShort(shortages)
  }

  /// See ``Connector/ERPConnector/cancel(_:recordID:)``.
  ///
  /// A confirmed sale goes back to draft first, as Tryton wants it; one that is processed has a shipment and an
  /// invoice,
  /// which a person must undo.
  public func cancel(_ submission: Submission, recordID: String) async -> CancellationOutcome {
    for _ in 0..<4 {
      let sale: TrytonSale
      switch await find(submission, recordID: recordID) {
      case .sale(let found): sale = found
      case .missing: return .cancelled
      case .foreign(let detail): return .refused(reason: detail)
      case .fault(.misconfigured(let reason)): return .misconfigured(reason: reason)
      case .fault(let fault): return .deferred(reason: fault.reason)
      }
      let button: String
      switch sale.state {
      case "cancelled": return .cancelled
      case "draft", "quotation": button = "cancel"
      case "confirmed": button = "draft"
      case "processing", "done":
        let words =
          "Sale \(sale.number ?? sale.recordID) is \(sale.state) (shipment \(sale.shipmentState ?? "unknown"))"
        return .refused(reason: "\(words): Tryton cancels it only by its shipment and invoice, which needs a person.")
      default:
        return .deferred(reason: "Sale \(sale.recordID) is in a state we do not know: \(sale.state.prefix(40))")
      }
      switch await exchange.send("POST", "sale.sale/\(sale.id)/\(button)", ["state"], body: [:]) {
      case .json(let json) where json["state"]?.string == "cancelled": return .cancelled
      case .json, .wrongState, .notFound: continue
      case .refused(let words): return .refused(reason: words)
      case .fault(.misconfigured(let reason)): return .misconfigured(reason: reason)
      case .fault(let fault): return .deferred(reason: fault.reason)
      }
    }
    return .deferred(reason: "Sale \(recordID.prefix(40)) was changed by somebody else again and again.")
  }

  /// See ``Connector/ERPConnector/availability(of:)``: the forecast of today, never below zero.
  ///
  /// A code that more than one product carries is left out, as nobody could say which is meant.
  public func availability(of skus: [String]) async -> AvailabilityOutcome {
    var levels: [StockLevel] = []
    var rest = Set(skus).sorted()[...]
    while !rest.isEmpty {
      let chunk = rest.prefix(50)
      rest = rest.dropFirst(50)
      let domain: JSONValue = [["code", "in", .array(chunk.map { .string($0) })]]
      let fields = ["code", "forecast_quantity"]
      switch await exchange.search("product.product", domain, fields: fields, context: stockContext) {
      case .json(let json):
        guard let found = json.array else {
          return .failed(reason: "Tryton answered no list: \(json.text.prefix(200))")
        }
        let byCode = Dictionary(grouping: found) { $0["code"]?.string ?? "" }
        for code in chunk {
          guard let products = byCode[code], products.count == 1, let product = products.first else { continue }
          guard let forecast = product["forecast_quantity"]?.roundedDown else {
            return .failed(reason: "The forecast of \(code) is no number.")
          }
          levels.append(StockLevel(sku: code, available: max(0, forecast)))
        }
      case let other:
        if case .misconfigured(let reason) = other.asFault { return .misconfigured(reason: reason) }
        return .failed(reason: other.asFault.reason)
      }
    }
    return .levels(levels)
  }

  /// The warehouse and the day for which Tryton reckons forecasts; without a day it would count far-off supplies too.
  var stockContext: [String: JSONValue] {
    let day = clock.now.iso8601.prefix(10).split(separator: "-").compactMap { Int($0) }
    var context: [String: JSONValue] = [
      "locations": [.number(String(configuration.warehouse))], "stock_assign": true,
    ]
    if day.count == 3, let year = day.first, let last = day.last {
      context["stock_date_end"] = [
        "__class__": "date", "year": .number(String(year)), "month": .number(String(day[1])),
        "day": .number(String(last)),
      ]
    }
    return context
  }
}
