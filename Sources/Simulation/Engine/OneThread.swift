/// Something that only one simulated world touches, and a world runs on one thread.
///
/// Everything in a simulation is reached from jobs that its ``SeededLoop`` runs one after the other, so that a lock
/// would guard nothing. Different worlds may run on different threads; they share no box.
package final class OneThread<Value>: Sendable {
  /// What is in the box.
  package nonisolated(unsafe) var value: Value

  /// Puts something into a box.
  package init(_ value: Value) { self.value = value }
}
