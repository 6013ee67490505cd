import HandoffCore
import Synchronization

/// What the coordinator counts; read by `/metrics`, the console and the benchmark.
public final class Meter: Sendable {
  /// What has been counted so far.
  public struct Reading: Sendable {
    /// Counters by name.
    public var counters: [String: Int] = [:]
    /// Durations by name, as counts in the buckets of ``Meter/bounds``.
    public var durations: [String: [Int]] = [:]
    /// Sums of the durations by name.
    public var sums: [String: Duration] = [:]
  }

  /// Upper bounds of the buckets, in seconds; the last bucket has none. They double, and lie closer from 8 s on, where
  /// people wait, so that a quantile between two of them is off by a few seconds and not by minutes.
  public static let bounds: [Double] = [
    0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192, 12, 16.384, 20,
    25, 30, 40, 50, 60, 80, 100, 120, 150, 180, 240, 300, 450, 600, 900, 1800, 3600,
  ]

  private struct State {
    var reading = Reading()
    /// What happened to orders, by the event's name: counted at every step, so without a text of its own.
    var events: [String: Int] = [:]
  }

  private let state = Mutex(State())

  /// Starts at zero.
  public init() {}

  /// Counts one more, or so many.
  public func count(_ name: String, _ more: Int = 1) {
    state.withLock { $0.reading.counters[name, default: 0] += more }
  }

  /// Counts an event of an order, as `events.NAME`.
  public func count(event name: String) { state.withLock { $0.events[name, default: 0] += 1 } }

  /// Notes how long something took.
  public func note(_ name: String, took duration: Duration) {
    let seconds = Double(duration.wholeMicroseconds) / 1_000_000
    let index = Meter.bounds.firstIndex { seconds <= $0 } ?? Meter.bounds.count
    state.withLock { state in
      state.reading.durations[name, default: Array(repeating: 0, count: Meter.bounds.count + 1)][index] += 1
      state.reading.sums[name, default: .zero] += duration
    }
  }

  /// The present counts.
  public var reading: Reading {
    state.withLock { state in
      var reading = state.reading
      for (name, count) in state.events { reading.counters["events." + name] = count }
      return reading
    }
  }
}
