extension OrderTable {
  /// Appends the orders of a batch; batches come in the order of their file.
  mutating func append(
    _ batch: StorefrontBatch, to catalog: inout Catalog, input: inout FileProgress, defaultChannel: UInt8?
  ) {
    let base = count
    let startsWithLast =
      base > input.firstOrder && batch.keys.first == keys.last && batch.captured.first == captured.last
    let channelIDs = batch.channelTexts.map { text in
      text.count == 0
        ? defaultChannel ?? catalog.channel([]) : catalog.channel(batch.arena.bytes(text, batch.chunk.bytes))
    }
    // The last order of one chunk and the first of the next are one order when the export repeats its header.
    let dropped = startsWithLast ? 1 : 0
    keys.append(contentsOf: batch.keys.dropFirst(dropped))
    if hasOtherKeys { otherKeys.append(contentsOf: batch.otherKeys.dropFirst(dropped)) }
    if input.keepsNumbers { appendNumbers(of: batch, dropped) }
    captured.append(contentsOf: batch.captured.dropFirst(dropped))
    flags.append(contentsOf: batch.flags.dropFirst(dropped))
    for channel in batch.channels.dropFirst(dropped) {
      channels.append(Int(channel) < channelIDs.count ? channelIDs[Int(channel)] : Catalog.otherChannel)
    }
    for (key, text) in batch.keyTexts { keyTexts[key] = batch.arena.bytes(text, batch.chunk.bytes) }
    appendLines(of: batch, base: base - dropped, to: &catalog, input: input)
  }

  private mutating func appendNumbers(of batch: StorefrontBatch, _ dropped: Int) {
    var texts = batch.otherTexts[...]
    batch.chunk.bytes.withUnsafeBufferPointer { chunk in
      for (position, key) in batch.otherKeys.enumerated() {
        let text = texts.first.flatMap { Int($0.position) == position ? $0.text : nil }
        if text != nil { texts.removeFirst() }
        if position < dropped { continue }
        if key >= 0 {
          numbers.append(key)
        } else {
          batch.arena.with(text ?? .none, chunk) { numbers.append(text: $0) }
        }
      }
    }
  }

  private mutating func appendLines(
    of batch: StorefrontBatch, base: Int, to catalog: inout Catalog, input: FileProgress
  ) {
    batch.chunk.bytes.withUnsafeBufferPointer { chunk in
      for line in batch.skus.indices {
        let owner = Int(batch.owners[line])
        if owner < 0, input.endsInDropped || base <= input.firstOrder { continue }
        let text = batch.skus[line]
        let sku = text.count == 0 ? LineTable.noSKU : batch.arena.with(text, chunk) { catalog.skus.intern($0) }
        lines.append(sku, batch.quantities[line], owner: base + owner)
      }
    }
  }

  /// Writes the events of a batch into a column: the earliest of each order counts.
  mutating func apply(
    _ batch: LogBatch, to column: WritableKeyPath<OrderTable, DelayColumn>, index: KeyIndex, isOther: Bool,
    isReceipt: Bool, found: inout [Int32]
  ) -> Int {
    index.find(batch.keys, in: isOther ? otherKeys : keys, into: &found)
    for (position, text) in batch.keyTexts where found[Int(position)] >= 0 && !isOther {
      // Two texts with one hash: astronomically rare, and then no match rather than a wrong one.
      let own = keyTexts[batch.keys[Int(position)]] ?? []
      if !Self.isSame(own, batch.arena.bytes(text, batch.chunk.bytes)) { found[Int(position)] = -1 }
    }
    var matched = 0
    var values = DelayColumn()
    swap(&values, &self[keyPath: column])
    for position in batch.keys.indices {
      let order = Int(found[position])
      guard order >= 0 else { continue }
      // A log without one order of ours says nothing about where they went.
      if matched == 0 { values.prepare(count) }
      matched += 1
      let delay = batch.times[position] - captured[order]
      if let earlier = values[order] {
        if isReceipt, earlier != delay { flags[order].insert(.receivedTwice) }
        if delay < earlier { values.set(order, delay) }
      } else {
        values.set(order, delay)
      }
    }
    swap(&values, &self[keyPath: column])
    return matched
  }

  private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    func normal(_ bytes: [UInt8]) -> [UInt8] {
      bytes.withUnsafeBufferPointer { KeyReader.trimmed($0) }.map {
        bytes[$0] &- 0x41 < 26 ? bytes[$0] | 0x20 : bytes[$0]
      }
    }
    return normal(left) == normal(right)
  }
}

/// The names behind the numbers of the columns.
struct Catalog: Sendable {
  var skus = TextTable()
  private(set) var channels = TextTable()
  /// Where the 256th channel and all after it go.
  static let otherChannel = UInt8.max

  mutating func channel(_ name: [UInt8]) -> UInt8 {
    if let known = channels.find(name) { return UInt8(truncatingIfNeeded: known) }
    guard channels.count < Int(Self.otherChannel) else { return Self.otherChannel }
    return UInt8(truncatingIfNeeded: channels.intern(name))
  }

  func channelName(_ id: UInt8) -> String {
    guard Int(id) < channels.count else { return "other" }
    let name = channels.text(Int(id))
    return name.isEmpty ? "unknown" : name
  }
}

/// Where the reading of a file stands.
struct FileProgress: Sendable {
  /// Orders before this file.
  var firstOrder = 0
  var rows = 0
  /// Line feeds before the next chunk.
  var lines = 0
  var rejections = Rejections()
  var tests = 0
  var repeats = 0
  var others = 0
  var unmatched = 0
  var endsInDropped = false
  var ambiguousTimes = 0
  /// Whether the numbers people see are kept beside the keys.
  var keepsNumbers = false
  var extent = TimeExtent()
}
