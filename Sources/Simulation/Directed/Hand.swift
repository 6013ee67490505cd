import Connector
import Coordinator
import HandoffCore
import HandoffStore

/// A process that is slow in a way somebody wrote down: it claims one task at a time, keeps the answers in its hand for
/// as long as its ``Script`` says, and reads a clock that may be off.
///
/// What it does goes through the moves, the store and the network of its world as everything else does, faults
/// included; where one of them takes the script off its way, the script ends, and the healed world finishes the order.
final class Hand: Sendable {
  let world: World
  let life: Life
  private let coordinator: Coordinator
  private let shop: Int
  private let desk: LaneDesk
  /// The one order that is worked on.
  private let own = OneThread(-1)

  /// The script cannot go on: a fault of the world came between.
  struct Derailed: Error {}

  /// Permits of one lane; everything else is left to the other processes.
  private struct LaneDesk: LeaseDesk {
    let lane: String
    func take(lane: String) -> Bool { lane == self.lane }
  }

  init(number: Int, shop: Int, world: World, memory: MemoryStore, sabotage: Sabotage) {
    life = Life(number: number, seat: Seat(world.loop))
    self.world = world
    self.shop = shop
    desk = LaneDesk(lane: Moves.erpLane(world.plan.erps[world.plan.shops[shop].erp].name))
    coordinator = Node.coordinator(world, life, memory, sabotage, servesScripted: true)
  }

  /// Follows a script from an instant on, as far as the world lets it.
  func follow(_ script: Script, from instant: Int64) {
    world.loop.at(instant) { [self] in
      guard life.isAlive else { return }
      world.record(.nodeStarted, -1, life.number)
      Task(executorPreference: life.seat) { try? await script.run(self) }
    }
  }

  private func alive() throws {
    guard life.isAlive else { throw Derailed() }
  }

  private func now(_ skew: Duration) -> Timestamp { World.beginning + .microseconds(world.loop.now) + skew }

  var order: Int { own.value }

  /// The order must have come to a stage.
  func expect(_ stage: Stage) async throws {
    guard try await self.stage() == stage else { throw Derailed() }
  }

  /// Waits until others have brought the order to a stage.
  func wait(for stage: Stage) async throws {
    for _ in 0..<40 {
      try alive()
      if try await self.stage() == stage { return }
      await world.loop.sleep(250_000, life.seat)
    }
  }

  private func stage() async throws -> Stage? {
    let key = world.orders[order].key
    return try await coordinator.store.read { try $0.row(of: key)?.handoff.stage }
  }

  /// Waits until the lease of what was claimed just now has run out.
  func outlast() async throws {
    await world.loop.sleep((world.plan.lease + .milliseconds(500)).wholeMicroseconds, life.seat)
    try alive()
  }

  // MARK: The storefront

  /// An order is placed and taken in; its first submission is leased.
  func place() async throws -> ClaimedTask {
    try alive()
    own.value = world.placeScripted(shop: shop)
    return try await takeIn(leases: true)
  }

  /// The customer changes the order, and it is taken in; nothing is leased.
  func edit() async throws {
    world.editScripted(order)
    _ = try? await takeIn(leases: false)
  }

  /// The storefront cancels the order, and it is taken in; nothing is leased.
  func cancelOrder() async throws {
    world.cancelScripted(order)
    _ = try? await takeIn(leases: false)
  }

  private func takeIn(leases: Bool) async throws -> ClaimedTask {
    guard let content = world.newest(order) else { throw Derailed() }
    let request = coordinator.moves.prepare(
      IntakeRequest(
        key: world.orders[order].key, order: content.value, updatedAt: content.updatedAt, topic: "backfill",
        dedupeID: nil, headers: "", body: [], receivedAt: now(.zero)))
    let desk: any LeaseDesk = leases ? desk : ClosedLanes()
    let result = try await coordinator.store.transact { [moves = coordinator.moves] in
      try moves.intake(request, in: $0, desk: desk)
    }
    guard let task = result.claimed.first else { throw Derailed() }
    return task
  }

  // MARK: Tasks

  private struct ClosedLanes: LeaseDesk {
    func take(lane: String) -> Bool { false }
  }

  /// Claims one task, as soon as one is due; it must be of the kind the script goes on with.
  func claim(_ kind: EffectKind) async throws -> ClaimedTask {
    for _ in 0..<24 {
      try alive()
      let now = now(.zero)
      let claimed = try await coordinator.store.transact { [moves = coordinator.moves, lane = desk.lane] in
        try moves.claim(lane: lane, limit: 1, at: now, in: $0)
      }
      if let task = claimed.first {
        guard task.effect.kind == kind else { throw Derailed() }
        return task
      }
      await world.loop.sleep(250_000, life.seat)
    }
    throw Derailed()
  }

  /// Sends what a task asks for through the network, and keeps the answer.
  func perform(_ task: ClaimedTask) async throws -> HandoffEvent {
    try alive()
    return await coordinator.outcome(of: task)
  }

  /// A create that arrives and whose answer is lost.
  func create(_ task: ClaimedTask) throws -> Int {
    try alive()
    let before = world.orders[order].records.count
    _ = world.create(
      order: order, content: world.content(of: task.order), version: task.version, key: task.handoff.externalID.text,
      node: life.number)
    guard world.orders[order].records.count > before, let record = world.orders[order].records.last else {
      throw Derailed()
    }
    return record
  }

  /// Brings an answer back, by a clock that may be off.
  /// - Returns: what was leased with it, first of all what follows in the ERP's lane.
  @discardableResult
  func settle(
    _ task: ClaimedTask, _ event: HandoffEvent, clock skew: Duration = .zero
  ) async throws -> ClaimedTask? {
    try alive()
    if skew != .zero { world.isClockMoved = true }
    let (now, desk) = (now(skew), desk)
    return try await coordinator.store.transact { [moves = coordinator.moves] in
      try moves.settle(task, event, by: "erp", at: now, in: $0, desk: desk)
    }.first
  }

  /// A person decides.
  /// - Returns: what was leased with it.
  @discardableResult
  func decide(_ decision: OperatorDecision, leases: Bool = true) async throws -> ClaimedTask? {
    try alive()
    guard let id = world.orders[order].handoff else { throw Derailed() }
    world.note(.personDecided)
    world.record(.personDecided, order, 0, 0, decision.name)
    let (now, desk): (Timestamp, any LeaseDesk) = (now(.zero), leases ? desk : ClosedLanes())
    return try await coordinator.store.transact { [moves = coordinator.moves] in
      try moves.decide(decision, on: id, by: "Ada", expecting: nil, at: now, in: $0, desk: desk)
    }?.claimed.first
  }

  // MARK: The people at the ERP

  /// The order's only record, or the last one made.
  func lastRecord() throws -> Int {
    guard let record = world.orders[order].records.last else { throw Derailed() }
    return record
  }

  /// Somebody there takes a record back.
  func void(_ record: Int) { world.voidRecord(record, byUs: false) }

  /// Somebody there opens a record again, as if it had never been accepted.
  func reopen(_ record: Int) { world.reopen(record) }

  /// Somebody there lets a record be as it was accepted.
  func accept(_ record: Int) { world.reaccept(record) }

  /// Somebody there writes other lines into a record, and later the right ones again.
  func alter(_ record: Int, to content: Int) { world.alter(record, to: content) }

  /// Whether there is stock for the order.
  func setStock(_ isThere: Bool) {
    world.orders[order].stockAt = isThere ? 0 : world.loop.now + 600_000_000
    world.orders[order].shortage = 2
  }

  /// A definite no of the ERP, which did nothing.
  func refusal() -> HandoffEvent {
    world.record(.createAnswered, order, 0, 0, "refused")
    return .submissionRefused(reason: "the period is closed")
  }

  /// A connection that was refused: no byte left.
  func deferral() -> HandoffEvent {
    world.record(.createAnswered, order, 0, 0, "busy")
    return .submissionDeferred(reason: "connection refused")
  }
}

/// What scripts ask of the storefront and of the people at the ERP.
extension World {
  /// A scripted order is placed; no webhook tells of it.
  func placeScripted(shop: Int) -> Int {
    let index = orders.count
    orders.append(
      WorldOrder(
        key: OrderKey(storefront: plan.shops[shop].name, orderID: String(World.firstID + index)), shop: shop,
        erp: plan.shops[shop].erp, isOld: false, isTest: false, poison: .none))
    addContent(index, lines: lines(), .placed, isTold: false)
    return index
  }

  func editScripted(_ order: Int) {
    note(.orderEdited)
    addContent(order, lines: lines(), .edited, isTold: false)
  }

  func cancelScripted(_ order: Int) {
    guard let lines = newest(order)?.value.lines else { return }
    note(.orderCancelled)
    orders[order].isCancelled = true
    addContent(order, lines: lines, .cancelled, isTold: false)
  }

  func reopen(_ record: Int) {
    guard records[record].status == .live else { return }
    records[record].status = .draft
    self.record(.recordReopened, records[record].order, record, records[record].content)
  }

  func reaccept(_ record: Int) {
    guard records[record].status == .draft else { return }
    records[record].status = .live
    self.record(.recordLive, records[record].order, record, records[record].content)
  }

  func alter(_ record: Int, to content: Int) {
    records[record].content = content
    self.record(.recordChanged, records[record].order, record, content)
  }
}
