import ArgumentParser
import Connector
import Desk
import Foundation
import HandoffCore
import HandoffStore
import Signing
import StoreSQLite
import Testing

@testable import countersign

/// Commands that look at files, and how any of them is used wrongly.
@Suite struct LocalCommandTests {
  @Test func `the command line knows the promised commands`() {
    let names = Countersign.configuration.subcommands.map { $0._commandName }
    let promised = [
      "demo", "audit", "serve", "order", "exception", "trigger", "tail", "doctor", "config", "sandbox", "verify",
      "backup",
    ]
    #expect(Set(names).isSuperset(of: promised))
  }

  @Test(
    arguments: [
      ["nonsense"], ["order", "show"], ["order", "list", "--limit", "many"], ["order", "list", "-o", "xml"],
      ["exception", "retry", "x"], ["exception", "resolve", "1"], ["trigger"], ["trigger", "web", "--id", "a1"],
      ["trigger", "web", "--id", "1234567890123456789"], ["trigger", "web", "--wait", "61"], ["backup"],
      ["sandbox", "--rate", "-1"], ["sandbox", "--port", "70000"], ["sandbox", "--port", "8025"],
      ["config", "check", "--set", "nothing"],
    ])
  func `a wrong use ends with status 2 and says how it is used`(arguments: [String]) async throws {
    let command = try RunningCommand(arguments, in: ScratchFolder())
    #expect(await command.end() == 2)
    #expect(command.out.isEmpty && command.err.contains("Error:"))
  }

  @Test func `help is no fault`() async throws {
    let folder = try ScratchFolder()
    for arguments in [["--help"], ["order", "--help"], ["exception", "resolve", "--help"]] {
      let command = try RunningCommand(arguments, in: folder)
      #expect(await command.end() == 0)
      #expect(command.out.contains("USAGE: countersign"))
    }
  }

  @Test func `a valid configuration is counted, an invalid one is listed line by line with status 1`() async throws {
    let folder = try ScratchFolder()
    try folder.write(ServedDesk.configuration())
    let good = try await CommandRun("config", "check", in: folder)
    #expect(good.status == 0)
    #expect(good.out.hasPrefix("countersign.yaml: warning: line 4: storefronts.web.listURL: without it web cannot be"))
    #expect(good.out.hasSuffix("\ncountersign.yaml is valid: 1 storefronts, 1 ERPs.\n"))
    try folder.write("http: { prot: 1 }\nstorefronts:\n  web: { kind: generic, erp: nowhere }\n", as: "bad.yaml")
    let bad = try await CommandRun("config", "check", "--config", "bad.yaml", in: folder)
    #expect(bad.status == 1)
    #expect(bad.err.hasPrefix("bad.yaml is not a valid configuration:\n"))
    for words in ["line 1: http.prot: there is no such setting; did you mean port?", "owners.default", "webhookSecret"]
    {
      #expect(bad.err.contains(words), "\(words)")
    }
    let missing = try await CommandRun("config", "check", "-c", "none.yaml", in: folder)
    #expect(missing.status == 1 && missing.err.hasPrefix("There is no file none.yaml."))
    #expect(missing.err.contains("`countersign sandbox`"))
    let weak = ServedDesk.configuration().replacingOccurrences(of: ServedDesk.secret, with: "whsec_c2hvcnQ=")
    try folder.write(weak, as: "weak.yaml")
    let unwired = try await CommandRun("config", "check", "-c", "weak.yaml", in: folder)
    #expect(unwired.status == 1)
    #expect(unwired.err.contains("  line 4: storefronts.web.webhookSecret: 24 to 64 random bytes"))
    #expect(!unwired.err.contains("c2hvcnQ="))
  }

  @Test func `a configuration is shown as it is in force, without its secrets`() async throws {
    let folder = try ScratchFolder()
    try folder.write(ServedDesk.configuration())
    let shown = try await CommandRun(
      "config", "show", "--set", "http.port=9001", in: folder, environment: ["COUNTERSIGN_STORE_SQLITE": "/tmp/x.db"])
    #expect(shown.status == 0)
    let parts = [
      "/tmp/x.db", "127.0.0.1:9001 with a token", "erp erp-team@example.com", "web -> office: gate", "log        info",
      "receipt 10m", "stock 1d", "cancellation 10m, exception 4h", "retry: first 500ms, longest 1m", "requestLife 5m",
      "backfill every 5m", "confirmation by webhook: http://127.0.0.1:9/sink", "recheck 5m",
      "office: generic http://127.0.0.1:9, concurrency 32, timeout 30s",
    ]
    for words in parts {
      #expect(shown.out.contains(words), "\(words)")
    }
    #expect(!shown.out.contains(ServedDesk.token) && !shown.out.contains(ServedDesk.secret))
  }

  @Test func `verify reads a database in use, and says what does not fit`() async throws {
    try await ServedDesk.run { desk in
      let handoff = try #require(try await desk.capture("1001"))
      let sound = try await CommandRun("verify", in: desk.folder)
      #expect(sound.status == 0, "\(sound.err)")
      #expect(sound.out.hasPrefix("1 handoffs, ") && sound.out.hasSuffix(" 0 findings\n"))
      let entries = try await desk.store.read { try $0.journal(of: handoff.id) }
      let last = try #require(entries.last)
      try await desk.store.transact {
        try $0.append(
          JournalEntry(
            handoffID: handoff.id, sequence: last.sequence + 1, at: last.at, event: "receipt_issued", detail: "forged",
            actor: "erp", stageBefore: "confirmed", stageAfter: "confirmed", version: 1, recordID: "X", hash: "00"))
      }
      let forged = try await CommandRun("verify", in: desk.folder)
      #expect(forged.status == 1)
      #expect(forged.out.contains(handoff.id.text))
      let json = try await CommandRun("verify", "-o", "json", "--database", "countersign.db", in: desk.folder)
      #expect(json.status == 1)
      let report = try JSONValue(parsing: Array(json.out.utf8))
      #expect(report["findings"]?.array?.isEmpty == false)
      let ids = try await CommandRun("verify", "-o", "ids", in: desk.folder)
      #expect(ids.out.contains(handoff.id.text))
      let missing = try await CommandRun("verify", "--database", "none.db", in: desk.folder)
      #expect(missing.status == 3 && missing.err == "There is no database none.db.\n")
    }
  }

  @Test func `a backup of a database in use verifies, and nothing is overwritten`() async throws {
    try await ServedDesk.run { desk in
      try await desk.capture("1001")
      let made = try await CommandRun("backup", "copy.db", in: desk.folder)
      #expect(made.status == 0, "\(made.err)")
      #expect(made.out == "./countersign.db copied to copy.db\n")
      let copy = try await CommandRun("verify", "--database", "copy.db", in: desk.folder)
      #expect(copy.status == 0 && copy.out.hasPrefix("1 handoffs, "))
      let again = try await CommandRun("backup", "copy.db", in: desk.folder)
      #expect(again.status == 3 && again.err == "copy.db exists already; name a new file.\n")
      let missing = try await CommandRun("backup", "c2.db", "--set", "store.sqlite=none.db", in: desk.folder)
      #expect(missing.status == 3)
      #expect(!FileManager.default.fileExists(atPath: desk.folder.path + "/none.db"))
    }
  }

  @Test func `a sample order is signed, sent and taken`() async throws {
    try await ServedDesk.run { desk in
      let dry = try await CommandRun("trigger", "web", "--id", "77", "--dry-run", in: desk.folder)
      #expect(dry.status == 0)
      #expect(dry.out.hasPrefix("POST \(desk.url)/v1/storefronts/web/orders\n"))
      #expect(dry.out.contains("webhook-id: trigger-77\n") && dry.out.contains("webhook-signature: v1,"))
      #expect(try await desk.store.read { try $0.counts() }.isEmpty)
      let sent = try await CommandRun("trigger", "web", "--id", "77", "--wait", "30", in: desk.folder)
      #expect(sent.status == 0, "\(sent.out)\(sent.err)")
      #expect(sent.out.hasPrefix("order 77: 200 ") && sent.out.contains("\"confirmed\":true"))
      let again = try await CommandRun("trigger", "web", "--id", "77", in: desk.folder)
      #expect(again.status == 0 && again.out.contains("\"delivery\":\"duplicate\""))
      let forged = try await CommandRun(
        "trigger", "web", "--set", "storefronts.web.webhookSecret=whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        in: desk.folder)
      #expect(forged.status == 3 && forged.out.contains(": 401 "))
      let unknown = try await CommandRun("trigger", "shop", in: desk.folder)
      #expect(unknown.status == 3)
      #expect(unknown.err == "There is no storefront \"shop\" in countersign.yaml (known: web).\n")
    }
    let folder = try ScratchFolder()
    try folder.write(ServedDesk.configuration(port: 1))
    let away = try await CommandRun("trigger", "web", in: folder)
    #expect(away.status == 3 && away.err.contains("Is `countersign serve` running there?"))
  }

  @Test func `a sample order that comes to wait for a person is not waited for, and is found`() async throws {
    try await ServedDesk.run(refusing: ["-78"]) { desk in
      let sent = try await CommandRun("trigger", "web", "--id", "78", "--wait", "60", in: desk.folder)
      #expect(sent.status == 1, "\(sent.out)\(sent.err)")
      #expect(sent.out.hasPrefix("order 78: 202 "))
      #expect(sent.out.hasSuffix("An exception is open (refused): countersign order explain 78\n"))
    }
  }

  @Test func `a wait that ends undecided has a status of its own`() async throws {
    try await ServedDesk.run(unreachable: ["-79"]) { desk in
      let sent = try await CommandRun("trigger", "web", "--id", "79", "--wait", "1", in: desk.folder)
      #expect(sent.status == 4, "\(sent.out)\(sent.err)")
      #expect(sent.out.hasPrefix("order 79: 202 "))
      #expect(sent.out.hasSuffix("Not decided within 1 s: countersign order explain 79\n"))
    }
  }

  @Test func `a wait that a stop cuts short is not said to have had its time`() {
    #expect(Trigger.undecided(asked: 40, after: .milliseconds(1520)) == "The server stopped before it was decided")
    #expect(Trigger.undecided(asked: 40, after: .milliseconds(39_990)) == "Not decided within 40 s")
    #expect(Trigger.undecided(asked: 1, after: .seconds(3)) == "Not decided within 1 s")
  }

  @Test func `a wait is refused where no answer tells the decision`() async throws {
    let folder = try ScratchFolder()
    let generic = "kind: generic, webhookSecret: \(ServedDesk.secret)"
    try folder.write(
      ServedDesk.configuration().replacingOccurrences(of: generic, with: "kind: shopify, shop: a, webhookSecret: s"))
    let refused = try await CommandRun("trigger", "web", "--wait", "5", in: folder)
    #expect(refused.status == 2)
    #expect(refused.err.contains("--wait works with a generic storefront only"), "\(refused.err)")
  }

  @Test func `doctor sends a signed event, and says which secret is another one`() async throws {
    try await ServedDesk.run { desk in
      let sound = try await CommandRun("doctor", in: desk.folder)
      #expect(
        sound.out.contains("✔ storefront web: a signed event reaches the coordinator: \(desk.url)/v1/storefronts/web"))
      #expect(sound.out.contains("! storefront web: order listing: no listURL: "))
      #expect(try await desk.store.read { try $0.deliveryCounts() }.isEmpty, "a ping is not kept")
      let other = try await CommandRun(
        "doctor", "--set", "storefronts.web.webhookSecret=whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", in: desk.folder)
      #expect(other.status == 1)
      #expect(other.out.contains("✘ storefront web: a signed event reaches the coordinator: the signature was refused"))
    }
  }

  @Test func `a folder that is not there is named, with the setting`() async throws {
    let folder = try ScratchFolder()
    try folder.write(ServedDesk.configuration(port: 0))
    let run = try await CommandRun("serve", "--set", "store.sqlite=nowhere/x.db", in: folder)
    #expect(run.status == 3)
    #expect(run.err.contains("there is no folder nowhere. Make the folder, or change store.sqlite"), "\(run.err)")
  }

  @Test func `doctor is content with a path that works, and names each part that does not`() async throws {
    try await ServedDesk.run { desk in
      let sound = try await CommandRun("doctor", in: desk.folder)
      #expect(sound.status == 0, "\(sound.out)\(sound.err)")
      #expect(!sound.out.contains("✘"))
      for words in ["✔ storefront web: ", "✔ messages of web: ", "✔ erp office: GET /availability: answers"] {
        #expect(sound.out.contains(words), "\(words)")
      }
      try desk.folder.write(ServedDesk.configuration(port: 1, erp: "http://127.0.0.1:1"))
      let broken = try await CommandRun("doctor", in: desk.folder)
      #expect(broken.status == 1)
      for words in ["✘ storefront web: ", "start `countersign serve`", "✘ messages of web: ", "✘ erp office: "] {
        #expect(broken.out.contains(words), "\(words)")
      }
      #expect(!broken.out.contains(ServedDesk.secret) && !broken.out.contains(ServedDesk.token))
    }
  }

  @Test func `what the store has committed stands in the metrics`() async throws {
    try await ServedDesk.run { desk in
      try await desk.capture("1001")
      let figures = desk.store.figures
      #expect(figures.map(\.name) == ["store_commits", "store_transactions"])
      #expect(figures.allSatisfy { $0.value > 0 && $0.isCounter })
    }
  }
}
