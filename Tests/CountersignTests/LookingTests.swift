import Connector
import Coordinator
import Foundation
import HandoffCore
import HandoffStore
import StoreSQLite
import Testing

@testable import countersign

/// Commands that ask a running coordinator.
@Suite struct LookingTests {
  @Test func `an order is found by number, record and external id, and shown in three forms`() async throws {
    try await ServedDesk.run { desk in
      let handoff = try #require(try await desk.capture("1001"))
      for text in ["#1001", "1001", "CS-web-1001", "R-CS-web-1001", "sample@example.com", handoff.id.text] {
        let shown = try await CommandRun("order", "show", text, in: desk.folder)
        #expect(shown.status == 0, "\(text): \(shown.err)")
        #expect(shown.out.contains("order #1001 (1001) of web"))
        #expect(shown.out.contains("stage confirmed, ERP record R-CS-web-1001 in office"))
        #expect(shown.out.contains("confirmation_sent"))
      }
      let ids = try await CommandRun("order", "show", "1001", "-o", "ids", in: desk.folder)
      #expect(ids.out == handoff.id.text + "\n")
      let json = try await CommandRun("order", "show", "1001", "--output", "json", in: desk.folder)
      #expect(try JSONValue(parsing: Array(json.out.utf8))["stage"] == "confirmed")
      let explained = try await CommandRun("order", "explain", "1001", in: desk.folder)
      #expect(explained.status == 0)
      #expect(explained.out.hasPrefix("order #1001 of web: confirmed\n  "))
    }
  }

  @Test func `orders are listed, and several that fit are listed instead of one`() async throws {
    try await ServedDesk.run(refusing: ["-1002"]) { desk in
      for id in ["1001", "1002"] { try await desk.capture(id) }
      let all = try await CommandRun("order", "list", in: desk.folder)
      #expect(all.status == 0)
      #expect(all.out.hasPrefix("number  storefront  stage"))
      #expect(all.out.contains("#1001") && all.out.contains("#1002"))
      let refused = try await CommandRun("order", "list", "--stage", "refused", "--storefront", "web", in: desk.folder)
      #expect(refused.out.contains("#1002") && !refused.out.contains("#1001"))
      let several = try await CommandRun("order", "show", "sample@example.com", in: desk.folder)
      #expect(several.status == 0)
      #expect(several.out.contains("#1001") && several.out.contains("#1002"))
    }
  }

  @Test func `an order that has ended is erased by number, and one under way is refused with the reason`() async throws
  {
    try await ServedDesk.run(refusing: ["-1002"]) { desk in
      for id in ["1001", "1002"] { try await desk.capture(id) }
      let dry = try await CommandRun("order", "erase", "1001", "--by", "Ada", "--dry-run", in: desk.folder)
      #expect(dry.status == 0 && dry.out.hasPrefix("POST /v1/orders/h") && dry.out.contains(#"{"by":"Ada"}"#))
      let kept = try await CommandRun("order", "show", "sample@example.com", "-o", "ids", in: desk.folder)
      #expect(kept.out.split(separator: "\n").count == 2)
      let erased = try await CommandRun("order", "erase", "1001", "--by", "Ada", in: desk.folder)
      #expect(erased.status == 0 && erased.out == "order #1001: personal data erased\n", "\(erased)")
      let again = try await CommandRun("order", "erase", "1001", "--by", "Ada", in: desk.folder)
      #expect(again.out == "order #1001: personal data erased before; nothing has happened since\n", "\(again)")
      let refused = try await CommandRun("order", "erase", "1002", "--by", "Ada", in: desk.folder)
      #expect(refused.status == 3 && refused.err.contains("order #1002 is still under way, refused"), "\(refused)")
      let found = try await CommandRun("order", "list", in: desk.folder)
      #expect(found.out.contains("#1001"))
      let left = try await CommandRun("order", "show", "sample@example.com", in: desk.folder)
      #expect(left.out.contains("order #1002") && !left.out.contains("#1001"))
    }
  }

  @Test func `what is not there, not let in, or not running is said in words, with status 3`() async throws {
    try await ServedDesk.run { desk in
      let unknown = try await CommandRun("order", "show", "9", in: desk.folder)
      #expect(unknown.status == 3)
      #expect(unknown.err == "404: No order has this id, number, address or record id.\n")
      #expect(unknown.out.isEmpty)
      let wrong = try await CommandRun("order", "list", "--token", "a-wrong-token-of-length", in: desk.folder)
      #expect(wrong.status == 3 && wrong.err.hasPrefix("401: "))
      #expect(wrong.err.contains("--token") && wrong.err.contains("http.token"))
      let bare = try await CommandRun("order", "list", "--url", desk.url, in: desk.folder)
      #expect(bare.status == 3 && bare.err.hasPrefix("401: "))
      let token = try await CommandRun(
        "order", "list", "--url", desk.url + "/", "--token", ServedDesk.token, in: desk.folder)
      #expect(token.status == 0)
      let stage = try await CommandRun("order", "list", "--stage", "lost", in: desk.folder)
      #expect(stage.status == 3 && stage.err.contains("The stage is none of captured, submitting"))
      let away = try await CommandRun("order", "list", "--url", "http://127.0.0.1:1", in: desk.folder)
      #expect(away.status == 3)
      #expect(away.err.contains("Is `countersign serve` running there?"))
    }
  }

  @Test func `exceptions are listed with status 1, decided about, and gone`() async throws {
    try await ServedDesk.run(refusing: ["-1002"]) { desk in
      let none = try await CommandRun("exception", "list", in: desk.folder)
      #expect(none.status == 0)
      let handoff = try #require(try await desk.capture("1002"))
      #expect(handoff.exception?.kind == .refused)
      let listed = try await CommandRun("exception", "list", in: desk.folder)
      #expect(listed.status == 1)
      #expect(listed.out.contains("No such item.") && listed.out.contains("erp-team@example.com"))
      let id = try #require(
        try await CommandRun("exception", "list", "-o", "ids", in: desk.folder).out.split(separator: "\n").first)
      let other = try await CommandRun("exception", "list", "--owner", "nobody@example.com", in: desk.folder)
      #expect(other.status == 0)

      let dry = try await CommandRun(
        "exception", "resolve", String(id), "decline", "--by", "Ada", "--dry-run", in: desk.folder)
      #expect(dry.status == 0)
      #expect(dry.out.hasPrefix("POST /v1/exceptions/\(id)/resolve\n"))
      #expect(try await desk.store.read { try $0.row(handoff.id)?.handoff.stage } == .refused)

      let assigned = try await CommandRun(
        "exception", "assign", String(id), "kim@example.com", "--by", "Ada", in: desk.folder)
      #expect(assigned.status == 0, "\(assigned.err)")
      #expect(assigned.out == "done: exception \(id) belongs to kim@example.com, by Ada\n")
      let kims = try await CommandRun("exception", "list", "--owner", "kim@example.com", in: desk.folder)
      #expect(kims.status == 1)
      let wrong = try await CommandRun("exception", "resolve", String(id), "guess", "--by", "Ada", in: desk.folder)
      #expect(wrong.status == 2 && wrong.err.contains("\"guess\" is no decision; the decisions are retry, create-"))
      let explained = try await CommandRun("order", "show", "1002", in: desk.folder)
      #expect(explained.out.contains("stage refused, no ERP record in office"))
      let senseless = try await CommandRun(
        "exception", "resolve", String(id), "accept-shortage", "--by", "Ada", in: desk.folder)
      #expect(senseless.status == 3 && senseless.err.contains("There is no shortage to accept."))
      let declined = try await CommandRun("exception", "resolve", String(id), "decline", "--by", "Ada", in: desk.folder)
      #expect(declined.status == 0 && declined.out.hasPrefix("done: #1002 decl"))
      let late = try await CommandRun("exception", "retry", String(id), "--by", "Ada", in: desk.folder)
      #expect(late.status == 3 && late.err.hasPrefix("409: Exception \(id) was closed by Ada."), "\(late.err)")
      let journal = try await desk.store.read { try $0.journal(of: handoff.id) }
      #expect(journal.contains { $0.actor == "Ada" && $0.event == "operator_decided" })
      #expect(try await CommandRun("exception", "list", "--all", in: desk.folder).status == 0)
    }
  }

  @Test func `exceptions come nearest deadline first, a cut list says so, and closed ones are told from open ones`()
    async throws
  {
    try await ServedDesk.run(refusing: ["-1001", "-1002", "-1003"]) { desk in
      let now = SystemTime().now
      for (number, hours) in [("1001", 5), ("1002", 1), ("1003", 3)] {
        let id = try #require(try await desk.capture(number)).id
        let deadline = now + .seconds(hours * 3600)
        try await desk.store.transact {
          try $0.reassign(exceptionOf: id, owner: "kim@example.com", deadline: deadline, escalations: 0)
        }
      }
      let cut = try await CommandRun("exception", "list", "--limit", "2", in: desk.folder)
      #expect(cut.status == 1)
      let numbers = cut.out.matches(of: /#100[0-9]/).map { String($0.output) }
      #expect(numbers == ["#1002", "#1003"], "\(cut.out)")
      #expect(cut.out.contains("\n\n2 of 3, those with the nearest deadline first; without --limit all are listed\n"))
      let ids = try await CommandRun("exception", "list", "--limit", "2", "-o", "ids", in: desk.folder)
      #expect(ids.out.split(separator: "\n").count == 2, "programs read ids alone")
      #expect(ids.err.hasPrefix("2 of 3, those with the nearest deadline first"))
      let whole = try await CommandRun("exception", "list", in: desk.folder)
      #expect(whole.out.contains("#1001") && !whole.out.contains(" of 3"))
      let wrong = try await CommandRun("exception", "list", "--limit", "0", in: desk.folder)
      #expect(wrong.status == 3 && wrong.err.contains("from 1 to 500"))

      let nearest = try #require(ids.out.split(separator: "\n").first)
      let declined = try await CommandRun(
        "exception", "resolve", String(nearest), "decline", "--by", "Ada", in: desk.folder)
      #expect(declined.status == 0, "\(declined.err)")
      let all = try await CommandRun("exception", "list", "--all", in: desk.folder)
      let rows = all.out.split(separator: "\n").map(String.init)
      #expect(rows.first?.contains("  state  ") == true)
      #expect(rows.contains { $0.contains("#1001") && $0.contains("  open  ") })
      #expect(rows.last?.contains("#1002") == true && rows.last?.contains("  closed by Ada  ") == true, "\(all.out)")
    }
  }

  @Test func `an unreadable delivery is listed, shown, replayed and closed, under both names of the command`()
    async throws
  {
    try await ServedDesk.run { desk in
      #expect(try await CommandRun("unreadable", "list", in: desk.folder).status == 0)
      try await desk.store.transact { [moves = desk.coordinator.moves] in
        _ = try moves.keep(
          storefront: StorefrontName("web"), topic: "order.created", dedupeID: "w1", headers: "webhook-id: w1\n",
          body: Array("{oops".utf8), receivedAt: Timestamp(seconds: 1_700_000_000), unreadable: "$: no JSON", in: $0)
      }
      let listed = try await CommandRun("quarantine", "list", in: desk.folder)
      #expect(listed.status == 1)
      #expect(listed.out.contains("OVERDUE") && listed.out.contains("$: no JSON"))
      let exceptions = try await CommandRun("exception", "list", in: desk.folder)
      #expect(exceptions.status == 1)
      #expect(
        exceptions.out.contains("1 unreadable delivery waits too, 1 of them overdue: countersign unreadable list"))
      let shown = try await CommandRun("unreadable", "show", "1", in: desk.folder)
      #expect(shown.status == 0)
      #expect(shown.out.contains("webhook-id: w1") && shown.out.contains("{oops"))
      let dry = try await CommandRun("unreadable", "replay", "1", "--by", "Ada", "--dry-run", in: desk.folder)
      #expect(dry.status == 0 && dry.out == "POST /v1/unreadable/1/replay\n")
      #expect(try await CommandRun("unreadable", "replay", "--by", "Ada", in: desk.folder).status == 2)
      let replayed = try await CommandRun("unreadable", "replay", "--all", "--by", "Ada", in: desk.folder)
      #expect(replayed.status == 1, "\(replayed.err)")
      #expect(replayed.out.hasPrefix("1 rejected: "))
      let closed = try await CommandRun(
        "unreadable", "close", "1", "--by", "Ada", "--reason", "a test", in: desk.folder)
      #expect(closed.status == 0 && closed.out == "closed by Ada: a test\n", "\(closed.err)")
      #expect(try await CommandRun("unreadable", "list", "--all", in: desk.folder).status == 0)
      #expect(try await CommandRun("exception", "list", in: desk.folder).status == 0)
    }
  }

  @Test func `a decision without a name is a wrong use`() async throws {
    let folder = try ScratchFolder()
    try folder.write(ServedDesk.configuration())
    for arguments in [["retry", "1"], ["assign", "1", "kim"], ["resolve", "1", "decline"]] {
      let command = try RunningCommand(["exception"] + arguments, in: folder, environment: ["USER": ""])
      #expect(await command.end() == 2)
      #expect(command.err.contains("--by: a decision needs the name of who took it"))
      #expect(command.err.contains("Usage: countersign exception \(arguments[0]) "), "\(command.err)")
    }
    let misspelt = try RunningCommand(["exception", "resolve", "1", "declin"], in: folder, environment: ["USER": ""])
    #expect(await misspelt.end() == 2)
    #expect(misspelt.err.contains("\"declin\" is no decision"))
    let adopt = try await CommandRun("exception", "resolve", "1", "adopt", "--by", "Ada", in: folder)
    #expect(adopt.status == 2 && adopt.err.contains("--record-id: adopt needs"))
  }

  @Test func `the live stream shows what is committed, and ends with the coordinator`() async throws {
    let tail = Mutexed<RunningCommand>()
    try await ServedDesk.run { desk in
      let command = try RunningCommand(["tail"], in: desk.folder)
      tail.set(command)
      // Orders are taken in until the command, which connects in its own time, has seen one.
      for number in 1...2000 where !command.out.contains("confirmation_sent") {
        if number % 20 == 1 { try await desk.capture("\(1000 + number)") }
        await pause()
      }
      #expect(command.out.contains("  confirmation_sent -> confirmed\n"))
      #expect(command.out.contains("  #1"), "by the number that people know")
    }
    let command = try #require(tail.value)
    #expect(await command.end() == 3)
    #expect(command.err == "The stream ended: the coordinator has stopped.\n")
    let folder = try ScratchFolder()
    let away = try await CommandRun("tail", "--url", "http://127.0.0.1:1", in: folder)
    #expect(away.status == 3 && away.err.contains("Is `countersign serve` running there?"))
    let secure = try await CommandRun("tail", "--url", "https://127.0.0.1:1", in: folder)
    #expect(secure.status == 3 && secure.err.contains("tail speaks plain HTTP"))
  }
}
