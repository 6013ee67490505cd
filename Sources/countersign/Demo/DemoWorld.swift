import Connector
import Foundation
import Sandbox
import ServiceLifecycle
import Synchronization
import Transport

/// The two flows and what can be known of them from outside.
struct DemoWorld: Sendable {
  let sandbox: SandboxServer
  let transport: AHCTransport
  let ledger = LedgerView()

  /// What the ledgers say at this moment.
  func reading() -> LedgerView.Reading {
    ledger.update(from: sandbox.ledger)
    return ledger.reading
  }

  /// Ample stock, and three items of which a peak sells more than there are.
  static let catalogue: [CatalogueItem] =
    CatalogueItem.standard.filter { $0.onHand > 1000 } + [
      CatalogueItem(sku: "HOT-JACKET", netsuiteId: "701", title: "Down jacket", priceCents: 18_900, onHand: 40),
      CatalogueItem(sku: "HOT-BOOTS", netsuiteId: "702", title: "Winter boots", priceCents: 12_900, onHand: 60),
      CatalogueItem(sku: "HOT-CONSOLE", netsuiteId: "703", title: "Game console", priceCents: 49_900, onHand: 25),
    ]

  /// Units promised beyond what there is, over the items that ran short.
  static func oversold(_ sold: [String: Int]) -> Int {
    catalogue.reduce(0) { sum, item in sum + max(0, (sold[item.sku] ?? 0) - item.onHand) }
  }
}

/// Starts the coordinator, places the orders, and crashes what is to be crashed.
final class DemoRun: Service {
  private struct State {
    var process: CoordinatorProcess?
    var naive: NaiveFlow?
    var firstOrderAfter: Double?
    // The gap of either flow, twice a second: a page that is opened late shows what went before.
    var gaps: [(naive: Int, gated: Int)] = []
  }

  /// Three minutes of them.
  static let gapsKept = 360

  private let state = Mutex(State())
  private let world: DemoWorld
  private let wiring: SandboxWiring
  private let folder: String
  private let consolePort: Int
  private let rate: Double
  private let seed: UInt64
  private let seconds: Int
  private let start = ContinuousClock.now

  init(
    world: DemoWorld, wiring: SandboxWiring, folder: String, consolePort: Int, rate: Double, seed: UInt64, seconds: Int
  ) {
    self.world = world
    self.wiring = wiring
    self.folder = folder
    self.consolePort = consolePort
    self.rate = rate
    self.seed = seed
    self.seconds = seconds
  }

  var naive: NaiveFlow? { state.withLock { $0.naive } }
  var kills: Int { state.withLock { $0.process?.kills ?? 0 } }
  var isCoordinatorRunning: Bool { state.withLock { $0.process?.isRunning ?? false } }
  var age: Double { start.duration(to: .now) / .seconds(1) }
  var firstOrderAfter: Double? { state.withLock { $0.firstOrderAfter } }
  var gaps: [(naive: Int, gated: Int)] { state.withLock { $0.gaps } }

  /// Kills the coordinator, and the naive flow with it.
  func crash() {
    let (process, naive) = state.withLock { ($0.process, $0.naive) }
    process?.crash()
    naive?.crash()
  }

  func run() async throws {
    let ports = try await world.sandbox.boundPorts()
    setFaults(isPeak: false)
    let file = try wiring.write(into: folder, ports: ports, coordinatorPort: consolePort)
    let process = CoordinatorProcess(arguments: ["serve", "--config", file], logFile: folder + "/countersign.log")
    try process.start()
    let naive = NaiveFlow(transport: world.transport, baseURL: ports.baseURL)
    state.withLock { state in
      state.process = process
      state.naive = naive
    }
    for topic in ["orders/create", "orders/updated", "orders/cancelled"] {
      world.sandbox.subscribeShopify(
        shop: SandboxWiring.shop, topic: topic, to: "http://127.0.0.1:\(consolePort)/webhooks/shopify")
    }
    try await waitUntilReady(process)
    print("Demo     http://127.0.0.1:\(consolePort - 1)   (the two flows side by side; press the crash button)")
    print("Console  http://127.0.0.1:\(consolePort)   (one order across all systems)")
    print("Ctrl-C ends it.")
    fflush(nil)
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        group.addTask { await naive.run(workers: 14) }
        group.addTask { await self.place(naive) }
        group.addTask { await self.observe() }
        await self.waitForEnd()
        group.cancelAll()
      }
    }
    process.end()
  }

  private func waitForEnd() async {
    if seconds > 0 {
      try? await Task.sleep(for: .seconds(seconds))
    } else {
      while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }
  }

  private func waitUntilReady(_ process: CoordinatorProcess) async throws {
    for _ in 0..<400 {
      // A program that has the port already may well answer; so the process itself is looked at first.
      if process.starts > 1 { break }
      let call = HTTPCall("GET", "http://127.0.0.1:\(consolePort)/healthz", deadline: .seconds(1))
      if process.hasSaidReady, let answer = try? await world.transport.send(call), answer.status == 200 { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    process.end()
    throw CommandFault("The coordinator did not start: \(process.lastWords)")
  }

  /// The same for both ERPs: slow, five times as slow at the peak, and now and then an answer is lost after the order
  /// was taken.
  private func setFaults(isPeak: Bool) {
    var faults = Faults()
    faults.latencyMs = isPeak ? 450 : 90
    faults.jitterMs = isPeak ? 600 : 120
    faults.method = "POST"
    faults.pathContains = "rder"
    faults.lostReplyAfterCommit = 0.03
    faults.seed = seed
    world.sandbox.setFaults(faults, for: .netsuite)
    world.sandbox.setFaults(faults, for: .erp)
  }

  private func place(_ naive: NaiveFlow) async {
    var generator = SandboxOrderGenerator(seed: seed, catalogue: DemoWorld.catalogue, scarce: true)
    let begin = ContinuousClock.now
    var owed = 0.0
    var last = 0.0
    var wasPeak = false
    while !Task.isCancelled {
      let now = begin.duration(to: .now) / .seconds(1)
      // The last fifteen seconds of each minute are the peak.
      let isPeak = now.truncatingRemainder(dividingBy: 60) >= 45
      if isPeak != wasPeak { setFaults(isPeak: isPeak) }
      wasPeak = isPeak
      owed += (now - last) * rate * (isPeak ? 4 : 1)
      last = now
      while owed >= 1 {
        owed -= 1
        var order = generator.next()
        order.currency = "USD"
        let placed = world.sandbox.placeShopifyOrder(shop: SandboxWiring.shop, order)
        world.ledger.note(placed)
        naive.place(placed)
        state.withLock { state in if state.firstOrderAfter == nil { state.firstOrderAfter = age } }
      }
      try? await Task.sleep(for: .milliseconds(25))
    }
  }

  private func observe() async {
    while !Task.isCancelled {
      let promised = naive?.promised.orders ?? 0
      let reading = world.reading()
      let gap = (naive: max(0, promised - reading.naiveInERP), gated: reading.early)
      state.withLock { state in
        state.gaps.append(gap)
        if state.gaps.count > Self.gapsKept { state.gaps.removeFirst() }
      }
      try? await Task.sleep(for: .milliseconds(500))
    }
  }
}
