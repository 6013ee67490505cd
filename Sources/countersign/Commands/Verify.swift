import ArgumentParser
import Connector
import Foundation
import HandoffCore
import HandoffStore
import Signing
import StoreSQLite

/// `countersign verify`: checks every journal against its row, and the sums.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Check every journal against its hashes and its row, and that nothing is lost; exit 1 when anything is wrong.",
    discussion: "Reads only; may run while the coordinator works.")

  @OptionGroup var options: ConfigurationOptions

  @Option(help: "The database, over the configuration's.")
  var database: String?

  @Option(name: [.customShort("o"), .long], help: "table, json or ids.")
  var output = OutputForm.table

  func run() async throws {
    let path = try database ?? options.load(isWired: false).database
    guard FileManager.default.fileExists(atPath: path) else { throw CommandFault("There is no database \(path).") }
    let report: Verification.Report
    do {
      let store = try SQLiteStore(path: path, role: .reader)
      report = try await store.read { try Verification(sha256: { sha256($0) }).report(on: $0) }
    } catch { throw CommandFault("\(error)") }
    switch output {
    case .json:
      let findings: [JSONValue] = report.findings.map { finding in
        [
          "kind": .string(finding.kind.rawValue), "handoff": .string(finding.handoffID?.text ?? ""),
          "detail": .string(finding.detail),
        ]
      }
      let summary: JSONValue = [
        "handoffs": .number(String(report.handoffs)), "entries": .number(String(report.entries)),
        "findings": .array(findings),
      ]
      print(summary.text)
    case .ids: for finding in report.findings { print(finding.handoffID?.text ?? "-") }
    case .table:
      for finding in report.findings {
        print(TextTable.clean("\(finding.kind.rawValue)  \(finding.handoffID?.text ?? "")  \(finding.detail)"))
      }
      print("\(report.handoffs) handoffs, \(report.entries) journal entries, \(report.findings.count) findings")
    }
    if !report.findings.isEmpty { throw ExitStatus.found }
  }
}
