import Connector
import ConnectorTesting
import HandoffCore
import HandoffStore
import Logging
import StoreTesting
import Synchronization
import Testing

@testable import Coordinator

/// An ERP with a memory: what it holds, by external id, and what it was asked.
final class Ledger: Sendable {
  private struct State {
    var records: [String: Receipt] = [:]
    var created = 0
    var asked: [(what: String, at: Timestamp)] = []
  }

  private let state = Mutex(State())
  private let world: World

  init(_ world: World) { self.world = world }

  /// Creates a record, or refuses to create a second one, as an ERP of class U does.
  func create(_ submission: Submission) -> SubmissionOutcome {
    state.withLock { state in
      if let known = state.records[submission.externalID.text], known.digest == submission.digest {
        return .accepted(known)
      }
      let receipt = submission.receipt(recordID: "R-" + submission.key.orderID, total: submission.order.total)
      if state.records[submission.externalID.text] == nil { state.created += 1 }
      state.records[submission.externalID.text] = receipt
      return .accepted(receipt)
    }
  }

  func find(_ submission: Submission) -> LookupOutcome {
    state.withLock { $0.records[submission.externalID.text].map { .accepted($0) } ?? .notFound }
  }

  func note(_ what: String) { state.withLock { $0.asked.append((what, world.now)) } }

  var created: Int { state.withLock { $0.created } }
  func record(_ externalID: String) -> Receipt? { state.withLock { $0.records[externalID] } }
  /// When it was asked something, in seconds since the start of the world.
  func asked(_ what: String) -> [Duration] {
    state.withLock { $0.asked.filter { $0.what == what }.map { $0.at.since(World.start) } }
  }

  /// An ERP over this memory.
  func erp(
    concurrency: Int = 4, onSubmit: (@Sendable (Submission) async -> SubmissionOutcome)? = nil,
    onFind: (@Sendable (Submission) async -> LookupOutcome)? = nil
  ) -> FakeERP {
    var erp = FakeERP()
    erp.concurrency = concurrency
    erp.onSubmit = { submission in
      self.note("submit")
      return await onSubmit?(submission) ?? self.create(submission)
    }
    erp.onFind = { submission in
      self.note("find")
      return await onFind?(submission) ?? self.find(submission)
    }
    erp.onInventory = { _ in
      self.note("stock")
      return .allocated
    }
    erp.onCancel = { _ in
      self.note("cancel")
      return .cancelled
    }
    return erp
  }
}

/// A coordinator in a world of its own, and what a test asks of both.
struct Office {
  let world: World
  let store: any HandoffStore
  let coordinator: Coordinator
  let sent: Notes<FrozenMessage>
  private let running: Notes<Bool>

  init(
    _ world: World, erp: (any ERPConnector)? = nil, policy: HandoffPolicy = HandoffPolicy(),
    store: any HandoffStore = MemoryStore(), storefronts: [String] = ["main"], source: any OrderSource = FakeSource(),
    sender: (any ConfirmationSender)? = nil, backfill: Duration? = nil,
    change: (inout CoordinatorSetting) -> Void = { _ in }
  ) {
    self.world = world
    self.store = store
    let sent = Notes<FrozenMessage>()
    var carrier = FakeSender()
    carrier.onSend = { message in
      sent.add(message)
      return .accepted
    }
    let books = ERPName("books")
    var setting = CoordinatorSetting(
      storefronts: storefronts.map {
        Storefront(
          name: StorefrontName($0), source: source, sender: sender ?? carrier, policy: policy, erp: books,
          backfillInterval: backfill)
      }, erps: [books: erp ?? Ledger(world).erp()], defaultOwner: "ops@example.com",
      owners: [.erp: "erp-team@example.com"])
    change(&setting)
    self.sent = sent
    running = Notes()
    coordinator = Coordinator(
      setting, store: store, time: world, sha256: { PlainSHA256.digest($0) },
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Begins work; ``end()`` must follow.
  func open() {
    world.begin { [coordinator, running] in
      await coordinator.run()
      running.add(true)
    }
  }

  /// Whether ``Coordinator/Coordinator/run()`` has returned.
  var hasEnded: Bool { running.count > 0 }

  /// Stops, and demands that nothing is left behind: no work, no permit, no journal that does not verify.
  func end() throws {
    coordinator.stop()
    world.settle()
    #expect(hasEnded, "the coordinator still works after its stop")
    for lane in coordinator.laneUsage { #expect(lane.inUse == 0, "\(lane.lane) keeps \(lane.inUse) permits") }
    let verification = Verification(sha256: { PlainSHA256.digest($0) })
    let report = try world.value { [store] in try await store.read { try verification.report(on: $0) } }
    #expect(report.findings.isEmpty)
  }

  func delivery(
    _ order: Order, id: String? = nil, _ topic: String? = nil
  ) -> WebhookDelivery {
    var headers = [FakeSource.signature, HTTPField("webhook-id", id ?? "w-\(order.id)-\(world.now.microseconds)")]
    if let topic { headers.append(HTTPField("webhook-topic", topic)) }
    return WebhookDelivery(headers: headers, body: OrderJSON.write(order).bytes, receivedAt: world.now)
  }

  @discardableResult func receive(
    _ order: Order, at storefront: String = "main", id: String? = nil
  ) throws -> ReceptionAnswer {
    let delivery = delivery(order, id: id)
    return try world.value { [coordinator] in await coordinator.receive(delivery, at: StorefrontName(storefront)) }
  }

  /// Takes an order in.
  @discardableResult func capture(
    _ id: String = "1001", at storefront: String = "main", hats: Int = 1
  ) throws
    -> HandoffID
  {
    let answer = try receive(try StoreBench.order(id, hats: hats), at: storefront)
    guard case .taken(_, let handoff) = answer else { throw Unexpected("not taken: \(answer)") }
    return handoff.id
  }

  func handoff(_ id: HandoffID) throws -> Handoff {
    let found = try world.value { [store] in try await store.read { try $0.row(id)?.handoff } }
    return try #require(found)
  }

  func handoff(of orderID: String, at storefront: String = "main") throws -> Handoff? {
    let key = OrderKey(storefront: StorefrontName(storefront), orderID: orderID)
    return try world.value { [store] in try await store.read { try $0.row(of: key)?.handoff } }
  }

  func stage(_ id: HandoffID) -> Stage? { try? handoff(id).stage }

  func events(_ id: HandoffID) throws -> [String] {
    try world.value { [store] in try await store.read { try $0.journal(of: id).map(\.event) } }
  }

  func tasks(_ id: HandoffID) throws -> [StoredTask] {
    try world.value { [store] in try await store.read { try $0.tasks(of: id) } }
  }

  func exceptions(onlyOpen: Bool = true) throws -> [StoredException] {
    var filter = ExceptionFilter()
    filter.onlyOpen = onlyOpen
    return try world.value { [store, filter] in try await store.read { try $0.exceptions(filter) } }
  }

  func marker(_ name: String) throws -> String? {
    try world.value { [store] in try await store.read { try $0.marker(name) } }
  }

  /// Lets time pass until an order stands in a stage.
  func wait(for stage: Stage, of id: HandoffID, upTo duration: Duration = .seconds(300)) -> Bool {
    world.advance(upTo: duration) { self.stage(id) == stage }
  }
}

/// A test cannot go on.
struct Unexpected: Error {
  let what: String
  init(_ what: String) { self.what = what }
}

/// A store that fails when a test says so, before or after its commit.
final class FaultyStore: HandoffStore {
  enum Fault: Sendable {
    /// Nothing is written.
    case away
    /// Everything is written, and the caller does not learn of it.
    case answerLost
  }

  private let inner = MemoryStore()
  private let faults = Mutex<[Fault]>([])
  private let failed = Mutex(0)
  private let changed = Mutex(0)

  /// How often it was asked to change something.
  var changes: Int { changed.withLock { $0 } }
  /// How often it has failed.
  var failures: Int { failed.withLock { $0 } }

  /// Makes the next changes fail.
  func fail(_ fault: Fault, times: Int = 1) {
    faults.withLock { $0 += Array(repeating: fault, count: times) }
  }

  /// Ends every fault that is left.
  func heal() { faults.withLock { $0 = [] } }

  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value {
    changed.withLock { $0 += 1 }
    let fault = faults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    guard let fault else { return try await inner.transact(body) }
    failed.withLock { $0 += 1 }
    if fault == .answerLost { _ = try await inner.transact(body) }
    throw StoreFailure.unavailable("a fault of the test")
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreReading) throws -> Value
  ) async throws -> Value { try await inner.read(body) }
}
