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

  /// Whether the number people know an order by is kept where logs refer to its id: the CSV files show it.
  public var keepsOrderNumbers = true
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
    let paths = try Self.expand(options.paths)
    try checkMappings(paths)
    var files: [SurveyedFile] = []
    var others: [(path: String, look: Look)] = []
    for path in paths {
      // Files of our own making are named by nobody.
      let look = try Survey.look(at: path, mappings: options.labels[path] == nil ? options.mappings : [])
      if case .known(let file) = look { files.append(file) } else { others.append((path, look)) }
    }
    let roles = Set(files.map(\.role))
    let numbers = JoinPlan.profiles(files).values.flatMap(\.self)
    var unknown = others.map { Self.unknown($0.path, $0.look, roles, numbers) }
    for position in files.indices { files[position].input.bytes = try FileBytes(path: files[position].input.path).size }
    guard roles.contains(.storefront) else {
      for case (let path, .noExport(let fault)) in others
      where Survey.hinted(path).contains(.storefront) && fault.line != nil {
        throw fault
      }
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
    let plan = JoinPlan(&files, keepsNumbers: options.keepsOrderNumbers)
    var reading = AuditReading(options: options, plan: plan, files: files)
    try await reading.run(progress: progress)
    return await Findings(options: options, facts: reading.facts, inputs: reading.inputs + unknown).finished()
  }

  /// A mapping that fits no file is a slip of the pen, and what it should have said would go unsaid.
  private func checkMappings(_ paths: [String]) throws {
    let named = paths.filter { options.labels[$0] == nil }
    for mapping in options.mappings where !named.contains(where: { mapping.fits($0) }) {
      let shown = named.prefix(40).joined(separator: ", ")
      throw AuditFault(
        "--map \(mapping.file):…",
        "fits no file: what stands before the colon is the end of a file's path, or *. "
          + (named.isEmpty ? "There are no files." : "The files are \(shown)\(named.count > 40 ? " and more" : "")."))
    }
  }

  /// A file that is not used, with what to do about it.
  private static func unknown(
    _ path: String, _ look: Look, _ roles: Set<FileRole>, _ numbers: [KeyProfile]
  ) -> InputFile {
    var input = InputFile(path: path)
    input.bytes = (try? FileBytes(path: path).size) ?? 0
    switch look {
    case .known: break
    case .unknown(let sample): input.remarks = [Advice(path: path, sample: sample, known: roles, numbers: numbers).text]
    case .noExport(let fault): input.remarks = [fault.message]
    }
    return input
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
