import ArgumentParser
import Simulation

/// Every seeded bug, and how soon its oracle sees it.
struct CanariesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canaries", abstract: "Runs every seeded bug until the oracle of its promise sees it.")

  @Option(help: "How often each is hunted, from other seeds each time.") var series = 3
  @Option(help: "Only those whose name contains this.") var only: String?

  func run() throws {
    let wanted = Canary.all.filter { only == nil || $0.name.contains(only ?? "") }
    var missed = 0
    print("canary                            property  caught  median seeds  most  also seen by")
    for canary in wanted {
      var found: [Int] = []
      var others: Set<String> = []
      for number in 0..<series {
        if let seeds = hunt(canary, from: 1_000_000 * UInt64(number + 1), &others) { found.append(seeds) }
      }
      found.sort()
      if found.count < series { missed += 1 }
      let median = found.isEmpty ? "-" : String(found[found.count / 2])
      print(
        canary.name.padded(34) + canary.property.rawValue.padded(10) + "\(found.count)/\(series)".padded(8)
          + median.padded(14) + (found.last.map { "\($0)/\(canary.budget)" } ?? "-").padded(8)
          + others.sorted().joined(separator: " "))
    }
    print("\(wanted.count) canaries, \(missed) not caught in every series")
    if missed > 0 { throw ExitCode(1) }
  }

  /// How many seeds it took; nil when the budget was not enough.
  private func hunt(_ canary: Canary, from first: UInt64, _ others: inout Set<String>) -> Int? {
    for number in 0..<canary.budget {
      let outcome = canary.run(seed: first + UInt64(number))
      let broken = Set(outcome.violations.map(\.property))
      for property in broken where property != canary.property { others.insert(property.rawValue) }
      if broken.contains(canary.property) { return number + 1 }
    }
    return nil
  }
}

extension String {
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
