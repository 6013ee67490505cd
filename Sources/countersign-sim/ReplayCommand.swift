import ArgumentParser
import Simulation

/// One seed again, with the history of the order that broke.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Runs one seed again and prints what happened to the order that broke.")

  @Argument(help: "The seed.") var seed: UInt64
  @Option(help: "Another order than the one that broke.") var order: Int?

  func run() throws {
    let outcome = Simulation.run(seed: seed)
    print(outcome.planText)
    print("  trace digest \(String(outcome.digest, radix: 16))")
    print("  \(outcome.orders) orders, \(outcome.confirmed) confirmed, \(outcome.ended) at an end")
    if outcome.violations.isEmpty { print("  no promise broken") }
    for violation in outcome.violations {
      let place = violation.order.map { "order \($0)" } ?? "all orders"
      print("  \(violation.property.rawValue) broken at \(violation.at / 1000) ms, \(place): \(violation.text)")
    }
    if let order = order ?? outcome.violations.compactMap(\.order).first ?? outcome.stuck {
      print("\norder \(order):")
      for line in outcome.story(of: order) { print(line) }
    }
    if !outcome.violations.isEmpty { throw ExitCode(1) }
  }
}
