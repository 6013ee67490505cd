/// The only source of chance in a simulation: SplitMix64, so that a seed is the whole story.
package struct Dice: Sendable {
  private(set) var state: UInt64

  /// Starts from a seed; nearby seeds give unrelated numbers.
  package init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 ^ 0x2545_f491_4f6c_dd1d }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number from 0 up to, not including, `bound`; 0 when there is none.
  package mutating func below(_ bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    return Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number between two, both included.
  package mutating func between(_ low: Int, _ high: Int) -> Int { low + below(high - low + 1) }

  /// True in so many of ten thousand cases.
  package mutating func chance(_ perTenThousand: Int) -> Bool {
    perTenThousand > 0 && below(10_000) < perTenThousand
  }

  /// One of several; nil when there is none.
  package mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[below(elements.count)]
  }

  /// A stream of its own, so that what is drawn in one place does not change what another place draws.
  package mutating func fork() -> Dice { Dice(seed: next()) }
}

/// A fast 256-bit fingerprint that stands in for SHA-256: the simulator hashes millions of contents and needs only that
/// different ones differ.
package enum Fingerprint {
  /// 32 bytes.
  package static func digest(_ message: [UInt8]) -> [UInt8] {
    var a: UInt64 = 0x243f_6a88_85a3_08d3 ^ UInt64(message.count)
    var b: UInt64 = 0x1319_8a2e_0370_7344
    message.withUnsafeBytes { bytes in
      var index = 0
      while index + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        a = (a ^ word) &* 0x9e37_79b9_7f4a_7c15
        a ^= a >> 29
        b = (b &+ word) &* 0xd6e8_feb8_6659_fd93
        b ^= b >> 32
        index += 8
      }
      while index < bytes.count {
        a = (a ^ UInt64(bytes[index])) &* 0x100_0000_01b3
        b = (b &+ UInt64(bytes[index])) &* 0xd6e8_feb8_6659_fd93
        index += 1
      }
    }
    return [UInt8](unsafeUninitializedCapacity: 32) { bytes, count in
      let words = UnsafeMutableRawBufferPointer(bytes)
      words.storeBytes(of: mix(a).littleEndian, toByteOffset: 0, as: UInt64.self)
      words.storeBytes(of: mix(b).littleEndian, toByteOffset: 8, as: UInt64.self)
      words.storeBytes(of: mix(a &+ b).littleEndian, toByteOffset: 16, as: UInt64.self)
      words.storeBytes(of: mix(a ^ (b << 1)).littleEndian, toByteOffset: 24, as: UInt64.self)
      count = 32
    }
  }

  /// Eight bytes of it, for what is only compared within one world.
  package static func word(_ message: [UInt8]) -> UInt64 {
    message.reduce(0xcbf2_9ce4_8422_2325) { mix($0 ^ UInt64($1)) }
  }

  /// Mixes a word so that every bit of it reaches every bit of the answer.
  package static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
