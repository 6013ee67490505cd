import Connector
import HandoffCore
import HandoffStore
import Logging

/// When a message that was not taken is tried again.
struct AlertRest {
  var attempts = 0
  var until = Timestamp.distantPast

  /// Five seconds, doubling to five minutes.
  mutating func grow(from now: Timestamp) {
    attempts += 1
    until = now + min(.seconds(5) * (1 << min(attempts - 1, 6)), .seconds(300))
  }
}

extension Coordinator {
  static let alertSignal = "alerts"
  /// The most things a message names one by one; the rest are counted.
  static let alertLines = 10

  /// Tells owners what waits for them, one message at a time, beside the work on orders: no order waits for it, and
  /// none fails with it. What is to be told is in the store, so that neither a crash nor a carrier that is
  /// away loses it.
  func tellOwners(_ sender: any AlertSender) async {
    guard let signal = signals[Coordinator.alertSignal] else { return }
    var rests: [String: AlertRest] = [:]
    while !permits.isClosed {
      for queue in await gatherAlerts() where !permits.isClosed {
        guard let batch = queue.batch else { continue }
        var rest = rests[batch] ?? AlertRest()
        guard rest.until <= time.now else { continue }
        if await tell(queue, batch, sender) {
          rests[batch] = nil
        } else {
          rest.grow(from: time.now)
          rests[batch] = rest
        }
      }
      if !permits.isClosed { await signal.wait(upTo: setting.alertInterval, time) }
    }
  }

  private func gatherAlerts() async -> [AlertQueue] {
    let now = time.now
    do {
      guard try await !store.read({ try $0.alertQueues() }).isEmpty else { return [] }
      return try await store.transact { [moves] in try moves.gatherAlerts(at: now, in: $0) }
    } catch {
      logger.error("alerts could not be gathered", metadata: ["error": "\(error)"])
      return []
    }
  }

  /// Hands one message over; whether it is done with. At least once: a crash after the carrier took it sends it again
  /// under the same key.
  private func tell(_ queue: AlertQueue, _ batch: String, _ sender: any AlertSender) async -> Bool {
    do {
      let alert = try await store.read { store in
        OwnerAlert(
          key: batch, owner: queue.owner, at: queue.newest, counts: try store.alertCounts(in: batch),
          oldest: try store.alerts(in: batch, limit: Coordinator.alertLines).map { OwnerAlertLine($0) })
      }
      switch await sender.send(alert) {
      case .accepted: meter.count("alerts.sent")
      case .refused(let reason):
        meter.count("alerts.refused")
        logger.error(
          "an owner cannot be told; look at the exceptions", metadata: ["alert": "\(batch)", "reason": "\(reason)"])
      case .deferred(let reason), .misconfigured(let reason):
        meter.count("alerts.deferred")
        logger.warning("an owner could not be told yet", metadata: ["alert": "\(batch)", "reason": "\(reason)"])
        return false
      }
      try await store.transact { try $0.dropAlerts(in: batch) }
      return true
    } catch {
      logger.error("an alert could not be ended", metadata: ["alert": "\(batch)", "error": "\(error)"])
      return false
    }
  }
}

extension OwnerAlertLine {
  init(_ alert: Alert) {
    self.init(
      occasion: alert.occasion.rawValue, kind: alert.kind, storefront: alert.storefront, subject: alert.subject,
      since: alert.at, deadline: alert.deadline)
  }
}
