import Foundation
import HandoffCore
import HandoffStore
import StoreSQLite
import Testing

@testable import countersign

/// What a person types: the runbook's own words, and the short forms people use.
@Suite struct RunbookTests {
  /// The commands of the runbook as it prints them.
  private static func commands() throws -> [[String]] {
    let root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/operating/runbook.md"), encoding: .utf8)
    return text.matches(of: /`countersign ([^`]+)`/).map { match in
      match.output.1.split(whereSeparator: \.isWhitespace).map(String.init)
    }
  }

  @Test func `every command of the runbook runs as printed`() async throws {
    let commands = try Self.commands()
    #expect(commands.count >= 8)
    for command in commands {
      try await ServedDesk.run(refusing: ["-1002"]) { desk in
        try await desk.capture("1001")
        try await desk.capture("1002")
        let id = try await CommandRun("exception", "list", "-o", "ids", in: desk.folder).out
          .trimmingCharacters(in: .whitespacesAndNewlines)
        let words = ["ID": id, "NAME": "Ada", "OWNER": "kim@example.com", "FILE": "copy.db", "RECORD": "4711"]
        let arguments = command.map { words[$0] ?? $0 }
        let run = try RunningCommand(arguments, in: desk.folder)
        let status = await run.end()
        // 2 is a wrong use; 3 may be the order's state, which is not the one that the line of the runbook is about.
        #expect(status != 2, "\(arguments): \(run.err)")
        let excused = ["422: In stage", "409: In stage", "404: There is no unreadable delivery"]
        #expect(status != 3 || excused.contains { run.err.hasPrefix($0) }, "\(run.err)")
      }
    }
  }

  @Test func `a number is found with and without its sign`() async throws {
    try await ServedDesk.run { desk in
      try await desk.capture("1001")
      for text in ["#1001", "1001"] {
        let explained = try await CommandRun("order", "explain", text, in: desk.folder)
        #expect(explained.status == 0 && explained.out.hasPrefix("order #1001 of web: confirmed\n"), "\(explained.err)")
      }
      // The id of the ERP, as somebody would read it aloud from a list of numbers.
      let record = try await CommandRun("order", "show", "#R-CS-web-1001", in: desk.folder)
      #expect(record.status == 0, "\(record.err)")
    }
  }

  @Test func `a decision without --by is that of the user, and says so`() async throws {
    try await ServedDesk.run(refusing: ["-1002"]) { desk in
      let handoff = try #require(try await desk.capture("1002"))
      let id = try #require(
        try await CommandRun("exception", "list", "-o", "ids", in: desk.folder).out.split(separator: "\n").first)
      let retried = try await CommandRun(
        "exception", "retry", String(id), in: desk.folder, environment: ["USER": "grace"])
      #expect(retried.status == 0, "\(retried.err)")
      #expect(retried.out.hasPrefix("done: #1002 ") && retried.out.contains("by grace (from $USER"))
      let journal = try await desk.store.read { try $0.journal(of: handoff.id) }
      #expect(journal.contains { $0.actor == "grace" && $0.event == "operator_decided" })
    }
  }

  @Test func `the version is told`() async throws {
    let run = try await CommandRun("--version", in: ScratchFolder())
    #expect(run.status == 0 && run.out == Countersign.version + "\n")
  }

  @Test func `a second coordinator is told in words`() {
    let failure: any Error = StoreFailure.unavailable("Another coordinator works on x.db.")
    #expect("\(failure)" == "Another coordinator works on x.db.")
  }
}
