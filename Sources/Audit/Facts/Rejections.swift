/// Records that were not used, by reason, with the lines of the first ones.
struct Rejections: Sendable {
  private(set) var counts = [Int](repeating: 0, count: Rejection.allCases.count)
  private(set) var lines: [Rejection: [Int]] = [:]
  /// The furthest line of them.
  private(set) var last: Int?
  static let named = 10

  mutating func add(_ reason: Rejection, line: Int) {
    counts[Int(reason.rawValue)] += 1
    last = max(last ?? 0, line)
    if counts[Int(reason.rawValue)] <= Self.named { lines[reason, default: []].append(line) }
  }

  /// Those of a later chunk, whose first line is `base`.
  mutating func add(_ later: Rejections, base: Int) {
    if let line = later.last { last = max(last ?? 0, line + base) }
    for reason in Rejection.allCases where later.counts[Int(reason.rawValue)] > 0 {
      counts[Int(reason.rawValue)] += later.counts[Int(reason.rawValue)]
      let room = Self.named - (lines[reason]?.count ?? 0)
      lines[reason, default: []] += (later.lines[reason] ?? []).prefix(max(0, room)).map { $0 + base }
    }
  }

  /// Line numbers as people count them: the first line of the file is 1.
  var reasons: [Reason] {
    Rejection.allCases.filter { counts[Int($0.rawValue)] > 0 }.map {
      Reason($0.text, count: counts[Int($0.rawValue)], firstLines: (lines[$0] ?? []).map { $0 + 1 })
    }
  }

  var total: Int { counts.reduce(0, +) }
}

/// Texts of a chunk's records: where they stand in its bytes, or in an arena when they were unescaped.
struct TextReference: Sendable {
  var start: Int32
  var count: Int32

  static let none = TextReference(start: 0, count: 0)
}

/// The texts that a batch refers to.
struct TextArena: Sendable {
  private var own: [UInt8] = []

  @inline(__always)
  mutating func reference(_ field: Field, of record: borrowing Record) -> TextReference {
    let bytes = record[field]
    if bytes.isEmpty { return .none }
    if let span = record.span(field), !Self.hasHighByte(bytes) {
      return TextReference(start: Int32(truncatingIfNeeded: span.start), count: Int32(truncatingIfNeeded: span.count))
    }
    return add(Array(bytes))
  }

  /// Text that is no UTF-8 is read as Windows-1252, so that one SKU is the same in every file.
  mutating func add(_ text: [UInt8]) -> TextReference {
    let text = ForeignText.isUTF8(text) ? text : Array(ForeignText.string(text).utf8)
    own.append(contentsOf: text)
    return TextReference(start: Int32(truncatingIfNeeded: text.count - own.count - 1), count: Int32(text.count))
  }

  @inline(__always)
  private static func hasHighByte(_ bytes: Bytes) -> Bool {
    var all: UInt8 = 0
    for byte in bytes { all |= byte }
    return all >= 0x80
  }

  /// Hands the bytes of a reference over.
  @inline(__always)
  func with<Value>(_ reference: TextReference, _ chunk: Bytes, _ body: (Bytes) -> Value) -> Value {
    let (start, count) = (Int(reference.start), Int(reference.count))
    if start >= 0, start + count <= chunk.count { return body(Bytes(rebasing: chunk[start..<start + count])) }
    return own.withUnsafeBufferPointer { own in
      let first = -start - 1
      guard first >= 0, first + count <= own.count else { return body(Bytes(start: nil, count: 0)) }
      return body(Bytes(rebasing: own[first..<first + count]))
    }
  }

  func bytes(_ reference: TextReference, _ chunk: [UInt8]) -> [UInt8] {
    chunk.withUnsafeBufferPointer { with(reference, $0) { Array($0) } }
  }
}
