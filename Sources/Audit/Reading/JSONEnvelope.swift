/// What vendors put around a list of records: `{"orders": […]}`, `{"list": {"meta": …, "elements": {"order": […]}}}`.
struct JSONEnvelope {
  /// An array of objects inside a document.
  struct List {
    /// Where its bracket stands.
    let start: Int
    /// How many brackets are open inside it, its own included.
    let depth: Int
    /// The name of the member it is the value of, as it is written; empty when it is none's.
    let name: [UInt8]
    /// Its first objects, as far as they lie whole in the bytes.
    var records: [ClosedRange<Int>] = []
    var end: Int
  }

  static let recordLimit = 500
  /// Longer names are told apart by so many bytes.
  static let longestName = 64

  /// The lists that lie in no other, in their order. The bytes may end anywhere.
  static func lists(in bytes: [UInt8]) -> [List] {
    var lists: [List] = []
    var current: List?
    var level = 0
    var isInString = false
    var isEscaped = false
    var bracket: Int?
    var start = 0
    var text = 0..<0
    var name: Range<Int>?
    for (index, byte) in bytes.enumerated() {
      if isInString {
        if isEscaped { isEscaped = false } else if byte == 0x5C { isEscaped = true } else { isInString = byte != 0x22 }
        if !isInString { text = text.lowerBound..<index }
        continue
      }
      switch byte {
      case 0x22:
        isInString = true
        text = (index + 1)..<(index + 1)
      case 0x3A:
        name = text
        continue
      case 0x5B:
        level += 1
        // Of brackets one in the other the outer one has the name.
        if bracket != nil { name = nil }
        bracket = index
        continue
      case 0x7B:
        if current == nil, let bracket {
          let name = name.map { Array(bytes[$0].prefix(longestName)) } ?? []
          current = List(start: bracket, depth: level, name: name, end: bytes.count)
        }
        if let current, level == current.depth { start = index }
        level += 1
      case 0x7D, 0x5D:
        level = max(0, level - 1)
        if byte == 0x7D, let list = current, level == list.depth, list.records.count < recordLimit {
          current?.records.append(start...index)
        }
        if byte == 0x5D, var list = current, level < list.depth {
          list.end = index
          lists.append(list)
          current = nil
        }
      default: break
      }
      if byte > 0x20 { (bracket, name) = (nil, nil) }
    }
    if let current { lists.append(current) }
    return lists
  }
}
