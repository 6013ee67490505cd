/// Different texts with a number for each: SKUs and channels.
struct TextTable: Sendable {
  private var arena: [UInt8] = []
  private var ends: [UInt32] = [0]
  private var hashes: [UInt64] = []
  private var slots: [UInt32]
  private var mask: Int

  private static let vacant = UInt32.max

  init() {
    slots = [UInt32](repeating: Self.vacant, count: 1024)
    mask = 1023
  }

  var count: Int { ends.count - 1 }

  func bytes(_ id: Int) -> [UInt8] { Array(arena[Int(ends[id])..<Int(ends[id + 1])]) }

  func text(_ id: Int) -> String { ForeignText.string(bytes(id)) }

  @inline(__always)
  private static func hash(_ text: Bytes) -> UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(text.count)
    var index = 0
    if let base = text.baseAddress {
      let raw = UnsafeRawPointer(base)
      while index + 8 <= text.count {
        hash = (hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 32
        index += 8
      }
    }
    var rest: UInt64 = 0
    while index < text.count {
      rest = rest << 8 | UInt64(text[index])
      index += 1
    }
    hash = (hash ^ rest) &* 0xC4CE_B9FE_1A85_EC53
    return hash ^ hash >> 29
  }

  /// The number of a text, a new one when it is new.
  @inline(__always)
  mutating func intern(_ text: Bytes) -> UInt32 {
    let hash = Self.hash(text)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let id = slots[slot]
      if id == Self.vacant { break }
      if hashes[Int(id)] == hash, isSame(id, text) { return id }
      slot = (slot + 1) & mask
    }
    return add(text, hash)
  }

  func find(_ text: Bytes) -> UInt32? {
    let hash = Self.hash(text)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != Self.vacant {
      let id = slots[slot]
      if hashes[Int(id)] == hash, isSame(id, text) { return id }
      slot = (slot + 1) & mask
    }
    return nil
  }

  func find(_ text: [UInt8]) -> UInt32? { text.withUnsafeBufferPointer { find($0) } }

  mutating func intern(_ text: [UInt8]) -> UInt32 { text.withUnsafeBufferPointer { intern($0) } }

  @inline(__always)
  private func isSame(_ id: UInt32, _ text: Bytes) -> Bool {
    let start = Int(ends[Int(id)])
    guard Int(ends[Int(id) + 1]) - start == text.count else { return false }
    for index in 0..<text.count where arena[start + index] != text[index] { return false }
    return true
  }

  private mutating func add(_ text: Bytes, _ hash: UInt64) -> UInt32 {
    let id = UInt32(count)
    arena.append(contentsOf: text)
    ends.append(UInt32(truncatingIfNeeded: arena.count))
    hashes.append(hash)
    if count * 2 > mask { grow() } else { place(id, hash) }
    return id
  }

  private mutating func place(_ id: UInt32, _ hash: UInt64) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != Self.vacant { slot = (slot + 1) & mask }
    slots[slot] = id
  }

  private mutating func grow() {
    slots = [UInt32](repeating: Self.vacant, count: slots.count * 4)
    mask = slots.count - 1
    for (id, hash) in hashes.enumerated() { place(UInt32(id), hash) }
  }
}

/// Text of unknown encoding: UTF-8 where it is that, Windows-1252 otherwise, decided for each cell.
enum ForeignText {
  static func string(_ bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return String(String.UnicodeScalarView(bytes.map { windows($0) }))
  }

  /// A text that may have been cut inside its last character.
  static func whole(_ bytes: [UInt8]) -> String {
    string((0..<4).lazy.map { bytes.dropLast($0) }.first(where: isUTF8) ?? bytes[...])
  }

  static func isUTF8(_ bytes: some Collection<UInt8>) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  /// Windows-1252 differs from Latin-1 in 0x80 to 0x9F.
  private static func windows(_ byte: UInt8) -> Unicode.Scalar {
    guard (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
    return Unicode.Scalar(table[Int(byte) - 0x80]) ?? "\u{FFFD}"
  }

  private static let table: [UInt16] = [
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
    0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
    0x0153, 0xFFFD, 0x017E, 0x0178,
  ]
}
