/// One row of a table before projection. Absent means null.
typealias SuiteQLValues = [String: String]

/// The tables of a simulated account as SuiteQL shows them.
extension NetSuiteVendor {
  private static func names(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }

  /// Columns by table; a query that names another is refused, as an account without a feature refuses its columns.
  static let columns: [String: Set<String>] = [
    "transaction": names(
      """
      id tranid type externalid otherrefnum status foreigntotal createddate lastmodifieddate trandate entity memo \
      recordtype currency
      """),
    "transactionline": names(
      """
      transaction id item itemtype quantity quantitycommitted quantitybackordered quantityshiprecv isclosed mainline \
      taxline linesequencenumber rate netamount
      """),
    "aggregateitemlocation": names(
      """
      item location quantityonhand quantitycommitted quantityavailable quantityonorder quantitybackordered \
      lastquantityavailablechange
      """),
    "item": names("id itemid externalid displayname itemtype isinactive"),
  ]
  /// Columns that compare as numbers.
  static let numeric = names(
    """
    id transaction item location quantity foreigntotal quantityonhand quantitycommitted quantityavailable \
    quantityonorder quantitybackordered quantityshiprecv linesequencenumber entity
    """)
  /// Columns that hold `YYYY-MM-DD HH24:MI:SS` in the account's time zone.
  static let dates = names("createddate lastmodifieddate trandate lastquantityavailablechange")

  func local(_ unix: Int) -> String { CivilTime(unix: unix + settings.timeZoneMinutes * 60).spaced }

  /// The rows of a table that can pass the tests of a query's main table.
  func rows(_ table: String, _ tests: [SuiteQLQuery.Test], _ state: NetSuiteState) -> [SuiteQLValues] {
    switch table {
    case "transaction": candidates(tests, state, key: "id").map(transactionRow)
    case "transactionline": candidates(tests, state, key: "transaction").flatMap { lineRows($0, state) }
    case "aggregateitemlocation":
      state.items.keys.compactMap { id in state.stock.shelf(id).map { stockRow(id, $0) } }
    default:
      state.items.values.map { item in
        [
          "id": item.netsuiteId, "itemid": item.sku, "externalid": item.sku, "displayname": item.title,
          "itemtype": state.itemType(item.netsuiteId), "isinactive": "F",
        ]
      }
    }
  }

  /// The orders a test on a key picks out; all of them otherwise. Deleted ones are gone, young ones not indexed.
  private func candidates(_ tests: [SuiteQLQuery.Test], _ state: NetSuiteState, key: String) -> [NetSuiteOrder] {
    func values(_ column: String) -> [String]? {
      tests.first { $0.reference.name == column && $0.comparison == .equal }?.values
    }
    let picked: [NetSuiteOrder]
    if let ids = values(key) {
      picked = ids.compactMap { Int($0).flatMap(state.order) }
    } else if let externals = values("externalid"), key == "id" {
      picked = externals.compactMap { state.byExternalId[$0.lowercased()].flatMap(state.order) }
    } else if key == "id", let after = tests.first(where: { $0.reference.name == "id" && $0.comparison == .more }),
      let id = after.values.first.flatMap({ Int($0) }), id >= state.start,
      id - state.start < state.orders.count
    {
      picked = state.orders.dropFirst(id - state.start).compactMap { $0 }
    } else {
      picked = state.orders.compactMap { $0 }
    }
    return picked.filter { tools.searchable($0.createdMicroseconds) }
  }

  private func transactionRow(_ order: NetSuiteOrder) -> SuiteQLValues {
    var row: SuiteQLValues = [
      "id": String(order.id), "tranid": order.tranId, "type": "SalesOrd", "recordtype": "salesorder",
      "status": order.status, "foreigntotal": Hundredths.text(order.totalHundredths),
      "createddate": local(order.createdUnix), "lastmodifieddate": local(order.modifiedUnix),
      "trandate": order.field("tranDate")?.text ?? CivilTime(unix: order.createdUnix).date,
      "currency": order.field("currency")?["id"]?.text ?? "1",
    ]
    row["externalid"] = order.externalId
    row["otherrefnum"] = order.field("otherRefNum")?.text
    row["memo"] = order.field("memo")?.text
    row["entity"] = order.field("entity")?["id"]?.text
    return row
  }

  private func lineRows(_ order: NetSuiteOrder, _ state: NetSuiteState) -> [SuiteQLValues] {
    var rows: [SuiteQLValues] = [
      [
        "transaction": String(order.id), "id": "0", "mainline": "T", "taxline": "F", "isclosed": "F",
        "linesequencenumber": "0",
      ]
    ]
    for line in order.lines {
      // A sale takes stock away, so the quantity is negative here, unlike in the record service.
      rows.append([
        "transaction": String(order.id), "id": String(line.line), "item": line.item,
        "itemtype": state.itemType(line.item),
        "quantity": String(-line.quantity), "quantitycommitted": String(line.committed),
        "quantitybackordered": String(line.backOrdered), "quantityshiprecv": "0",
        "isclosed": line.isClosed ? "T" : "F", "mainline": "F", "taxline": "F",
        "linesequencenumber": String(line.line), "rate": Hundredths.text(line.rateHundredths ?? 0),
        "netamount": Hundredths.text(-line.amountHundredths),
      ])
    }
    return rows
  }

  private func stockRow(_ item: String, _ shelf: StockRoom.Shelf) -> SuiteQLValues {
    var row: SuiteQLValues = [
      "item": item, "location": "1", "quantityonhand": String(shelf.onHand),
      "quantitycommitted": String(shelf.committed), "quantityavailable": String(shelf.available),
      "quantitybackordered": String(shelf.backOrdered),
    ]
    if shelf.changedUnix > 0 { row["lastquantityavailablechange"] = local(shelf.changedUnix) }
    return row
  }
}
