import Foundation

/// The first records of a file, and some from further on, with every column: what recognition is based on.
struct Sample: Sendable {
  /// Headings, or the paths of JSON members such as `line_items[].sku`.
  var headings: [String] = []
  /// Cells by heading position; JSON records that lack a member have an empty cell.
  var rows: [[[UInt8]]] = []
  var form = RecordForm.delimited(0x2C)
  /// Bytes of the heading, to be left out of the first chunk, and how many line feeds they hold.
  var headingBytes = 0
  var headingLines = 0
  /// Bytes of an average record.
  var recordBytes = 100.0
  var isUTF8 = true
  var hasNUL = false

  func cells(_ column: Int) -> [[UInt8]] { rows.map { column < $0.count ? $0[column] : [] }.filter { !$0.isEmpty } }
}

/// A file that is no export at all, whatever it is: beside good ones it is listed, alone it is an error.
struct NoExport: Error {
  let fault: AuditFault
}

/// Takes delimited text apart completely; for headings, samples and small files.
enum DelimitedText {
  static func rows(_ bytes: ArraySlice<UInt8>, delimiter: UInt8, limit: Int) -> (rows: [[[UInt8]]], end: Int) {
    var rows: [[[UInt8]]] = []
    var row: [[UInt8]] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var index = bytes.startIndex
    var end = index
    while index < bytes.endIndex, rows.count < limit {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        if byte != 0x22 {
          cell.append(byte)
        } else if index < bytes.endIndex, bytes[index] == 0x22 {
          cell.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
      } else if byte == 0x22, cell.isEmpty {
        isQuoted = true
      } else if byte == delimiter {
        row.append(cell)
        cell = []
      } else if byte == 0x0A {
        if cell.last == 0x0D { cell.removeLast() }
        row.append(cell)
        cell = []
        rows.append(row)
        row = []
        end = index
      } else {
        cell.append(byte)
      }
    }
    if rows.count < limit, !isQuoted, index == bytes.endIndex, !(row.isEmpty && cell.isEmpty) {
      rows.append(row + [cell])
      end = index
    }
    return (rows, end)
  }
}

extension Sample {
  private static let headSize = 1 << 17
  private static let places = 8

  /// Looks at a file.
  init(path: String) throws {
    let file = try FileBytes(path: path)
    var head: [UInt8] = []
    while head.count < Self.headSize, file.append(to: &head, wanted: Self.headSize - head.count) {}
    guard head.contains(where: { $0 > 0x20 }) else {
      if file.damage != nil {
        throw AuditFault(path, "is compressed and cut off or damaged before its first line; copy or export it again.")
      }
      let fault = AuditFault(
        path, line: head.isEmpty ? nil : 1,
        head.isEmpty
          ? "is empty; export it again with its heading."
          : "holds nothing but blanks and NUL bytes; export it again with its heading.")
      // An ERP's export that came out empty must not go unnoticed; a file with a name of its own may be anything.
      if Survey.hinted(path).isEmpty { throw NoExport(fault: fault) }
      throw fault
    }
    isUTF8 = Self.isUTF8(head)
    hasNUL = head.contains(0)
    let isWhole = head.count < Self.headSize
    if Self.looksLikeJSON(head) {
      try readJSON(head, isWhole: isWhole, path: path)
    } else {
      try readDelimited(head, isWhole: isWhole, path: path)
    }
    if !file.isCompressed, file.encoding == .utf8, file.size > Int64(head.count) * 2 { addFurther(path, file.size) }
  }

  /// A character cut at the end of the sample does not make it something else.
  private static func isUTF8(_ head: [UInt8]) -> Bool {
    (0..<4).contains { ForeignText.isUTF8(head.dropLast($0)) }
  }

  /// A log whose lines begin with `[2026-11-28 12:00]` does not.
  private static func looksLikeJSON(_ head: [UInt8]) -> Bool {
    let start = head.lazy.filter { $0 > 0x20 }.prefix(2)
    guard let first = start.first else { return false }
    let second = start.dropFirst().first
    if first == 0x7B { return second == nil || second == 0x22 || second == 0x7D }
    return first == 0x5B && (second == nil || second == 0x7B || second == 0x5D || second == 0x5B)
  }

  private mutating func readDelimited(_ head: [UInt8], isWhole: Bool, path: String) throws {
    var start = head.startIndex
    // Excel's own first line says the delimiter.
    if head.starts(with: Array("sep=".utf8)), let end = head.firstIndex(of: 0x0A), end <= 6 { start = end + 1 }
    while start < head.count, head[start] == 0x0A || head[start] == 0x0D { start += 1 }
    let candidates: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C]
    let first = head[start...].prefix(1 << 14)
    let best = candidates.map { delimiter in
      (delimiter, DelimitedText.rows(first, delimiter: delimiter, limit: 1).rows.first?.count ?? 0)
    }.max { $0.1 < $1.1 }
    guard let (delimiter, columns) = best, columns > 1 else {
      throw NoExport(
        fault: AuditFault(
          path, line: 1,
          "its first line is no heading: none of comma, semicolon, tab or | separates it into columns. "
            + "Export it again with a heading and one of these."))
    }
    form = .delimited(delimiter)
    var (top, headingEnd) = DelimitedText.rows(head[start...], delimiter: delimiter, limit: 1)
    // eBay's reports begin with a row of empty cells.
    while let row = top.first, row.allSatisfy({ $0.allSatisfy { $0 == 0x20 || $0 == 0x0D } }), headingEnd < head.count {
      (top, headingEnd) = DelimitedText.rows(head[headingEnd...], delimiter: delimiter, limit: 1)
    }
    headings = (top.first ?? []).map { ForeignText.string($0).trimmingCharacters(in: .whitespaces) }
    headingBytes = headingEnd
    headingLines = head[..<headingEnd].count { $0 == 0x0A }
    let (rows, end) = DelimitedText.rows(head[headingEnd...], delimiter: delimiter, limit: 1000)
    self.rows = isWhole || rows.count < 2 ? rows : Array(rows.dropLast())
    if !rows.isEmpty { recordBytes = max(4, Double(end - headingEnd) / Double(rows.count)) }
  }

  private mutating func addFurther(_ path: String, _ size: Int64) {
    guard let handle = FileHandle(forReadingAtPath: path) else { return }
    defer { try? handle.close() }
    for place in 1...Self.places {
      let offset = UInt64(size) / UInt64(Self.places) * UInt64(place)
      guard (try? handle.seek(toOffset: place == Self.places ? UInt64(max(0, size - 32_768)) : offset)) != nil,
        let data = try? handle.read(upToCount: 32_768)
      else { continue }
      let bytes = Array(data)
      guard let start = bytes.firstIndex(of: 0x0A) else { continue }
      switch form {
      case .delimited(let delimiter):
        let more = DelimitedText.rows(bytes[(start + 1)...], delimiter: delimiter, limit: 100).rows.dropLast()
        rows += more.filter { $0.count == headings.count }
      case .jsonLines: addRecords(Self.lines(bytes[(start + 1)...], isWhole: false, limit: 100))
      case .json: return
      }
    }
  }

  private mutating func readJSON(_ head: [UInt8], isWhole: Bool, path: String) throws {
    let lines = Self.lines(head[...], isWhole: isWhole, limit: 500)
    let whole = head.split(separator: 0x0A).filter { $0.contains { $0 > 0x20 } }
    let first = whole.first.flatMap { try? JSONSerialization.jsonObject(with: Data($0)) }
    if head.first(where: { $0 > 0x20 }) == 0x7B,
      Self.isRecord(first) || (lines.count > 1 && lines.count * 2 >= min(500, whole.count))
    {
      form = .jsonLines
      addRecords(lines)
      recordBytes = max(16, Double(head.count) / Double(max(1, head.count { $0 == 0x0A })))
      return
    }
    if isWhole, let one = try? JSONSerialization.jsonObject(with: Data(head)), Self.isRecord(one) {
      form = .json(JSONPlace())
      return addRecords([one])
    }
    guard let list = Self.recordList(in: head) else {
      throw AuditFault(
        path, line: 1,
        "is neither JSON records, one on each line, nor an array of them; is it cut off? Export it again.")
    }
    guard !list.records.isEmpty else {
      throw AuditFault(path, line: 1, "holds no whole JSON record; is it cut off? Export it again.")
    }
    // Where the records begin is for those to say who cut and read them, also when the document is broken.
    var boundary = JSONBoundary(JSONPlace(path: list.path))
    guard let start = boundary.entry(head).map({ $0 - 1 }) else {
      throw AuditFault(path, line: 1, "holds no whole JSON record; is it cut off? Export it again.")
    }
    form = .json(JSONPlace(path: boundary.way))
    headingBytes = start
    headingLines = head[..<start].count { $0 == 0x0A }
    addRecords(list.records.compactMap { try? JSONSerialization.jsonObject(with: Data(head[$0])) })
    recordBytes = max(16, Double(head.count) / Double(max(1, list.records.count)))
  }

  /// The largest list of objects. An export may be several answers one after the other, or a list for each day, and the
  /// first need not be the largest: lists of one name are one, which begins with the first of them.
  private static func recordList(in head: [UInt8]) -> JSONEnvelope.List? {
    let lists = JSONEnvelope.lists(in: head)
    guard let largest = lists.max(by: { $0.end - $0.start < $1.end - $1.start }) else { return nil }
    let place = JSONPlace(path: largest.path)
    let pages = lists.filter { place.isList(at: $0.path) }
    guard var first = pages.first else { return nil }
    first.records = Array(pages.lazy.flatMap(\.records).prefix(JSONEnvelope.recordLimit))
    return first
  }

  /// An order by itself, not an answer with a list of them somewhere inside.
  private static func isRecord(_ value: Any?) -> Bool {
    guard let object = value as? [String: Any] else { return false }
    if let order = object["order"], !(order is [Any]) { return true }
    return object["id"] != nil || !hasList(object, 0)
  }

  private static func hasList(_ value: Any, _ depth: Int) -> Bool {
    if let array = value as? [Any] { return array.first is [String: Any] }
    guard depth < 8, let object = value as? [String: Any] else { return false }
    return object.values.contains { hasList($0, depth + 1) }
  }

  private static func lines(_ bytes: ArraySlice<UInt8>, isWhole: Bool, limit: Int) -> [Any] {
    var parts = bytes.split(separator: 0x0A, maxSplits: limit, omittingEmptySubsequences: true).prefix(limit)
    if !isWhole, parts.count > 1 { parts = parts.dropLast() }
    return parts.compactMap { try? JSONSerialization.jsonObject(with: Data($0)) }.filter { $0 is [String: Any] }
  }

  private mutating func addRecords(_ records: [Any]) {
    for record in records {
      var members: [String: String] = [:]
      Self.flatten(record, "", into: &members, depth: 0)
      for path in members.keys.sorted() where !headings.contains(path) { headings.append(path) }
      rows.append(headings.map { Array((members[$0] ?? "").utf8) })
    }
  }

  private static func flatten(_ value: Any, _ path: String, into members: inout [String: String], depth: Int) {
    guard depth < 8 else { return }
    switch value {
    case let object as [String: Any]:
      for (key, member) in object {
        flatten(member, path.isEmpty ? key : path + "." + key, into: &members, depth: depth + 1)
      }
    case let array as [Any]:
      for element in array.prefix(3) where element is [String: Any] {
        flatten(element, path + "[]", into: &members, depth: depth + 1)
      }
    case is NSNull: members[path] = ""
    case let number as NSNumber: members[path] = number.stringValue
    case let text as String: members[path] = text
    default: break
    }
  }
}
