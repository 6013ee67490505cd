/// Why a text is not JSON, with the byte at which reading stopped.
struct JSONSyntaxError: Error, Equatable {
  var offset: Int
}

extension JSON {
  /// Reads one JSON text (RFC 8259); anything after it but white space is an error.
  init(parsing bytes: some Sequence<UInt8>) throws(JSONSyntaxError) {
    var parser = JSONParser(bytes: Array(bytes))
    self = try parser.document()
  }

  init(parsing text: String) throws(JSONSyntaxError) {
    try self.init(parsing: text.utf8)
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var position = 0
  var depth = 0
  static let deepest = 96

  init(bytes: [UInt8]) { self.bytes = bytes }

  var failure: JSONSyntaxError { JSONSyntaxError(offset: position) }
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func document() throws(JSONSyntaxError) -> JSON {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw failure }
    return value
  }

  mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  mutating func word(_ text: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
    for index in 0..<text.utf8CodeUnitCount {
      guard take(text.utf8Start[index]) else { throw failure }
    }
    return value
  }

  mutating func value() throws(JSONSyntaxError) -> JSON {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONSyntaxError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONSyntaxError) in try parser.list() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  mutating func nested(
    _ body: (inout JSONParser) throws(JSONSyntaxError) -> JSON
  ) throws(JSONSyntaxError) -> JSON {
    guard depth < Self.deepest else { throw failure }
    depth += 1
    defer { depth -= 1 }
    position += 1
    return try body(&self)
  }

  mutating func object() throws(JSONSyntaxError) -> JSON {
    var members: [JSON.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure }
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure }
      members.append(JSON.Member(key: key, value: try value()))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw failure }
    }
  }

  mutating func list() throws(JSONSyntaxError) -> JSON {
    var elements: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    while true {
      elements.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      guard take(UInt8(ascii: ",")) else { throw failure }
    }
  }

  mutating func number() throws(JSONSyntaxError) -> String {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  mutating func digits() throws(JSONSyntaxError) {
    let start = position
    while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw failure }
  }

  mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    let start = position
    while let byte = current, byte != 0x22, byte != 0x5C, byte >= 0x20 { position += 1 }
    var collected = Array(bytes[start..<position])
    while let byte = current, byte != 0x22 {
      position += 1
      if byte == 0x5C {
        try escape(into: &collected)
      } else {
        guard byte >= 0x20 else { throw failure }
        collected.append(byte)
      }
    }
    guard take(0x22), let text = String(validating: collected, as: UTF8.self) else { throw failure }
    return text
  }

  mutating func escape(into collected: inout [UInt8]) throws(JSONSyntaxError) {
    guard let letter = current else { throw failure }
    position += 1
    switch letter {
    case UInt8(ascii: "n"): collected.append(0x0A)
    case UInt8(ascii: "t"): collected.append(0x09)
    case UInt8(ascii: "r"): collected.append(0x0D)
    case UInt8(ascii: "b"): collected.append(0x08)
    case UInt8(ascii: "f"): collected.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): collected.append(letter)
    case UInt8(ascii: "u"):
      var code = try hex4()
      if (0xD800..<0xDC00).contains(code) {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw failure }
        let low = try hex4()
        guard (0xDC00..<0xE000).contains(low) else { throw failure }
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure }
      collected.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw failure
    }
  }

  mutating func hex4() throws(JSONSyntaxError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}
