/// The promises of the properties page that a simulation can judge.
package enum Property: String, Sendable, CaseIterable {
  case s1 = "S1", s2 = "S2", s3 = "S3", s4 = "S4", s5 = "S5", s6 = "S6", s7 = "S7", s8 = "S8", s10 = "S10", s12 = "S12"
  case l1 = "L1", l2 = "L2", l4 = "L4", l5 = "L5", l6 = "L6", l8 = "L8"
}

/// A promise that was broken, where and how.
package struct Violation: Sendable {
  /// Which promise.
  package let property: Property
  /// The order it concerns; nil when it concerns all.
  package let order: Int?
  /// When it was seen, in simulated microseconds.
  package let at: Int64
  /// What was seen.
  package let text: String
}
