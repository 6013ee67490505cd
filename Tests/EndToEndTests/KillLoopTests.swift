import Connector
import ConnectorTesting
import Foundation
import Logging
import Sandbox
import ServiceLifecycle
import Testing
import Transport

/// `kill -9`, again and again, under load, against a NetSuite that loses replies; judged from outside.
@Suite(.serialized)
struct KillLoopTests {
  /// Cycles; 300 in continuous integration.
  static let cycles = Int(ProcessInfo.processInfo.environment["COUNTERSIGN_KILLS"] ?? "") ?? 30

  @Test func `killed at any moment, no acknowledged order is lost, doubled or confirmed early`() async throws {
    let folder = try ScratchFolder("kill")
    let port = try freePort()
    try await withSandbox(port: port, folder: folder.path) { sandbox, config, transport in
      sandbox.setFaults(Self.faults, for: .netsuite)
      var generator = SplitMix(seed: 7)
      for cycle in 0..<Self.cycles {
        let process = try CountersignProcess(["serve", "--config", config], logFile: folder.path + "/serve.log")
        try #require(await isUp(port, transport), "cycle \(cycle): the coordinator did not start")
        sandbox.placeShopifyOrders(shop: SandboxFixture.shop, count: 3)
        try await Task.sleep(for: .milliseconds(Int(generator.next() % 180)))
        await process.crash()
      }
      sandbox.setFaults(Faults(), for: .netsuite)
      let process = try CountersignProcess(["serve", "--config", config], logFile: folder.path + "/serve.log")
      let checker = try await healed(sandbox, port, transport)
      let owned = try await openExceptions(port, transport)
      #expect(await process.end() == 0)

      #expect(checker.doubled.isEmpty, "in the ERP twice: \(checker.doubled)")
      #expect(checker.early.isEmpty, "confirmed before the ERP had it: \(checker.early)")
      #expect(checker.contradicted.isEmpty, "told two things: \(checker.contradicted)")
      let nobodys = checker.untold.subtracting(owned)
      #expect(nobodys.isEmpty, "acknowledged, untold and nobody's: \(nobodys.sorted().prefix(10))")
      // A run in which nothing succeeds proves nothing.
      #expect(checker.mails.count >= Self.cycles, "only \(checker.mails.count) orders were confirmed")
      print(
        "kill loop: \(Self.cycles) kills, \(checker.acknowledged.count) acknowledged,",
        "\(checker.mails.count) confirmed,",
        "\(owned.count) owned exceptions, \(checker.doubled.count) twice in the ERP, \(checker.early.count) early,",
        "\(checker.refusedDuplicates) second creates refused by the ERP, \(checker.repeatedMails) mails repeated")
    }
  }

  private static var faults: Faults {
    var faults = Faults()
    faults.method = "POST"
    faults.pathContains = "alesOrder"
    faults.lostReplyAfterCommit = 0.15
    faults.lostRequest = 0.05
    faults.latencyMs = 5
    faults.jitterMs = 40
    faults.seed = 11
    return faults
  }

  /// Waits until every acknowledged order has been told or is owned, and the listing has found enough of the others, at
  /// most two minutes: on a machine with much else to do few deliveries are answered between two deaths.
  private func healed(
    _ sandbox: SandboxServer, _ port: Int, _ transport: AHCTransport
  ) async throws -> OutsideChecker {
    var checker = OutsideChecker([])
    for _ in 0..<240 {
      try await Task.sleep(for: .milliseconds(500))
      checker = OutsideChecker(sandbox.ledger.entries())
      guard let owned = try? await openExceptions(port, transport) else { continue }
      if checker.untold.subtracting(owned).isEmpty, checker.mails.count >= Self.cycles { break }
    }
    return checker
  }
}

/// Order ids of open exceptions, as anybody can read them over HTTP.
func openExceptions(_ port: Int, _ transport: AHCTransport) async throws -> Set<String> {
  let answer = try await transport.send(HTTPCall("GET", "http://127.0.0.1:\(port)/v1/exceptions?limit=500"))
  let list = answer.json?["exceptions"]?.array ?? []
  return Set(list.compactMap { $0["orderId"]?.scalarText })
}

/// Whether the coordinator answers within ten seconds.
func isUp(_ port: Int, _ transport: AHCTransport) async -> Bool {
  for _ in 0..<500 {
    let call = HTTPCall("GET", "http://127.0.0.1:\(port)/readyz", deadline: .seconds(1))
    if let answer = try? await transport.send(call), answer.status == 200 { return true }
    try? await Task.sleep(for: .milliseconds(20))
  }
  return false
}

/// A small seeded generator: a run can be repeated.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
