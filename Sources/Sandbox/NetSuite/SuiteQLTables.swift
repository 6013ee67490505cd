/// One row before projection. Absent means null.
struct SuiteQLRow: Sendable {
  var values: [String: String] = [:]
  /// Columns that compare as numbers.
  static let numeric: Set<String> = [
    "id", "transaction", "item", "location", "quantity", "foreigntotal", "quantityonhand", "quantitycommitted",
    "quantityavailable", "quantityonorder", "quantitybackordered", "quantityshiprecv", "linesequencenumber", "entity",
  ]
  /// Columns that hold `YYYY-MM-DD HH24:MI:SS` in the account's time zone.
  static let dates: Set<String> = ["createddate", "lastmodifieddate", "trandate", "lastquantityavailablechange"]

  static func compares(_ left: String, _ right: String, _ column: String) -> Int {
    if numeric.contains(column), let first = Double(left), let second = Double(right) {
      return first < second ? -1 : first > second ? 1 : 0
    }
    return left < right ? -1 : left > right ? 1 : 0
  }
}

/// The tables of a simulated account as SuiteQL shows them.
extension NetSuiteVendor {
  static let transactionColumns: Set<String> = [
    "id", "tranid", "type", "externalid", "otherrefnum", "status", "foreigntotal", "createddate", "lastmodifieddate",
    "trandate", "entity", "memo", "recordtype", "currency",
  ]
  static let lineColumns: Set<String> = [
    "transaction", "id", "item", "quantity", "quantitycommitted", "quantitybackordered", "quantityshiprecv",
    "isclosed", "mainline", "taxline", "linesequencenumber", "rate", "netamount",
  ]
  static let stockColumns: Set<String> = [
    "item", "location", "quantityonhand", "quantitycommitted", "quantityavailable", "quantityonorder",
    "quantitybackordered", "lastquantityavailablechange",
  ]
  static let itemColumns: Set<String> = ["id", "itemid", "externalid", "displayname", "itemtype", "isinactive"]

  func local(_ unix: Int) -> String { CivilTime(unix: unix + settings.timeZoneMinutes * 60).spaced }

  func rows(_ query: SuiteQLQuery, _ state: NetSuiteState) throws(NetSuiteError) -> [SuiteQLRow] {
    switch query.table {
    case "transaction":
      try known(query, Self.transactionColumns)
      return candidates(query, state, key: "id").map(transactionRow)
    case "transactionline":
      try known(query, Self.lineColumns)
      return candidates(query, state, key: "transaction").flatMap(lineRows)
    case "aggregateitemlocation", "inventoryitemlocations":
      try known(query, Self.stockColumns)
      return state.items.keys.compactMap { id in state.stock.shelf(id).map { stockRow(id, $0) } }
    case "item", "inventoryitem":
      try known(query, Self.itemColumns)
      return state.items.values.map { item in
        SuiteQLRow(values: [
          "id": item.netsuiteId, "itemid": item.sku, "externalid": item.sku, "displayname": item.title,
          "itemtype": "InvtPart", "isinactive": "F",
        ])
      }
    default:
      throw .query(
        "Invalid search query. Detailed unprocessed description follows. Invalid search type: \(query.table).")
    }
  }

  private func known(_ query: SuiteQLQuery, _ names: Set<String>) throws(NetSuiteError) {
    let aliases = Set(query.columns.map(\.alias))
    let used = query.columns.map(\.name) + query.conditions.map(\.column)
    let ordered = query.orderBy.map(\.column).filter { !aliases.contains($0) }
    if let unknown = (used + ordered).first(where: { !names.contains($0) }) {
      throw .query(
        "Invalid search query. Detailed unprocessed description follows. Search error occurred: Field '\(unknown)'"
          + " for record '\(query.table)' was not found. Reason: NOT_EXPOSED - Not exposed for channel SEARCH.")
    }
  }

  /// The orders a condition on a key picks out; all of them otherwise. Deleted ones are gone, young ones not indexed.
  private func candidates(_ query: SuiteQLQuery, _ state: NetSuiteState, key: String) -> [NetSuiteOrder] {
    func values(_ column: String) -> [String]? {
      query.conditions.first { $0.column == column && $0.comparison == .equal }?.values
    }
    let picked: [NetSuiteOrder]
    if let ids = values(key) {
      picked = ids.compactMap { Int($0).flatMap(state.order) }
    } else if let externals = values("externalid"), key == "id" {
      // The comparison of externalid in SuiteQL minds case, unlike the uniqueness rule.
      picked = externals.compactMap { text in
        state.byExternalId[text.lowercased()].flatMap(state.order).flatMap { $0.externalId == text ? $0 : nil }
      }
    } else if let after = query.conditions.first(where: { $0.column == "id" && $0.comparison == .more }),
      key == "id", let id = after.values.first.flatMap({ Int($0) }), id >= NetSuiteState.firstId
    {
      picked = state.orders.dropFirst(id - NetSuiteState.firstId).compactMap { $0 }
    } else {
      picked = state.orders.compactMap { $0 }
    }
    return picked.filter { tools.searchable($0.createdMicroseconds) }
  }

  private func transactionRow(_ order: NetSuiteOrder) -> SuiteQLRow {
    var row = SuiteQLRow(values: [
      "id": String(order.id), "tranid": order.tranId, "type": "SalesOrd", "recordtype": "salesorder",
      "status": order.status, "foreigntotal": Hundredths.text(order.totalHundredths),
      "createddate": local(order.createdUnix), "lastmodifieddate": local(order.modifiedUnix),
      "trandate": order.field("tranDate")?.text ?? CivilTime(unix: order.createdUnix).date,
    ])
    row.values["externalid"] = order.externalId
    row.values["otherrefnum"] = order.field("otherRefNum")?.text
    row.values["memo"] = order.field("memo")?.text
    row.values["entity"] = order.field("entity")?["id"]?.text
    row.values["currency"] = order.field("currency")?["id"]?.text
    return row
  }

  private func lineRows(_ order: NetSuiteOrder) -> [SuiteQLRow] {
    var rows = [
      SuiteQLRow(values: [
        "transaction": String(order.id), "id": "0", "mainline": "T", "taxline": "F", "isclosed": "F",
        "linesequencenumber": "0",
      ])
    ]
    for line in order.lines {
      // A sale takes stock away, so the quantity is negative here, unlike in the record service.
      rows.append(
        SuiteQLRow(values: [
          "transaction": String(order.id), "id": String(line.line), "item": line.item,
          "quantity": String(-line.quantity), "quantitycommitted": String(line.committed),
          "quantitybackordered": String(line.backOrdered), "quantityshiprecv": "0",
          "isclosed": line.isClosed ? "T" : "F", "mainline": "F", "taxline": "F",
          "linesequencenumber": String(line.line), "rate": Hundredths.text(line.rateHundredths ?? 0),
          "netamount": Hundredths.text(-line.amountHundredths),
        ]))
    }
    return rows
  }

  private func stockRow(_ item: String, _ shelf: StockRoom.Shelf) -> SuiteQLRow {
    var row = SuiteQLRow(values: [
      "item": item, "location": "1", "quantityonhand": String(shelf.onHand),
      "quantitycommitted": String(shelf.committed), "quantityavailable": String(shelf.available),
      "quantitybackordered": String(shelf.backOrdered),
    ])
    if shelf.changedUnix > 0 { row.values["lastquantityavailablechange"] = local(shelf.changedUnix) }
    return row
  }
}
