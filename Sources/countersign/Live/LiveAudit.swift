import ArgumentParser
import Audit
import Foundation
import HandoffCore
import StoreSQLite

/// What `countersign audit --live` needs to know besides.
struct LiveAuditOptions: ParsableArguments {
  @Flag(help: "Audit the orders in Countersign's own database; files may be given besides.")
  var live = false

  @OptionGroup var configuration: ConfigurationOptions

  @Option(help: "With --live: the database, over the configuration's.")
  var database: String?

  @Option(help: "With --live: only orders placed from this day (in --time-zone) or instant on, as 2026-11-24.")
  var since: String?

  @Option(help: "With --live: only orders placed before this day or instant, as 2026-11-25T06:00:00Z.")
  var until: String?

  @Flag(
    inversion: .prefixedNo,
    help: "With --live: count observed orders as confirmed when they were placed; no where a file tells it.")
  var assumedConfirmations = true

  @Option(help: "With --live: audit again each so many minutes, until it is stopped.")
  var every: Int?

  func validate() throws {
    for (name, text) in [("--since", since), ("--until", until)] {
      if let text, Self.instant(text, .utc) == nil {
        throw ValidationError("\(name) \(text): write a day as 2026-11-24, or an instant as 2026-11-24T06:00:00Z")
      }
    }
    if let since, let until, let from = Self.instant(since, .utc), let to = Self.instant(until, .utc), from >= to {
      throw ValidationError("--since \(since) is not before --until \(until): no order can lie between them")
    }
    if let every, !(1...10_080).contains(every) {
      throw ValidationError("--every \(every): write minutes, from 1 to 10080")
    }
    if !live, database != nil || since != nil || until != nil || every != nil || !assumedConfirmations {
      throw ValidationError("--database, --since, --until, --every and --no-assumed-confirmations need --live")
    }
  }
}

extension LiveAuditOptions {
  /// An instant, or the beginning of a day in a zone.
  static func instant(_ text: String, _ zone: ZoneRules) -> Timestamp? {
    Timestamp(iso8601: text) ?? zone.start(ofDay: text).flatMap { Timestamp(iso8601: $0.iso8601) }
  }
}

/// An export of the database in a folder of its own, gone when the body has ended.
struct LiveAudit {
  let options: LiveAuditOptions

  /// Adds the exported files to an audit's options, and what has to be known about them.
  func with<Value>(_ audit: AuditOptions, _ body: (AuditOptions) async throws -> Value) async throws -> Value {
    let path = try database()
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFault("There is no database \(path): name it with --database, or start countersign serve first.")
    }
    let base = FileManager.default.temporaryDirectory.path
    let folder = (base.hasSuffix("/") ? base : base + "/") + "countersign-audit-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let count: JournalExport.Count
    do {
      var export = JournalExport(store: try SQLiteStore(path: path, role: .reader))
      export.since = options.since.flatMap { LiveAuditOptions.instant($0, audit.zone) } ?? .distantPast
      export.until = options.until.flatMap { LiveAuditOptions.instant($0, audit.zone) } ?? .distantFuture
      export.assumesConfirmation = options.assumedConfirmations
      count = try await export.write(to: folder)
    } catch let fault as CommandFault { throw fault } catch { throw CommandFault("\(error)") }
    var audit = audit
    audit.paths = count.files.map { folder + "/" + $0 } + audit.paths
    for file in count.files { audit.labels[folder + "/" + file] = "\(path): \(file.dropLast(4))" }
    audit.notes = notes(count, path)
    if options.until == nil { audit.end = Int64(Date().timeIntervalSince1970 * 1000) }
    return try await body(audit)
  }

  /// Other commands end with 1 when their configuration is wrong; of an audit that would say that a gap was found.
  private func database() throws -> String {
    if let path = options.database { return path }
    do { return try options.configuration.load(isWired: false).database } catch let faults as ConfigFaults {
      FileHandle.standardError.write(Data("\(faults)\nMend it, or name the database with --database.\n".utf8))
      throw AuditStatus.notJudged
    }
  }

  private func notes(_ count: JournalExport.Count, _ path: String) -> [String] {
    var notes = [
      "From the journal of \(path): \(count.orders) orders, \(count.gated) of them gated and \(count.observed) only "
        + "observed."
    ]
    if count.observed > 0, options.assumedConfirmations {
      notes.append(
        "Observed orders are taken as confirmed by their storefront when they were placed; give the log of "
          + "confirmations and --no-assumed-confirmations to measure it.")
    }
    if count.observed > 0, count.submitted > 0 {
      notes.append(
        "The way through Countersign's own queue is left out, because observed orders do not take it; give the day of "
          + "the cutover as --since to see it.")
    }
    if count.seenWithoutTime > 0 {
      notes.append(
        "\(count.seenWithoutTime) of \(count.seen) records of observed orders carry no time of the ERP's: their "
          + "receipt is the moment they were seen, up to a round of the watch too late.")
    }
    return notes
  }
}
