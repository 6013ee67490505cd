import Foundation
import HandoffCore
import Testing

@Suite struct StateMachineTests {
  @Test func `the walks reach every stage, and the table knows every event`() throws {
    for stage in Stage.allCases {
      let walk = try Walk.at(stage)
      #expect(walk.stage == stage)
      let numbers = Set(EveryEvent.fitting(walk.handoff).map { EveryEvent.number($0.event) })
      #expect(numbers == Set(0..<EveryEvent.cases))
      for (_, event) in EveryEvent.fitting(walk.handoff) {
        #expect(event.isTrouble == HandoffEvent.troubles.contains(event.name), "\(event.name)")
      }
    }
  }

  @Test func `every pair of stage and event is decided, and the same way each time`() throws {
    var pairs = 0
    for situation in try StateMachinePage().situations {
      for entry in EveryEvent.fitting(situation.walk.handoff) {
        let first = Outcome.of(entry, on: situation.walk)
        #expect(first == Outcome.of(entry, on: situation.walk))
        #expect((first.after == nil) == (first.refusal != nil))
        if let after = first.after { #expect(after.revision == first.before.revision + 1) }
        if let refusal = first.refusal {
          #expect(refusal.stage == situation.walk.stage)
          #expect(refusal.event == entry.event.name)
          #expect(!refusal.reason.isEmpty)
        }
        pairs += 1
      }
    }
    #expect(pairs >= Stage.allCases.count * EveryEvent.cases)
  }

  @Test func `a refusal leaves the value as it was`() throws {
    var refused = 0
    for situation in try StateMachinePage().situations {
      for entry in EveryEvent.fitting(situation.walk.handoff) {
        var handoff = situation.walk.handoff
        do throws(Refusal) {
          _ = try handoff.step(entry.event, at: situation.walk.now, policy: situation.walk.policy)
        } catch {
          refused += 1
          #expect(handoff == situation.walk.handoff)
        }
      }
    }
    #expect(refused > 100)
  }

  @Test func `what a step plans is what the new value still wants`() throws {
    for situation in try StateMachinePage().situations {
      for entry in EveryEvent.fitting(situation.walk.handoff) {
        let outcome = Outcome.of(entry, on: situation.walk)
        guard let after = outcome.after else { continue }
        for planned in outcome.planned {
          #expect(after.stillWants(planned.effect), "\(situation.title), \(entry.label): \(planned.effect)")
        }
      }
    }
  }

  @Test func `the page shows what the code does`() throws {
    let page = try StateMachinePage().text
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/state-machine.md")
    if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
      try Data(page.utf8).write(to: file)
    }
    let stored = String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
    let differs = zip(
      page.split(separator: "\n", omittingEmptySubsequences: false),
      stored.split(separator: "\n", omittingEmptySubsequences: false)
    ).first { $0 != $1 }
    #expect(
      page == stored,
      """
      docs/state-machine.md is not what the code does (UPDATE_DOCS=1 writes it). First difference:
      code: \(differs?.0 ?? "(length)")
      page: \(differs?.1 ?? "(length)")
      """)
  }
}
