/// Every stored value of a handoff, for a store that writes columns and reads them back.
///
/// It is the one way round ``Handoff/step(_:at:policy:)``, and it exists for stores alone: what is restored was saved.
public struct HandoffRecord: Hashable, Sendable {
  /// See ``Handoff/id``.
  public var id: HandoffID
  /// See ``Handoff/key``.
  public var key: OrderKey
  /// See ``Handoff/externalID``.
  public var externalID: ExternalID
  /// See ``Handoff/erp``.
  public var erp: ERPName
  /// See ``Handoff/pattern``.
  public var pattern: GatePattern
  /// See ``Handoff/mode``.
  public var mode: GateMode
  /// See ``Handoff/holdsFulfillment``.
  public var holdsFulfillment = false
  /// See ``Handoff/capturedAt``.
  public var capturedAt: Timestamp
  /// See ``Handoff/stage``.
  public var stage: Stage
  /// See ``Handoff/version``.
  public var version: OrderVersion
  /// See ``Handoff/submittedVersion``.
  public var submittedVersion: Int?
  /// See ``Handoff/firstSubmittedAt``.
  public var firstSubmittedAt: Timestamp?
  /// See ``Handoff/lastSubmittedAt``.
  public var lastSubmittedAt: Timestamp?
  /// See ``Handoff/mayExist``.
  public var mayExist = false
  /// See ``Handoff/recordID``.
  public var recordID: String?
  /// See ``Handoff/receipt``.
  public var receipt: Receipt?
  /// See ``Handoff/validation``.
  public var validation: Validation?
  /// See ``Handoff/attempts``.
  public var attempts = 0
  /// See ``Handoff/lookups``.
  public var lookups = 0
  /// See ``Handoff/messageAttempts``.
  public var messageAttempts = 0
  /// See ``Handoff/cancelRequested``.
  public var cancelRequested = false
  /// See ``Handoff/acknowledged``.
  public var acknowledged = false
  /// See ``Handoff/decision``.
  public var decision: Decision?
  /// See ``Handoff/decidedVersion``.
  public var decidedVersion: Int?
  /// See ``Handoff/exception``.
  public var exception: OpenException?
  /// See ``Handoff/covered``.
  public var covered: [OpenException] = []
  /// See ``Handoff/stageDeadline``.
  public var stageDeadline: Timestamp?
  /// See ``Handoff/stageSince``.
  public var stageSince: Timestamp
  /// See ``Handoff/revision``.
  public var revision: Int

  /// Starts a record with what every row has.
  public init(
    id: HandoffID, key: OrderKey, externalID: ExternalID, erp: ERPName, pattern: GatePattern, mode: GateMode,
    capturedAt: Timestamp, stage: Stage, version: OrderVersion, stageSince: Timestamp, revision: Int
  ) {
    self.id = id
    self.key = key
    self.externalID = externalID
    self.erp = erp
    self.pattern = pattern
    self.mode = mode
    self.capturedAt = capturedAt
    self.stage = stage
    self.version = version
    self.stageSince = stageSince
    self.revision = revision
  }
}

extension Validation {
  /// The validation as stored text: its kind, then a line per shortage.
  public var text: String {
    switch self {
    case .allocated: "allocated"
    case .partlyShort(let shortages): "partly_short" + Validation.lines(shortages)
    case .short(let shortages): "short" + Validation.lines(shortages)
    case .waived(let name): "waived\n" + Validation.clean(name)
    }
  }

  /// Reads stored text; nil for anything else.
  public init?(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let shortages = lines.dropFirst().compactMap { line -> Shortage? in
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard parts.count == 3, let ordered = Int(parts[1]), let allocated = Int(parts[2]) else { return nil }
      return Shortage(sku: String(parts[0]), ordered: ordered, allocated: allocated)
    }
    switch lines.first {
    case "allocated": self = .allocated
    case "partly_short": self = .partlyShort(shortages)
    case "short": self = .short(shortages)
    case "waived": self = .waived(by: lines.dropFirst().first.map(String.init) ?? "")
    default: return nil
    }
  }

  private static func lines(_ shortages: [Shortage]) -> String {
    shortages.map { "\n\(clean($0.sku))\t\($0.ordered)\t\($0.allocated)" }.joined()
  }

  private static func clean(_ text: String) -> String {
    String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 })
  }
}
