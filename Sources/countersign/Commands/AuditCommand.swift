import ArgumentParser
import Audit
import CJemalloc
import Foundation

/// `countersign audit`: finds the gap in anyone's exports.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Find out from exports whether customers are told before the ERP knows.",
    discussion: "`countersign audit --help` explains every option.",
    subcommands: [AuditRun.self, AuditGenerate.self], defaultSubcommand: AuditRun.self,
    // Asked for help, the default answers: its options are what people look for.
    helpNames: [])
}

/// What the audit ends with.
enum AuditStatus {
  /// Customers are told before the ERP knows, or the ERP knows late.
  static let gap = ExitCode(1)
  /// The files do not allow an answer, or cannot be used.
  static let notJudged = ExitCode(2)
}

/// `countersign audit PATH…`.
struct AuditRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Find out whether customers are told before the ERP knows (the default).",
    usage: """
      countersign audit <paths> ... [options]
      countersign audit --live [<paths> ...] [options]
      countersign audit generate --out <folder> [options]
      """,
    discussion: """
      Give a folder or files: storefront orders, the ERP's orders, the log of confirmations, and, as far as you have \
      them, webhook deliveries, the integration's queue, support tickets, marketplace orders and cancellations, stock \
      and the ERP's demand. They are recognised by their headings; gzip is fine; nothing leaves this machine.

      A file that is not recognised is listed with its headings; say what it holds with --map:
        --map 'orders.csv:storefront,Bestellnummer=order,Angelegt=created'
        --map 'erp.csv:zone=Europe/Berlin,dates=day-first'

      Before the colon stands the end of the file's path, * or *.csv. ROLE is one of \(roles). FIELD is one of order, \
      name, created, channel, sku, qty, status, test, cancelled, event, template, ticket, text, reason, units, week.

      Ends with 0 when there is no gap, 1 when there is one, 2 when the files do not allow an answer or cannot be used \
      or the command was used wrongly, 3 when the database is not there or an output cannot be written.
      """, helpNames: [.short, .long])

  private static let roles = FileRole.allCases.map(\.rawValue).joined(separator: ", ")

  private static let prices = Cost.assumed.map(\.name).joined(separator: ", ")

  enum Output: String, ExpressibleByArgument, CaseIterable { case table, json, none }

  @Argument(help: "Folders or files.")
  var paths: [String] = []

  @OptionGroup(title: "Live") var live: LiveAuditOptions

  @Option(
    name: .customLong("map"),
    help:
      "What a file holds, as FILE:ROLE,COLUMN=FIELD,…,zone=ZONE,dates=ORDER; see above. May be repeated."
  )
  var mappings: [String] = []

  @Option(help: "The zone of times that carry none, as Europe/Berlin; days and hours of the findings are in it too.")
  var timeZone = "UTC"

  @Option(
    name: [.customShort("o"), .long], help: "table (the findings on one screen), json (all of them) or none.")
  var output = Output.table

  @Option(help: "A folder for report.html, audit.json and a CSV file of every finding.")
  var out: String?

  @Option(help: "A file for the report: one page without network or script, for people who decide.")
  var report: String?

  @Option(help: "A file for the orders and their events as OCEL 2.0 JSON, for tools of process mining.")
  var ocel: String?

  @Option(help: "Seconds after the confirmation from which a receipt is listed as late.")
  var lateAfter = 900

  @Option(help: "Seconds before the end of the logs in which a missing receipt is not yet called missing.")
  var grace = 900

  @Option(help: "Orders named in each list of the JSON; the CSV files of --out have all.")
  var listLimit = 1000

  @Option(
    name: .customLong("cost"),
    help: "A price over the assumed one, as lost-order=80, for one of \(Self.prices); may be repeated.")
  var costs: [String] = []

  @Option(help: "The currency of the prices.")
  var currency = "USD"

  @Flag(help: "Leave people in order numbers, SKUs and channels readable (e-mail, telephone, names).")
  var unmask = false

  func validate() throws {
    if paths.isEmpty, !live.live {
      throw ValidationError("say which folder or files to audit, or --live for Countersign's own database")
    }
    for (name, seconds) in [("--late-after", lateAfter), ("--grace", grace)]
    where !(0...1_000_000_000).contains(seconds) {
      throw ValidationError("\(name) \(seconds): write seconds, not below zero")
    }
    guard (0...10_000_000).contains(listLimit) else {
      throw ValidationError("--list-limit \(listLimit): write a number from 0 to 10000000")
    }
    _ = try options()
  }

  func run() async throws {
    Self.giveMemoryBack()
    while true {
      let status = try await once()
      guard let minutes = live.every else {
        if let status { throw status }
        return
      }
      try await Task.sleep(for: .seconds(60 * minutes))
    }
  }

  private func once() async throws -> ExitCode? {
    let options = try options()
    guard live.live else { return try await audited(options) }
    return try await LiveAudit(options: live).with(options) { try await audited($0) }
  }

  /// One audit: its findings are written, and how it ends is returned.
  private func audited(_ options: AuditOptions) async throws -> ExitCode? {
    let finished: FinishedAudit
    do {
      let bar = ProgressBar(isShown: isatty(STDERR_FILENO) == 1)
      defer { bar.clear() }
      finished = try await Audit(options).run { bar.show($0) }
    } catch let fault as AuditFault {
      FileHandle.standardError.write(Data("\(TextTable.clean(fault.description))\n".utf8))
      throw AuditStatus.notJudged
    }
    try write(finished)
    switch output {
    case .table: print(AuditSummary(finished.result).text)
    case .json: print(try finished.json())
    case .none: break
    }
    if finished.result.verdict.kind == .cannotBeJudged { return AuditStatus.notJudged }
    return finished.result.foundGap ? AuditStatus.gap : nil
  }

  private func write(_ finished: FinishedAudit) throws {
    if let out { try named(out) { try finished.write(to: out) } }
    for path in [out.map { $0 + "/report.html" }, report].compactMap({ $0 }) {
      try named(path) { try finished.writeReport(origin, to: path) }
    }
    if let ocel { try named(ocel) { try finished.writeOCEL(to: ocel) } }
  }

  /// What cannot be written is named, in words.
  private func named(_ path: String, _ body: () throws -> Void) throws {
    do { try body() } catch let fault as AuditFault {
      throw CommandFault(TextTable.clean(fault.description))
    } catch {
      throw CommandFault("\(TextTable.clean(path)): cannot be written: \(error.localizedDescription)")
    }
  }

  private var origin: ReportOrigin {
    let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    return ReportOrigin(
      version: Countersign.version, commandLine: ["countersign"] + Self.shown(CommandLine.arguments.dropFirst()),
      created: now)
  }

  /// Reports are sent around: the values of settings, which can be secrets, stay out of them.
  static func shown(_ arguments: some Sequence<String>) -> [String] {
    var isSetting = false
    return arguments.map { argument in
      defer { isSetting = argument == "--set" }
      let prefix = "--set="
      guard isSetting || argument.hasPrefix(prefix) else { return argument }
      let path = isSetting ? argument[...] : argument.dropFirst(prefix.count)
      return (isSetting ? "" : prefix) + path.prefix { $0 != "=" } + "=***"
    }
  }

  /// A server keeps freed pages for the next order; an audit runs once on somebody's laptop, and each chunk's pages go
  /// back at once. At a million orders it costs 0.1 s of CPU and saves 10 MiB.
  private static func giveMemoryBack() {
    var decay = 0
    for name in ["arenas.dirty_decay_ms", "arena.0.dirty_decay_ms"] {
      _ = mallctl(name, nil, nil, &decay, UInt(MemoryLayout<Int>.size))
    }
  }

  private func options() throws -> AuditOptions {
    var options = AuditOptions()
    options.paths = paths
    guard let zone = ZoneRules(named: timeZone) else {
      throw ValidationError("--time-zone \(timeZone): there is no such zone; write one as Europe/Berlin")
    }
    options.zone = zone
    do { options.mappings = try mappings.map { try Mapping($0) } } catch { throw ValidationError("\(error)") }
    options.assumptions.lateAfterSeconds = lateAfter
    options.assumptions.graceSeconds = grace
    options.assumptions.listLimit = listLimit
    options.assumptions.isUnmasked = unmask
    options.keepsOrderNumbers = out != nil
    options.currency = currency
    for cost in costs {
      let parts = cost.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let price = Double(parts[1]), (0...1e9).contains(price),
        Cost.assumed.contains(where: { $0.name == parts[0] })
      else {
        let known = Cost.assumed.map(\.name).joined(separator: ", ")
        throw ValidationError("--cost \(cost): write NAME=PRICE with one of \(known)")
      }
      options.prices[parts[0]] = price
    }
    return options
  }
}

/// How far the reading is, on one line of a terminal.
private final class ProgressBar: Sendable {
  private let isShown: Bool

  init(isShown: Bool) { self.isShown = isShown }

  func show(_ progress: AuditProgress) {
    guard isShown, progress.total > 32 << 20 else { return }
    let share = min(1, Double(progress.bytes) / Double(max(1, progress.total)))
    let filled = Int(share * 30)
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: 30 - filled)
    let name = TextTable.clean(String(progress.path.split(separator: "/").last ?? "").prefix(40).description)
    write("\r[\(bar)] \(Int(share * 100)) % \(name)\u{1B}[K")
  }

  func clear() { if isShown { write("\r\u{1B}[K") } }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// `countersign audit generate`.
struct AuditGenerate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Write realistic exports with a planted fault, and the truth beside them.",
    helpNames: [.short, .long])

  @Option(help: "How many orders.")
  var orders = 10_000

  @Option(help: "The same seed writes the same files.")
  var seed: UInt64 = 1

  @Option(
    help: "What is wrong: \(World.allCases.map(\.rawValue).joined(separator: ", ")).",
    transform: { name in
      guard let world = World(rawValue: name) else { throw ValidationError("there is no world \(name)") }
      return world
    })
  var world = World.brokenFastWebhooks

  @Option(help: "Days the orders are spread over.")
  var days = 14

  @Option(help: "The folder to write to.")
  var out: String

  func validate() throws {
    guard orders > 0, days > 0 else { throw ValidationError("--orders and --days need a positive number") }
  }

  func run() throws {
    var generator = AuditGenerator(orders: orders, seed: seed, world: world, folder: out)
    generator.days = days
    do {
      let truth = try generator.run()
      print("\(out): \(truth.captured) orders, world \(world.rawValue), verdict \(truth.verdict.rawValue)")
    } catch let fault as AuditFault {
      throw CommandFault(fault.description)
    }
  }
}
