import Simulation
import Testing

/// What can happen in which stage, shown by walking through the moves.
@Suite struct ReachTests {
  @Test func `no walk through the moves reaches what cannot happen, and together they reach most of the rest`() async {
    var all = Coverage()
    await withTaskGroup(of: Coverage.self) { group in
      for seed in UInt64(0)..<4 {
        group.addTask {
          var walk = MovesWalk(seed: seed)
          do { try walk.run(orders: 2000, steps: 70) } catch { Issue.record("seed \(seed): \(error)") }
          return walk.reached
        }
      }
      for await one in group { all.add(one) }
    }
    #expect(all.contradictions.isEmpty)
    #expect(all.reached > 290, "\(all.lines.joined(separator: "\n"))")
  }

  @Test func `each pair that cannot happen has one reason`() {
    var seen: Set<String> = []
    for group in Coverage.impossible {
      #expect(!group.reason.isEmpty)
      for stage in group.stages {
        for event in group.events {
          #expect(Coverage.events.contains(event), "\(event)")
          #expect(seen.insert("\(stage) \(event)").inserted, "\(stage) × \(event) has two reasons")
        }
      }
    }
    #expect(seen.count == Coverage.impossibleCount)
  }
}
