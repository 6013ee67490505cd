/// Why a text is not acceptable JSON, and where.
public struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public let problem: String
  /// Bytes from the start of the document.
  public let offset: Int

  /// For logs, answers and unreadable deliveries.
  public var description: String { "\(problem) at byte \(offset)" }
}

extension JSONValue {
  /// Deeper nesting is refused: a million brackets must not become a million stack frames.
  public static let depthLimit = 64

  /// Parses one document (RFC 8259), strictly: UTF-8 only, no byte order mark, no duplicate keys, no NUL, no lone
  /// surrogates, nothing after the value.
  ///
  /// Linear in the length of the input, but for the members of an object that are not in order: these are sorted.
  public init(parsing bytes: [UInt8]) throws(JSONFault) {
    let outcome: Result<JSONValue, JSONFault> = bytes.withUnsafeBufferPointer { buffer in
      var parser = JSONParser(bytes: buffer)
      do throws(JSONFault) { return .success(try parser.document()) } catch { return .failure(error) }
    }
    self = try outcome.get()
  }

  /// Parses text; see ``init(parsing:)-([UInt8])``.
  public init(parsing text: String) throws(JSONFault) { try self.init(parsing: Array(text.utf8)) }
}

private struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  var index = 0
  /// Members of the objects being read, the innermost last: an object is made once all of it is known.
  var members: [JSONObject.Member] = []

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private func fault(_ problem: String) -> JSONFault { JSONFault(problem: problem, offset: index) }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func document() throws(JSONFault) -> JSONValue {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { throw fault("A byte order mark") }
    skipBlanks()
    let value = try value(depth: 0)
    skipBlanks()
    guard index == bytes.count else { throw fault("Something after the end of the document") }
    return value
  }

  private mutating func skipBlanks() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x0A, 0x0D, 0x09: index += 1
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    guard depth <= JSONValue.depthLimit else { throw fault("Nesting deeper than \(JSONValue.depthLimit)") }
    guard let byte = current else { throw fault("The document ends too soon") }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw fault("No JSON value")
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONFault) -> JSONValue {
    let count = text.utf8CodeUnitCount
    guard index + count <= bytes.count else { throw fault("The document ends too soon") }
    for offset in 0..<count where bytes[index + offset] != text.utf8Start[offset] { throw fault("No JSON value") }
    index += count
    return value
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
    index += 1
    let first = members.count
    skipBlanks()
    if current == UInt8(ascii: "}") {
      index += 1
      return .object([:])
    }
    while true {
      skipBlanks()
      guard current == UInt8(ascii: "\"") else { throw fault("A member needs a name in quotes") }
      let key = try string()
      skipBlanks()
      guard current == UInt8(ascii: ":") else { throw fault("A colon is missing") }
      index += 1
      skipBlanks()
      members.append(JSONObject.Member(name: key, value: try value(depth: depth + 1)))
      skipBlanks()
      if current == UInt8(ascii: "}") {
        index += 1
        return try object(from: first)
      }
      guard current == UInt8(ascii: ",") else { throw fault("A comma or a closing brace is missing") }
      index += 1
    }
  }

  private mutating func object(from first: Int) throws(JSONFault) -> JSONValue {
    do throws(JSONObject.Repetition) {
      let object = try JSONObject(Array(members[first...]))
      members.removeSubrange(first...)
      return .members(object)
    } catch { throw fault("The key \"\(error.name.prefix(40))\" stands twice in the object that ends here,") }
  }

  private mutating func array(depth: Int) throws(JSONFault) -> JSONValue {
    index += 1
    var values: [JSONValue] = []
    skipBlanks()
    if current == UInt8(ascii: "]") {
      index += 1
      return .array(values)
    }
    while true {
      skipBlanks()
      values.append(try value(depth: depth + 1))
      skipBlanks()
      if current == UInt8(ascii: "]") {
        index += 1
        return .array(values)
      }
      guard current == UInt8(ascii: ",") else { throw fault("A comma or a closing bracket is missing") }
      index += 1
    }
  }

  private mutating func number() throws(JSONFault) -> String {
    let start = index
    if current == UInt8(ascii: "-") { index += 1 }
    let first = current
    guard digits() > 0 else { throw fault("A number needs digits") }
    if first == UInt8(ascii: "0"), index - start > (bytes[start] == UInt8(ascii: "-") ? 2 : 1) {
      throw fault("A number starts with a superfluous zero")
    }
    if current == UInt8(ascii: ".") {
      index += 1
      guard digits() > 0 else { throw fault("A fraction needs digits") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      index += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
      guard digits() > 0 else { throw fault("An exponent needs digits") }
    }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<index]), as: UTF8.self)
  }

  private mutating func digits() -> Int {
    let start = index
    while let byte = current, byte >= 48, byte <= 57 { index += 1 }
    return index - start
  }

  private mutating func string() throws(JSONFault) -> String {
    index += 1
    let start = index
    var seen: UInt8 = 0
    while let byte = current {
      seen |= byte
      switch byte {
      case UInt8(ascii: "\""):
        let text = try valid(bytes[start..<index], isASCII: seen < 0x80)
        index += 1
        return text
      case UInt8(ascii: "\\"): return try escaped(from: start)
      case 0..<0x20: throw fault("A control character inside a string")
      default: index += 1
      }
    }
    throw fault("A string is not closed")
  }

  private func valid(_ slice: Slice<UnsafeBufferPointer<UInt8>>, isASCII: Bool) throws(JSONFault) -> String {
    // Nearly all text is ASCII, and the check for that is all it needs: validation proper is several times slower.
    if isASCII { return String(decoding: UnsafeBufferPointer(rebasing: slice), as: UTF8.self) }
    guard let text = String(validating: slice, as: UTF8.self) else { throw fault("Invalid UTF-8") }
    return text
  }

  private mutating func escaped(from start: Int) throws(JSONFault) -> String {
    var buffer = Array(bytes[start..<index])
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        guard let text = String(validating: buffer, as: UTF8.self) else { throw fault("Invalid UTF-8") }
        return text
      case UInt8(ascii: "\\"):
        index += 1
        try escape(into: &buffer)
      case 0..<0x20: throw fault("A control character inside a string")
      default:
        buffer.append(byte)
        index += 1
      }
    }
    throw fault("A string is not closed")
  }

  private mutating func escape(into buffer: inout [UInt8]) throws(JSONFault) {
    guard let byte = current else { throw fault("A string is not closed") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"):
      var scalar = try hex4()
      if (0xD800..<0xDC00).contains(scalar) {
        guard current == UInt8(ascii: "\\") else { throw fault("Half a surrogate pair") }
        index += 1
        guard current == UInt8(ascii: "u") else { throw fault("Half a surrogate pair") }
        index += 1
        let low = try hex4()
        guard (0xDC00..<0xE000).contains(low) else { throw fault("Half a surrogate pair") }
        scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
      }
      guard scalar != 0 else { throw fault("A NUL character") }
      guard let character = Unicode.Scalar(scalar) else { throw fault("Half a surrogate pair") }
      buffer.append(contentsOf: UTF8.encode(character) ?? UTF8.encodedReplacementCharacter)
    default: throw fault("An unknown escape")
    }
  }

  private mutating func hex4() throws(JSONFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current else { throw fault("A string is not closed") }
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw fault("Four hexadecimal digits are missing")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
