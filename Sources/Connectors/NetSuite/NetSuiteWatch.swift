public import Connector
public import HandoffCore

/// Watches sales orders that another integration books: one SuiteQL query for up to 200 references.
///
/// SuiteQL gives `createddate` in the account's time zone and without an offset (NetSuite Help, "SuiteQL date
/// formats"), so the instant is only told when somebody says how to read it.
public struct NetSuiteWatch: RecordWatch {
  private let exchange: NetSuiteExchange
  private let field: String
  private let instant: @Sendable (String) -> Timestamp?

  /// Takes the ERP to watch.
  /// - Parameters:
  ///   - field: the column the other integration writes its reference to: `externalid`, `otherrefnum`, `custbody_…`.
  ///   - instant: reads `2026-11-24 01:02:03` as the account's clock shows it; nil when nobody knows its zone.
  /// - Throws: ``NetSuiteSetupFault`` when the field is no column's name.
  public init(
    _ erp: NetSuiteERP, field: String, instant: @escaping @Sendable (String) -> Timestamp?
  ) throws(NetSuiteSetupFault) {
    let name = field.lowercased()
    guard !name.isEmpty, name.utf8.count <= 80, name.utf8.allSatisfy(isWordByte), name.first?.isLetter == true else {
      throw NetSuiteSetupFault(faults: ["field: a column such as externalid, otherrefnum or custbody_order is needed"])
    }
    exchange = erp.exchange
    self.field = name
    self.instant = instant
  }

  /// A query answers with 1,000 rows at most, and a reference may have several.
  public var referencesAtOnce: Int { 200 }

  /// See ``Connector/RecordWatch/records(under:)``.
  public func records(under references: [String]) async -> WatchOutcome {
    guard !references.isEmpty else { return .records([]) }
    let places = references.map { _ in "?" }.joined(separator: ", ")
    let text =
      "SELECT id, tranid, \(field) AS reference, TO_CHAR(createddate, 'YYYY-MM-DD HH24:MI:SS') AS created"
      + " FROM transaction WHERE type = 'SalesOrd' AND \(field) IN (\(places))"
    switch await exchange.query(text, references) {
    case .fault(let fault) where fault.kind == .misconfigured: return .misconfigured(reason: fault.reason)
    case .fault(let fault): return .failed(reason: fault.reason)
    case .rows(let rows):
      var records: [SeenRecord] = []
      for row in rows {
        guard let id = row["id"], isInternalID(id), let reference = row["reference"] else {
          return .failed(reason: "SuiteQL answered with a row that is no sales order.")
        }
        records.append(
          SeenRecord(
            reference: reference, recordID: id, recordNumber: row["tranid"],
            recordedAt: row["created"].flatMap(instant)))
      }
      return .records(records)
    }
  }
}
