import ArgumentParser
import Simulation

/// Every seeded bug, and how soon its oracle sees it.
struct CanariesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canaries", abstract: "Runs every seeded bug until the oracle of its promise sees it.")

  @Option(help: "How often each is hunted, from other seeds each time.") var series = 3
  @Option(help: "Only those whose name contains this.") var only: String?

  private var wanted: [Canary] { Canary.all.filter { only == nil || $0.name.contains(only ?? "") } }

  func validate() throws {
    if series < 1 { throw ValidationError("--series is \(series): nothing would be hunted. Ask for 1 or more.") }
    if wanted.isEmpty {
      throw ValidationError("No canary's name contains '\(only ?? "")'. There are: \(Canary.names).")
    }
  }

  func run() throws {
    let wanted = wanted
    var missed = 0
    print("canary                            property  caught  median seeds  most    a seed    also seen by")
    for canary in wanted {
      var found: [Int] = []
      var seed: UInt64?
      var others: Set<String> = []
      for number in 0..<series {
        let first = 1_000_000 * UInt64(number + 1)
        guard let seeds = hunt(canary, from: first, &others) else { continue }
        found.append(seeds)
        seed = seed ?? first + UInt64(seeds - 1)
      }
      found.sort()
      if found.count < series { missed += 1 }
      let median = found.isEmpty ? "-" : String(found[found.count / 2])
      print(
        canary.name.padded(34) + canary.property.rawValue.padded(10) + "\(found.count)/\(series)".padded(8)
          + median.padded(14) + (found.last.map { "\($0)/\(canary.budget)" } ?? "-").padded(8)
          + (seed.map { String($0) } ?? "-").padded(10) + others.sorted().joined(separator: " "))
    }
    print("\(wanted.count) canaries, \(missed) not caught in every series")
    print("what an oracle saw: countersign-sim replay SEED --canary NAME")
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

extension Canary {
  /// All names, for people who misspelt one.
  static var names: String { all.map(\.name).joined(separator: ", ") }
}

extension String {
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
