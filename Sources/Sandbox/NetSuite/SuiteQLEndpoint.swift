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
      let run = try SuiteQLRun(try SuiteQLParser.parse(text, body["params"]?.array ?? []), self)
      let found = state.withLock { state -> Result<[[(name: String, value: String)]], NetSuiteError> in
        do throws(NetSuiteError) { return .success(try run.rows(state)) } catch { return .failure(error) }
      }
      return page(try found.get(), limit: limit, offset: offset)
    } catch {
      return error.reply
    }
  }

  private func page(_ rows: [[(name: String, value: String)]], limit: Int, offset: Int) -> SandboxReply {
    let items = rows.dropFirst(offset).prefix(limit).map { row in
      JSON.object(
        [.init(key: "links", value: [])] + row.map { .init(key: $0.name, value: .string($0.value)) })
    }
    return .json(
      200,
      [
        "links": [], "count": JSON(items.count), "hasMore": .bool(offset + items.count < rows.count),
        "items": .array(Array(items)), "offset": JSON(offset), "totalResults": JSON(rows.count),
      ])
  }

  /// A value as a column shows it.
  func shown(_ value: String, _ column: SuiteQLQuery.Column) -> String {
    if column.display, column.reference.name == "status" {
      return "Sales Order : " + (NetSuiteOrder.statusNames[value] ?? value)
    }
    if Self.dates.contains(column.reference.name), !column.withTime {
      // Without TO_CHAR the account's date format applies and the time is lost.
      let parts = value.prefix(10).split(separator: "-").compactMap { Int($0) }
      return parts.count == 3 ? "\(parts[1])/\(parts[2])/\(parts[0])" : value
    }
    return value
  }
}
