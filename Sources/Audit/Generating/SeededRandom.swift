/// SplitMix64: the same exports for the same seed, everywhere.
struct SeededRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// In 0..<1, never 0.
  mutating func unit() -> Double { (Double(bits() >> 11) + 0.5) / 9_007_199_254_740_992 }

  mutating func below(_ bound: Int) -> Int { Int(bits() % UInt64(max(1, bound))) }

  mutating func seconds(_ range: ClosedRange<Int>) -> Int64 {
    Int64(range.lowerBound + below(range.upperBound - range.lowerBound + 1))
  }

  mutating func chance(_ share: Double) -> Bool { unit() < share }
}
