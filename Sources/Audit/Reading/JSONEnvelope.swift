/// What vendors put around a list of records: `{"orders": […]}`, `{"list": {"meta": …, "elements": {"order": […]}}}`.
struct JSONEnvelope {
  /// An array of objects inside a document.
  struct List {
    /// Where its bracket stands.
    let start: Int
    /// How many brackets are open inside it, its own included.
    let depth: Int
    /// Its first objects, as far as they lie whole in the bytes.
    var records: [ClosedRange<Int>] = []
    var end: Int
  }

  private static let recordLimit = 500

  /// The lists that lie in no other, in their order. The bytes may end anywhere.
  static func lists(in bytes: [UInt8]) -> [List] {
    var lists: [List] = []
    var current: List?
    var level = 0
    var isInString = false
    var isEscaped = false
    var bracket: Int?
    var start = 0
    for (index, byte) in bytes.enumerated() {
      if isInString {
        if isEscaped { isEscaped = false } else if byte == 0x5C { isEscaped = true } else { isInString = byte != 0x22 }
        continue
      }
      switch byte {
      case 0x22: isInString = true
      case 0x5B:
        level += 1
        bracket = index
        continue
      case 0x7B:
        if current == nil, let bracket { current = List(start: bracket, depth: level, end: bytes.count) }
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
      if byte > 0x20 { bracket = nil }
    }
    if let current { lists.append(current) }
    return lists
  }
}
