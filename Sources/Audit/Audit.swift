import Foundation

/// What to audit, and how.
public struct AuditOptions: Sendable {
  /// Files and folders.
  public var paths: [String] = []
  /// Explicit mappings, over what is recognised.
  public var mappings: [Mapping] = []
  /// The zone of times that carry none.
  public var zone = ZoneRules.utc
  /// What is assumed; the zone's name is filled in.
  public var assumptions = Assumptions()
  /// Prices by item, over the assumed ones.
  public var prices: [String: Double] = [:]
  /// ISO 4217, for the prices.
  public var currency = "USD"

  /// What files are called in the findings, by path, where the path itself says nothing.
  public var labels: [String: String] = [:]
  /// What has to be known about the files; goes before the audit's own notes.
  public var notes: [String] = []
  /// When the logs end, in milliseconds since 1970, where that is later than the last thing any of them says.
  public var end: Int64?

  /// A record of more bytes is no order: it is counted and skipped, in bounded memory.
  public var longestRecord = 16 << 20
  /// Bytes read before the file is cut; the findings do not depend on it.
  var chunkBytes = 1 << 17

  /// The defaults, with nothing to audit yet.
  public init() {}
}

/// How far the reading is.
public struct AuditProgress: Sendable {
  /// The file being read.
  public let path: String
  /// Bytes read of all files.
  public let bytes: Int64
  /// Bytes of all files.
  public let total: Int64
}

/// A finished audit: the findings, and the orders behind them for exports that need every one.
public struct FinishedAudit: Sendable {
  /// The findings.
  public let result: AuditResult
  let facts: AuditFacts
  let ledger: GapLedger
  let positions: OrderPositions
  /// Tickets, cancellations, SKUs and demand, not capped.
  let full: AffectedOrders

  /// Hands over every order with its instants, in the order of the files: for exports that must not be capped.
  public func forEachOrder(_ body: (OrderFinding) throws -> Void) rethrows {
    for order in 0..<facts.orders.count where !facts.orders.flags[order].contains(.repeated) {
      try body(ledger.finding(order, facts))
    }
  }
}

/// Reads exports and finds the gap.
public struct Audit: Sendable {
  private let options: AuditOptions

  /// Prepares an audit.
  public init(_ options: AuditOptions) { self.options = options }

  /// Reads everything and finds what there is to find.
  /// - Throws: ``AuditFault`` when a file cannot be used at all or none holds orders.
  public func run(progress: @Sendable (AuditProgress) -> Void = { _ in }) async throws -> FinishedAudit {
    var files: [SurveyedFile] = []
    var unknown: [InputFile] = []
    for path in try Self.expand(options.paths) {
      let foreign = try ForeignForm.remark(path)
      if foreign == nil, let file = try Survey.look(at: path, mappings: options.mappings) {
        files.append(file)
      } else {
        var input = InputFile(path: path)
        input.bytes = (try? FileBytes(path: path).size) ?? 0
        input.remarks = [foreign ?? "nobody knows these headings: say what it holds with --map"]
        unknown.append(input)
      }
    }
    for position in files.indices { files[position].input.bytes = try FileBytes(path: files[position].input.path).size }
    guard files.contains(where: { $0.role == .storefront }) else {
      throw AuditFault(
        options.paths.first ?? ".",
        "holds no storefront orders that are recognised (\(Self.list(files, unknown))); name them with --map "
          + "FILE:storefront,COLUMN=order,COLUMN=created."
      )
    }
    DayOrders(zone: options.zone).settle(&files)
    for file in files where Self.isLeftOut(file) {
      unknown.append(file.input)
      unknown[unknown.count - 1].role = nil
    }
    files.removeAll(where: Self.isLeftOut)
    let plan = JoinPlan(&files)
    var reading = AuditReading(options: options, plan: plan, files: files)
    try await reading.run(progress: progress)
    return await Findings(options: options, facts: reading.facts, inputs: reading.inputs + unknown).finished()
  }

  /// The verdict is withheld over a file it rests on; any other one is named and does without.
  private static func isLeftOut(_ file: SurveyedFile) -> Bool {
    file.input.isDayOrderOpen && !DayOrders.judged.contains(file.role)
  }

  private static func list(_ files: [SurveyedFile], _ unknown: [InputFile]) -> String {
    let known = files.map { "\($0.input.path): \($0.role.rawValue)" }
    return (known + unknown.map { "\($0.path): \($0.remarks.first ?? "unknown")" }).joined(separator: "; ")
  }

  private static let endings = [".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".gz", ".log"]
  /// Not read, but people leave them in the folder and ought to hear of it.
  private static let sheets = [".xlsx", ".xls", ".ods", ".numbers", ".zip"]

  /// Files as given; of folders the files that look like exports.
  static func expand(_ paths: [String]) throws -> [String] {
    var result: [String] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw AuditFault(path, "is not there.")
      }
      guard isFolder.boolValue else {
        result.append(path)
        continue
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      let base = path.hasSuffix("/") ? path : path + "/"
      let fitting = names.filter { name in
        !name.hasPrefix(".") && name != "truth.json" && (endings + sheets).contains { name.lowercased().hasSuffix($0) }
      }
      if fitting.isEmpty {
        throw AuditFault(path, "holds no file with an ending of \(endings.joined(separator: " ")).")
      }
      result += fitting.map { base + $0 }
    }
    return result
  }
}
