import Connector
import HandoffCore

/// Where a sales order stands, by NetSuite's letter (record browser 2026.1; SuiteQL writes `SalesOrd:B` in places).
enum SalesOrderStatus: Hashable, Sendable {
  /// A: saved, waiting for a person's approval.
  case pendingApproval
  /// B: approved.
  case pendingFulfillment
  /// C.
  case cancelled
  /// D or E: some of it has left.
  case partlyFulfilled
  /// F or G: all of it has left.
  case fulfilled
  /// H: closed, the rest dropped.
  case closed
  /// A letter or word this version does not know: never taken for an acceptance (S12).
  case unknown(String)

  /// Reads `B` or `SalesOrd:B`.
  init(_ text: String) {
    switch text.split(separator: ":").last.map(String.init) ?? text {
    case "A": self = .pendingApproval
    case "B": self = .pendingFulfillment
    case "C": self = .cancelled
    case "D", "E": self = .partlyFulfilled
    case "F", "G": self = .fulfilled
    case "H": self = .closed
    default: self = .unknown(text)
    }
  }

  var isKnown: Bool { if case .unknown = self { false } else { true } }

  /// Whether NetSuite treats the order as taken.
  var isAccepted: Bool {
    switch self {
    case .pendingFulfillment, .partlyFulfilled, .fulfilled: true
    default: false
    }
  }
}

/// A sales order as NetSuite holds it, from the record service or from SuiteQL.
struct SalesOrderRecord: Hashable, Sendable {
  /// One line of the item sublist.
  struct Line: Hashable, Sendable {
    /// The line's key in the sublist; nil when read through SuiteQL.
    var number: Int?
    var itemID: String
    var itemName: String?
    var itemExternalID: String?
    var itemType: String?
    /// Units ordered; nil on discount and description lines and where it is no whole number.
    var quantity: Int?
    var committed: Int?
    var backOrdered: Int?
    var fulfilled: Int
    var isClosed: Bool

    /// Units that have left or still will: a closed line drops what has not.
    var liveQuantity: Int? { isClosed ? quantity.map { min($0, fulfilled) } : quantity }

    /// Units for which stock is set aside or has left; nil when the line has no stock to set aside.
    var allocated: Int? {
      let left = max(0, fulfilled)
      if let committed { return left.saturatingAdd(max(0, committed)) }
      if let backOrdered, let quantity { return max(0, quantity.saturatingAdd(-max(0, backOrdered))) }
      // Goods without the columns are goods without a commitment.
      return ["InvtPart", "Assembly", "Kit"].contains(itemType ?? "") ? left : nil
    }
  }

  var id: String
  var number: String?
  var externalID: String?
  var status: SalesOrderStatus
  /// NetSuite's own words for the status.
  var statusText: String
  /// Decimal text.
  var total: String?
  var currencyID: String?
  /// Nil when the answer did not hold the whole sublist.
  var lines: [Line]?

  /// Whether nothing of the order is left to be fulfilled and nothing was.
  var isVoid: Bool {
    switch status {
    case .cancelled, .closed: return true
    case .fulfilled, .partlyFulfilled: return false
    case .pendingApproval, .pendingFulfillment, .unknown:
      guard let lines, !lines.isEmpty else { return false }
      return lines.allSatisfy { $0.isClosed && $0.fulfilled == 0 }
    }
  }
}

extension SalesOrderRecord {
  /// Reads an answer of `GET /record/v1/salesOrder/…`; nil when it is none.
  init?(_ json: JSONValue) {
    guard let id = json["id"]?.scalarText, isInternalID(id) else { return nil }
    let letters = [json["status"], json["orderStatus"]].compactMap { Self.enumID($0) }
    guard let letter = letters.first(where: { SalesOrderStatus($0).isKnown }) ?? letters.first else { return nil }
    self.id = id
    status = SalesOrderStatus(letter)
    statusText = [letter, json["status"]?["refName"]?.string ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    number = json["tranId"]?.string
    externalID = json["externalId"]?.scalarText
    total = json["total"]?.scalarText.flatMap(plainDecimal)
    currencyID = json["currency"]?["id"]?.scalarText
    guard let items = json["item"]?["items"]?.array, json["item"]?["hasMore"]?.bool != true,
      json["item"]?["totalResults"]?.int ?? items.count == items.count
    else { return }
    let read = items.compactMap(Line.init(record:))
    if read.count == items.count { lines = read }
  }

  /// An enumeration is `{"id":"B"}`, or bare text with `simpleEnumFormat`.
  private static func enumID(_ json: JSONValue?) -> String? {
    json?["id"]?.scalarText ?? json?.string
  }

  /// Reads a header row of SuiteQL.
  init?(row: [String: String]) {
    guard let id = row["id"], isInternalID(id), let letter = row["status"] else { return nil }
    self.id = id
    status = SalesOrderStatus(letter)
    statusText = [letter, row["statusname"] ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    number = row["tranid"]
    externalID = row["externalid"]
    total = row["foreigntotal"].flatMap(plainDecimal)
    currencyID = row["currency"]
  }
}

extension SalesOrderRecord.Line {
  /// Reads an element of the expanded sublist.
  init?(record json: JSONValue) {
    guard let item = json["item"]?["id"]?.scalarText, isInternalID(item) else { return nil }
    func units(_ name: String) -> String? { json[name]?.scalarText }
    number = json["line"]?.int
    itemID = item
    itemName = json["item"]?["refName"]?.string
    itemExternalID = json["item"]?["externalId"]?.string
    itemType = json["itemType"]?["id"]?.string ?? json["itemType"]?.string
    quantity = units("quantity").flatMap(exactUnits)
    committed = units("quantityCommitted").flatMap(wholeUnits)
    backOrdered = units("quantityBackOrdered").flatMap(startedUnits)
    fulfilled = units("quantityFulfilled").flatMap(wholeUnits) ?? 0
    isClosed = json["isClosed"]?.bool ?? false
  }

  /// Reads a row of `transactionline`, where sales quantities are negative.
  init?(row: [String: String]) {
    guard let item = row["item"], isInternalID(item) else { return nil }
    func magnitude(_ name: String) -> String? {
      row[name].map { $0.hasPrefix("-") ? String($0.dropFirst()) : $0 }
    }
    itemID = item
    itemName = row["itemid"]
    itemExternalID = row["itemexternalid"]
    itemType = row["itemtype"]
    quantity = magnitude("quantity").flatMap(exactUnits)
    committed = magnitude("quantitycommitted").flatMap(wholeUnits)
    backOrdered = magnitude("quantitybackordered").flatMap(startedUnits)
    fulfilled = magnitude("quantityshiprecv").flatMap(wholeUnits) ?? 0
    isClosed = row["isclosed"] == "T"
  }
}
