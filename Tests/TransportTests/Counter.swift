import Synchronization

/// Counts calls from any task.
final class Counter: Sendable {
  private let count = Atomic(0)
  /// The count.
  var value: Int { count.load(ordering: .relaxed) }
  /// Adds one.
  func increase() { count.add(1, ordering: .relaxed) }
}
