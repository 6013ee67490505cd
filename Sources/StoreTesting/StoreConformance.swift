public import HandoffStore

/// What every store must do, in one list; each backend's tests run all of it.
///
/// A check gets an empty store and throws ``CheckFailure`` in words.
public struct StoreCheck: Sendable, CustomStringConvertible {
  /// What is promised, as a sentence.
  public let description: String
  /// The check.
  public let run: @Sendable (any HandoffStore) async throws -> Void

  init(_ description: String, _ run: @escaping @Sendable (any HandoffStore) async throws -> Void) {
    self.description = description
    self.run = run
  }
}

/// The conformance suite.
public enum StoreConformance {
  /// Every check.
  public static let all: [StoreCheck] =
    statementChecks + listChecks + transactionChecks + intakeChecks + dispatchChecks + outcomeChecks + peopleChecks
    + alertChecks + erasureChecks + sightingChecks + verificationChecks
}
