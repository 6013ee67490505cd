import ArgumentParser
import Simulation

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "Runs seeds.")

  @Option(help: "How many seeds.") var seeds = 100
  @Option(name: [.customLong("first"), .customLong("from")], help: "The first seed.") var first: UInt64 = 1

  func run() throws {
    var broken = 0
    var orders = 0
    var confirmed = 0
    for seed in first..<first + UInt64(seeds) {
      let outcome = Simulation.run(seed: seed)
      orders += outcome.orders
      confirmed += outcome.confirmed
      if !outcome.violations.isEmpty || !outcome.converged {
        broken += 1
        for violation in outcome.violations.prefix(3) {
          print(seed, violation.property.rawValue, violation.order ?? -1, violation.at / 1000, violation.text)
        }
        if !outcome.converged { print(seed, "not converged") }
      }
    }
    print("seeds \(seeds) broken \(broken) orders \(orders) confirmed \(confirmed)")
  }
}
