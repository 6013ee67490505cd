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

/// Where the records of a JSON document stand.
struct JSONPlace: Sendable, Equatable {
  /// How many brackets are open around each.
  var depth = 0
  /// The name of their list, as it is written; empty when it has none. Lists of other names hold something else, such
  /// as customers beside orders; names that differ in digits alone, as those of days do, are one.
  var list: [UInt8] = []

  /// Whether a list of this name holds records.
  func isList(named name: [UInt8]) -> Bool {
    name == list || name.filter { $0 &- 48 > 9 } == list.filter { $0 &- 48 > 9 }
  }
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
  private var skippedLines = 0
  private var toldLines = 0
  private var isAtEnd = false
  private var json: JSONBoundary

  /// The names of JSON lists that hold objects and lie beside that of the records.
  var otherLists: Set<[UInt8]> { json.others }

  init(path: String, form: RecordForm, options: AuditOptions) throws {
    longestRecord = options.longestRecord
    chunkBytes = options.chunkBytes
    file = try FileBytes(path: path)
    self.form = form
    if case .json(let place) = form { json = JSONBoundary(place) } else { json = JSONBoundary(JSONPlace()) }
  }

  /// The next chunk; nil at the end.
  mutating func next() -> Chunk? {
    while true {
      if !isAtEnd { fill() }
      if isSkipping { skipRest() }
      if isAtEnd {
        guard !buffer.isEmpty else { return nil }
        // What lies beside the records is told also where there is nothing more to cut.
        if case .json = form { _ = json.lastEnd(buffer) }
        let bytes = buffer
        buffer = []
        endsOpen = isOpen(bytes)
        return chunk(bytes)
      }
      if let end = lastEnd(), end > 0 {
        let rest = Array(buffer[end...])
        buffer.removeLast(buffer.count - end)
        let bytes = buffer
        buffer = rest
        return chunk(bytes)
      }
      if buffer.count > longestRecord { dropLongRecord() }
    }
  }

  private func isOpen(_ bytes: [UInt8]) -> Bool {
    guard case .json = form else { return bytes.last != 0x0A }
    return bytes.last { $0 > 0x20 }.map { $0 != 0x5D && $0 != 0x7D } ?? false
  }

  private mutating func chunk(_ bytes: [UInt8]) -> Chunk {
    defer {
      sequence += 1
      toldLines = skippedLines
    }
    return Chunk(sequence: sequence, bytes: bytes, skippedLines: skippedLines - toldLines)
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

/// Counts the brackets around JSON records, byte by byte.
struct JSONBrackets {
  private let place: JSONPlace
  private var depth: Int
  /// Whether the bracket that was opened last at the wanted depth is a list's; objects around it lie as deep.
  private var isList: Bool
  private var isInString = false
  private var isEscaped = false
  /// The last text just outside a list: its name, when a list follows.
  private var name: [UInt8] = []
  private var isOther = false
  /// The names of lists that lie as deep as the records' and hold objects too.
  private(set) var others: Set<[UInt8]> = []
  private static let othersKept = 8

  /// Counts on from so many open brackets; from the depth of the records it is in their list. A list that begins with
  /// the first byte has the name that is given.
  init(_ place: JSONPlace, depth: Int, name: [UInt8] = []) {
    self.place = place
    self.depth = depth
    self.name = name
    isList = depth == place.depth
  }

  /// Whether an opening brace begins a record here.
  var isBetweenRecords: Bool { depth == place.depth && isList && !isInString }

  /// Takes the next byte; whether a record, or what should be one, ends with it.
  mutating func endsRecord(_ byte: UInt8) -> Bool {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x22 {
        isInString = false
        return false
      }
      if depth == place.depth - 1, name.count < JSONEnvelope.longestName { name.append(byte) }
      return false
    }
    switch byte {
    case 0x22, 0x2C:
      isInString = byte == 0x22
      if depth == place.depth - 1 { name.removeAll(keepingCapacity: true) }
    case 0x7B, 0x5B:
      if byte == 0x7B, isOther, depth == place.depth, others.count < Self.othersKept { others.insert(name) }
      depth += 1
      if depth == place.depth { open(byte) }
    // A brace between records closes none, and nothing closes what was never opened.
    case 0x7D where depth == place.depth && isList: return false
    case 0x7D, 0x5D:
      depth = max(0, depth - 1)
      return depth == place.depth && isList && byte == 0x7D
    default: break
    }
    return false
  }

  private mutating func open(_ byte: UInt8) {
    isList = byte == 0x5B && place.isList(named: name)
    isOther = byte == 0x5B && !isList
  }
}

/// Finds the ends of JSON records; remembers how far it has looked.
struct JSONBoundary {
  private let place: JSONPlace
  private var brackets: JSONBrackets
  private var scanned = 0
  private var last: Int?
  private var othersBefore: Set<[UInt8]> = []

  init(_ place: JSONPlace) {
    self.place = place
    brackets = JSONBrackets(place, depth: 0)
  }

  /// Begins anew in the middle of the list.
  mutating func reset() {
    (scanned, last) = (0, nil)
    othersBefore.formUnion(brackets.others)
    brackets = JSONBrackets(place, depth: place.depth)
  }

  /// The names of lists beside that of the records.
  var others: Set<[UInt8]> { othersBefore.union(brackets.others) }

  mutating func lastEnd(_ bytes: [UInt8]) -> Int? {
    for index in scanned..<max(scanned, bytes.count) where brackets.endsRecord(bytes[index]) { last = index + 1 }
    scanned = bytes.count
    if let end = last {
      last = nil
      scanned -= end
      return end
    }
    return nil
  }
}
