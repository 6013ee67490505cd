public import Connector
public import HandoffCore

/// Books orders as NetSuite sales orders through the REST record service and SuiteQL.
///
/// Receipt class U: the order's external id is unique over all transactions of the account, and NetSuite itself refuses
/// a second create under it. The refusal is a 400 with English text, so it is never believed: the order is looked up
/// and
/// compared. A saved order is not an accepted one: it is read back before the gate hears of it.
/// Sources: NetSuite Help "REST Web Services" chapter_1540391670, section_156570709583; record browser 2026.1.
public struct NetSuiteERP: ERPConnector {
  let configuration: NetSuiteConfiguration
  let exchange: NetSuiteExchange
  let reader: NetSuiteReader

  /// Makes the connector.
  /// - Parameter nonce: where token-based authentication takes its nonces from; the default draws 24 characters from
  ///   the system's random generator.
  /// - Throws: ``NetSuiteSetupFault`` naming every setting that cannot work.
  public init(
    _ configuration: NetSuiteConfiguration, transport: any HTTPTransport, clock: any WallClock,
    nonce: @escaping @Sendable () -> String = NetSuiteERP.systemNonce
  ) throws(NetSuiteSetupFault) {
    let faults = configuration.faults
    guard faults.isEmpty else { throw NetSuiteSetupFault(faults: faults) }
    self.configuration = configuration
    let session = try NetSuiteSession(configuration, transport: transport, clock: clock, nonce: nonce)
    exchange = NetSuiteExchange(configuration: configuration, transport: transport, session: session)
    reader = NetSuiteReader(exchange: exchange)
  }

  /// A nonce from the system's random generator.
  @Sendable public static func systemNonce() -> String {
    var generator = SystemRandomNumberGenerator()
    return OAuth1.nonce(using: &generator)
  }

  /// U: NetSuite refuses a second transaction with the same external id.
  public var receiptClass: ReceiptClass { .unique }

  /// Requests at once; the account's 5 to 20 are shared by all its integrations.
  public var concurrency: Int { configuration.concurrency }

  /// Reads the order and compares lines, quantities, currency and total with the submission.
  public func findReceipt(_ submission: Submission) async -> LookupOutcome {
    let content: SalesOrderContent
    do throws(ContentFault) { content = try SalesOrderContent(submission.order, configuration) } catch {
      return .failed(reason: error.reason)
    }
    let address = submission.recordID.map(NetSuiteReader.Address.recordID) ?? .externalID(submission.externalID.text)
    let (reading, judgement) = await examine(address, submission, content)
    guard case .found(let record) = reading, let judgement else { return Self.lookup(without: reading) }
    switch judgement {
    case .accepted(let total):
      return .accepted(submission.receipt(recordID: record.id, recordNumber: record.number, total: total))
    case .otherTotal(let total, let detail):
      guard isTolerable(total, submission.order.total) else { return .differs(recordID: record.id, detail: detail) }
      return .accepted(submission.receipt(recordID: record.id, recordNumber: record.number, total: total))
    case .pending(let state): return .recorded(recordID: record.id, state: state)
    case .differs(let detail): return .differs(recordID: record.id, detail: detail)
    case .void(let state): return .void(recordID: record.id, reason: "NetSuite shows the order as \(state).")
    case .unreadable(let reason): return .failed(reason: "Record \(record.id): \(reason).")
    }
  }

  private static func lookup(without reading: Reading) -> LookupOutcome {
    switch reading {
    case .absent: .notFound
    case .failed(let reason): .failed(reason: reason)
    case .misconfigured(let reason): .misconfigured(reason: reason)
    case .found(let record): .failed(reason: "Record \(record.id) could not be compared.")
    }
  }

  private func isTolerable(_ total: Money, _ wanted: Money) -> Bool {
    let (difference, overflow) = total.minorUnits.subtractingReportingOverflow(wanted.minorUnits)
    return !overflow && difference.magnitude <= configuration.moneyTolerance.magnitude
  }

  /// Reads a record and measures it; items are looked up by their external ids only where the record's own words do not
  /// tell them.
  func examine(
    _ address: NetSuiteReader.Address, _ submission: Submission, _ content: SalesOrderContent
  ) async -> (Reading, Judgement?) {
    let reading = await reader.read(address)
    guard case .found(let record) = reading else { return (reading, nil) }
    var resolver = ItemResolver()
    let first = record.judge(submission, content, resolver)
    let unresolved = content.unresolved(resolver)
    guard case .differs = first, let lines = record.lines, !unresolved.isEmpty,
      content.difference(from: lines, resolver) != nil
    else { return (reading, first) }
    switch await reader.items(byExternalID: unresolved) {
    case .success(let ids): resolver.ids = ids
    case .failure(let failure):
      let fault = failure.fault
      return (fault.kind == .misconfigured ? .misconfigured(fault.reason) : .failed(fault.reason), nil)
    }
    return (reading, record.judge(submission, content, resolver))
  }
}
