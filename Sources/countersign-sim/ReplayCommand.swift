import ArgumentParser
import Simulation

/// One seed again, with the history of the order that broke.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Runs one seed again and prints what happened to the order that broke.")

  @Argument(help: "The seed, 0 to \(UInt64.max).") var seed: UInt64
  @Option(help: "Another order than the one that broke.") var order: Int?
  @Option(help: "With this seeded bug, to see what its oracle sees.") var canary: String?

  private static let shown = 10

  func validate() throws {
    guard let canary, !Canary.all.contains(where: { $0.name == canary }) else { return }
    throw ValidationError("There is no canary '\(canary)'. There are: \(Canary.names).")
  }

  func run() throws {
    let bug = Canary.all.first { $0.name == canary }
    let outcome = bug?.run(seed: seed) ?? Simulation.run(seed: seed)
    if let bug { print("seeded bug \(bug.name), against \(bug.property.rawValue): \(bug.bug)") }
    print(outcome.planText)
    print("  trace digest \(String(outcome.digest, radix: 16))")
    print("  \(outcome.orders) orders, \(outcome.confirmed) told \"confirmed\"; at an end: \(outcome.ends.inWords)")
    if outcome.violations.isEmpty { print("  no promise broken") }
    // A bug's own promise first: one bug can break ten others before it.
    let own = outcome.violations.filter { $0.property == bug?.property }
    if let bug { print("  \(bug.property.rawValue) seen broken: \(own.count)") }
    let violations = own + outcome.violations.filter { $0.property != bug?.property }
    for violation in violations.prefix(Self.shown) {
      let place = violation.order.map { "order \($0)" } ?? "all orders"
      print("  \(violation.property.rawValue) broken at \(violation.at / 1000) ms, \(place): \(violation.text)")
    }
    if violations.count > Self.shown { print("  and \(violations.count - Self.shown) more") }
    if let order = order ?? violations.compactMap(\.order).first ?? outcome.stuck {
      print("\norder \(order):")
      for line in outcome.story(of: order) { print(line) }
    }
    if !outcome.violations.isEmpty { throw ExitCode(1) }
  }
}
