public import Connector
import HandoffCore

/// Watches sales that another integration books, by the field it writes its reference to.
///
/// `create_date` is UTC by Tryton's own rule (trytond, `ModelStorage`).
public struct TrytonWatch: RecordWatch {
  /// The fields of a sale that can hold another system's reference.
  public enum Field: String, Hashable, Sendable, CaseIterable {
    /// The id of the order in a web shop.
    case webID = "web_id"
    /// The customer's reference.
    case reference
    /// The sale's own number, where the integration sets it.
    case number
  }

  private let exchange: TrytonExchange
  private let field: Field

  /// Takes the ERP to watch.
  public init(_ erp: TrytonERP, field: Field) {
    exchange = erp.exchange
    self.field = field
  }

  /// A domain travels in the address, which servers cut at 8 KiB.
  public var referencesAtOnce: Int { 40 }

  /// See ``Connector/RecordWatch/records(under:)``.
  public func records(under references: [String]) async -> WatchOutcome {
    let domain: JSONValue = [[.string(field.rawValue), "in", .array(references.map(JSONValue.string))]]
    let fields = Set(["number", "create_date", field.rawValue]).sorted()
    let answer = await exchange.search("sale.sale", domain, fields: fields)
    guard case .json(let json) = answer else {
      let fault = answer.asFault
      if case .misconfigured(let reason) = fault { return .misconfigured(reason: reason) }
      return .failed(reason: fault.reason)
    }
    guard let sales = json.array else {
      return .failed(reason: "Tryton answered no list of sales: \(json.text.prefix(200))")
    }
    var records: [SeenRecord] = []
    for sale in sales {
      guard sale["__name__"]?.string == "sale.sale", let id = sale["id"]?.int, id > 0,
        let reference = sale[field.rawValue]?.string
      else { return .failed(reason: "Tryton answered something that is no sale: \(sale.text.prefix(200))") }
      records.append(
        SeenRecord(
          reference: reference, recordID: String(id), recordNumber: sale["number"]?.string,
          recordedAt: sale["create_date"].flatMap(Self.instant)))
    }
    return .records(records)
  }

  /// `{"__class__": "datetime", "year": 2026, …}`.
  private static func instant(_ json: JSONValue) -> Timestamp? {
    func part(_ name: String, _ width: Int) -> String? {
      guard let value = json[name]?.int, value >= 0 else { return nil }
      let digits = String(value)
      return digits.count <= width ? String(repeating: "0", count: width - digits.count) + digits : nil
    }
    guard let year = part("year", 4), let month = part("month", 2), let day = part("day", 2),
      let hour = part("hour", 2), let minute = part("minute", 2), let second = part("second", 2)
    else { return nil }
    let fraction = part("microsecond", 6) ?? "000000"
    return Timestamp(iso8601: "\(year)-\(month)-\(day)T\(hour):\(minute):\(second).\(fraction)Z")
  }
}
