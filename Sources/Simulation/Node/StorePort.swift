import HandoffCore
import HandoffStore

/// The store as one process reaches it: what is committed survives the process, everything else dies with it.
///
/// A transaction can fail before its commit, or after it without the process being told; the process can die at either
/// moment. Whatever is committed is written into the history at that very place.
struct StorePort: HandoffStore {
  let world: World
  let life: Life
  let memory: MemoryStore
  let sabotage: Sabotage
  /// One for all transactions: there is never more than one at a time.
  private let recorder: OneThread<Recorder?>

  init(world: World, life: Life, memory: MemoryStore, sabotage: Sabotage) {
    self.world = world
    self.life = life
    self.memory = memory
    self.sabotage = sabotage
    recorder = OneThread(nil)
  }

  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value {
    guard life.isAlive else { throw StoreFailure.unavailable("the process is gone") }
    if world.dice.chance(world.plan.storePauses) { await world.loop.sleep(Int64(world.dice.below(3000)), life.seat) }
    guard life.isAlive else { throw StoreFailure.unavailable("the process is gone") }
    if world.strikes(.storeAway) { throw StoreFailure.unavailable("locked") }
    if world.strikes(.crashBeforeCommit) {
      life.die()
      throw StoreFailure.unavailable("the process is gone")
    }
    let value = try commit(body)
    if world.strikes(.crashAfterCommit) { life.die() }
    if world.dice.chance(world.plan.storePauses) { await world.loop.sleep(Int64(world.dice.below(3000)), life.seat) }
    guard life.isAlive else { throw StoreFailure.unavailable("the process is gone") }
    if world.strikes(.commitUnknown) { throw StoreFailure.unavailable("the commit's answer was lost") }
    return value
  }

  private func commit<Value: Sendable>(_ body: (any StoreTransaction) throws -> Value) throws -> Value {
    try memory.transactNow { [world, sabotage] transaction in
      let recorder = recorder.value ?? Recorder(transaction, world)
      self.recorder.value = recorder
      recorder.begin()
      let value = try body(sabotage.transaction?(recorder, world) ?? recorder)
      recorder.publish()
      return value
    }
  }

  func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws -> Value {
    guard life.isAlive else { throw StoreFailure.unavailable("the process is gone") }
    return try memory.transactNow { [world, sabotage] transaction in
      try body(sabotage.transaction?(PassThrough(transaction), world) ?? transaction)
    }
  }
}

/// Writes down what a transaction changed, to be published when it commits.
final class Recorder: PassThrough {
  private let world: World
  private var facts: [(kind: FactKind, order: Int, first: Int, second: Int, text: FactText)] = []
  private var newHandoffs: [(HandoffID, Int)] = []

  init(_ inner: any StoreTransaction, _ world: World) {
    self.world = world
    super.init(inner)
  }

  func begin() {
    facts.removeAll(keepingCapacity: true)
    newHandoffs.removeAll(keepingCapacity: true)
    // What was new may have been undone.
    if isLastNew { last = nil }
  }

  func publish() {
    for (id, order) in newHandoffs {
      world.byHandoff[id] = order
      world.orders[order].handoff = id
    }
    for fact in facts { world.record(fact.kind, fact.order, fact.first, fact.second, fact.text) }
  }

  /// A transaction nearly always stays with one order.
  private var last: (id: HandoffID, order: Int)?
  /// Whether it was only about to be committed when it was looked up.
  private var isLastNew = false

  private func order(_ id: HandoffID) -> Int {
    if let last, last.id == id { return last.order }
    let known = world.byHandoff[id]
    guard let order = known ?? newHandoffs.first(where: { $0.0 == id })?.1 else { return -1 }
    last = (id, order)
    isLastNew = known == nil
    return order
  }

  override func insert(_ row: HandoffRow) throws {
    try super.insert(row)
    guard let order = world.order(row.handoff.key.orderID) else { return }
    newHandoffs.append((row.handoff.id, order))
    // A row comes last in its transaction; what was said of it before now gets its order.
    for index in facts.indices where facts[index].order == -1 { facts[index].order = order }
  }

  override func insert(_ version: StoredVersion) throws {
    try super.insert(version)
    facts.append(
      (.versionStored, order(version.handoffID), Recorder.content(version.body), version.version.number, .none))
  }

  /// The content's number, which travels in the order's note.
  private static func content(_ body: [UInt8]) -> Int {
    let label: StaticString = #""note":""#
    return body.withUnsafeBufferPointer { bytes in
      var matched = 0
      var number = -1
      for byte in bytes {
        if matched == label.utf8CodeUnitCount {
          guard byte >= 48, byte <= 57 else { return number }
          number = max(0, number) * 10 + Int(byte) - 48
        } else if byte == label.utf8Start[matched] {
          matched += 1
        } else {
          matched = byte == label.utf8Start[0] ? 1 : 0
        }
      }
      return number
    }
  }

  override func insert(_ delivery: StoredDelivery) throws {
    try super.insert(delivery)
    let kind = DeliveryDisposition.allCases.firstIndex(of: delivery.disposition) ?? 0
    let isOrder = delivery.handoffID != nil
    let place = delivery.handoffID.map { order($0) } ?? -2
    facts.append((.deliveryStored, place, kind, isOrder ? 0 : 1, keep(delivery.topic)))
  }

  override func append(_ entry: JournalEntry) throws {
    try super.append(entry)
    let before = Recorder.stage(entry.stageBefore)
    let after = entry.stageAfter == entry.stageBefore ? before : Recorder.stage(entry.stageAfter)
    facts.append((.journal, order(entry.handoffID), before << 8 | after, entry.version, words(entry)))
  }

  /// The number of a stage, 63 for none; so few that looking through them costs less than a hash.
  private static func stage(_ name: String) -> Int { Coverage.stages.firstIndex(of: name) ?? 63 }

  /// The event; for what the rules refused, which event that was.
  private func words(_ entry: JournalEntry) -> FactText {
    switch entry.event {
    case "event_refused", "connector_misconfigured", "captured", "operator_decided", "receipt_issued", "receipt_found",
      "receipt_differs", "order_recorded":
      world.history.texts.keep(entry.event, entry.detail)
    default: keep(entry.event)
    }
  }

  private func keep(_ text: String) -> FactText { world.history.texts.keep(text) }

  override func open(_ exception: NewException) throws -> Int64 {
    let id = try super.open(exception)
    let kind = ExceptionKind.allCases.firstIndex(of: exception.exception.kind) ?? 0
    facts.append((.exceptionOpened, order(exception.handoffID), kind, 0, keep(exception.owner)))
    return id
  }

  override func closeException(of id: HandoffID, at: Timestamp, resolution: String) throws {
    try super.closeException(of: id, at: at, resolution: resolution)
    facts.append((.exceptionClosed, order(id), 0, 0, .none))
  }

  override func reassign(exceptionOf id: HandoffID, owner: String, deadline: Timestamp, escalations: Int) throws {
    try super.reassign(exceptionOf: id, owner: owner, deadline: deadline, escalations: escalations)
    facts.append((.exceptionMoved, order(id), 0, escalations, keep(owner)))
  }

  override func setInFlight(_ lines: [InFlightLine], of id: HandoffID) throws {
    try super.setInFlight(lines, of: id)
    let mark = Stock.mark(lines.map { ($0.sku, $0.quantity) })
    facts.append((.inFlight, order(id), lines.reduce(0) { $0 + $1.quantity }, Int(mark), .none))
  }
}
