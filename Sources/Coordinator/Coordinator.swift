import Connector
import HandoffCore
public import HandoffStore
public import Logging

/// The coordinator: takes deliveries in, performs what is decided, and lets nothing wait for ever.
///
/// It owns no rule and no table: rules are in ``HandoffCore/Handoff``, rows behind ``HandoffStore/HandoffStore``. It
/// owns the pace: which lane may do how much at once, when a deadline is looked at, when a storefront is asked again.
public final class Coordinator: Sendable {
  /// What it is made of.
  public let setting: CoordinatorSetting
  /// Where the rows are.
  public let store: any HandoffStore
  /// The moves over the store.
  public let moves: Moves
  /// What it counts.
  public let meter = Meter()
  /// Whether the store takes writes.
  public let writeHealth = WriteHealth()

  let time: any CoordinatorTime
  let logger: Logger
  let permits: Permits
  let troubles = LaneTroubles()
  let transitions = Transitions()
  let signals: [String: Signal]
  let inbox = Inbox<Work>()
  let stopping = Signal()

  /// Something to be done by a child of ``run()``.
  enum Work: Sendable {
    case perform(ClaimedTask)
    case fetch(StorefrontName, orderID: String)
    case erase(StorefrontName)
  }

  /// Makes a coordinator; nothing happens before ``run()``.
  /// - Parameters:
  ///   - sha256: SHA-256, handed in because this ring has no cryptography.
  public init(
    _ setting: CoordinatorSetting, store: any HandoffStore, time: any CoordinatorTime,
    sha256: @escaping @Sendable ([UInt8]) -> [UInt8], logger: Logger
  ) {
    self.setting = setting
    self.store = store
    self.time = time
    self.logger = logger
    moves = Moves(Coordinator.movesSetting(setting, sha256: sha256))
    var limits: [String: Int] = [:]
    for (name, erp) in setting.erps { limits[Moves.erpLane(name)] = erp.concurrency }
    for storefront in setting.storefronts.values {
      if storefront.sender != nil { limits[Moves.notifyLane(storefront.name)] = setting.notifyConcurrency }
      if storefront.fulfillment != nil {
        limits[Moves.storefrontLane(storefront.name)] = setting.storefrontConcurrency
      }
    }
    permits = Permits(limits)
    var signals = limits.mapValues { _ in Signal() }
    for name in setting.storefronts.keys { signals[Coordinator.backfillName(name)] = Signal() }
    for name in setting.watches.keys { signals[Coordinator.watchName(name)] = Signal() }
    signals[Coordinator.alertSignal] = Signal()
    self.signals = signals
  }

  private static func movesSetting(
    _ setting: CoordinatorSetting, sha256: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> Moves.Setting {
    let observing = HandoffPolicy(mode: .observe)
    let read = ReadOrders()
    var moves = Moves.Setting(
      policy: { setting.storefronts[$0]?.policy ?? observing },
      route: { name in
        let storefront = setting.storefronts[name]
        return (storefront?.erp ?? ERPName(""), storefront?.externalIDTemplate ?? "CS-{storefront}-{orderId}")
      },
      owner: { kind, _ in setting.owner(of: kind) },
      unreadableOwner: { _ in setting.owners[.storefront] ?? setting.defaultOwner },
      sha256: sha256,
      encode: { read.document(of: $0) { OrderJSON.bytes($0) } },
      decode: { try read.order(in: $0) { try OrderJSON.read(JSONValue(parsing: $0)) } },
      compose: { kind, handoff, order, key, now throws(Unwritable) in
        try compose(
          kind, handoff, order, key: key, at: now, sender: setting.storefronts[handoff.key.storefront]?.sender)
      },
      lease: setting.lease)
    moves.escalationOwner = setting.escalationOwner
    if let alerts = setting.alerts { moves.tells = { alerts.canReach($0) } }
    return moves
  }

  private static func compose(
    _ effect: EffectKind, _ handoff: Handoff, _ order: Order, key: String, at now: Timestamp,
    sender: (any ConfirmationSender)?
  ) throws(Unwritable) -> (recipient: String, content: [UInt8]) {
    guard let sender, let kind = MessageKind(effect) else {
      throw Unwritable("No sender is configured for storefront \(handoff.key.storefront).")
    }
    let facts = MessageFacts(
      kind: kind, handoffID: handoff.id, key: handoff.key, recordID: handoff.recordID,
      recordNumber: handoff.receipt?.recordNumber, order: order, decidedAt: now, messageKey: key)
    do throws(CompositionFailure) {
      let message = try sender.compose(facts)
      return (message.recipient, message.content)
    } catch {
      throw Unwritable(error.reason)
    }
  }

  /// Works until ``stop()``, then lets what is under way finish.
  ///
  /// It first takes back every lease: this process is the only one, so whoever held one is gone.
  ///
  /// A cancellation ends it as ``stop()`` does: it must not go on with sleeps that no longer sleep.
  public func run() async {
    await withTaskCancellationHandler {
      await workUntilStopped()
    } onCancel: {
      stop()
    }
  }

  private func workUntilStopped() async {
    await recover()
    await withDiscardingTaskGroup { group in
      for lane in permits.lanes { group.addTask { await self.serve(lane: lane) } }
      group.addTask { await self.watchDeadlines() }
      if let alerts = setting.alerts { group.addTask { await self.tellOwners(alerts) } }
      for storefront in setting.storefronts.values.sorted(by: { $0.name.text < $1.name.text })
      where storefront.source.canList && storefront.backfillInterval != nil {
        group.addTask { await self.backfill(storefront) }
      }
      for (erp, watch) in setting.watches.sorted(by: { $0.key.text < $1.key.text }) {
        group.addTask { await self.watch(erp, watch) }
      }
      while let item = await inbox.next() {
        group.addTask {
          switch item {
          case .perform(let task): await self.perform(task)
          case .fetch(let name, let orderID): await self.fetch(orderID, of: name)
          case .erase(let name): await self.eraseAll(of: name)
          }
        }
      }
    }
  }

  /// Ends ``run()``: nothing new is begun, what is under way is finished and settled.
  public func stop() {
    permits.close()
    inbox.close()
    stopping.set()
    // In the order of their names, so that a simulated stop repeats bit for bit.
    for (_, signal) in signals.sorted(by: { $0.key < $1.key }) { signal.set() }
  }

  private func recover() async {
    // Until it succeeds: on a disk that is full at the start nothing could be settled anyway.
    while !permits.isClosed {
      let now = time.now
      do {
        let count = try await store.transact { try $0.expireLeases(now: now) }
        if count > 0 { logger.notice("leases taken back", metadata: ["count": "\(count)"]) }
        return
      } catch {
        logger.error("leases could not be taken back", metadata: ["error": "\(error)"])
        await stopping.wait(upTo: .seconds(1), time)
      }
    }
  }

  /// Every transition from now on, for the live stream.
  public func listen() -> AsyncStream<Transition> { transitions.listen() }

  /// What each lane is doing.
  public var laneUsage: [(lane: String, inUse: Int, limit: Int)] { permits.usage }
}
