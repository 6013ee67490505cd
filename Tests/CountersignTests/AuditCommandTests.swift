import Foundation
import Testing

/// `countersign audit` as people and scripts meet it.
@Suite struct AuditCommandTests {
  private func generated(_ world: String, in folder: ScratchFolder) async throws {
    let made = try await CommandRun(
      "audit", "generate", "--orders", "3000", "--seed", "5", "--world", world, "--out", "exports", in: folder)
    #expect(made.status == 0, "\(made.err)")
  }

  @Test func `a gap ends with 1, says so first, and leaves its findings in a folder`() async throws {
    let folder = try ScratchFolder()
    try await generated("broken-at-peaks", in: folder)
    let run = try await CommandRun("audit", "exports", "--out", "findings", in: folder)
    #expect(run.status == 1)
    #expect(run.out.hasPrefix("Handoff failure at peaks: "))
    #expect(run.err.isEmpty)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/findings")
    #expect(
      Set(names).isSuperset(of: [
        "report.html", "audit.json", "gap.csv", "late.csv", "never.csv", "oversell.csv", "tickets.csv",
      ]))
  }

  @Test func `the report says how it was made`() async throws {
    let folder = try ScratchFolder()
    try await generated("webhook-loss", in: folder)
    let run = try await CommandRun("audit", "exports", "--report", "report.html", "-o", "none", in: folder)
    #expect(run.status == 1)
    #expect(run.out.isEmpty && run.err.isEmpty)
    let page = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
    #expect(page.contains("<pre>countersign audit exports --report report.html -o none</pre>"))
    #expect(page.contains("orders were confirmed and never reached the ERP."))
    let secret = try await CommandRun(
      "audit", "exports", "--report", "report.html", "-o", "none", "--set", "erps.books.token=s3cret", "--set",
      "a=s3cret",
      "--set=erps.books.key=s3cret", in: folder)
    #expect(secret.status == 1)
    let shown = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
    for text in ["--set &#39;erps.books.token=***&#39;", "--set &#39;a=***&#39;", "--set=erps.books.key=***"] {
      #expect(shown.contains(text), "\(text)")
    }
    #expect(!shown.contains("s3cret"))
    let nowhere = try await CommandRun("audit", "exports", "--report", "no/where.html", "-o", "none", in: folder)
    #expect(nowhere.status == 3)
    #expect(nowhere.err.hasPrefix("no/where.html: cannot be written"))
  }

  @Test func `no gap ends with 0, and JSON is JSON`() async throws {
    let folder = try ScratchFolder()
    try await generated("healthy", in: folder)
    let run = try await CommandRun("audit", "exports", "-o", "json", in: folder)
    #expect(run.status == 0)
    let result = try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any]
    #expect((result?["verdict"] as? [String: Any])?["kind"] as? String == "healthy")
  }

  @Test func `what cannot be judged or used ends with 2 and says why`() async throws {
    let folder = try ScratchFolder()
    try await generated("healthy", in: folder)
    let alone = try await CommandRun("audit", "exports/shopify-orders.csv", in: folder)
    #expect(alone.status == 2)
    #expect(alone.out.contains("This cannot be judged"))
    let missing = try await CommandRun("audit", "nowhere", in: folder)
    #expect(missing.status == 2)
    #expect(missing.err == "nowhere: is not there.\n")
  }

  @Test(
    arguments: [
      ["audit"], ["audit", "x", "--map", "nonsense"], ["audit", "x", "--map", "*:zone=Mars/Base"],
      ["audit", "x", "--time-zone", "Mars/Base"],
      ["audit", "x", "--cost", "tears=3"], ["audit", "generate", "--world", "perfect", "--out", "x"],
    ])
  func `a wrong use ends with 2 and says how it is used`(arguments: [String]) async throws {
    let command = try RunningCommand(arguments, in: ScratchFolder())
    #expect(await command.end() == 2)
    #expect(command.err.contains("Error:"))
  }

  @Test func `help explains the options, the roles and the fields`() async throws {
    let folder = try ScratchFolder()
    for arguments in [["audit", "--help"], ["audit", "run", "-h"]] {
      let command = try RunningCommand(arguments, in: folder)
      #expect(await command.end() == 0)
      for part in [
        "--map", "--time-zone", "--out", "--live", "--since", "marketplaceCancellations", "zone=", "generate",
      ] {
        #expect(command.out.contains(part), "\(part)")
      }
    }
    let generate = try await CommandRun("audit", "generate", "--help", in: folder)
    #expect(generate.status == 0 && generate.out.contains("--world"))
  }

  @Test func `a mapping that fits no file ends with 2 and names the files`() async throws {
    let folder = try ScratchFolder()
    try await generated("healthy", in: folder)
    let run = try await CommandRun("audit", "exports", "--map", "erp.cvs:zone=Europe/Berlin", in: folder)
    #expect(run.status == 2 && run.out.isEmpty)
    #expect(run.err.hasPrefix("--map erp.cvs:…: fits no file") && run.err.contains("exports/shopify-orders.csv"))
  }

  @Test func `prices can be given`() async throws {
    let folder = try ScratchFolder()
    try await generated("webhook-loss", in: folder)
    let run = try await CommandRun("audit", "exports", "--cost", "lost-order=1000", "--currency", "EUR", in: folder)
    #expect(run.status == 1)
    #expect(run.out.contains("Cost     EUR "))
    #expect(run.out.contains(" x 1000 lost-order"))
  }
}
