import Coordinator
import Foundation
import HandoffCore

/// The real clock and real waiting.
struct SystemTime: CoordinatorTime {
  var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

  func sleep(for duration: Duration) async {
    // A cancelled sleep returns early; that is all its callers ask of it.
    try? await Task.sleep(for: duration)
  }
}
