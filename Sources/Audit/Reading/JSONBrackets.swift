/// Where the records of a JSON document stand.
struct JSONPlace: Sendable, Equatable {
  /// The way to them, a name for each open bracket: that of the member whose value it is, as it is written; empty for
  /// none.
  var path: [[UInt8]] = []

  /// How many brackets are open around each.
  var depth: Int { path.count }

  /// Whether a list holds records. It does under the name of theirs, as the orders of each shop; another name means
  /// something else, as customers beside orders.
  func isList(at other: [[UInt8]]) -> Bool {
    other == path || other.count == path.count && Self.telling(other).elementsEqual(Self.telling(path))
  }

  /// The end of a way from the last name on that tells what is listed, without digits: days and pages are numbered.
  private static func telling(_ path: [[UInt8]]) -> ArraySlice<[UInt8]> {
    let bare = path.map { $0.filter { $0 &- 48 > 9 } }
    let isTold = { (name: [UInt8]) in name.contains { ($0 | 0x20) &- 0x61 < 26 || $0 > 0x7F } && !general.contains(name)
    }
    return bare[(bare.lastIndex(where: isTold) ?? 0)...]
  }

  /// Names that stand for any list.
  private static let general = Set(
    ["nodes", "edges", "items", "data", "elements", "list", "results", "records", "rows", "values", "entries"]
      .map { Array($0.utf8) })

  /// A way as one text, to be told to people: `data.orders.nodes`; nil for one that may name a person.
  static func text(_ path: [[UInt8]]) -> String? {
    let text = path.filter { !$0.isEmpty }.map { ForeignText.whole($0) }.joined(separator: ".")
    return text.contains("@") ? nil : text
  }
}

/// The names of the open brackets in a document, as it is walked through.
struct JSONPath {
  private(set) var names: [[UInt8]] = []
  /// The last text at this depth: a name, when a bracket follows.
  private var text: [UInt8] = []
  /// Longer names are told apart by so many bytes.
  private static let longest = 64

  /// Begins in the middle of a document.
  init(_ names: some Sequence<[UInt8]> = [], next: [UInt8] = []) {
    self.names = Array(names)
    text = next
  }

  /// A text begins, or another element.
  mutating func begin() { text.removeAll(keepingCapacity: true) }

  mutating func take(_ byte: UInt8) { if text.count < Self.longest { text.append(byte) } }

  mutating func open() {
    names.append(text)
    begin()
  }

  mutating func close() {
    _ = names.popLast()
    begin()
  }
}

/// Counts the brackets around JSON records, byte by byte.
struct JSONBrackets {
  private let place: JSONPlace
  private var depth: Int
  /// The way to where it is, as far as the records lie deep.
  private var path: JSONPath
  /// Whether the bracket that was opened last at the records' depth is their list's; other things lie as deep.
  private var isList: Bool
  private var isOther = false
  private var isInString = false
  private var isEscaped = false
  /// The ways to lists that lie as deep as the records' and hold objects too; some of them, if there are many.
  private(set) var others: Set<[[UInt8]]> = []
  private static let othersKept = 8

  /// Where it begins to count.
  enum Start {
    case document, list
    /// Among records, to which this is the way.
    case records([[UInt8]])
  }

  init(_ place: JSONPlace, from start: Start) {
    self.place = place
    switch start {
    case .document: path = JSONPath()
    case .list: path = JSONPath(place.path.dropLast(), next: place.path.last ?? [])
    case .records(let way): path = JSONPath(way)
    }
    depth = path.names.count
    isList = depth == place.depth
  }

  /// Whether an opening brace begins a record here.
  var isBetweenRecords: Bool { depth == place.depth && isList && !isInString }

  /// The way to where it is, as far as the records lie deep.
  var way: [[UInt8]] { path.names }

  /// Whether it is outside the lists of records.
  var isBeside: Bool { depth < place.depth || !isList }

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
      if depth < place.depth { path.take(byte) }
      return false
    }
    switch byte {
    case 0x22, 0x2C:
      isInString = byte == 0x22
      if depth < place.depth { path.begin() }
    case 0x7B, 0x5B: open(byte)
    // A brace between records closes none, and nothing closes what was never opened.
    case 0x7D where depth == place.depth && isList: return false
    case 0x7D, 0x5D:
      if depth <= place.depth { path.close() }
      depth = max(0, depth - 1)
      return depth == place.depth && isList && byte == 0x7D
    default: break
    }
    return false
  }

  private mutating func open(_ byte: UInt8) {
    depth += 1
    if depth <= place.depth {
      path.open()
      guard depth == place.depth else { return }
      isList = byte == 0x5B && place.isList(at: path.names)
      isOther = byte == 0x5B && !isList
    } else if byte == 0x7B, isOther, depth == place.depth + 1, others.count < Self.othersKept {
      others.insert(path.names)
    }
  }
}

/// Finds the ends of JSON records; remembers how far it has looked.
struct JSONBoundary {
  private let place: JSONPlace
  private var brackets: JSONBrackets
  private var scanned = 0
  private var last: Int?
  private var othersBefore: Set<[[UInt8]]> = []
  /// The way to the records where they were cut off or entered last; not each has the very names of their place.
  private(set) var way: [[UInt8]]

  init(_ place: JSONPlace) {
    self.place = place
    way = place.path
    brackets = JSONBrackets(place, from: .document)
  }

  /// Begins anew in the middle of the list.
  mutating func reset() {
    (scanned, last) = (0, nil)
    othersBefore.formUnion(brackets.others)
    way = place.path
    brackets = JSONBrackets(place, from: .records(way))
  }

  /// The ways to lists beside those of the records.
  var others: Set<[[UInt8]]> { othersBefore.union(brackets.others) }

  /// Whether what was looked through last lies outside the lists of records.
  var isBeside: Bool { brackets.isBeside }

  mutating func lastEnd(_ bytes: [UInt8]) -> Int? {
    for index in scanned..<max(scanned, bytes.count) where brackets.endsRecord(bytes[index]) {
      last = index + 1
      way = brackets.way
    }
    scanned = bytes.count
    if let end = last {
      last = nil
      scanned -= end
      return end
    }
    return nil
  }

  /// Where the records go on; nil when they do not. What lies before is to be given up.
  mutating func entry(_ bytes: [UInt8]) -> Int? {
    defer { scanned = 0 }
    while scanned < bytes.count {
      _ = brackets.endsRecord(bytes[scanned])
      scanned += 1
      if !brackets.isBeside {
        way = brackets.way
        return scanned
      }
    }
    return nil
  }
}
