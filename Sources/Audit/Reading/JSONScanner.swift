/// The fields of a JSON record as a tree of keys.
struct JSONPaths: Sendable {
  struct Node: Sendable {
    var children: [(key: [UInt8], node: Int)] = []
    var slot = -1
    /// Whether the elements of this array are the order's line items.
    var isLines = false
  }

  private(set) var nodes: [Node] = [Node()]

  /// Paths such as `line_items[].sku`, with the field each leads to.
  init(_ paths: [(path: String, field: Field)]) {
    for (path, field) in paths {
      var node = 0
      for part in path.split(separator: ".") {
        let isArray = part.hasSuffix("[]")
        node = child(of: node, key: Array((isArray ? part.dropLast(2) : part).utf8))
        if isArray { nodes[node].isLines = true }
      }
      nodes[node].slot = Int(field.rawValue)
    }
  }

  private mutating func child(of node: Int, key: [UInt8]) -> Int {
    if let found = nodes[node].children.first(where: { $0.key == key }) { return found.node }
    nodes.append(Node())
    nodes[node].children.append((key, nodes.count - 1))
    return nodes.count - 1
  }
}

/// Takes JSON records apart: only the fields that are wanted, the rest is stepped over.
struct JSONScanner {
  let paths: JSONPaths
  let form: RecordForm

  func scan(_ chunk: borrowing Chunk, into taker: inout some RecordTaker) {
    let (isFirst, way) = (chunk.isFirst, chunk.way)
    chunk.bytes.withUnsafeBufferPointer { bytes in
      var walk = JSONWalk(bytes: bytes, paths: paths)
      switch form {
      case .json(let place): walk.values(into: &taker, JSONBrackets(place, from: isFirst ? .list : .records(way)))
      case .jsonLines, .delimited: walk.lines(into: &taker)
      }
    }
  }
}

/// One walk over a chunk.
private struct JSONWalk: ~Copyable {
  private let bytes: Bytes
  private let paths: JSONPaths
  private var index = 0
  /// Where what is being read ends: the bytes, or the line.
  private var limit: Int
  private var line = 0
  private var counted = 0
  private var record: Record
  private var items: [(sku: Cell, quantity: Cell)] = []

  init(bytes: Bytes, paths: JSONPaths) {
    self.bytes = bytes
    self.paths = paths
    limit = bytes.count
    record = Record(bytes)
  }

  private var current: UInt8 { index < limit ? bytes[index] : 0 }

  /// A value on each line; none reaches into the next.
  mutating func lines(into taker: inout some RecordTaker) {
    while index < bytes.count {
      var end = index
      while end < bytes.count, bytes[end] != 0x0A { end += 1 }
      limit = end
      skipSpace()
      if index < end {
        if !object(into: &taker) || !isBlank(until: end) { taker.reject(.notJSON, line: record.line) }
      }
      index = end + 1
    }
  }

  private func isBlank(until end: Int) -> Bool {
    var position = index
    while position < end {
      if ![0x20, 0x09, 0x0D, 0x2C].contains(bytes[position]) { return false }
      position += 1
    }
    return true
  }

  /// Records at their place. What ends a record, whole or broken, is
  /// decided as ``JSONBoundary`` decides it, so that what is read does not hang on where the file is cut.
  mutating func values(into taker: inout some RecordTaker, _ brackets: JSONBrackets) {
    var bracket = brackets
    while index < limit {
      if current == 0x7B, bracket.isBetweenRecords {
        let start = index
        if object(into: &taker) { continue }
        taker.reject(.notJSON, line: lineNumber(start))
        index = start
        while index < limit, !bracket.endsRecord(bytes[index]), !bracket.isBetweenRecords { index += 1 }
      } else {
        _ = bracket.endsRecord(current)
      }
      index += 1
    }
  }

  /// Line feeds before a position; positions come in ascending order.
  private mutating func lineNumber(_ position: Int) -> Int {
    while counted < position {
      if bytes[counted] == 0x0A { line += 1 }
      counted += 1
    }
    return line
  }

  private mutating func object(into taker: inout some RecordTaker) -> Bool {
    record.clear()
    record.line = lineNumber(index)
    items.removeAll(keepingCapacity: true)
    guard current == 0x7B, members(0) else { return false }
    // What holds none of the fields is a wrapper's own, not a record.
    if record.isEmpty, items.isEmpty { return true }
    if items.isEmpty {
      taker.take(record)
      return true
    }
    for (number, item) in items.enumerated() {
      record.put(item.sku, .sku)
      record.put(item.quantity, .quantity)
      record.isContinuation = number > 0
      taker.take(record)
    }
    return true
  }

  /// The members of an object; `index` stands at its brace.
  private mutating func members(_ node: Int) -> Bool {
    index += 1
    skipSpace()
    if current == 0x7D {
      index += 1
      return true
    }
    while true {
      skipSpace()
      guard current == 0x22 else { return false }
      let start = index + 1
      guard skipString() else { return false }
      let end = index - 1
      skipSpace()
      guard current == 0x3A else { return false }
      index += 1
      skipSpace()
      guard value(child(of: node, start, end)) else { return false }
      skipSpace()
      if current == 0x7D {
        index += 1
        return true
      }
      guard current == 0x2C else { return false }
      index += 1
    }
  }

  private func child(of node: Int, _ start: Int, _ end: Int) -> Int? {
    for (key, child) in paths.nodes[node].children where key.count == end - start {
      if key.indices.allSatisfy({ key[$0] == bytes[start + $0] }) { return child }
    }
    return nil
  }

  private mutating func value(_ node: Int?) -> Bool {
    guard let node else { return skipValue() }
    let slot = paths.nodes[node].slot
    switch current {
    case 0x7B: return paths.nodes[node].children.isEmpty ? skipValue() : members(node)
    case 0x5B: return elements(node)
    case 0x22:
      let start = index + 1
      guard skipString() else { return false }
      if slot >= 0 { text(slot, start, index - 1) }
      return true
    default:
      let start = index
      guard skipScalar() else { return false }
      // `null` is no value.
      if slot >= 0, bytes[start] != 0x6E { record.set(slot, start: start, end: index) }
      return true
    }
  }

  private mutating func elements(_ node: Int) -> Bool {
    let isLines = paths.nodes[node].isLines
    index += 1
    skipSpace()
    if current == 0x5D {
      index += 1
      return true
    }
    while true {
      skipSpace()
      if isLines { clearItem() }
      // Arrays in arrays mean nothing here, and could be nested without end.
      guard current == 0x5B ? skipValue() : value(node) else { return false }
      if isLines { items.append((record.cell(.sku), record.cell(.quantity))) }
      skipSpace()
      if current == 0x5D {
        index += 1
        if isLines { clearItem() }
        return true
      }
      guard current == 0x2C else { return false }
      index += 1
    }
  }

  private mutating func clearItem() {
    record.put(.absent, .sku)
    record.put(.absent, .quantity)
  }

  private mutating func text(_ slot: Int, _ start: Int, _ end: Int) {
    var hasEscape = false
    for position in start..<end where bytes[position] == 0x5C { hasEscape = true }
    if hasEscape {
      record.set(slot, unescaped: JSONText.unescaped(Bytes(rebasing: bytes[start..<end])))
    } else {
      record.set(slot, start: start, end: end)
    }
  }

  private mutating func skipSpace() {
    while index < limit, bytes[index] <= 0x20 { index += 1 }
  }

  private mutating func skipString() -> Bool {
    index += 1
    while index < limit {
      let byte = bytes[index]
      if byte == 0x22 {
        index += 1
        return true
      }
      if byte == 0x0A { return false }
      index += byte == 0x5C ? 2 : 1
    }
    return false
  }

  private mutating func skipScalar() -> Bool {
    let start = index
    while index < limit {
      let byte = bytes[index]
      if byte == 0x2C || byte == 0x7D || byte == 0x5D || byte <= 0x20 { break }
      guard byte &- 48 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2D || byte == 0x2B || byte == 0x2E else {
        return false
      }
      index += 1
    }
    return index > start
  }

  private mutating func skipValue() -> Bool {
    switch current {
    case 0x22: return skipString()
    case 0x7B, 0x5B: return skipBrackets()
    default: return skipScalar()
    }
  }

  /// Steps over an object or array without recursion, however deep it is.
  private mutating func skipBrackets() -> Bool {
    var depth = 0
    while index < limit {
      switch bytes[index] {
      case 0x22:
        guard skipString() else { return false }
        continue
      case 0x7B, 0x5B: depth += 1
      case 0x7D, 0x5D: depth -= 1
      default: break
      }
      index += 1
      if depth == 0 { return true }
    }
    return false
  }
}

/// JSON's escapes.
enum JSONText {
  static func unescaped(_ bytes: Bytes) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == 0x5C, index + 1 < bytes.count else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let kind = bytes[index + 1]
      index += 2
      switch kind {
      case 0x6E: result.append(0x0A)
      case 0x74: result.append(0x09)
      case 0x72: result.append(0x0D)
      case 0x62: result.append(0x08)
      case 0x66: result.append(0x0C)
      case 0x75:
        var units: [UInt16] = []
        if let unit = hex(bytes, index) {
          units.append(unit)
          index += 4
          if unit & 0xFC00 == 0xD800, index + 1 < bytes.count, bytes[index] == 0x5C, bytes[index + 1] == 0x75,
            let low = hex(bytes, index + 2)
          {
            units.append(low)
            index += 6
          }
        }
        result.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
      default: result.append(kind)
      }
    }
    return result
  }

  private static func hex(_ bytes: Bytes, _ start: Int) -> UInt16? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt16 = 0
    for byte in bytes[start..<start + 4] {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt16(byte - 0x30)
      case 0x41...0x46: value = value << 4 | UInt16(byte - 0x37)
      case 0x61...0x66: value = value << 4 | UInt16(byte - 0x57)
      default: return nil
      }
    }
    return value
  }
}
