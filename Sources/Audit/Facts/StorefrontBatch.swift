/// The orders of one chunk of a storefront export.
struct StorefrontBatch: Sendable {
  var chunk: Chunk
  var arena = TextArena()
  var keys: [Int64] = []
  var otherKeys: [Int64] = []
  var captured: [Int64] = []
  var channels: [UInt8] = []
  var channelTexts: [TextReference] = []
  var flags: [OrderTable.Flags] = []
  /// For each line item the order of this batch; -1 is the last order of the chunk before.
  var owners: [Int32] = []
  var skus: [TextReference] = []
  var quantities: [Int32] = []
  /// Whether each order has exactly one line item, in order.
  var isPlain = true
  var keyTexts: [(key: Int64, text: TextReference)] = []
  /// The text of other keys that are no numbers, by position.
  var otherTexts: [(position: Int32, text: TextReference)] = []
  var rejections = Rejections()
  var rows = 0
  var tests = 0
  var repeats = 0
  var ambiguousTimes = 0
  var extent = TimeExtent()
  /// Whether the last order was left out; line items that follow it go too.
  var endsInDropped = false
}

/// Reads orders as the storefront captured them.
struct StorefrontTaker: RecordTaker {
  var batch: StorefrontBatch
  private var times: TimeReader
  private let keyReader: KeyReader
  private let otherReader: KeyReader?
  private let binding: Binding
  private var lastChannel: [UInt8] = []

  init(chunk: Chunk, context: ReadingContext) {
    batch = StorefrontBatch(chunk: chunk)
    let expected = chunk.bytes.count / 64
    batch.keys.reserveCapacity(expected)
    batch.captured.reserveCapacity(expected)
    batch.channels.reserveCapacity(expected)
    batch.flags.reserveCapacity(expected)
    batch.owners.reserveCapacity(expected)
    batch.skus.reserveCapacity(expected)
    batch.quantities.reserveCapacity(expected)
    times = context.times
    keyReader = context.keyReader
    otherReader = context.otherKeyReader
    if otherReader != nil { batch.otherKeys.reserveCapacity(expected) }
    binding = context.binding
  }

  mutating func reject(_ reason: Rejection, line: Int) {
    batch.rows += 1
    batch.rejections.add(reason, line: line)
  }

  /// The batch with what was learnt about its times.
  consuming func finished() -> StorefrontBatch {
    batch.ambiguousTimes = times.ambiguous
    batch.extent = TimeExtent(batch.captured, times.grain)
    return batch
  }

  mutating func take(_ record: borrowing Record) {
    batch.rows += 1
    if isFurther(record) {
      if !batch.endsInDropped { addLine(record, to: batch.keys.count - 1) }
      return
    }
    guard let key = keyReader.key(record[binding.keyField]) else { return drop(.noOrder, record.line) }
    guard let captured = time(record) else {
      return drop(record[.time].isEmpty ? .noTime : .badTime, record.line)
    }
    if batch.keys.last == key, batch.captured.last == captured {
      if binding.hasLines, !isLastLine(record) {
        addLine(record, to: batch.keys.count - 1)
      } else {
        batch.repeats += 1
      }
      return
    }
    if isTest(record) {
      batch.tests += 1
      batch.endsInDropped = true
      return
    }
    addOrder(record, key, captured)
  }

  /// Whether this is another line item of the order above: it says so, names its parent, or has no time of its own.
  @inline(__always)
  private func isFurther(_ record: borrowing Record) -> Bool {
    if record.isContinuation || !record[.parent].isEmpty { return true }
    // In JSON the lines of an order lie inside it, and a record without a time is one that lacks it.
    guard record[.time].isEmpty, record[.secondTime].isEmpty, binding.hasLines, binding.paths.isEmpty else {
      return false
    }
    guard let key = keyReader.key(record[binding.keyField]) else { return !record[.orderName].isEmpty }
    return batch.keys.isEmpty || batch.keys.last == key || batch.endsInDropped
  }

  /// What follows a dropped order belongs to it and goes too.
  private mutating func drop(_ reason: Rejection, _ line: Int) {
    batch.rejections.add(reason, line: line)
    batch.endsInDropped = true
  }

  private mutating func addOrder(_ record: borrowing Record, _ key: Int64, _ captured: Int64) {
    if key < 0 { batch.keyTexts.append((key, batch.arena.reference(binding.keyField, of: record))) }
    batch.endsInDropped = false
    batch.keys.append(key)
    if let otherReader {
      let field: Field = binding.keyField == .orderID ? .orderName : .orderID
      let other = otherReader.key(record[field]) ?? -1
      if other < 0 {
        let position = Int32(truncatingIfNeeded: batch.otherKeys.count)
        batch.otherTexts.append((position, batch.arena.reference(field, of: record)))
      }
      batch.otherKeys.append(other)
    }
    batch.captured.append(captured)
    batch.channels.append(channel(record))
    batch.flags.append(record[.cancelled].isEmpty && !isCancelled(record) ? [] : .cancelled)
    if binding.hasLines { addLine(record, to: batch.keys.count - 1) }
  }

  @inline(__always)
  private mutating func time(_ record: borrowing Record) -> Int64? {
    if let time = times.read(record[.time]) { return time }
    let second = record[.secondTime]
    return second.isEmpty ? nil : times.read(second)
  }

  private mutating func addLine(_ record: borrowing Record, to owner: Int) {
    let quantityBytes = record[.quantity]
    let quantity: Int32
    if quantityBytes.isEmpty {
      quantity = 1
    } else if let number = Quantity.read(quantityBytes) {
      quantity = number
    } else {
      return batch.rejections.add(.badQuantity, line: record.line)
    }
    if owner != batch.owners.count { batch.isPlain = false }
    batch.owners.append(Int32(truncatingIfNeeded: owner))
    batch.skus.append(batch.arena.reference(.sku, of: record))
    batch.quantities.append(quantity)
  }

  private func isLastLine(_ record: borrowing Record) -> Bool {
    guard let last = batch.skus.last else { return false }
    let sku = record[.sku]
    return batch.chunk.bytes.withUnsafeBufferPointer { bytes in
      batch.arena.with(last, bytes) { $0.elementsEqual(sku) }
    }
  }

  private mutating func channel(_ record: borrowing Record) -> UInt8 {
    let bytes = record[.channel]
    if bytes.isEmpty, batch.channelTexts.isEmpty || !batch.channelTexts.contains(where: { $0.count == 0 }) {
      guard batch.channelTexts.count < 255 else { return 255 }
      batch.channelTexts.append(.none)
      return UInt8(batch.channelTexts.count - 1)
    }
    for (id, text) in batch.channelTexts.enumerated() where Int(text.count) == bytes.count {
      let isEqual = batch.chunk.bytes.withUnsafeBufferPointer { chunk in
        batch.arena.with(text, chunk) { $0.elementsEqual(bytes) }
      }
      if isEqual { return UInt8(id) }
    }
    guard batch.channelTexts.count < 255 else { return 255 }
    batch.channelTexts.append(batch.arena.reference(.channel, of: record))
    return UInt8(batch.channelTexts.count - 1)
  }

  private func isTest(_ record: borrowing Record) -> Bool {
    let bytes = record[.test]
    return !bytes.isEmpty && ["true", "1", "yes", "t"].contains { Word.isEqual(bytes, $0) }
  }

  private func isCancelled(_ record: borrowing Record) -> Bool {
    let bytes = record[.status]
    return !bytes.isEmpty && ["cancelled", "canceled", "voided", "wc-cancelled"].contains { Word.isEqual(bytes, $0) }
  }
}

/// Comparisons of foreign bytes with words, in any case.
enum Word {
  static func isEqual(_ bytes: Bytes, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where lowered(bytes[index]) != word.utf8Start[index] { return false }
    return true
  }

  static func contains(_ bytes: Bytes, _ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard bytes.count >= length else { return false }
    for start in 0...(bytes.count - length) {
      var index = 0
      while index < length, lowered(bytes[start + index]) == word.utf8Start[index] { index += 1 }
      if index == length { return true }
    }
    return false
  }

  @inline(__always)
  private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}

/// Whole units, also as `2.0` and with a sign.
enum Quantity {
  static func read(_ bytes: Bytes) -> Int32? {
    var value: Int64 = 0
    var index = 0
    var isNegative = false
    while index < bytes.count, bytes[index] == 0x20 { index += 1 }
    if index < bytes.count, bytes[index] == 0x2D || bytes[index] == 0x2B {
      isNegative = bytes[index] == 0x2D
      index += 1
    }
    let first = index
    while index < bytes.count, bytes[index] &- 48 < 10 {
      value = value * 10 + Int64(bytes[index] &- 48)
      if value > Int64(Int32.max) { return nil }
      index += 1
    }
    guard index > first else { return nil }
    if index < bytes.count, bytes[index] == 0x2E || bytes[index] == 0x2C {
      index += 1
      while index < bytes.count, bytes[index] == 0x30 { index += 1 }
    }
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x0D { index += 1 }
    guard index == bytes.count else { return nil }
    return Int32(isNegative ? -value : value)
  }
}
