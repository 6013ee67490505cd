/// A file cannot be used at all; the text says which, where, and how to mend it.
public struct AuditFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The line, when one is to blame.
  public let line: Int?
  /// What is wrong and how to mend it.
  public let message: String

  /// Makes a fault.
  public init(_ path: String, line: Int? = nil, _ message: String) {
    self.path = path
    self.line = line
    self.message = message
  }

  /// `orders.csv:12: …`
  public var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + message }
}
