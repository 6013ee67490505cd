public import HandoffCore

/// Sees which orders an ERP holds that somebody else's integration brought there: reads, and nothing but reads.
///
/// Unlike ``ERPConnector/findReceipt(_:)`` it compares nothing with an order of ours: it answers when a record under a
/// reference was made, for the audit of a handoff that is not ours yet.
public protocol RecordWatch: Sendable {
  /// How many references one call may carry.
  var referencesAtOnce: Int { get }
  /// Asks for the records under these references.
  func records(under references: [String]) async -> WatchOutcome
}

/// What a look at the ERP's records gave.
public enum WatchOutcome: Hashable, Sendable {
  /// The records there are; a reference without one is absent.
  case records([SeenRecord])
  /// Could not be asked, or the answer made no sense.
  case failed(reason: String)
  /// Our set-up is wrong.
  case misconfigured(reason: String)
}

/// A record under a reference.
public struct SeenRecord: Hashable, Sendable {
  /// The reference it was asked for by.
  public let reference: String
  /// The ERP's id of it.
  public let recordID: String
  /// The number the ERP shows to people.
  public let recordNumber: String?
  /// When the ERP says it made the record; nil when it does not tell.
  public let recordedAt: Timestamp?

  /// Makes a record.
  public init(reference: String, recordID: String, recordNumber: String? = nil, recordedAt: Timestamp? = nil) {
    self.reference = reference
    self.recordID = recordID
    self.recordNumber = recordNumber
    self.recordedAt = recordedAt
  }
}
