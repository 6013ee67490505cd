import Testing

@testable import Audit

@Suite struct KeyTests {
  private func key(_ text: String, _ shape: KeyShape = .plain) -> Int64? {
    Array(text.utf8).withUnsafeBufferPointer { KeyReader(shape: shape).key($0) }
  }

  private func shape(_ samples: String...) -> KeyShape { KeyShape(samples: samples.map { Array($0.utf8) }) }

  @Test func `prefixes and suffixes that all rows share fall away`() {
    let shape = shape("gid://shopify/Order/1", "gid://shopify/Order/25", "gid://shopify/Order/12345")
    #expect(key("gid://shopify/Order/777", shape) == 777)
    #expect(key("777", shape) == 777)
    #expect(key(" '000777 ", shape) == 777)
    #expect(key("#777", shape) == 777)
    #expect(shape.text(777) == "gid://shopify/Order/777")
  }

  @Test func `prefixes that differ keep shops apart`() {
    let shape = shape("US-1001", "CA-1001", "US-1002", "CA-1002")
    #expect(shape == .plain)
    #expect(key("US-1001", shape) != key("CA-1001", shape))
    #expect(key("US-1001", shape) == key("us-1001", shape))
  }

  @Test func `numbers too long for a key are text, and nothing is no key`() {
    #expect((key("1234567890123456789012") ?? 0) < 0)
    #expect(key("820982911946154508") == 820_982_911_946_154_508)
    #expect(key("  ") == nil)
  }

  @Test func `padded numbers are written as they were`() {
    #expect(shape("0001", "0012", "0123").text(7) == "0007")
  }

  @Test(arguments: [1, 32, 4096] as [Int64]) func `every key is found again, whatever the steps`(step: Int64) {
    let keys = (0..<5000).map { Int64($0) * step + 7_000_000_000 } + (0..<5000).map { Int64.min + Int64($0) * 977 }
    var repeats: [UInt32] = []
    let index = KeyIndex(KeyColumn(keys + [keys[3]]), repeats: &repeats)
    #expect(repeats == [10_000])
    var found: [Int32] = []
    index.find(keys + [5], in: KeyColumn(keys), into: &found)
    #expect(found == (0..<10_000).map(Int32.init) + [-1])
  }

  @Test func `keys in sequence and keys far apart are kept as they are`() {
    for keys in [[7, 8, 6, 4_000_000_000], [7, Int64.max, Int64.min, -1, 0], [Int64.min, 0]] as [[Int64]] {
      let column = KeyColumn(keys)
      #expect((0..<column.count).map { column[$0] } == keys)
    }
  }

  @Test func `quantiles are those of sorting, however they are come by`() throws {
    var random = SeededRandom(seed: 3)
    let values = (0..<4001).map { _ in Int32(truncatingIfNeeded: random.below(9_000_000) - 100_000) }
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double {
      let place = Double(sorted.count - 1) * share
      let below = Int(place)
      let above = min(sorted.count - 1, below + 1)
      return Double(sorted[below]) + (Double(sorted[above]) - Double(sorted[below])) * (place - Double(below))
    }
    let segments = SortedSegments<Int32>(bins: 7) { take in
      for (index, value) in values.enumerated() { take(index % 7, value) }
    }
    let union = try #require(segments.distribution(Array(0..<7)))
    let selected = try #require(RankSelection.distribution { take in for value in values { take(value) } })
    #expect(union == selected)
    #expect([union.p50, union.p90, union.p99] == [0.5, 0.9, 0.99].map(quantile))
    #expect(union.over15Minutes == values.filter { $0 > 900_000 }.count)
  }
}
