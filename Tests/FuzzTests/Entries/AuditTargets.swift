import Foundation

@testable import Audit

extension FuzzTarget {
  /// Bytes as one export beside a healthy shop's: nothing traps, no record gets lost uncounted, and where the file is
  /// cut into pieces changes nothing.
  static let auditFile = FuzzTarget(name: "audit-file") { bytes throws(Finding) in
    let folder = AuditFolder.shared
    try folder.give(bytes)
    let whole = try audited(folder, chunkBytes: 1 << 17)
    let cut = try audited(folder, chunkBytes: 48)
    guard let whole, let cut else {
      try must(whole == nil && cut == nil, "a file is refused depending on where it is cut")
      return
    }
    guard let input = whole.result.inputs.first(where: { $0.path.hasSuffix(AuditFolder.name) }) else {
      throw Finding("the file is not among the inputs")
    }
    let counted = (input.skipped + input.unreadable).reduce(input.used) { $0 + $1.count }
    try must(input.role == nil || counted >= input.rows, "\(input.rows) rows, and \(counted) of them accounted for")
    try must(whole.result == cut.result, "the findings depend on where the file is cut")
    let origin = ReportOrigin(version: "0", commandLine: [], created: Instant(milliseconds: 0))
    let html = whole.html(origin)
    for live in ["<script", "<img", "javascript:", "onerror="] {
      try must(!html.lowercased().contains(live), "\(live) in the report")
    }
  }

  private static func audited(_ folder: AuditFolder, chunkBytes: Int) throws(Finding) -> FinishedAudit? {
    var options = AuditOptions()
    options.paths = folder.paths
    options.chunkBytes = chunkBytes
    options.longestRecord = 4096
    let outcome = try Blocking.run { [options] () -> Result<FinishedAudit, any Error> in
      do { return .success(try await Audit(options).run()) } catch { return .failure(error) }
    }
    switch outcome {
    case .success(let finished): return finished
    case .failure(let fault as AuditFault):
      try must(!fault.description.isEmpty, "a fault without words")
      return nil
    case .failure(let error): throw Finding("another error than a fault: \(error)")
    }
  }

  /// Bytes as a `--map`, and as text that people may be in.
  static let auditText = FuzzTarget(name: "audit-text") { bytes throws(Finding) in
    let text = String(decoding: bytes, as: UTF8.self)
    _ = try? Mapping(text)
    _ = ZoneRules(named: text)
    _ = (PersonalData.masked(text), PersonalData.maskedIdentifier(text))
    let escaped = VisibleText.escaped(text)
    try must(!escaped.contains { "<>\"'".contains($0) }, "markup is left in \(escaped)")
  }
}

/// A folder in memory with a healthy shop's exports and one file that is given.
private struct AuditFolder {
  static let name = "given.csv"
  static let shared = AuditFolder()
  let path: String

  var paths: [String] { ["store.csv", "erp.csv", "mail.csv", Self.name].map { path + "/" + $0 } }

  private init() {
    let base = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    path = "\(base)/countersign-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let orders = (0..<31).map { ("\(1000 + $0)", 10 + $0) }
    write("store.csv", "order_id,created_at,sku,qty\n", orders.map { "\($0.0),2026-10-05T12:\($0.1):00Z,A,1" })
    write("erp.csv", "order_id,recorded_at\n", orders.map { "\($0.0),2026-10-05T12:\($0.1):20Z" })
    write("mail.csv", "order_id,confirmed_at,subject\n", orders.map { "\($0.0),2026-10-05T12:\($0.1):30Z,confirmed" })
  }

  private func write(_ name: String, _ heading: String, _ rows: [String]) {
    let text = heading + rows.joined(separator: "\n") + "\n"
    _ = FileManager.default.createFile(atPath: path + "/" + name, contents: Data(text.utf8))
  }

  func give(_ bytes: [UInt8]) throws(Finding) {
    guard FileManager.default.createFile(atPath: path + "/" + Self.name, contents: Data(bytes)) else {
      throw Finding("the given file cannot be written to \(path)")
    }
  }
}
