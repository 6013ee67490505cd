import Synchronization

/// `POST /query/v1/suiteql`: runs the query over the simulated tables and pages the result as NetSuite does.
extension NetSuiteVendor {
  func suiteQL(_ request: SandboxRequest) -> SandboxReply {
    guard request.header("prefer")?.lowercased().contains("transient") ?? false else {
      var error = NetSuiteError.bad(
        "INVALID_HEADER", "The required request header 'Prefer' is missing or invalid. Set it to 'transient'.")
      error.locator = ("o:errorHeader", "Prefer")
      return error.reply
    }
    let limit = request.query("limit").map { Int($0) ?? 0 } ?? 1000
    let offset = request.query("offset").map { Int($0) ?? -1 } ?? 0
    guard (1...1000).contains(limit), offset >= 0, offset % limit == 0, offset <= 100_000 else {
      var error = NetSuiteError.query("Invalid limit or offset. Limit is 1 to 1000; offset is a multiple of limit.")
      error.locator = ("o:errorQueryParam", "offset")
      return error.reply
    }
    guard let body = request.json(), let text = body["q"]?.string else {
      return NetSuiteError.bad("INVALID_CONTENT", "Invalid content in the request body: 'q' is missing.").reply
    }
    do throws(NetSuiteError) {
      let query = try SuiteQLParser.parse(text, body["params"]?.array ?? [])
      let found = state.withLock { state in table(query, state) }
      let rows = try found.get()
      return page(query, try select(query, rows), limit: limit, offset: offset)
    } catch {
      return error.reply
    }
  }

  private func table(_ query: SuiteQLQuery, _ state: NetSuiteState) -> Result<[SuiteQLRow], NetSuiteError> {
    do throws(NetSuiteError) { return .success(try rows(query, state)) } catch { return .failure(error) }
  }

  private func select(_ query: SuiteQLQuery, _ rows: [SuiteQLRow]) throws(NetSuiteError) -> [SuiteQLRow] {
    for condition in query.conditions where SuiteQLRow.dates.contains(condition.column) && !condition.isDate {
      throw .query("Invalid search query. A date must be compared with TO_DATE: \(condition.column).")
    }
    var kept = rows.filter { row in query.conditions.allSatisfy { holds($0, row) } }
    let order = query.orderBy.isEmpty ? [(column: "id", descending: false)] : query.orderBy
    kept.sort { left, right in
      for key in order {
        let name = query.columns.first { $0.alias == key.column }?.name ?? key.column
        let sign = SuiteQLRow.compares(left.values[name] ?? "", right.values[name] ?? "", name)
        if sign != 0 { return key.descending ? sign > 0 : sign < 0 }
      }
      return false
    }
    return kept
  }

  private func holds(_ condition: SuiteQLQuery.Condition, _ row: SuiteQLRow) -> Bool {
    guard let value = row.values[condition.column] else { return false }
    func sign(_ wanted: String) -> Int {
      // Older accounts and examples write the letter as `SalesOrd:B`.
      let plain = condition.column == "status" ? wanted.split(separator: ":").last.map(String.init) ?? wanted : wanted
      return SuiteQLRow.compares(value, plain, condition.column)
    }
    return condition.values.contains { wanted in
      switch condition.comparison {
      case .equal: sign(wanted) == 0
      case .not: sign(wanted) != 0
      case .less: sign(wanted) < 0
      case .more: sign(wanted) > 0
      case .atMost: sign(wanted) <= 0
      case .atLeast: sign(wanted) >= 0
      }
    }
  }

  private func page(_ query: SuiteQLQuery, _ rows: [SuiteQLRow], limit: Int, offset: Int) -> SandboxReply {
    let items = rows.dropFirst(offset).prefix(limit).map { row -> JSON in
      var item: JSON = ["links": []]
      for column in query.columns {
        guard let value = row.values[column.name] else { continue }
        item[column.alias] = .string(shown(value, column))
      }
      return item
    }
    return .json(
      200,
      [
        "links": [], "count": JSON(items.count), "hasMore": .bool(offset + items.count < rows.count),
        "items": .array(items), "offset": JSON(offset), "totalResults": JSON(rows.count),
      ])
  }

  private func shown(_ value: String, _ column: SuiteQLQuery.Column) -> String {
    if column.display, column.name == "status" {
      return "Sales Order : " + (NetSuiteOrder.statusNames[value] ?? value)
    }
    if SuiteQLRow.dates.contains(column.name), !column.withTime {
      // Without TO_CHAR the account's date format applies and the time is lost.
      let parts = value.prefix(10).split(separator: "-").compactMap { Int($0) }
      return parts.count == 3 ? "\(parts[1])/\(parts[2])/\(parts[0])" : value
    }
    return value
  }
}
