import Coordinator
import Glibc
import HandoffCore

/// The real clock and real waiting.
struct SystemTime: CoordinatorTime {
  var now: Timestamp {
    var spec = timespec()
    clock_gettime(CLOCK_REALTIME, &spec)
    return Timestamp(microseconds: Int64(spec.tv_sec) * 1_000_000 + Int64(spec.tv_nsec) / 1000)
  }

  func sleep(for duration: Duration) async {
    // A cancelled sleep returns early; that is all its callers ask of it.
    try? await Task.sleep(for: duration)
  }
}
