import HandoffCore
import Synchronization

/// Which lanes have trouble, so that the log says it once a minute and not once an order.
final class LaneTroubles: Sendable {
  /// What the log is to say.
  enum Line: Equatable {
    /// It has trouble: the last reason, and how many attempts had some since the line before.
    case trouble(reason: String, count: Int)
    /// Something succeeded again.
    case over
  }

  private struct Lane {
    var count = 0
    var saidAt: Timestamp?
    var isSaid = false
  }

  private static let pause = Duration.seconds(60)
  private let lanes = Mutex<[String: Lane]>([:])

  /// Notes how an attempt ended, and says what is worth a line.
  func note(_ trouble: String?, lane name: String, at now: Timestamp) -> Line? {
    lanes.withLock { lanes in
      guard let trouble else {
        // Nearly always there was no trouble to begin with.
        guard let lane = lanes[name], lane.count > 0 || lane.isSaid else { return nil }
        // The instant stays: a lane that fails now and then says so once a minute.
        lanes[name] = Lane(saidAt: lane.saidAt)
        return lane.isSaid ? .over : nil
      }
      var lane = lanes[name] ?? Lane()
      lane.count += 1
      defer { lanes[name] = lane }
      if let saidAt = lane.saidAt, now < saidAt + Self.pause { return nil }
      let count = lane.count
      lane = Lane(saidAt: now, isSaid: true)
      return .trouble(reason: trouble, count: count)
    }
  }
}
