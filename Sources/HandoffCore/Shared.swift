/// Holds a value for all who have a copy of it, until one of them changes it.
///
/// An order has some twenty fields of text, a handoff thirty in all, and both are handed on at every step: a copy is
/// then one reference, instead of hundreds of bytes and a count for each text.
@usableFromInline
final class Shared<Value: Hashable & Sendable>: Hashable, Sendable {
  /// Changed through ``write(_:_:)`` only, and so never while somebody else can see it.
  @usableFromInline
  private(set) nonisolated(unsafe) var value: Value

  init(_ value: Value) { self.value = value }

  /// Changes the value of one holder; the others keep what they have.
  static func write(_ shared: inout Shared, _ change: (inout Value) -> Void) {
    if !isKnownUniquelyReferenced(&shared) { shared = Shared(shared.value) }
    change(&shared.value)
  }

  @usableFromInline
  static func == (left: Shared, right: Shared) -> Bool { left === right || left.value == right.value }

  @usableFromInline
  func hash(into hasher: inout Hasher) { value.hash(into: &hasher) }
}
