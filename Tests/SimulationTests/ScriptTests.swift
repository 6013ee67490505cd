@testable import Simulation
import Testing

/// Scripts lead to what chance hardly ever finds.
@Suite struct ScriptTests {
  @Test(arguments: Script.all.indices) func `a script reaches its pair when no fault comes between`(number: Int) {
    let script = Script.all[number]
    let outcome = Simulation(Plan(seed: 77, orders: 4, calm: true, scripts: [number])).run()
    #expect(outcome.violations.isEmpty, "\(script.name): \(outcome.violations.map(\.text))")
    #expect(outcome.converged, "\(script.name)")
    var reached = Coverage()
    reached.add(outcome.history)
    for pair in script.pairs {
      #expect(reached.has(pair.stage, pair.event), "\(script.name) does not reach \(pair.stage) × \(pair.event)")
    }
  }

  @Test func `a world with scripts repeats bit for bit, and the orders of its scripts come to an end`() {
    let plan = Plan(seed: 5, scripts: [0, 9, 20])
    let (one, two) = (Simulation(plan).run(), Simulation(plan).run())
    #expect(one.digest == two.digest)
    #expect(one.violations.isEmpty && one.ends.values.reduce(0, +) == one.orders)
  }
}
