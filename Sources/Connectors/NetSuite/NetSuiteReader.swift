import Connector
import HandoffCore

/// What reading a sales order came to.
enum Reading: Sendable {
  /// The record as NetSuite holds it.
  case found(SalesOrderRecord)
  /// NetSuite says that there is none.
  case absent
  /// No answer that could be used.
  case failed(String)
  /// Our set-up is wrong.
  case misconfigured(String)
}

/// Reads sales orders in both ways that NetSuite offers.
///
/// The record service loads a record as if to edit it, and may be refused for an order that a workflow has locked;
/// SuiteQL still sees such an order. SuiteQL in turn compares external ids with regard to case.
struct NetSuiteReader: Sendable {
  let exchange: NetSuiteExchange

  /// Which order to read.
  enum Address: Hashable, Sendable {
    case recordID(String)
    case externalID(String)

    /// The record service's name for it; nil where its `eid:` form does not take the characters.
    var path: String? {
      switch self {
      case .recordID(let id): return isInternalID(id) ? id : nil
      case .externalID(let id):
        let isSafe = !id.isEmpty && id.utf8.allSatisfy { isWordByte($0) || $0 == UInt8(ascii: "-") }
        return isSafe ? "eid:" + id : nil
      }
    }
  }

  /// Reads the order with its lines.
  func read(_ address: Address) async -> Reading {
    guard let path = address.path else { return await readBySuiteQL(address, isKnownToExist: false) }
    switch await exchange.send("GET", "record/v1/salesOrder/\(path)?expandSubResources=true") {
    case .answer(let answer):
      guard answer.status == 200, let json = answer.readableJSON, let record = SalesOrderRecord(json) else {
        return .failed("NetSuite answered \(answer.status) without a sales order: \(NetSuiteFault.cut(answer.text))")
      }
      if case .recordID(let id) = address, record.id != id {
        return .failed("NetSuite answered with record \(record.id) when asked for \(id).")
      }
      return record.lines == nil ? await addingLines(to: record) : .found(record)
    case .fault(let fault):
      switch fault.kind {
      case .absent: return .absent
      case .misconfigured: return .misconfigured(fault.reason)
      case .unknown, .busy: return .failed(fault.reason)
      case .locked: return await readBySuiteQL(address, isKnownToExist: true)
      case .duplicate, .refused: return await readBySuiteQL(address, isKnownToExist: false)
      }
    }
  }

  private func readBySuiteQL(_ address: Address, isKnownToExist: Bool) async -> Reading {
    let reply: NetSuiteExchange.QueryReply
    let hasCurrencies = !exchange.configuration.currencies.isEmpty
    switch address {
    case .recordID(let id):
      reply = await exchange.query(SuiteQL.order(by: "id", hasCurrencies: hasCurrencies), [id])
    case .externalID(let id):
      reply = await exchange.query(SuiteQL.order(by: "externalid", hasCurrencies: hasCurrencies), [id])
    }
    switch reply {
    case .fault(let fault): return Self.reading(fault)
    case .rows(let rows):
      guard let row = rows.first else {
        return isKnownToExist ? .failed("NetSuite refuses to load the order, and SuiteQL does not find it.") : .absent
      }
      guard rows.count == 1, let record = SalesOrderRecord(row: row) else {
        return .failed("SuiteQL answered with \(rows.count) rows, or with one that is no sales order.")
      }
      return await addingLines(to: record)
    }
  }

  private func addingLines(to record: SalesOrderRecord) async -> Reading {
    switch await exchange.query(SuiteQL.lines, [record.id]) {
    case .fault(let fault): return Self.reading(fault)
    case .rows(let rows):
      let lines = rows.compactMap(SalesOrderRecord.Line.init(row:))
      guard lines.count == rows.count else { return .failed("SuiteQL answered with a line that names no item.") }
      var complete = record
      complete.lines = lines
      return .found(complete)
    }
  }

  private static func reading(_ fault: NetSuiteFault) -> Reading {
    fault.kind == .misconfigured ? .misconfigured(fault.reason) : .failed(fault.reason)
  }

  /// Looks up the internal ids of items by external id.
  func items(byExternalID ids: [String]) async -> Result<[String: String], NetSuiteFault.Failure> {
    var found: [String: String] = [:]
    for start in stride(from: 0, to: ids.count, by: SuiteQL.chunk) {
      let part = Array(ids.dropFirst(start).prefix(SuiteQL.chunk))
      switch await exchange.query(SuiteQL.items(count: part.count), part) {
      case .fault(let fault): return .failure(NetSuiteFault.Failure(fault: fault))
      case .rows(let rows):
        for row in rows {
          if let external = row["externalid"], let id = row["id"], isInternalID(id) { found[external] = id }
        }
      }
    }
    return .success(found)
  }

  /// Which transaction, of any type and any case of letters, holds an external id; nil when none is found.
  func holder(of externalID: String) async -> String? {
    guard case .rows(let rows) = await exchange.query(SuiteQL.holder, [externalID.uppercased()]) else { return nil }
    guard let row = rows.first else { return nil }
    return "\(row["type"] ?? "transaction") \(row["tranid"] ?? row["id"] ?? "?") with the external id"
      + " \"\(row["externalid"] ?? "?")\""
  }
}

extension NetSuiteFault {
  /// A fault as an error value.
  struct Failure: Error {
    let fault: NetSuiteFault
  }
}

/// The queries; values are bound, never written into the text.
enum SuiteQL {
  /// How many stock keeping units one query names; each may answer with two rows, and 1000 rows are the limit.
  static let chunk = 400

  static func order(by column: String, hasCurrencies: Bool) -> String {
    "SELECT id, tranid, externalid, otherrefnum, status, BUILTIN.DF(status) AS statusname, foreigntotal"
      + (hasCurrencies ? ", currency" : "") + " FROM transaction WHERE type = 'SalesOrd' AND \(column) IN (?)"
  }

  static let lines =
    "SELECT tl.id, tl.item, tl.itemtype, i.itemid, i.externalid AS itemexternalid, tl.quantity, tl.quantitycommitted,"
    + " tl.quantitybackordered, tl.quantityshiprecv, tl.isclosed FROM transactionline tl"
    + " INNER JOIN item i ON i.id = tl.item"
    + " WHERE tl.transaction = ? AND tl.mainline = 'F' AND tl.taxline = 'F' ORDER BY tl.id"

  static let holder = "SELECT id, type, tranid, externalid FROM transaction WHERE UPPER(externalid) = ?"

  static func items(count: Int) -> String {
    "SELECT id, itemid, externalid FROM item WHERE externalid IN (\(places(count)))"
  }

  static func itemIDs(count: Int) -> String { "SELECT id FROM item WHERE id IN (\(places(count)))" }

  static func availability(byID: Bool, count: Int, locations: Int) -> String {
    let names = places(count)
    let condition = byID ? "i.id IN (\(names))" : "(i.externalid IN (\(names)) OR i.itemid IN (\(names)))"
    let places = locations == 0 ? "" : " AND a.location IN (\(places(locations)))"
    return "SELECT i.id, i.itemid, i.externalid, SUM(a.quantityavailable) AS available FROM aggregateitemlocation a"
      + " INNER JOIN item i ON i.id = a.item WHERE \(condition)\(places) GROUP BY i.id, i.itemid, i.externalid"
  }

  private static func places(_ count: Int) -> String {
    Array(repeating: "?", count: max(1, count)).joined(separator: ", ")
  }
}
