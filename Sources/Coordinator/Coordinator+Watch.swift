public import Connector
import HandoffCore
import HandoffStore
import Logging

/// How the orders that are only observed are looked for in an ERP.
public struct WatchSetting: Sendable {
  /// Asks the ERP.
  public var watch: any RecordWatch
  /// The reference the other integration writes, with `{orderId}`, `{number}`, `{digits}` (of the number) and
  /// `{storefront}`.
  public var reference: String
  /// How often young orders are looked for.
  public var interval: Duration
  /// How long an order is looked for before it counts as never received.
  public var horizon: Duration

  /// Gathers the parts.
  public init(
    watch: any RecordWatch, reference: String = "{orderId}", interval: Duration = .seconds(30),
    horizon: Duration = .seconds(7 * 86_400)
  ) {
    self.watch = watch
    self.reference = reference
    self.interval = interval
    self.horizon = horizon
  }

  /// The reference of one order; empty when the template asks for something the order does not have.
  func reference(of row: HandoffRow) -> String {
    var text = reference.replacing("{orderId}", with: row.handoff.key.orderID)
    text = text.replacing("{storefront}", with: row.handoff.key.storefront.text)
    text = text.replacing("{number}", with: row.number)
    return text.replacing("{digits}", with: row.number.filter { $0.isASCII && $0.isNumber })
  }
}

extension Coordinator {
  /// Ages of orders that are looked for together: the younger, the oftener. An order that has not come within minutes
  /// will hardly come within the next.
  static let watchAges: [(upTo: Duration, everyRounds: Int)] = [
    (.seconds(900), 1), (.seconds(6 * 3600), 10), (.seconds(366 * 86_400), 120),
  ]

  /// Looks for observed orders in one ERP until the coordinator stops; nothing is written there.
  func watch(_ erp: ERPName, _ setting: WatchSetting) async {
    guard let signal = signals[Coordinator.watchName(erp)] else { return }
    var round = 0
    while !permits.isClosed {
      await watchOnce(erp, setting, round: round)
      round = (round + 1) % 120
      // Only a stop sets the signal.
      if !permits.isClosed { await signal.wait(upTo: setting.interval, time) }
    }
  }

  /// The name of the signal that ends an ERP's watch.
  static func watchName(_ erp: ERPName) -> String { "watch:" + erp.text }

  /// One round over every age that is due in it.
  func watchOnce(_ erp: ERPName, _ setting: WatchSetting, round: Int) async {
    let now = time.now
    var youngest = Duration.zero
    for (upTo, everyRounds) in Coordinator.watchAges {
      let oldest = min(upTo, setting.horizon)
      if round.isMultiple(of: everyRounds), oldest > youngest {
        // What is captured while we look belongs to the youngest, too.
        let until = youngest == .zero ? Timestamp.distantFuture : now - youngest
        guard await look(for: UnseenFilter(erp: erp, from: now - oldest, until: until, limit: 0), setting) else {
          return
        }
      }
      youngest = oldest
    }
  }

  /// Walks over a window in batches; false when the ERP could not be asked.
  private func look(for window: UnseenFilter, _ setting: WatchSetting) async -> Bool {
    var filter = window
    filter.limit = max(1, setting.watch.referencesAtOnce)
    while !permits.isClosed {
      let asked = filter
      guard let rows = try? await store.read({ try $0.unseen(asked) }), let last = rows.last else { return true }
      filter.after = UnseenFilter.Place(last.handoff)
      let named = Dictionary(
        rows.map { (setting.reference(of: $0), $0.handoff.id) }.filter { !$0.0.isEmpty }, uniquingKeysWith: { $1 })
      guard !named.isEmpty else { continue }
      meter.count("watch.asked")
      switch await setting.watch.records(under: named.keys.sorted()) {
      case .records(let records): await keep(records, named, erp: window.erp)
      case .failed(let reason), .misconfigured(let reason):
        meter.count("watch.failed")
        logger.warning(
          "observed orders could not be looked for; they will be again",
          metadata: ["erp": "\(window.erp)", "reason": "\(LogText.words(reason))"])
        return false
      }
    }
    return false
  }

  private func keep(_ records: [SeenRecord], _ named: [String: HandoffID], erp: ERPName) async {
    let seenAt = time.now
    // Of several records under one reference the first one made is the receipt.
    let earliest = Dictionary(grouping: records.filter { named[$0.reference] != nil }, by: \.reference).compactMap {
      $0.value.min { ($0.recordedAt ?? seenAt, $0.recordID) < ($1.recordedAt ?? seenAt, $1.recordID) }
    }
    for record in earliest.sorted(by: { $0.reference < $1.reference }) {
      guard let id = named[record.reference] else { continue }
      let sighting = Sighting(
        handoffID: id, recordID: record.recordID, recordNumber: record.recordNumber?.withoutNUL,
        recordedAt: record.recordedAt, seenAt: seenAt)
      do {
        if try await store.transact({ [moves] in try moves.note(sighting, in: $0) }) { meter.count("watch.seen") }
      } catch {
        logger.warning(
          "what was seen in the ERP could not be kept; it will be looked for again",
          metadata: ["erp": "\(erp)", "handoff": "\(id)", "error": "\(error)"])
      }
    }
  }
}
