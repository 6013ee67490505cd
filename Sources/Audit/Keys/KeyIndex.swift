import Foundation

/// Four-byte slots that go back to the system at once when they are no longer needed.
private final class Slots {
  let buffer: UnsafeMutableBufferPointer<UInt32>
  private let bytes: Int
  private let isMapped: Bool

  init(count: Int) {
    bytes = count * MemoryLayout<UInt32>.stride
    let mapped = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    isMapped = mapped != MAP_FAILED && mapped != nil
    // Where the system maps nothing, the allocator has the last word.
    let memory = isMapped ? mapped : nil
    let start = memory ?? UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
    buffer = UnsafeMutableBufferPointer(start: start.bindMemory(to: UInt32.self, capacity: count), count: count)
    buffer.initialize(repeating: .max)
  }

  deinit {
    if isMapped { munmap(buffer.baseAddress, bytes) } else { buffer.deallocate() }
  }
}

/// Finds an order by its key: open addressing over the positions of the key column, four bytes an entry.
struct KeyIndex {
  private let slots: Slots
  /// Groups of slots; a key's low bits choose the slot in its group.
  private let groups: UInt64
  /// Low bits of the key that stay together, so that orders that follow each other share cache lines.
  private let local: Int

  private static let vacant = UInt32.max

  /// An index of nothing.
  init() {
    slots = Slots(count: 1)
    groups = 1
    local = 0
  }

  /// Indexes a column; `repeats` are positions whose key an earlier position has.
  init(_ keys: KeyColumn, repeats: inout [UInt32]) {
    // Some systems number in steps of a power of two; their low bits say nothing and would fill one slot in 32.
    let sample = Set(stride(from: 0, to: keys.count, by: max(1, keys.count / 1024)).map { keys[$0] & 31 })
    local = sample.count >= 16 ? 5 : 0
    // A quarter of the slots stays free.
    let wanted = max(1024, keys.count / 3 * 4)
    groups = UInt64(wanted >> local + 1)
    slots = Slots(count: Int(groups) << local)
    let buffer = slots.buffer
    for position in 0..<keys.count {
      let key = keys[position]
      var slot = Self.slot(key, local, groups)
      while true {
        let held = buffer[slot]
        if held == Self.vacant {
          buffer[slot] = UInt32(truncatingIfNeeded: position)
          break
        }
        if keys[Int(held)] == key {
          repeats.append(UInt32(truncatingIfNeeded: position))
          break
        }
        slot = Self.following(slot, local, buffer.count)
      }
    }
  }

  @inline(__always)
  private static func slot(_ key: Int64, _ local: Int, _ groups: UInt64) -> Int {
    let bits = UInt64(bitPattern: key)
    let spread = (bits >> UInt64(local)) &* 0x9E37_79B9_7F4A_7C15
    // The high half of the product falls evenly into the groups, whatever their number.
    let group = (spread ^ spread >> 32).multipliedFullWidth(by: groups).high
    return Int(truncatingIfNeeded: group << UInt64(local) | bits & (1 << UInt64(local) - 1))
  }

  /// Where to look next: the same place of the next group, so that whole groups give way to each other; after the last
  /// group the next place, so that every slot is reached.
  @inline(__always)
  private static func following(_ slot: Int, _ local: Int, _ count: Int) -> Int {
    let next = slot + (1 << local)
    return next < count ? next : (next - count + 1) & (1 << local - 1)
  }

  /// The position of a key; nil when there is none.
  @inline(__always)
  func find(_ key: Int64, in keys: KeyColumn) -> Int? {
    let buffer = slots.buffer
    var slot = Self.slot(key, local, groups)
    while true {
      let held = buffer[slot]
      if held == Self.vacant { return nil }
      if keys[Int(held)] == key { return Int(held) }
      slot = Self.following(slot, local, buffer.count)
    }
  }

  /// Positions of many keys, -1 where there is none: one after the other without waiting for each other's memory.
  func find(_ wanted: [Int64], in keys: KeyColumn, into found: inout [Int32]) {
    found.removeAll(keepingCapacity: true)
    found.reserveCapacity(wanted.count)
    for key in wanted { found.append(find(key, in: keys).map { Int32(truncatingIfNeeded: $0) } ?? -1) }
  }
}
