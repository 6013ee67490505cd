import Connector
import HandoffCore

/// The ERP's record as one answer of the contract tells it, or nothing: never a half-understood one (F35, PM-14).
struct ERPRecord {
  enum State { case accepted, pending, void }

  /// Why an answer is no record.
  struct Nonsense: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  let id: String
  let number: String?
  let state: State
  let stateText: String
  /// Whether the answer names its status, or the default stands.
  let statesIt: Bool
  let total: Money?
  let json: JSONValue

  /// Reads an answer.
  /// - Parameter knownID: the record's id where it is known; the answer may then leave it out, and must not name
  ///   another.
  init(_ answer: HTTPAnswer, for submission: Submission, knownID: String?) throws(Nonsense) {
    if let type = answer.headers["Content-Type"], !type.lowercased().contains("json") {
      throw Nonsense("a body of type \(type.prefix(60)) is no answer of the contract: " + Words.cut(answer.text))
    }
    guard let json = answer.json, json.isObject else {
      throw Nonsense("the body is no JSON object: " + Words.cut(answer.text))
    }
    self.json = json
    for key in ["error", "errors", "reasons"] where ERPRecord.says(json[key]) {
      throw Nonsense("an error body: " + Words.cut(answer.text))
    }
    guard let id = json["internalId"]?.scalarText ?? (json["internalId"] == nil ? knownID : nil),
      Receipt.isPlausible(recordID: id)
    else { throw Nonsense("no plausible internalId: " + Words.cut(answer.text)) }
    if let knownID, knownID != id { throw Nonsense("the answer is about record \(id), not \(knownID)") }
    self.id = id
    if let external = json["externalId"]?.scalarText, external != submission.externalID.text {
      throw Nonsense("the answer is about external id \(external.prefix(128))")
    }
    number = json["internalNumber"]?.scalarText
    let status = json["status"].flatMap { $0.isNull ? nil : $0 }
    statesIt = status != nil
    stateText = status?.scalarText.map { String($0.prefix(80)) } ?? (status == nil ? "accepted" : "unreadable")
    switch stateText {
    case "accepted": state = .accepted
    case "pending": state = .pending
    case "cancelled", "canceled", "void", "voided", "rejected": state = .void
    default: throw Nonsense("the status \"\(stateText)\" is not in the contract")
    }
    total = try ERPRecord.total(json, submission.order.currency)
  }

  private static func says(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null?, .bool(false)?: false
    case .array(let values)?: !values.isEmpty
    case .string(let text)?: !text.isEmpty
    default: true
    }
  }

  private static func total(_ json: JSONValue, _ expected: CurrencyCode) throws(Nonsense) -> Money? {
    var currency = expected
    if let told = json["currency"], !told.isNull {
      guard let code = told.string.flatMap({ CurrencyCode($0) }) else { throw Nonsense("the currency is unreadable") }
      currency = code
    }
    guard let value = json["total"], !value.isNull else { return nil }
    guard let money = value.scalarText.flatMap({ Money(decimal: $0, currency: currency) }) else {
      throw Nonsense("the total is no amount of \(currency.text): " + Words.cut(value.text))
    }
    return money
  }

  func receipt(for submission: Submission) -> Receipt {
    submission.receipt(recordID: id, recordNumber: number, total: total)
  }

  /// How the record's content departs from the submission's, as far as the ERP tells; nil when nothing speaks against
  /// it.
  ///
  /// An echoed digest decides alone. Of the lines only those with a SKU are compared, because an ERP books charges as
  /// lines of its own. The total travels in the receipt and is judged by the rules, with their tolerance (S8).
  func difference(from submission: Submission) -> String? {
    if let digest = json["digest"]?.string {
      return digest == submission.digest.hex ? nil : "it holds another version (digest \(digest.prefix(16)))"
    }
    guard let lines = json["lines"]?.array else { return nil }
    var theirs: [String: Int] = [:]
    for line in lines {
      guard let sku = line["sku"]?.scalarText, !sku.isEmpty else { continue }
      guard let quantity = line["quantity"]?.int else { return "the quantity of \(sku.prefix(80)) is unreadable" }
      theirs[sku] = saturatingSum(theirs[sku, default: 0], quantity)
    }
    let ours = submission.order.unitsBySKU
    for sku in Set(ours.keys).union(theirs.keys).sorted() where ours[sku, default: 0] != theirs[sku, default: 0] {
      return "\(theirs[sku, default: 0]) units of \(sku.prefix(80)) instead of \(ours[sku, default: 0])"
    }
    return nil
  }
}

extension Order {
  /// Units wanted per stock keeping unit; lines without one are left out.
  var unitsBySKU: [String: Int] {
    var units: [String: Int] = [:]
    for line in lines where line.quantity != 0 {
      guard let sku = line.sku, !sku.isEmpty else { continue }
      units[sku] = saturatingSum(units[sku, default: 0], line.quantity)
    }
    return units
  }
}
