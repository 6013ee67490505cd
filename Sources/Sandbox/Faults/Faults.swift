/// How a simulated vendor misbehaves: probabilities for every request, and a script for the next ones.
///
/// Every member has a harmless default, so a JSON document with only `{"lostReplyAfterCommit":0.1}` is complete.
/// Set in code with `SandboxServer.setFaults` or over HTTP with `PUT /_sandbox/{vendor}/faults`.
public struct Faults: Codable, Sendable, Equatable {
  /// What is done to one request, by probability or by script.
  public enum Action: String, Codable, Sendable, CaseIterable {
    /// Nothing: a placeholder in a script.
    case none
    /// The vendor does the work, then the connection dies before the answer.
    case lostReplyAfterCommit
    /// The connection dies before the vendor does anything.
    case lostRequest
    /// The vendor does the work a second time, `duplicateDelayMs` later, as a repeating proxy would.
    case duplicateProcessing
    /// Refused as too much; nothing was done.
    case tooManyRequests
    /// The vendor does the work, then answers with its 500.
    case serverErrorAfterCommit
    /// The connection dies at once, and the vendor does the work `lateCommitMs` later: a look-up in between finds
    /// nothing although the order is still coming.
    case lateCommit
    /// A 502 from the gateway; nothing was done.
    case badGateway
    /// A 502 from the gateway although the vendor does the work.
    case badGatewayAfterCommit
    /// Status 200 with an error document; nothing was done.
    case errorBodyWith200
    /// The right answer, cut in the middle.
    case truncatedJSON
    /// The answer comes `slowMs` late.
    case slow
  }

  /// Probability of `lostReplyAfterCommit` for a request.
  public var lostReplyAfterCommit = 0.0
  /// Probability of `lostRequest` for a request.
  public var lostRequest = 0.0
  /// Probability of `duplicateProcessing` for a request.
  public var duplicateProcessing = 0.0
  /// Milliseconds until the repeated processing.
  public var duplicateDelayMs = 50
  /// Probability of `tooManyRequests` for a request.
  public var tooManyRequests = 0.0
  /// Probability of `serverErrorAfterCommit` for a request.
  public var serverErrorAfterCommit = 0.0
  /// Probability of `lateCommit` for a request.
  public var lateCommit = 0.0
  /// Milliseconds until the late work.
  public var lateCommitMs = 500
  /// Probability of `badGateway` for a request.
  public var badGateway = 0.0
  /// Probability of `badGatewayAfterCommit` for a request.
  public var badGatewayAfterCommit = 0.0
  /// Probability of `errorBodyWith200` for a request.
  public var errorBodyWith200 = 0.0
  /// Probability of `truncatedJSON` for a request.
  public var truncatedJSON = 0.0
  /// Probability of `slow` for a request.
  public var slow = 0.0
  /// Milliseconds a slow answer is late.
  public var slowMs = 2_000
  /// Added to every answer, before the work is done.
  public var latencyMs = 0
  /// Up to this much more, drawn evenly.
  public var jitterMs = 0
  /// All calls answer 503 with an HTML page while true.
  public var maintenance = false
  /// Minutes of the UTC day between which all calls answer 503 with an HTML page; may wrap past midnight.
  public var nightlyWindow: [Int] = []
  /// Searches do not see a record until it is this old; reads by id do.
  public var indexLagMs = 0
  /// Applied to the next requests in turn before any probability; used up as it goes.
  public var script: [Action] = []
  /// Only requests of this method are touched (`latencyMs` and the windows always apply). Empty: all.
  public var method = ""
  /// Only requests whose path contains this are touched. Empty: all.
  public var pathContains = ""
  /// Recipients the mail server refuses for good with 550.
  public var refuseRecipients: [String] = []
  /// Recipients the mail server puts off with 451.
  public var deferRecipients: [String] = []
  /// Start of the seeded draw.
  public var seed: UInt64 = 1

  /// No faults at all.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case lostReplyAfterCommit, lostRequest, duplicateProcessing, duplicateDelayMs, tooManyRequests
    case serverErrorAfterCommit, lateCommit, lateCommitMs, badGateway, badGatewayAfterCommit, errorBodyWith200
    case truncatedJSON, slow, slowMs
    case latencyMs, jitterMs, maintenance, nightlyWindow, indexLagMs, script, method, pathContains
    case refuseRecipients, deferRecipients, seed
  }

  /// Reads the members that are there; throws on one it does not know, since a misspelt fault is no fault.
  public init(from decoder: any Decoder) throws {
    let given = try decoder.container(keyedBy: AnyKey.self)
    if let unknown = given.allKeys.first(where: { CodingKeys(rawValue: $0.stringValue) == nil }) {
      throw DecodingError.dataCorruptedError(
        forKey: unknown, in: given,
        debugDescription: "there is no fault \"\(unknown.stringValue)\"; the faults are "
          + CodingKeys.allCases.map(\.rawValue).sorted().joined(separator: ", "))
    }
    let box = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ fallback: Value) throws -> Value {
      try box.decodeIfPresent(Value.self, forKey: key) ?? fallback
    }
    lostReplyAfterCommit = try read(.lostReplyAfterCommit, 0)
    lostRequest = try read(.lostRequest, 0)
    duplicateProcessing = try read(.duplicateProcessing, 0)
    duplicateDelayMs = try read(.duplicateDelayMs, 50)
    tooManyRequests = try read(.tooManyRequests, 0)
    serverErrorAfterCommit = try read(.serverErrorAfterCommit, 0)
    lateCommit = try read(.lateCommit, 0)
    lateCommitMs = try read(.lateCommitMs, 500)
    badGateway = try read(.badGateway, 0)
    badGatewayAfterCommit = try read(.badGatewayAfterCommit, 0)
    errorBodyWith200 = try read(.errorBodyWith200, 0)
    truncatedJSON = try read(.truncatedJSON, 0)
    slow = try read(.slow, 0)
    slowMs = try read(.slowMs, 2_000)
    latencyMs = try read(.latencyMs, 0)
    jitterMs = try read(.jitterMs, 0)
    maintenance = try read(.maintenance, false)
    nightlyWindow = try read(.nightlyWindow, [])
    indexLagMs = try read(.indexLagMs, 0)
    script = try read(.script, [])
    method = try read(.method, "")
    pathContains = try read(.pathContains, "")
    refuseRecipients = try read(.refuseRecipients, [])
    deferRecipients = try read(.deferRecipients, [])
    seed = try read(.seed, 1)
  }
}

extension Faults {
  /// What is wrong with a description of faults, for whoever typed it.
  static func words(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      "\(name(context)): a value of type \(type) is needed"
    case .dataCorrupted(let context):
      name(context).isEmpty || context.debugDescription.hasPrefix("there is no fault")
        ? context.debugDescription : "\(name(context)): \(context.debugDescription)"
    case .keyNotFound(let key, _): "\(key.stringValue) is missing"
    default: "the body is no JSON object of faults"
    }
  }

  private static func name(_ context: DecodingError.Context) -> String {
    context.codingPath.map(\.stringValue).joined(separator: ".")
  }
}

private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
