extension [UInt8] {
  /// What `write` writes, at most `most` bytes: more is a trap.
  ///
  /// Bytes appended to an array one by one ask each time whether it is shared and whether it is full; of an order's
  /// forms that was the dearest part.
  package init(writingAtMost most: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
    self.init(unsafeUninitializedCapacity: most) { buffer, count in
      var span = OutputSpan(buffer: buffer, initializedCount: 0)
      write(&span)
      count = span.finalize(for: buffer)
    }
  }
}

/// What forms that are hashed are written with.
extension OutputSpan<UInt8> {
  /// Appends the bytes of a text.
  package mutating func append(text: String) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { append(bytes: $0) }
    if isDone == nil { for byte in text.utf8 { append(byte) } }
  }

  /// Appends the bytes of a literal.
  package mutating func append(literal: StaticString) { literal.withUTF8Buffer { append(bytes: $0) } }

  /// Appends bytes.
  package mutating func append(bytes: UnsafeBufferPointer<UInt8>) {
    precondition(bytes.count <= freeCapacity, "the room for a form was measured too small")
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    withUnsafeMutableBufferPointer { buffer, count in
      guard let room = buffer.baseAddress else { return }
      (room + count).initialize(from: start, count: bytes.count)
      count += bytes.count
    }
  }

  /// Appends a number in decimal digits, with a minus sign before a negative one: 20 bytes at most.
  package mutating func append(decimal number: Int64) {
    if (0..<10).contains(number) { return append(UInt8(truncatingIfNeeded: 48 + number)) }
    if number < 0 { append(UInt8(ascii: "-")) }
    let magnitude = number.magnitude
    let digits = magnitude.decimalDigits
    precondition(digits <= freeCapacity, "the room for a form was measured too small")
    withUnsafeMutableBufferPointer { buffer, count in
      var rest = magnitude
      for place in stride(from: count + digits - 1, through: count, by: -1) {
        buffer[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
        rest /= 10
      }
      count += digits
    }
  }
}

extension UInt64 {
  /// How many digits the number has in decimal.
  package var decimalDigits: Int {
    var digits = 1
    var bound: UInt64 = 10
    while self >= bound {
      digits += 1
      // 10 to the 19th is the largest power that fits.
      if digits == 20 { break }
      bound *= 10
    }
    return digits
  }
}
