/// Runs a query over the simulated tables: join, filter, group, sort.
struct SuiteQLRun {
  let query: SuiteQLQuery
  let vendor: NetSuiteVendor
  /// The table behind each alias.
  private let tables: [String: String]
  private typealias Row = [SuiteQLQuery.Reference: String]

  init(_ query: SuiteQLQuery, _ vendor: NetSuiteVendor) throws(NetSuiteError) {
    self.query = query
    self.vendor = vendor
    var tables = [query.alias: query.table]
    if let join = query.join { tables[join.alias] = join.table }
    self.tables = tables
    for table in tables.values where NetSuiteVendor.columns[table] == nil {
      throw SuiteQLToken.failure("Invalid search type: \(table).")
    }
    for test in query.condition.tests {
      _ = try full(test.reference)
      if NetSuiteVendor.dates.contains(test.reference.name), !test.isDate {
        throw SuiteQLToken.failure("A date must be compared with TO_DATE: \(test.reference.name).")
      }
    }
    for reference in query.columns.map(\.reference) + query.groupBy { _ = try full(reference) }
  }

  /// The reference with its table's alias; refused when no table here has the column.
  private func full(_ reference: SuiteQLQuery.Reference) throws(NetSuiteError) -> SuiteQLQuery.Reference {
    let order = reference.table.map { [$0] } ?? [query.alias, query.join?.alias ?? query.alias]
    for alias in order {
      guard let table = tables[alias], NetSuiteVendor.columns[table]?.contains(reference.name) == true else { continue }
      return .init(table: alias, name: reference.name)
    }
    throw SuiteQLToken.failure(
      "Search error occurred: Field '\(reference.name)' for record '\(reference.table ?? query.table)' was not found."
        + " Reason: NOT_EXPOSED - Not exposed for channel SEARCH.")
  }

  /// The selected values of every row, in order, by column alias.
  func rows(_ state: NetSuiteState) throws(NetSuiteError) -> [[(name: String, value: String)]] {
    var found: [Row] = []
    for row in try joined(state) where try holds(query.condition, row) { found.append(row) }
    if query.columns.contains(where: \.isSum) || !query.groupBy.isEmpty { found = try grouped(found) }
    try sort(&found)
    var out: [[(name: String, value: String)]] = []
    for row in found {
      var values: [(name: String, value: String)] = []
      for column in query.columns {
        guard let value = row[try full(column.reference)] else { continue }
        values.append((column.alias, vendor.shown(value, column)))
      }
      out.append(values)
    }
    return out
  }

  private func joined(_ state: NetSuiteState) throws(NetSuiteError) -> [Row] {
    var own: [SuiteQLQuery.Test] = []
    for test in query.required where try full(test.reference).table == query.alias { own.append(test) }
    func named(_ values: SuiteQLValues, _ alias: String) -> Row {
      Row(uniqueKeysWithValues: values.map { (.init(table: alias, name: $0.key), $0.value) })
    }
    let base = vendor.rows(query.table, own, state).map { named($0, query.alias) }
    guard let join = query.join else { return base }
    let (first, second) = (try full(join.left), try full(join.right))
    let (mine, theirs) = first.table == query.alias ? (first, second) : (second, first)
    let others = Dictionary(
      grouping: vendor.rows(join.table, [], state).map { named($0, join.alias) }, by: { $0[theirs] ?? "" })
    return base.flatMap { row in
      (row[mine].flatMap { others[$0] } ?? []).map { row.merging($0) { mine, _ in mine } }
    }
  }

  private func holds(_ condition: SuiteQLQuery.Condition, _ row: Row) throws(NetSuiteError) -> Bool {
    switch condition {
    case .all(let parts):
      for part in parts where try !holds(part, row) { return false }
      return true
    case .any(let parts):
      for part in parts where try holds(part, row) { return true }
      return false
    case .test(let test): return passes(test, row[try full(test.reference)])
    }
  }

  private func passes(_ test: SuiteQLQuery.Test, _ given: String?) -> Bool {
    guard var value = given else { return false }
    if test.folding == "upper" { value = value.uppercased() }
    if test.folding == "lower" { value = value.lowercased() }
    return test.values.contains { wanted in
      // Older accounts and examples write the letter as `SalesOrd:B`.
      let isStatus = test.reference.name == "status"
      let plain = isStatus ? wanted.split(separator: ":").last.map(String.init) ?? wanted : wanted
      let sign = Self.compare(value, plain, test.reference.name)
      return switch test.comparison {
      case .equal: sign == 0
      case .not: sign != 0
      case .less: sign < 0
      case .more: sign > 0
      case .atMost: sign <= 0
      case .atLeast: sign >= 0
      }
    }
  }

  private func grouped(_ rows: [Row]) throws(NetSuiteError) -> [Row] {
    var keys: [SuiteQLQuery.Reference] = []
    for reference in query.groupBy { keys.append(try full(reference)) }
    for column in query.columns where !column.isSum {
      guard keys.contains(try full(column.reference)) else {
        throw SuiteQLToken.failure("Not a GROUP BY expression: \(column.reference.name).")
      }
    }
    var out: [Row] = []
    for group in Dictionary(grouping: rows, by: { row in keys.map { row[$0] ?? "" } }).values {
      guard var first = group.first else { continue }
      for column in query.columns where column.isSum {
        let reference = try full(column.reference)
        first[reference] = String(group.reduce(0) { $0 &+ (Int($1[reference] ?? "") ?? 0) })
      }
      out.append(first)
    }
    return out
  }

  private func sort(_ rows: inout [Row]) throws(NetSuiteError) {
    var keys: [(reference: SuiteQLQuery.Reference, descending: Bool)] = []
    for key in query.orderBy {
      let column = query.columns.first { $0.alias == key.reference.name && key.reference.table == nil }
      keys.append((try full(column?.reference ?? key.reference), key.descending))
    }
    if keys.isEmpty, let first = query.columns.first { keys = [(try full(first.reference), false)] }
    rows.sort { left, right in
      for key in keys {
        let sign = Self.compare(left[key.reference] ?? "", right[key.reference] ?? "", key.reference.name)
        if sign != 0 { return key.descending ? sign > 0 : sign < 0 }
      }
      return false
    }
  }

  static func compare(_ left: String, _ right: String, _ column: String) -> Int {
    if NetSuiteVendor.numeric.contains(column), let first = Double(left), let second = Double(right) {
      return first < second ? -1 : first > second ? 1 : 0
    }
    return left < right ? -1 : left > right ? 1 : 0
  }
}
