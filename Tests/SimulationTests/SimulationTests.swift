import Foundation
@testable import Simulation
import Testing

@Suite struct SimulationTests {
  @Test(arguments: [3, 11, 42, 1234] as [UInt64]) func `one seed repeats bit for bit`(seed: UInt64) {
    let (one, two) = (Simulation.run(seed: seed), Simulation.run(seed: seed))
    #expect(one.digest == two.digest)
    #expect(one.history.facts.count == two.history.facts.count)
  }

  @Test func `different seeds are different worlds`() {
    #expect(Simulation.run(seed: 1).digest != Simulation.run(seed: 2).digest)
  }

  @Test func `a world that has ended keeps nothing alive`() {
    for seed in UInt64(300)..<312 {
      var simulation: Simulation? = Simulation(Plan(seed: seed, orders: 40))
      weak let world = simulation?.world
      weak let memory = simulation?.memory
      weak let loop = simulation?.world.loop
      #expect(simulation?.run().violations.isEmpty == true)
      simulation = nil
      #expect(world == nil && memory == nil && loop == nil, "seed \(seed)")
    }
  }

  @Test func `no seed breaks a promise, and most orders are confirmed`() {
    var orders = 0
    var confirmed = 0
    for seed in UInt64(9000)..<9016 {
      let outcome = Simulation.run(seed: seed)
      #expect(outcome.violations.isEmpty, "\(outcome.violations.map { "seed \(seed): \($0.text)" })")
      #expect(outcome.faults.reduce(0, +) > 0, "a world without faults proves nothing")
      orders += outcome.orders
      confirmed += outcome.confirmed
    }
    #expect(confirmed * 2 > orders)
  }

  @Test func `every seed that once broke a promise keeps it now`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "regression-seeds.txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    let seeds = text.split(separator: "\n").compactMap { line in
      line.split(separator: "#", omittingEmptySubsequences: false).first.flatMap {
        UInt64($0.trimmingCharacters(in: .whitespaces))
      }
    }
    #expect(!seeds.isEmpty)
    for seed in seeds {
      let outcome = Simulation.run(seed: seed)
      #expect(outcome.violations.isEmpty, "\(outcome.violations.map { "seed \(seed): \($0.text)" })")
    }
  }

  /// A few of the seeded bugs, one a promise; `countersign-sim canaries` hunts them all.
  @Test(arguments: [
    "inventory-not-asked", "ack-before-commit", "newest-instead-of-frozen", "key-per-process", "hold-ends-at-receipt",
    "quarantine-dropped", "stored-clock-forgotten", "erp-total-not-read", "test-order-submitted", "saved-is-accepted",
    "dead-lease-kept", "owner-nobody", "no-backoff", "no-backfill", "units-kept-after-cancel",
  ]) func `an oracle sees the bug that was put in for it`(name: String) throws {
    let canary = try #require(Canary.all.first { $0.name == name })
    let isCaught = (0..<UInt64(canary.budget)).contains { seed in
      canary.run(seed: 7000 + seed).violations.contains { $0.property == canary.property }
    }
    #expect(isCaught)
  }

  @Test func `each promise that is judged has at least three seeded bugs`() {
    for property in Property.allCases {
      #expect(Canary.all.filter { $0.property == property }.count >= 3, "\(property.rawValue)")
    }
    #expect(Set(Canary.all.map(\.name)).count == Canary.all.count)
    #expect(Canary.all.count >= 40)
  }
}
