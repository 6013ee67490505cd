/// A sales order body after validation, ready to be saved.
struct NetSuiteDraft: Sendable {
  var externalId: String?
  var fields: [JSON.Member] = []
  var lines: [NetSuiteLine] = []
  var hasLines = false
  var status: String?

  /// Body fields of a sales order that this account knows; custom ones start with `custbody`.
  static let known: Set<String> = [
    "externalId", "entity", "tranDate", "otherRefNum", "memo", "subsidiary", "location", "orderStatus", "department",
    "class", "currency", "exchangeRate", "shippingAddress", "billingAddress", "shipMethod", "shippingCost", "email",
    "item", "customForm", "terms", "salesRep", "shipDate", "shipComplete", "leadSource", "discountItem",
    "discountRate", "message", "tranId", "isTaxable", "giftCertRedemption", "shipAddressList", "billAddressList",
    "status", "toBeEmailed", "toBePrinted", "paymentMethod", "paymentOption", "taxDetailsOverride", "partner",
  ]
  static let knownOnLine: Set<String> = [
    "line", "item", "quantity", "rate", "amount", "description", "price", "location", "commitInventory", "isClosed",
    "isTaxable", "units", "department", "class", "expectedShipDate", "taxCode", "options",
  ]

  /// Validates a body as NetSuite does: unknown names are dropped or, with `X-NetSuite-PropertyNameValidation: Error`,
  /// refused; values are always checked.
  static func read(
    _ body: JSON, request: SandboxRequest, state: NetSuiteState, settings: NetSuiteSettings
  ) throws(NetSuiteError) -> NetSuiteDraft {
    guard let members = body.members else {
      throw .bad("INVALID_CONTENT", "Invalid content in the request body. The body must be a JSON object.")
    }
    let strict = request.header("x-netsuite-propertynamevalidation")?.lowercased() == "error"
    var draft = NetSuiteDraft()
    for member in members {
      guard known.contains(member.key) || member.key.hasPrefix("custbody") else {
        guard strict else { continue }
        throw .bad("INVALID_CONTENT", "Unknown field '\(member.key)' was found in the request body.", path: member.key)
      }
      switch member.key {
      case "externalId": draft.externalId = member.value.text
      case "orderStatus", "status": draft.status = member.value["id"]?.text ?? member.value.text
      case "item":
        draft.hasLines = true
        draft.lines = try lines(member.value, strict: strict, state: state)
      default: draft.fields.append(member)
      }
    }
    if let entity = body["entity"], !settings.customers.isEmpty {
      guard let id = entity["id"]?.text ?? entity["externalId"]?.text, settings.customers.contains(id) else {
        throw .bad(
          "INVALID_CONTENT", "Invalid value for the resource or sub-resource field 'entity'. Provide a valid value.",
          path: "entity")
      }
    }
    return draft
  }

  private static func lines(
    _ sublist: JSON, strict: Bool, state: NetSuiteState
  ) throws(NetSuiteError) -> [NetSuiteLine] {
    var lines: [NetSuiteLine] = []
    for (index, entry) in (sublist["items"]?.array ?? []).enumerated() {
      let path = "item.items[\(index)]"
      for member in entry.members ?? [] where strict {
        guard knownOnLine.contains(member.key) || member.key.hasPrefix("custcol") else {
          throw .bad(
            "INVALID_CONTENT", "Unknown field '\(member.key)' was found in the request body.",
            path: "\(path).\(member.key)")
        }
      }
      lines.append(try line(entry, path: path, state: state))
    }
    return lines
  }

  private static func line(_ entry: JSON, path: String, state: NetSuiteState) throws(NetSuiteError) -> NetSuiteLine {
    var item = ""
    if let reference = entry["item"] {
      let id = reference["id"]?.text ?? reference["externalId"]?.text.flatMap { state.itemBySku[$0.lowercased()] }
      guard let id, state.items[id] != nil else {
        throw .bad(
          "INVALID_CONTENT", "Invalid value for the resource or sub-resource field 'item'. Provide a valid value.",
          path: "\(path).item")
      }
      item = id
    } else if entry["line"] == nil {
      throw .user("Please enter value(s) for: Item.", path: path)
    }
    let quantity = entry["quantity"]?.int ?? 1
    guard quantity > 0, quantity < 1_000_000_000 else {
      throw .user(
        "You have entered an Invalid Field Value \(quantity) for the following field: quantity.", path: path)
    }
    let rate = entry["rate"]?.text.flatMap(Hundredths.parse)
    let amount = entry["amount"]?.text.flatMap(Hundredths.parse)
    let price = state.items[item]?.priceCents ?? 0
    let (product, overflow) = (rate ?? price).multipliedReportingOverflow(by: quantity)
    guard !overflow else { throw .user("You have entered an Invalid Field Value for: rate.", path: path) }
    return NetSuiteLine(
      line: entry["line"]?.int ?? 0, item: item, quantity: quantity, rateHundredths: rate ?? price,
      amountHundredths: amount ?? product, isClosed: entry["isClosed"]?.bool ?? false,
      extra: (entry.members ?? []).filter { $0.key.hasPrefix("custcol") || $0.key == "description" },
      given: Set((entry.members ?? []).map(\.key)))
  }

  /// What a complete order must have.
  func complete() throws(NetSuiteError) {
    guard fields.contains(where: { $0.key == "entity" }) else {
      throw .user("Please enter value(s) for: Customer.")
    }
    guard !lines.isEmpty else { throw .user("Please enter value(s) for: Items.") }
    if let externalId, externalId.isEmpty || externalId.utf8.count > 255 {
      throw .bad("INVALID_CONTENT", "Invalid value for field 'externalId'.", path: "externalId")
    }
  }
}
