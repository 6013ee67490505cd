import Synchronization

/// Reading sales orders by the record service.
extension NetSuiteVendor {
  func read(_ request: SandboxRequest, id: String) -> SandboxReply {
    let expanded = request.query("expandSubResources")?.lowercased() == "true"
    let base = "http://\(request.host)\(Self.prefix)/record/v1"
    // Rendered under the lock: a copy of the state outside it would make the next write copy every record.
    let outcome: Result<JSON, NetSuiteError> = state.withLock { state in
      guard let order = state.id(id).flatMap({ state.order($0) }) else { return .failure(.noSuchRecord) }
      guard !order.locked else { return .failure(.locked) }
      return .success(render(order, state, base: base, expanded: expanded))
    }
    var body: JSON
    switch outcome {
    case .success(let value): body = value
    case .failure(let error): return error.reply
    }
    if let fields = request.query("fields"), case .object(let members) = body {
      let wanted = Set(fields.split(separator: ",").map { $0.lowercased() })
      body = .object(members.filter { $0.key == "links" || wanted.contains($0.key.lowercased()) })
    }
    return .json(200, body)
  }

  /// GET with `q=externalId IS "X"` or `otherRefNum IS "X"`: ids and links only, through the search index.
  func search(_ request: SandboxRequest) -> SandboxReply {
    let words = (request.query("q") ?? "").split(separator: " ", maxSplits: 2)
    guard words.count == 3, words[1].uppercased() == "IS" else {
      return NetSuiteError.query("Invalid search query. Only IS is supported here.").reply
    }
    let value = words[2].trimmingQuotes
    let base = "http://\(request.host)\(Self.prefix)/record/v1"
    let ids: [Int]? = state.withLock { state in
      switch words[0].lowercased() {
      case "externalid": return state.byExternalId[value.lowercased()].map { [$0] } ?? []
      case "otherrefnum":
        return state.orders.compactMap { $0 }.filter { $0.field("otherRefNum")?.text == value }.map(\.id)
      default: return nil
      }
    }
    guard let ids else { return NetSuiteError.query("Invalid search query. Unknown field.").reply }
    let visible = ids.filter { id in
      state.withLock { $0.order(id) }.map { tools.searchable($0.createdMicroseconds) } ?? false
    }
    let items = visible.map { id -> JSON in
      [
        "links": [["rel": "self", "href": .string("\(base)/salesorder/\(id)")]], "id": .string(String(id)),
      ]
    }
    return .json(
      200,
      [
        "links": [], "count": JSON(items.count), "hasMore": false, "items": .array(items), "offset": 0,
        "totalResults": JSON(items.count),
      ])
  }

  func render(_ order: NetSuiteOrder, _ state: NetSuiteState, base: String, expanded: Bool) -> JSON {
    let own = "\(base)/salesorder/\(order.id)"
    let status: JSON = ["id": .string(order.status), "refName": .string(order.statusName)]
    let total = JSON.number(Hundredths.text(order.totalHundredths))
    var body: JSON = [
      "links": [["rel": "self", "href": .string("\(base)/salesOrder/\(order.id)")]],
      "createdDate": .string(CivilTime(unix: order.createdUnix).iso),
    ]
    for field in order.fields { body[field.key] = field.value }
    if let external = order.externalId { body["externalId"] = .string(external) }
    body["id"] = .string(String(order.id))
    body["item"] = expanded ? sublist(order, state, own) : ["links": [["rel": "self", "href": .string("\(own)/item")]]]
    body["lastModifiedDate"] = .string(CivilTime(unix: order.modifiedUnix).iso)
    body["orderStatus"] = ["id": .string(order.status), "refName": .string(order.status)]
    body["originator"] = "restWebServices"
    body["source"] = ["id": "REST Web Services", "refName": "REST Web Services"]
    body["status"] = status
    body["subtotal"] = total
    body["total"] = total
    body["tranId"] = .string(order.tranId)
    if body["tranDate"] == nil { body["tranDate"] = .string(CivilTime(unix: order.createdUnix).date) }
    body["webStore"] = "F"
    return body
  }

  private func sublist(_ order: NetSuiteOrder, _ state: NetSuiteState, _ own: String) -> JSON {
    let lines = order.lines.map { line -> JSON in
      let item = state.items[line.item]
      let shelf = state.stock.shelf(line.item)
      let type = state.itemType(line.item)
      var body: JSON = [
        "links": [["rel": "self", "href": .string("\(own)/item/\(line.line)")]],
        "amount": .number(Hundredths.text(line.amountHundredths)),
        "commitInventory": ["id": "1", "refName": "Available Qty"],
        "isClosed": .bool(line.isClosed), "isOpen": .bool(!line.isClosed),
        "item": ["links": [], "id": .string(line.item), "refName": .string(item?.sku ?? "")],
        "itemType": ["id": .string(type), "refName": .string(type)],
        "line": JSON(line.line), "quantity": .number("\(line.quantity).0"),
        "quantityAvailable": .number("\(shelf?.available ?? 0).0"),
        "quantityBackOrdered": .number("\(line.backOrdered).0"), "quantityBilled": .number("0.0"),
        "quantityCommitted": .number("\(line.committed).0"), "quantityFulfilled": .number("0.0"),
        "quantityOnHand": .number("\(shelf?.onHand ?? 0).0"),
      ]
      if let rate = line.rateHundredths { body["rate"] = .number(Hundredths.text(rate)) }
      for member in line.extra { body[member.key] = member.value }
      return body
    }
    return [
      "links": [["rel": "self", "href": .string("\(own)/item")]], "items": .array(lines),
      "totalResults": JSON(lines.count),
    ]
  }
}

extension StringProtocol {
  /// Without one pair of double or single quotes around it.
  var trimmingQuotes: String {
    let text = trimmed
    guard text.count >= 2, let first = text.first, first == text.last, first == "\"" || first == "'" else {
      return text
    }
    return String(text.dropFirst().dropLast())
  }
}
