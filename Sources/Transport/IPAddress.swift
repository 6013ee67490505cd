#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One resolved address.
struct IPAddress: Hashable, Sendable {
  /// 4 or 16 bytes in network order.
  let bytes: [UInt8]

  /// Takes 4 or 16 bytes in network order; nil for any other number.
  init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// Reads the canonical text forms only; decimal and octal spellings are names to it, for the resolver to unfold.
  init?(_ text: String) {
    var buffer = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &buffer) == 1 {
      bytes = Array(buffer.prefix(4))
    } else if inet_pton(AF_INET6, text, &buffer) == 1 {
      bytes = buffer
    } else {
      return nil
    }
  }

  /// The address as text, for a connection and for logs.
  var text: String {
    var buffer = [CChar](repeating: 0, count: 64)
    guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &buffer, 64) != nil else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether the address is one of the public internet (IANA special-purpose address registries, RFC 6890).
  ///
  /// IPv6 is allowed inside 2000::/3 only, without the blocks that embed or tunnel to other addresses.
  var isPublic: Bool {
    let blocks = bytes.count == 4 ? Self.reservedIPv4 : Self.reservedIPv6
    if bytes.count == 16, !matches([0x20], 3) { return false }
    return !blocks.contains { matches($0.0, $0.1) }
  }

  private func matches(_ prefix: [UInt8], _ bits: Int) -> Bool {
    var left = bits
    for (mine, theirs) in zip(bytes, prefix) where left > 0 {
      let mask: UInt8 = left >= 8 ? 0xFF : ~(0xFF >> UInt8(left))
      if mine & mask != theirs & mask { return false }
      left -= 8
    }
    return true
  }

  private static let reservedIPv4: [([UInt8], Int)] = [
    ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
    ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24),
    ([203, 0, 113], 24), ([224], 4), ([240], 4),
  ]

  private static let reservedIPv6: [([UInt8], Int)] = [
    ([0x20, 0x01, 0x00], 23), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x20, 0x02], 16), ([0x3F, 0xFF, 0x00], 20),
  ]
}
