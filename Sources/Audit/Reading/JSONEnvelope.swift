/// What vendors put around a list of records: `{"orders": […]}`, `{"list": {"meta": …, "elements": {"order": […]}}}`.
struct JSONEnvelope {
  /// An array of objects inside a document.
  struct List {
    /// Where its bracket stands.
    let start: Int
    /// The names of the brackets that are open inside it, its own included.
    let path: [[UInt8]]
    /// Its first objects, as far as they lie whole in the bytes.
    var records: [ClosedRange<Int>] = []
    var end: Int
  }

  static let recordLimit = 500

  /// The lists that lie in no other, in their order. The bytes may end anywhere.
  static func lists(in bytes: [UInt8]) -> [List] {
    var lists: [List] = []
    var current: List?
    var path = JSONPath()
    var level = 0
    var isInString = false
    var isEscaped = false
    var bracket: Int?
    var start = 0
    for (index, byte) in bytes.enumerated() {
      if isInString {
        if isEscaped { isEscaped = false } else if byte == 0x5C { isEscaped = true } else { isInString = byte != 0x22 }
        if isInString, current == nil { path.take(byte) }
        continue
      }
      switch byte {
      case 0x22, 0x2C:
        isInString = byte == 0x22
        path.begin()
      case 0x5B:
        level += 1
        if current == nil { path.open() }
        bracket = index
        continue
      case 0x7B:
        if current == nil, let bracket { current = List(start: bracket, path: path.names, end: bytes.count) }
        if let current, level == current.path.count { start = index }
        level += 1
        if current == nil { path.open() }
      // A brace between records closes none.
      case 0x7D where level == current?.path.count: break
      case 0x7D, 0x5D:
        level = max(0, level - 1)
        if byte == 0x7D, let list = current, level == list.path.count, list.records.count < recordLimit {
          current?.records.append(start...index)
        }
        guard var list = current else {
          path.close()
          break
        }
        if byte == 0x5D, level < list.path.count {
          list.end = index
          lists.append(list)
          current = nil
          path.close()
        }
      default: break
      }
      if byte > 0x20 { bracket = nil }
    }
    if let current { lists.append(current) }
    return lists
  }
}
