/// Where a transport may connect to.
public enum Destinations: Hashable, Sendable {
  /// Anywhere: an ERP inside the house stands on a private address.
  case any
  /// Public addresses only: loopback, private, link-local, carrier-grade, metadata and reserved ones are refused.
  ///
  /// The name is resolved once, each of its addresses checked, and the connection made to a checked address, so that a
  /// second resolution cannot lead elsewhere (F115).
  case publicOnly
}
