/// Finds an order by its key: open addressing over the positions of the key column, four bytes an entry.
struct KeyIndex: Sendable {
  private var slots: [UInt32]
  /// Groups of slots; a key's low bits choose the slot in its group.
  private let groups: UInt64
  /// Low bits of the key that stay together, so that orders that follow each other share cache lines.
  private let local: Int

  private static let vacant = UInt32.max

  /// An index of nothing.
  init() {
    slots = [Self.vacant]
    groups = 1
    local = 0
  }

  /// Indexes a column; `repeats` are positions whose key an earlier position has.
  init(_ keys: [Int64], repeats: inout [UInt32]) {
    // Some systems number in steps of a power of two; their low bits say nothing and would fill one slot in 32.
    let sample = Set(stride(from: 0, to: keys.count, by: max(1, keys.count / 1024)).map { keys[$0] & 31 })
    local = sample.count >= 16 ? 5 : 0
    // A quarter of the slots stays free.
    let wanted = max(1024, keys.count / 3 * 4)
    groups = UInt64(wanted >> local + 1)
    slots = [UInt32](repeating: Self.vacant, count: Int(groups) << local)
    let (local, groups) = (local, groups)
    keys.withUnsafeBufferPointer { keys in
      slots.withUnsafeMutableBufferPointer { slots in
        for position in 0..<keys.count {
          let key = keys[position]
          var slot = Self.slot(key, local, groups)
          while true {
            let held = slots[slot]
            if held == Self.vacant {
              slots[slot] = UInt32(truncatingIfNeeded: position)
              break
            }
            if keys[Int(held)] == key {
              repeats.append(UInt32(truncatingIfNeeded: position))
              break
            }
            slot = Self.following(slot, local, slots.count)
          }
        }
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
  func find(_ key: Int64, in keys: [Int64]) -> Int? {
    keys.withUnsafeBufferPointer { keys in
      slots.withUnsafeBufferPointer { Self.find(key, keys, $0, local, groups) }
    }
  }

  @inline(__always)
  private static func find(
    _ key: Int64, _ keys: UnsafeBufferPointer<Int64>, _ slots: UnsafeBufferPointer<UInt32>, _ local: Int,
    _ groups: UInt64
  ) -> Int? {
    var slot = slot(key, local, groups)
    while true {
      let held = slots[slot]
      if held == vacant { return nil }
      if keys[Int(held)] == key { return Int(held) }
      slot = following(slot, local, slots.count)
    }
  }

  /// Positions of many keys, -1 where there is none: one after the other without waiting for each other's memory.
  func find(_ wanted: [Int64], in keys: [Int64], into found: inout [Int32]) {
    found.removeAll(keepingCapacity: true)
    found.reserveCapacity(wanted.count)
    keys.withUnsafeBufferPointer { keys in
      slots.withUnsafeBufferPointer { slots in
        for key in wanted {
          found.append(Self.find(key, keys, slots, local, groups).map { Int32(truncatingIfNeeded: $0) } ?? -1)
        }
      }
    }
  }
}
