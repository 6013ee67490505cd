/// SHA-256 (FIPS 180-4) in plain Swift, so that tests of the inner rings need no library. Slow; for tests only.
public enum PlainSHA256 {
  private static let constants: [UInt32] = {
    var found: [UInt32] = []
    var candidate: UInt32 = 2
    while found.count < 64 {
      let isPrime = !(2..<candidate).contains { $0 * $0 <= candidate && candidate % $0 == 0 }
      if isPrime { found.append(fraction(candidate, root: 3)) }
      candidate += 1
    }
    return found
  }()

  private static let start: [UInt32] = [2, 3, 5, 7, 11, 13, 17, 19].map { fraction($0, root: 2) }

  /// The first 32 bits of the fraction of a prime's root, by integer search.
  private static func fraction(_ prime: UInt32, root: Int) -> UInt32 {
    // The largest r with r^root <= prime * 2^(32 * root), found bit by bit in 128-bit numbers.
    var value: UInt128 = 0
    for bit in (0..<36).reversed() {
      let candidate = value | (UInt128(1) << UInt128(bit))
      let power = root == 2 ? candidate * candidate : candidate * candidate * candidate
      if power <= UInt128(prime) << UInt128(32 * root) { value = candidate }
    }
    return UInt32(truncatingIfNeeded: value)
  }

  /// The 32 bytes of the digest.
  public static func digest(_ message: [UInt8]) -> [UInt8] {
    var bytes = message
    bytes.append(0x80)
    while bytes.count % 64 != 56 { bytes.append(0) }
    let length = UInt64(message.count) * 8
    for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: length >> UInt64(56 - byte * 8))) }
    var state = start
    var words = [UInt32](repeating: 0, count: 64)
    for block in stride(from: 0, to: bytes.count, by: 64) {
      for index in 0..<16 {
        let place = block + index * 4
        words[index] = bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
      }
      for index in 16..<64 {
        let (a, b) = (words[index - 15], words[index - 2])
        let low = turned(a, 7) ^ turned(a, 18) ^ (a >> 3)
        let high = turned(b, 17) ^ turned(b, 19) ^ (b >> 10)
        words[index] = words[index - 16] &+ low &+ words[index - 7] &+ high
      }
      compress(words, &state)
    }
    return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
  }

  private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

  private static func compress(_ words: [UInt32], _ state: inout [UInt32]) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    let constants = constants
    for index in 0..<64 {
      let high = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
      let first = h &+ high &+ ((e & f) ^ (~e & g)) &+ constants[index] &+ words[index]
      let low = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
      let second = low &+ ((a & b) ^ (a & c) ^ (b & c))
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
    }
    for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] = state[index] &+ word }
  }
}
