public import HandoffCore

/// The ERP's record of an order that is only observed: somebody else's integration put it there, and we saw it.
///
/// The gate is not opened by it. It is what the live audit measures the present handoff with.
public struct Sighting: Hashable, Sendable {
  /// The observed handoff.
  public let handoffID: HandoffID
  /// The ERP's id of the record.
  public let recordID: String
  /// The number the ERP shows to people, when it tells.
  public let recordNumber: String?
  /// When the ERP says it recorded the order; nil when it does not tell.
  public let recordedAt: Timestamp?
  /// When we saw it: at most one round of the watch after it was there.
  public let seenAt: Timestamp

  /// Makes a sighting.
  public init(
    handoffID: HandoffID, recordID: String, recordNumber: String?, recordedAt: Timestamp?, seenAt: Timestamp
  ) {
    self.handoffID = handoffID
    self.recordID = recordID
    self.recordNumber = recordNumber
    self.recordedAt = recordedAt
    self.seenAt = seenAt
  }

  /// The sighting in words, for the journal.
  public var words: String {
    let number = recordNumber.map { " (\($0))" } ?? ""
    return "record \(recordID)\(number)" + (recordedAt.map { ", recorded \($0.iso8601)" } ?? "")
  }
}

/// Which observed orders nobody has seen in their ERP yet.
public struct UnseenFilter: Hashable, Sendable {
  /// The ERP they should come to.
  public var erp: ERPName
  /// Captured at this instant or later.
  public var from: Timestamp
  /// Captured before this instant.
  public var until: Timestamp
  /// Only those after this one, in the order of their capture.
  public var after: Place?
  /// At most this many.
  public var limit: Int

  /// A place in the order of capture.
  public struct Place: Hashable, Sendable {
    /// When it was captured.
    public let capturedAt: Timestamp
    /// Which it is.
    public let id: HandoffID

    /// The place of a handoff.
    public init(_ handoff: Handoff) {
      capturedAt = handoff.capturedAt
      id = handoff.id
    }
  }

  /// Names the ERP and the window.
  public init(erp: ERPName, from: Timestamp, until: Timestamp, limit: Int) {
    self.erp = erp
    self.from = from
    self.until = until
    self.limit = limit
  }
}
