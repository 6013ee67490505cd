/// Takes delimited text apart: quotes as in RFC 4180, line ends of any kind, any delimiter.
struct CSVScanner {
  let delimiter: UInt8
  /// For each column the slot of its field; -1 when nobody needs it.
  let slots: [Int]
  /// Columns of the heading; a record with fewer is refused.
  let width: Int

  func scan(_ chunk: borrowing Chunk, into taker: inout some RecordTaker) {
    chunk.bytes.withUnsafeBufferPointer { bytes in
      slots.withUnsafeBufferPointer { slots in scan(bytes, slots, into: &taker) }
    }
  }

  private func scan(_ bytes: Bytes, _ slots: UnsafeBufferPointer<Int>, into taker: inout some RecordTaker) {
    var record = Record(bytes)
    var index = 0
    var line = 0
    let count = bytes.count
    while index < count {
      record.clear()
      record.line = line
      let start = index
      var column = 0
      var fault: Rejection?
      row: while true {
        // One cell: `index` is at its first byte.
        var end = index
        if index < count, bytes[index] == 0x22 {
          guard let closing = QuotedBoundary.closingQuote(bytes, index + 1) else {
            // Only the row's first line is given up: what follows may be sound.
            fault = .openQuote
            index = start
            while index < count, bytes[index] != 0x0A { index += 1 }
            index += 1
            line = record.line + 1
            break row
          }
          quoted(bytes, index + 1, closing, column < slots.count ? slots[column] : -1, &record)
          line += Self.lineFeeds(bytes, index..<closing)
          end = closing + 1
          while end < count, bytes[end] != delimiter, bytes[end] != 0x0A {
            if bytes[end] != 0x0D, bytes[end] != 0x20 { fault = .strayBytes }
            end += 1
          }
        } else {
          end = breakIndex(bytes, end)
          if column < slots.count, slots[column] >= 0 {
            let isLast = end > index && (end == count || bytes[end] == 0x0A) && bytes[end - 1] == 0x0D
            record.set(slots[column], start: index, end: isLast ? end - 1 : end)
          }
        }
        column += 1
        index = end + 1
        if end >= count { break }
        if bytes[end] == 0x0A {
          line += 1
          break
        }
      }
      if column == 1, index - start <= 2, Self.isBlank(bytes, start, min(index, count)) { continue }
      if let fault {
        taker.reject(fault, line: record.line)
      } else if column < width {
        taker.reject(.fewColumns, line: record.line)
      } else if column > width, !Self.isTrailing(bytes, index, delimiter, column - width) {
        taker.reject(.manyColumns, line: record.line)
      } else {
        taker.take(record)
      }
    }
  }

  /// The index of the next delimiter or line feed, eight bytes at a time; the count when there is none.
  @inline(__always)
  private func breakIndex(_ bytes: Bytes, _ start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var index = start
    if let base = bytes.baseAddress {
      let raw = UnsafeRawPointer(base)
      let delimiters = ones &* UInt64(delimiter)
      while index + 8 <= bytes.count {
        let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        let (a, b) = (word ^ delimiters, word ^ (ones &* 0x0A))
        // A byte that became zero has its high bit set here; the lowest one is never a false alarm.
        let found = ((a &- ones) & ~a | (b &- ones) & ~b) & highs
        if found != 0 { return index + found.trailingZeroBitCount >> 3 }
        index += 8
      }
    }
    while index < bytes.count, bytes[index] != delimiter, bytes[index] != 0x0A { index += 1 }
    return index
  }

  /// A quoted cell without its quotes.
  @inline(__always)
  private func quoted(_ bytes: Bytes, _ start: Int, _ end: Int, _ slot: Int, _ record: inout Record) {
    guard slot >= 0 else { return }
    var hasPairs = false
    for index in start..<end where bytes[index] == 0x22 { hasPairs = true }
    guard hasPairs else { return record.set(slot, start: start, end: end) }
    var text: [UInt8] = []
    var index = start
    while index < end {
      text.append(bytes[index])
      index += bytes[index] == 0x22 ? 2 : 1
    }
    record.set(slot, unescaped: text)
  }

  private static func lineFeeds(_ bytes: Bytes, _ range: Range<Int>) -> Int {
    var count = 0
    for index in range where bytes[index] == 0x0A { count += 1 }
    return count
  }

  private static func isBlank(_ bytes: Bytes, _ start: Int, _ end: Int) -> Bool {
    (start..<end).allSatisfy { [0x0A, 0x0D, 0x20].contains(bytes[$0]) }
  }

  /// Spreadsheets leave delimiters after the last column: more columns than the heading, all empty.
  private static func isTrailing(_ bytes: Bytes, _ index: Int, _ delimiter: UInt8, _ extra: Int) -> Bool {
    var end = min(index, bytes.count) - 1
    while end >= 0, bytes[end] == 0x0A || bytes[end] == 0x0D { end -= 1 }
    var found = 0
    while end >= 0, found < extra, bytes[end] == delimiter {
      found += 1
      end -= 1
    }
    return found == extra
  }
}
