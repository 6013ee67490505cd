import ArgumentParser
import Simulation

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "Runs seeds.")

  @Option(help: "How many seeds.") var seeds = 100
  @Option(name: [.customLong("first"), .customLong("from")], help: "The first seed.") var first: UInt64 = 1

  @Option(help: "Orders per seed.") var orders: Int?
  @Flag(help: "No faults.") var calm = false

  func run() throws {
    var broken = 0
    var placed = 0
    var confirmed = 0
    var steps = 0
    var duration: Int64 = 0
    var facts: [String: Int] = [:]
    for seed in first..<first + UInt64(seeds) {
      let outcome = Simulation.run(seed: seed, orders: orders, calm: calm)
      placed += outcome.orders
      confirmed += outcome.confirmed
      steps += outcome.steps
      duration += outcome.duration
      for fact in outcome.history.facts { facts["\(fact.kind)", default: 0] += 1 }
      if !outcome.violations.isEmpty || !outcome.converged {
        broken += 1
        for violation in outcome.violations.prefix(3) {
          print(seed, violation.property.rawValue, violation.order ?? -1, violation.at / 1000, violation.text)
        }
        if !outcome.converged { print(seed, "not converged") }
      }
    }
    print("steps/order \(steps / placed) s/seed \(duration / 1_000_000 / Int64(seeds))")
    for (kind, count) in facts.sorted(by: { $0.value > $1.value }).prefix(20) { print(kind, Double(count) / Double(placed)) }
    print("seeds \(seeds) broken \(broken) orders \(placed) confirmed \(confirmed)")
  }
}
