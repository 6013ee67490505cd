import ArgumentParser
import Foundation
import Simulation

/// Fresh seeds and the regression seeds, judged and counted.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs seeds; exits 1 when a promise is broken or too little succeeds.")

  @Option(help: "How many seeds.") var seeds = 100
  @Option(name: [.customLong("first"), .customLong("from")], help: "The first seed.") var first: UInt64 = 1
  @Option(help: "How many at once.") var jobs = 2
  @Option(help: "Run each n-th seed twice and compare the trace digests.") var twice = 50
  @Option(help: "A file with seeds to run first, one a line.") var regressions: String?
  @Option(help: "Orders per seed, instead of what the seed says.") var orders: Int?
  @Flag(help: "Without faults; only to measure.") var calm = false
  @Flag(help: "Print which pairs of stage and event were reached.") var coverage = false

  @Option(help: "Orders to walk through the moves with counterparts that make no sense, for the pairs they reach.")
  var walks = 0

  /// Always so many, however many cores there are: what is reached must not hang on the machine.
  private static let walkParts = 2

  /// Orders told "confirmed", of a hundred, below which a run has proved nothing.
  static let leastConfirmed = 50

  func validate() throws {
    if seeds < 0 || (seeds == 0 && regressions == nil) {
      throw ValidationError("--seeds is \(seeds): nothing would be run. Ask for 1 or more.")
    }
    if let orders, orders < 1 { throw ValidationError("--orders is \(orders); a seed needs 1 or more.") }
  }

  func run() async throws {
    let began = ContinuousClock.now
    let known = try regressionSeeds()
    let all = known + (0..<UInt64(seeds)).map { first + $0 }
    var tally = Tally()
    let walked = try await walk()
    await withTaskGroup(of: Tally.self) { group in
      var next = all.startIndex
      func add() {
        guard next < all.endIndex else { return }
        let chunk = Array(all[next..<min(next + 8, all.endIndex)])
        next += chunk.count
        group.addTask { work(chunk) }
      }
      for _ in 0..<max(1, jobs) { add() }
      while let part = await group.next() {
        for line in part.broken { print(line) }
        tally.add(part)
        add()
      }
    }
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    tally.print(seconds: seconds, jobs: jobs, known: known.count)
    tally.reached.print(with: walked, walks, coverage)
    let wrong = tally.reached.contradictions + walked.contradictions
    if !wrong.isEmpty { print("reached although it cannot happen: \(wrong.joined(separator: ", "))") }
    if tally.brokenSeeds > 0 || tally.differing > 0 || !wrong.isEmpty { throw ExitCode(1) }
    if !calm, tally.confirmed * 100 < tally.orders * Self.leastConfirmed {
      print("too few orders were confirmed for this run to mean anything")
      throw ExitCode(1)
    }
  }

  /// The pairs reached by walks that judge nothing: they show what the moves can do at all.
  private func walk() async throws -> Coverage {
    var reached = Coverage()
    guard walks > 0 else { return reached }
    let (orders, first) = (walks / Self.walkParts, first)
    try await withThrowingTaskGroup(of: Coverage.self) { group in
      for number in 0..<Self.walkParts {
        group.addTask {
          var walk = MovesWalk(seed: first + UInt64(number))
          try walk.run(orders: orders, steps: 70)
          return walk.reached
        }
      }
      for try await one in group { reached.add(one) }
    }
    return reached
  }

  private func work(_ seeds: [UInt64]) -> Tally {
    var tally = Tally()
    for seed in seeds {
      let outcome = Simulation.run(seed: seed, orders: orders, calm: calm)
      tally.add(outcome)
      if twice > 0, seed % UInt64(twice) == 0 {
        let again = Simulation.run(seed: seed, orders: orders, calm: calm)
        tally.compared += 1
        if again.digest != outcome.digest {
          tally.differing += 1
          tally.broken.append("seed \(seed): two runs differ")
        }
      }
    }
    return tally
  }

  private func regressionSeeds() throws -> [UInt64] {
    guard let regressions else { return [] }
    let text = try String(contentsOfFile: regressions, encoding: .utf8)
    return text.split(separator: "\n").compactMap { line in
      line.split(separator: "#", omittingEmptySubsequences: false).first
        .flatMap { UInt64($0.trimmingCharacters(in: .whitespaces)) }
    }
  }
}

/// What several runs came to.
struct Tally: Sendable {
  var seeds = 0
  var orders = 0
  var confirmed = 0
  var ends: [String: Int] = [:]
  var brokenSeeds = 0
  var broken: [String] = []
  var compared = 0
  var differing = 0
  var leastConfirmed = 100
  var days = 0.0
  var steps = 0
  var faults = [Int](repeating: 0, count: FaultKind.allCases.count)
  var reached = Coverage()
  /// The sum of the seeds' digests: two builds that do the same have the same.
  var digest: UInt64 = 0

  mutating func add(_ outcome: Simulation.Outcome) {
    seeds += 1
    orders += outcome.orders
    confirmed += outcome.confirmed
    ends.merge(outcome.ends, uniquingKeysWith: +)
    days += Double(outcome.duration) / 86_400_000_000
    steps += outcome.steps
    leastConfirmed = min(leastConfirmed, outcome.confirmed * 100 / max(1, outcome.orders))
    for index in faults.indices { faults[index] += outcome.faults[index] }
    reached.add(outcome.history)
    digest &+= outcome.digest
    guard !outcome.violations.isEmpty else { return }
    brokenSeeds += 1
    for violation in outcome.violations.prefix(3) {
      let place = violation.order.map { "order \($0)" } ?? "all"
      broken.append("seed \(outcome.seed): \(violation.property.rawValue), \(place): \(violation.text)")
    }
  }

  mutating func add(_ other: Tally) {
    seeds += other.seeds
    orders += other.orders
    confirmed += other.confirmed
    ends.merge(other.ends, uniquingKeysWith: +)
    brokenSeeds += other.brokenSeeds
    compared += other.compared
    differing += other.differing
    days += other.days
    steps += other.steps
    leastConfirmed = min(leastConfirmed, other.leastConfirmed)
    for index in faults.indices { faults[index] += other.faults[index] }
    reached.add(other.reached)
    digest &+= other.digest
  }

  func print(seconds: Double, jobs: Int, known: Int) {
    let rate = Int(Double(orders) / seconds)
    Swift.print("\(seeds) seeds (\(known) of them regressions), \(orders) orders, \(tenths(days * 24)) simulated hours")
    Swift.print("\(tenths(seconds)) s with \(jobs) at once: \(rate) orders/s, \(rate / max(1, jobs)) per core")
    Swift.print(
      "\(confirmed) told \"confirmed\" (\(confirmed * 100 / max(1, orders)) of 100, least in a seed \(leastConfirmed)),"
        + " \(ends.values.reduce(0, +)) at an end, \(steps) scheduling choices")
    Swift.print("ends: " + ends.inWords)
    let struck = FaultKind.allCases.map { "\($0.name) \(faults[$0.rawValue])" }
    Swift.print("faults: " + struck.joined(separator: ", "))
    Swift.print(
      "\(compared) seeds run twice, \(differing) differed; \(brokenSeeds) seeds broke a promise;"
        + " digest of all \(String(digest, radix: 16))")
  }

  private func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
}

extension [String: Int] {
  /// The counts with their names, the largest first.
  var inWords: String {
    sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}

extension Coverage {
  /// What the worlds reached, and what the walks reached beside it.
  func print(with walked: Coverage, _ walks: Int, _ coverage: Bool) {
    var all = self
    all.add(walked)
    Swift.print(
      "stage × event: \(all.reached) of \(pairs) reachable pairs reached, \(reached) of them by the worlds, the rest by"
        + " \(walks) orders whose counterparts make no sense")
    Swift.print(
      "  \(Coverage.impossibleCount) pairs cannot happen; reasons in Sources/Simulation/History/Impossible.swift")
    if coverage { for line in all.lines { Swift.print("  " + line) } }
  }
}
