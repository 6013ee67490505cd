public import Connector
import HandoffCore

/// Watches the orders of a back office behind the generic contract: `GET {base}/orders?externalId=…` for each.
///
/// `createdAt` (ISO 8601 with offset) is an addition to the contract that only the watch reads.
public struct GenericWatch: RecordWatch {
  private let erp: GenericERP

  /// Takes the ERP to watch.
  public init(_ erp: GenericERP) { self.erp = erp }

  /// One request each, so only a few at a time.
  public var referencesAtOnce: Int { 8 }

  /// See ``Connector/RecordWatch/records(under:)``.
  public func records(under references: [String]) async -> WatchOutcome {
    await withTaskGroup(of: Look.self) { group in
      for reference in references { group.addTask { await look(for: reference) } }
      var records: [SeenRecord] = []
      var failure: WatchOutcome?
      for await look in group {
        switch look {
        case .found(let record): records.append(record)
        case .absent: break
        case .failed(let outcome): failure = outcome
        }
      }
      return failure ?? .records(records.sorted { $0.reference < $1.reference })
    }
  }

  private enum Look {
    case found(SeenRecord)
    case absent
    case failed(WatchOutcome)
  }

  private func look(for reference: String) async -> Look {
    let answer: HTTPAnswer
    do throws(ExchangeFailure) {
      answer = try await erp.exchange("GET", erp.ordersURL + "?externalId=" + WebAddress.encode(reference))
    } catch { return .failed(.failed(reason: error.reason)) }
    let isPage = answer.headers["Content-Type"]?.lowercased().contains("html") == true
    switch answer.status {
    case 200:
      guard let json = answer.json, let id = json["internalId"]?.scalarText, Receipt.isPlausible(recordID: id) else {
        return .failed(.failed(reason: "HTTP 200 without a plausible internalId; " + Words.of(answer)))
      }
      if let told = json["externalId"]?.scalarText, told != reference {
        return .failed(.failed(reason: "The answer is about external id \(told.prefix(128))."))
      }
      return .found(
        SeenRecord(
          reference: reference, recordID: id, recordNumber: json["internalNumber"]?.scalarText,
          recordedAt: json["createdAt"]?.string.flatMap { Timestamp(iso8601: $0) }))
    case 404 where !isPage: return .absent
    case 401, 403, 405, 501: return .failed(.misconfigured(reason: Words.of(answer)))
    default: return .failed(.failed(reason: Words.of(answer)))
    }
  }
}
