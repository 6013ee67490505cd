import Foundation

/// Whole records of a file, in their order, ready to be taken apart on any thread.
struct Chunk: Sendable {
  /// The place of the chunk in its file.
  var sequence = 0
  var bytes: [UInt8] = []
  /// Line feeds that were given up between the chunk before and this one.
  var skippedLines = 0
  /// Whether the file's first record can be in it.
  var isFirst = false
  /// The way to its JSON records, where it is not the first.
  var way: [[UInt8]] = []
}

/// A record that was left out before anyone could look into it.
struct LostRecord: Sendable, Equatable {
  /// The chunk it stood before.
  let sequence: Int
  let reason: String
  /// Line feeds given up before it, in the whole file.
  var skippedLines = 0
}

/// How the records of a file are told apart.
enum RecordForm: Sendable, Equatable {
  /// Delimited text, with quotes.
  case delimited(UInt8)
  /// A JSON value on each line.
  case jsonLines
  /// JSON objects, one by one or in lists.
  case json(JSONPlace)
}

/// Cuts a file into chunks at the ends of records.
struct ChunkSource: ~Copyable {
  let file: FileBytes
  private(set) var lost: [LostRecord] = []
  /// Whether the file ends without a line end, or inside a JSON value.
  private(set) var endsOpen = false
  private let form: RecordForm
  private let longestRecord: Int
  private let chunkBytes: Int
  private var buffer: [UInt8] = []
  private var sequence = 0
  private var isSkipping = false
  private var isBeside = false
  /// Whether the first chunk begins behind the heading.
  private(set) var isPastHeading = false
  /// Bytes of the heading that have not come yet.
  private var heading: Int
  private var skippedLines = 0
  private var toldLines = 0
  private var isAtEnd = false
  private var json: JSONBoundary
  /// Where the next chunk begins.
  private var way: [[UInt8]]

  /// The ways to JSON lists that hold objects and lie beside those of the records.
  var otherLists: Set<[[UInt8]]> { json.others }

  init(path: String, form: RecordForm, heading: Int, options: AuditOptions) throws {
    self.heading = heading
    longestRecord = options.longestRecord
    chunkBytes = options.chunkBytes
    file = try FileBytes(path: path)
    self.form = form
    if case .json(let place) = form { json = JSONBoundary(place) } else { json = JSONBoundary(JSONPlace()) }
    way = json.way
  }

  /// The next chunk; nil at the end.
  mutating func next() -> Chunk? {
    while true {
      if !isAtEnd { fill() }
      if isSkipping { skipRest() }
      if isBeside { skipBeside() }
      if isAtEnd {
        guard !buffer.isEmpty else { return nil }
        // What lies beside the records is told also where there is nothing more to cut.
        if case .json = form { _ = json.lastEnd(buffer) }
        let bytes = buffer
        buffer = []
        noteEnd(bytes)
        return chunk(bytes)
      }
      if let end = lastEnd(), end > 0 {
        let rest = Array(buffer[end...])
        buffer.removeLast(buffer.count - end)
        let bytes = buffer
        buffer = rest
        endsOpen = false
        return chunk(bytes)
      }
      if case .json = form, json.isBeside {
        isBeside = true
        skipBeside()
        continue
      }
      if buffer.count > longestRecord { dropLongRecord() }
    }
  }

  /// Whether the file, should it end with these bytes, ends openly.
  private mutating func noteEnd(_ bytes: [UInt8]) {
    guard case .json = form else { return endsOpen = bytes.last != 0x0A }
    if let last = bytes.last(where: { $0 > 0x20 }) { endsOpen = last != 0x5D && last != 0x7D }
  }

  private mutating func chunk(_ bytes: [UInt8]) -> Chunk {
    defer {
      sequence += 1
      toldLines = skippedLines
      heading = max(0, heading - bytes.count)
      way = json.way
    }
    return Chunk(sequence: sequence, bytes: bytes, skippedLines: skippedLines - toldLines, way: way)
  }

  private mutating func fill() {
    let goal = buffer.count + chunkBytes
    while buffer.count < goal {
      if !file.append(to: &buffer, wanted: goal - buffer.count) {
        isAtEnd = true
        return
      }
    }
  }

  /// Where the last whole record ends; nil when there is none.
  private mutating func lastEnd() -> Int? {
    switch form {
    case .jsonLines: return Self.lastLineFeed(buffer)
    case .json: return json.lastEnd(buffer)
    case .delimited(let delimiter):
      // Without quotes a line feed ends a record wherever it stands.
      if !Self.hasQuote(buffer) { return Self.lastLineFeed(buffer) }
      return QuotedBoundary(delimiter: delimiter).lastEnd(buffer)
    }
  }

  private static func hasQuote(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in bytes.baseAddress.map { memchr($0, 0x22, bytes.count) != nil } ?? false }
  }

  private static func lastLineFeed(_ bytes: [UInt8]) -> Int? { bytes.lastIndex(of: 0x0A).map { $0 + 1 } }

  /// A quote that is never closed swallows everything after it: only its first line is given up. A line without an end
  /// is skipped up to the next one.
  private mutating func dropLongRecord() {
    if case .delimited = form, let end = buffer.firstIndex(of: 0x0A) {
      lost.append(LostRecord(sequence: sequence, reason: "a quote that is never closed", skippedLines: skippedLines))
      buffer.removeFirst(end + 1)
      skippedLines += 1
    } else {
      lost.append(
        LostRecord(sequence: sequence, reason: "a record longer than any order", skippedLines: skippedLines))
      buffer = []
      isSkipping = true
    }
    json.reset()
    way = json.way
    heading = 0
  }

  /// What lies beside the records may be larger than memory: it is given up as it comes, up to where they go on.
  private mutating func skipBeside() {
    let end = json.entry(buffer)
    let beside = buffer.prefix(end ?? buffer.count)
    // Lines of the heading are counted by whoever knows that it is one.
    let counted = beside.dropFirst(heading)
    heading -= beside.count - counted.count
    if sequence == 0 { isPastHeading = true }
    skippedLines += counted.count { $0 == 0x0A }
    noteEnd(Array(beside))
    buffer.removeFirst(beside.count)
    if end != nil {
      isBeside = false
      way = json.way
    }
  }

  private mutating func skipRest() {
    guard let end = buffer.firstIndex(of: 0x0A) else {
      buffer = []
      return
    }
    buffer.removeFirst(end + 1)
    skippedLines += 1
    isSkipping = false
  }
}

/// Finds the ends of records in delimited text with quotes, by the same rules as ``CSVScanner``.
struct QuotedBoundary {
  let delimiter: UInt8

  func lastEnd(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBufferPointer { bytes in
      var last: Int?
      var index = 0
      var isAtCellStart = true
      while index < bytes.count {
        let byte = bytes[index]
        index += 1
        if byte == 0x22, isAtCellStart {
          guard let end = Self.closingQuote(bytes, index) else { return last }
          index = end + 1
          isAtCellStart = false
        } else if byte == 0x0A {
          last = index
          isAtCellStart = true
        } else {
          isAtCellStart = byte == delimiter
        }
      }
      return last
    }
  }

  /// The index of the quote that ends a quoted cell; nil when it lies beyond the bytes or may be the first of a pair.
  static func closingQuote(_ bytes: Bytes, _ start: Int) -> Int? {
    var index = start
    while index < bytes.count {
      if bytes[index] == 0x22 {
        guard index + 1 < bytes.count, bytes[index + 1] == 0x22 else { return index }
        index += 1
      }
      index += 1
    }
    return nil
  }
}
