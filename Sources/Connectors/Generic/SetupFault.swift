/// Why a generic connector cannot be built from its configuration: found at start, never at the first order.
public struct GenericSetupFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The configuration key.
  public let key: String
  /// What is wrong with its value and what would be right; never the value of a secret.
  public let problem: String

  init(_ key: String, _ problem: String) {
    self.key = key
    self.problem = problem
  }

  /// For the report that lists every fault of a configuration.
  public var description: String { "\(key): \(problem)" }
}
